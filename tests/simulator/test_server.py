"""A simulator starts, keeps its messages, stays on this machine, and can be used from another process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.simulator import RemoteSlack, Simulator, SimulatorConfig
from bot.simulator.local import LocalSlack
from tests.simulator.cards import Json, card


@pytest.fixture
def simulator_process() -> Iterator[str]:
    """`python -m bot.simulator` on a free port, and its address."""
    command = [sys.executable, "-m", "bot.simulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout
        yield process.stdout.readline().split()[-1]
        process.terminate()


async def test_restart_finds_the_same_messages(tmp_path: Path) -> None:
    config = SimulatorConfig(data=tmp_path / "slack" / "messages.json")
    async with LocalSlack(config) as first:
        bot = AsyncWebClient(first.config.bot_token, base_url=first.api_url)
        posted = await bot.chat_postMessage(channel="C0OPS", text="Refund?", blocks=card("Refund"))
        await first.person("U0ANA").reply(first.message("C0OPS", posted["ts"]), "why?")
        await first.set_group("S0FIN", users=["U0CAT"])

    async with LocalSlack(config) as second:
        [message] = second.messages("C0OPS")

        assert (message.ts, message.buttons) == (posted["ts"], ["Approve", "Reject"])
        assert [reply.text for reply in message.replies] == ["why?"]
        assert second.document.get("groups", "S0FIN", "users") == ["U0CAT"]


async def test_simulator_listens_on_this_machine_only() -> None:
    with pytest.raises(ValueError, match=r"listens on this machine only; not on 0\.0\.0\.0"):
        await Simulator(SimulatorConfig(host="0.0.0.0")).start()  # noqa: S104 - the point of the test


async def test_simulator_can_be_stopped_twice() -> None:
    simulator = Simulator()
    await simulator.start()

    await simulator.stop()
    await simulator.stop()

    assert simulator.world is None


@pytest.mark.processes
async def test_same_words_work_from_another_process(simulator_process: str) -> None:
    async with RemoteSlack(simulator_process) as slack:
        bot = AsyncWebClient("xoxb-demo", base_url=slack.api_url)
        posted = await bot.chat_postMessage(channel="C0OPS", text="Refund?", blocks=card("Refund"))
        seen_card = await slack.until_message(lambda m: "Refund" in m.text_shown, channel="C0OPS")
        ana = slack.person("U0ANA")
        reply = await ana.reply(seen_card, "why?")
        seen = await ana.click("Approve", on=seen_card)

        assert seen_card.ts == posted["ts"]
        assert [each.ts for each in seen_card.replies] == [reply.ts]
        assert (seen.delivered, ana.trouble(on=seen_card)) == (False, "not delivered")


async def test_state_shows_each_person_their_own(slack: LocalSlack) -> None:
    bot = AsyncWebClient(slack.config.bot_token, base_url=slack.api_url)
    await bot.chat_postEphemeral(channel="C0OPS", user="U0ANA", text="psst")
    await slack.person("U0BEN").leave("C0PLANS")

    async with aiohttp.ClientSession() as session:
        ana = await _state(session, slack.url, "U0ANA")
        ben = await _state(session, slack.url, "U0BEN")

    assert [note["text"] for note in ana["notes"]["U0ANA"].values()] == ["psst"]
    assert ben["notes"] == {}
    assert set(ana["channels"]) - set(ben["channels"]) == {"C0PLANS"}


async def test_foreign_website_cannot_act_as_somebody(slack: LocalSlack) -> None:
    url = f"{slack.url}/control/people/U0ANA/say"
    headers = {"Origin": "https://evil.test"}
    body = {"channel": "C0OPS", "text": "approve"}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, json=body) as response:
        status = response.status

    assert status == 403
    assert slack.messages("C0OPS") == []


async def test_reset_brings_the_demo_workspace_back(slack: LocalSlack) -> None:
    await slack.person("U0ANA").says("hello", channel="C0OPS")
    await slack.fault("drop", "*", times=None)

    await slack.reset()

    assert slack.messages("C0OPS") == []
    assert await slack.log() == []
    assert (await AsyncWebClient(slack.config.bot_token, base_url=slack.api_url).auth_test())["ok"]


async def test_waiting_in_vain_shows_what_slack_shows(slack: LocalSlack) -> None:
    await slack.person("U0ANA").says("hello", channel="C0OPS")

    with pytest.raises(AssertionError, match=r"waited 0\.01 s for a miracle(?s:.)*#ops\n.*U0ANA: hello"):
        await slack.until(lambda: False, "a miracle", within=0.01)


@pytest.mark.parametrize(
    ("path", "status"),
    [("people/U0NOBODY/say", 404), ("people/U0ANA/dance", 404), ("settings", 400)],
)
async def test_control_says_what_it_cannot_do(slack: LocalSlack, path: str, status: int) -> None:
    url = f"{slack.url}/control/{path}"
    async with aiohttp.ClientSession() as session, session.post(url, json={"volume": 11}) as response:
        answer = await response.json()

    assert response.status == status
    assert answer["ok"] is False


async def _state(session: aiohttp.ClientSession, url: str, person: str) -> Json:
    async with session.get(f"{url}/control/state", params={"person": person}) as response:
        answer = await response.json()
    tree: Json = answer["value"]
    return tree
