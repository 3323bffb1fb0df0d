"""A graph's input is described as far as its types can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, TypedDict

import pytest
from jsonschema import Draft202012Validator
from langchain_core.messages import AnyMessage
from langgraph.func import entrypoint
from langgraph.graph import START, StateGraph, add_messages
from pydantic import BaseModel, Field

from bot.runs.loader import Graph
from bot.runs.schemas import input_schema


class Typed(TypedDict):
    order: str
    cents: int
    note: NotRequired[str]


class Model(BaseModel):
    order: str = Field(title="Order", description="Its number")
    cents: int = 0


@dataclass
class Data:
    order: str
    cents: int = 0


class Handle:
    """A type that no schema can describe."""


class Unspeakable(TypedDict):
    handle: Handle


def of(schema: type[Any]) -> Graph:
    builder = StateGraph(schema)
    builder.add_node("only", lambda _: {})
    builder.add_edge(START, "only")
    return builder.compile()


def test_a_typed_dict_says_what_is_required() -> None:
    schema = input_schema(of(Typed))

    assert schema["required"] == ["order", "cents"]
    assert set(schema["properties"]) == {"order", "cents", "note"}  # type: ignore[arg-type] # a mapping


def test_a_pydantic_model_keeps_its_titles_and_descriptions() -> None:
    schema: Any = input_schema(of(Model))

    assert schema["required"] == ["order"]
    assert schema["properties"]["order"] == {"title": "Order", "description": "Its number", "type": "string"}


def test_a_dataclass_has_its_fields() -> None:
    schema: Any = input_schema(of(Data))

    assert schema["properties"]["cents"]["type"] == "integer"


def test_a_functional_graph_has_its_parameter() -> None:
    async def flow(order):  # type: ignore[no-untyped-def] # LangGraph reads a class, not the text of an annotation
        return order

    flow.__annotations__["order"] = Model

    assert input_schema(entrypoint()(flow))["required"] == ["order"]


def test_where_no_schema_can_be_had_anything_fits() -> None:
    assert input_schema(of(Unspeakable)) == {}


class Chat(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


@pytest.mark.parametrize(
    "message",
    [{"role": "user", "content": "Hi"}, {"type": "human", "content": "Hi"}, "Hi", ["user", "Hi"]],
)
def test_whatever_a_graph_takes_for_a_message_fits(message: Any) -> None:
    graph, given = of(Chat), {"messages": [message]}

    assert list(Draft202012Validator(dict(input_schema(graph))).iter_errors(given)) == []
    assert graph.invoke(given)["messages"][0].text == "Hi"


@pytest.mark.parametrize("message", [{"content": "Hi"}, {"role": "user"}, 5, ["user"]])
def test_what_is_no_message_is_refused_before_the_run(message: Any) -> None:
    schema = input_schema(of(Chat))

    assert list(Draft202012Validator(dict(schema)).iter_errors({"messages": [message]})) != []
