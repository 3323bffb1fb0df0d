"""Every shape of the table, pressed and filled in: the graph gets exactly what docs/shapes.md says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.digest import canonical
from bot.simulator.card import Card
from tests.office import Company
from tests.payloads.shapes import ID, SHAPES, Gesture, Shape

EACH = [
    pytest.param(shape, gesture, id=f"{shape.name}-{gesture.press}")
    for shape in SHAPES
    for gesture in shape.gestures
]


async def shown(company: Company, shape: Shape) -> Card:
    """The card of a fresh run that asks this."""
    given: dict[str, Any] = {"payload": shape.payload}
    return await company.ask(shape.graph, given | ({"schema": shape.schema} if shape.schema else {}))


@pytest.mark.parametrize(("shape", "gesture"), EACH)
async def test_the_graph_gets_exactly_this(company: Company, shape: Shape, gesture: Gesture) -> None:
    ana = company.slack.person("U0ANA")
    card = await shown(company, shape)

    seen = await ana.click(gesture.press, on=card)
    assert (ana.modal is not None) == gesture.opens_form, seen
    for label, value in gesture.fill:
        await ana.fill(label, value)
    if gesture.opens_form:
        seen = await ana.submit()
        assert (seen.errors, ana.modal) == ({}, None)
    answer = json.loads(await company.result(card))

    if isinstance(answer, dict) and "approval_id" in answer:
        assert answer["approval_id"] == card.metadata["event_payload"]["approval_id"]
        answer["approval_id"] = ID
    assert answer == gesture.answer
    assert canonical(answer) == canonical(gesture.answer)  # True is no 1 here, and 2.0 no 2
