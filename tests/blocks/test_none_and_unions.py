"""A form that can say "none", values of several types, and times without a zone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, NaiveDatetime, TypeAdapter

from bot.blocks.answer_form import Given, answer_form, read_answer
from bot.blocks.answers import lines
from bot.blocks.boxes import value
from bot.blocks.form import assembled, typed
from bot.blocks.ids import read_place
from bot.blocks.questions import Question, questions
from bot.blocks.shapes import Asks
from bot.core.model import Approval, Decision, State, Verdict
from bot.core.schema import misfits
from tests.blocks import judge
from tests.blocks.samples import NOW
from tests.blocks.test_answer_form import asked

HOME: dict[str, Any] = {
    "type": "object",
    "required": ["street"],
    "properties": {"street": {"type": "string"}, "no": {"type": "integer", "default": 1}},
}
NONE: dict[str, Any] = {"type": "null"}
MAYBE: dict[str, Any] = {"anyOf": [HOME, NONE]}


def about(schema: dict[str, Any], **boxes: str) -> tuple[Any, dict[str, str]]:
    """What the form comes to when these boxes are filled in (`home_there="null"`), and its errors."""
    form = questions(schema)
    ids = {
        one.block_id.removeprefix("input").lstrip(".").replace("?", "there"): one for one in form.questions
    }
    values = {
        ids[name.replace("_", ".")].block_id: _filled(ids[name.replace("_", ".")], text)
        for name, text in boxes.items()
    }
    found = typed(form.questions, values, [])
    return assembled(form, found.values), dict(found.errors)


def _filled(question: Question, text: str) -> dict[str, Any]:
    if question.asks is Asks.CHOICE:
        return {"value": {"selected_option": {"value": text}}}
    return {"value": {"value": text}}


def test_an_object_that_is_all_there_is_can_be_none_whatever_stands_in_its_boxes() -> None:
    none, errors = about(MAYBE, there="null", street="typed before", no="7")

    assert (none, errors) == (None, {})
    assert misfits(MAYBE, none) == ()


def test_an_object_that_is_to_be_there_needs_what_it_needs() -> None:
    given, _ = about(MAYBE, there='"given"', street="Main Street")
    empty, _ = about(MAYBE, there='"given"')
    unchosen, _ = about(MAYBE)

    assert given == {"street": "Main Street"}
    assert empty == unchosen == {}
    assert misfits(MAYBE, empty) != ()


@pytest.mark.parametrize("required", [[], ["home"]])
def test_an_object_with_a_default_can_be_none(required: list[str]) -> None:
    home = {**MAYBE, "default": {"street": "Main Street", "no": 3}}
    schema = {"type": "object", "properties": {"home": home}, "required": required}

    assert about(schema, home_there="null", home_street="Main Street", home_no="3") == ({"home": None}, {})
    assert about(schema, home_there='"given"', home_street="Side Street")[0] == {
        "home": {"street": "Side Street"}
    }


def test_an_object_that_is_not_there_has_nothing_in_it() -> None:
    inner = {**MAYBE, "default": {"street": "Main Street"}}
    outer: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}, "home": inner}}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"who": {"anyOf": [outer, NONE], "default": {"home": {"street": "Main Street"}}}},
        "required": ["who"],
    }

    none, errors = about(schema, who_there="null", who_home_there='"given"', who_home_street="Main Street")

    assert (none, errors) == ({"who": None}, {})


def test_a_none_that_was_refused_is_chosen_again_and_never_becomes_the_default() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"home": {**MAYBE, "default": {"street": "Main Street"}}},
    }

    asked_again = questions(schema, {"home": None}).questions
    missing = typed(asked_again, {}, []).errors

    assert [one.default for one in asked_again] == [None, None, None]
    assert missing == {"input.home.?": "Please fill this in."}


def test_an_object_that_must_be_there_offers_no_none() -> None:
    for schema in (HOME, {**HOME, "default": {"street": "Main Street"}}):
        assert [one.path for one in questions(schema).questions] == [("street",), ("no",)]


def test_a_property_with_the_name_of_that_question_is_asked_as_json() -> None:
    odd: dict[str, Any] = {"type": "object", "properties": {"?": {"type": "string"}}}

    [whole] = questions({"anyOf": [odd, NONE]}).questions

    assert whole.asks is Asks.JSON


def test_none_stands_on_the_card() -> None:
    home = {**MAYBE, "default": {"street": "Main Street"}}
    approval = asked({"type": "object", "properties": {"home": home, "n": {"type": "integer"}}})

    told = [(one.label, one.after) for one in lines(approval.request, {"home": None, "n": 3})]

    assert told == [("Home", "none"), ("N", "3")]


@pytest.mark.parametrize(
    ("union", "told"),
    [
        ([{"type": "integer"}, {"type": "string"}], 'Either a whole number, or text in quotes, as "this".'),
        ([{"type": "boolean"}, {"type": "number"}, NONE], "Either true or false, or a number, or null."),
        ([{"const": "all"}, {"type": "integer"}], 'Either "all", or a whole number.'),
        ([HOME, {"type": "array"}], 'Either {"street": ...}, or a list, as [1, 2].'),
        ([{"type": "integer"}, {}], ""),
        ([{"const": number} for number in range(9)], ""),
    ],
)
def test_the_types_of_a_union_are_told(union: list[Any], told: str) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"it": {"anyOf": union}}, "required": ["it"]}

    [question] = questions(schema).questions

    assert question.asks is Asks.JSON
    assert question.hint == f"As JSON. {told}".strip()


def test_several_types_in_one_word_are_told_too() -> None:
    [question] = questions({"type": ["integer", "string"]}).questions

    assert question.hint == 'As JSON. Either a whole number, or text in quotes, as "this".'


class Meeting(BaseModel):
    at: NaiveDatetime


def refused(previous_answer: Any) -> Approval:
    """What the graph would not take, with the words of Pydantic."""
    reason = "The graph refused this answer: at: Input should not have timezone info"
    decision = Decision(Verdict.ANSWER, ("U0ANA",), NOW, previous_answer)
    before = asked(Meeting.model_json_schema())
    return replace(before, state=State.SUPERSEDED, decision=decision, closed_why=reason)


def answered(approval: Approval, typed_in: str, previous: Approval | None) -> Given:
    view: Any = answer_form(approval, channel="C0REFUNDS", message_ts="1.2", previous=previous)
    judge.view(view)
    boxes = [block for block in view["blocks"] if block["type"] == "input"]
    values = {block["block_id"]: {"value": {"value": typed_in}} for block in boxes}
    place = read_place(view["private_metadata"])
    assert place is not None
    return read_answer(approval, place, list(values), values, list(values), previous)


@pytest.mark.parametrize("written", ["2026-11-21 14:00", "2026-11-21T14:00:00", "20261121T14:00:00"])
def test_a_time_that_was_refused_with_a_zone_is_written_without_one(written: str) -> None:
    schema = Meeting.model_json_schema()
    before = refused({"at": "2026-11-21T13:00:00Z"})

    given = answered(asked(schema), written, before)

    assert given.answer == {"at": "2026-11-21T14:00:00"}
    assert TypeAdapter(Meeting).validate_python(given.answer).at.tzinfo is None


def test_a_time_whose_default_has_no_zone_is_written_from_the_start() -> None:
    schema: dict[str, Any] = {"type": "string", "format": "date-time", "default": "2026-11-21T14:00:00"}

    [question] = questions(schema).questions

    assert question.asks is Asks.LOCAL
    assert questions({**schema, "default": "2026-11-21T14:00:00Z"}).questions[0].asks is Asks.MOMENT
    assert questions({"type": "string", "format": "local-date-time"}).questions[0].asks is Asks.LOCAL


@pytest.mark.parametrize("odd", ["tomorrow", "2026-11-21", "14:00", "2026-13-01 14:00", "2026-11-21 25:00"])
def test_what_is_no_day_and_time_is_told(odd: str) -> None:
    with pytest.raises(ValueError, match="a day and a time"):
        value(Question((), Asks.LOCAL, "At"), {"value": {"value": odd}})


def test_a_zone_that_somebody_writes_is_kept() -> None:
    written = value(Question((), Asks.LOCAL, "At"), {"value": {"value": "2026-11-21 14:00+01:00"}})

    assert written == "2026-11-21T14:00:00+01:00"
