"""LangChain's own agents: what runs is what was decided, call by call, and the model is told the rest."""

from __future__ import annotations

import json

import pytest

from tests.office import Company
from tests.story.agents.telling import delete, effects, mail, question, said, sent

BATCHED = pytest.mark.parametrize("graph", ["batched", "deep"])


@BATCHED
async def test_approve_runs_every_call_of_the_card(agency: Company, graph: str) -> None:
    ana = agency.slack.person("U0ANA")
    card = await agency.ask(graph, said(mail(f"yes@{graph}.com"), delete(f"yes@{graph}.txt")))
    assert (card.buttons, effects(agency, f"yes@{graph}")) == (["Approve", "Reject", "Decide one by one"], [])

    await ana.click("Approve", on=card)
    result = await agency.result(card)

    assert result.count("done: ") == 2
    did = sorted(effects(agency, f"yes@{graph}"), key=lambda one: str(one["did"]))
    assert did == [{"did": "delete", "path": f"yes@{graph}.txt"}, sent(f"yes@{graph}.com")]


@BATCHED
async def test_reject_runs_nothing_and_the_model_hears_why(agency: Company, graph: str) -> None:
    ana = agency.slack.person("U0ANA")
    card = await agency.ask(graph, said(mail(f"no@{graph}.com"), delete(f"no@{graph}.txt")))

    await ana.click("Reject", on=card)
    await ana.fill("Reason", "Not on a Friday")
    await ana.submit()
    result = await agency.result(card)

    assert result.count("with reason: Not on a Friday") == 2
    assert effects(agency, f"no@{graph}") == []


@BATCHED
async def test_each_call_of_a_card_is_decided_in_its_row_and_all_are_answered_once(
    agency: Company, graph: str
) -> None:
    ana, name = agency.slack.person("U0ANA"), f"rows@{graph}"
    calls = (mail(f"{name}.com"), delete(f"{name}.txt"), question(f"{name}?"), mail(f"{name}.org"))
    card = await agency.ask(graph, said(*calls))
    assert card.buttons == ["Decide one by one"]

    await ana.click("Decide one by one", on=card)
    await ana.choose("1. send_email › Decision", "edit")
    await ana.fill("1. send_email › Arguments", json.dumps({"to": f"new-{name}.com", "subject": "Hello"}))
    await ana.choose("2. delete_file › Decision", "reject")
    await ana.fill("2. delete_file › Message", "Keep it")
    await ana.choose("3. ask_user › Decision", "respond")
    await ana.fill("3. ask_user › Message", "Forty-two")
    await ana.choose("4. send_email › Decision", "approve")
    seen = await ana.submit()
    result = await agency.result(card)
    await agency.settled(card)

    assert seen.errors == {}
    told = {str(one["to"]) for one in effects(agency, name)}
    assert told == {f"new-{name}.com", f"{name}.org"}
    assert "with reason: Keep it" in result
    assert "Forty-two" in result
    assert "a human reviewer replaced this tool call" in result
    assert f"1. send_email › To: {name}.com → new-{name}.com" in card.text_shown
    assert "2. delete_file: rejected: Keep it" in card.text_shown
    assert "3. ask_user: answered instead: Forty-two" in card.text_shown
    trail = await agency.trail(card)
    assert [entry.fact for entry in trail] == ["asked", "voted", "decided", "sent", "applied"]
    assert trail[1].data["edits"] == [
        {
            "name": "send_email",
            "before": {"to": f"{name}.com", "subject": "Hello"},
            "after": {"to": f"new-{name}.com", "subject": "Hello"},
        }
    ]


async def test_a_card_does_not_say_the_call_twice(agency: Company) -> None:
    card = await agency.ask("batched", said(mail("once@example.com")))

    assert "Tool execution requires approval" in card.text_shown
    assert card.text_shown.count("once@example.com") == 1


async def test_a_subagent_asks_too_and_its_answer_reaches_it(agency: Company) -> None:
    ana = agency.slack.person("U0ANA")
    order = json.dumps([mail("sub@example.com")])
    card = await agency.ask("deep", said(("task", {"description": order, "subagent_type": "clerk"})))
    assert "Run send_email" in card.text_shown

    await ana.click("Approve", on=card)

    assert "sub@example.com" in await agency.result(card)
    assert effects(agency, "sub@example.com") == [sent("sub@example.com")]
