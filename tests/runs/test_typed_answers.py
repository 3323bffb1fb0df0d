"""Each way an author can publish the type of an answer, from the real graph through the form and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Literal

import pytest
from langgraph.types import interrupt
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from bot.blocks.answer_form import answer_form, read_answer
from bot.blocks.ids import read_place
from bot.core.answer import contract_for, given_answer
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Request
from bot.ports import Pause
from tests.blocks.typed_values import fill
from tests.runs.conftest import NewRunner
from tests.runs.samples import State, answered, graph, started


class Size(Enum):
    SMALL = "s"
    MEDIUM = "m"
    LARGE = "l"
    HUGE = "xl"


class Level(IntEnum):
    LOW = 1
    MIDDLE = 2
    HIGH = 3
    TOP = 4


class Address(BaseModel):
    street: str
    postcode: str = Field(default="00000", pattern=r"^\d{5}$")


class Everything(BaseModel):
    count: int = Field(ge=1)
    rate: float = 1.5
    price: Decimal = Decimal("1.10")
    yes: bool
    word: Literal["a", "b"] = "a"
    kind: Literal["only"] = "only"
    size: Size
    level: Level = Level.LOW
    on: date
    at: datetime | None = None
    sizes: list[Size] = []
    numbers: list[int] = []
    more: dict[str, int] = {}
    either: int | str = 3
    note: str | None = "as it was"
    home: Address
    other: Address | None = None


class Tree(BaseModel):
    name: str
    child: Tree | None = None


class Seats(TypedDict):
    seats: int


@dataclass
class Parcel:
    weight: float
    sizes: list[Size] = field(default_factory=list)


ALL = {
    "count": 2,
    "rate": 0.25,
    "price": "12.50",
    "yes": False,
    "word": "b",
    "kind": "only",
    "size": "xl",
    "level": 4,
    "on": "2026-01-05",
    "at": "2026-01-05T13:42:00Z",
    "sizes": ["l", "s"],
    "numbers": [3, 1],
    "more": {"x": 1},
    "either": "3",
    "note": None,
    "home": {"street": "Main Street 1", "postcode": "12345"},
    "other": {"street": "Side Street 2"},
}


def through_the_form(pause: Pause, answer: Any) -> JSON:
    """What the graph is resumed with after a person filled this in."""
    contract = contract_for(pause.payload, pause.response_schema, None)
    request = Request("g", "t", pause.interrupt_id, "ask", pause.payload, digest(pause.payload), contract)
    approval = Approval("aprv_0123456789abcdef", request, 1, "C1", None, 0.0)
    view: Mapping[str, Any] = answer_form(approval, channel="C1", message_ts="1.2")
    place = read_place(view["private_metadata"])
    assert place is not None
    begun = [block["block_id"] for block in view["blocks"] if "initial" in str(block.get("element"))]
    values = fill(view, answer)
    given = read_answer(approval, place, list(values), values, begun)
    assert given.errors == {}
    return given_answer(request, given.answer, None)


@pytest.mark.parametrize(
    ("schema", "answer", "expected"),
    [
        (Everything, ALL, Everything.model_validate(ALL)),
        (
            Everything,
            {"count": 1, "yes": True, "size": "s", "on": "2026-01-05", "home": {"street": "X"}},
            Everything(
                count=1, yes=True, size=Size.SMALL, on=date(2026, 1, 5), home=Address(street="X"), note=None
            ),
        ),
        (Tree, {"name": "a", "child": {"name": "b"}}, Tree(name="a", child=Tree(name="b"))),
        (Seats, {"seats": 2}, {"seats": 2}),
        (Parcel, {"weight": 2, "sizes": ["m"]}, Parcel(2.0, [Size.MEDIUM])),
        (Size, "xl", Size.HUGE),
        (Level, 3, Level.HIGH),
        (date, "2026-01-05", date(2026, 1, 5)),
        (int, 7, 7),
        (list[Size], ["m", "s"], [Size.MEDIUM, Size.SMALL]),
        ({"type": "object", "properties": {"n": {"type": "number"}}}, {"n": 2}, {"n": 2}),
    ],
)
async def test_a_graph_gets_exactly_what_was_filled_in(
    runner: NewRunner, thread: str, schema: Any, answer: Any, expected: Any
) -> None:
    got: list[Any] = []

    def ask(state: State) -> State:
        got.append(interrupt("Fill this in", response_schema=schema))
        return {"done": ["taken"]}

    local = runner(g=graph(ask=ask))
    (pause,) = (await started(local, thread)).pauses
    after = await answered(local, thread, pause, through_the_form(pause, answer))

    assert after.output == {"done": ["taken"]}
    assert (got, type(got[0])) == ([expected], type(expected))
