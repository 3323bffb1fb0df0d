"""Keep generated states in a real Redis: `python -m tests.runs.many_states 20000 --seed 1`.

Each is written by one saver and read by another, which stands for another process: as a checkpoint, as a
write of a task, and as a question with its schema. Counted are differences, and modules that reading imports.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.messages import ChatMessage, FunctionMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.store.base import Item
from langgraph.types import Interrupt, Overwrite
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.serializer import data_types
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from tests.runs import shapes
from tests.runs.imports import listening
from tests.runs.shapes import described, texts, values

# Dictionaries that another serializer takes for objects, and would import these modules for.
TRAPS: tuple[dict[str, Any], ...] = (
    {"lc": 2, "type": "constructor", "id": ["antigravity", "fly"], "kwargs": {}},
    {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMessage"], "kwargs": {}},
    {"lc": 2, "type": "constructor", "id": ["this", "s"], "method": ["decode"], "args": ["x"]},
    {"__send__": True, "node": "pay", "arg": 1},
    {"__interrupt__": True, "value": 1, "id": "x"},
    {"__bytes__": "aGk="},
    {"__delta_snapshot__": True, "value": 1},
    {"__pydantic__": "antigravity.Fly"},
)
rare = st.one_of(
    st.sampled_from(TRAPS),
    st.ip_addresses(),
    st.sampled_from([re.compile("a.b", re.I), re.compile(rb"\d+")]),
    st.binary(max_size=8).map(bytearray),
    texts.map(lambda text: Document(page_content=text, metadata={"page": (1, text)})),
    texts.map(lambda text: ChatMessage(content=text, role=text)),
    texts.map(lambda text: FunctionMessage(content=text, name=text)),
    texts.map(lambda text: RemoveMessage(id=text)),
    st.lists(texts, max_size=2).map(Overwrite),
    st.lists(st.integers(-(2**31), 2**31), max_size=4).map(numpy.array),
    st.lists(st.floats(width=32), max_size=4).map(lambda row: numpy.array(row, dtype="f4")),
    st.builds(
        lambda value, at: Item(value={"v": value}, key="k", namespace=("n",), created_at=at, updated_at=at),
        values,
        st.datetimes(timezones=st.just(UTC)),
    ),
    st.lists(st.sampled_from(TRAPS), max_size=2).map(tuple),
)
schemas = st.dictionaries(texts, st.one_of(texts, st.dictionaries(texts, texts, max_size=2)), max_size=3)
states = st.fixed_dictionaries(
    {"first": values, "second": st.one_of(values, rare)}, optional={"third": st.lists(rare, max_size=2)}
)


@dataclass
class Tally:
    """What was seen so far."""

    states: int = 0
    values: int = 0
    different: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)


async def kept(
    here: ApprovalsSaver, there: ApprovalsSaver, state: Mapping[str, Any], schema: Any, tally: Tally
) -> None:
    """Write one state with one saver, read it with the other, and note every difference and import."""
    place: RunnableConfig = {"configurable": {"thread_id": uuid4().hex, "checkpoint_ns": ""}}
    checkpoint: Checkpoint = {**empty_checkpoint(), "channel_values": dict(state)}
    config = await here.aput(place, checkpoint, {"source": "loop", "step": 1}, {})
    question = [Interrupt(state["first"], "an-id", response_schema=schema)]
    await here.aput_writes(config, [("written", state["second"]), ("__interrupt__", question)], "task")
    with listening(tally.imported):
        found = await there.aget_tuple(place)
    assert found is not None
    writes = {channel: value for _, channel, value in found.pending_writes or []}
    pairs = [(value, found.checkpoint["channel_values"].get(name)) for name, value in state.items()]
    pairs += [(state["second"], writes.get("written")), (question, writes.get("__interrupt__"))]
    tally.states += 1
    tally.values += len(pairs)
    tally.different += [f"{a!r} came back as {b!r}" for a, b in pairs if described(a) != described(b)]
    await here.adelete_thread(place["configurable"]["thread_id"])


def savers(client: Redis) -> tuple[ApprovalsSaver, ApprovalsSaver]:
    """Two that share nothing but the data."""
    pair = tuple(ApprovalsSaver(client, outages=(RedisError,)) for _ in range(2))
    for saver in pair:
        saver.trust(data_types([shapes]))
    return pair[0], pair[1]


async def warmed_up(here: ApprovalsSaver, there: ApprovalsSaver) -> None:
    """The first answer of Redis makes its client load the rest of itself."""
    await here.asetup()
    await kept(here, there, {"first": [], "second": [numpy.array([1])]}, {}, Tally())


def each(count: int, chosen: int, keep: Callable[[dict[str, Any], Any], None]) -> None:
    """Hand `count` states to `keep`, always the same ones for one seed."""

    @seed(chosen)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(states, schemas)
    def one(state: dict[str, Any], schema: Any) -> None:
        keep(state, schema)

    one()


def run(count: int, chosen: int, folder: Path) -> Tally:
    """Start a server of its own, and keep so many states in it."""
    tally, began = Tally(), time.monotonic()
    with asyncio.Runner() as loop:
        server = EmbeddedRedis(folder)
        loop.run(server.start())
        client = connect(server.url)
        here, there = savers(client)
        loop.run(warmed_up(here, there))

        def keep(state: dict[str, Any], schema: Any) -> None:
            loop.run(kept(here, there, state, schema, tally))
            if tally.states % 1_000 == 0:
                print(_so_far(tally, began), flush=True)

        try:
            each(count, chosen, keep)
        finally:
            loop.run(client.aclose())
            loop.run(server.stop())
    print(_so_far(tally, began))
    return tally


def _so_far(tally: Tally, began: float) -> str:
    return (
        f"{tally.states:,} states, {tally.values:,} values, {len(tally.different)} differences, "
        f"{len(tally.imported)} imports, {time.monotonic() - began:.0f} s"
    )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("count", type=int, nargs="?", default=20_000)
    asked.add_argument("--seed", type=int, default=1)
    given_ = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(given_.count, given_.seed, Path(folder))
    print(f"seed {given_.seed}", *tally.different[:20], *tally.imported[:20], sep="\n")
    return 1 if tally.different or tally.imported else 0


if __name__ == "__main__":
    sys.exit(main())
