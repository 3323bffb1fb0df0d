"""Tell one person what became of a gesture."""

from __future__ import annotations

from bot.core.model import Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.slack.clicks import Press
from bot.slack.desk import Desk

# A button of ours whose value we did not write, or no longer understand.
NO_CARD = Outcome(Kind.REFUSED, why=Why.OTHER_CARD)


async def tell(desk: Desk, press: Press, outcome: Outcome) -> None:
    """Privately, where the button was: on App Home itself; in a direct message if that was a window."""
    if outcome is NO_CARD:  # no use case has seen it
        odd = press.origin.click("", Verdict.APPROVE, "", 0, Source.BUTTON, metadata=press.metadata)
        await desk.refused(odd, Why.OTHER_CARD)
    if press.home:
        await desk.tell_at_home(outcome, press.origin.user)
        return
    await desk.tell(outcome, press.channel or press.origin.user, press.origin.user)
