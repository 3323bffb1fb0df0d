"""Graphs in which a caller can go wrong, served by the Agent Server of the tests."""

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel


class State(TypedDict, total=False):
    """What was said, in order."""

    done: Annotated[list[Any], operator.add]


def chain(**nodes: Any) -> StateGraph[State]:
    """Nodes one after the other."""
    builder, last = StateGraph(State), START
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(last, name)
        last = name
    builder.add_edge(last, END)
    return builder


def ask(question: str, **more: Any) -> Any:
    return lambda _: {"done": [interrupt(question, **more)]}


def asks_twice(_: State) -> State:
    return {"done": [interrupt("one"), interrupt("two")]}


broken: set[str] = set()


def fails_once(_: State) -> State:
    """It takes the first answer, fails once for each word, and asks again."""
    first = interrupt("first")
    if first not in broken:
        broken.add(first)
        raise RuntimeError("the bank is closed")
    return {"done": [first, interrupt("second")]}


async def work(_: State) -> State:
    await asyncio.sleep(1.0)
    return {"done": ["worked"]}


async def asks_and_works(_: State) -> State:
    answer = interrupt("slow?")
    await asyncio.sleep(2.5)
    return {"done": [answer]}


class Number(BaseModel):
    """What `typed` wants to be told."""

    number: int


def parallel() -> StateGraph[State]:
    builder = StateGraph(State)
    for name in ("left", "right"):
        builder.add_node(name, ask(name))
        builder.add_edge(START, name)
        builder.add_edge(name, END)
    return builder


twice = chain(ask=asks_twice).compile()
fragile = chain(ask=fails_once).compile()
side_by_side = parallel().compile()
nested = chain(outer=chain(inner=ask("inside?")).compile()).compile()
breakpoint_ = chain(one=lambda _: {"done": [1]}, two=lambda _: {"done": [2]}).compile(
    interrupt_before=["two"]
)
slow = chain(ask=asks_and_works).compile()
then_slow = chain(ask=ask("then?"), work=work).compile()
typed = chain(ask=ask("How many?", response_schema=Number)).compile()
