"""Nothing is lost on the way to Redis and back, and old and new versions read each other."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.audit import Entry
from bot.core.model import (
    JSON,
    Approval,
    Card,
    Contract,
    Decision,
    Failure,
    Request,
    Run,
    RunState,
    Sent,
    State,
    Vote,
)
from bot.store.codec import dump, dump_entry, dump_fixed, dump_life, load, load_entry, to_bytes
from bot.store.packed import RECORD, packed, unpacked
from tests.store.samples import PAYLOAD, asked, started, voted

numbers = st.floats(allow_nan=False, allow_infinity=False)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(st.text(), json_values, max_size=3)
maybe_number = st.none() | numbers

contracts = st.builds(Contract, schema=st.none() | mappings)
requests = st.builds(Request, payload=json_values, contract=contracts)
votes = st.builds(Vote, at=numbers)
decisions = st.builds(Decision, at=numbers, answer=json_values)
approvals = st.builds(
    Approval,
    request=requests,
    asked_at=numbers,
    expires_at=maybe_number,
    state=st.sampled_from(State),
    version=st.integers(),
    votes=st.lists(votes, max_size=3).map(tuple),
    decision=st.none() | decisions,
    sent=st.none() | st.builds(Sent, tries=st.integers()),
    failure=st.none() | st.builds(Failure, retry_at=maybe_number),
    next=st.none() | st.text(),
    closed_at=maybe_number,
    audit_head=st.text(),
)
runs = st.builds(
    Run, input=json_values, started_at=numbers, state=st.sampled_from(RunState), output=json_values
)
cards = st.builds(Card, ts=st.none() | st.text(), shown=st.integers(), intended_at=maybe_number)
entries = st.builds(Entry, at=numbers, data=mappings)


@given(approvals)
def test_an_approval_comes_back_exactly(approval: Approval) -> None:
    assert load(Approval, dump_fixed(approval), dump_life(approval)) == approval


@given(runs)
def test_a_run_comes_back_exactly(run: Run) -> None:
    assert load(Run, dump_fixed(run), dump_life(run)) == run


@given(cards | entries)
def test_a_card_and_an_entry_come_back_exactly(thing: Card | Entry) -> None:
    assert load(type(thing), dump(thing)) == thing


def test_false_and_zero_are_not_taken_for_a_default() -> None:
    outputs: tuple[JSON, ...] = (False, 0, 0.0, "", [], {}, None)
    for output in outputs:
        run = load(Run, dump(started(output=output)))

        assert (type(run.output), run.output) == (type(output), output)


def test_a_lone_surrogate_survives() -> None:
    approval = asked(payload={"name": "\ud800 é"})

    assert load(Approval, dump(approval)).request.payload == {"name": "\ud800 é"}


def test_what_was_kept_before_there_was_packing_is_read_as_it_is() -> None:
    approval = asked(payload={"name": "é"})
    plain = unpacked(dump_fixed(approval))

    assert isinstance(plain, bytes)
    assert plain.startswith(b"{")
    assert load(Approval, plain, dump_life(approval)) == approval
    assert load(Approval, plain.decode(), dump_life(approval)) == approval


def test_what_the_first_release_packed_can_be_read_for_ever() -> None:
    kept = "018326254743253c3604b9ba85fab9042bd50200"

    assert unpacked(bytes.fromhex(kept)) == b'{"id":"A1","revision":1,"channel":"C0REFUNDS"}'


@given(entries)
def test_an_entry_comes_back_exactly_from_its_own_trail(entry: Entry) -> None:
    assert load_entry(entry.approval_id, dump_entry(entry)) == entry


def test_an_entry_is_packed_without_the_name_of_its_trail() -> None:
    _, entry = voted(asked())
    written = dump_entry(entry)

    assert load_entry("A1", written) == entry
    assert load_entry("A2", written) == replace(entry, approval_id="A2")  # which its mac shows
    assert len(written) < 0.6 * len(dump(entry))


def test_an_entry_that_was_written_before_there_was_packing_is_read_as_it_is() -> None:
    _, entry = voted(asked())

    assert load_entry("A1", dump(entry)) == entry


def test_what_is_packed_takes_less_than_what_it_says() -> None:
    assert len(packed(to_bytes({"graph": "refund", "input": {"order": 7}}), RECORD)) < 30


def test_what_json_cannot_say_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_fixed(asked(payload={"amount": float("nan")}))


def test_a_field_of_a_newer_version_is_ignored() -> None:
    life = json.loads(dump_life(voted(asked())[0]))
    life |= {"mood": "good", "votes": [life["votes"][0] | {"device": "watch"}]}

    approval = load(Approval, dump_fixed(asked()), json.dumps(life))

    assert approval == voted(asked())[0]


def test_a_field_that_an_older_version_did_not_write_gets_its_default() -> None:
    assert load(Approval, dump_fixed(asked()), "{}") == asked()


def test_what_equals_its_default_takes_no_room() -> None:
    assert dump_life(asked()) == b"{}"
    assert dump(Card("C1")) == to_bytes({"channel": "C1"})


def test_the_payload_is_not_written_again_with_every_change() -> None:
    assert json.loads(unpacked(dump_fixed(asked())))["request"]["payload"] == PAYLOAD
    assert b"Refund" not in dump_life(voted(asked())[0])
