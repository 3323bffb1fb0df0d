"""What people say reaches the app where it may listen, and commands are answered."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from bot.simulator.filling import NoSuchThing
from bot.simulator.local import LocalSlack
from tests.simulator.app import App
from tests.simulator.cards import card, mrkdwn

METADATA = {"event_type": "asked", "event_payload": {"approval_id": "A1"}}


async def test_message_and_reply_arrive_as_events(slack: LocalSlack, app: App) -> None:
    ana = slack.person("U0ANA")
    card_ = await app.post(text="Refund?")

    said = await ana.says("hello @ben, a < b see https://x.test/?a=1&b=2", channel="C0REFUNDS")
    answered = await ana.reply(card_, "make it shorter")
    await slack.settled()

    by_ts = {event["ts"]: event for event in app.events()}
    assert by_ts[said.ts]["text"] == "hello <@U0BEN>, a &lt; b see <https://x.test/?a=1&amp;b=2>"
    assert said.text_shown == "hello @Ben, a < b see https://x.test/?a=1&b=2"
    assert by_ts[answered.ts]["thread_ts"] == card_.ts
    assert by_ts[answered.ts]["parent_user_id"] == "U0BOT"
    assert by_ts[answered.ts]["channel_type"] == "channel"


async def test_edit_and_delete_arrive_with_what_was_before(slack: LocalSlack, app: App) -> None:
    ana = slack.person("U0ANA")
    said = await ana.says("first", channel="C0OPS")

    await ana.edit(said, "second")
    edited = said.edited
    await ana.delete(said)
    await slack.settled()

    changed, deleted = sorted((e for e in app.events() if "subtype" in e), key=lambda e: str(e["ts"]))
    assert edited
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("first", "second")
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (said.ts, "second")
    assert not said.exists


async def test_app_hears_only_channels_it_is_in(slack: LocalSlack, app: App) -> None:
    await slack.remove_bot("C0PLANS")

    await slack.person("U0ANA").says("secret", channel="C0PLANS")
    await slack.settled()

    assert [event["channel"] for event in app.events("channel_left")] == ["C0PLANS"]
    assert app.events() == []


async def test_mention_is_both_a_message_and_a_mention(slack: LocalSlack, app: App) -> None:
    await slack.person("U0ANA").says("@approvals list", channel="C0OPS")
    await slack.settled()

    assert len(app.events("message")) == len(app.events("app_mention")) == 1


async def test_people_join_and_leave_channels(slack: LocalSlack, app: App) -> None:
    cat = slack.person("U0CAT")
    await cat.leave("C0OPS")
    with pytest.raises(NoSuchThing, match="U0CAT is not in #ops"):
        await cat.says("hello?", channel="C0OPS")
    await cat.join("C0OPS")
    await slack.settled()

    [left], [joined] = app.events("member_left_channel"), app.events("member_joined_channel")
    assert left["user"] == joined["user"] == "U0CAT"


async def test_direct_message_reaches_the_app(slack: LocalSlack, app: App) -> None:
    await slack.person("U0ANA").says("hello", channel="D0ANA")
    await slack.settled()

    assert app.events()[0]["channel_type"] == "im"


@pytest.mark.parametrize(
    "answer",
    [
        "3 pending",
        {"text": "3 pending"},
        {"text": "x", "blocks": [{"type": "section", "text": mrkdwn("3 pending")}]},
    ],
)
async def test_command_answer_is_private(slack: LocalSlack, app: App, answer: Any) -> None:
    app.command_answer = answer
    ana, ben = slack.person("U0ANA"), slack.person("U0BEN")

    seen = await ana.command("/approvals", "list", channel="C0REFUNDS")

    [body] = [each for each in app.got if "command" in each]
    assert seen.delivered
    assert ana.was_told("3 pending")
    assert ben.private_notes() == []
    assert (body["command"], body["text"], body["channel_name"]) == ("/approvals", "list", "refunds")
    assert {
        "user_id",
        "user_name",
        "team_id",
        "team_domain",
        "trigger_id",
        "response_url",
        "api_app_id",
    } <= set(body)


async def test_command_answer_can_be_for_everybody(slack: LocalSlack, app: App) -> None:
    app.command_answer = {"response_type": "in_channel", "text": "3 pending"}

    await slack.person("U0ANA").command("/approvals", channel="C0REFUNDS")

    assert [message.text for message in slack.messages("C0REFUNDS")] == ["3 pending"]


async def test_command_nobody_answers_shows_slacks_own_words(slack: LocalSlack, app: App) -> None:
    await slack.fault("never", "command")

    seen = await slack.person("U0ANA").command("/approvals", channel="C0REFUNDS")

    assert seen.trouble == "operation_timeout"
    assert slack.person("U0ANA").was_told('/approvals failed with the error "operation_timeout"')


async def test_response_url_replaces_deletes_and_wears_out(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    ana = slack.person("U0ANA")
    await ana.click("Approve", on=posted)
    url = app.interactions()[0]["response_url"]

    private = await _respond(url, text="noted")
    replaced = await _respond(url, text="Approved", replace_original=True)
    shown = posted.text_shown
    public = await _respond(url, text="for all", response_type="in_channel")
    deleted = await _respond(url, delete_original=True)
    fifth, sixth = await _respond(url, text="5"), await _respond(url, text="6")

    assert [private, replaced, public, deleted, fifth] == [(200, "ok")] * 5
    assert sixth == (404, json.dumps({"ok": False, "error": "used_url"}))
    assert ana.was_told("noted")
    assert shown == "Approved"
    assert not posted.exists


async def test_ephemeral_card_is_clicked_without_a_message_and_replaced(slack: LocalSlack, app: App) -> None:
    ana = slack.person("U0ANA")
    await app.client.chat_postEphemeral(channel="C0OPS", user="U0ANA", text="Sure?", blocks=card("Sure?"))
    [note] = ana.private_notes()

    await ana.click("Approve", on=note)
    [body] = app.interactions()
    await _respond(body["response_url"], text="Done", replace_original=True)

    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    assert note.text_shown == "Done"


async def test_payload_can_be_tampered_with_and_still_is_signed(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    payload = await slack.person("U0ANA").click_payload("Approve", on=posted)
    payload["actions"][0]["value"] = "forged"

    answer = await slack.deliver("interaction", payload)

    assert answer["status"] == 200
    assert app.interactions()[0]["actions"][0]["value"] == "forged"


async def _respond(url: str, **body: Any) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_command_names_people_and_channels_by_id_where_the_app_asks_for_it(
    slack: LocalSlack, app: App
) -> None:
    ana, typed = slack.person("U0ANA"), "show @ben #refunds @fin <&> https://a.example #nowhere"

    await ana.command("/approvals", typed, channel="C0OPS")
    await slack.settings(should_escape=False)
    await ana.command("/approvals", typed, channel="C0OPS")

    escaped, plain = [each["text"] for each in app.got if "command" in each]
    assert escaped == (
        "show <@U0BEN|ben> <#C0REFUNDS|refunds> <!subteam^S0FIN> &lt;&amp;&gt; <https://a.example> #nowhere"
    )
    assert plain == typed
