"""One thread on the real record, the real saver and the real LangGraph; Slack and the queue are fakes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from redis.asyncio import Redis

from bot.approvals.announcing import announce
from bot.approvals.driving import Progress, drive
from bot.approvals.showing import show
from bot.approvals.starting import start
from bot.approvals.voting import vote
from bot.approvals.world import World
from bot.chance import SystemChance
from bot.core.audit import Fact, faults
from bot.core.model import JSON, Approval, Click, Run, Source, State, Verdict, Workspace
from bot.core.outcome import Outcome
from bot.core.policy import Policies, Policy
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.loader import Graph
from bot.runs.registry import Registry
from bot.runs.runner import LocalRunner
from bot.store.approvals import RedisStore
from tests.fake_slack import FakeDirectory, FakeMessenger, FakeQueue, PlainFaces

KEY = b"an audit key for tests"
US = Workspace(app="A1", teams=frozenset({"T1"}))
MOST_TASKS = 200


@dataclass
class Desk:
    """Starts one run, drives it, and acts as the people who answer it."""

    redis: Redis
    saver: ApprovalsSaver
    thread: str
    queue: FakeQueue = field(default_factory=FakeQueue)
    slack: FakeMessenger = field(default_factory=FakeMessenger)
    policy: Policy = field(default_factory=lambda: Policy(answer="text"))
    clicks: int = 0

    def deploy(self, graph: Graph) -> None:
        """From now on this is the graph: the first release of it, or a later one."""
        self.world = World(
            store=RedisStore(self.redis, lease_ttl=2.0),
            runner=LocalRunner(Registry({"g": graph}, self.saver)),
            messenger=self.slack,
            directory=FakeDirectory(),
            queue=self.queue,
            faces=PlainFaces(),
            chance=SystemChance(),
            policies=lambda: Policies(self.policy),
            us=US,
            audit_key=KEY,
            default_channel="C1",
        )

    async def start(self, graph: Graph, given: JSON = None) -> Approval:
        """Start the run and return its first question."""
        self.deploy(graph)
        await start(self.world, "g", given or {}, requester="U0REQ", thread_id=self.thread)
        await self.drive()
        return (await self.pending())[0]

    async def drive(self) -> Progress:
        return await drive(self.world, self.thread)

    async def rest(self) -> None:
        """Do what the queue holds, and what that wishes, until nothing is left."""
        for _ in range(MOST_TASKS):
            if not self.queue.wishes:
                return
            wish = self.queue.wishes.pop(0)
            match wish.task:
                case "advance":
                    await drive(self.world, wish.args[0])
                case "show":
                    await show(self.world, wish.args[0])
                case "announce":
                    await announce(self.world, wish.args[0])
        raise AssertionError(f"still busy after {MOST_TASKS} tasks: {self.queue.wishes}")

    async def click(
        self, approval: Approval, verdict: Verdict = Verdict.APPROVE, user: str = "U0ANA", text: str = ""
    ) -> Outcome:
        """Press a button of the card as it was when `approval` was read."""
        self.clicks += 1
        shown = await self.world.store.read(approval.id)
        return await vote(
            self.world,
            Click(
                id=f"gesture-{self.clicks}",
                user=user,
                verdict=verdict,
                approval_id=approval.id,
                revision=approval.revision,
                source=Source.BUTTON,
                app="A1",
                team="T1",
                user_team="T1",
                channel=approval.channel,
                message_ts=shown.card.ts if shown else None,
                text=text or None,
            ),
        )

    async def approve(self, approval: Approval) -> Approval:
        """Approve, work until nothing is left to do, and return what became of it."""
        await self.click(approval)
        await self.rest()
        return await self.read(approval)

    async def read(self, approval: Approval) -> Approval:
        record = await self.world.store.read(approval.id)
        assert record is not None

        return record.approval

    async def pending(self) -> list[Approval]:
        """What waits, by what it asks."""
        known = await self.world.store.of_thread(self.thread)
        records = await self.world.store.read_many(tuple(known.values()))
        waiting = [record.approval for record in records if record.approval.state is State.PENDING]
        return sorted(waiting, key=lambda approval: str(approval.request.payload))

    async def run(self) -> Run:
        run = await self.world.store.read_run(self.thread)
        assert run is not None

        return run

    async def facts(self, approval: Approval) -> list[Fact]:
        """The audit trail of one approval; its chain must be whole."""
        trail = await self.world.store.history(approval.id)
        head = (await self.read(approval)).audit_head

        assert faults(trail, KEY, head=head) == []
        return [entry.fact for entry in trail]

    async def live_cards(self) -> list[str]:
        """The approvals whose card shows buttons."""
        return [str(post.blocks[0]["approval"]) for post in self.slack.live_cards()]

    def with_runner(self, **methods: object) -> None:
        """Replace methods of the runner: a process that dies in the middle of one."""
        runner = self.world.runner
        broken = type("Broken", (), {"__getattr__": lambda _, name: getattr(runner, name)})()
        for name, method in methods.items():
            setattr(broken, name, method)
        self.world = replace(self.world, runner=broken)
