"""People in Slack decide for graphs on an Agent Server, and see exactly what the graph asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.simulator.card import Card
from tests.bot_process import free_port
from tests.office import ROOT, Company
from tests.runs.agent_front import Front
from tests.runs.agent_server import AgentServer, asks_elsewhere
from tests.story.conftest import open_company

pytestmark = [pytest.mark.processes, pytest.mark.asyncio(loop_scope="session")]

KEY = "Bearer a-key-for-agents"
ROUNDS = 10

POLICIES = """
[graphs.plan_review]                # langgraph.json has it too: with a url, it runs there
url = "{front}"
answer = "decision"
auth_env = "AGENT_KEY"
auth_header = "Authorization"

[graphs.far_refund]
url = "{server}"
assistant = "refund"
answer = "boolean"

[graphs.far_risky]
url = "{server}"
assistant = "risky_action"

[graphs.adopted]
url = "{server}"
assistant = "plan_review"
answer = "decision"
channel = "C0PLANS"
adopt = {{ approvals = "yes" }}

[graphs.nowhere]
url = "http://127.0.0.1:{nobody}"
answer = "boolean"
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def front(agents: AgentServer) -> AsyncIterator[Front]:
    """It lets in who has the key."""
    async with Front.open(agents.url) as front:
        front.needs = ("Authorization", KEY)
        yield front


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(
    agents: AgentServer,
    front: Front,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Company]:
    folder = tmp_path_factory.mktemp("far")
    policies = POLICIES.format(front=front.url, server=agents.url, nobody=free_port())
    (folder / "approvals.toml").write_text(policies)
    environ = {
        "APPROVALS_CONFIG": str(folder / "approvals.toml"),
        "LANGGRAPH_CONFIG": str(ROOT / "langgraph.json"),
        "PAYMENTS_DB": str(agents.payments),
        "AGENT_KEY": KEY,
    }
    async with open_company(folder, **environ) as company:
        yield company


async def test_ten_rounds_each_card_shows_exactly_the_new_plan(company: Company) -> None:
    """The report that this project began with: on the server, the next question showed the previous plan."""
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.plan("a launch")
    stale: list[Card] = []

    for number in range(2, ROUNDS + 2):
        seen = card
        stale.append(seen.snapshot())
        await ben.click("Revise", on=seen)
        await ben.fill("Feedback", f"Do not do step {number}")
        await ana.reply(seen, f"Do step {number}")
        card = await company.card(f"version {number}", channel=seen.channel)
        await ben.submit()
        await ben.close(everything=True)
        await asyncio.gather(*(ben.click("Approve", on=old) for old in stale[-2:]))

        assert f"{number + 3}. Do step {number}" in card.text_shown
        assert f"{number + 4}. " not in card.text_shown
        assert f"+{number + 3}. Do step {number}" in card.text_shown
        assert card.metadata["event_payload"]["revision"] == number
    await asyncio.gather(ana.click("Approve", on=card), ben.click("Approve", on=card.snapshot()))
    told = await company.told(card, f"Plan published, version {ROUNDS + 1}")

    assert f"{ROUNDS + 4}. Do step {ROUNDS + 1}" in told.text_shown
    cards = [message for message in company.slack.messages(card.channel) if message.blocks]
    assert len(cards) == ROUNDS + 1
    assert [message.buttons for message in cards] == [[]] * len(cards)


async def test_one_refund_for_a_double_click_and_none_for_a_reject(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    yes, no = await asyncio.gather(
        company.refund("far-yes", graph="far_refund"), company.refund("far-no", graph="far_refund")
    )
    old = yes.snapshot()

    await asyncio.gather(ana.click("Approve", on=old), ana.click("Approve", on=old))
    await ben.click("Reject", on=no)
    await ben.submit()
    await asyncio.gather(company.told(yes, "$500.00"), company.told(no, "nothing was paid"))
    await ben.click("Approve", on=old)

    assert (company.refunds("far-yes"), company.refunds("far-no")) == (1, 0)
    assert await company.facts(yes) == ["asked", "voted", "decided", "sent", "applied"]


async def test_two_questions_at_once_are_answered_one_by_one(company: Company) -> None:
    ana, channel = company.slack.person("U0ANA"), await company.room()
    await company.start("far_risky", {"service": "search", "risk": "high"}, channel=channel)
    rotate = await company.card("Rotate the API keys", channel=channel)
    drop = await company.card("Drop the database index", channel=channel)

    await ana.click("Approve", on=rotate)
    await company.settled(rotate)
    before = drop.snapshot()
    await ana.click("Reject", on=drop)
    await ana.submit()
    told = await company.told(drop, "Rotate the API keys of search: done")

    assert before.buttons == ["Approve", "Reject"]
    assert "Drop the database index of search: not done" in told.text_shown


async def test_an_answer_whose_receipt_is_lost_is_not_given_twice(company: Company, front: Front) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.plan("a lost receipt")

    front.loses = 1
    await ana.click("Approve", on=card)
    await company.told(card, "Plan published, version 1")

    assert front.loses == 0
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


async def test_a_server_that_is_away_loses_nothing_and_fails_nothing(
    company: Company, agents: AgentServer
) -> None:
    ana = company.slack.person("U0ANA")
    card, later = await company.refund("far-away", graph="far_refund"), await company.room()

    await agents.stop()
    await ana.click("Approve", on=card)
    await company.closed(card, "Approved by @Ana")
    await company.start("far_refund", REFUND, channel=later)
    await company.bot.until_logged("Agent Server cannot be used", '"graph": "far_refund"')
    meanwhile = await company.approval(card)
    await agents.start()
    await company.told(card, "issued", within=30)
    asked = await company.card("Refund $1.00", channel=later, within=30)

    assert meanwhile["state"] == "decided"
    assert asked.buttons == ["Approve", "Reject"]
    assert company.refunds("far-away") == 1
    assert await company.facts(card) == ["asked", "voted", "decided", "sent", "applied"]


REFUND = {"order_id": "far-later", "amount_cents": 100, "customer": "ada@example.com"}


async def test_a_thread_started_elsewhere_gets_its_cards_and_its_requester_may_not_approve(
    company: Company, agents: AgentServer
) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    async with agents.client() as other:
        await asks_elsewhere(other, "plan_review", "a private party", {"approvals": "no"})
        thread = await asks_elsewhere(
            other, "plan_review", "an open day", {"approvals": "yes", "requester": "U0ANA"}
        )
        card = await company.card("an open day", channel="C0PLANS")
        await ana.click("Approve", on=card)
        await company.noted(ana, "asked for this", card)
        await ben.click("Approve", on=card)
        await company.told(card, "Plan published")
        ended = await other.threads.get_state(thread)
        await other.runs.wait(thread, "plan_review", input={"goal": "another open day"})
        again = await company.card("another open day", channel="C0PLANS")
        await ben.click("Approve", on=again)
        await company.told(again, "Plan published")

    assert "Plan published" in ended["values"]["result"]  # type: ignore[call-overload]
    assert not any("private party" in message.text_shown for message in company.slack.messages("C0PLANS"))


async def test_a_webhook_wakes_the_bot_and_tells_it_nothing(company: Company, agents: AgentServer) -> None:
    async with agents.client() as other:
        thread = await asks_elsewhere(other, "plan_review", "a picnic", {"approvals": "yes"})

    status, answer = await company.post("/langgraph/webhook", {"thread_id": thread, "values": {"goal": "x"}})
    stranger, _ = await company.post("/langgraph/webhook", {"thread_id": thread}, Authorization="Bearer no")
    wrong, _ = await company.post("/langgraph/webhook", {"thread_id": "not-a-uuid"})

    assert (status, answer) == (202, {"thread_id": thread})
    assert (stranger, wrong) == (401, 400)
    assert (await company.card("a picnic", channel="C0PLANS")).buttons == ["Approve", "Reject", "Revise"]


async def test_the_doctor_and_the_health_address_say_which_server_is_away(company: Company) -> None:
    code, said = await company.run("doctor")
    _, health = await company.get("/readyz")

    assert code == 1
    assert "ok       Graph far_refund runs on the Agent Server at" in said
    assert "ERROR    Graph nowhere cannot run: the Agent Server at" in said
    assert KEY not in said + json.dumps(health)
    assert KEY not in company.bot.log.read_text()
