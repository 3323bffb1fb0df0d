"""One Redis, spoken to by script or by pipeline: one round trip each, every failure a StoreUnavailable."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from redis import exceptions
from redis.asyncio import Redis

from bot.core.model import Approval, Run
from bot.ports import Lease, StoreUnavailable
from bot.store.codec import to_bytes

Argument = bytes | str | int | float


class Server:
    """What the store's parts share. Whether the client decodes its responses does not matter."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._scripts = {name: client.register_script(text) for name, text in _texts().items()}

    async def run(self, script: str, keys: Sequence[str], args: Sequence[Argument] = ()) -> Any:
        """Run `lua/{script}.lua`. redis-py repeats it when the reply is lost: each script bears that."""
        with _reached():
            return await self._scripts[script](keys=list(keys), args=list(args))

    async def read(self, *commands: tuple[str, ...]) -> list[Any]:
        """The answers to some commands that only read."""
        with _reached():
            async with self._client.pipeline(transaction=False) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return await pipe.execute()


def said(**words: str | float | bool | Sequence[str] | None) -> bytes:
    """The named arguments of one call; what is None is not said (cjson's null would count as true)."""
    return to_bytes({name: value for name, value in words.items() if value is not None})


def guard(before: Approval | Run, after: Approval | Run, lease: Lease | None) -> dict[str, str | None]:
    """What every swap has checked: the version read, the lease held; the stamp makes its repeat known."""
    if after.version != before.version + 1:
        raise ValueError(f"version {after.version} cannot follow {before.version}: each change adds one")
    return {
        "version": str(before.version),
        "next": str(after.version),
        "stamp": secrets.token_urlsafe(9),
        "token": lease.token if lease else None,
    }


def seconds(time: tuple[int, int]) -> float:
    """What TIME answers, as seconds since 1970: the same double that the scripts make of it."""
    return float(f"{time[0]}.{time[1]:06d}")


@cache
def _texts() -> dict[str, str]:
    folder = files(__package__) / "lua"
    texts = {file.name.removesuffix(".lua"): file.read_text() for file in folder.iterdir()}
    common = texts.pop("common")
    return {name: common + text for name, text in texts.items()}


# The first that fits: the more special ones stand before what they inherit from.
_SENTENCES: tuple[tuple[type[exceptions.RedisError], str], ...] = (
    (exceptions.ReadOnlyError, "Redis is a read-only replica: let REDIS_URL name the primary"),
    (exceptions.OutOfMemoryError, "Redis is out of memory and takes no writes: raise maxmemory"),
    (exceptions.BusyLoadingError, "Redis is loading its data: try again in a moment"),
    (exceptions.AuthenticationError, "Redis refused the user or password: check REDIS_URL"),
    (exceptions.AuthorizationError, "Redis refused the user or password: check REDIS_URL"),
    (exceptions.NoPermissionError, "Redis forbids its user a command we need: check the user's ACL"),
    (exceptions.MaxConnectionsError, "All connections to Redis are in use: raise max_connections"),
    (exceptions.TimeoutError, "Redis did not answer in time"),
    (exceptions.ConnectionError, "Redis cannot be reached"),
)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except exceptions.RedisError as error:
        raise StoreUnavailable(sentence(error)) from error


def sentence(error: exceptions.RedisError) -> str:
    """In our own words: what Redis or redis-py say may repeat the address, user and password."""
    known = (sentence for kind, sentence in _SENTENCES if isinstance(error, kind))
    return next(known, f"Redis refused a command ({type(error).__name__})")
