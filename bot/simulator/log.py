"""A bounded log of every request the app made and every delivery it got."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

KEPT = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is api, response_url, event, interaction or command; `status` is 0 where no answer came."""

    at: float
    kind: str
    name: str
    args: dict[str, Any]
    status: int
    took: float
    error: str | None = None
    fault: str | None = None
    retry: int | None = None


class Log:
    """The newest entries; old ones fall out, so that a long run cannot fill the memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def read(self, kind: str | None = None, name: str | None = None) -> list[dict[str, Any]]:
        """Entries oldest first, of one kind or one name if asked."""
        wanted = (e for e in self._entries if kind in (None, e.kind) and name in (None, e.name))
        return [asdict(entry) for entry in wanted]

    def clear(self) -> None:
        self._entries.clear()
