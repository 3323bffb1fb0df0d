"""One assistant on a LangGraph Agent Server: the connection to it, and whether it can be used now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx
import structlog
from langgraph_sdk.client import LangGraphClient
from langgraph_sdk.errors import APIStatusError, ConflictError, NotFoundError

from bot.core.finding import Finding, Level
from bot.core.model import JSON
from bot.ports import GraphUnavailable, RunFailed
from bot.runs.plain import one_line
from bot.runs.selfcheck import OLDEST, version_numbers

# Seconds: a server that is there connects and answers at once; only `join` takes as long as a run does.
CONNECT, ANSWER = 3.0, 10.0

# Seconds until another look at a thread that somebody else runs.
BUSY = 2.0

# What certainly never reached the server.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

# Sending it again will not help.
SENSELESS = (400, 413, 422)

T = TypeVar("T")

log = structlog.get_logger("approvals.runs")


@dataclass(frozen=True, slots=True)
class Address:
    """What approvals.toml says of a graph on an Agent Server. `headers` hold a secret."""

    graph: str
    url: str
    assistant: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    adopt: Mapping[str, JSON] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the server told of itself and of the assistant."""

    langgraph: str
    assistant_id: str
    description: str = ""
    input_schema: Mapping[str, JSON] = field(default_factory=dict)


class Assistant:
    """Calls go through `call`, which says what a failure means; `ready` comes before the first one."""

    def __init__(self, address: Address) -> None:
        self.address = address
        # Not langgraph_sdk.get_client: it would send LANGSMITH_API_KEY, whosoever that is, to any server, and
        # it tries for eight seconds to reach one that is down.
        self._http = httpx.AsyncClient(
            base_url=address.url,
            headers=dict(address.headers),
            timeout=httpx.Timeout(None, connect=CONNECT),
            transport=httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=100)),
        )
        self._client = LangGraphClient(self._http)
        self._trouble: str | None = ""  # as last logged; None: all is well
        self._sure = False
        self.known: Known | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def ready(self) -> Known:
        """What is known of it. Raises GraphUnavailable: it is away, too old, or has no such assistant."""
        if self._sure and self.known is not None:
            return self.known
        return await self.look()

    async def look(self) -> Known:
        """Ask the server again, whatever was known. Raises GraphUnavailable."""
        try:
            info = await self._asked(lambda client: client.http.get("/info"))
            self.known = await self._known(_version(info))
        except NotFoundError as nothing:
            self._lost(reason := f"there is no Agent Server at {self.address.url}")
            raise GraphUnavailable(reason) from nothing
        except GraphUnavailable as away:
            self._lost(away.reason)
            raise GraphUnavailable(away.reason) from away
        self._sure = True
        if self._trouble is not None:
            log.info("Agent Server answers", graph=self.address.graph, langgraph=self.known.langgraph)
            self._trouble = None
        return self.known

    async def read(self, ask: Callable[[LangGraphClient], Awaitable[T]], *, within: float = ANSWER) -> T:
        """Ask for something. Raises NotFoundError (the server has no such thing), GraphUnavailable."""
        try:
            return await self._asked(ask, within=within)
        except GraphUnavailable as away:
            self._lost(away.reason)
            raise GraphUnavailable(away.reason, retry_after=away.retry_after) from away

    async def write(self, ask: Callable[[LangGraphClient], Awaitable[T]]) -> T:
        """Change something. Raises NotFoundError, RunFailed where the server finds no sense in what was sent,
        and GraphUnavailable: its `sent` says if it may be done."""
        try:
            return await self._asked(ask)
        except GraphUnavailable as away:
            if isinstance(away.__cause__, APIStatusError) and away.__cause__.status_code in SENSELESS:
                raise RunFailed(away.reason) from away
            if away.retry_after is None:  # else it is the thread that is busy
                self._lost(away.reason)
            soon = BUSY if away.sent else away.retry_after  # it may be done: look soon
            raise GraphUnavailable(away.reason, retry_after=soon, sent=away.sent) from away

    async def finding(self) -> Finding:
        """How it is now, for `approvals doctor` and `/readyz`."""
        name, url = self.address.graph, self.address.url
        try:
            known = await self.look()
        except GraphUnavailable as away:
            return Finding(Level.ERROR, "agent_server", f"Graph {name} cannot run: {away.reason}.")
        sentence = f"Graph {name} runs on the Agent Server at {url}, langgraph {known.langgraph}."
        return Finding(Level.OK, "agent_server", sentence)

    async def _asked(self, ask: Callable[[LangGraphClient], Awaitable[T]], *, within: float = ANSWER) -> T:
        """GraphUnavailable from here says whether the request may have arrived."""
        where = f"the Agent Server at {self.address.url}"
        try:
            async with asyncio.timeout(within):
                return await ask(self._client)
        except ConflictError as busy:
            raise GraphUnavailable("somebody else runs this thread", retry_after=BUSY) from busy
        except NotFoundError:
            raise
        except APIStatusError as refused:
            reason = f"{where} answers {refused.status_code}: {one_line(refused.message)}"
            raise GraphUnavailable(reason, sent=refused.status_code >= 500) from refused
        except TimeoutError as late:
            raise GraphUnavailable(f"{where} did not answer within {within:.0f} s", sent=True) from late
        except httpx.HTTPError as broken:
            reason = f"{where} does not answer ({one_line(broken)})"
            raise GraphUnavailable(reason, sent=not isinstance(broken, UNSENT)) from broken
        except ValueError as garbled:
            raise GraphUnavailable(f"{where} does not answer in JSON", sent=True) from garbled

    async def _known(self, langgraph: str) -> Known:
        if version_numbers(langgraph) < OLDEST:
            raise GraphUnavailable(
                f"the Agent Server at {self.address.url} runs langgraph {langgraph or '(unknown)'}; "
                "1.2.20 or newer is needed, where each question has an id of its own"
            )
        row = await self._assistant()
        assistant_id = row["assistant_id"]
        schemas: Any = await self._asked(lambda client: client.assistants.get_schemas(assistant_id))
        return Known(langgraph, assistant_id, row.get("description") or "", schemas.get("input_schema") or {})

    async def _assistant(self) -> Mapping[str, Any]:
        """By id, or by the graph's name as runs take it; a name stands for the assistant the server made."""
        wanted = self.address.assistant
        with suppress(NotFoundError):
            if _is_uuid(wanted):
                return await self._asked(lambda client: client.assistants.get(wanted))
            rows = await self._asked(lambda client: client.assistants.search(graph_id=wanted, limit=100))
            own = [row for row in rows if (row["metadata"] or {}).get("created_by") == "system"]
            if own or rows:
                return (own or rows)[0]
        raise GraphUnavailable(f"the Agent Server at {self.address.url} has no assistant {wanted!r}")

    def _lost(self, reason: str) -> None:
        """Said once for each reason, not for each call."""
        self._sure = False
        if reason != self._trouble:
            log.warning("Agent Server cannot be used", graph=self.address.graph, reason=reason)
            self._trouble = reason


def _version(info: Any) -> str:
    """`langgraph_py_version` of /info; empty where something else than an Agent Server answers."""
    found = info.get("langgraph_py_version") if isinstance(info, Mapping) else None
    return found if isinstance(found, str) else ""


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False
