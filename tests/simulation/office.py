"""A small company on fakes: people vote, workers drive, processes die, replies get lost; the promises hold.

The use cases are the product's own; only the ports are fakes, each wrapped so that every call is a place
where its process may die, or its reply may be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from bot.approvals.cancelling import withdraw
from bot.approvals.starting import start
from bot.approvals.voting import vote
from bot.approvals.world import World
from bot.core.absence import Absence, Leave
from bot.core.lifecycle import IN_WORK
from bot.core.model import Click, Source, State, Verdict, Workspace
from bot.core.nudges import due_at
from bot.core.policy import Policies, Policy
from bot.ports import LeaseLost, SlackUnavailable, StoreUnavailable
from tests.fake_graph import FakeRunner
from tests.fake_slack import FakeDirectory, FakeMessenger, FakeQueue, PlainFaces, Wish
from tests.fakes import Clock, FakeChance
from tests.simulation.gestures import Told
from tests.simulation.house import NotedDelegations
from tests.simulation.judge import Judge, JudgedStore
from tests.simulation.ports import (
    LEASE_TTL,
    Faulty,
    FaultyRunner,
    FaultyStore,
    nobody_knows,
    slack_down,
    store_down,
)
from tests.simulation.reading import Moment
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.tasks import perform

KEY = b"an audit key for tests"
US = Workspace(app="A1", teams=frozenset({"T1"}))
MOST_TIME = 90.0  # seconds after the last fault: graphs may still raise twice, deadlines still fall
CALM_ROUNDS = 3


@dataclass
class Office:
    """Everything that outlives a process, and the processes themselves."""

    scheduler: Scheduler
    policy: Policy = field(default_factory=lambda: Policy(answer="decision"))
    branches: int = 1
    clock: Clock = field(default_factory=Clock)
    told: list[Told] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    expiries: dict[str, float] = field(default_factory=dict)
    worlds: dict[Process, World] = field(default_factory=dict)
    owners: dict[str, Process] = field(default_factory=dict)  # lease token -> who holds it
    born: int = 0
    redelivers: bool = True  # a lost task must not matter: our record is the truth
    in_work_until: float = 0.0  # when a decided approval was last seen that had no end yet

    def __post_init__(self) -> None:
        self.judge = Judge(self.clock, self.scheduler)
        self.store = JudgedStore(self.clock)
        self.store.judge = self.judge
        self.messenger = FakeMessenger()
        self.directory = FakeDirectory()
        self.queue = FakeQueue()
        self.chance = FakeChance()
        self.runner = FakeRunner(branches=self.branches)
        self.delegations: NotedDelegations | None = None  # most offices keep no absences
        self.note()
        for _ in range(2):
            self.hire()

    def note(self) -> None:
        """Tell the judge what is so from now on."""
        people, groups = self.directory, self.directory.groups
        unfit, away = frozenset(people.people), self.delegations.standing_in() if self.delegations else {}
        self.judge.note(
            Moment(self.policy, unfit, frozenset(people.outsiders), groups, groups | people.remembered, away)
        )

    def keep_absences(self, away: Mapping[str, tuple[str, float]]) -> None:
        """From now on people can be away; these are, with who stands in until when."""
        self.delegations = NotedDelegations(self.clock)
        self.delegations.office = self
        self.worlds.clear()
        for user, (delegate, until) in away.items():
            self.delegations.leaves[user] = Leave(user, Absence(user, self.clock.now, until, delegate))
        self.note()

    def hire(self) -> Process:
        """Start a process."""
        self.born += 1
        process = Process(f"bot{self.born}")
        self.processes.append(process)
        return process

    def living(self) -> list[Process]:
        return [process for process in self.processes if process.alive]

    def freeze(self, process: Process) -> None:
        """SIGSTOP: it does nothing, not even renew its leases, until it is thawed; it does not know."""
        process.frozen = self.scheduler.freezes = True
        for name, token in self.store.held.items():
            if self.owners.get(token) is process:
                self.expiries.setdefault(name, self.clock.now + LEASE_TTL)

    def thaw(self) -> None:
        """SIGCONT for whoever was stopped."""
        self.scheduler.freezes = False
        for process in self.processes:
            process.frozen = False

    def world(self, process: Process) -> World:
        """The ports as one process sees them: every call may be its last."""
        self.queue.now = self.clock.now
        if process not in self.worlds:
            self.worlds[process] = self._world(process)
        return self.worlds[process]

    def _world(self, process: Process) -> World:
        people, absences = self.directory, self.delegations
        return World(
            store=FaultyStore(self, process),
            runner=FaultyRunner(self, process),
            messenger=Faulty(self, process, self.messenger, "slack", slack_down),
            directory=Faulty(self, process, people, "people", nobody_knows) if absences else people,
            queue=Faulty(self, process, self.queue, "queue", store_down),
            faces=PlainFaces(),
            chance=self.chance,
            policies=lambda: Policies(self.policy),
            us=US,
            audit_key=KEY,
            default_channel="C1",
            delegations=Faulty(self, process, absences, "absences", store_down) if absences else None,
        )

    # --- what happens in the office -------------------------------------------------------------------

    def someone_starts(self, process: Process, thread_id: str) -> None:
        async def body(process: Process) -> None:
            try:
                await start(
                    self.world(process), "refund", {"amount": 1}, requester="U0REQ", thread_id=thread_id
                )
            except StoreUnavailable:
                return  # the caller is told, and asks again (see `settle`)

        self.scheduler.spawn(process, body, f"start {thread_id}")

    def someone_clicks(self, process: Process, click: Click) -> None:
        self.judge.clicks[click.id] = click

        async def body(process: Process) -> None:
            try:
                outcome = await vote(self.world(process), click)
            except StoreUnavailable:
                return  # "not recorded, press again"
            self.told.append(Told(click, outcome))

        self.scheduler.spawn(process, body, f"{click.user} {click.verdict}")

    def someone_withdraws(self, process: Process, click: Click) -> None:
        async def body(process: Process) -> None:
            try:
                await withdraw(self.world(process), click)
            except StoreUnavailable:
                return

        self.scheduler.spawn(process, body, f"{click.user} withdraws")

    def work(self, process: Process, wish: Wish) -> None:
        """Run one task; if its process dies, the queue may hand it out again, or forget it."""

        async def body(process: Process) -> None:
            try:
                await perform(self.world(process), wish)
            except (StoreUnavailable, SlackUnavailable, LeaseLost):
                return  # the task failed: the reconciler asks again

        def again() -> None:
            if self.redelivers:
                self.queue.wishes.append(Wish(wish.task, wish.args, self.clock.now + LEASE_TTL))

        self.scheduler.spawn(process, body, f"{wish.task} {wish.args[0]}", again)

    def click_on(self, approval_id: str, user: str, verdict: Verdict, name: str) -> Click:
        """A gesture on the newest card of this approval."""
        approval, card = self.store.approvals[approval_id], self.store.cards[approval_id]
        return Click(
            id=name,
            user=user,
            verdict=verdict,
            approval_id=approval_id,
            revision=approval.revision,
            source=Source.BUTTON,
            app="A1",
            team="T1",
            user_team="T1",
            channel=card.channel,
            message_ts=card.ts,
            text="shorter" if verdict is Verdict.REVISE else None,
        )

    # --- to the end -----------------------------------------------------------------------------------

    def deal(self, chance: Random) -> None:
        """Hand a due wish to a living process."""
        due = [wish for wish in self.queue.wishes if wish.due <= self.clock.now]
        living = self.living()
        if due and living:
            wish = chance.choice(due)
            self.queue.wishes.remove(wish)
            self.work(chance.choice(living), wish)

    def settle(self, *, threads: tuple[str, ...]) -> None:
        """Faults are over: deadlines still fall, graphs may still raise; then all must be at its end."""
        self.scheduler.crashes = self.scheduler.losses = 0
        self.scheduler.crash_at = self.scheduler.lose_at = None
        self.come_to_rest(threads=threads)

    def come_to_rest(self, *, threads: tuple[str, ...]) -> None:
        """Work, with a look around every two seconds, until nothing changes any more."""
        until, calm = self.clock.now + MOST_TIME, 0
        while self.clock.now < until and calm < CALM_ROUNDS:
            before = self._seen()
            for thread_id in threads:
                if thread_id not in self.store.runs:
                    self.someone_starts(self.somebody(), thread_id)
            self.queue.wishes.append(Wish("reconcile", ("",), self.clock.now))
            self._drain()
            if any(one.state in IN_WORK for one in self.store.approvals.values()):
                self.in_work_until = self.clock.now
            calm = calm + 1 if self._seen() == before and not self._time_brings_more() else 0
            self.clock.advance(2.0)

    def somebody(self) -> Process:
        """A living process; a new one where none is left."""
        return self.living()[0] if self.living() else self.hire()

    def _seen(self) -> tuple[object, ...]:
        """Everything that a round may change."""
        store = self.store
        kept = (dict(store.runs), dict(store.cards), dict(store.batches))
        return (len(store.trail), *kept, len(self.messenger.posts))

    def _time_brings_more(self) -> bool:
        """A deadline, a back-off, a lease, a lost post, a planned task: waiting longer changes something."""
        timed = any(
            one.state in IN_WORK
            or (one.state is State.PENDING and one.expires_at is not None)
            or due_at(one) is not None
            for one in self.store.approvals.values()
        )
        leased = any(end > self.clock.now for end in self.expiries.values())
        behind = any(self.store.cards[one.id].shown < one.version for one in self.store.approvals.values())
        behind |= any(one.card.shown < one.version for one in self.store.batches.values())
        far = self.clock.now + LEASE_TTL  # when somebody comes back some day, only a card is drawn again
        planned = any(wish.task != "absence" or wish.due <= far for wish in self.queue.wishes)
        return timed or leased or behind or planned

    def _drain(self) -> None:
        for _ in range(100_000):
            due = [wish for wish in self.queue.wishes if wish.due <= self.clock.now]
            for wish in due:
                self.queue.wishes.remove(wish)
                self.work(self.somebody(), wish)
            if not self.scheduler.step():
                return
        raise AssertionError("the office never comes to rest")
