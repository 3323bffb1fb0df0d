"""Any payload becomes a title, fields and a body, and nothing of it is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import JSON
from bot.core.payload import Content, content, label, plain, result_sentence
from tests.blocks.samples import request

keys = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=12)
leaves = st.one_of(words, st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False))
values = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner), st.dictionaries(keys, inner)), max_leaves=8
)
batches = st.builds(
    lambda args, more, beside: {
        "action_requests": [{"name": "tool", "args": args, "description": "why", **more}] * 2,
        "review_configs": [{"allowed_decisions": ["approve"]}] * 2,
        **beside,
    },
    st.dictionaries(keys, leaves),
    st.dictionaries(keys, leaves),
    st.dictionaries(keys, leaves),
)
calls = st.builds(
    lambda args, more: {
        **more,
        "type": "tool_approval",
        "name": "tool",
        "args": args,
        "tool_call_id": "call",
    },
    st.dictionaries(keys, leaves),
    st.dictionaries(keys, leaves),
)
inboxes = st.builds(
    lambda args, more: {**more, "action_request": {"action": "tool", "args": args, **more}, "config": {}},
    st.dictionaries(keys, leaves),
    st.dictionaries(keys, leaves),
)
diffs = st.one_of(
    leaves, values, st.fixed_dictionaries({"before": leaves, "after": st.one_of(leaves, values)})
)
attachments = st.lists(
    st.one_of(leaves, st.fixed_dictionaries({"url": leaves}, optional={"title": leaves, "more": leaves}))
)
rows = st.lists(st.fixed_dictionaries({"sku": leaves, "pieces": leaves, "Price": leaves}), max_size=4)
conventions = st.fixed_dictionaries(
    {},
    optional={
        "title": leaves,
        "summary": leaves,
        "body": leaves,
        "fields": values,
        "amount": leaves,
        "diff": diffs,
        "attachments": attachments,
        "risk": leaves,
        "rows": rows,
    },
)

# How a request is answered is not part of what is approved.
PROTOCOL = {"review_configs", "config", "tool_call_id", "type"}


@settings(max_examples=200, deadline=None)
@given(st.one_of(values, conventions, rows, batches, calls, inboxes))
def test_every_value_of_a_payload_is_in_its_content(payload: JSON) -> None:
    told = _all(content(request(payload)))

    assert [leaf for leaf in _leaves(payload) if leaf not in told] == []


def _leaves(payload: JSON) -> Iterator[str]:
    if isinstance(payload, Mapping):
        for key, value in payload.items():
            if key not in PROTOCOL:
                yield from _leaves(value)
    elif isinstance(payload, list | tuple):
        for value in payload:
            yield from _leaves(value)
    elif isinstance(payload, str):
        yield payload
    else:
        yield plain(payload)


def _all(told: Content) -> str:
    pairs = (piece for pair in (*told.fields, *told.attachments) for piece in pair)
    pieces = [told.title, told.summary, told.body, told.diff, *pairs]
    whole = "\n".join(pieces)
    # Inside nested values text is written as JSON, with its quotes escaped.
    return whole + whole.replace('\\"', '"').replace("\\\\", "\\")


def test_the_convention_gives_title_summary_fields_and_body() -> None:
    told = content(
        request(
            {
                "title": "Refund $5",
                "summary": "Broken.",
                "fields": {"Order": 7},
                "body": "a\nb",
                "amount_cents": 500,
            }
        )
    )

    assert told == Content("Refund $5", "Broken.", (("Order", "7"), ("Amount cents", "500")), "a\nb")


def test_a_title_that_is_no_text_is_shown_as_a_field() -> None:
    told = content(request({"title": 7, "summary": " "}))

    assert told == Content("refund asks for a decision", fields=(("Title", "7"), ("Summary", " ")))


def test_a_sentence_is_the_title() -> None:
    assert content(request("Deploy 42?")) == Content("Deploy 42?")


def test_the_lines_after_a_sentence_are_the_body() -> None:
    assert content(request("Deploy 42?\n\none\ntwo")) == Content("Deploy 42?", body="one\ntwo")


def test_a_long_sentence_is_the_body() -> None:
    assert content(request("word " * 60)) == Content("refund asks for a decision", body="word " * 60)


@pytest.mark.parametrize(
    ("payload", "body"), [(None, "null"), (7, "7"), ([1], "[\n  1\n]"), ("", '""'), ("  ", '"  "')]
)
def test_anything_else_is_shown_as_json(payload: JSON, body: str) -> None:
    assert content(request(payload)) == Content("refund asks for a decision", body=body)


def test_tools_of_a_batch_are_told_one_by_one_with_their_descriptions() -> None:
    told = content(
        request(
            {
                "action_requests": [
                    {"name": "mail", "args": {"to": "ada"}, "description": "Writes to Ada."},
                    {"name": "pay", "args": {"amount": 5}},
                ],
                "review_configs": [{"allowed_decisions": ["approve"]}, {"allowed_decisions": ["approve"]}],
                "note": "both or none",
            }
        )
    )

    assert told.title == "Run 2 tools: mail, pay"
    assert told.fields == (
        ("1. mail", 'Writes to Ada.\n{\n  "to": "ada"\n}'),
        ("2. pay", '{\n  "amount": 5\n}'),
        ("Note", "both or none"),
    )


def test_one_tool_is_told_with_its_arguments_as_fields() -> None:
    told = content(
        request(
            {
                "type": "tool_approval",
                "name": "pay",
                "args": {"amount": 5},
                "tool_call_id": "c1",
                "risk": "high",
            }
        )
    )

    assert told == Content("Run pay", fields=(("amount", "5"), ("Risk", "high")))


def test_an_inbox_request_is_told_with_its_description() -> None:
    told = content(
        request(
            [
                {
                    "action_request": {"action": "pay", "args": {"amount": 5}},
                    "config": {},
                    "description": "Pays.",
                }
            ]
        )
    )

    assert told == Content("Run pay", "Pays.", (("amount", "5"),))


@pytest.mark.parametrize(
    ("key", "shown"), [("amount_cents", "Amount cents"), ("URL", "URL"), ("_", "_"), ("", ""), ("x", "X")]
)
def test_a_key_becomes_a_label(key: str, shown: str) -> None:
    assert label(key) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "none"), (True, "yes"), (False, "no"), (7, "7"), ("a", "a"), ([1], "[\n  1\n]")],
)
def test_a_value_is_written_as_a_person_would(value: JSON, shown: str) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ({"result": "Refund issued"}, "Refund issued"),
        ({"result": " ", "answer": "42"}, "42"),
        ({"messages": [{"content": "old"}, {"content": "Done."}]}, "Done."),
        ({"messages": [{"role": "ai"}]}, '{\n  "role": "ai"\n}'),
        ("Done.", "Done."),
        ({"paid": 5}, '{\n  "paid": 5\n}'),
        (None, "The run ended without a result."),
        ({}, "The run ended without a result."),
    ],
)
def test_a_run_says_its_result_in_a_sentence(output: JSON, sentence: str) -> None:
    assert result_sentence(output) == sentence
