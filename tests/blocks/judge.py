"""Judge blocks as strictly as Slack: its own types, its SDK's limits, and the rules both of them miss.

`slack-blocks.schema.json` is made from Slack's TypeScript types. To make it again: install `@slack/types` and
`ts-json-schema-generator` with npm, and export two interfaces from a file entry.ts:

    export interface Message { text: string; blocks: KnownBlock[] }
    export interface ModalView extends Omit<Modal, "blocks"> { blocks: KnownBlock[] }

Run `ts-json-schema-generator --path entry.ts --type '*' --no-type-check`; keep what these two reach.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View

SCHEMA = json.loads((Path(__file__).parent / "slack-blocks.schema.json").read_text())

# Control and format characters but the line break and the tab, separators, lone surrogates.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

# No size is published for a whole message; this is what we allow ourselves.
MESSAGE_CHARACTERS = 12_000
MESSAGE_BYTES = 100_000  # with every character written as \uXXXX
VIEW_BYTES = 250_000


def message(text: str, blocks: Sequence[Mapping[str, Any]]) -> None:
    """Raise AssertionError where Slack would refuse the message."""
    plain = json.loads(json.dumps(list(blocks)))
    _typed({"text": text, "blocks": plain}, "Message")
    _each(plain, 50)
    shown = "".join(texts(plain))
    assert 0 < len(text) <= 4_000
    assert len(shown) <= MESSAGE_CHARACTERS
    assert len(json.dumps(plain)) <= MESSAGE_BYTES


def view(made: Mapping[str, Any]) -> None:
    """Raise AssertionError where Slack would refuse the modal."""
    plain = json.loads(json.dumps(made))
    if plain["type"] == "home":
        _typed({"text": "App Home", "blocks": plain["blocks"]}, "Message")
    else:
        _typed(plain, "ModalView")
    View(**plain).to_dict()
    _each(plain["blocks"], 100)
    assert len(json.dumps(plain)) <= VIEW_BYTES
    # Required with an input, allowed without: https://docs.slack.dev/reference/views/modal-views
    assert "submit" in plain or all(block["type"] != "input" for block in plain["blocks"])


def _typed(found: Any, kind: str) -> None:
    assert _misfits(json.dumps(_shape(found)), kind) == ()


@lru_cache(maxsize=10_000)
def _misfits(shape: str, kind: str) -> tuple[str, ...]:
    rule = {"$ref": f"#/definitions/{kind}", "definitions": SCHEMA["definitions"]}
    errors = Draft7Validator(rule).iter_errors(json.loads(shape))
    return tuple(f"{error.json_path}: {error.message[:300]}" for error in errors)


def _shape(found: Any) -> Any:
    """What the types can judge: free text left out, equal parts once, so that many faces share a shape."""
    if isinstance(found, dict):
        return {key: "x" if _free(key, value) else _shape(value) for key, value in found.items()}
    if isinstance(found, list):
        return list({json.dumps(shape): shape for shape in map(_shape, found)}.values())
    return found


def _free(key: str, value: Any) -> bool:
    return isinstance(value, str) and key in {"text", "value", "block_id", "accessibility_label", "user_id"}


def _each(blocks: Sequence[dict[str, Any]], most: int) -> None:
    assert 0 < len(blocks) <= most
    for block in blocks:
        known = SdkBlock.parse(block)
        assert known is not None, f"slack_sdk does not know {block['type']}"
        known.to_dict()  # validates what is inside too, which validate_json does not
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids)), "a block id stands twice"
    for part in parts(blocks):
        _part(part)


def _part(part: dict[str, Any]) -> None:
    kind = part.get("type")
    if kind in ("plain_text", "mrkdwn", "text", "link"):
        assert 0 < len(part["text"]) <= 3_000, part
        assert not HIDDEN.search(part["text"]), part
    if kind == "plain_text":
        assert part.get("emoji") is False
        assert part["text"].strip()
    if kind == "mrkdwn":
        assert part.get("verbatim") is True
    if kind == "section":
        assert all(len(field["text"]) <= 2_000 for field in part.get("fields", []))
    if kind == "actions":
        names = [element["action_id"] for element in part["elements"]]
        assert len(names) == len(set(names)), "an action id stands twice in one block"
    if kind == "plain_text_input":
        assert 0 < part["max_length"] <= 3_000
        assert len(part.get("initial_value", "")) <= part["max_length"]
    for option in part.get("options", []):
        assert len(option["text"]["text"]) <= 75
        assert len(option["value"]) <= 150
    if kind in ("context", "rich_text", "rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        assert part["elements"], f"an empty {kind}"


def parts(found: Any) -> Iterator[dict[str, Any]]:
    """Every object inside, itself included."""
    if isinstance(found, dict):
        yield found
        for inner in found.values():
            yield from parts(inner)
    elif isinstance(found, list | tuple):
        for inner in found:
            yield from parts(inner)


def texts(blocks: Any, *kinds: str) -> list[str]:
    """Every piece of text a person sees; only of these kinds if any are named."""
    wanted = kinds or ("plain_text", "mrkdwn", "text", "link")
    return [part["text"] for part in parts(json.loads(json.dumps(blocks))) if part.get("type") in wanted]


def shown(blocks: Any) -> str:
    """All of it as one text, pieces of one paragraph joined."""
    return "".join(texts(blocks))
