"""Tell when going on without an answer would run what nobody was asked about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

INTERRUPT_ID = re.compile(r"[0-9a-f]{32}")

STOPPED = (
    "The thread stopped where nobody is asked: at a static breakpoint, or after its state was edited. "
    "Continue it on the Agent Server, from where that was done"
)
BARE = (
    "Somebody answered an earlier question of this step without naming it, and LangGraph would give that "
    "answer to the next question too. Continue it on the Agent Server"
)


def why_unsafe(state: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> str | None:
    """A sentence, or None where it is safe. `runs` are the thread's runs, newest first.

    A run that ended well left nothing to go on with, unless LangGraph was told to stop there. And a bare
    answer (`resume: "yes"` instead of `resume: {id: "yes"}`) stays on the checkpoint it was given to:
    https://github.com/langchain-ai/langgraph/issues/8837
    """
    failed = any(task.get("error") for task in state["tasks"])
    if not failed and (not runs or runs[0]["status"] == "success"):
        return STOPPED
    return BARE if any(_is_bare(answer) for answer in _answers_here(state, runs)) else None


def _answers_here(state: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    """The answers given since the newest checkpoint was written: by the runs after the one that wrote it."""
    writer = (state.get("metadata") or {}).get("run_id")
    for run in runs:
        if run["run_id"] == writer:
            return
        command = run.get("kwargs", {}).get("command") or {}
        if command.get("resume") is not None:
            yield command["resume"]


def _is_bare(answer: Any) -> bool:
    return not isinstance(answer, Mapping) or not all(INTERRUPT_ID.fullmatch(str(key)) for key in answer)
