"""The plan graph shows the newest plan in every round and publishes only what was approved."""

from typing import Any

import pytest

from graphs import plan_review
from tests.graphs.driver import Thread

GOAL = {"goal": "the beta", "audience": "our customers"}


def decision(verdict: str, **more: Any) -> dict[str, Any]:
    approved = verdict == "approve"
    answer = {"decision": verdict, "approved": approved, "feedback": None, "edits": None}
    return {**answer, "by": "U0ANA", "approval_id": "a1", **more}


async def test_approval_publishes_the_plan_that_was_shown() -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)
    shown = (await thread.question()).value["body"]

    end = await thread.answer(decision("approve"))

    assert end["result"] == f"Plan published, version 1:\n{shown}"
    assert "4. Look at the numbers after one week" in shown


async def test_rejection_publishes_nothing() -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)

    end = await thread.answer(decision("reject"))

    assert end["result"] == "Plan rejected at version 1; nothing was published."


async def test_each_revision_shows_the_newest_plan_under_a_new_id() -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)
    asked = [await thread.question()]
    for wish in ("Ask legal first.", "replace e-mail with phone", "remove numbers"):
        await thread.answer(decision("revise", feedback=wish))
        asked.append(await thread.question())

    end = await thread.answer(decision("approve"))

    first, added, reworded, removed = [question.value["body"] for question in asked]
    assert len({question.id for question in asked}) == 4
    assert added == f"{first}\n5. Ask legal first"
    assert reworded == added.replace("e-mail", "phone") != added
    assert [line[3:] for line in removed.splitlines()] == [
        line[3:] for line in reworded.splitlines() if "numbers" not in line
    ]
    assert [question.value["title"] for question in asked] == [
        f"Publish the plan for the beta, version {version}" for version in (1, 2, 3, 4)
    ]
    assert asked[1].value["summary"] == "Changed as asked: Ask legal first."
    assert end["result"] == f"Plan published, version 4:\n{removed}"


async def test_late_approval_of_an_old_plan_does_not_publish_the_new_one() -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)
    old = await thread.question()
    await thread.answer(decision("revise", feedback="Ask legal first"))

    state = await thread.answer(decision("approve"), old)

    assert "result" not in state
    assert (await thread.question()).value["title"] == "Publish the plan for the beta, version 2"


@pytest.mark.parametrize("wish", [None, "", "  ", "remove submarines", "replace a submarine with a boat"])
async def test_feedback_that_changes_nothing_says_so(wish: str | None) -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)
    before = (await thread.question()).value["body"]

    await thread.answer(decision("revise", feedback=wish))

    after = (await thread.question()).value
    assert after["body"] == before
    assert after["summary"] == "Nothing changed: no step fits the feedback."


@pytest.mark.parametrize(
    "answer",
    [
        True,
        "approve",
        {"approved": True},
        {"decision": "Approve", "approved": True},
        {"decision": ["approve"]},
        decision("approve", approved=False),
        decision("approve", approved="yes"),
        decision("approve", edits={"body": "1. Something nobody was shown"}),
        {},
        None,
    ],
)
async def test_anything_but_a_plain_approval_is_not_a_yes(answer: Any) -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)

    end = await thread.answer(answer)

    assert end["result"] == "Plan rejected at version 1; nothing was published."


async def test_new_goal_on_a_paused_thread_starts_a_new_plan() -> None:
    thread = Thread(plan_review.graph)
    await thread.run(GOAL)
    await thread.answer(decision("revise", feedback="Ask legal first"))

    await thread.run({"goal": "the launch"})

    asked = (await thread.question()).value
    assert asked["title"] == "Publish the plan for the launch, version 1"
    assert "legal" not in asked["body"]


async def test_audience_is_optional_and_the_goal_is_not() -> None:
    thread = Thread(plan_review.graph)
    await thread.run({"goal": "the {beta}"})

    assert (await thread.question()).value["fields"] == {
        "Goal": "the {beta}",
        "Audience": "everyone",
        "Steps": 4,
    }
    assert plan_review.graph.get_input_jsonschema()["required"] == ["goal"]
    with pytest.raises(ValueError, match="goal"):
        await Thread(plan_review.graph).run({"audience": "our customers"})
