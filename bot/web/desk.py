"""What the HTTP API hands over to; the use cases satisfy it, tests bring a small one."""

from __future__ import annotations

from typing import Protocol

from bot.core.model import JSON, Run
from bot.ports import Census, Page, Record


class ApiDesk(Protocol):
    """Every method may raise StoreUnavailable."""

    async def start(
        self,
        graph: str,
        input: JSON,  # noqa: A002 (LangGraph's word for it)
        *,
        channel: str | None,
        requester: str | None,
        thread_id: str | None,
    ) -> Run:
        """Record a run; the same thread id and request again is the same run.

        Raises UnknownGraph or InvalidInput, and then nothing was recorded.
        """
        ...

    async def run(self, thread_id: str) -> Run | None: ...

    async def approval(self, approval_id: str) -> Record | None: ...

    async def search(
        self, *, state: str | None, graph: str | None, channel: str | None, cursor: str | None
    ) -> Page:
        """Approvals newest first. Raises ValueError for a cursor that is none of ours."""
        ...

    async def census(self) -> Census:
        """How much waits, for people and for graphs."""
        ...

    async def card_link(self, record: Record) -> str | None:
        """Where the card can be seen; None before it is posted, or while Slack cannot say."""
        ...
