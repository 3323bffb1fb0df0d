"""Tell an agent which tools to call, and see what its tools did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.office import Company

Call = tuple[str, dict[str, Any]]


def said(*calls: Call) -> dict[str, Any]:
    """The input that makes an obedient agent call these tools."""
    return {"messages": [{"role": "user", "content": json.dumps(calls)}]}


def mail(to: str, **more: Any) -> Call:
    return ("send_email", {"to": to, "subject": "Hello", **more})


def delete(path: str) -> Call:
    return ("delete_file", {"path": path})


def question(words: str) -> Call:
    return ("ask_user", {"question": words})


def effects(agency: Company, word: str) -> list[dict[str, Any]]:
    """What the tools did that has this word in it, in order."""
    path = Path(agency.environ["STORY_DIR"]) / "effects.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if word in line]


def sent(to: str, **more: Any) -> dict[str, Any]:
    """The effect of a mail that was sent."""
    return {"did": "mail", "to": to, "subject": "Hello", "copies": None, "priority": 1, **more}
