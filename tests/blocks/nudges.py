"""Reminders, escalations and answers about absences, for the golden files and the judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.blocks import absences
from bot.blocks.card import card
from bot.blocks.nudge import nudge
from bot.blocks.parts import Face
from bot.core.absence import HOW, Absence, NotDone
from bot.core.approvers import Approvers
from bot.core.model import Approval, Nudge
from bot.core.needed import needed
from bot.core.policy import Policy, one_stage
from tests.blocks.samples import LINK, NOW, approval

DAY = 86_400.0
FINANCE = Policy(stages=one_stage(users=["U0ANA", "U0BEN", "U0CAT"], groups=["S0FIN"]))
AWAY: Mapping[str, Absence] = {
    "U0ANA": Absence("U0ANA", NOW, NOW + DAY, "U0DAN"),
    "U0BEN": Absence("U0BEN", NOW, NOW + 2 * DAY),
}
NAMES = {"U0ANA": "Ana <!channel>", "U0BEN": "Ben *bold* @here"}
ASKED = replace(approval(expires_at=NOW + DAY), requester="U0REQ")
ESCALATED = replace(ASKED, escalated_at=NOW, added=Approvers(frozenset({"U0EVE"}), frozenset({"S0OPS"})))


def said(
    one: Approval, name: str, policy: Policy = FINANCE, away: Mapping[str, Absence] | None = None
) -> Face:
    """What the bot says by itself."""
    step = Nudge(name, one.channel, NOW, NOW + 30)
    return nudge(one, step, needed=needed(one, policy), away=away or {}, names=NAMES, card_link=LINK)


FACES: Mapping[str, Callable[[], Face]] = {
    "reminder": lambda: said(ASKED, "reminder-1"),
    "reminder-away": lambda: said(ASKED, "reminder-2", away=AWAY),
    "reminder-members": lambda: said(ASKED, "reminder-1", Policy()),
    "escalation": lambda: said(ESCALATED, "escalation"),
    "escalation-instead": lambda: said(replace(ESCALATED, instead=True), "escalation"),
    "escalation-told": lambda: said(ESCALATED, "escalation-told"),
    "card-pending-away": lambda: card(ASKED, policy=FINANCE, away=AWAY),
    "card-pending-escalated": lambda: card(ESCALATED, policy=FINANCE),
    "absence-begun": lambda: absences.begun(AWAY["U0ANA"]),
    "absence-begun-alone": lambda: absences.begun(AWAY["U0BEN"]),
    "absence-ended": lambda: absences.ended(AWAY["U0ANA"]),
    "absence-standing": lambda: absences.standing(AWAY["U0ANA"], {"U0CAT": AWAY["U0BEN"]}),
    "absence-refused": lambda: absences.refused(NotDone.NO_MEMBER),
    "absence-unclear": lambda: absences.unclear(HOW),
}
