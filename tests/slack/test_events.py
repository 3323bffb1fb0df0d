"""Replies in threads and the bot's invitations; everything else that happens in channels is let pass."""

from __future__ import annotations

from typing import Any

from bot.core.model import Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.ports import StoreUnavailable
from tests.slack.conftest import Bot


async def test_a_reply_under_a_card_becomes_feedback(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.answers = Outcome(Kind.COMMENTED)

    reply = await bot.slack.person("U0ANA").reply(card, "make it *shorter*")
    await bot.slack.settled()

    (click,) = bot.desk.replies
    assert (click.user, click.verdict, click.source) == ("U0ANA", Verdict.REVISE, Source.REPLY)
    assert (click.channel, click.message_ts, click.text) == ("C0REFUNDS", card.ts, "make it *shorter*")
    assert (click.app, click.team, click.user_team) == ("A0DEMO", "T0DEMO", "T0DEMO")
    assert click.id == f"reply/C0REFUNDS/{reply.ts}"
    assert bot.desk.told == [(bot.desk.answers, "C0REFUNDS", "U0ANA", card.ts)]


async def test_a_reply_says_what_was_typed(bot: Bot) -> None:
    card = await bot.post_card()
    event = reply_event(
        card.ts,
        text="ask <mailto:bob@a.example|bob@a.example> &amp; see <https://a.example/x|a.example/x> "
        "&lt;now&gt; in <#C1|ops> <!here> <@U0BEN> &amp;lt;",
    )

    await bot.slack.deliver("event", event)
    await bot.slack.settled()

    (click,) = bot.desk.replies
    assert click.text == "ask bob@a.example & see a.example/x <now> in #ops @here <@U0BEN> &lt;"


async def test_nothing_but_a_persons_reply_is_looked_at(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    top = await ana.says("no reply", channel="C0REFUNDS")
    reply = await ana.reply(card, "first")
    await ana.edit(reply, "second")
    await ana.delete(top)
    await ana.says("<@U0BOT> hello", channel="C0REFUNDS")
    for odd in (
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"subtype": "message_changed"},
        {"text": "  "},
        {"text": None},
        {"user": None},
        {"ts": card.ts},
        {"channel": {"id": "C1"}},
    ):
        await bot.slack.deliver("event", reply_event(card.ts, **odd))
    await bot.slack.settled()

    assert [click.text for click in bot.desk.replies] == ["first"]
    assert {line["status"] for line in await bot.slack.log("event")} == {200}


async def test_what_is_broadcast_or_comes_with_a_file_is_a_reply_too(bot: Bot) -> None:
    card = await bot.post_card()
    for subtype in ("thread_broadcast", "file_share"):
        await bot.slack.deliver("event", reply_event(card.ts, subtype=subtype))
    await bot.slack.settled()

    assert len(bot.desk.replies) == 2


async def test_a_reply_delivered_twice_is_one_gesture(bot: Bot) -> None:
    card = await bot.post_card()
    await bot.slack.fault("duplicate", "event")

    await bot.slack.person("U0ANA").reply(card, "shorter")
    await bot.slack.settled()

    first, second = bot.desk.replies
    assert first.id == second.id


async def test_slack_delivers_a_reply_again_while_the_record_is_away(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.broken = StoreUnavailable("down")

    await bot.slack.person("U0ANA").reply(card, "shorter")
    await bot.slack.settled()

    replies = [line for line in await bot.slack.log("event") if line["args"]["event"]["user"] == "U0ANA"]
    assert [line["status"] for line in replies] == [503] * 4
    assert len({click.id for click in bot.desk.replies}) == 1


async def test_a_reply_to_a_card_that_is_not_on_record_yet_is_not_lost(bot: Bot) -> None:
    """Somebody answers in the moment between the post and the note of its place."""
    card = await bot.post_card()
    bot.desk.unknown_threads = 1

    await bot.slack.person("U0ANA").reply(card, "shorter")
    await bot.slack.settled()

    first, second = bot.desk.replies
    assert first.id == second.id
    assert bot.desk.told


async def test_an_invitation_of_the_bot_is_passed_on(bot: Bot) -> None:
    await bot.slack.remove_bot("C0OPS")
    await bot.slack.deliver("event", joined_event("U0BOT", "C0OPS"))
    await bot.slack.deliver("event", joined_event("U0ANA", "C0PLANS"))
    await bot.slack.settled()

    assert bot.desk.channels_joined == ["C0OPS"]


async def test_an_event_nobody_asked_for_is_taken(bot: Bot) -> None:
    for kind in ("app_mention", "reaction_added", "app_home_opened", "tokens_revoked"):
        await bot.slack.deliver("event", event({"type": kind, "user": "U0ANA"}))
    await bot.slack.settled()

    assert {line["status"] for line in await bot.slack.log("event")} == {200}


def reply_event(thread_ts: str, **changed: Any) -> dict[str, Any]:
    """A reply as Slack tells of it; None leaves a part out."""
    said = {
        "type": "message",
        "user": "U0ANA",
        "team": "T0DEMO",
        "channel": "C0REFUNDS",
        "ts": "1900000000.000100",
        "thread_ts": thread_ts,
        "text": "shorter",
        **changed,
    }
    return event({name: value for name, value in said.items() if value is not None})


def joined_event(user: str, channel: str) -> dict[str, Any]:
    return event({"type": "member_joined_channel", "user": user, "channel": channel, "team": "T0DEMO"})


def event(inner: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": "T0DEMO",
        "api_app_id": "A0DEMO",
        "event_id": "Ev1",
        "event": inner,
    }
