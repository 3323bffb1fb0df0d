"""One kept-alive HTTP connection that sends ready bytes: the sender must not cost more than the server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


class Refused(Exception):
    """A contestant did not answer 200: its times would be worthless."""


class Line:
    """A connection to a server on this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Line:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: bytes) -> float:
        """Seconds from the first byte out to the last byte in."""
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        await self._reader.readexactly(_length(head))
        took = time.perf_counter() - began
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused(head.decode(errors="replace"))
        return took

    def close(self) -> None:
        self._writer.close()


def _length(head: bytes) -> int:
    for field in head.lower().split(b"\r\n"):
        name, _, value = field.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0


@dataclass(frozen=True, slots=True)
class Sent:
    """How long each request took, and all of them together (seconds)."""

    times: tuple[float, ...]
    together: float

    @property
    def rate(self) -> float:
        return len(self.times) / self.together


async def send_all(port: int, requests: Sequence[bytes], connections: int) -> Sent:
    """Send every request once, over so many connections, each sending its next when it has an answer."""
    left, times = iter(requests), list[float]()
    lines = [await Line.open(port) for _ in range(connections)]

    async def work(line: Line) -> None:
        for request in left:
            times.append(await line.send(request))

    began = time.perf_counter()
    await asyncio.gather(*(work(line) for line in lines))
    together = time.perf_counter() - began
    for line in lines:
        line.close()
    return Sent(tuple(times), together)
