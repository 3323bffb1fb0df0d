"""Tests that read as people: `await ana.click("Approve", on=card)`.

The same words work in the simulator's own process and, with `RemoteSlack(url)`, from any other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp

from bot.simulator.card import Card
from bot.simulator.document import Document
from bot.simulator.filling import NoSuchThing
from bot.simulator.model import Json
from bot.simulator.somebody import Person

T = TypeVar("T")
PATIENCE = 10.0


class Slack:
    """A running simulator: who is there, what is written, what goes wrong. Use as `async with`."""

    def __init__(self, url: str, document: Document) -> None:
        self.url = url.rstrip("/")
        self.api_url = f"{self.url}/api/"
        self.document = document
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    # Looking

    def person(self, user: str) -> Person:
        return Person(self, user)

    def message(self, channel: str, ts: str) -> Card:
        return Card(self.document, channel, ts)

    def messages(self, channel: str) -> list[Card]:
        """The messages of a channel outside threads, oldest first."""
        known: dict[str, Json] = self.document.get("messages", channel) or {}
        found = [ts for ts, message in known.items() if message.get("thread_ts") in (None, ts)]
        return [Card(self.document, channel, ts) for ts in sorted(found)]

    async def until(self, condition: Callable[[], T], what: str, within: float = PATIENCE) -> T:
        """Wait until the condition holds; it is looked at again after each change in Slack.

        Raises AssertionError after `within` seconds, with what every channel shows.
        """
        changed = asyncio.Event()
        wake = _waker(changed)
        self.document.listeners.append(wake)
        try:
            async with asyncio.timeout(within):
                while not (value := condition()):
                    changed.clear()
                    await changed.wait()
                return value
        except TimeoutError:
            raise AssertionError(f"waited {within} s for {what}; Slack shows:\n{self.transcript()}") from None
        finally:
            self.document.listeners.remove(wake)

    async def until_message(
        self,
        condition: Callable[[Card], Any],
        channel: str,
        thread: Card | None = None,
        within: float = PATIENCE,
    ) -> Card:
        """The first message of the channel, or of the thread, that fits, as soon as there is one."""

        def found() -> Card | None:
            messages = thread.replies if thread else self.messages(channel)
            return next((message for message in messages if condition(message)), None)

        card = await self.until(found, f"a message in {channel}", within)
        assert card  # noqa: S101 - until gives back only what is true
        return card

    def transcript(self) -> str:
        """What every channel shows, to read in a failed test."""
        lines = []
        for channel, known in self.document.tree["channels"].items():
            messages = self.messages(channel)
            lines += [f"#{known['name']}"] if messages else []
            for message in messages:
                lines += [_told(message), *(f"    {_told(reply)}" for reply in message.replies)]
        return "\n".join(lines) or "(nothing)"

    async def log(self, kind: str | None = None, name: str | None = None) -> list[Json]:
        """Requests and deliveries, oldest first; kinds: api, response_url, event, interaction, command."""
        wanted = {key: value for key, value in (("kind", kind), ("name", name)) if value}
        answer = await self._ask("GET", "log", params=wanted)
        entries: list[Json] = answer["entries"]
        return entries

    # Changing what is there

    async def fault(self, kind: str, target: str = "*", **more: Any) -> None:
        """Misbehave: `fault("rate_limited", "chat.postMessage", times=2, seconds=1)`; see faults.py."""
        await self._ask("POST", "faults", {"kind": kind, "target": target, **more})

    async def heal(self) -> None:
        await self._ask("DELETE", "faults")

    async def set_person(self, user: str, **changes: Any) -> None:
        """Any field of model.Person: `deleted`, `is_restricted`, `is_stranger`, `team_id`, `tz` ..."""
        await self._ask("PUT", f"people/{user}", changes)

    async def set_channel(self, channel: str, **changes: Any) -> None:
        """`members`, `name`, `is_private`, `is_archived`; a new id makes a new channel."""
        await self._ask("PUT", f"channels/{channel}", changes)

    async def set_group(self, group: str, **changes: Any) -> None:
        """`users`, `handle`, `name`; a new id makes a new user group."""
        await self._ask("PUT", f"groups/{group}", changes)

    async def remove_bot(self, channel: str) -> None:
        await self._ask("POST", f"people/{self.document.get('app', 'user')}/leave", {"channel": channel})

    async def settings(self, **changes: Any) -> None:
        """`events_url`, `bot_scopes`, `dedupe_client_msg_id`, and the times of config.Timing."""
        await self._ask("POST", "settings", changes)

    async def deliver(self, kind: str, body: Json) -> Json:
        """Send a payload of your own making, signed; kinds: event, interaction, command."""
        answer = await self._ask("POST", "deliver", {"kind": kind, "body": body})
        return dict(answer.get("answer") or {})

    async def settled(self) -> None:
        """Wait until nothing is on its way to the app, retries included."""
        await self._ask("POST", "settled")

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask Socket Mode apps to reconnect."""
        await self._ask("POST", "disconnect", {"reason": reason})

    async def reset(self) -> None:
        await self._ask("POST", "reset")

    async def act(self, user: str, action: str, **wanted: Any) -> Json:
        return await self._ask("POST", f"people/{user}/{action}", wanted)

    async def _ask(
        self, method: str, path: str, body: Json | None = None, params: Json | None = None
    ) -> Json:
        if self._session is None:
            raise RuntimeError("enter it first: async with RemoteSlack(url) as slack")
        url = f"{self.url}/control/{path}"
        async with self._session.request(method, url, json=body, params=params) as response:
            if response.status == 409:
                raise NoSuchThing((await response.json())["error"])
            response.raise_for_status()
            answer: Json = await response.json()
        await self._caught_up(answer.get("seq", 0))
        return answer

    async def _caught_up(self, seq: int) -> None:
        """Return when the document holds this change; in the simulator's own process it always does."""


class RemoteSlack(Slack):
    """A simulator in another process: `async with RemoteSlack("http://127.0.0.1:4500") as slack`."""

    def __init__(self, url: str) -> None:
        super().__init__(url, Document())
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        assert self._session  # noqa: S101 - just made
        socket = await self._session.ws_connect(f"{self.url}/control/feed", max_msg_size=0)
        self.document.apply(await socket.receive_json())
        self._socket, self._reader = socket, asyncio.create_task(self._read(socket))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket and self._reader:
            await self._socket.close()
            await self._reader
        await super().__aexit__(kind, error, trace)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.document.apply(json.loads(message.data))

    async def _caught_up(self, seq: int) -> None:
        await self.until(lambda: self.document.seq >= seq, f"change {seq} of the feed")


def _told(message: Card) -> str:
    shown = " / ".join(message.text_shown.splitlines())
    return f"{message.ts} {message.user}: {shown}" + (f"  {message.buttons}" if message.buttons else "")


def _waker(changed: asyncio.Event) -> Callable[[Json], None]:
    def wake(change: Json) -> None:
        changed.set()

    return wake


__all__ = ["Card", "NoSuchThing", "Person", "RemoteSlack", "Slack"]
