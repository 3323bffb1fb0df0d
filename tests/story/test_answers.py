"""What a graph is given: the shape it asked for, and never a yes that was a no."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.office import Company

TOOL = {"name": "send_email", "args": {"to": "ann@example.com"}, "description": "Sends an e-mail."}
BATCH = {
    "action_requests": [TOOL, TOOL | {"name": "delete_file"}],
    "review_configs": [
        {"action_name": "send_email", "allowed_decisions": ["approve", "edit", "reject"]},
        {"action_name": "delete_file", "allowed_decisions": ["approve", "reject"]},
    ],
}
INBOX = {
    "action_request": {"action": "send_email", "args": {"to": "ann@example.com"}},
    "config": {
        "allow_ignore": True,
        "allow_respond": True,
        "allow_edit": False,
        "allow_accept": True,
    },
    "description": "Sends an e-mail.",
}


def given(answer: Any) -> str:
    return f"The graph was given {json.dumps(answer, sort_keys=True)}"


@pytest.mark.parametrize(
    ("payload", "title", "answer"),
    [
        (BATCH, "Run 2 tools", {"decisions": [{"type": "approve"}, {"type": "approve"}]}),
        (INBOX, "Run send_email", [{"type": "accept", "args": None}]),
        ([INBOX], "Run send_email", [{"type": "accept", "args": None}]),
        ({"something": "else"}, "show asks for a decision", True),
        ("Shall I?", "Shall I?", True),
    ],
    ids=["langchain", "inbox", "inbox in a list", "unknown", "text"],
)
async def test_approve_gives_the_graph_the_answer_of_its_protocol(
    company: Company, payload: Any, title: str, answer: Any
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": payload})
    assert title in card.text_shown

    await ana.click("Approve", on=card)

    assert await company.result(card) == given(answer)


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        (BATCH, {"decisions": [{"type": "reject", "message": "No"}, {"type": "reject", "message": "No"}]}),
        (INBOX, [{"type": "ignore", "args": None}]),
        ({"something": "else"}, False),
    ],
    ids=["langchain", "inbox", "unknown"],
)
async def test_reject_gives_the_graph_a_no_of_its_protocol(
    company: Company, payload: Any, answer: Any
) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": payload})

    await ana.click("Reject", on=card)
    await ana.fill("Reason", "No")
    await ana.submit()

    assert await company.result(card) == given(answer)


async def test_an_unknown_question_offers_yes_and_no_and_says_why_no_more(company: Company) -> None:
    card = await company.ask("show", {"payload": {"something": "else"}})

    assert card.buttons == ["Approve", "Reject"]
    assert "Revise is missing because this graph does not say how it wants to be answered" in card.text_shown


async def test_the_inbox_protocol_takes_feedback_as_a_response(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show", {"payload": INBOX})

    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "Write it in French")
    await ana.submit()

    assert await company.result(card) == given([{"type": "response", "args": "Write it in French"}])


async def test_a_graph_that_takes_text_gets_the_words_themselves(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show_text", {"payload": {"title": "Write a poem"}})

    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "It should rhyme")
    await ana.submit()

    assert await company.result(card) == given("It should rhyme")


@pytest.mark.parametrize("words", ["approve", " Yes! ", "OK", "rejected"])
async def test_feedback_that_reads_as_a_decision_is_refused(company: Company, words: str) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show_text", {"payload": {"title": "Write a poem"}})

    await ana.click("Revise", on=card)
    await ana.fill("Feedback", words)
    await ana.submit()
    assert ana.modal is not None
    error = ana.modal.errors["Feedback"]
    await ana.close()

    assert "could be read as a decision" in error
    assert await company.facts(card) == ["asked"]


async def test_a_reply_that_reads_as_a_decision_is_refused(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.ask("show_text", {"payload": {"title": "Write a poem"}})

    await ana.reply(card, "approve")
    await company.noted(ana, "could be read as a decision", card)

    assert card.buttons == ["Approve", "Reject", "Revise"]
    assert await company.facts(card) == ["asked"]
