"""Play one cell of the authorisation matrix: who does what, to an approval in which state, by which rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.approvals.voting import ready, reply, vote
from bot.core.answer import contract_for
from bot.core.audit import Fact
from bot.core.model import (
    JSON,
    Approval,
    Card,
    Click,
    Decision,
    MetadataClaim,
    Person,
    Source,
    State,
    Verdict,
    Vote,
)
from bot.core.outcome import Outcome
from bot.core.policy import Policy, one_stage
from bot.ports import DirectoryUnavailable
from tests.approvals.conftest import Scene
from tests.fake_slack import FakeDirectory

NOW = 1_800_000_000.0
DAN = "U0DAN"  # another approver, who may have said something before
SAID: JSON = {"cents": 100}
OTHERWISE: JSON = {"cents": 200}
FORM: dict[str, JSON] = {
    "type": "object",
    "properties": {"cents": {"type": "integer"}},
    "required": ["cents"],
}
RIGHT: dict[str, Any] = {
    "approval_id": "id-0001",
    "thread_id": "t1",
    "interrupt_id": "t1-1-gate0",
    "revision": 1,
}

# actor: their id, and what is different about the gesture
ACTORS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "approver by id": ("U0IDA", {}),
    "approver by group": ("U0GUS", {}),
    "member of the channel": ("U0MIA", {}),
    "requester": ("U0REQ", {}),
    "requester who is an approver": ("U0RON", {}),
    "outside the channel": ("U0OUT", {}),
    "approver outside the channel": ("U0FAR", {}),
    "guest": ("U0GUEST", {}),
    "bot": ("U0ROBOT", {}),
    "deactivated": ("U0GONE", {}),
    "stranger": ("U0STRANGE", {}),
    "person of another workspace": ("U0AWAY", {}),
    "nobody Slack knows": ("U0NOBODY", {}),
    "while Slack is down": ("U0IDA", {}),
    "while lists are down": ("U0IDA", {}),
    "through a shared channel": ("U0IDA", {"user_team": "T9"}),
    "through another workspace": ("U0IDA", {"team": "T9"}),
    "through no workspace": ("U0IDA", {"team": None}),
    "through another app": ("U0IDA", {"app": "A9"}),
    "through no app": ("U0IDA", {"app": None}),
    "with a malformed id": ("U0IDA\n<!channel>", {}),
    "without an id": ("", {}),
}
PEOPLE = {
    "U0GUEST": Person("U0GUEST", "Guest", "T1", is_guest=True),
    "U0ROBOT": Person("U0ROBOT", "Robot", "T1", is_bot=True),
    "U0GONE": Person("U0GONE", "Gone", "T1", is_deleted=True),
    "U0STRANGE": Person("U0STRANGE", "Strange", "T1", is_stranger=True),
    "U0AWAY": Person("U0AWAY", "Away", "T9"),
    "U0NOBODY": Person("U0NOBODY", "U0NOBODY", None, is_stranger=True),
}
# Whoever is unfit is named wherever anybody can be named: being named must not help.
NAMED = frozenset({"U0IDA", "U0FAR", "U0RON", DAN, "U0IDA\n<!channel>", "", *PEOPLE})
GROUP = frozenset({"U0GUS", "U0RON", DAN, "U0IDA\n<!channel>", "", *PEOPLE})

POLICIES: Mapping[str, Policy] = {
    "members": Policy(),
    "users": Policy(stages=one_stage(users=NAMED)),
    "groups": Policy(stages=one_stage(groups=["S1"])),
    "users and groups": Policy(stages=one_stage(users=NAMED, groups=["S1"])),
    "two members": Policy(stages=one_stage(quorum=2)),
    "two users": Policy(stages=one_stage(users=NAMED, quorum=2)),
    "requester may approve": Policy(requester_may_approve=True),
    "replies are comments": Policy(thread_replies="comment"),
}
CONTRACTS = {
    "decision": contract_for({"title": "Pay"}, None, "decision"),
    "yes or no": contract_for({"title": "Pay"}, None, "boolean"),
    "form": contract_for({"title": "Pay"}, FORM, None),
}
STATES: Mapping[str, Mapping[str, Any]] = {
    "pending": {},
    "one vote of two": {},
    "at the deadline": {"expires_at": NOW},
    "overdue": {"expires_at": NOW - 60.0},
    "decided": {"state": State.DECIDED},
    "failed": {"state": State.FAILED},
    "applied": {"state": State.APPLIED},
    "sent back": {"state": State.APPLIED, "next": "id-next"},
    "expired": {"state": State.EXPIRED},
    "superseded": {"state": State.SUPERSEDED, "next": "id-next"},
    "cancelled": {"state": State.CANCELLED},
}
SOMEBODY = Decision(Verdict.REJECT, (DAN,), NOW - 5.0, False)
# Only of these states somebody has decided before.
WAS_DECIDED = ("decided", "failed", "applied", "sent back")

APPROVE: dict[str, Any] = {"verdict": Verdict.APPROVE}
ANSWER: dict[str, Any] = {"verdict": Verdict.ANSWER, "given": SAID}
WORDS: dict[str, Any] = {"verdict": Verdict.REVISE, "text": "shorter"}
GESTURES: Mapping[str, Mapping[str, Any]] = {
    "approve": APPROVE,
    "reject": {"verdict": Verdict.REJECT},
    "revise": WORDS,
    "revise without words": {"verdict": Verdict.REVISE, "text": " \n"},
    "answer": ANSWER,
    "answer otherwise": ANSWER | {"given": OTHERWISE},
    "answer that misfits": ANSWER | {"given": {"cents": "a lot"}},
    "open reject": {"verdict": Verdict.REJECT},
    "open revise": {"verdict": Verdict.REVISE},
    "open the form": ANSWER,
    "reply": WORDS | {"source": Source.REPLY, "approval_id": "", "revision": 0},
    "reply elsewhere": WORDS
    | {"source": Source.REPLY, "message_ts": "5.5", "approval_id": "", "revision": 0},
    "the same click again": APPROVE,
    "the same word again": APPROVE,
    "approve, right metadata": APPROVE | {"metadata": MetadataClaim(**RIGHT)},
    "approve, metadata of another approval": APPROVE
    | {"metadata": MetadataClaim(**RIGHT | {"approval_id": "id-0002"})},
    "approve, metadata of another thread": APPROVE
    | {"metadata": MetadataClaim(**RIGHT | {"thread_id": "t2"})},
    "approve, metadata of another question": APPROVE
    | {"metadata": MetadataClaim(**RIGHT | {"interrupt_id": "t1-2-gate0"})},
    "approve, metadata of another revision": APPROVE | {"metadata": MetadataClaim(**RIGHT | {"revision": 2})},
    "approve on an old revision": APPROVE | {"revision": 0},
    "reject on an old revision": {"verdict": Verdict.REJECT, "revision": 0},
    "approve on another message": APPROVE | {"message_ts": "5.5"},
    "approve in another channel": APPROVE | {"channel": "C9"},
    "approve before the post is known": APPROVE,
    "approve what is unknown": APPROVE | {"approval_id": "id-9999"},
}
SAME_AGAIN = ("the same click again", "the same word again")


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of the product."""

    actor: str
    gesture: str
    state: str
    policy: str
    asks: str


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it: the outcome (None: ignored), and the record before and after."""

    outcome: Outcome | None
    click: Click
    before: Approval
    after: Approval
    entries: tuple[tuple[str, str | None, JSON], ...]  # (fact, by, data) of what the trail gained
    woken: int  # tasks that were asked for


def facts_of_decision(played: Played) -> list[Fact]:
    """What follows a vote in the trail; rules that are not those it was asked under are named before."""
    decision = played.after.decision
    if decision is None:
        return []
    return [Fact.DECIDED] if decision.policy == played.before.policy else [Fact.POLICY_CHANGED, Fact.DECIDED]


@dataclass(slots=True)
class Directory(FakeDirectory):
    """One that may know people, but neither channels nor groups."""

    lists_down: bool = False

    async def is_member(self, channel: str, user_id: str) -> bool:
        self._ask_lists()
        return user_id not in self.outsiders

    async def group(self, group_id: str, *, fresh: bool = False) -> frozenset[str]:
        self._ask_lists()
        return (self.groups if fresh else self.groups | self.remembered)[group_id]

    def _ask_lists(self) -> None:
        if self.lists_down:
            raise DirectoryUnavailable("no lists now")


class Stage:
    """One approval with its card, put back to its beginning before each cell."""

    def __init__(self, scene: Scene, approval: Approval) -> None:
        self.scene = scene
        self.approval = replace(approval, votes=(), requester="U0REQ")
        self.card = scene.store.cards[approval.id]
        scene.clock.now = NOW
        self.directory = Directory(dict(PEOPLE), {"U0OUT", "U0FAR"}, groups={"S1": GROUP})
        scene.world = replace(scene.world, directory=self.directory)

    async def play(self, cell: Cell) -> Played:
        """Set the cell up, let it happen, and tell what it left behind."""
        scene, click = self.scene, _click(cell, self.card)
        before = self._before(cell, click)
        unknown_post = cell.gesture == "approve before the post is known"
        scene.store.approvals = {before.id: before}
        scene.store.cards = {before.id: replace(self.card, ts=None) if unknown_post else self.card}
        scene.store.trail, scene.queue.wishes = [], []
        scene.policy = POLICIES[cell.policy]
        self.directory.down = cell.actor == "while Slack is down"
        self.directory.lists_down = cell.actor == "while lists are down"
        outcome = await _act(scene, cell, click)
        after = scene.store.approvals[before.id]
        entries = tuple((one.fact.value, one.by, dict(one.data)) for one in scene.store.trail)
        return Played(outcome, click, before, after, entries, len(scene.queue.wishes))

    def _before(self, cell: Cell, click: Click) -> Approval:
        asker = "U0RON" if cell.actor == "requester who is an approver" else "U0REQ"
        votes: tuple[Vote, ...] = ()
        if cell.state == "one vote of two":
            votes = (_said(cell, DAN, "dan's click"),)
        if cell.gesture in SAME_AGAIN:
            name = click.id if cell.gesture == "the same click again" else "an earlier click"
            votes = (*votes, _said(cell, click.user, name))
        request = replace(self.approval.request, contract=CONTRACTS[cell.asks])
        decision = SOMEBODY if cell.state in WAS_DECIDED else None
        made = replace(self.approval, request=request, requester=asker, votes=votes, decision=decision)
        return replace(made, **STATES[cell.state])


def _said(cell: Cell, by: str, click: str) -> Vote:
    """What somebody said before: what lets this kind of question pass."""
    if cell.asks == "form":
        return Vote(by, Verdict.ANSWER, NOW - 10.0, click, answer=SAID)
    return Vote(by, Verdict.APPROVE, NOW - 10.0, click)


def _click(cell: Cell, card: Card) -> Click:
    user, odd = ACTORS[cell.actor]
    how: dict[str, Any] = dict(GESTURES[cell.gesture])
    if cell.gesture in SAME_AGAIN and cell.asks == "form":
        how |= ANSWER
    usual: dict[str, Any] = {"id": "this click", "user": user, "approval_id": "id-0001", "revision": 1}
    usual |= {"source": Source.BUTTON, "app": "A1", "team": "T1", "user_team": "T1"}
    return Click(**usual | {"channel": card.channel, "message_ts": card.ts} | how | dict(odd))


async def _act(scene: Scene, cell: Cell, click: Click) -> Outcome | None:
    if cell.gesture.startswith("reply"):
        return await reply(scene.world, click)
    if cell.gesture.startswith("open "):
        return await ready(scene.world, click)
    return await vote(scene.world, click)


def wanted_answer(cell: Cell, played: Played) -> JSON:
    """What the graph must get for a decision in this cell, from the README's table."""
    if cell.asks == "form":
        return played.click.given
    if cell.asks == "yes or no":
        return played.click.verdict is Verdict.APPROVE
    verdict, words = played.click.verdict.value, played.click.text
    said: dict[str, JSON] = {"decision": verdict, "approved": verdict == "approve", "feedback": words}
    return said | {"edits": None, "by": played.click.user, "approval_id": played.before.id}
