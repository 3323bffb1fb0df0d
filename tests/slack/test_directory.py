"""Who people are: what Slack says, how old it may be, and what happens when Slack does not say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp
import pytest

from bot.core.model import Person
from bot.ports import DirectoryUnavailable
from bot.simulator.local import LocalSlack
from bot.slack.calls import Calls
from bot.slack.client import web_client
from bot.slack.directory import SlackDirectory
from bot.slack.remembered import Remembered
from tests.fakes import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def directory(slack: LocalSlack, clock: Clock):  # type: ignore[no-untyped-def]  # an async generator
    async with aiohttp.ClientSession() as session:
        calls = Calls(web_client(slack.config.bot_token, slack.api_url, session))
        made = SlackDirectory(calls, "T0DEMO", clock=lambda: clock.now)
        yield made
        await made.close()


async def asked(slack: LocalSlack, method: str) -> int:
    return len(await slack.log("api", method))


async def test_a_person_is_known_with_all_a_decision_depends_on(
    slack: LocalSlack, directory: SlackDirectory
) -> None:
    ana = await directory.person("U0ANA")
    await slack.set_person("U0BEN", is_restricted=True, deleted=True, is_bot=True, is_stranger=True)
    ben = await directory.person("U0BEN")
    await slack.set_person("U0CAT", is_ultra_restricted=True, team_id="T0OTHER")
    cat = await directory.person("U0CAT")

    assert ana == Person("U0ANA", ana.name, "T0DEMO", ana.tz)
    assert (ben.is_guest, ben.is_deleted, ben.is_bot, ben.is_stranger) == (True, True, True, True)
    assert (cat.is_guest, cat.team) == (True, "T0OTHER")


async def test_whom_slack_does_not_know_is_a_stranger(directory: SlackDirectory) -> None:
    assert (await directory.person("U0NOBODY")).is_stranger


async def test_members_and_groups_are_what_slack_says(directory: SlackDirectory) -> None:
    assert await directory.is_member("C0REFUNDS", "U0ANA")
    assert not await directory.is_member("C0REFUNDS", "U0NOBODY")
    assert await directory.group("S0FIN") == {"U0ANA", "U0BEN"}
    assert await directory.group("S0NONE") == frozenset()


async def test_an_answer_is_kept_for_a_minute_and_no_longer(
    slack: LocalSlack, directory: SlackDirectory, clock: Clock
) -> None:
    await directory.group("S0FIN")
    await slack.set_group("S0FIN", users=["U0BEN"])
    clock.advance(59)
    kept = await directory.group("S0FIN")
    clock.advance(1)

    assert kept == {"U0ANA", "U0BEN"}
    assert await directory.group("S0FIN") == {"U0BEN"}


async def test_who_asks_at_the_same_time_shares_one_look_up(
    slack: LocalSlack, directory: SlackDirectory
) -> None:
    people = await asyncio.gather(*(directory.person("U0ANA") for _ in range(20)))

    assert len(set(people)) == 1
    assert await asked(slack, "users.info") == 1


async def test_a_large_channel_is_read_until_the_person_is_found(
    slack: LocalSlack, directory: SlackDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.directory.PAGE", 2)
    await slack.set_channel("C0OPS", members=["U0BOT", "U0ANA", "U0BEN", "U0CAT"])

    assert await directory.is_member("C0OPS", "U0ANA")
    assert await asked(slack, "conversations.members") == 1
    assert await directory.is_member("C0OPS", "U0CAT")
    assert await asked(slack, "conversations.members") == 3
    assert not await directory.is_member("C0OPS", "U0NOBODY")


async def test_a_channel_too_large_to_read_is_no_answer(
    directory: SlackDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.directory.PAGE", 1)
    monkeypatch.setattr("bot.slack.directory.MOST_PAGES", 2)

    with pytest.raises(DirectoryUnavailable, match=r"name the approvers in approvals\.toml"):
        await directory.is_member("C0REFUNDS", "U0NOBODY")


@pytest.mark.parametrize("fault", ["rate_limited", "server_error", "drop"])
async def test_slack_in_trouble_is_no_answer_in_time(
    slack: LocalSlack, directory: SlackDirectory, fault: str
) -> None:
    await slack.fault(fault, "users.info", times=None, seconds=3)
    began = asyncio.get_running_loop().time()

    with pytest.raises(DirectoryUnavailable):
        await directory.person("U0ANA")

    assert asyncio.get_running_loop().time() - began < 2


async def test_a_missing_scope_is_no_answer(slack: LocalSlack, directory: SlackDirectory) -> None:
    await slack.settings(bot_scopes=["chat:write"])

    for look_up in (
        directory.person("U0ANA"),
        directory.is_member("C0REFUNDS", "U0ANA"),
        directory.group("S0FIN"),
    ):
        with pytest.raises(DirectoryUnavailable, match="missing_scope"):
            await look_up


@dataclass(slots=True)
class LookUps:
    """Counts, and fails as told."""

    asked: list[str] = field(default_factory=list)
    broken: bool = False
    let: asyncio.Event | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, key: str) -> str:
        self.asked.append(key)
        self.begun.set()
        if self.let is not None:
            await self.let.wait()
        if self.broken:
            raise LookupError(key)
        return key.upper()


async def test_a_failure_is_not_remembered() -> None:
    look_ups = LookUps(broken=True)
    remembered = Remembered(look_ups)
    with pytest.raises(LookupError):
        await remembered.get("a")
    look_ups.broken = False

    assert await remembered.get("a") == "A"


async def test_a_look_up_nobody_waits_for_any_more_still_serves_the_next() -> None:
    look_ups = LookUps(let=asyncio.Event())
    remembered = Remembered(look_ups)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(remembered.get("a"), 0.01)
    assert look_ups.let is not None
    look_ups.let.set()

    assert await remembered.get("a") == "A"
    assert look_ups.asked == ["a"]


async def test_closing_ends_what_is_still_looked_up() -> None:
    look_ups = LookUps(let=asyncio.Event())
    remembered = Remembered(look_ups)
    waiting = asyncio.create_task(remembered.get("a"))
    await look_ups.begun.wait()

    await remembered.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_only_so_many_are_remembered_and_the_oldest_go_first() -> None:
    look_ups = LookUps()
    remembered = Remembered(look_ups, size=2)
    for key in ("a", "b", "c", "b", "c", "a"):
        await remembered.get(key)

    assert look_ups.asked == ["a", "b", "c", "a"]
