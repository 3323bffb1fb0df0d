"""What we write into Slack we can read back, and nothing else is taken for it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import ids
from bot.blocks.ids import Action, ButtonValue, Place
from bot.core.filters import LONGEST
from bot.core.model import MetadataClaim, Verdict
from tests.blocks.samples import ID, approval

approval_ids = st.from_regex(r"[A-Za-z0-9_-]{16,64}", fullmatch=True)
revisions = st.integers(0, 999_999_999)
cursors = st.from_regex(r"[A-Za-z0-9_=+/:.-]{1,200}", fullmatch=True)
garbage = st.one_of(st.none(), st.text(max_size=80), st.text("v1.,0aA-_", max_size=80))


@given(approval_ids, revisions)
def test_a_button_value_is_read_as_it_was_written(approval_id: str, revision: int) -> None:
    value = ids.write_value(approval(id=approval_id, revision=revision))

    assert len(value) <= 2_000
    assert ids.read_value(value) == ButtonValue(approval_id, revision)
    assert ids.read_page(value) is None


@given(approval_ids, revisions, st.integers(0, 10_000))
def test_a_page_is_read_as_it_was_written(approval_id: str, revision: int, page: int) -> None:
    value = ids.write_page(approval(id=approval_id, revision=revision), page)

    assert ids.read_page(value) == ButtonValue(approval_id, revision, page)
    assert ids.read_value(value) is None


@given(garbage)
def test_only_what_could_have_been_written_is_read(text: str | None) -> None:
    found = ids.read_value(text)

    assert found is None or ids.write_value(approval(id=found.approval_id, revision=found.revision)) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "v1",
        f"v2.{ID}.1",
        f"v1.{ID}",
        f"v1.{ID}.",
        f"v1.{ID}.-1",
        f"v1.{ID}.01",
        f"v1.{ID}.+1",
        f"v1.{ID}.1e3",
        f"v1.{ID}.١",
        f"v1.{ID}.1\n",
        f" v1.{ID}.1",
        f"v1.{ID}.1.2.3",
        f"v1.{'a' * 15}.1",
        f"v1.{'a' * 65}.1",
        "v1.approvals:*{}approvals.1",
        f"v1.{ID}é.1",
        f"v1.{ID}.9999999999",
    ],
)
def test_a_tampered_value_is_not_read(value: str) -> None:
    assert ids.read_value(value) is None
    assert ids.read_page(value) is None


@given(st.lists(cursors, max_size=3), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_trail_of_pages_is_read_as_it_was_written(trail: list[str], words: str) -> None:
    assert ids.read_trail(ids.write_trail(trail, words)) == ids.Trail(tuple(trail), words)


@given(
    st.lists(cursors, min_size=20, max_size=60), st.sampled_from(["", "mine", "\U0001f600" * (LONGEST // 4)])
)
def test_a_trail_too_long_for_a_button_forgets_its_oldest_pages(trail: list[str], words: str) -> None:
    value = ids.write_trail(trail, words)
    kept = ids.read_trail(value)

    assert len(value) <= 2_000
    assert kept is not None
    assert kept.filters == words
    assert trail[len(trail) - len(kept.cursors) :] == list(kept.cursors)


@pytest.mark.parametrize(
    "value",
    [None, "", "v2", "v1,", "v1,a,,b", "v1,a b", "v1," + "a" * 201, "v1,é", "v2,mine,a b", "v2,mine,"],
)
def test_a_tampered_trail_is_not_read(value: str | None) -> None:
    assert ids.read_trail(value) is None


@given(approval_ids, revisions, st.sampled_from(Verdict), st.text(max_size=20), st.text(max_size=20))
def test_a_forms_place_is_read_as_it_was_written(
    approval_id: str, revision: int, verdict: Verdict, channel: str, ts: str
) -> None:
    place = Place(approval_id, revision, verdict, channel, ts, (["a", 1], [["b"], None]))

    assert ids.read_place(ids.write_place(place)) == place


WRITTEN = ids.write_place(Place(ID, 1, Verdict.REJECT, "C0REFUNDS", "1.2"))


@pytest.mark.parametrize(
    "private",
    [
        None,
        "",
        "null",
        "[]",
        "{",
        "[" * 2_900,
        WRITTEN.replace("reject", "delete"),
        WRITTEN.replace('"revision": 1', '"revision": "1"'),
        WRITTEN.replace('"revision": 1', '"revision": -1'),
        WRITTEN.replace('"revision": 1', '"revision": true'),
        WRITTEN.replace(ID, "short"),
        WRITTEN.replace("{", '{"more": 1, '),
        WRITTEN + " " * 3_000,
    ],
)
def test_a_tampered_place_is_not_read(private: str | None) -> None:
    assert ids.read_place(private) is None


@given(st.text(max_size=60), st.text(max_size=20))
def test_the_start_form_remembers_graph_and_channel(graph: str, channel: str) -> None:
    assert ids.read_start(ids.write_start(graph, channel)) == (graph, channel)


@pytest.mark.parametrize(
    "private", [None, "", "{}", '{"graph": 1, "channel": "C"}', '{"graph": "g", "channel": "C", "x": 1}']
)
def test_a_tampered_start_is_not_read(private: str | None) -> None:
    assert ids.read_start(private) is None


def test_metadata_maps_a_message_to_its_thread() -> None:
    assert ids.metadata(approval()) == {
        "event_type": "approval_requested",
        "event_payload": {
            "approval_id": ID,
            "thread_id": "thread-1",
            "interrupt_id": "interrupt-1",
            "revision": 1,
        },
    }


def test_metadata_is_read_as_it_was_written() -> None:
    back = json.loads(json.dumps(ids.metadata(approval())))

    assert ids.read_metadata(back) == MetadataClaim(ID, "thread-1", "interrupt-1", 1)


@pytest.mark.parametrize(
    "found",
    [
        None,
        {},
        {"event_type": "approval_requested", "event_payload": {}},
        {"event_type": "approval_requested"},
        {**ids.metadata(approval()), "event_type": "other"},
        ids.result_metadata("thread-1"),
    ],
)
def test_other_metadata_claims_nothing(found: object) -> None:
    assert ids.read_metadata(found) is None


def test_every_change_of_an_approval_has_new_block_ids() -> None:
    made = approval(id="a" * 64, version=999_999_999)

    assert ids.block_id(made, "decide") != ids.block_id(replace(made, version=1), "decide")
    assert len(ids.block_id(made, "decide")) <= 255


def test_each_verdict_has_its_buttons() -> None:
    assert set(Verdict) == set(ids.VERDICTS.values())
    assert ids.VERDICTS["approvals.approve"] is Verdict.APPROVE
    assert Action.VIEW not in ids.VERDICTS
