"""Decide who may answer an approval, and when enough people have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any

from bot.core.approvers import Approvers
from bot.core.audit import AuditRules
from bot.core.calendar import Hours
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Click, Person, Source, Verdict, Workspace
from bot.core.risk import Risk, risk_of
from bot.core.rules import Unclear, holds
from bot.texts.marks import recorded

UNCLEAR = recorded("The rule “{}” cannot be evaluated here: {}.")

USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way to an approval; stages are passed in order."""

    name: str | None
    approvers: Approvers
    quorum: int = 1  # distinct people
    reject_quorum: int = 1


def one_stage(
    *, users: Iterable[str] = (), groups: Iterable[str] = (), quorum: int = 1, reject_quorum: int = 1
) -> tuple[Stage, ...]:
    """A single stage of these people; where nobody is named, of the members of the card's channel."""
    named = Approvers(frozenset(users), frozenset(groups))
    who = named if named.users or named.groups else Approvers(members=True)
    return (Stage(None, who, quorum, reject_quorum),)


@dataclass(frozen=True, slots=True)
class Rule:
    """What else is asked where `when` is true of the payload; every part of it is optional."""

    when: str
    stages: tuple[Stage, ...] = ()  # in place of the graph's own
    quorum: int = 1  # at least so many in every stage
    reject_quorum: int | None = None  # at most so many in every stage
    requester_may_approve: bool = True
    risk: Risk | None = None
    expires_in: float | None = None


@dataclass(frozen=True, slots=True)
class Escalate:
    """Nobody decided within `after` seconds: who may answer from then on, and who is told."""

    after: float
    approvers: Approvers
    instead: bool = False  # of those who could answer until then; else as well
    channel: str | None = None  # is told too


@dataclass(slots=True)
class Known:
    """What was reckoned of one policy before: a click asks for the same things again and again."""

    version: str | None = None
    resolved: dict[tuple[object, ...], Policy] = field(default_factory=dict)


# Rules hold in few combinations; a blocked policy has a sentence of its own and is not remembered.
MOST_RESOLVED = 64


@dataclass(frozen=True, slots=True)
class Policy:
    """What approvals.toml says of one graph. Durations are seconds."""

    channel: str | None = None
    stages: tuple[Stage, ...] = one_stage()
    rules: tuple[Rule, ...] = ()
    distinct: bool = True  # nobody serves two stages
    requester_may_approve: bool = False
    editor_may_approve: bool = False
    confirm_from: Risk | None = None  # from here on Approve asks for the amount or a word to be typed
    confirm_field: str | None = None  # which of the payload's values is typed
    ceiling: Risk | None = None  # from here on nobody approves in Slack
    answer: str | None = None
    thread_replies: str = "revise"
    expires_in: float | None = None
    on_expiry: str = "leave"
    working_time: bool = False  # `expires_in` runs only while people work
    hours: Hours | None = None  # None: reminders and escalations come at any time
    remind_every: float | None = None
    remind_at_most: int = 3
    escalate: Escalate | None = None
    dm_sole_approver: bool = False
    digest: str | None = None  # "09:00", where `digest_zone` is
    digest_zone: str = "UTC"
    url: str | None = None
    assistant: str | None = None
    auth_env: str | None = None
    auth_header: str = "x-api-key"
    adopt: Mapping[str, JSON] | None = None

    # What `resolved` finds for one payload.
    risk: Risk | None = None
    held: tuple[str, ...] = ()  # the rules that hold
    blocked: str | None = None  # why nobody may approve

    _known: Known = field(default_factory=Known, init=False, repr=False, compare=False)

    @property
    def version(self) -> str:
        """A short fingerprint, stored with each decision: which rules were in force."""
        if self._known.version is None:
            self._known.version = digest(_plain(self))[:12]
        return self._known.version

    def resolved(self, payload: JSON) -> Policy:
        """The policy in force for one payload. Every rule that holds counts, and the strictest word wins.

        A rule that cannot be evaluated on this payload blocks every approval: it may be the one that
        would have asked for more.
        """
        held, unclear = _sorted_out(self.rules, payload)
        own = risk_of(payload)
        if unclear is not None:
            return self._resolved(held, own, unclear)
        key = (own, *(rule.when for rule in held))
        known = self._known.resolved
        if key not in known and len(known) < MOST_RESOLVED:
            known[key] = self._resolved(held, own, None)
        return known[key] if key in known else self._resolved(held, own, None)

    def _resolved(self, held: list[Rule], own: Risk | None, unclear: str | None) -> Policy:
        risks = [risk for risk in (own, *(rule.risk for rule in held)) if risk is not None]
        limits = [rule.expires_in for rule in held] + [self.expires_in]
        return replace(
            self,
            stages=_stages(self.stages, held),
            rules=(),
            requester_may_approve=self.requester_may_approve and all(r.requester_may_approve for r in held),
            expires_in=min((limit for limit in limits if limit is not None), default=None),
            risk=max(risks, default=None),
            held=tuple(rule.when for rule in held),
            blocked=unclear,
        )

    def reaches(self, level: Risk | None) -> bool:
        """Whether the risk found for the payload is at least this high."""
        return level is not None and self.risk is not None and self.risk >= level


def _sorted_out(rules: tuple[Rule, ...], payload: JSON) -> tuple[list[Rule], str | None]:
    held, unclear = list[Rule](), None
    for rule in rules:
        try:
            if holds(rule.when, payload):
                held.append(rule)
        except Unclear as why:
            unclear = unclear or UNCLEAR.format(rule.when, why)
    return held, unclear


def _stages(own: tuple[Stage, ...], held: list[Rule]) -> tuple[Stage, ...]:
    """Who has to agree: those whom the rules name, one rule after the other; else those of the graph.

    Whomever the rules name, they are no fewer than the graph's single stage asks for.
    """
    stages = tuple(stage for rule in held for stage in rule.stages) or own
    single = own if len(own) == 1 else ()
    least = max([1, *(rule.quorum for rule in held), *(stage.quorum for stage in single)])
    most = [rule.reject_quorum for rule in held if rule.reject_quorum is not None]
    most += [stage.reject_quorum for stage in single]
    return tuple(
        replace(stage, quorum=max(stage.quorum, least), reject_quorum=min([stage.reject_quorum, *most]))
        for stage in stages
    )


def _plain(value: Any) -> JSON:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.compare}
    match value:
        case frozenset():
            return sorted(value)
        case Mapping():
            return {name: _plain(one) for name, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
    one: JSON = value
    return one


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy of each graph, and the default for the others."""

    default: Policy = field(default_factory=Policy)
    graphs: Mapping[str, Policy] = field(default_factory=dict)
    audit: AuditRules = field(default_factory=AuditRules)

    def of(self, graph: str) -> Policy:
        """The policy of a graph; the defaults where it has none of its own."""
        return self.graphs.get(graph, self.default)


class Why(StrEnum):
    """Why somebody was refused; each has its sentence in `blocks/notice.py`."""

    OTHER_APP = "other_app"
    OTHER_WORKSPACE = "other_workspace"
    NO_WORKSPACE = "no_workspace"  # the app is installed for a whole organization
    MALFORMED = "malformed"
    OTHER_CARD = "other_card"  # not the message we posted, or metadata and button disagree
    NOT_A_PERSON = "not_a_person"  # a bot, or a deactivated account
    GUEST = "guest"
    STRANGER = "stranger"
    NOT_AN_APPROVER = "not_an_approver"
    SPOKEN_FOR = "spoken_for"  # the one who stands in for them has approved already
    OTHER_STAGE = "other_stage"  # an approver, but of a stage whose turn it is not
    SERVED = "served"  # approved an earlier stage, so somebody else must approve this one
    SAID_NO = "said_no"  # rejected this before, and that stands
    REQUESTER = "requester"
    EDITOR = "editor"  # wrote the change that is to be approved
    BLOCKED = "blocked"  # a rule cannot be evaluated on this payload
    CEILING = "ceiling"  # too much at stake for a button in Slack
    NOT_THE_REQUESTER = "not_the_requester"  # only who asked may withdraw
    CANNOT_CHECK = "cannot_check"  # Slack cannot say who they are: refuse, never widen
    NOT_OFFERED = "not_offered"  # this card has no such button


# What lets a run go on as it wants to; four eyes and the quorum are about these.
CONSENTS = (Verdict.APPROVE, Verdict.ANSWER)


def foreign(click: Click, us: Workspace) -> Why | None:
    """Refuse what did not come from our app, a workspace of ours, and a well-formed home user."""
    if us.app is not None and click.app != us.app:
        return Why.OTHER_APP
    if click.team is None or click.team not in us.teams:
        return Why.OTHER_WORKSPACE if click.team is not None else Why.NO_WORKSPACE
    if not USER_ID.fullmatch(click.user):
        return Why.MALFORMED
    if click.user_team is not None and click.user_team not in us.teams:
        return Why.STRANGER
    return None


def misplaced(click: Click, approval: Approval, card_channel: str, card_ts: str | None) -> Why | None:
    """Refuse a click that does not come from the card we recorded, or contradicts itself."""
    if click.revision != approval.revision:
        return Why.OTHER_CARD
    if click.source is Source.HOME:
        return None if _shown_at_home(click, approval) else Why.OTHER_CARD
    if click.channel != card_channel or (card_ts is not None and click.message_ts != card_ts):
        return Why.OTHER_CARD
    claim, request = click.metadata, approval.request
    if claim is not None:
        said = (claim.approval_id, claim.thread_id, claim.interrupt_id, claim.revision)
        if said != (approval.id, request.thread_id, request.interrupt_id, approval.revision):
            return Why.OTHER_CARD
    return None


def _shown_at_home(click: Click, approval: Approval) -> bool:
    """App Home has no message that could vouch for a button: what it showed must be what is asked."""
    is_elsewhere = click.channel is not None or click.message_ts is not None or click.metadata is not None
    return not is_elsewhere and click.shown == approval.request.digest


def unfit(person: Person, us: Workspace) -> Why | None:
    """Refuse who is no full member of our workspace."""
    if person.is_bot or person.is_deleted:
        return Why.NOT_A_PERSON
    if person.is_stranger or (person.team is not None and person.team not in us.teams):
        return Why.STRANGER
    if person.is_guest:
        return Why.GUEST
    return None


def barred(approval: Approval, policy: Policy, user: str, verdict: Verdict) -> Why | None:
    """Four eyes: who asked for it may send it back or refuse it, but not approve it."""
    if verdict not in CONSENTS:
        return None
    if policy.blocked is not None:
        return Why.BLOCKED
    if user == approval.requester and not policy.requester_may_approve:
        return Why.REQUESTER
    if any(vote.stands_for == user for vote in approval.votes):
        return Why.SPOKEN_FOR
    return None
