"""Graphs that say what their answer must look like, in each way an author can say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, NotRequired

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt
from pydantic import BaseModel, Field, NaiveDatetime, field_validator
from typing_extensions import TypedDict


class Size(Enum):
    """More than fit on buttons."""

    SMALL = "s"
    MEDIUM = "m"
    LARGE = "l"
    HUGE = "xl"


class Address(BaseModel):
    """An object inside of another."""

    street: str
    postcode: str = Field("00000", pattern=r"^\d{5}$")


class Refund(BaseModel):
    """One of everything."""

    amount_cents: int = Field(ge=1, le=100_000, description="At most what was paid.")
    rate: float = 1.5
    notify: bool = True
    method: Literal["card", "cash"] = "card"
    size: Size
    pay_on: date
    at: datetime | None = None
    sizes: list[Size] = []
    tags: list[str] = []
    note: str | None = None
    home: Address
    other: Address | None = None


class Booking(TypedDict):
    """A dictionary with types."""

    seats: int
    window: NotRequired[bool]


@dataclass
class Parcel:
    """A class with types."""

    weight: float
    sizes: list[Size] = field(default_factory=list)
    size: Size = Size.MEDIUM


class Even(BaseModel):
    """A rule that no JSON Schema can say."""

    number: int = 3

    @field_validator("number")
    @classmethod
    def even(cls, number: int) -> int:
        """Refuse odd numbers, as only the graph can."""
        if number % 2:
            raise ValueError("odd numbers bring bad luck")
        return number


class Card(BaseModel):
    """One way to pay."""

    kind: Literal["card"]
    number: str


class Bank(BaseModel):
    """Another one."""

    kind: Literal["bank"]
    iban: str


class Payment(BaseModel):
    """Values of several types, and an object that somebody may not want."""

    way: Annotated[Card | Bank, Field(discriminator="kind")]
    amount: int | str
    home: Address | None = Address(street="Main Street 1", postcode="12345")


class Meeting(BaseModel):
    """A time on the wall, in no zone."""

    at: NaiveDatetime


MANY: dict[str, Any] = {
    "type": "object",
    "properties": {f"p{number}": {"type": "integer", "minimum": 0} for number in range(120)},
    "required": [f"p{number}" for number in range(120)],
}

SCHEMAS: dict[str, Any] = {
    "refund": Refund,
    "booking": Booking,
    "parcel": Parcel,
    "size": Size,
    "few": Literal["ship", "hold", "drop"],
    "yes": bool,
    "sizes": list[Size],
    "number": {"type": "integer", "minimum": 1},
    "even": Even,
    "many": MANY,
    "address or none": Address | None,
    "payment": Payment,
    "meeting": Meeting,
    "broken": {"type": "banana"},
}


class Typed(TypedDict, total=False):
    """Which of the schemas to ask for, and what came."""

    kind: str
    answer: str
    result: str


def ask(state: Typed) -> dict[str, Any]:
    """Ask for a value of this type, and tell exactly what came."""
    kind = state["kind"]
    answer = interrupt({"title": f"Give a {kind}"}, response_schema=SCHEMAS[kind])
    return {"result": f"The graph was given {answer!r}"}


builder = StateGraph(Typed)
builder.add_node(ask)
builder.add_edge(START, "ask")
builder.add_edge("ask", END)
typed = builder.compile()
