"""A message, a modal or an App Home as a test sees it: always what is on the screen now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bot.simulator.document import Document
from bot.simulator.filling import Target, find_element, names_of
from bot.simulator.model import Json
from bot.simulator.shown import blocks_text, message_text, names_in
from bot.simulator.validate import elements_of


@dataclass(frozen=True, slots=True)
class Card:
    """One message. Its properties follow it as it changes; `snapshot()` gives one that stands still."""

    document: Document
    channel: str
    ts: str
    note_for: str | None = None
    frozen: Json | None = None

    @property
    def raw(self) -> Json:
        """The message as JSON; empty when it was deleted."""
        if self.frozen is not None:
            return self.frozen
        kept = ("notes", self.note_for) if self.note_for else ("messages", self.channel)
        return self.document.get(*kept, self.ts) or {}

    @property
    def exists(self) -> bool:
        return bool(self.raw) and self.raw.get("subtype") != "tombstone"

    @property
    def text(self) -> str:
        """The top-level text: what a notification shows when there are blocks."""
        return str(self.raw.get("text", ""))

    @property
    def text_shown(self) -> str:
        """Everything a person reads on the message, line by line, times in UTC."""
        return message_text(self.raw, names_in(self.document.tree)) if self.raw else ""

    @property
    def blocks(self) -> list[Json]:
        return list(self.raw.get("blocks", []))

    @property
    def buttons(self) -> list[str]:
        return _buttons(self.blocks)

    @property
    def metadata(self) -> Json:
        """`{"event_type", "event_payload"}`, or empty."""
        return dict(self.raw.get("metadata") or {})

    @property
    def user(self) -> str:
        return str(self.raw.get("user", ""))

    @property
    def edited(self) -> bool:
        return "edited" in self.raw

    @property
    def thread_ts(self) -> str | None:
        return self.raw.get("thread_ts")

    @property
    def replies(self) -> list[Card]:
        """The thread below this message, oldest first."""
        known: dict[str, Json] = self.document.get("messages", self.channel) or {}
        found = [ts for ts, m in known.items() if m.get("thread_ts") == self.ts and ts != self.ts]
        return [Card(self.document, self.channel, ts) for ts in sorted(found)]

    def element(self, what: str) -> Json:
        """The button or field with this label or action id."""
        return find_element(self.blocks, Target(what))[1]

    def snapshot(self) -> Card:
        """The message as it is now, for ever: what a screen that was not refreshed still shows."""
        return replace(self, frozen=dict(self.raw))


@dataclass(frozen=True, slots=True)
class Screen:
    """A modal or App Home of one person, as it was when asked for."""

    document: Document
    kind: str
    raw: Json

    @property
    def title(self) -> str:
        return str((self.raw.get("title") or {}).get("text", ""))

    @property
    def text_shown(self) -> str:
        words = blocks_text(self.raw["blocks"], names_in(self.document.tree))
        return f"{self.title}\n{words}" if self.title else words

    @property
    def buttons(self) -> list[str]:
        return _buttons(self.raw["blocks"])

    @property
    def fields(self) -> list[str]:
        """The labels of what can be filled in."""
        asked = (block for block in self.raw["blocks"] if block["type"] == "input")
        return [names_of(block, block["element"])[0] for block in asked]

    @property
    def errors(self) -> dict[str, str]:
        """Label -> what stands under the field."""
        labels = {
            block["block_id"]: block["label"]["text"] for block in self.raw["blocks"] if "label" in block
        }
        return {labels.get(block, block): words for block, words in self.raw.get("errors", {}).items()}

    @property
    def private_metadata(self) -> str:
        return str(self.raw["private_metadata"])

    def value(self, what: str) -> Any:
        """What is filled in under this label: a text, an option, a list."""
        block, element = find_element(self.raw["blocks"], Target(what))
        state = self.raw["state"]["values"][block["block_id"]][element["action_id"]]
        return next(value for key, value in state.items() if key != "type")


def _buttons(blocks: list[Json]) -> list[str]:
    elements = (element for block in blocks for _, element in elements_of(block))
    return [element["text"]["text"] for element in elements if element["type"] == "button"]
