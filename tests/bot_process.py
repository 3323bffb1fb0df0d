"""The bot as a process of its own, which a test may kill and start again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import aiohttp

# Seconds until something that should happen at once has not happened.
PATIENCE = 15.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bot:
    """One bot process: `approvals serve` or `approvals worker`, with its log in a file."""

    def __init__(self, environ: Mapping[str, str], folder: Path, *arguments: str, name: str = "bot") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = dict(os.environ) | dict(environ) | {"PORT": str(self.port), "HOST": "127.0.0.1"}
        self.log = folder / f"{name}.log"
        self.arguments = arguments or ("serve",)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, ready: bool = True) -> None:
        """Start it; with `ready`, return when it says so itself."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli", *self.arguments, env=self.environ, stdout=log, stderr=log
            )
        if ready:
            await self.until_ready()

    async def until_ready(self, status: int = 200, within: float = 40.0) -> None:
        """Return when /readyz answers with this status."""
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < deadline:
                if self._process is not None and self._process.returncode is not None:
                    raise AssertionError(f"the bot ended at once:\n{self.log.read_text()[-3000:]}")
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == status:
                            return
                await asyncio.sleep(0.02)
        raise AssertionError(
            f"/readyz did not say {status} within {within} s:\n{self.log.read_text()[-3000:]}"
        )

    async def until_logged(self, *words: str) -> None:
        """Return when one line of the log has all these words."""
        deadline = time.monotonic() + PATIENCE
        while not any(all(word in line for word in words) for line in self.log.read_text().splitlines()):
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            await asyncio.sleep(0.02)

    @property
    def pid(self) -> int:
        assert self._process is not None

        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """kill -9; returns when it is gone."""
        await self._end(signal.SIGKILL)

    async def stop(self, within: float = 30.0) -> int:
        """SIGTERM; returns the exit code."""
        return await self._end(signal.SIGTERM, within)

    async def ended(self, within: float = PATIENCE) -> int:
        """Return when it is gone by itself."""
        assert self._process is not None

        async with asyncio.timeout(within):
            return await self._process.wait()

    async def _end(self, number: signal.Signals, within: float = 30.0) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(within):
            return await self._process.wait()
