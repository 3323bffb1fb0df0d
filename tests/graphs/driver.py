"""Drives one thread of an example graph the way any LangGraph host does: by interrupt id, from the state."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.pregel import Pregel
from langgraph.types import Command, Interrupt


class Thread:
    """One thread with a saver of its own."""

    def __init__(self, graph: Pregel[Any, Any, Any, Any], thread_id: str = "thread-1") -> None:
        self.graph = graph.copy({"checkpointer": InMemorySaver()})
        self.config: RunnableConfig = {"configurable": {"thread_id": thread_id}}

    async def run(self, what: Any) -> dict[str, Any]:
        """Run until the graph asks or ends; `None` goes on after a crash."""
        state: dict[str, Any] = await self.graph.ainvoke(what, self.config, durability="sync")
        return state

    async def asked(self) -> tuple[Interrupt[Any], ...]:
        """The questions that are open now."""
        return (await self.graph.aget_state(self.config)).interrupts

    async def question(self) -> Interrupt[Any]:
        """The one open question."""
        (question,) = await self.asked()
        return question

    async def answer(self, value: Any, question: Interrupt[Any] | None = None) -> dict[str, Any]:
        """Answer the given question, or the one that is open."""
        question = question or await self.question()
        return await self.run(Command(resume={question.id: value}))
