"""What `/approvals delegate` and `/approvals away` answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.blocks.parts import Face, section
from bot.blocks.text import Mrkdwn, cut, joined, mention, mrkdwn, say, when
from bot.core.absence import HOW, Absence, NotDone
from bot.texts.marks import marked
from bot.texts.spoken import retold

# In full: who is away wants to know the day as well as the hour.
UNTIL = "{date_long_pretty}, {time}"

USAGE = marked(
    "`/approvals delegate @ben until friday`: Ben may answer in your place until then\n"
    "`/approvals away until monday`: you are away, and nobody stands in\n"
    "`/approvals delegate`: how it is now\n"
    "`/approvals delegate off` or `/approvals away off`: you are back\n"
    "A day by itself is its beginning: until friday does not include Friday."
)

SENTENCE: Mapping[NotDone, str] = {
    NotDone.YOU: marked("Guests and bots decide nothing here, so nobody can stand in for you."),
    NotDone.YOURSELF: marked("You cannot stand in for yourself: name somebody else."),
    NotDone.NO_MEMBER: marked(
        "Only an active full member of this workspace can stand in: no guest, bot or deactivated account."
    ),
    NotDone.NOTHING: marked("You are not away, so there is nothing to end."),
    NotDone.CANNOT_CHECK: marked("Slack cannot tell us now who that is. Please try again in a minute."),
}


def refused(why: NotDone) -> Face:
    """Nothing was recorded, and why."""
    return _face(joined([mrkdwn(SENTENCE[why]), mrkdwn("Nothing was changed.")], " "))


def unclear(sentence: str) -> Face:
    """What was typed is no time, or no person."""
    said = retold(sentence) if sentence != HOW else say("I do not understand until when. {}", retold(HOW))
    return _face(joined([cut(said, 500), mrkdwn(USAGE)], "\n\n"))


def begun(absence: Absence) -> Face:
    """Recorded: from now on."""
    return _face(joined(list(_begun(absence)), " "))


def _begun(absence: Absence) -> Iterator[Mrkdwn]:
    end = when(absence.until, UNTIL)
    if absence.delegate is None:
        yield mrkdwn("You are away until *{}*. Reminders do not call you.", end)
    else:
        yield mrkdwn("{} stands in for you until *{}*.", mention(absence.delegate), end)
        yield mrkdwn("They may answer where you may, except what you asked for yourself.")
    yield mrkdwn("You can still decide. `/approvals delegate off` ends it sooner.")


def ended(absence: Absence) -> Face:
    """Recorded: not any more."""
    if absence.delegate is None:
        return _face(mrkdwn("Welcome back. Reminders call you again."))
    return _face(mrkdwn("Welcome back. {} no longer stands in for you.", mention(absence.delegate)))


def standing(absence: Absence | None, for_others: Mapping[str, Absence]) -> Face:
    """How it is now."""
    lines = [_own(absence)]
    lines += [
        mrkdwn("You stand in for {} until *{}*.", mention(whose), when(one.until, UNTIL))
        for whose, one in sorted(for_others.items())
    ]
    return _face(joined([*lines, mrkdwn(""), mrkdwn(USAGE)], "\n"))


def _own(absence: Absence | None) -> Mrkdwn:
    if absence is None:
        return mrkdwn("You are not away, and nobody stands in for you.")
    end = when(absence.until, UNTIL)
    if absence.delegate is None:
        return mrkdwn("You are away until *{}*.", end)
    return mrkdwn("{} stands in for you until *{}*.", mention(absence.delegate), end)


def _face(said: Mrkdwn) -> Face:
    return Face(said, (section(said),))
