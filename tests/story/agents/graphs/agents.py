"""Agents of LangChain and deepagents, as their authors write them: nothing here knows of any bot."""

from __future__ import annotations

from typing import Any

from deepagents import SubAgent, create_deep_agent
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.agents.middleware.human_in_the_loop import InterruptOnConfig

from tests.story.agents.graphs.scripted import TOOLS, Obedient

ASKED_ABOUT: dict[str, bool | InterruptOnConfig] = {
    "send_email": True,
    "delete_file": {"allowed_decisions": ["approve", "reject"]},
    "ask_user": {"allowed_decisions": ["respond"]},
}
CLERK = SubAgent(name="clerk", description="Does as told.", system_prompt="Do as told.", tools=TOOLS)

batched: Any = create_agent(
    Obedient(), TOOLS, middleware=[HumanInTheLoopMiddleware(interrupt_on=ASKED_ABOUT)]
)
per_call: Any = create_agent(
    Obedient(),
    TOOLS,
    middleware=[HumanInTheLoopMiddleware(interrupt_on=ASKED_ABOUT, interrupt_mode="per_call")],
)
deep: Any = create_deep_agent(Obedient(), TOOLS, interrupt_on=ASKED_ABOUT, subagents=[CLERK])
