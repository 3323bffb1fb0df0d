"""`/approvals delegate` and `/approvals away`: each person for themselves, answered in private."""

from __future__ import annotations

import re

from bot.blocks.absences import begun, ended, refused, standing, unclear
from bot.blocks.parts import Face
from bot.core.absence import Absence, NotDone, UnclearTime
from bot.slack.command import Command
from bot.slack.desk import Desk
from bot.texts.marks import recorded

# With `should_escape` Slack sends the id along: <@U0123|ben>.
# https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
PERSON = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")

OFF = ("off", "end", "stop", "back")
NOBODY = recorded(
    "Name the person with @, so that Slack knows who it is: `/approvals delegate @ben until friday`."
)


async def absence(command: Command, desk: Desk) -> Face:
    """Begin, end or show the absence of the one who types it. Raises StoreUnavailable."""
    user = command.origin.user
    match command.words:
        case [_]:
            return standing(*await desk.standing(user))
        case [_, word] if word.lower() in OFF:
            done = await desk.come_back(user)
            return refused(done) if isinstance(done, NotDone) else ended(done)
        case ["away", *until]:
            return await _begin(desk, user, None, until)
        case ["delegate", who, *until]:
            named = PERSON.fullmatch(who)
            return await _begin(desk, user, named[1], until) if named else unclear(NOBODY)
    return unclear(NOBODY)


async def _begin(desk: Desk, user: str, delegate: str | None, until: list[str]) -> Face:
    try:
        done: Absence | NotDone = await desk.leave(user, delegate, until)
    except UnclearTime as wrong:
        return unclear(str(wrong))
    return refused(done) if isinstance(done, NotDone) else begun(done)
