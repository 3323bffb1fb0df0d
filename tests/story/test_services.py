"""Services start runs and read what became of them over the HTTP API."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from tests.office import Company

REFUND = {"order_id": "api", "amount_cents": 700, "customer": "api@example.com"}


async def test_the_same_key_and_body_start_one_run(company: Company) -> None:
    room = await company.room()
    body = {"graph": "refund", "input": REFUND | {"order_id": "api-1"}, "channel": room}

    answers = await asyncio.gather(
        *(company.post("/api/runs", body, **{"Idempotency-Key": "api-1"}) for _ in range(5))
    )
    again = await company.post("/api/runs", body, **{"Idempotency-Key": "api-1"})
    await company.card("api@example.com", channel=room)
    _, listed = await company.get(f"/api/approvals?channel={room}")

    assert {status for status, _ in answers} == {202}
    assert len({answer["thread_id"] for _, answer in [*answers, again]}) == 1
    assert listed["total"] == 1


async def test_the_same_key_for_another_body_is_refused(company: Company) -> None:
    room = await company.room()
    body = {"graph": "refund", "input": REFUND, "channel": room}
    await company.post("/api/runs", body, **{"Idempotency-Key": "api-2"})

    status, answer = await company.post(
        "/api/runs", body | {"requester": "U0BEN"}, **{"Idempotency-Key": "api-2"}
    )

    assert (status, answer["error"]) == (422, "key_reused")


async def test_the_same_thread_id_is_the_same_run(company: Company) -> None:
    room = await company.room()
    thread = "thread-of-my-own-1"

    first = await company.start("refund", REFUND, channel=room, thread_id=thread)
    second = await company.start("refund", REFUND, channel=room, thread_id=thread)
    status, answer = await company.post(
        "/api/runs", {"graph": "plan_review", "input": {"goal": "x"}, "channel": room, "thread_id": thread}
    )

    assert first == second == thread
    assert status == 422
    assert "another run" in answer["message"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"graph": "refnud", "input": {}}, 422, "refund"),
        ({"graph": "refund", "input": REFUND | {"amount_cents": "700"}}, 422, "amount_cents"),
        ({"graph": "refund", "input": {"order_id": "x", "amount_cents": 1}}, 422, "customer"),
        ({"graph": "refund", "input": None}, 422, "input"),
        ({"graph": "refund"}, 400, "input is missing"),
        ({"graph": "refund", "input": REFUND, "channel": "#refunds"}, 400, "channel"),
        ({"graph": "refund", "input": REFUND, "colour": "red"}, 400, "colour"),
    ],
)
async def test_an_input_that_does_not_fit_is_refused_and_named(
    company: Company, body: dict[str, Any], status: int, words: str
) -> None:
    given, answer = await company.post("/api/runs", body)

    assert given == status, answer
    assert words in answer["message"]


async def test_nobody_gets_in_without_the_token(company: Company) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{company.bot.url}/api/approvals") as without:
            pass
        wrong = {"Authorization": "Bearer another-token"}
        async with session.get(f"{company.bot.url}/api/approvals", headers=wrong) as other:
            pass

    assert (without.status, other.status) == (401, 401)


async def test_a_run_and_its_approvals_can_be_followed_from_revision_to_revision(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    first = await company.plan("an api")

    await ana.reply(first, "Version it")
    second = await company.card("version 2", channel=first.channel)
    await ana.click("Approve", on=second)
    await company.result(second)
    newest, oldest = await company.approval(second), await company.settled(first)
    _, before = await company.get(newest["links"]["previous"])
    _, run = await company.get(newest["links"]["run"])

    assert before["id"] == oldest["id"]
    assert oldest["links"]["next"] == newest["links"]["self"]
    assert [oldest["decision"]["verdict"], oldest["decision"]["text"]] == ["revise", "Version it"]
    assert newest["decision"]["answer"] == {
        "decision": "approve",
        "approved": True,
        "feedback": None,
        "edits": None,
        "by": "U0ANA",
        "approval_id": newest["id"],
    }
    assert "Plan published, version 2" in run["result"]
    assert first.ts.replace(".", "") in oldest["links"]["card"]


async def test_what_does_not_exist_is_not_found(company: Company) -> None:
    run, approval = await company.get("/api/runs/none"), await company.get("/api/approvals/none")

    assert (run[0], approval[0]) == (404, 404)


async def test_health_is_told(company: Company) -> None:
    alive, _ = await company.get("/healthz")
    ready, checks = await company.get("/readyz")

    assert (alive, ready) == (200, 200), checks
