"""A service in Python starts runs, waits for people and reads their decisions, with either client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.client import StillRunning
from tests.client.callers import KINDS, Caller, calling
from tests.office import TOKEN, Company


@pytest_asyncio.fixture(loop_scope="session", params=KINDS)
async def service(request: pytest.FixtureRequest, company: Company) -> AsyncIterator[Caller]:
    async with calling(request.param, company.bot.url, TOKEN) as caller:
        yield caller


async def test_a_service_waits_until_ana_has_decided(company: Company, service: Caller) -> None:
    room = await company.room()
    order = {"order_id": f"client-{room}", "amount_cents": 50_000, "customer": "ada@example.com"}

    started = await service.start("refund", order, channel=room, requester="U0CAT")
    asked = await service.wait(started.thread_id, 15, until="asked")
    with pytest.raises(StillRunning, match="is waiting"):
        await service.wait(started.thread_id, 0.1)
    card = await company.card("Refund $500.00", channel=room)
    [pending] = await service.pending(graph="refund", channel=room)
    waiting = asyncio.create_task(service.wait(started.thread_id, 15))
    await company.slack.person("U0ANA").click("Approve", on=card)
    run, decided = await waiting, await service.approval(pending.id)

    assert (asked.is_waiting, pending.thread_id) == (True, started.thread_id)
    assert run.state == "ended"
    assert "issued, $500.00" in (run.result or "")
    assert decided.decision is not None
    assert (decided.decision.verdict, decided.decision.by, decided.decision.answer) == (
        "approve",
        ("U0ANA",),
        True,
    )
    assert await service.pending(channel=room) == []


async def test_a_no_is_read_as_a_no(company: Company, service: Caller) -> None:
    room = await company.room()
    order = {"order_id": f"client-{room}", "amount_cents": 700, "customer": "ada@example.com"}

    started = await service.start("refund", order, channel=room)
    card = await company.card("Refund $7.00", channel=room)
    ben = company.slack.person("U0BEN")
    await ben.click("Reject", on=card)
    await ben.submit()
    run = await service.wait(started.thread_id, 15)
    assert run.last_approval is not None
    decided = await service.approval(run.last_approval)

    assert decided.verdict == "reject"
    assert decided.decision is not None
    assert decided.decision.answer is False
    assert company.refunds(f"client-{room}") == 0


async def test_a_service_sees_what_waits_in_one_room(company: Company, service: Caller) -> None:
    rooms = [await company.room(), await company.room()]
    given = {"amount_cents": 100, "customer": "a@example.com"}

    runs = {room: await service.start("refund", {"order_id": room, **given}, channel=room) for room in rooms}
    for started in runs.values():
        await service.wait(started.thread_id, 15, until="asked")

    for room, started in runs.items():
        [pending] = await service.pending(channel=room)
        assert (pending.thread_id, pending.channel, pending.state) == (started.thread_id, room, "pending")
    assert {one.channel for one in await service.pending()} >= set(rooms)
