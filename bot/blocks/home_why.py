"""Why somebody cannot approve what their App Home shows: a few words in place of a button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.blocks.text import Mrkdwn, mrkdwn
from bot.core.outcome import Kind
from bot.core.policy import Why
from bot.ports import Offered
from bot.texts.marks import marked

TYPED = marked("Approve asks for something to be typed first.")

WHY_NOT: Mapping[Why, str] = {
    Why.OTHER_STAGE: marked("It is another stage's turn to approve this."),
    Why.SERVED: marked("You approved an earlier stage, so somebody else must approve this one."),
    Why.SAID_NO: marked("You rejected this before, and that stands."),
    Why.SPOKEN_FOR: marked("Whoever stands in for you has approved this already."),
    Why.REQUESTER: marked("You asked for this, so somebody else must approve it."),
    Why.EDITOR: marked("The change was yours, so somebody else must approve it."),
    Why.BLOCKED: marked("Nobody can approve this now: a rule does not fit it, as its card says."),
    Why.CEILING: marked("Too much is at stake to approve this in Slack: its card says where to go."),
    Why.CANNOT_CHECK: marked("Slack cannot tell now whether you may approve this."),
}


def why_not(offered: Offered) -> Iterator[Mrkdwn]:
    """Nothing where they may approve, or have nothing to do with it."""
    outcome = offered.why
    if outcome is None:
        return
    if outcome.kind is Kind.REPEATED:
        yield mrkdwn("You have approved this; it waits for others.")
    elif outcome.why is not None and outcome.why in WHY_NOT:
        yield mrkdwn(WHY_NOT[outcome.why])
