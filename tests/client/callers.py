"""Both clients behind one set of awaited words, so that each test is run with either."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

from bot.client import Approval, ApprovalDetails, AsyncClient, Client, Run, Started

KINDS = ("sync", "async")


class Caller(Protocol):
    """What both clients can do."""

    async def start(self, graph: str, given: Any, **more: Any) -> Started: ...
    async def get(self, thread_id: str) -> Run: ...
    async def approval(self, approval_id: str) -> ApprovalDetails: ...
    async def wait(self, thread_id: str, seconds: float, **more: Any) -> Run: ...
    async def pending(self, **wanted: Any) -> list[Approval]: ...


class InThread:
    """The client without asyncio: each call in a thread, so that the bot in this loop can answer."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, graph: str, given: Any, **more: Any) -> Started:
        return await asyncio.to_thread(self._client.start, graph, given, **more)

    async def get(self, thread_id: str) -> Run:
        return await asyncio.to_thread(self._client.get, thread_id)

    async def approval(self, approval_id: str) -> ApprovalDetails:
        return await asyncio.to_thread(self._client.approval, approval_id)

    async def wait(self, thread_id: str, seconds: float, **more: Any) -> Run:
        return await asyncio.to_thread(self._client.wait, thread_id, seconds, **more)

    async def pending(self, **wanted: Any) -> list[Approval]:
        return await asyncio.to_thread(lambda: list(self._client.pending(**wanted)))


class Awaited:
    """The client on asyncio."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def start(self, graph: str, given: Any, **more: Any) -> Started:
        return await self._client.start(graph, given, **more)

    async def get(self, thread_id: str) -> Run:
        return await self._client.get(thread_id)

    async def approval(self, approval_id: str) -> ApprovalDetails:
        return await self._client.approval(approval_id)

    async def wait(self, thread_id: str, seconds: float, **more: Any) -> Run:
        return await self._client.wait(thread_id, seconds, **more)

    async def pending(self, **wanted: Any) -> list[Approval]:
        return [one async for one in self._client.pending(**wanted)]


@asynccontextmanager
async def calling(kind: str, url: str, token: str) -> AsyncIterator[Caller]:
    """One of the two, open inside the block."""
    if kind == "sync":
        with Client(url, token) as client:
            yield InThread(client)
    else:
        async with AsyncClient(url, token) as on_asyncio:
            yield Awaited(on_asyncio)
