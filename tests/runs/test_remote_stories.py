"""People in Slack decide for graphs on an Agent Server, and see exactly what the graph asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.simulator.card import Card
from tests.bot_process import free_port
from tests.office import ROOT, Bot, Company
from tests.runs.agent_front import Front
from tests.runs.agent_server import (
    AgentServer,
    agents,  # noqa: F401 (a fixture is used by its name)
    runs_elsewhere,
)
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
async def front(agents: AgentServer) -> AsyncIterator[Front]:  # noqa: F811 (pytest hands it in)
    """It lets in who has the key."""
    async with Front.open(agents.url) as front:
        front.needs = ("Authorization", KEY)
        yield front


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(
    agents: AgentServer,  # noqa: F811
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
        stale.append(card.snapshot())
        await asyncio.gather(ana.reply(card, f"Do step {number}"), ben.click("Revise", on=card))
        await ben.fill("Feedback", f"Do not do step {number}")
        seen = card
        card = await company.card(f"version {number}", channel=seen.channel)
        await ben.submit()
        await asyncio.gather(*(ben.click("Approve", on=old) for old in stale[-2:]))

        assert f"{number + 3}. Do step {number}" in card.text_shown
        assert f"{number + 4}. " not in card.text_shown
        assert f"+{number + 3}. Do step {number}" in card.text_shown
        assert card.metadata["event_payload"]["revision"] == number
        await ben.close(everything=True)
    await asyncio.gather(ana.click("Approve", on=card), ben.click("Approve", on=card.snapshot()))
    told = await company.told(card, f"Plan published, version {ROUNDS + 1}")

    assert f"{ROUNDS + 4}. Do step {ROUNDS + 1}" in told.text_shown
    cards = [message for message in company.slack.messages(card.channel) if message.blocks]
    assert len(cards) == ROUNDS + 1
    assert [message.buttons for message in cards] == [[]] * len(cards)
