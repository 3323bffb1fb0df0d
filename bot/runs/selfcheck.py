"""Refuse to start on a LangGraph that would let an answer reach the wrong question."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, TypedDict
from uuid import uuid4

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import UnknownInterruptError
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from bot.core.problem import Problem

# Until 1.2.19 all questions of one task share one id: an answer to the first one can reach the second.
OLDEST = (1, 2, 20)

# LangGraph's own name is private (langgraph._internal._constants.CONFIG_KEY_STRICT_RESUME): hence the trial.
STRICT = "__pregel_strict_resume"


class LangGraphUnfit(Problem):
    """The installed LangGraph cannot be used; the message says why and what to install."""


class _State(TypedDict, total=False):
    answer: Any


async def check_langgraph() -> None:
    """Raises LangGraphUnfit for a version too old, or one that takes an answer to a question nobody asked."""
    installed = version("langgraph")
    if version_numbers(installed) < OLDEST:
        raise LangGraphUnfit(f"langgraph {installed} is too old: install 1.2.20 or newer")
    if not await _refuses_unknown_ids():
        raise LangGraphUnfit(
            f"langgraph {installed} no longer refuses answers to unknown interrupts: install 1.2.22"
        )


def version_numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


async def _refuses_unknown_ids() -> bool:
    builder = StateGraph(_State)
    builder.add_node("ask", lambda _: {"answer": interrupt("May I?")})
    builder.add_edge(START, "ask")
    graph = builder.compile(checkpointer=InMemorySaver())
    thread = {"thread_id": "self-check"}
    await graph.ainvoke({}, {"configurable": thread})
    try:
        await graph.ainvoke(Command(resume={uuid4().hex: True}), {"configurable": {**thread, STRICT: True}})
    except UnknownInterruptError:
        return True
    return False
