"""A private list is replaced at Slack's own address, or nowhere."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, cast

import aiohttp
import pytest

from bot.blocks.parts import Face
from bot.simulator.local import LocalSlack
from bot.slack.connection import Connection
from bot.slack.windows import Windows

LIST = Face("1 approval waiting", ())


class Recorded:
    """A session that notes where it would post to, and answers 200."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, bool]] = []

    def post(self, url: Any, **how: Any) -> Any:
        self.posted.append((str(url), how["allow_redirects"]))
        return Answered()


class Answered:
    """A reply with nothing in it."""

    status = 200

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def windows(connection: Connection, api_url: str = "https://slack.com/api/") -> tuple[Windows, Recorded]:
    session = Recorded()
    return Windows(connection.windows._calls, cast(aiohttp.ClientSession, session), api_url), session


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://evil@hooks.slack.com/x",
        "https://hooks.slack.com:444/x",
        "http://hooks.slack.com/x",
        "https://slack.com.evil.example/x",
        "//hooks.slack.com/x",
        "file:///etc/passwd",
        "",
        None,
    ],
)
async def test_another_address_is_never_written_to(connection: Connection, url: str | None) -> None:
    made, session = windows(connection)

    assert not await made.replace(url, LIST)
    assert session.posted == []


@pytest.mark.parametrize("host", ["hooks.slack.com", "hooks.slack-gov.com"])
async def test_slacks_own_address_is_and_redirects_are_not_followed(
    connection: Connection, host: str
) -> None:
    made, session = windows(connection)

    assert await made.replace(f"https://{host}/actions/T1/1/x", LIST)
    assert session.posted == [(f"https://{host}/actions/T1/1/x", False)]


async def test_the_server_that_stands_in_for_slack_is_slack(
    slack: LocalSlack, connection: Connection
) -> None:
    made, session = windows(connection, slack.api_url)

    assert await made.replace(f"{slack.url}/actions/T1/1/x", LIST)
    assert not await made.replace("http://127.0.0.1:1/actions/T1/1/x", LIST)
    assert len(session.posted) == 1


async def test_an_address_that_answers_no_is_told(slack: LocalSlack, connection: Connection) -> None:
    assert not await connection.windows.replace(f"{slack.url}/actions/T0DEMO/1/unknown", LIST)


async def test_an_address_that_does_not_answer_is_told(connection: Connection) -> None:
    made = Windows(connection.windows._calls, connection.session, "http://127.0.0.1:9/api/")

    assert not await made.replace("http://127.0.0.1:9/actions/x", LIST)
