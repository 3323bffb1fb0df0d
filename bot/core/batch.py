"""Several questions of one run at once, and which of them may be approved together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.model import Approval, State, Verdict
from bot.core.risk import Risk, risk_of

AT_LEAST = 3  # fewer questions at once need no list
SEVERAL = 2  # of one kind in a list that may be approved together
MOST = 40  # approved with one press; also what a window's memory holds


@dataclass(frozen=True, slots=True)
class Batch:
    """The questions that one pass over a run found; it never changes, their approvals do."""

    id: str
    thread_id: str
    graph: str
    channel: str
    requester: str | None
    approvals: tuple[str, ...]  # their ids, in the order the graph asked


@dataclass(frozen=True, slots=True)
class Item:
    """One approval as a person was shown it when asked to confirm; approved as that or not at all."""

    approval_id: str
    revision: int
    digest: str  # of the payload; its first 32 hex digits

    @classmethod
    def of(cls, approval: Approval) -> Item:
        """The approval as it is now."""
        return cls(approval.id, approval.revision, approval.request.digest[:32])


class Alone(StrEnum):
    """Why an approval is not approved together with others."""

    OVER = "over"  # it does not wait any more
    NO_APPROVE = "no_approve"  # its answer is a form, or a choice
    RISK = "risk"  # high or critical: it deserves a look of its own
    SOME_RISK = "some_risk"  # more than low: it is not approved from a list
    EDITED = "edited"  # somebody wants other values: to approve it as it was would undo that unseen
    LONG = "long"  # its card shows only a part
    UNSEEN = "unseen"  # it has no card yet: nobody can have read it


def alone(approval: Approval, *, has_card: bool, shows_all: bool) -> Alone | None:
    """Why this one must be decided on its own card; None: it may be approved together with others."""
    if approval.state is not State.PENDING:
        return Alone.OVER
    if Verdict.APPROVE not in approval.request.contract.verdicts:
        return Alone.NO_APPROVE
    if (risk_of(approval.request.payload) or Risk.LOW) >= Risk.HIGH:
        return Alone.RISK
    if any(vote.verdict is Verdict.ANSWER for vote in approval.votes):
        return Alone.EDITED
    if not shows_all:
        return Alone.LONG
    return None if has_card else Alone.UNSEEN


def too_risky(risk: Risk | None, most: Risk) -> Alone | None:
    """What speaks against approving it together with others, by the risk that the rules found."""
    if risk is None or risk <= most:
        return None
    return Alone.SOME_RISK if risk < Risk.HIGH else Alone.RISK


def alike(approvals: Sequence[Approval]) -> tuple[Approval, ...]:
    """The most of one graph, in their order; none where no graph has two."""
    graphs = [approval.request.graph for approval in approvals]
    most = max(graphs, key=graphs.count, default="")
    if graphs.count(most) < SEVERAL:
        return ()
    return tuple(approval for approval in approvals if approval.request.graph == most)
