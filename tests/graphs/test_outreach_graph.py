"""The outreach agent sends nothing unasked, and the outbox sends each e-mail once."""

import json
from pathlib import Path
from typing import Any

import pytest

from graphs import outbox, outreach
from tests.graphs.driver import Thread

REPO = Path(__file__).parents[2]
CONFIGS = ("langgraph.json", "langgraph.outreach.json")
WISH: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Write to ada@example.com about the price list."}]
}


async def test_a_draft_is_asked_about_and_sent_with_the_key_of_its_call() -> None:
    thread = Thread(outreach.graph)
    await thread.run(WISH)
    asked, before = (await thread.question()).value, outbox.mails()

    await thread.answer({"type": "approve"})

    (mail,) = outbox.mails()
    assert before == []
    assert (asked["name"], asked["args"]["to"]) == ("send_email", "ada@example.com")
    assert (mail.key, mail.recipient, mail.body) == (
        "thread-1/draft-1",
        "ada@example.com",
        asked["args"]["body"],
    )


@pytest.mark.parametrize(
    "answer", [False, None, "approve", {"type": "Approve"}, {"type": "edit", "edited_action": {}}]
)
async def test_anything_but_a_decision_sends_nothing_and_can_be_mended(answer: Any) -> None:
    thread = Thread(outreach.graph)
    await thread.run(WISH)

    with pytest.raises(ValueError, match=r"validation error|Field required"):
        await thread.answer(answer)
    assert outbox.mails() == []
    await thread.answer({"type": "approve"})

    assert len(outbox.mails()) == 1


async def test_a_wish_without_an_address_is_asked_back() -> None:
    end = await Thread(outreach.graph).run({"messages": [{"role": "user", "content": "Write to Ada"}]})

    assert end["messages"][-1].text == "Please name the e-mail address to write to."


def test_its_file_names_every_example() -> None:
    """LangChain is slow to import, so the agent is in a file of its own, beside the other examples."""
    default, larger = (json.loads((REPO / name).read_text()) for name in CONFIGS)

    added = {"path": "./graphs/outreach.py:graph", "description": larger["graphs"]["outreach"]["description"]}
    assert larger == default | {"graphs": default["graphs"] | {"outreach": added}}
    assert outreach.graph.name == "outreach"
    assert outreach.graph.checkpointer is None


def test_the_same_key_sends_one_mail_and_never_another() -> None:
    first = outbox.send("key-1", "ada@example.com", "Hello", "Hi")

    assert outbox.send("key-1", "ada@example.com", "Hello", "Hi") == first
    with pytest.raises(outbox.KeyReused, match="use a new key"):
        outbox.send("key-1", "ada@example.com", "Hello", "Hi again")
    assert outbox.mails() == [first]


def test_a_configured_model_takes_the_place_of_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTREACH_MODEL", "nobody:knows-this")

    with pytest.raises(ValueError, match="nobody"):
        outreach.model()
