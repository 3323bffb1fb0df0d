"""Put wishes on the durable queue, each under a key, so that a repeated wish is one wish.

pydocket refuses an `add` whose key waits or runs. A wish made *by* a running task for later therefore goes
through `replace`, under a key of its own: it overwrites a waiting wish and survives the end of a running one.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from docket import Docket
from redis.exceptions import RedisError

from bot.ports import StoreUnavailable

ArgValue = str | int | float | None

# How long pydocket keeps what became of a wish, for an operator who looks at the queue.
REMEMBERED = timedelta(minutes=5)


def docket_at(url: str) -> Docket:
    """The queue, with connections of its own; its keys stand beside ours under one name.

    `retry_on_timeout` is the one way by which an address brings redis-py's retry along: a single one, after a
    broken connection as well (https://redis.readthedocs.io/en/stable/connections.html). Without it every
    connection that a restarted Redis left dead costs a wish its turn: it was read, could not be claimed,
    and waits until another worker may take it over. What pydocket sends twice by that is one wish, or at
    worst a task done twice, which every task of ours bears.
    """
    separator = "&" if "?" in url else "?"
    return Docket(
        name="approvals-queue",
        url=f"{url}{separator}max_connections=200&retry_on_timeout=true",
        execution_ttl=REMEMBERED,
    )


class DocketQueue:
    """`ports.Queue` on pydocket. Raises StoreUnavailable when Redis does not take the wish."""

    def __init__(self, docket: Docket) -> None:
        self._docket = docket

    async def advance(self, thread_id: str, *, why: str, delay: float = 0.0, if_idle: bool = False) -> None:
        """Wake a worker for this thread; `why` tells one wish from the next."""
        key = f"advance:{thread_id}"
        await self._plan("advance", key, f"{key}:{why}", thread_id, not if_idle, delay=delay, if_idle=if_idle)

    async def show(
        self, approval_id: str, *, version: int, delay: float = 0.0, if_idle: bool = False
    ) -> None:
        """Bring the card up to this version, or a newer one."""
        key = f"show:{approval_id}"
        await self._plan("show", key, f"{key}:{version}", approval_id, delay=delay, if_idle=if_idle)

    async def show_batch(self, batch_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None:
        """Bring the card of a batch up to date."""
        key = f"show_batch:{batch_id}"
        await self._plan("show_batch", key, key, batch_id, delay=delay, if_idle=if_idle)

    async def expire(self, approval_id: str, *, at: float) -> None:
        """Look at the deadline when it has come. A repeat moves the appointment."""
        await self._replace("expire", f"expire:{approval_id}", datetime.fromtimestamp(at, UTC), approval_id)

    async def nudge(self, approval_id: str, *, at: float) -> None:
        """Look for a due reminder or escalation then; each moment is a wish of its own."""
        await self._replace(
            "nudge", f"nudge:{approval_id}:{at}", datetime.fromtimestamp(at, UTC), approval_id
        )

    async def absence(self, user: str, *, at: float) -> None:
        """Draw the cards that name this person; each moment is a wish of its own."""
        await self._replace("absence", f"absence:{user}:{at}", datetime.fromtimestamp(at, UTC), user)

    async def announce(self, thread_id: str, *, delay: float = 0.0, if_idle: bool = False) -> None:
        """Tell how the run ended."""
        key = f"announce:{thread_id}"
        await self._plan("announce", key, key, thread_id, delay=delay, if_idle=if_idle)

    async def _plan(
        self, task: str, planned: str, now: str, *subject: ArgValue, delay: float, if_idle: bool
    ) -> None:
        """Three ways to ask: later (replacing the plan), now, or now unless a later look is planned."""
        if delay:
            when = datetime.now(UTC) + timedelta(seconds=delay)
            await self._replace(task, f"{planned}:later", when, *subject)
        else:
            await self._add(task, f"{planned}:later" if if_idle else now, *subject)

    async def tell(self, channel: str, user: str, text: str, *, thread_ts: str | None = None) -> None:
        """Say something to one person. The same words that wait to be said already are said once.

        Whoever presses a button again and again must not keep cards and results waiting behind their notes.
        """
        words = "\0".join((channel, user, text, thread_ts or ""))
        said = hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()
        await self._add("tell", f"tell:{said}", channel, user, text, thread_ts)

    async def home(self, user: str, *, note: str | None = None) -> None:
        """Draw this person's App Home; while one waits or is drawn, another without a note is no new wish."""
        await self._add("home", None if note else f"home:{user}", user, note)

    async def notify(self, approval_id: str, *, delay: float = 0.0) -> None:
        """Tell the one person who may decide."""
        key = f"notify:{approval_id}"
        await self._plan("notify", key, key, approval_id, delay=delay, if_idle=False)

    async def _add(self, task: str, key: str | None, *args: ArgValue) -> None:
        try:
            await self._docket.add(task, key=key)(*args)
        except (RedisError, OSError) as broken:
            raise StoreUnavailable(f"the queue did not take {task}: {type(broken).__name__}") from broken

    async def _replace(self, task: str, key: str, when: datetime, *args: ArgValue) -> None:
        try:
            await self._docket.replace(task, when, key)(*args)
        except (RedisError, OSError) as broken:
            raise StoreUnavailable(f"the queue did not take {task}: {type(broken).__name__}") from broken
