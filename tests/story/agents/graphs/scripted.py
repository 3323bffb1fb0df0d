"""A chat model that does what it is told, and tools that write down what they did in STORY_DIR."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import tool
from pydantic import Field


class Obedient(BaseChatModel):
    """Calls the tools that the user's message names as JSON, then repeats what they gave back."""

    @property
    def _llm_type(self) -> str:
        return "obedient"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """It needs no list of tools."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_answer(messages))])


def _answer(messages: list[BaseMessage]) -> AIMessage:
    asked = max(at for at, message in enumerate(messages) if isinstance(message, HumanMessage))
    told = [message for message in messages[asked:] if isinstance(message, ToolMessage)]
    if told:
        return AIMessage("\n".join(str(message.text) for message in told))
    wanted = json.loads(str(messages[asked].text))
    calls = [ToolCall(name=name, args=args, id=f"call-{n}") for n, (name, args) in enumerate(wanted, 1)]
    return AIMessage("I would do this.", tool_calls=calls)


@tool
def send_email(
    to: str,
    subject: str = Field(max_length=40),
    copies: list[str] | None = None,
    priority: int = Field(1, ge=1, le=3),
) -> str:
    """Send an e-mail."""
    return _done("mail", to=to, subject=subject, copies=copies, priority=priority)


@tool
def delete_file(path: str) -> str:
    """Delete a file."""
    return _done("delete", path=path)


@tool
def ask_user(question: str) -> str:
    """Ask the user; a person answers in the tool's place."""
    return _done("asked", question=question)


def _done(what: str, **details: Any) -> str:
    line = json.dumps({"did": what, **details}, sort_keys=True)
    with (Path(os.environ["STORY_DIR"]) / "effects.jsonl").open("a") as file:
        file.write(line + "\n")
    return f"done: {line}"


TOOLS = [send_email, delete_file, ask_user]
