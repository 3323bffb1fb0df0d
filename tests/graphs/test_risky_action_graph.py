"""The risky actions run unasked when the risk is low, and each by its own answer when it is high."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from graphs import risky_action
from tests.graphs.driver import Thread

HIGH = {"service": "search", "risk": "high"}
ROTATE, DROP = "Rotate the API keys of search", "Drop the database index of search"


def done() -> list[str]:
    """The actions in the ledger."""
    if not Path(os.environ["ACTIONS_DB"]).exists():
        return []
    with closing(sqlite3.connect(os.environ["ACTIONS_DB"])) as db:
        return sorted(action for (action,) in db.execute("SELECT action FROM done"))


async def test_low_risk_acts_without_asking() -> None:
    end = await Thread(risky_action.graph).run({"service": "search", "risk": "low"})

    assert "__interrupt__" not in end
    assert end["result"] == f"{ROTATE}: done\n{DROP}: done"
    assert done() == ["drop_index", "rotate_keys"]


async def test_high_risk_asks_about_each_action_at_once() -> None:
    thread = Thread(risky_action.graph)
    await thread.run(HIGH)

    asked = await thread.asked()

    assert sorted(question.value["title"] for question in asked) == [DROP, ROTATE]
    assert [question.response_schema for question in asked] == [{"type": "boolean"}] * 2
    assert len({question.id for question in asked}) == 2
    assert done() == []


async def test_nothing_runs_before_both_are_answered() -> None:
    thread = Thread(risky_action.graph)
    await thread.run(HIGH)
    rotate, drop = sorted(await thread.asked(), key=lambda question: question.value["title"] == DROP)

    await thread.answer(True, rotate)

    assert await thread.asked() == (drop,)
    assert done() == []


@pytest.mark.parametrize("yes", [(True, True), (True, False), (False, True), (False, False)])
async def test_each_action_follows_its_own_answer(yes: tuple[bool, bool]) -> None:
    thread = Thread(risky_action.graph)
    await thread.run(HIGH)
    answers = dict(zip((ROTATE, DROP), yes, strict=True))
    end: dict[str, Any] = {}
    for question in await thread.asked():
        end = await thread.answer(answers[question.value["title"]], question)

    said = {True: "done", False: "not done"}
    assert end["result"] == f"{ROTATE}: {said[yes[0]]}\n{DROP}: {said[yes[1]]}"
    assert done() == sorted(["rotate_keys"] * yes[0] + ["drop_index"] * yes[1])


@pytest.mark.parametrize("answer", ["true", 1, {"approved": False}, {"approved": True}, None])
async def test_only_true_allows_an_action(answer: Any) -> None:
    thread = Thread(risky_action.graph)
    await thread.run(HIGH)
    for question in await thread.asked():
        await thread.answer(answer, question)

    assert done() == []


async def test_crash_after_an_action_does_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    perform, crashes = risky_action.perform, [RuntimeError("the machine died")]

    def perform_and_crash_once(key: str, action: str, service: str) -> None:
        perform(key, action, service)
        if crashes:
            raise crashes.pop()

    monkeypatch.setattr(risky_action, "perform", perform_and_crash_once)
    thread = Thread(risky_action.graph)
    with pytest.raises(RuntimeError, match="the machine died"):
        await thread.run({"service": "search", "risk": "low"})

    end = await thread.run(None)

    assert end["result"] == f"{ROTATE}: done\n{DROP}: done"
    assert done() == ["drop_index", "rotate_keys"]


@pytest.mark.parametrize("risk", ["none", "", None])
async def test_unknown_risk_is_refused(risk: Any) -> None:
    with pytest.raises(ValueError, match="risk"):
        await Thread(risky_action.graph).run({"service": "search", "risk": risk})

    assert done() == []
