"""The card of a batch and its windows, whatever the requests say and however many there are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from bot.blocks.batch import batch_card
from bot.blocks.batch_ids import (
    read_batch,
    read_items,
    read_several,
    write_batch,
    write_items,
    write_several,
)
from bot.blocks.ids import Form
from bot.blocks.together import confirmation, report
from bot.core.batch import MOST, Alone, Batch, Item, alone
from bot.core.model import JSON, Approval, State
from bot.core.outcome import Kind, Outcome
from bot.ports import Record
from tests.blocks import judge
from tests.blocks.samples import AMOUNTS, LINK, approval, record
from tests.blocks.strategies import payloads


def _batch(records: list[Record]) -> Batch:
    return Batch("b" * 32, "thread-1", "refund", "C0REFUNDS", None, tuple(one.approval.id for one in records))


def _many(count: int, payload: JSON = "Pay") -> list[Record]:
    return [record(n, payload=payload) for n in range(count)]


@settings(max_examples=60, deadline=None)
@given(payloads)
def test_slack_takes_it_whatever_the_requests_say(payload: JSON) -> None:
    records = _many(3, payload)
    approvals = [one.approval for one in records]
    face = batch_card(_batch(records), records, {approvals[0].id: LINK})
    judge.message(face.text, face.blocks)
    judge.view(confirmation(approvals, [(approvals[0], Alone.RISK)], 1))
    judge.view(report([(one, Outcome(Kind.DECIDED)) for one in approvals], "U0ANA"))
    everything = face.text + judge.shown(face.blocks)

    assert not judge.HIDDEN.search(everything)


@pytest.mark.parametrize("count", [3, MOST, 300])
def test_slack_takes_it_however_many_there_are(count: int) -> None:
    records = _many(count, "P" * 150)
    approvals = [one.approval for one in records]
    face = batch_card(_batch(records), records, dict.fromkeys((one.id for one in approvals), LINK))
    judge.message(face.text, face.blocks)
    window = confirmation(approvals[:MOST], [(one, Alone.RISK) for one in approvals[MOST:]], 0)
    judge.view(window)
    judge.view(report([(one, Outcome(Kind.DECIDED)) for one in approvals[:MOST]], "U0ANA"))

    listed = read_items(str(window["private_metadata"]))
    assert listed == tuple(Item.of(one) for one in approvals[: len(listed or ())])
    assert judge.shown(window["blocks"]).count("P" * 150) >= len(listed or ())
    assert f"approve {len(listed or ())} request" in judge.shown(window["blocks"])


@pytest.mark.parametrize(
    ("state", "has_card", "shows_all", "why"),
    [
        (State.PENDING, True, True, None),
        (State.PENDING, False, True, Alone.UNSEEN),
        (State.PENDING, True, False, Alone.LONG),
        (State.DECIDED, True, True, Alone.OVER),
        (State.EXPIRED, True, True, Alone.OVER),
    ],
)
def test_what_may_be_approved_together(
    state: State, has_card: bool, shows_all: bool, why: Alone | None
) -> None:
    assert alone(approval(state=state), has_card=has_card, shows_all=shows_all) is why


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (approval(schema=AMOUNTS), Alone.NO_APPROVE),
        (approval(schema={"enum": ["ship", "hold"]}), Alone.NO_APPROVE),
        (approval(schema={"type": "boolean"}), None),
        (approval({"title": "Pay", "risk": "high"}), Alone.RISK),
        (approval({"title": "Pay", "risk": "unheard of"}), Alone.RISK),
        (approval({"title": "Pay", "risk": "medium"}), None),
    ],
)
def test_a_form_or_a_high_risk_needs_a_look_of_its_own(made: Approval, why: Alone | None) -> None:
    assert alone(made, has_card=True, shows_all=True) is why


def test_ids_come_back_as_they_were_written() -> None:
    items = [Item(f"aprv_{n:016d}", n, f"{n:032x}") for n in range(1, 4)]

    assert read_batch(write_batch("b" * 32)) == "b" * 32
    assert read_items(write_items(items)) == tuple(items)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "i1",
        "i1,",
        "i2,aprv_0123456789abcdef.1." + "0" * 32,
        "i1,aprv_0123456789abcdef.1",
        "i1,aprv_0123456789abcdef.01." + "0" * 32,
        "i1,aprv_0123456789abcdef.1." + "0" * 31,
        "i1,aprv_0123456789abcdef.1." + "0" * 32 + ",junk",
        "i1" + (",aprv_0123456789abcdef.1." + "0" * 32) * 2,
        "i1" + "".join(f",aprv_{n:016d}.1.{'0' * 32}" for n in range(MOST + 1)),
    ],
)
def test_a_list_that_we_did_not_write_is_none(text: str | None) -> None:
    assert read_items(text) is None


@pytest.mark.parametrize("value", [None, "", "b1.", "b1.short", "v1." + "b" * 32, "b1." + "b" * 32 + ".1"])
def test_a_button_that_we_did_not_write_is_none(value: str | None) -> None:
    assert read_batch(value) is None


def test_the_button_below_a_list_remembers_what_it_is_about() -> None:
    ids = tuple(one.approval.id for one in _many(10))

    assert read_several(write_several(ids)) == ids


@pytest.mark.parametrize("value", [None, "", "l1", "l1,", "l1,short", "b1.x", f"l1,{'a' * 20},{'a' * 20}"])
def test_a_tampered_button_below_a_list_is_about_nothing(value: str | None) -> None:
    assert read_several(value) is None


def test_a_window_of_a_list_says_more_than_the_title_and_names_what_is_over() -> None:
    asked: JSON = {"title": "Pay", "fields": {"To": "a\nb", "Sum": "$5"}}
    first, second = (one.approval for one in _many(2, asked))
    window = confirmation([first], [(second, Alone.OVER)], 0, several=True)

    judge.view(window)
    assert window["callback_id"] == Form.APPROVE_SEVERAL
    assert "To: a b · Sum: $5" in judge.shown(window)
    assert "it does not wait any more." in judge.shown(window)
    assert "it does not wait any more" not in judge.shown(confirmation([first], [(second, Alone.OVER)], 0))
