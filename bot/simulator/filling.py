"""What people fill in: the state of each input, as Slack reports it under `state.values`.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.simulator.model import Json
from bot.simulator.validate import elements_of

# element type: (key in the state, key of its initial value in the element)
STATE_KEYS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}


class NoSuchThing(Exception):
    """A person wants something that is not on their screen; the message says what is there instead."""


def initial_values(blocks: Iterable[Json]) -> Json:
    """The state before anybody touched anything."""
    values: Json = {}
    for block, element in _fillable(blocks):
        key, initial = STATE_KEYS[element["type"]]
        start = element.get(initial, [] if key.endswith("s") else None)
        values.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], key: start}
    return values


def kept_values(values: Json, before: Json) -> Json:
    """New state, with what was filled in before wherever block and action kept their ids, as Slack does."""
    return {
        block_id: {
            action_id: before.get(block_id, {}).get(action_id, fresh) for action_id, fresh in inner.items()
        }
        for block_id, inner in values.items()
    }


def filled(element: Json, wanted: Any) -> Json:
    """The state of an element after a person typed or chose `wanted`: text, labels, values, ids or a date."""
    kind = element["type"]
    key, _ = STATE_KEYS[kind]
    if key == "selected_option":
        return {"type": kind, key: None if wanted is None else find_option(element, wanted)}
    if key == "selected_options":
        return {"type": kind, key: [find_option(element, each) for each in _several(wanted)]}
    if key.endswith("s"):
        return {"type": kind, key: list(_several(wanted))}
    return {"type": kind, key: wanted if wanted != "" else None}


def is_empty(state: Json, element: Json) -> bool:
    key, _ = STATE_KEYS[element["type"]]
    return state.get(key) in (None, "", [])


def find_option(element: Json, wanted: Any) -> Json:
    """The option with this value, or else with this label."""
    options = options_of(element)
    by_value = [option for option in options if option["value"] == wanted]
    by_label = [option for option in options if option["text"]["text"] == wanted]
    for option in (*by_value, *by_label):
        return {"text": option["text"], "value": option["value"]}
    raise NoSuchThing(f"no option {wanted!r}; there are {[o['text']['text'] for o in options]}")


def options_of(element: Json) -> list[Json]:
    grouped = (option for group in element.get("option_groups", []) for option in group["options"])
    return [*element.get("options", []), *grouped]


@dataclass(frozen=True, slots=True)
class Target:
    """A button or field: by what a person calls it, or exactly by its ids."""

    what: str | None = None
    block_id: str | None = None
    action_id: str | None = None

    def fits(self, block: Json, element: Json) -> bool:
        if self.block_id not in (None, block.get("block_id")):
            return False
        if self.action_id is not None:
            return bool(element.get("action_id") == self.action_id)
        return self.what in names_of(block, element)


def find_element(blocks: Sequence[Json], target: Target) -> tuple[Json, Json]:
    """The block and element the target names, the first that fits."""
    there: list[str] = []
    for block in blocks:
        for _, element in elements_of(block):
            there += names_of(block, element)[:1]
            if target.fits(block, element):
                return block, element
    raise NoSuchThing(f"nothing called {target.what or target.action_id!r} here; there are {there}")


def names_of(block: Json, element: Json) -> list[str]:
    """What a person may call an element, the most natural name first, its action id last."""
    texts = (
        (element.get("text") or {}).get("text"),
        (block.get("label") or {}).get("text"),
        (element.get("placeholder") or {}).get("text"),
        element.get("action_id"),
    )
    return [text for text in texts if text]


def _fillable(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for _, element in elements_of(block):
            if element["type"] in STATE_KEYS:
                yield block, element


def _several(wanted: Any) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple) else [wanted]
