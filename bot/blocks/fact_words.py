"""The values of a fact as a person reads them: words, people, and anything else on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from bot.blocks.text import Mrkdwn, cut, group, joined, mention, mrkdwn, say, visible
from bot.core.model import JSON
from bot.texts.spoken import retold

WORDS = 200  # of what somebody said, or of a reason
NAMED = 10  # more people than this are counted
VALUE = 60  # of one value before and after an edit

# Where the values of a fact are people: everything else may be a payload's own words.
PEOPLE = frozenset({"user", "users", "by", "delegate", "stands_for", "people", "mentioned"})


def quoted(said: JSON) -> Mrkdwn:
    """What was said, after a colon; a full stop where nothing was."""
    if not isinstance(said, str) or not said.strip():
        return mrkdwn(".")
    return mrkdwn(": “{}”", cut(visible(said.strip()), WORDS))


def because(why: JSON) -> Mrkdwn:
    """The same of a sentence that may be our own."""
    return quoted(retold(why) if isinstance(why, str) else why)


def named(data: Mapping[str, JSON]) -> Mrkdwn:
    users = [mention(str(one)) for one in listed(data.get("users"))]
    groups = [group(str(one)) for one in listed(data.get("groups"))]
    members = [mrkdwn("the members of the channel")] if data.get("members") is True else []
    return several([*users, *groups, *members])


def several(people: Sequence[Mrkdwn]) -> Mrkdwn:
    rest = [mrkdwn("{} more", len(people) - NAMED)] if len(people) > NAMED else []
    return joined([*people[:NAMED], *rest], last=say(" and "))


def listed(value: JSON) -> Sequence[JSON]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def with_people(key: str, value: JSON) -> Mrkdwn:
    if key in PEOPLE:
        people = [value] if isinstance(value, str) else listed(value)
        return several([mention(one) for one in people if isinstance(one, str)])
    return on_a_line(value)


def on_a_line(value: JSON, most: int = VALUE) -> Mrkdwn:
    """A value on one line, never parsed."""
    if isinstance(value, str):
        return mrkdwn("{}", cut(visible(value, line=True), most) or say("empty"))
    return mrkdwn("{}", cut(visible(json.dumps(value, ensure_ascii=False), line=True), most))


def plainly(word: str) -> str:
    return visible(word, line=True).replace("_", " ")
