"""`/approvals delegate` and `/approvals away`, as people type them."""

from __future__ import annotations

import pytest

from bot.core.absence import HOW, Absence, NotDone, UnclearTime
from bot.ports import StoreUnavailable
from tests.blocks.samples import NOW
from tests.slack.conftest import Bot


async def told(bot: Bot, text: str) -> str:
    """What Ana is told after she typed this."""
    ana = bot.slack.person("U0ANA")
    await ana.command("/approvals", text, channel="C0OPS")
    return ana.private_notes()[-1].text_shown


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("delegate @ben until friday", ("U0ANA", "U0BEN", "until friday")),
        ("DELEGATE @ben for 3d", ("U0ANA", "U0BEN", "for 3d")),
        ("away until monday 14:00", ("U0ANA", None, "until monday 14:00")),
        ("delegate off", ("U0ANA", None, "back")),
        ("away Off", ("U0ANA", None, "back")),
        ("delegate end", ("U0ANA", None, "back")),
    ],
)
async def test_each_person_speaks_for_themselves(
    bot: Bot, typed: str, left: tuple[str, str | None, str]
) -> None:
    await told(bot, typed)

    assert bot.desk.left == [left]


async def test_the_answer_says_who_stands_in_and_until_when(bot: Bot) -> None:
    bot.desk.absence = Absence("U0ANA", NOW, NOW + 3600, "U0BEN")

    assert "@Ben stands in for you until" in await told(bot, "delegate @ben for 1h")
    assert "Welcome back. @Ben no longer stands in for you." in await told(bot, "delegate off")


async def test_without_more_words_it_says_how_it_is(bot: Bot) -> None:
    bot.desk.absence = Absence("U0ANA", NOW, NOW + 3600, "U0BEN")

    shown = await told(bot, "delegate")

    assert "@Ben stands in for you until" in shown
    assert "You stand in for @Cat until" in shown
    assert bot.desk.left == []


async def test_nobody_is_away_at_first(bot: Bot) -> None:
    bot.desk.absence = NotDone.NOTHING

    assert "You are not away, and nobody stands in for you." in await told(bot, "away")
    assert "so there is nothing to end" in await told(bot, "away off")


@pytest.mark.parametrize("typed", ["delegate ben until friday", "delegate until friday", "delegate @nobody"])
async def test_a_name_alone_is_no_person(bot: Bot, typed: str) -> None:
    shown = await told(bot, typed)

    assert "Name the person with @" in shown
    assert bot.desk.left == []


@pytest.mark.parametrize("why", list(NotDone))
async def test_every_refusal_has_a_sentence(bot: Bot, why: NotDone) -> None:
    bot.desk.absence = why

    assert "Nothing was changed." in await told(bot, "delegate @ben until friday")


async def test_an_unclear_time_is_answered_with_what_is_clear(bot: Bot) -> None:
    bot.desk.absence = UnclearTime(HOW)

    assert "I do not understand until when. Say until friday" in await told(bot, "away until whenever")


async def test_an_unavailable_record_is_said(bot: Bot) -> None:
    bot.desk.broken = StoreUnavailable("down")

    await bot.slack.person("U0ANA").command("/approvals", "away until monday", channel="C0OPS")

    assert bot.desk.left == []
