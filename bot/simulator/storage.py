"""Keep people, channels and messages in a file, so that a restart finds them again."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path

from bot.simulator.model import Channel, Json, Message, Person, UserGroup
from bot.simulator.workspace import Workspace

KEPT = {"people", "groups", "channels", "messages"}
PAUSE = 0.05  # changes of one moment share one write


class Storage:
    """Writes the workspace to its file shortly after each change, and once more at the end."""

    def __init__(self, workspace: Workspace, path: Path) -> None:
        self._workspace = workspace
        self._path = path
        self._soon: asyncio.TimerHandle | None = None

    def start(self) -> None:
        if self._path.exists():
            load(self._workspace, json.loads(self._path.read_text()))
        self._workspace.document.listeners.append(self._changed)

    def stop(self) -> None:
        self._workspace.document.listeners.remove(self._changed)
        self._write()

    def _changed(self, change: Json) -> None:
        if self._soon is None and (not change["path"] or change["path"][0] in KEPT):
            self._soon = asyncio.get_running_loop().call_later(PAUSE, self._write)

    def _write(self) -> None:
        if self._soon:
            self._soon.cancel()
            self._soon = None
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(dump(self._workspace)))
        os.replace(fresh, self._path)


def dump(workspace: Workspace) -> Json:
    messages = [asdict(message) for known in workspace.messages.values() for message in known.values()]
    return {
        "people": [asdict(person) for person in workspace.people.values()],
        "groups": [asdict(group) for group in workspace.groups.values()],
        "channels": [asdict(channel) for channel in workspace.channels.values()],
        "messages": messages,
    }


def load(workspace: Workspace, kept: Json) -> None:
    for person in kept["people"]:
        workspace.put_person(Person(**person))
    for group in kept["groups"]:
        workspace.put_group(UserGroup(**{**group, "users": tuple(group["users"])}))
    for channel in kept["channels"]:
        workspace.put_channel(Channel(**{**channel, "members": tuple(channel["members"])}))
    for message in kept["messages"]:
        lists = {name: tuple(message[name]) for name in ("blocks", "attachments")}
        workspace.put_message(Message(**{**message, **lists}))
