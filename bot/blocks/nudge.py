"""What the bot says by itself while nobody decides: a reminder, or what an escalation changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.blocks.lists import summary
from bot.blocks.parts import Block, Face, context, section
from bot.blocks.text import (
    Mrkdwn,
    count,
    cut,
    digits,
    group,
    joined,
    link,
    mention,
    mrkdwn,
    say,
    visible,
    when,
)
from bot.core.absence import Absence
from bot.core.approvers import Approvers
from bot.core.model import Approval, Nudge
from bot.core.needed import Needed
from bot.core.nudges import ESCALATION_TOLD

# More people than this are called by nobody's name: a message that calls everybody calls no one.
CALLED = 20


def nudge(
    approval: Approval,
    one: Nudge,
    *,
    needed: Needed | None,
    away: Mapping[str, Absence],
    names: Mapping[str, str],
    card_link: str | None,
) -> Face:
    """The message. It mentions those who are still needed and there, or stand in; nobody and nothing else."""
    said = joined(list(_sentences(approval, one, needed, away, card_link)), " ")
    absent = [_absent(absence, names) for absence in away.values()]
    blocks: list[Block] = [section(said)]
    if absent:
        blocks.append(context(joined(absent, " ")))
    return Face(joined([said, *absent], "\n"), tuple(blocks))


def _sentences(
    approval: Approval, one: Nudge, needed: Needed | None, away: Mapping[str, Absence], card_link: str | None
) -> Iterator[Mrkdwn]:
    title = link(card_link, cut(summary(approval), 150)) if one.name == ESCALATION_TOLD else None
    if approval.escalated_at is not None and one.name.startswith("escalation"):
        yield from _escalated(approval, title)
    else:
        yield mrkdwn("⏰ *Reminder:* this has waited for a decision since {}.", when(approval.asked_at))
        if needed is not None:
            yield mrkdwn("Still needed: {}.", _wanted(needed, away))
    if approval.expires_at is not None:
        yield mrkdwn("Decide by {}.", when(approval.expires_at))


def _escalated(approval: Approval, title: Mrkdwn | None) -> Iterator[Mrkdwn]:
    added = approval.added or Approvers()
    who = joined(_called(added, {}) or [say("nobody")], last=say(" and "))
    what = title if title is not None else mrkdwn("this")
    yield mrkdwn("⏫ *Escalated:* {} has waited for a decision since {}.", what, when(approval.asked_at))
    if approval.instead:
        yield mrkdwn("From now on {} decide this, in place of those who could until now.", who)
    else:
        yield mrkdwn("From now on {} may decide this too.", who)


def _wanted(needed: Needed, away: Mapping[str, Absence]) -> Mrkdwn:
    called = _called(needed.approvers, away)
    stage = mrkdwn(" for the stage {}", needed.stage.name) if needed.stage.name else mrkdwn("")
    if not called:
        return mrkdwn("{}{}, but none of them is there", count(needed.people, "more approval"), stage)
    return mrkdwn("{} of {}{}", needed.people, joined(called, last=say(" and ")), stage)


def _called(approvers: Approvers, away: Mapping[str, Absence]) -> list[Mrkdwn]:
    """Our own mentions, by id: who is away is not called, who stands in is."""
    here = {user for user in approvers.users if user not in away}
    here |= {
        absence.delegate
        for user, absence in away.items()
        if user in approvers.users and absence.delegate is not None
    }
    if len(here) > CALLED:
        people = [mrkdwn("{} named people", digits(len(here)))]
    else:
        people = [mention(user) for user in sorted(here)]
    groups = [group(one) for one in sorted(approvers.groups)]
    return [*people, *groups, *([mrkdwn("the members of this channel")] if approvers.members else [])]


def _absent(absence: Absence, names: Mapping[str, str]) -> Mrkdwn:
    """A name in plain text: a mention would call somebody who is not there."""
    name = cut(visible(names.get(absence.user, say("One approver")), line=True), 80)
    if absence.delegate is None:
        return mrkdwn("{} is away until {}.", name, when(absence.until))
    return mrkdwn("{} is away until {}; {} stands in.", name, when(absence.until), mention(absence.delegate))
