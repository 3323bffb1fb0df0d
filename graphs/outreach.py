"""LangChain's own agent: it drafts an e-mail, asks, and sends what a person has agreed to.

Needs LangChain: `pip install "langgraph-slack-approvals[outreach]"`. A script writes the drafts. With
OUTREACH_MODEL ("provider:model", as `init_chat_model` knows it), the provider's package and its key, a model
does.
"""

import asyncio
import os
from typing import Annotated, Any

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain.agents.middleware.human_in_the_loop import InterruptOnConfig
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import InjectedToolCallId, tool

from graphs import outbox
from graphs.script import ScriptedModel

PROMPT = "You write short, friendly e-mails and send them with the tool. What a person says goes into them."


@tool
async def send_email(
    to: str, subject: str, body: str, call_id: Annotated[str, InjectedToolCallId], config: RunnableConfig
) -> str:
    """Send an e-mail."""
    # A crash may run this again, with the same call and so the same key: nothing goes out twice.
    key = f"{config['configurable']['thread_id']}/{call_id}"
    mail = await asyncio.to_thread(outbox.send, key, to, subject, body)
    return f"E-mail {mail.id} was sent to {mail.recipient}: {mail.subject}"


def model() -> BaseChatModel:
    """The model that OUTREACH_MODEL names, or the script."""
    name = os.environ.get("OUTREACH_MODEL")
    if not name:
        return ScriptedModel()
    from langchain.chat_models import init_chat_model  # it takes its time, and the script needs none of it

    return init_chat_model(name)


# `per_call`: the pause tells what the tool takes, so people get a box for each argument.
asked = HumanInTheLoopMiddleware[Any, Any, Any](
    interrupt_on={
        "send_email": InterruptOnConfig(
            allowed_decisions=["approve", "edit", "reject", "respond"],
            description="Nothing is sent before somebody agrees. Respond says what the draft should say.",
        )
    },
    interrupt_mode="per_call",
)

graph = create_agent(model(), [send_email], system_prompt=PROMPT, middleware=[asked], name="outreach")
