"""The refund graph pays once for a yes, and for nothing else."""

import threading
from typing import Any

import jsonschema
import pytest

from graphs import payments, refund
from tests.graphs.driver import Thread

ASKED = {
    "order_id": "A-17",
    "amount_cents": 50000,
    "customer": "ada@example.com",
    "reason": "Arrived broken",
}


async def test_approval_pays_what_was_shown() -> None:
    thread = Thread(refund.graph)
    await thread.run(ASKED)

    end = await thread.answer(True)

    (paid,) = payments.refunds()
    assert (paid.order_id, paid.amount_cents, paid.currency) == ("A-17", 50000, "USD")
    assert paid.customer == "ada@example.com"
    assert end["result"] == f"Refund {paid.id} issued, $500.00"
    assert await thread.asked() == ()


async def test_rejection_pays_nothing() -> None:
    thread = Thread(refund.graph)
    await thread.run(ASKED)

    end = await thread.answer(False)

    assert end["result"] == "Refund declined; nothing was paid."
    assert payments.refunds() == []


@pytest.mark.parametrize(
    "answer", [{"approved": False}, {"approved": True}, "approve", "true", 1, [True], None, "", 0]
)
async def test_only_true_is_a_yes(answer: Any) -> None:
    thread = Thread(refund.graph)
    await thread.run(ASKED)

    end = await thread.answer(answer)

    assert end["result"] == "Refund declined; nothing was paid."
    assert payments.refunds() == []


async def test_question_says_what_will_be_paid_to_whom() -> None:
    thread = Thread(refund.graph)
    await thread.run(ASKED)

    asked = await thread.question()

    assert asked.response_schema is None
    assert asked.value == {
        "title": "Refund $500.00 to ada@example.com",
        "summary": "Arrived broken",
        "fields": {"Amount": "$500.00"},
        "amount_cents": 50000,
        "currency": "USD",
        "order_id": "A-17",
        "customer": "ada@example.com",
    }


async def test_crash_after_the_payment_pays_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pay, crashes = payments.refund, [RuntimeError("the machine died")]

    def pay_and_crash_once(*args: Any) -> payments.Refund:
        paid = pay(*args)
        if crashes:
            raise crashes.pop()
        return paid

    monkeypatch.setattr(payments, "refund", pay_and_crash_once)
    thread = Thread(refund.graph)
    await thread.run(ASKED)
    with pytest.raises(RuntimeError, match="the machine died"):
        await thread.answer(True)
    assert len(payments.refunds()) == 1

    end = await thread.run(None)

    (paid,) = payments.refunds()
    assert end["result"] == f"Refund {paid.id} issued, $500.00"


async def test_two_threads_refund_one_order_separately() -> None:
    for thread_id in ("thread-1", "thread-2"):
        thread = Thread(refund.graph, thread_id)
        await thread.run(ASKED)
        await thread.answer(True)

    assert [paid.key for paid in payments.refunds()] == ["thread-1/A-17", "thread-2/A-17"]


async def test_same_thread_refunds_an_order_once() -> None:
    thread = Thread(refund.graph)
    for _ in range(2):
        await thread.run(ASKED)
        await thread.answer(True)

    assert len(payments.refunds()) == 1


async def test_payment_leaves_the_event_loop_free(monkeypatch: pytest.MonkeyPatch) -> None:
    pay, ran_in = payments.refund, []

    def pay_and_note(*args: Any) -> payments.Refund:
        ran_in.append(threading.get_ident())
        return pay(*args)

    monkeypatch.setattr(payments, "refund", pay_and_note)
    thread = Thread(refund.graph)
    await thread.run(ASKED)
    await thread.answer(True)

    assert len(ran_in) == 1
    assert ran_in != [threading.get_ident()]


@pytest.mark.parametrize(
    "change",
    [
        {"amount_cents": 0},
        {"amount_cents": -1},
        {"amount_cents": "50000"},
        {"amount_cents": True},
        {"amount_cents": 2**53},
        {"currency": "usd"},
        {"customer": ""},
        {"order_id": ""},
    ],
)
async def test_bad_input_is_refused_before_anybody_is_asked(change: dict[str, Any]) -> None:
    thread = Thread(refund.graph)

    with pytest.raises(ValueError, match=next(iter(change))):
        await thread.run({**ASKED, **change})

    assert await thread.asked() == ()  # and the thread can still be read
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**ASKED, **change}, refund.graph.get_input_jsonschema())


def test_input_schema_names_and_describes_every_field() -> None:
    schema = refund.graph.get_input_jsonschema()

    assert schema["required"] == ["order_id", "amount_cents", "customer"]
    assert all(field["title"] and field["description"] for field in schema["properties"].values())
    assert set(schema["properties"]) == {*ASKED, "currency"}
