"""What everybody could see, as one JSON document that tells its readers of each change."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Listener = Callable[[Json], None]


@dataclass
class Document:
    """A tree of plain JSON. The simulator writes one; a page or a test in another process mirrors it."""

    tree: Json = field(default_factory=dict)
    seq: int = 0
    listeners: list[Listener] = field(default_factory=list)

    def get(self, *path: str) -> Any:
        """The value at a path, or None."""
        here: Any = self.tree
        for key in path:
            here = here.get(key) if isinstance(here, dict) else None
        return here

    def set(self, path: Sequence[str], value: Any) -> None:
        """Put a value, copied as plain JSON, at a path and tell the listeners; None removes it."""
        self.apply({"seq": self.seq + 1, "path": list(path), "value": json.loads(json.dumps(value))})

    def apply(self, change: Json) -> None:
        """Follow one change made here or elsewhere."""
        if change["path"]:
            self._put(change["path"], change["value"])
        else:
            self.tree = change["value"]
        self.seq = change["seq"]
        for listener in tuple(self.listeners):
            listener(change)

    def whole(self) -> Json:
        """The change that brings a reader who knows nothing up to date."""
        return {"seq": self.seq, "path": [], "value": self.tree}

    def _put(self, path: Sequence[str], value: Any) -> None:
        here = self.tree
        for key in path[:-1]:
            here = here.setdefault(key, {})
        if value is None:
            here.pop(path[-1], None)
        else:
            here[path[-1]] = value
