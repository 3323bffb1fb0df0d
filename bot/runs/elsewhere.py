"""Find threads on Agent Servers that were started elsewhere and wait for people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from langgraph_sdk.errors import NotFoundError

from bot.core.model import JSON
from bot.core.policy import USER_ID
from bot.ports import Elsewhere, GraphUnavailable
from bot.runs.assistant import Assistant
from bot.runs.remote import OURS, RemoteRunner
from bot.runs.thread_state import server_id

# Threads a request.
PAGE = 100


class ServerScout:
    """`ports.Scout` on the servers that the runner knows."""

    def __init__(self, runner: RemoteRunner) -> None:
        self._assistants = [runner.assistant(graph) for graph in runner.graphs()]

    async def waiting(self) -> tuple[Elsewhere, ...]:
        """Every thread of our assistants that waits and carries the metadata of `adopt`."""
        found: list[Elsewhere] = []
        for assistant in self._assistants:
            if assistant.address.adopt is not None:
                with suppress(GraphUnavailable, NotFoundError):  # logged; the next round comes in seconds
                    found += [_elsewhere(assistant, row) async for row in _rows(assistant)]
        return tuple(one for one in found if one.interrupts)

    async def look_up(self, server_thread: str) -> Elsewhere | None:
        """The thread with this id, if it belongs to an assistant of ours. Raises GraphUnavailable."""
        for assistant in self._assistants:
            known = await assistant.ready()
            with suppress(NotFoundError):
                row: Any = await assistant.read(lambda client: client.threads.get(server_thread))
                if _metadata(row).get("assistant_id") == known.assistant_id:
                    return _elsewhere(assistant, row)
        return None


async def _rows(assistant: Assistant) -> AsyncIterator[Mapping[str, Any]]:
    """An answer through another assistant would run another graph on the thread: only our own."""
    known = await assistant.ready()
    wanted: Any = {**(assistant.address.adopt or {}), "assistant_id": known.assistant_id}
    offset, page = 0, await _page(assistant, wanted, 0)
    while page:
        for row in page:
            yield row
        offset += PAGE
        page = await _page(assistant, wanted, offset) if len(page) == PAGE else []


async def _page(assistant: Assistant, wanted: Any, offset: int) -> list[Any]:
    """Oldest first: a thread that is answered meanwhile hides another one for a round at most."""
    rows: Any = await assistant.read(
        lambda client: client.threads.search(
            status="interrupted",
            metadata=wanted,
            limit=PAGE,
            offset=offset,
            sort_by="created_at",
            sort_order="asc",
            select=["thread_id", "metadata", "interrupts"],
        )
    )
    return list(rows)


def _elsewhere(assistant: Assistant, row: Mapping[str, Any]) -> Elsewhere:
    metadata, adopt = _metadata(row), assistant.address.adopt
    ours, requester = metadata.get(OURS), metadata.get("requester")
    mine = isinstance(ours, str) and server_id(ours) == row["thread_id"]
    return Elsewhere(
        graph=assistant.address.graph,
        thread_id=str(ours) if mine else row["thread_id"],
        interrupts=frozenset(item["id"] for items in (row["interrupts"] or {}).values() for item in items),
        requester=requester if isinstance(requester, str) and USER_ID.fullmatch(requester) else None,
        # A thread that another bot of this kind started is that one's: its people decide.
        wanted=not mine and adopt is not None and adopt.items() <= metadata.items(),
    )


def _metadata(row: Mapping[str, Any]) -> Mapping[str, JSON]:
    metadata = row.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}
