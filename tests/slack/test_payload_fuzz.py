"""Signed payloads with parts dropped, retyped and swapped: no fault, and no vote that is not whole."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.blocks.parts import Block, Face
from bot.core.outcome import Kind, Outcome
from bot.core.policy import USER_ID
from bot.slack.app import build_bolt
from bot.slack.body import Malformed, read_body
from bot.slack.calls import Calls
from bot.slack.connection import Connection
from bot.slack.directory import SlackDirectory
from bot.slack.front_door import bolt_request
from bot.slack.identity import Identity
from bot.slack.messenger import SlackMessenger
from bot.slack.turns import Turns
from bot.slack.windows import Windows
from tests.blocks.samples import approval
from tests.slack.conftest import NoPace
from tests.slack.fake_desk import FakeDesk

PAYLOADS = {
    path.stem: json.loads(path.read_text())
    for path in (Path(__file__).parents[1] / "payloads").glob("*.json")
}
ODD: tuple[object, ...] = (
    None,
    True,
    5,
    -1.5,
    2**70,
    "",
    "x",
    "U0BEN",
    "T0OTHER",
    "A0OTHER",
    "<!channel>\n",
    "v1.x.1",
    [],
    {},
    [5],
    {"id": 5},
)
DROP = object()


class SilentWindows(Windows):
    """Nothing is shown."""

    async def open(self, trigger_id: str, view: Block) -> None: ...

    async def turn(self, view_id: str, view: Block) -> None: ...

    async def replace(self, response_url: str | None, face: Face) -> bool:
        return True


class SilentMessenger(SlackMessenger):
    """Nobody is told."""

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None: ...


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*before, key)
        yield from paths(part, (*before, key))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded payload with up to three parts changed."""
    payload = copy.deepcopy(PAYLOADS[draw(st.sampled_from(sorted(PAYLOADS)))])
    for _ in range(draw(st.integers(1, 3))):
        known = sorted(paths(payload), key=str)
        if known:
            change(payload, draw(st.sampled_from(known)), draw(st.sampled_from((DROP, *ODD))))
    return payload  # type: ignore[no-any-return]  # JSON


def change(payload: Any, path: tuple[Any, ...], value: object) -> None:
    for key in path[:-1]:
        payload = payload[key]
    if value is DROP:
        del payload[path[-1]]
    else:
        payload[path[-1]] = copy.deepcopy(value)


async def dispatch(payload: dict[str, Any], answer: Outcome) -> tuple[int, FakeDesk, list[str]]:
    """The status, what the desk saw, and the faults of ours that were given a reference."""
    faults: list[str] = []

    def reference() -> str:
        faults.append("fault")
        return "ref-1"

    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", session=session)
        calls, identity = Calls(client), Identity("T0DEMO", "U0BOT", "B0BOT", "A0DEMO")
        connection = Connection(
            session,
            client,
            identity,
            SilentMessenger(calls, Turns(NoPace()), identity),
            SlackDirectory(calls, "T0DEMO"),
            SilentWindows(calls, session, "https://slack.com/api/"),
        )
        desk = FakeDesk(answers=answer)
        bolt = build_bolt(connection, desk, reference=reference)
        try:
            request = bolt_request(read_body("application/json", json.dumps(payload).encode()))
        except Malformed:
            return 400, desk, faults
        answered = await bolt.async_dispatch(request)
    return answered.status, desk, faults


@settings(max_examples=300, deadline=None)
@given(payload=mutated(), ready=st.booleans())
def test_no_signed_payload_is_a_fault_or_half_a_vote(payload: dict[str, Any], ready: bool) -> None:
    answer = Outcome(Kind.READY, approval()) if ready else Outcome(Kind.DECIDED)

    with capture_logs():
        status, desk, faults = asyncio.run(dispatch(payload, answer))

    assert status in (200, 400)
    assert faults == []
    for click in desk.clicks:
        assert USER_ID.fullmatch(click.user)
        assert (click.app, click.team) == ("A0DEMO", "T0DEMO")
        assert click.user_team in (None, "T0DEMO")
        assert click.revision > 0
        assert isinstance(click.message_ts, str | None)


def test_every_recorded_payload_is_understood() -> None:
    for name, payload in PAYLOADS.items():
        status, desk, faults = asyncio.run(dispatch(payload, Outcome(Kind.DECIDED)))
        seen = [*desk.clicks, *desk.replies, *desk.started, *desk.channels_joined]

        assert (status, faults) == (200, []), name
        assert len(seen) == (0 if name == "command" else 1), name
