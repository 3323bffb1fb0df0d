"""The simulator misbehaves exactly as told, and the log says so."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.simulator.config import SimulatorConfig
from bot.simulator.faults import Fault, FaultKind, Faults
from bot.simulator.local import LocalSlack
from tests.simulator.app import App
from tests.simulator.cards import card


async def test_rate_limit_says_when_to_come_back(slack: LocalSlack, app: App) -> None:
    await slack.fault("rate_limited", "chat.postMessage", times=1, seconds=7)

    with pytest.raises(SlackApiError) as refused:
        await app.post(text="one")
    await app.post(text="two")

    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "7"
    assert [message.text for message in slack.messages("C0REFUNDS")] == ["two"]


async def test_server_error_does_no_work(slack: LocalSlack, app: App) -> None:
    await slack.fault("server_error", "chat.*", status=502)

    with pytest.raises(SlackApiError):
        await app.post(text="one")

    [entry] = await slack.log("api", "chat.postMessage")
    assert (entry["status"], entry["fault"]) == (502, "server_error")
    assert slack.messages("C0REFUNDS") == []


async def test_lost_reply_leaves_the_message_posted(slack: LocalSlack, app: App) -> None:
    await slack.fault("lose_reply", "chat.postMessage")

    with pytest.raises(aiohttp.ClientError):
        await app.post(text="posted, but who knows")

    assert [message.text for message in slack.messages("C0REFUNDS")] == ["posted, but who knows"]


async def test_dropped_connection_leaves_nothing(slack: LocalSlack, app: App) -> None:
    await slack.fault("drop", "chat.postMessage")

    with pytest.raises(aiohttp.ClientError):
        await app.post(text="never")

    [entry] = await slack.log("api", "chat.postMessage")
    assert entry["status"] == 0
    assert slack.messages("C0REFUNDS") == []


async def test_hanging_call_answers_in_the_end(slack: LocalSlack, app: App) -> None:
    await slack.fault("hang", "auth.test", seconds=0.1)

    await app.client.auth_test()

    [entry] = await slack.log("api", "auth.test")
    assert entry["took"] >= 0.1


async def test_failed_event_is_sent_again_with_slacks_headers(slack: LocalSlack, app: App) -> None:
    await slack.fault("drop_answer", "event", times=2)

    await slack.person("U0ANA").says("hello", channel="C0OPS")
    await slack.settled()

    entries = await slack.log("event")
    bodies = [body for body in app.got if body.get("type") == "event_callback"]
    assert [entry["retry"] for entry in entries] == [None, 1, 2]
    assert [entry["error"] for entry in entries] == ["connection_failed", "connection_failed", None]
    assert app.retries == ["", "1 connection_failed", "2 connection_failed"]
    assert len({body["event_id"] for body in bodies}) == 1
    assert len(bodies) == 3


async def test_event_is_given_up_after_three_retries(slack: LocalSlack) -> None:
    await slack.settings(events_url="http://127.0.0.1:9/nothing-listens-here")

    await slack.person("U0ANA").says("hello", channel="C0OPS")
    await slack.settled()

    assert [entry["retry"] for entry in await slack.log("event")] == [None, 1, 2, 3]


async def test_duplicate_click_arrives_twice(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    await slack.fault("duplicate", "interaction")

    await slack.person("U0ANA").click("Approve", on=posted)
    await slack.settled()

    first, second = app.interactions()
    assert first == second


async def test_reordered_event_arrives_after_the_next_one(slack: LocalSlack, app: App) -> None:
    await slack.fault("reorder", "event", seconds=5)
    ana = slack.person("U0ANA")

    await ana.says("first", channel="C0OPS")
    await ana.says("second", channel="C0OPS")
    await slack.settled()

    assert [event["text"] for event in app.events()] == ["second", "first"]


async def test_dropped_answer_to_a_click_is_trouble_for_the_person(slack: LocalSlack, app: App) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    await slack.fault("drop_answer", "interaction")

    seen = await slack.person("U0ANA").click("Approve", on=posted)

    assert len(app.interactions()) == 1
    assert seen.trouble == "not delivered"


async def test_healed_slack_behaves(slack: LocalSlack, app: App) -> None:
    await slack.fault("server_error", "*", times=None)

    await slack.heal()

    assert (await app.client.auth_test())["ok"]


async def test_seed_makes_chance_repeatable(slack: LocalSlack, app: App) -> None:
    async def struck() -> list[str | None]:
        await slack.heal()
        await slack.fault("hang", "auth.test", times=None, chance=0.5, seconds=0, seed=7)
        for _ in range(12):
            await app.client.auth_test()
        return [entry["fault"] for entry in (await slack.log("api", "auth.test"))[-12:]]

    first, second = await struck(), await struck()

    assert first == second
    assert {None, "hang"} == set(first)


def test_same_seed_strikes_the_same_calls() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault(FaultKind.DROP, times=None, chance=0.5))
        return [faults.strike("chat.update") is not None for _ in range(40)]

    assert strikes(7) == strikes(7)
    assert 0 < sum(strikes(7)) < 40


def test_fault_can_wait_for_the_third_call() -> None:
    faults = Faults(0)
    faults.add(Fault(FaultKind.DROP, "chat.update", after=2))

    struck = [faults.strike("chat.update") is not None for _ in range(4)]

    assert struck == [False, False, True, False]


def test_api_fault_does_not_hit_deliveries() -> None:
    faults = Faults(0)
    faults.add(Fault(FaultKind.DROP, "*"))

    assert faults.strike("event") is None
    assert faults.strike("chat.update") is not None


def test_config_defaults_are_slacks_own_times() -> None:
    timing = SimulatorConfig().timing

    assert timing.retry_delays == (0.0, 60.0, 300.0)
    assert (timing.answer_within, timing.trigger_lives, timing.response_url_lives) == (3.0, 3.0, 1800.0)
