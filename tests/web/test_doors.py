"""Who gets in, and what everybody else is told."""

import json

import pytest
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from bot.telemetry import REGISTRY
from tests.fakes import FakeIdempotency
from tests.web.conftest import HEADERS, TOKEN, Client, application
from tests.web.desk import SmallDesk

DOORS = [
    ("POST", "/api/runs"),
    ("GET", "/api/runs/thread-0123456789"),
    ("GET", "/api/approvals"),
    ("GET", "/api/approvals/approval-1"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_without_a_token_nobody_gets_in(
    desk: SmallDesk, idempotency: FakeIdempotency, method: str, path: str
) -> None:
    async with (
        TestClient(TestServer(application(desk, idempotency))) as stranger,
        stranger.request(method, path) as answer,
    ):
        body = await answer.json()

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert body["error"] == "unauthorized"


@pytest.mark.parametrize(
    "value", ["", TOKEN, "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer é"]
)
async def test_a_wrong_token_is_refused(desk: SmallDesk, idempotency: FakeIdempotency, value: str) -> None:
    async with (
        TestClient(TestServer(application(desk, idempotency))) as stranger,
        stranger.get("/api/approvals", headers={"Authorization": value}) as answer,
    ):
        assert answer.status == 401


async def test_two_tokens_are_refused(api: Client) -> None:
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer other")]

    async with api.get("/api/approvals", headers=headers) as answer:
        assert answer.status == 401


async def test_the_scheme_may_be_written_in_any_case(desk: SmallDesk, idempotency: FakeIdempotency) -> None:
    async with (
        TestClient(TestServer(application(desk, idempotency))) as caller,
        caller.get("/api/approvals", headers={"Authorization": f"bearer {TOKEN}"}) as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_while_no_token_is_set_the_api_is_off(
    desk: SmallDesk, idempotency: FakeIdempotency, method: str, path: str
) -> None:
    async with (
        TestClient(TestServer(application(desk, idempotency, token=None)), headers=HEADERS) as caller,
        caller.request(method, path) as answer,
    ):
        body = await answer.json()

    assert answer.status == 503
    assert body["error"] == "api_disabled"
    assert "APPROVALS_API_TOKEN" in body["message"]


async def test_an_address_that_does_not_exist_is_answered_in_json(api: Client) -> None:
    async with api.get("/nowhere") as answer:
        body = await answer.json()

    assert answer.status == 404
    assert body == {"error": "not_found", "message": "There is nothing at this address."}


async def test_a_wrong_method_is_told_the_right_one(api: Client) -> None:
    async with api.delete("/api/runs") as answer:
        body = await answer.json()

    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"
    assert body == {"error": "method_not_allowed", "message": "This address takes POST only."}


async def test_an_error_nobody_planned_is_quoted_by_its_reference(api: Client, desk: SmallDesk) -> None:
    desk.broken = RuntimeError("password=xyz")

    with capture_logs() as lines:
        async with api.get("/api/approvals") as answer:
            body = await answer.json()

    assert answer.status == 500
    assert body == {"error": "internal_error", "message": "Something went wrong here; quote R0001."}
    assert [(line["event"], line["reference"], line["route"]) for line in lines] == [
        ("request failed", "R0001", "/api/approvals")
    ]


async def test_every_error_has_a_code_and_a_sentence(api: Client) -> None:
    answers = [
        await api.request(method, path)
        for method, path in [("GET", "/x"), ("PUT", "/healthz"), ("POST", "/api/runs"), *DOORS[1:2]]
    ]

    bodies = [json.loads(await answer.read()) for answer in answers]
    assert [set(body) for body in bodies] == [{"error", "message"}] * 4


async def test_requests_are_counted_by_route_and_never_by_address(api: Client) -> None:
    labels = {"method": "GET", "route": "/api/runs/{thread_id}", "status": "404"}
    before = REGISTRY.get_sample_value("approvals_http_requests_total", labels) or 0

    for number in range(3):
        await api.get(f"/api/runs/thread-{number:010d}")

    assert REGISTRY.get_sample_value("approvals_http_requests_total", labels) == before + 3
