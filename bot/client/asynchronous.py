"""The client for services on asyncio; it walks the same steps as the other one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self, TypeVar

import httpx

from bot.client import steps
from bot.client.door import Door, answered, unanswered
from bot.client.results import JSON, Approval, ApprovalDetails, Run, Started
from bot.client.steps import Answer, Call, Pause, Steps, Until

T = TypeVar("T")


class AsyncClient:
    """`async with AsyncClient("http://127.0.0.1:3000", token) as client`: `Client`, awaited."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Raises ValueError for an address or a token that cannot be one."""
        self._door = Door(url, token)
        self._http = httpx.AsyncClient(timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._door.url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def start(
        self,
        graph: str,
        input: JSON,  # noqa: A002 (LangGraph's word for it)
        *,
        channel: str | None = None,
        requester: str | None = None,
        thread_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Started:
        """Start a run; it is on record when this returns. Raises InvalidRequest, KeyReused.

        The same key and request again is the same run. Give a key of your own, made from what is asked for
        (`refund-of-order-1043`), and a crash of your service cannot start it twice; without one it is random.
        """
        return await self._walk(
            steps.start(
                graph,
                input,
                channel=channel,
                requester=requester,
                thread_id=thread_id,
                idempotency_key=idempotency_key,
            )
        )

    async def get(self, thread_id: str) -> Run:
        """The run as it stands. Raises NotFound."""
        return await self._walk(steps.run(thread_id))

    async def approval(self, approval_id: str) -> ApprovalDetails:
        """Everything about one approval. Raises NotFound."""
        return await self._walk(steps.approval(approval_id))

    async def wait(
        self,
        thread_id: str,
        timeout: float,  # noqa: ASYNC109 (both clients take the same; a bot that is away ends no wait)
        *,
        until: Until = "over",
    ) -> Run:
        """The run once it is over (ended, failed, lost, cancelled); with `until="asked"`, also once it waits
        for people. Raises NotFound, and StillRunning after `timeout` seconds, which changes nothing."""
        return await self._walk(steps.wait(thread_id, timeout, until))

    async def pending(
        self, *, graph: str | None = None, channel: str | None = None
    ) -> AsyncIterator[Approval]:
        """What waits for people, newest first, read page by page as you go. Raises InvalidRequest."""
        seen, cursor, more = set[str](), None, True
        while more:
            page = await self._walk(steps.pending(graph, channel, cursor))
            for one in page.approvals:
                if one.id not in seen:
                    yield one
            seen |= {one.id for one in page.approvals}
            more, cursor = page.cursor not in (None, cursor), page.cursor

    async def _walk(self, walk: Steps[T]) -> T:
        came: Answer | None = None
        while True:
            try:
                step = walk.send(came)
            except StopIteration as end:
                result: T = end.value
                return result
            came = await self._do(step)

    async def _do(self, step: Call | Pause) -> Answer | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return answered(await self._http.send(self._door.request(step)))
        except httpx.HTTPError as trouble:
            return unanswered(trouble)
