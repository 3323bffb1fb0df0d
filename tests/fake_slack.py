"""Slack, people and the queue in memory, for tests of the use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.absence import Absence
from bot.core.batch import Batch
from bot.core.model import JSON, Approval, Nudge, Person, Run, RunState, State
from bot.core.needed import Needed
from bot.core.outcome import Outcome
from bot.ports import NOBODY, DirectoryUnavailable, Home, Message, MessageGone, Record, Summary


class PlainFaces:
    """`ports.Faces` that says no more than a test needs: who, what state, whether there are buttons."""

    def card(
        self,
        approval: Approval,
        *,
        previous: Approval | None,
        previous_link: str | None,
        next_link: str | None,
        now: float,
        away: Mapping[str, Absence] = NOBODY,
    ) -> Message:
        block: dict[str, JSON] = {
            "approval": approval.id,
            "state": approval.state,
            "votes": len(approval.votes),
            "buttons": approval.state is State.PENDING,
            "digest": approval.request.digest,
            "next": next_link,
            "away": sorted(away),
        }
        return Message(text=f"{approval.id} {approval.state}", blocks=[block], key=f"card:{approval.id}")

    def batch(self, batch: Batch, records: Sequence[Record], links: Mapping[str, str]) -> Message:
        states: dict[str, JSON] = {one.approval.id: one.approval.state for one in records}
        block: dict[str, JSON] = {"batch": batch.id, "states": states, "links": sorted(links)}
        return Message(text=f"{len(batch.approvals)} requests", blocks=[block], key=f"batch:{batch.id}")

    def shows_all(self, approval: Approval) -> bool:
        return True

    def nudge(
        self,
        approval: Approval,
        nudge: Nudge,
        *,
        needed: Needed | None,
        away: Mapping[str, Absence],
        names: Mapping[str, str],
        link: str | None,
    ) -> Message:
        wanted = sorted(needed.approvers.users) if needed else []
        text = f"{nudge.name} {' '.join(wanted)} away {' '.join(sorted(away))} {link}"
        return Message(text=text, blocks=[], key=f"{nudge.name}:{approval.id}")

    def result(self, run: Run) -> Message:
        kind = "failure" if run.state is RunState.FAILED else "result"
        return Message(text=run.result or run.failure or "", blocks=[], key=f"{kind}:{run.thread_id}")

    def sentence(self, outcome: Outcome, user: str | None = None) -> str:
        return outcome.kind.value

    def home(self, shown: Home) -> Mapping[str, JSON]:
        records = {"waiting": shown.waiting.records, "asked": shown.asked.records, "recent": shown.recent}
        named = {part: [record.approval.id for record in some] for part, some in records.items()}
        return {"note": shown.note, "links": len(shown.links), **named}

    def summary(self, told: Summary) -> Message:
        key = f"daily:{told.channel}:{told.day}"
        counts = f"{told.total} {dict(told.graphs)} {told.overdue} {told.soon} {len(told.links)}"
        return Message(text=counts, blocks=[], key=key)

    def waits(self, approval: Approval, link: str | None) -> str:
        return f"{approval.id} {link}"

    def note(self, outcome: Outcome, user: str | None = None) -> str | None:
        return outcome.kind.value


@dataclass(slots=True)
class Posted:
    """One message in the fake channel."""

    ts: str
    key: str
    text: str
    blocks: list[Mapping[str, JSON]]
    thread_ts: str | None = None


@dataclass(slots=True)
class FakeMessenger:
    """`ports.Messenger` into a list. `trouble` comes after the next post is done, `refusal` before."""

    posts: list[Posted] = field(default_factory=list)
    trouble: Exception | None = None
    refusal: Exception | None = None
    count: int = 0
    told: list[tuple[str, str]] = field(default_factory=list)
    homes: dict[str, Mapping[str, JSON]] = field(default_factory=dict)

    async def publish(self, user: str, view: Mapping[str, JSON]) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.homes[user] = view

    async def link(self, channel: str, ts: str) -> str | None:
        return f"https://slack.test/{channel}/{ts}"

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None) -> str:
        if self.refusal is not None:
            raise self.refusal
        self.count += 1
        ts = f"{999 + self.count}.000100"
        self.posts.append(Posted(ts, message.key, message.text, list(message.blocks), thread_ts))
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        return ts

    async def find(
        self, channel: str, message: Message, *, since: float, thread_ts: str | None = None
    ) -> tuple[str, ...]:
        return tuple(post.ts for post in self.posts if post.key == message.key)

    async def update(self, channel: str, ts: str, message: Message) -> None:
        post = next((post for post in self.posts if post.ts == ts), None)
        if post is None:
            raise MessageGone(ts)
        post.text, post.blocks = message.text, list(message.blocks)

    async def remove(self, channel: str, ts: str) -> None:
        self.posts = [post for post in self.posts if post.ts != ts]

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        self.told.append((user, text))

    def live_cards(self) -> list[Posted]:
        """Messages that show buttons."""
        return [post for post in self.posts if any(block.get("buttons") for block in post.blocks)]


@dataclass(slots=True)
class FakeDirectory:
    """`ports.Directory` where everybody is a member unless a test says otherwise."""

    people: dict[str, Person] = field(default_factory=dict)
    outsiders: set[str] = field(default_factory=set)
    members: dict[str, set[str]] = field(default_factory=dict)  # of the channels a test speaks of
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    remembered: dict[str, frozenset[str]] = field(default_factory=dict)  # groups as they were
    emails: dict[str, str] = field(default_factory=dict)
    down: bool = False

    async def person(self, user_id: str) -> Person:
        if self.down:
            raise DirectoryUnavailable("down")
        return self.people.get(user_id, Person(user_id, user_id, "T1"))

    async def is_member(self, channel: str, user_id: str) -> bool:
        return user_id in self.members.get(channel, {user_id}) and user_id not in self.outsiders

    async def group(self, group_id: str, *, fresh: bool = False) -> frozenset[str]:
        if self.down:
            raise DirectoryUnavailable("down")
        return (self.groups if fresh else self.groups | self.remembered).get(group_id, frozenset())

    async def by_email(self, email: str) -> str | None:
        if self.down:
            raise DirectoryUnavailable("down")
        return self.emails.get(email)


@dataclass(frozen=True, slots=True)
class Wish:
    """One task on the fake queue."""

    task: str
    args: tuple[str, ...]
    due: float


@dataclass(slots=True)
class FakeQueue:
    """`ports.Queue` as a list: nothing is deduplicated, because a doubled task must not matter."""

    wishes: list[Wish] = field(default_factory=list)
    now: float = 0.0

    async def advance(self, thread_id: str, *, why: str, delay: float = 0.0, if_idle: bool = False) -> None:
        self._wish("advance", delay, thread_id)

    async def show(
        self, approval_id: str, *, version: int, delay: float = 0.0, if_idle: bool = False
    ) -> None:
        self._wish("show", delay, approval_id)

    async def show_batch(self, batch_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None:
        self._wish("show_batch", delay, batch_id)

    async def expire(self, approval_id: str, *, at: float) -> None:
        self.wishes.append(Wish("expire", (approval_id,), at))

    async def nudge(self, approval_id: str, *, at: float) -> None:
        self.wishes.append(Wish("nudge", (approval_id,), at))

    async def absence(self, user: str, *, at: float) -> None:
        self.wishes.append(Wish("absence", (user,), at))

    async def announce(self, thread_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None:
        self._wish("announce", delay, thread_id)

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        self._wish("tell", 0.0, channel, user, text)

    async def home(self, user: str, *, note: str | None = None) -> None:
        self._wish("home", 0.0, user, note or "")

    async def notify(self, approval_id: str, *, delay: float = 0.0) -> None:
        self._wish("notify", delay, approval_id)

    def _wish(self, task: str, delay: float, *args: str) -> None:
        self.wishes.append(Wish(task, args, self.now + delay))
