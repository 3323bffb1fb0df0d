"""What a graph says its effect is known by is on record with the answer that brought it about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.approvals.voting import vote
from bot.core.audit import Fact
from bot.core.model import JSON, Verdict
from bot.core.payload import receipt
from tests.approvals.conftest import Scene


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"receipt": "bank-17"}, "bank-17"),
        ({"receipt": 17}, "17"),
        ({"result": {"receipt": " bank-17\n"}}, "bank-17"),
        ({"receipt": "x" * 1000}, "x" * 200),
        ({"receipt": None, "result": "Paid."}, None),
        ({"receipt": True}, None),
        ({"receipt": "  "}, None),
        ({"receipt": ["a"]}, None),
        ({"reference": "order 17", "id": 17, "result": "Paid bank-17."}, None),
        ("bank-17", None),
        (None, None),
    ],
)
def test_only_the_one_word_is_read(output: JSON, said: str | None) -> None:
    assert receipt(output) == said


async def _effect(scene: Scene, monkeypatch: pytest.MonkeyPatch, before: JSON, after: JSON) -> list[Any]:
    """What each answer that was taken says of its effect."""
    real = scene.runner.snapshot

    async def snapshot(graph: str, thread_id: str) -> Any:
        found = await real(graph, thread_id)
        return replace(found, output={"receipt": after if scene.runner.effects else before})

    monkeypatch.setattr(scene.runner, "snapshot", snapshot)
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()
    trail = await scene.store.history(approval.id)
    return [entry.data.get("effect") for entry in trail if entry.fact is Fact.APPLIED]


async def test_a_receipt_that_came_with_the_answer_is_noted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _effect(scene, monkeypatch, None, "bank-17") == ["bank-17"]


async def test_what_stood_there_before_the_question_is_no_effect(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _effect(scene, monkeypatch, "order-17", "order-17") == [None]


async def test_where_a_graph_says_nothing_nothing_is_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _effect(scene, monkeypatch, None, None) == [None]
