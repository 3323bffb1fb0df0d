"""The ways to ask that LangGraph's own documentation shows, with no change but the type of an answer.

https://docs.langchain.com/oss/python/langgraph/interrupts
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from langchain_core.messages import AIMessage, ToolCall
from langchain_core.tools import tool
from langgraph.func import entrypoint, task
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command, Send, interrupt

from tests.story.graphs.plain import around, asking


class Approval(TypedDict, total=False):
    """Approve or reject."""

    details: str
    result: str


def approval(state: Approval) -> Command[Literal["proceed", "cancel"]]:
    """Go one way or the other."""
    agreed = interrupt({"question": "Do you want to proceed?", "details": state["details"]})
    return Command(goto="proceed" if agreed else "cancel")


def branches() -> Any:
    """A node that leads to one of two."""
    builder = StateGraph(Approval)
    builder.add_node(approval)
    builder.add_node("proceed", lambda state: {"result": f"Done: {state['details']}"})
    builder.add_node("cancel", lambda state: {"result": f"Cancelled: {state['details']}"})
    builder.add_edge(START, "approval")
    return builder.compile()


class Review(TypedDict, total=False):
    """Review and edit the state."""

    text: str
    result: str


def review(state: Review) -> dict[str, Any]:
    """Give the text to a person, and keep what comes back."""
    wanted = {"type": "string", "minLength": 1, "default": state["text"], "title": "Text"}
    edited = interrupt(
        {"title": "Review and edit this content", "content": state["text"]}, response_schema=wanted
    )
    return {"text": edited, "result": f"The text is: {edited}"}


class Age(TypedDict, total=False):
    """Validate in a loop."""

    name: str
    result: str


def age(state: Age) -> dict[str, Any]:
    """Ask again, in the same node, until the answer makes sense."""
    prompt = f"How old is {state['name']}?"
    while True:
        answer = interrupt(prompt, response_schema={"type": "integer", "title": "Age"})
        if isinstance(answer, int) and answer > 0:
            return {"result": f"{state['name']} is {answer}"}
        prompt = f"{answer} is no age. How old is {state['name']}, in years above zero?"


REPLY = {
    "type": "object",
    "properties": {
        "action": {"enum": ["approve", "reject"], "title": "Action"},
        "to": {"type": "string", "title": "To"},
    },
    "required": ["action"],
}


@tool
def send_email(to: str) -> str:
    """Send an e-mail, when a person agrees; the question is in the tool itself."""
    reply = interrupt({"title": f"Send an e-mail to {to}"}, response_schema=REPLY)
    if reply["action"] != "approve":
        return "E-mail cancelled"
    return f"E-mail sent to {reply.get('to', to)}"


def wants(state: MessagesState) -> dict[str, Any]:
    """Stand in for a model that calls the tool."""
    calls = [ToolCall(name="send_email", args={"to": str(state["messages"][-1].text)}, id="call-1")]
    return {"messages": [AIMessage("", tool_calls=calls)]}


def with_a_tool() -> Any:
    """A model, then its tools."""
    builder = StateGraph(MessagesState)
    builder.add_node(wants)
    builder.add_node("tools", ToolNode([send_email]))
    builder.add_edge(START, "wants")
    builder.add_edge("wants", "tools")
    return builder.compile()


class Fanned(TypedDict, total=False):
    """One question for each item, all at once."""

    items: list[str]
    answers: Annotated[list[str], operator.add]
    result: str


def ask_item(item: Any) -> dict[str, Any]:
    """Ask about one of them."""
    return {"answers": [f"{item}: {interrupt({'title': f'Ship {item}'})}"]}


def fanned_out() -> Any:
    """`Send` makes as many tasks as there are items."""
    builder: Any = StateGraph(Fanned)
    builder.add_node("ask_item", ask_item)
    builder.add_node("tell", lambda state: {"result": "\n".join(sorted(state["answers"]))})
    builder.add_conditional_edges(
        START, lambda state: [Send("ask_item", one) for one in state["items"]], ["ask_item"]
    )
    builder.add_edge("ask_item", "tell")
    builder.add_edge("tell", END)
    return builder.compile()


@task
async def agreed(what: str) -> bool:
    """A question inside of a task."""
    return bool(interrupt({"title": f"May I {what}?"}) is True)


@entrypoint()
async def functions(given: dict[str, Any]) -> dict[str, Any]:
    """The functional API: one question in a task, one by itself; what is done stays done."""
    first = await agreed(given["what"])
    second = interrupt({"title": f"Really {given['what']}?"})
    return {"result": f"{given['what']}: {first} and {second}"}


approve_or_reject = branches()
review_and_edit = StateGraph(Review).add_node(review).add_edge(START, "review").compile()
validate = StateGraph(Age).add_node(age).add_edge(START, "age").compile()
in_a_tool = with_a_tool()
fan_out = fanned_out()
two_deep = around(around(asking()))
