"""POST /api/runs: a run is on record when the answer is sent."""

import asyncio
import io
import json
import zlib
from typing import Any

import pytest

from bot.web.reading import LARGEST_BODY
from tests.web.conftest import TOKEN, Client
from tests.web.desk import SmallDesk

ORDER: dict[str, Any] = {"graph": "refund", "input": {"order_id": "o-1"}}


async def start(api: Client, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with api.post("/api/runs", data=io.BytesIO(raw), headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_run_is_recorded_and_named(api: Client, desk: SmallDesk) -> None:
    status, answer = await start(api, ORDER)

    assert status == 202
    assert answer == {"thread_id": "thread-0000000001"}
    assert desk.runs["thread-0000000001"].input == {"order_id": "o-1"}


async def test_channel_requester_and_thread_id_are_handed_on(api: Client, desk: SmallDesk) -> None:
    thread_id = "a-thread_of-my-own"

    status, answer = await start(
        api, {**ORDER, "channel": "C0REFUNDS", "requester": "U0ANA", "thread_id": thread_id}
    )

    assert (status, answer) == (202, {"thread_id": thread_id})
    assert desk.runs[thread_id].channel == "C0REFUNDS"
    assert desk.runs[thread_id].requester == "U0ANA"


async def test_null_is_the_same_as_absent(api: Client) -> None:
    status, _ = await start(api, {**ORDER, "channel": None, "requester": None, "thread_id": None})

    assert status == 202


async def test_an_unknown_graph_lists_the_known_ones(api: Client) -> None:
    status, answer = await start(api, {**ORDER, "graph": "refnd"})

    assert status == 422
    assert answer["error"] == "unknown_graph"
    assert answer["message"] == "Unknown graph 'refnd'; known: refund; see langgraph.json"


async def test_input_that_does_not_fit_names_the_field(api: Client) -> None:
    status, answer = await start(api, {"graph": "refund", "input": {}})

    assert status == 422
    assert answer == {"error": "invalid_input", "message": "input.order_id: is a required property"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Expecting value at line 1, column 1"),
        (b'{"graph": "refund",\n "input": }', "Expecting value at line 2, column 11"),
        (b'{"graph": "\xff"}', "not UTF-8 at byte 11"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice in one object"),
        (b'{"graph": NaN}', "NaN is not JSON"),
        (b'{"graph": "\\ud800"}', "half of a surrogate pair stands alone"),
        (b"[" * 102 + b"]" * 102, "nested more than 100 deep"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
async def test_broken_json_says_where(api: Client, body: bytes, message: str) -> None:
    status, answer = await start(api, body)

    assert (status, answer) == (400, {"error": "invalid_json", "message": message})


async def test_a_number_of_thousands_of_digits_is_refused(api: Client) -> None:
    status, answer = await start(api, b'{"graph": ' + b"9" * 5000 + b"}")

    assert (status, answer["error"]) == (400, "invalid_json")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], 'the body must be an object: {"graph": ..., "input": ...}'),
        ({"input": {}}, "graph is missing"),
        ({"graph": "refund"}, "input is missing"),
        ({"graph": None, "input": {}}, "graph must be a graph's name"),
        (
            {**ORDER, "thread": "x"},
            "unknown field 'thread'; known: graph, channel, requester, thread_id, input",
        ),
        ({**ORDER, "channel": "#refunds"}, "channel must be a channel id like C0123ABCD"),
        ({**ORDER, "requester": "ana"}, "requester must be a user id like U0123ABCD"),
        ({**ORDER, "thread_id": "short"}, "thread_id must be 16 to 64 of A-Z, a-z, 0-9, _ and -"),
        ({**ORDER, "thread_id": 7}, "thread_id must be 16 to 64 of A-Z, a-z, 0-9, _ and -"),
    ],
)
async def test_a_wrong_field_is_named(api: Client, body: object, message: str) -> None:
    status, answer = await start(api, body)

    assert (status, answer) == (400, {"error": "invalid_request", "message": message})


async def test_a_body_over_the_limit_is_refused(api: Client, desk: SmallDesk) -> None:
    status, answer = await start(api, {**ORDER, "input": "x" * LARGEST_BODY})

    assert (status, answer["error"]) == (413, "too_large")
    assert desk.runs == {}


async def test_a_compressed_body_counts_as_long_as_it_becomes(api: Client) -> None:
    bomb = zlib.compress(b" " * (LARGEST_BODY + 1))

    status, answer = await start(api, bomb, **{"Content-Encoding": "deflate"})

    assert (status, answer["error"]) == (413, "too_large")


async def test_a_body_that_cannot_be_decompressed_is_the_callers_error(api: Client) -> None:
    status, answer = await start(api, b"no gzip at all", **{"Content-Encoding": "gzip"})

    assert (status, answer["error"]) == (400, "broken_body")


async def test_a_body_that_never_ends_is_cut_off(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.reading.READ_WITHIN", 0.05)

    reader, writer = await asyncio.open_connection(api.host, api.port)
    head = (
        f"POST /api/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 10\r\n\r\n"
    )
    writer.write(head.encode())
    first = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert b" 408 " in first


async def test_while_redis_is_away_nothing_is_promised(api: Client, desk: SmallDesk) -> None:
    desk.down = True

    async with api.post("/api/runs", json=ORDER) as answer:
        body = await answer.json()

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert body["error"] == "store_unavailable"
