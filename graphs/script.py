"""A chat model that follows a script, so that `outreach.py` runs without a key and always in the same way."""

import re
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SENT = "E-mail "  # how the tool's own result begins; anything else was said in its place
NOBODY = "Please name the e-mail address to write to."


class ScriptedModel(BaseChatModel):
    """Drafts an e-mail to the address it is given; what is said in the tool's place goes into a new draft."""

    @property
    def _llm_type(self) -> str:
        return "script"

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The script knows its one tool."""
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **more: Any
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_next(messages))])


def _next(messages: Sequence[BaseMessage]) -> AIMessage:
    last = messages[-1]
    if isinstance(last, ToolMessage) and (last.status == "error" or last.text.startswith(SENT)):
        return AIMessage(str(last.text))
    wish = next(str(one.text) for one in reversed(messages) if isinstance(one, HumanMessage))
    found = ADDRESS.search(wish)
    return _draft(found.group(), wish, messages) if found else AIMessage(NOBODY)


def _draft(to: str, wish: str, messages: Sequence[BaseMessage]) -> AIMessage:
    said = [str(one.text) for one in messages if isinstance(one, ToolMessage) and one.status == "success"]
    remarks = [words for words in said if not words.startswith(SENT)]
    about = wish.rpartition(" about ")[2].strip(" .") or "our news"
    body = "\n\n".join(["Hello,", f"we would like to tell you about {about}.", *remarks, "Best regards"])
    args = {"to": to, "subject": about[:1].upper() + about[1:], "body": body}
    number = 1 + sum(len(one.tool_calls) for one in messages if isinstance(one, AIMessage))
    call = ToolCall(name="send_email", args=args, id=f"draft-{number}")
    return AIMessage("Here is a draft.", tool_calls=[call])
