"""The words of the product as frozen values: Run, Request, Approval, Vote, Decision, Card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from bot.core.approvers import Approvers

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None


class State(StrEnum):
    """Where an approval is in its life; what may follow what stands in `lifecycle.py`."""

    PENDING = "pending"
    DECIDED = "decided"
    FAILED = "failed"
    APPLIED = "applied"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What a button, a modal or a reply says."""

    APPROVE = "approve"
    REJECT = "reject"
    REVISE = "revise"
    ANSWER = "answer"  # a form filled in, or one of a few choices: the vote holds the answer itself


class ContractKind(StrEnum):
    """How a graph wants to be answered (design: a No must never become a Yes)."""

    SCHEMA = "schema"  # the interrupt published a JSON Schema
    HITL_BATCH = "hitl_batch"  # LangChain's middleware, several tool calls in one question
    HITL_CALL = "hitl_call"  # LangChain's middleware, one tool call
    INBOX = "inbox"  # Agent Inbox's HumanInterrupt
    BOOLEAN = "boolean"
    DECISION = "decision"
    TEXT = "text"
    GUESSED = "guessed"  # nothing was said: true or false, never more


@dataclass(frozen=True, slots=True)
class Contract:
    """The shape of the answer, fixed when the card is made, and the verdicts it can carry."""

    kind: ContractKind
    verdicts: tuple[Verdict, ...]
    schema: Mapping[str, JSON] | None = None
    why_not: str | None = None  # why a button is missing, in a sentence for the card


@dataclass(frozen=True, slots=True)
class Request:
    """What one interrupt asks. `digest` is the SHA-256 of the payload's canonical JSON."""

    graph: str
    thread_id: str
    interrupt_id: str
    node: str
    payload: JSON
    digest: str
    contract: Contract


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's button. `click` names the gesture, so that its repeat is recognised."""

    by: str
    verdict: Verdict
    at: float  # seconds since 1970, by the store's clock
    click: str
    text: str | None = None  # a reason or a piece of feedback
    answer: JSON = None  # only of an ANSWER: the exact value that this person wants the graph to get
    stands_for: str | None = None  # the approver who is away, and for whom this person stood in
    stage: int | None = 0  # which stage of the policy it was given in; None: a proposal that counts in none
    typed: bool = False  # what had to be typed was
    on_page: bool = False  # given on our own page, after a log-in


@dataclass(frozen=True, slots=True)
class Decision:
    """What the votes came to, and the exact answer the graph will be given."""

    verdict: Verdict
    by: tuple[str, ...]  # empty: nobody, a deadline decided
    at: float
    answer: JSON
    text: str | None = None
    policy: str = ""  # the digest of the policy that was in force


@dataclass(frozen=True, slots=True)
class Sent:
    """Evidence taken just before an answer was sent, to tell later whether it was consumed."""

    head: str | None
    task: str
    tries: int = 1  # a crash that repeats with every try ends in FAILED, not in a loop


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the run raised after the decision; `reference` is what a person quotes to an operator."""

    reference: str
    reason: str
    attempts: int
    retry_at: float | None  # None: automatic retries are used up


@dataclass(frozen=True, slots=True)
class Nudge:
    """A message about an approval that nobody decided yet: meant to be sent, and not known to be."""

    name: str  # `reminder-2`, `escalation`, `escalation-told`
    channel: str
    at: float  # when it was meant first
    retry_at: float  # until then it may still be on its way


@dataclass(frozen=True, slots=True)
class Approval:
    """A request and its life. Everything above `state` never changes."""

    id: str
    request: Request
    revision: int
    channel: str
    requester: str | None
    asked_at: float
    expires_at: float | None = None
    previous: str | None = None  # the approval this one revises or replaces
    batch: str | None = None  # asked together with others: the batch that lists them
    policy: str = ""  # the version of the policy it was asked under; empty: an older release asked
    trace: str | None = None  # the span that asked, as a traceparent; None: nobody follows

    state: State = State.PENDING
    version: int = 0  # the fence: one more with every change
    votes: tuple[Vote, ...] = ()
    decision: Decision | None = None
    sent: Sent | None = None
    failure: Failure | None = None
    next: str | None = None  # the approval that took this one's place
    closed_at: float | None = None
    closed_why: str | None = None
    remind_at: float | None = None
    reminded: int = 0  # how many reminders were begun
    escalate_at: float | None = None
    escalated_at: float | None = None
    added: Approvers | None = None  # by an escalation
    instead: bool = False  # what was added stands in place of what the policy names
    nudges: tuple[Nudge, ...] = ()
    click_trace: str | None = None  # the span of the click that decided
    audit_seq: int = 0
    audit_head: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Where an approval is shown, and which face of it was shown last."""

    channel: str
    ts: str | None = None
    shown: int = -1  # the version shown
    face: str = ""  # digest of the blocks shown
    intended_at: float | None = None  # a post was begun; without ts its fate is unknown


class RunState(StrEnum):
    """Where a run is."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    ENDED = "ended"
    FAILED = "failed"
    LOST = "lost"  # its checkpoint is gone
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Somebody's wish that a run goes no further; it is carried out when nothing decided is in work."""

    by: str | None  # the person who had asked for the run; None: an operator
    at: float
    why: str


@dataclass(frozen=True, slots=True)
class Run:
    """One LangGraph thread that the bot drives."""

    thread_id: str
    graph: str
    channel: str
    requester: str | None
    input: JSON
    started_at: float
    state: RunState = RunState.STARTING
    version: int = 0
    tries: int = 0  # passes that began to run the graph and did not come back
    output: JSON = None
    result: str | None = None  # the sentence for people
    failure: str | None = None
    reference: str | None = None
    last_approval: str | None = None  # its card's thread receives the result
    intended_at: float | None = None  # telling the result was begun; without `announced` its fate is unknown
    announced: str | None = None  # ts of the message that told the result
    cancellation: Cancellation | None = None
    effect: str | None = None  # the receipt that the last pass saw in the state; None: none has looked
    trace: str | None = None  # the span that recorded it, as a traceparent; None: nobody follows


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says about somebody, as far as a decision depends on it."""

    id: str
    name: str
    team: str | None
    tz: str | None = None
    is_bot: bool = False
    is_deleted: bool = False
    is_guest: bool = False
    is_stranger: bool = False


@dataclass(frozen=True, slots=True)
class MetadataClaim:
    """What the message's metadata says: checked against our record, never trusted."""

    approval_id: str
    thread_id: str
    interrupt_id: str
    revision: int


class Source(StrEnum):
    """By which gesture a vote came."""

    BUTTON = "button"
    MODAL = "modal"
    REPLY = "reply"
    BATCH = "batch"  # several were approved after one confirmation
    WEB = "web"  # our own page, after a log-in
    HOME = "home"  # a button of App Home, or of a form opened from it: there is no channel and no message


@dataclass(frozen=True, slots=True)
class Click:
    """One gesture of one person, parsed once from what Slack sent."""

    id: str
    user: str
    verdict: Verdict
    approval_id: str
    revision: int
    source: Source
    app: str | None
    team: str | None  # the workspace the gesture came through
    user_team: str | None
    channel: str | None
    message_ts: str | None
    metadata: MetadataClaim | None = None
    text: str | None = None
    given: JSON = None  # only of an ANSWER: what was filled in
    shown: str | None = None  # only from App Home: the digest of the request that it showed
    choice: int | None = None  # only of an ANSWER: which of the few choices was pressed, from 0
    typed: str | None = None  # what was typed to confirm; None: nobody was asked yet


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who we are: a click from another app or another workspace is not for us."""

    app: str | None
    teams: frozenset[str] = field(default_factory=frozenset)
