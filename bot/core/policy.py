"""Decide who may answer an approval, and when enough people have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.digest import canonical, digest
from bot.core.model import JSON, Approval, Click, Person, Source, Verdict, Vote, Workspace

USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class Policy:
    """What approvals.toml says of one graph. Durations are seconds."""

    channel: str | None = None
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    members: bool = True  # no approvers named: the members of the channel
    quorum: int = 1
    requester_may_approve: bool = False
    answer: str | None = None
    thread_replies: str = "revise"
    expires_in: float | None = None
    on_expiry: str = "leave"
    dm_sole_approver: bool = False
    digest: str | None = None  # "09:00", where `digest_zone` is
    digest_zone: str = "UTC"
    url: str | None = None
    assistant: str | None = None
    auth_env: str | None = None
    auth_header: str = "x-api-key"
    adopt: Mapping[str, JSON] | None = None

    @property
    def version(self) -> str:
        """A short fingerprint, stored with each decision: which rules were in force."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return digest({k: sorted(v) if isinstance(v, frozenset) else v for k, v in named.items()})[:12]


@dataclass(frozen=True, slots=True)
class Policies:
    """The policy of each graph, and the default for the others."""

    default: Policy = field(default_factory=Policy)
    graphs: Mapping[str, Policy] = field(default_factory=dict)

    def of(self, graph: str) -> Policy:
        """The policy of a graph; the defaults where it has none of its own."""
        return self.graphs.get(graph, self.default)


class Why(StrEnum):
    """Why somebody was refused; each has its sentence in `blocks/notice.py`."""

    OTHER_APP = "other_app"
    OTHER_WORKSPACE = "other_workspace"
    MALFORMED = "malformed"
    OTHER_CARD = "other_card"  # not the message we posted, or metadata and button disagree
    NOT_A_PERSON = "not_a_person"  # a bot, or a deactivated account
    GUEST = "guest"
    STRANGER = "stranger"
    NOT_AN_APPROVER = "not_an_approver"
    REQUESTER = "requester"
    CANNOT_CHECK = "cannot_check"  # Slack cannot say who they are: refuse, never widen
    NOT_OFFERED = "not_offered"  # this card has no such button


# What lets a run go on as it wants to; four eyes and the quorum are about these.
CONSENTS = (Verdict.APPROVE, Verdict.ANSWER)


def foreign(click: Click, us: Workspace) -> Why | None:
    """Refuse what did not come from our app, a workspace of ours, and a well-formed home user."""
    if us.app is not None and click.app != us.app:
        return Why.OTHER_APP
    if click.team is None or click.team not in us.teams:
        return Why.OTHER_WORKSPACE
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
    if verdict in CONSENTS and not policy.requester_may_approve and user == approval.requester:
        return Why.REQUESTER
    return None


def tally(votes: tuple[Vote, ...], policy: Policy) -> Verdict | None:
    """What the votes come to: one reject or revise is enough, consent needs `quorum` distinct people."""
    agreed = agreement(votes, policy)
    return agreed[-1].verdict if agreed else None


def agreement(votes: tuple[Vote, ...], policy: Policy) -> tuple[Vote, ...]:
    """The votes that decide, oldest first; none while they do not.

    Of each person the last word counts, and only the very same answer is agreement: two people who gave two
    different answers have agreed on nothing.
    """
    for vote in votes:
        if vote.verdict not in CONSENTS:
            return (vote,)
    return next((same for same in alike(votes) if len(same) >= policy.quorum), ())


def standing(votes: tuple[Vote, ...]) -> tuple[Vote, ...]:
    """The last vote of each person, oldest first."""
    return tuple(vote for n, vote in enumerate(votes) if all(vote.by != later.by for later in votes[n + 1 :]))


def alike(votes: tuple[Vote, ...]) -> list[tuple[Vote, ...]]:
    """The people's last votes, those with the very same answer together."""
    groups: dict[tuple[Verdict, str], list[Vote]] = {}
    for vote in standing(votes):
        groups.setdefault((vote.verdict, canonical(vote.answer)), []).append(vote)
    return [tuple(group) for group in groups.values()]
