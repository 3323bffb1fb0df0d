"""What Slack itself checks when a modal is submitted, before the app hears of it."""

from __future__ import annotations

import re

from bot.simulator.filling import is_empty
from bot.simulator.model import Json, View

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LINK = re.compile(r"https?://\S+")
WHOLE = re.compile(r"-?\d+")
DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def wrong_with_form(view: View) -> dict[str, str]:
    """Block id -> what stands under that field; empty when the form may go out."""
    found = {}
    for block in view.blocks:
        if block["type"] == "input":
            state = view.values[block["block_id"]][block["element"]["action_id"]]
            words = _wrong(block, block["element"], state)
            if words:
                found[block["block_id"]] = words
    return found


def _wrong(block: Json, element: Json, state: Json) -> str | None:
    if is_empty(state, element):
        return None if block.get("optional") else "Please complete this required field."
    value = state.get("value")
    match element["type"]:
        case "plain_text_input":
            return _wrong_length(element, str(value))
        case "number_input":
            return _wrong_number(element, str(value))
        case "email_text_input":
            return None if EMAIL.fullmatch(str(value)) else "Please enter a valid email address."
        case "url_text_input":
            return None if LINK.fullmatch(str(value)) else "Please enter a valid URL."
    return None


def _wrong_length(element: Json, value: str) -> str | None:
    if len(value) > element.get("max_length", 3000):
        return f"Please enter at most {element.get('max_length', 3000)} characters."
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    return None


def _wrong_number(element: Json, value: str) -> str | None:
    if not (DECIMAL if element["is_decimal_allowed"] else WHOLE).fullmatch(value):
        kind = "a number" if element["is_decimal_allowed"] else "a whole number"
        return f"Please enter {kind}."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
