"""A service starts runs, reads what became of them, and is told in words what went wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.client import (
    InvalidRequest,
    KeyReused,
    NotFound,
    ServerFailed,
    StillRunning,
    Unauthorized,
    Unavailable,
)
from bot.core.model import Decision, Failure, RunState, State, Verdict, Vote
from tests.client.callers import KINDS, Caller, calling
from tests.web.desk import NOON, SmallDesk, an_approval

REFUND = {"order_id": "order-1", "amount_cents": 700}
AT_NOON = datetime.fromtimestamp(NOON, UTC)


async def test_a_run_is_started_and_read(client: Caller, desk: SmallDesk) -> None:
    started = await client.start("refund", REFUND, channel="C0REFUNDS", requester="U0ANA")
    run = await client.get(started.thread_id)

    assert (run.graph, run.channel, run.requester, run.state) == ("refund", "C0REFUNDS", "U0ANA", "starting")
    assert run.started_at == AT_NOON
    assert desk.runs[started.thread_id].input == REFUND


async def test_the_same_key_is_the_same_run_and_no_key_is_a_new_one(client: Caller, desk: SmallDesk) -> None:
    first = await client.start("refund", REFUND, idempotency_key="refund-of-order-1")
    again = await client.start("refund", REFUND, idempotency_key="refund-of-order-1")
    one, two = await client.start("refund", REFUND), await client.start("refund", REFUND)

    assert first == again
    assert first.idempotency_key == "refund-of-order-1"
    assert len({first.thread_id, one.thread_id, two.thread_id}) == 3
    assert len({one.idempotency_key, two.idempotency_key}) == 2


async def test_a_key_for_another_request_is_refused(client: Caller, desk: SmallDesk) -> None:
    await client.start("refund", REFUND, idempotency_key="refund-of-order-1")

    with pytest.raises(KeyReused, match="used for another request") as refused:
        await client.start("refund", {**REFUND, "amount_cents": 7}, idempotency_key="refund-of-order-1")

    assert (refused.value.code, refused.value.status) == ("key_reused", 422)
    assert len(desk.runs) == 1


async def test_what_cannot_be_right_is_named(client: Caller) -> None:
    with pytest.raises(InvalidRequest, match="order_id") as no_order:
        await client.start("refund", {})
    with pytest.raises(InvalidRequest, match="refund") as no_graph:
        await client.start("refnud", REFUND)
    with pytest.raises(InvalidRequest, match="channel must be"):
        await client.start("refund", REFUND, channel="#refunds")

    assert (no_order.value.code, no_graph.value.code) == ("invalid_input", "unknown_graph")


@pytest.mark.parametrize("odd", ["", "..", "a/b", "a?b", "a#b", "é", "a" * 129])
async def test_an_id_that_is_none_never_becomes_part_of_an_address(client: Caller, odd: str) -> None:
    for asked in (client.get(odd), client.approval(odd), client.wait(odd, 1)):
        with pytest.raises(InvalidRequest, match="an id is"):
            await asked


@pytest.mark.parametrize("odd", ["", "two words", "ключ", "a\nb", "k" * 256])
async def test_a_key_that_is_none_is_refused_before_anything_is_sent(
    client: Caller, desk: SmallDesk, odd: str
) -> None:
    with pytest.raises(InvalidRequest, match="idempotency_key"):
        await client.start("refund", REFUND, idempotency_key=odd)

    assert desk.runs == {}


async def test_what_is_not_there_is_not_found(client: Caller) -> None:
    with pytest.raises(NotFound, match="No run has this thread id"):
        await client.get("none")
    with pytest.raises(NotFound, match="No approval has this id"):
        await client.approval("none")
    with pytest.raises(NotFound):
        await client.wait("none", 10)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_wrong_token_is_told_and_quoted_nowhere(kind: str, bot: str) -> None:
    async with calling(kind, bot, "wrong-token-of-mine") as stranger:
        with pytest.raises(Unauthorized, match="Authorization") as refused:
            await stranger.pending()

    assert "wrong-token" not in repr(refused.value)


async def test_an_approval_is_told_in_full(client: Caller, desk: SmallDesk) -> None:
    vote = Vote("U0BEN", Verdict.REJECT, NOON, "click", "too much")
    decided = replace(
        an_approval(),
        state=State.FAILED,
        votes=(vote,),
        decision=Decision(Verdict.REJECT, ("U0BEN",), NOON, False, "too much"),
        failure=Failure("R0001", "boom", 2, None),
        previous="approval-0",
    )
    desk.add(decided)

    told = await client.approval("approval-1")

    assert (told.state, told.verdict, told.payload) == ("failed", "reject", {"title": "Refund $5.00 to Ana"})
    assert told.decision is not None
    assert (told.decision.by, told.decision.answer, told.decision.at) == (("U0BEN",), False, AT_NOON)
    assert [(one.by, one.verdict, one.text, one.answer) for one in told.votes] == [
        ("U0BEN", "reject", "too much", None)
    ]
    assert told.failure is not None
    assert (told.failure.reference, told.failure.retry_at) == ("R0001", None)
    assert (told.previous, told.next) == ("approval-0", None)
    assert told.card_link == "https://acme.slack.com/archives/C0REFUNDS/p1800000000000100"


async def test_waiting_ends_with_the_run(client: Caller, desk: SmallDesk) -> None:
    started = await client.start("refund", REFUND)
    desk.runs[started.thread_id] = replace(
        desk.runs[started.thread_id], state=RunState.ENDED, result="Refunded", output={"ok": True}
    )

    run = await client.wait(started.thread_id, 10)

    assert (run.is_over, run.result, run.output) == (True, "Refunded", {"ok": True})


async def test_waiting_for_a_question_ends_with_the_question(client: Caller, desk: SmallDesk) -> None:
    started = await client.start("refund", REFUND)
    desk.runs[started.thread_id] = replace(desk.runs[started.thread_id], state=RunState.WAITING)

    asked = await client.wait(started.thread_id, 10, until="asked")
    with pytest.raises(StillRunning, match="is waiting") as late:
        await client.wait(started.thread_id, 0)

    assert (asked.is_waiting, asked.is_over) == (True, False)
    assert late.value.run == asked


async def test_what_broke_in_the_bot_comes_with_its_reference(client: Caller, desk: SmallDesk) -> None:
    desk.broken = RuntimeError("password=xyz")

    with pytest.raises(ServerFailed, match="quote R0001") as failed:
        await client.get("thread-0123456789")

    assert failed.value.status == 500


async def test_waiting_outlasts_a_bot_that_is_away(client: Caller, desk: SmallDesk) -> None:
    started = await client.start("refund", REFUND)
    desk.down = True

    with pytest.raises(StillRunning, match="could not be looked at") as late:
        await client.wait(started.thread_id, 0.3)

    assert late.value.run is None


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_answers(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.client.steps.FIRST_PAUSE", 0.001)

    async with calling(kind, "http://127.0.0.1:1", "a-token") as client:
        with pytest.raises(Unavailable, match="unknown: repeat it with the idempotency key 'k-1'") as away:
            await client.start("refund", REFUND, idempotency_key="k-1")

    assert (away.value.code, away.value.status) == ("no_answer", None)
    assert away.value.idempotency_key == "k-1"
