"""A wire between a client and Redis that can be cut, can lose replies, and counts the round trips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(slots=True)
class Wire:
    """What the test may do to the wire."""

    port: int = 0
    round_trips: int = 0
    lose: int = 0  # so many replies are swallowed, each with its connection
    pipes: set[asyncio.StreamWriter] = field(default_factory=set)
    down: bool = False

    def cut(self) -> None:
        """Nobody gets through any more."""
        self.down = True
        for pipe in self.pipes:
            pipe.close()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    target = urlsplit(url).port
    wire = Wire()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if wire.down:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
        wire.pipes |= {writer, far_writer}
        await asyncio.gather(_ask(wire, reader, far_writer), _answer(wire, far_reader, writer, far_writer))
        wire.pipes -= {writer, far_writer}

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        yield wire
        wire.cut()


async def _ask(wire: Wire, reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
    while data := await _some(reader):
        far.write(data)
    far.close()


async def _answer(
    wire: Wire, far: asyncio.StreamReader, writer: asyncio.StreamWriter, far_writer: asyncio.StreamWriter
) -> None:
    while data := await _some(far):
        wire.round_trips += 1
        if wire.lose:
            wire.lose -= 1
            break
        writer.write(data)
    writer.close()
    far_writer.close()


async def _some(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(1 << 24)
    except ConnectionResetError:
        return b""
