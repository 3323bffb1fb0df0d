"""A simulator in this process together with the words to act in it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from bot.simulator.config import SimulatorConfig
from bot.simulator.people import Slack
from bot.simulator.server import Simulator


class LocalSlack(Slack):
    """`async with LocalSlack() as slack`: starts a simulator on a free port and stops it at the end."""

    def __init__(self, config: SimulatorConfig | None = None) -> None:
        self.simulator = Simulator(config)
        super().__init__("", self.simulator.workspace.document)

    @property
    def config(self) -> SimulatorConfig:
        """Tokens, secret and ids, as they are now."""
        return self.simulator.workspace.config

    async def __aenter__(self) -> Self:
        self.url = await self.simulator.start()
        self.api_url = f"{self.url}/api/"
        return await super().__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        await self.simulator.stop()
