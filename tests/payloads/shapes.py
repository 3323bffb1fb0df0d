"""Every payload shape: what a graph asks, what people press, and the exact answer the graph gets.

`tests/story/test_shapes.py` plays each of them; docs/shapes.md is written from this table, and its pictures
are taken of the cards that it makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.model import JSON

ID = "Qm8..."  # stands for the approval's id
REASON, FEEDBACK = "too late", "make it shorter"


@dataclass(frozen=True, slots=True)
class Gesture:
    """A button, and what is filled in where it opens a form (label and value)."""

    press: str
    answer: JSON
    fill: tuple[tuple[str, Any], ...] = ()
    opens_form: bool = False

    @property
    def told(self) -> str:
        """The gesture in words."""
        filled = [", ".join(value) if isinstance(value, list) else str(value) for _, value in self.fill]
        return f"{self.press} ({', '.join(filled)})" if filled else self.press


@dataclass(frozen=True, slots=True)
class Shape:
    """`policy` is `answer` in approvals.toml, None where it is not set."""

    name: str
    title: str
    payload: JSON
    gestures: tuple[Gesture, ...]
    schema: Mapping[str, JSON] | None = None
    policy: str | None = None

    @property
    def graph(self) -> str:
        """The graph of the stories that has this policy."""
        return "agent" if self.policy is None else f"agent_{self.policy}"


def approve(answer: JSON) -> Gesture:
    return Gesture("Approve", answer)


def reject(answer: JSON) -> Gesture:
    return Gesture("Reject", answer, (("Reason", REASON),), opens_form=True)


def revise(answer: JSON) -> Gesture:
    return Gesture("Revise", answer, (("Feedback", FEEDBACK),), opens_form=True)


def form(answer: JSON, *fill: tuple[str, Any], press: str = "Answer") -> Gesture:
    return Gesture(press, answer, fill, opens_form=True)


def value(answer: JSON, typed: Any) -> Gesture:
    return form(answer, ("Value", typed))


def decision(verdict: str, feedback: str | None = None) -> dict[str, JSON]:
    return {
        "decision": verdict,
        "approved": verdict == "approve",
        "feedback": feedback,
        "edits": None,
        "by": "U0ANA",
        "approval_id": ID,
    }


YES_NO = (approve(True), reject(False))
MAIL: dict[str, JSON] = {"to": "ada@example.com", "subject": "Your refund"}
CHANGED = '{"to": "ben@example.com", "subject": "Your refund"}'
TO_BEN: JSON = {"to": "ben@example.com", "subject": "Your refund"}
BATCH: JSON = {
    "action_requests": [
        {"name": "send_email", "args": MAIL, "description": "Tells the customer."},
        {"name": "delete_draft", "args": {"draft": 17}},
    ],
    "review_configs": [
        {"action_name": "send_email", "allowed_decisions": ["approve", "edit", "reject"]},
        {"action_name": "delete_draft", "allowed_decisions": ["approve", "reject"]},
    ],
}
CALL_SCHEMA: dict[str, Any] = {
    "discriminator": {"mapping": {"approve": "#/$defs/A", "reject": "#/$defs/R", "respond": "#/$defs/S"}},
    "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/R"}, {"$ref": "#/$defs/S"}],
    "$defs": {
        "A": {"properties": {"type": {"const": "approve"}}, "required": ["type"]},
        "R": {"properties": {"type": {"const": "reject"}}, "required": ["type"]},
        "S": {"properties": {"type": {"const": "respond"}}, "required": ["type", "message"]},
    },
}
INBOX: dict[str, Any] = {
    "action_request": {"action": "send_email", "args": MAIL},
    "config": {"allow_accept": True, "allow_ignore": True, "allow_respond": True, "allow_edit": True},
    "description": "Tells the customer.",
}
ACCEPTED: JSON = [{"type": "accept", "args": None}]
EDITED: JSON = [{"type": "edit", "args": {"action": "send_email", "args": TO_BEN}}]
BOOKING: dict[str, Any] = {
    "type": "object",
    "required": ["seats", "on", "home"],
    "properties": {
        "seats": {"type": "integer", "minimum": 1, "maximum": 8, "default": 2, "title": "Seats"},
        "on": {"type": "string", "format": "date", "title": "On"},
        "window": {"type": "boolean", "title": "At the window"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "Note"},
        "home": {
            "type": "object",
            "title": "Home",
            "required": ["city"],
            "properties": {"city": {"type": "string", "title": "City"}},
        },
    },
}

SHAPES: tuple[Shape, ...] = (
    Shape("sentence", "A plain sentence", "Deploy release 42 to production?", YES_NO),
    Shape(
        "convention",
        'The convention, with `answer = "decision"`',
        {
            "title": "Raise the credit line of Acme to $50,000",
            "summary": "Acme has paid every invoice within a week.",
            "risk": "medium",
            "fields": {"Customer": "Acme", "Customer since": 2019},
            "diff": {"before": "line: $20,000\nterm: 30 days", "after": "line: $50,000\nterm: 30 days"},
            "attachments": [{"title": "Report", "url": "https://files.example.com/acme/report.pdf"}],
        },
        (
            approve(decision("approve")),
            reject(decision("reject", REASON)),
            revise(decision("revise", FEEDBACK)),
        ),
        policy="decision",
    ),
    Shape(
        "nested",
        'Any mapping, with `answer = "boolean"`',
        {
            "order_id": 1042,
            "gift": False,
            "lines": [
                {"item": "Chair", "pieces": 12, "price": "$40.00"},
                {"item": "Table", "pieces": 3, "price": "$120.00"},
            ],
            "ship_to": {"name": "Ada", "address": {"city": "Berlin", "street": "Main Street 1"}},
        },
        YES_NO,
        policy="boolean",
    ),
    Shape(
        "code",
        'Long text or code, with `answer = "text"`',
        {"title": "Run this migration", "body": "ALTER TABLE orders\n  ADD COLUMN paid_at timestamptz;"},
        (approve("approve"), reject("reject"), revise(FEEDBACK)),
        policy="text",
    ),
    Shape("list", "A list", [{"to": "Ada", "amount": 500}, {"to": "Bob", "amount": 1250}], YES_NO),
    Shape("null", "Nothing at all", None, YES_NO),
    Shape("yes-no", "A boolean schema", "Publish the post?", YES_NO, {"type": "boolean"}),
    Shape(
        "choices",
        "An enum of up to three values",
        "What about the late order?",
        (Gesture("ship", "ship"), Gesture("hold", "hold")),
        {"enum": ["ship", "hold", "drop"]},
    ),
    Shape(
        "menu",
        "A longer enum",
        "Which carrier?",
        (value("air", "air"),),
        {"enum": ["road", "rail", "sea", "air"]},
    ),
    Shape("number", "An integer", "How many pieces?", (value(7, "7"),), {"type": "integer", "minimum": 1}),
    Shape("decimal", "A number", "Which rate?", (value(2.5, "2.5"),), {"type": "number"}),
    Shape("text", "A string", "What shall we answer?", (value("Sorry.", "Sorry."),), {"type": "string"}),
    Shape(
        "date",
        "A date",
        "When shall we pay?",
        (value("2026-01-05", "2026-01-05"),),
        {"type": "string", "format": "date"},
    ),
    Shape(
        "several",
        "A list of choices",
        "Which sizes?",
        (value(["s", "l"], ["s", "l"]),),
        {"type": "array", "items": {"enum": ["s", "m", "l", "xl"]}},
    ),
    Shape(
        "object",
        "An object, nested, with defaults and optional values",
        {"title": "Book a table for Ada"},
        (
            form(
                {"seats": 4, "on": "2026-01-05", "window": True, "home": {"city": "Berlin"}},
                ("Seats", "4"),
                ("On", "2026-01-05"),
                ("At the window", "yes"),
                ("Home › City", "Berlin"),
            ),
        ),
        BOOKING,
    ),
    Shape(
        "tools",
        "LangChain's `HumanInTheLoopMiddleware`, several tool calls",
        BATCH,
        (
            approve({"decisions": [{"type": "approve"}, {"type": "approve"}]}),
            reject({"decisions": [{"type": "reject", "message": REASON}] * 2}),
            form(
                {
                    "decisions": [
                        {"type": "edit", "edited_action": {"name": "send_email", "args": TO_BEN}},
                        {"type": "reject", "message": "Keep it."},
                    ]
                },
                ("1. send_email › Decision", "edit"),
                ("1. send_email › Arguments", CHANGED),
                ("2. delete_draft › Decision", "reject"),
                ("2. delete_draft › Message", "Keep it."),
                press="Decide one by one",
            ),
        ),
    ),
    Shape(
        "tool",
        'The middleware with `interrupt_mode="per_call"`',
        {"type": "tool_approval", "name": "send_email", "args": MAIL, "tool_call_id": "call-1"},
        (
            approve({"type": "approve"}),
            reject({"type": "reject", "message": REASON}),
            form(
                {"type": "respond", "message": "Ask Ben first."},
                ("send_email › Decision", "respond"),
                ("send_email › Message", "Ask Ben first."),
                press="Respond",
            ),
        ),
        CALL_SCHEMA,
    ),
    Shape(
        "inbox",
        "Agent Inbox's `HumanInterrupt`",
        INBOX,
        (
            approve(ACCEPTED),
            reject([{"type": "ignore", "args": None}]),
            revise([{"type": "response", "args": FEEDBACK}]),
            form(EDITED, ("Arguments", CHANGED), press="Edit"),
        ),
    ),
    Shape(
        "inbox-list",
        "A list of one `HumanInterrupt`",
        [INBOX],
        (approve([{"type": "accept", "args": None}]),),
    ),
)
