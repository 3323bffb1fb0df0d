"""A world of fakes for the use cases, and the words to act in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.approvals.driving import Progress, drive
from bot.approvals.showing import show
from bot.approvals.starting import start
from bot.approvals.world import World
from bot.core.model import Approval, Click, Run, Source, Verdict, Workspace
from bot.core.policy import Policies, Policy
from tests.fake_delegations import FakeDelegations
from tests.fake_graph import FakeRunner
from tests.fake_slack import FakeDirectory, FakeMessenger, FakeQueue, PlainFaces
from tests.fakes import Clock, FakeChance, FakeStore


@dataclass
class Scene:
    """One thread, its fakes, and what people do."""

    policy: Policy = field(default_factory=lambda: Policy(answer="decision"))
    clock: Clock = field(default_factory=Clock)
    runner: FakeRunner = field(default_factory=FakeRunner)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    queue: FakeQueue = field(default_factory=FakeQueue)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.clock)
        self.delegations = FakeDelegations(self.clock)
        self.world = World(
            store=self.store,
            runner=self.runner,
            messenger=self.messenger,
            directory=self.directory,
            queue=self.queue,
            faces=PlainFaces(),
            chance=FakeChance(),
            policies=lambda: Policies(self.policy),
            us=Workspace("A1", frozenset({"T1"})),
            audit_key=b"key",
            default_channel="C1",
            delegations=self.delegations,
        )

    async def start(self, **more: Any) -> Run:
        return await start(
            self.world, "refund", {"amount": 1}, **{"requester": "U0REQ", "thread_id": "t1"} | more
        )

    async def drive(self) -> Progress:
        return await drive(self.world, "t1")

    async def asked(self) -> Approval:
        """A run that has asked, with its card on the channel."""
        await self.start()
        await self.drive()
        await show(self.world, self.newest().id)
        return self.newest()

    def newest(self) -> Approval:
        return list(self.store.approvals.values())[-1]

    def now(self, approval: Approval) -> Approval:
        """The approval as it stands now."""
        return self.store.approvals[approval.id]

    def click(self, approval: Approval, verdict: Verdict, by: str = "U0ANA", **more: Any) -> Click:
        card = self.store.cards[approval.id]
        click = Click(
            id=f"{by}-{verdict}-{len(approval.votes)}",
            user=by,
            verdict=verdict,
            approval_id=approval.id,
            revision=approval.revision,
            source=Source.BUTTON,
            app="A1",
            team="T1",
            user_team="T1",
            channel=card.channel,
            message_ts=card.ts,
            text="shorter" if verdict is Verdict.REVISE else None,
        )
        return replace(click, **more)


@pytest.fixture
def scene() -> Scene:
    return Scene()
