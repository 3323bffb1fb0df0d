"""What people do reaches the app as Slack sends it, and they see what the app made of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.simulator.filling import NoSuchThing
from bot.simulator.local import LocalSlack
from tests.simulator.app import App
from tests.simulator.cards import FORM, button, card, plain

METADATA = {"event_type": "asked", "event_payload": {"approval_id": "A1"}}


async def test_click_has_the_shape_of_a_slack_block_action(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund 12 €"), metadata=METADATA)

    seen = await slack.person("U0ANA").click("Approve", on=posted)

    [body] = app.interactions()
    assert (seen.delivered, seen.status) == (True, 200)
    assert body["user"] == {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0DEMO"}
    assert body["container"] == {
        "type": "message",
        "message_ts": posted.ts,
        "channel_id": "C0REFUNDS",
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": "C0REFUNDS", "name": "refunds"}
    assert body["team"] == {"id": "T0DEMO", "domain": "acme"}
    assert body["api_app_id"] == body["message"]["app_id"] == "A0DEMO"
    assert body["message"]["metadata"] == METADATA
    assert body["message"]["bot_id"] == "B0BOT"
    assert body["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "approve",
        "block_id": "decide",
        "value": "v1.A1.1",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Approve", "emoji": True},
        "action_ts": "",
    }


async def test_click_in_a_thread_names_the_thread(slack: LocalSlack, app: App) -> None:
    parent = await app.post(text="parent")
    posted = await app.post(text="child", blocks=card("Refund"), thread_ts=parent.ts)

    await slack.person("U0ANA").click("Reject", on=posted)

    assert app.interactions()[0]["container"]["thread_ts"] == parent.ts
    assert [reply.ts for reply in parent.replies] == [posted.ts]


async def test_card_shows_what_a_person_reads(app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund 12 €"))

    assert posted.text_shown == "Refund 12 €\nCustomer @Cat <vip>\nApprove\nReject"
    assert posted.buttons == ["Approve", "Reject"]


async def test_button_that_is_not_there_cannot_be_pressed(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))

    with pytest.raises(NoSuchThing, match=r"nothing called 'Revise' here; there are \['Approve', 'Reject'\]"):
        await slack.person("U0ANA").click("Revise", on=posted)


async def test_screen_that_was_not_refreshed_still_sends_the_old_button(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    old = posted.snapshot()
    await app.client.chat_update(channel=posted.channel, ts=posted.ts, text="Approved by Ben")

    await slack.person("U0ANA").click("Approve", on=old)

    [body] = app.interactions()
    assert body["actions"][0]["value"] == "v1.A1.1"
    assert body["message"]["text"] == "Approved by Ben"


async def test_app_that_fails_leaves_a_mark_until_a_click_works(slack: LocalSlack, app: App) -> None:
    ana, posted = slack.person("U0ANA"), await app.post(text="Refund?", blocks=card("Refund"))
    url = slack.config.events_url
    await slack.settings(events_url="http://127.0.0.1:9/nothing-listens-here")

    failed = await ana.click("Approve", on=posted)
    mark = ana.trouble(on=posted)
    await slack.settings(events_url=url)
    await ana.click("Approve", on=posted)

    assert (failed.delivered, failed.status, failed.trouble, mark) == (
        False,
        0,
        "not delivered",
        "not delivered",
    )
    assert ana.trouble(on=posted) is None


async def test_slow_app_is_not_waited_for_longer_than_slack_does(slack: LocalSlack, app: App) -> None:
    await slack.settings(answer_within=0.05)
    await slack.fault("delay", "interaction", seconds=0.01)
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    app.modal = FORM
    await slack.fault("hang", "views.open", seconds=0.2)

    seen = await slack.person("U0ANA").click("Approve", on=posted)

    [entry] = await slack.log("interaction")
    assert not seen.delivered
    assert (entry["error"], entry["fault"]) == ("http_timeout", "delay")


async def test_modal_is_filled_and_submitted_with_typed_state(slack: LocalSlack, app: App) -> None:
    ana, posted = slack.person("U0ANA"), await app.post(text="Refund?", blocks=card("Refund"))
    app.modal = FORM
    await ana.click("Approve", on=posted)
    opened = ana.modal
    await ana.fill("Feedback", "shorter")

    seen = await ana.submit()

    [body] = app.interactions("view_submission")
    assert opened
    assert (opened.title, opened.fields) == ("Revise", ["Feedback", "Amount"])
    assert seen.delivered
    assert body["view"]["state"]["values"] == {
        "feedback": {"text": {"type": "plain_text_input", "value": "shorter"}},
        "amount": {"number": {"type": "number_input", "value": None}},
    }
    assert body["view"]["private_metadata"] == "A1"
    assert "channel" not in body
    assert ana.modal is None


async def test_slack_itself_refuses_an_incomplete_form(slack: LocalSlack, app: App) -> None:
    ana = await _with_modal(slack, app)
    await ana.fill("Amount", "a lot")

    seen = await ana.submit()

    assert not seen.delivered
    assert ana.modal
    assert ana.modal.errors == {
        "Feedback": "Please complete this required field.",
        "Amount": "Please enter a whole number.",
    }
    assert app.interactions("view_submission") == []


async def test_app_can_answer_a_submission_with_errors(slack: LocalSlack, app: App) -> None:
    ana = await _with_modal(slack, app)
    app.submit_answer = {"response_action": "errors", "errors": {"feedback": "Say more"}}
    await ana.fill("Feedback", "x")

    seen = await ana.submit()

    assert seen.errors == {"feedback": "Say more"}
    assert ana.modal
    assert ana.modal.errors == {"Feedback": "Say more"}


async def test_errors_for_unknown_fields_are_trouble_for_the_person(slack: LocalSlack, app: App) -> None:
    ana = await _with_modal(slack, app)
    app.submit_answer = {"response_action": "errors", "errors": {"no_such_block": "Say more"}}
    await ana.fill("Feedback", "x")

    seen = await ana.submit()

    assert seen.trouble == "We had some trouble connecting. Try again?"
    assert ana.modal


@pytest.mark.parametrize(
    ("action", "titles"), [("update", ["Next"]), ("push", ["Revise", "Next"]), ("clear", [])]
)
async def test_app_can_change_the_stack_of_modals(
    slack: LocalSlack, app: App, action: str, titles: list[str]
) -> None:
    ana = await _with_modal(slack, app)
    app.submit_answer = {"response_action": action}
    if action != "clear":
        app.submit_answer["view"] = FORM | {"title": plain("Next")}
    await ana.fill("Feedback", "x")

    await ana.submit()

    stack = slack.document.get("modals", "U0ANA")
    assert [view["title"]["text"] for view in stack] == titles


async def test_closed_modal_is_told_when_the_app_asked_for_it(slack: LocalSlack, app: App) -> None:
    ana = await _with_modal(slack, app)

    await ana.close()

    [body] = app.interactions("view_closed")
    assert body["is_cleared"] is False
    assert ana.modal is None


async def test_choices_on_a_message_arrive_with_state(slack: LocalSlack, app: App) -> None:
    options = [{"text": plain(word.title()), "value": word} for word in ("low", "high")]
    risk = {"type": "static_select", "action_id": "risk", "placeholder": plain("Risk"), "options": options}
    block = {"type": "actions", "block_id": "b", "elements": [risk, button("Approve")]}
    posted = await app.post(text="Risk?", blocks=[block])
    ana = slack.person("U0ANA")

    await ana.choose("Risk", "High", on=posted)
    await ana.click("Approve", on=posted)

    chosen, pressed = app.interactions()
    assert chosen["actions"][0]["selected_option"]["value"] == "high"
    assert pressed["state"]["values"]["b"]["risk"]["selected_option"]["value"] == "high"


async def test_home_is_opened_and_its_buttons_carry_the_view(slack: LocalSlack, app: App) -> None:
    ana = slack.person("U0ANA")
    await ana.open_home()
    await slack.settled()
    await app.client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": card("Pending")})

    await ana.click("Approve", on=ana.home)

    [event] = app.events("app_home_opened")
    [body] = app.interactions()
    assert (event["user"], event["tab"]) == ("U0ANA", "home")
    assert body["container"]["type"] == "view"
    assert body["view"]["type"] == "home"
    assert {"channel", "message", "response_url"}.isdisjoint(body)


async def _with_modal(slack: LocalSlack, app: App) -> Any:
    ana, posted = slack.person("U0ANA"), await app.post(text="Refund?", blocks=card("Refund"))
    app.modal = FORM
    await ana.click("Approve", on=posted)
    app.modal = None
    return ana
