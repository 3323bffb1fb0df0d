"""What a server tells of a thread, in our words: ids, errors that were outlived, and what is unsafe."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.thread_state import read_snapshot, server_id
from bot.runs.unsafe import BARE, STOPPED, why_unsafe

QUESTION = {"id": "a" * 32, "value": "?"}
CHECKPOINT = {"checkpoint_id": "1"}


def task(**more: Any) -> dict[str, Any]:
    return {"id": "t", "name": "ask", "error": None, "interrupts": [], "result": None} | more


def state(*tasks: dict[str, Any], following: tuple[str, ...] = ("ask",)) -> dict[str, Any]:
    return {
        "values": {},
        "next": following,
        "tasks": list(tasks),
        "checkpoint": CHECKPOINT,
        "metadata": {"run_id": "writer"},
    }


def run(run_id: str, status: str, resume: Any = None) -> dict[str, Any]:
    return {"run_id": run_id, "status": status, "kwargs": {"command": {"resume": resume}}}


@given(st.text(max_size=80))
def test_every_thread_id_is_a_uuid_on_the_server_and_always_the_same(thread: str) -> None:
    there = server_id(thread)

    assert str(UUID(there)) == there
    assert server_id(thread) == there
    assert server_id(there) == there


def test_two_spellings_of_one_uuid_are_two_threads() -> None:
    uuid = "0a35ff56-6ec0-4d8e-b46d-4a8f7c4e8a11"

    assert server_id(uuid) == uuid
    assert len({uuid, server_id(uuid.upper()), server_id(uuid.replace("-", ""))}) == 3


def test_a_thread_that_never_ran_has_no_state() -> None:
    empty: dict[str, Any] = {"values": {}, "next": [], "tasks": [], "checkpoint": None}

    assert not read_snapshot(empty, {}).exists


@pytest.mark.parametrize(
    ("asked", "failed"), [({}, "boom"), ({"t": [QUESTION]}, None), ({"other": [QUESTION]}, "boom")]
)
def test_an_error_counts_until_the_task_asks_again(asked: dict[str, Any], failed: str | None) -> None:
    seen = read_snapshot(state(task(error="boom", interrupts=[QUESTION])), asked)

    assert [pause.failed for pause in seen.pauses] == [failed]
    assert (seen.tasks[0].error, seen.error) == (failed, failed)


def test_a_finished_task_has_outlived_its_error() -> None:
    finished = task(error="boom", result={"done": 1})
    silent = task(id="u", name="silent", error="boom")

    seen = read_snapshot(state(finished, silent), {})

    assert [(one.finished, one.error) for one in seen.tasks] == [(True, None), (True, None)]


def test_a_question_that_is_told_twice_is_one() -> None:
    seen = read_snapshot(state(task(interrupts=[QUESTION, QUESTION])), {})

    assert len(seen.pauses) == 1


@pytest.mark.parametrize(
    ("error", "runs", "reason"),
    [
        (None, [run("writer", "success")], STOPPED),
        (None, [], STOPPED),
        (None, [run("writer", "interrupted")], None),
        ("boom", [run("2", "error", {"a" * 32: "yes"}), run("writer", "success")], None),
        ("boom", [run("2", "error", "yes"), run("writer", "success")], BARE),
        ("boom", [run("2", "error", {"decision": "yes"}), run("writer", "success")], BARE),
        ("boom", [run("2", "error", False), run("writer", "success")], BARE),
        ("boom", [run("writer", "error", "yes"), run("1", "success", "yes")], None),
    ],
)
def test_going_on_is_safe_only_after_a_failure_and_named_answers(
    error: str | None, runs: list[dict[str, Any]], reason: str | None
) -> None:
    assert why_unsafe(state(task(error=error)), runs) == reason
