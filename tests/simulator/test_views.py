"""views.*: modals and App Homes, through Slack's own client."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator.local import LocalSlack
from tests.simulator.calls import refused
from tests.simulator.cards import FORM, button, card, plain


async def test_trigger_opens_one_modal_within_three_seconds(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    payload = await _click_payload(slack, client)
    opened = await client.views_open(trigger_id=payload["trigger_id"], view=FORM)
    used = await refused(client.views_open(trigger_id=payload["trigger_id"], view=FORM))
    await slack.settings(trigger_lives=-1)
    late = await _click_payload(slack, client)
    expired = await refused(client.views_open(trigger_id=late["trigger_id"], view=FORM))
    made_up = await refused(client.views_open(trigger_id="1.2.3", view=FORM))

    errors = [answer["error"] for answer in (used, expired, made_up)]
    assert errors == ["exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id"]
    assert opened["view"]["state"]["values"]["feedback"]["text"]["value"] is None


async def test_bad_view_uses_up_no_trigger(slack: LocalSlack, client: AsyncWebClient) -> None:
    payload = await _click_payload(slack, client)

    answer = await refused(
        client.views_open(trigger_id=payload["trigger_id"], view=FORM | {"title": plain("x" * 25)})
    )
    await client.views_open(trigger_id=payload["trigger_id"], view=FORM)

    assert answer["error"] == "invalid_arguments"
    assert (
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
        in (answer["response_metadata"]["messages"])
    )


async def test_update_of_a_view_keeps_what_was_typed(slack: LocalSlack, client: AsyncWebClient) -> None:
    payload = await _click_payload(slack, client)
    view = (await client.views_open(trigger_id=payload["trigger_id"], view=FORM))["view"]
    ana = slack.person("U0ANA")
    await ana.fill("Feedback", "shorter")

    await client.views_update(view_id=view["id"], view=FORM | {"title": plain("Again")})
    stale = await refused(client.views_update(view_id=view["id"], hash=view["hash"], view=FORM))

    assert ana.modal
    assert (ana.modal.title, ana.modal.value("Feedback")) == ("Again", "shorter")
    assert stale["error"] == "hash_conflict"


async def test_stack_of_modals_is_three_deep(slack: LocalSlack, client: AsyncWebClient) -> None:
    triggers = [(await _click_payload(slack, client))["trigger_id"] for _ in range(4)]
    await client.views_open(trigger_id=triggers[0], view=FORM)
    for trigger in triggers[1:3]:
        await client.views_push(trigger_id=trigger, view=FORM)

    answer = await refused(client.views_push(trigger_id=triggers[3], view=FORM))

    assert answer["error"] == "push_limit_reached"


async def test_home_is_published_per_person(slack: LocalSlack, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": card("Pending")}
    first = await client.views_publish(user_id="U0ANA", view=home)
    second = await client.views_publish(user_id="U0ANA", view=home)

    assert slack.person("U0ANA").home
    assert slack.person("U0BEN").home is None
    assert first["view"]["id"] == second["view"]["id"]


async def _click_payload(slack: LocalSlack, client: AsyncWebClient) -> dict[str, Any]:
    blocks = [{"type": "actions", "elements": [button("Revise")]}]
    posted = await client.chat_postMessage(channel="C0REFUNDS", text="x", blocks=blocks)
    return await slack.person("U0ANA").click_payload("Revise", on=slack.message("C0REFUNDS", posted["ts"]))
