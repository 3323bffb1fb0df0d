"""`python -m bot.simulator`: a small Slack on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from bot.simulator.config import SimulatorConfig
from bot.simulator.server import Simulator


def main() -> None:
    asyncio.run(_serve(_config(_options())))


def _options() -> argparse.Namespace:
    defaults = SimulatorConfig()
    options = argparse.ArgumentParser(prog="python -m bot.simulator", description=__doc__)
    options.add_argument("--host", default=defaults.host, help="default: %(default)s")
    options.add_argument("--port", type=int, default=4500, help="default: %(default)s")
    options.add_argument(
        "--events-url", help="where the app takes Slack's requests; leave out for Socket Mode"
    )
    options.add_argument("--data", type=Path, help="keep messages in this JSON file")
    options.add_argument("--bot-token", default=defaults.bot_token, help="default: %(default)s")
    options.add_argument("--app-token", default=defaults.app_token, help="default: %(default)s")
    options.add_argument("--signing-secret", default=defaults.signing_secret, help="default: %(default)s")
    options.add_argument(
        "--command", action="append", dest="commands", help="a slash command; may be repeated"
    )
    options.add_argument("--allow-remote", action="store_true", help="listen on an address others can reach")
    return options.parse_args()


def _config(options: argparse.Namespace) -> SimulatorConfig:
    given = {name: value for name, value in vars(options).items() if value is not None}
    if options.commands:
        given["commands"] = tuple(options.commands)
    return SimulatorConfig(**given)


async def _serve(config: SimulatorConfig) -> None:
    simulator = Simulator(config)
    print(f"A small Slack is at {await simulator.start()}", flush=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await simulator.stop()


if __name__ == "__main__":
    main()
