"""A wrong answer never poisons a thread: it is refused before the graph sees it, and a right one then works.

The wrong ones are no slips of a person but requests made up by hand: forms that were never shown, with
values that no box could hold, and buttons that are not on the card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from bot.simulator.card import Card
from tests.office import Company
from tests.story.agents.telling import delete, mail, said
from tests.story.test_answers import given

numbers = count()


@dataclass(frozen=True)
class Form:
    """A form that is sent off without having been opened."""

    name: str
    values: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Press:
    """A button that is not on the card."""

    action: str


@dataclass(frozen=True)
class Shape:
    """One way to be answered: what to ask, what it must never be given, and what it is given in the end."""

    graph: str
    input: Mapping[str, Any]
    wrong: tuple[Form | Press, ...]
    button: str
    result: str


def answers(*texts: Any) -> tuple[Form, ...]:
    """Forms whose whole answer is this JSON, or this text that is none."""
    typed = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    boxes = [{"input": {"value": {"type": "plain_text_input", "value": text}}} for text in typed]
    return tuple(Form("answer", box) for box in boxes)


def feedback(*texts: str) -> tuple[Form, ...]:
    """Forms of Revise with these words."""
    boxes = [{"words": {"words": {"type": "plain_text_input", "value": text}}} for text in texts]
    return tuple(Form("revise", box) for box in boxes)


def presses(*actions: str) -> tuple[Press, ...]:
    return tuple(Press(f"approvals.{action}") for action in actions)


YES, NO = {"decision": "approve"}, {"decision": "reject"}
TWO_CALLS = said(mail("wrong@batch.com"), delete("wrong.txt"))
QUESTION: Mapping[str, Any] = {"payload": {"title": "Go on?"}}
BOTH = ["accept", "ignore"]

# For a question that is decided in rows, whatever its protocol: too few, too many, not allowed, malformed,
# and the protocol's own shape, which no form makes.
ROWS = answers(
    {},
    [],
    "approve",
    True,
    None,
    "{not json",
    {"1": YES},
    {"1": YES, "2": YES, "3": YES},
    {"1": YES, "2": {"decision": "launch"}},
    {"1": YES, "2": {"decision": "edit", "args": {}}},
    {"1": YES, "2": {"decision": "edit", "args": "all"}},
    {"1": YES, "2": {"decision": ["approve"]}},
    {"1": YES, "2": {"type": "approve"}},
    {"1": YES, "2": YES | {"extra": True}},
    {"1": YES, "2": YES | {"message": "words that nobody would get"}},
    {"decisions": [{"type": "approve"}, {"type": "approve"}]},
    [{"type": "accept", "args": None}, {"type": "accept", "args": None}],
)

SHAPES = {
    "schema": Shape(
        "typed",
        {"kind": "booking"},
        (
            *answers({}, [], "2", None, {"seats": "2"}, {"seats": 2.5}, {"seats": 2, "window": "maybe"}),
            *feedback("2"),
            *presses("approve", "reject", "revise", "choose_1"),
        ),
        "Answer",
        "{'seats': 2}",
    ),
    "boolean schema": Shape(
        "typed",
        {"kind": "yes"},
        (*answers(True, "yes", 1), *feedback("yes"), *presses("revise", "answer", "choose_1")),
        "Approve",
        "True",
    ),
    "boolean": Shape(
        "boolean",
        QUESTION,
        (*answers(True, "yes"), *feedback("yes"), *presses("revise", "answer", "choose_1")),
        "Approve",
        given(True),
    ),
    "guessed": Shape(
        "show",
        QUESTION,
        (*answers(True), *feedback("yes"), *presses("revise", "answer")),
        "Approve",
        given(True),
    ),
    "decision": Shape(
        "decision",
        QUESTION,
        (*answers({"decision": "approve"}, True), *feedback("", " \n "), *presses("answer", "choose_1")),
        "Approve",
        '"approved": true',
    ),
    "text": Shape(
        "text",
        QUESTION,
        (*answers("approve"), *feedback("", "approve", "Yes!", " ok ", "reject"), *presses("answer")),
        "Approve",
        given("approve"),
    ),
    "langchain, batched": Shape(
        "batched",
        TWO_CALLS,
        (
            *ROWS,
            *answers({"1": {"decision": "respond"}, "2": NO}, {"1": YES | {"args": {"to": "eve"}}, "2": NO}),
            *answers({"1": {"decision": "edit", "args": ["to"]}, "2": NO}),
            *feedback("yes"),
            *presses("revise", "choose_1"),
        ),
        "Reject",
        "User rejected the tool call for `delete_file`",
    ),
    "langchain, per call": Shape(
        "per_call",
        said(mail("wrong@percall.com")),
        (
            *answers({}, "approve", {"1": {}}, {"type": "approve"}, {"1": YES, "2": YES}),
            *answers({"1": {"decision": "launch"}}, {"1": {"decision": "respond"}}),
            *answers({"1": {"decision": "edit"}}, {"1": {"decision": "edit", "args": {"to": 5}}}),
            *answers({"1": {"decision": "edit", "args": {"subject": "nobody gets it"}}}),
            *answers({"1": {"decision": "edit", "name": "delete_file", "args": {"path": "/"}}}),
            *feedback("yes"),
            *presses("revise", "choose_1"),
        ),
        "Reject",
        "User rejected the tool call for `send_email`",
    ),
    "inbox": Shape(
        "inbox",
        {"actions": [("send", {"to": "ann"}, BOTH)], "listed": False},
        (
            *answers({"args": {"to": "eve"}}, [{"type": "accept", "args": None}]),
            *feedback("yes"),
            *presses("revise", "answer", "choose_1"),
        ),
        "Approve",
        'send with {"to": "ann"}',
    ),
    "inbox, several": Shape(
        "inbox",
        {"actions": [("send", {"to": "ann"}, BOTH), ("pay", {"to": "ben"}, BOTH)], "listed": True},
        (*ROWS, *feedback("yes"), *presses("revise", "choose_1")),
        "Approve",
        'send with {"to": "ann"}\npay with {"to": "ben"}',
    ),
}


@pytest.mark.parametrize("name", SHAPES)
async def test_a_wrong_answer_is_refused_and_a_right_one_then_works(agency: Company, name: str) -> None:
    shape, ana = SHAPES[name], agency.slack.person("U0ANA")
    card = await agency.ask(shape.graph, shape.input)
    buttons = card.buttons

    for wrong in shape.wrong:
        assert await deliver(agency, card, wrong) == 200, wrong
        facts = await agency.facts(card)
        assert set(facts) <= {"asked", "refused"}, wrong
    assert card.buttons == buttons
    await ana.click(shape.button, on=card)
    if ana.modal:
        if shape.button == "Answer":
            await ana.fill("Seats", "2")
        await ana.submit()

    assert shape.result in await agency.result(card)
    await agency.settled(card)
    facts = await agency.facts(card)
    assert [fact for fact in facts if fact != "refused"] == ["asked", "voted", "decided", "sent", "applied"]


@pytest.mark.parametrize(
    ("name", "good", "result"),
    [
        ("schema", {"seats": 2}, "{'seats': 2}"),
        ("langchain, batched", {"1": NO, "2": NO}, "User rejected the tool call for `delete_file`"),
        ("langchain, per call", {"1": NO}, "User rejected the tool call for `send_email`"),
        ("inbox, several", {"1": NO, "2": YES}, 'send ignored\npay with {"to": "ben"}'),
    ],
)
async def test_the_same_request_with_a_right_answer_is_taken(
    agency: Company, name: str, good: Any, result: str
) -> None:
    """Nothing else is wrong with the requests above than their answers."""
    card = await agency.ask(SHAPES[name].graph, SHAPES[name].input)

    (form,) = answers(good)
    await deliver(agency, card, form)

    assert result in await agency.result(card)


async def deliver(agency: Company, card: Card, wrong: Form | Press) -> int:
    """Bring a made-up request of Ana's, signed, to the bot; returns the HTTP status."""
    payload = await agency.slack.person("U0ANA").click_payload(card.buttons[0], on=card)
    if isinstance(wrong, Press):
        payload["actions"][0]["action_id"] = wrong.action
    else:
        payload = submission(payload, card, wrong)
    answer = await agency.slack.deliver("interaction", payload)
    return int(answer["status"])


def submission(press: Mapping[str, Any], card: Card, form: Form) -> dict[str, Any]:
    """A form as Slack sends it off: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    known = card.metadata["event_payload"]
    place = {
        "approval_id": known["approval_id"],
        "revision": known["revision"],
        "verdict": form.name,
        "channel": card.channel,
        "message_ts": card.ts,
    }
    view = {
        "id": f"V0FORGED{next(numbers):04}",
        "type": "modal",
        "callback_id": f"approvals.form.{form.name}",
        "private_metadata": json.dumps(place),
        "state": {"values": form.values},
        "blocks": [{"type": "input", "block_id": block, "element": {}} for block in form.values],
    }
    kept = {key: press[key] for key in ("user", "team", "api_app_id", "token", "trigger_id")}
    return {**kept, "type": "view_submission", "view": view}
