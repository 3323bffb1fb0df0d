"""The saver on a real server: exact between processes, whole or absent, and silent once the lease is lost."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.redis.aio import AsyncRedisSaver
from langgraph.types import Interrupt
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.ports import LeaseLost, StoreUnavailable, write_guard
from bot.runs.checkpointer import ApprovalsSaver
from bot.runs.serializer import Unstorable, data_types
from bot.store.connection import connect
from bot.store.embedded import EmbeddedRedis
from tests.runs import shapes
from tests.runs.conftest import NewSaver
from tests.runs.shapes import described

EXPECTED_FAILURES: dict[str, str] = {}  # test of the conformance suite -> why it cannot pass here


async def test_the_saver_conforms_to_langgraphs_own_suite(client: Redis) -> None:
    @checkpointer_test(name="ApprovalsSaver")
    async def fresh() -> AsyncIterator[ApprovalsSaver]:
        saver = ApprovalsSaver(client)
        await saver.asetup()
        yield saver

    report = await validate(fresh)

    results = report.results
    failures = {name.partition(":")[0] for result in results.values() for name in result.failures or []}
    assert failures == set(EXPECTED_FAILURES)
    assert {name for name, result in results.items() if result.passed} == {
        "put",
        "put_writes",
        "get_tuple",
        "list",
        "delete_thread",
        "prune",
    }


@shapes.patient
@given(value=shapes.values)
async def test_another_process_reads_exactly_what_was_kept(new_saver: NewSaver, value: Any) -> None:
    here, there = new_saver(), new_saver()
    for saver in (here, there):
        saver.trust(data_types([shapes]))
    config = await put(here, uuid4().hex, {"kept": value})
    await here.aput_writes(config, [("written", value)], "task")

    found = await there.aget_tuple(config)

    assert found is not None
    assert described(found.checkpoint["channel_values"]["kept"]) == described(value)
    assert described((found.pending_writes or [])[0][2]) == described(value)


async def test_an_interrupt_keeps_its_response_schema(new_saver: NewSaver, thread: str) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    config = await put(new_saver(), thread, {})
    asked = [Interrupt({"amount": (1, 2)}, "an-id", response_schema=schema)]
    await new_saver().aput_writes(config, [("__interrupt__", asked)], "task")

    found = await new_saver().aget_tuple(config)

    assert found is not None
    assert found.pending_writes == [("task", "__interrupt__", asked)]


@pytest.mark.parametrize("value", [2**64, object(), {"deep": [shapes.Opaque()]}], ids=["int", "object", "in"])
async def test_what_cannot_be_kept_names_its_channel_and_writes_nothing(
    saver: ApprovalsSaver, client: Redis, thread: str, value: Any
) -> None:
    with pytest.raises(Unstorable, match="channel 'plan'"):
        await put(saver, thread, {"fine": 1, "plan": value})
    with pytest.raises(Unstorable, match="channel 'plan'"):
        await saver.aput_writes(place(thread, str(uuid6())), [("fine", 1), ("plan", value)], "task")

    assert await keys_of(client, thread) == []


async def test_nothing_is_written_when_the_lease_is_lost(
    saver: ApprovalsSaver, client: Redis, thread: str
) -> None:
    with guarded(), pytest.raises(LeaseLost):
        await put(saver, thread, {"a": 1})
    with guarded(), pytest.raises(LeaseLost):
        await saver.aput_writes(place(thread, str(uuid6())), [("a", 1)], "task")

    assert await keys_of(client, thread) == []


async def test_a_checkpoint_and_its_pointer_appear_together(
    saver: ApprovalsSaver, redis_server: EmbeddedRedis, thread: str
) -> None:
    first = await put(saver, thread, {"a": 1})
    second = empty_checkpoint()

    async with connect(redis_server.url) as watcher, watcher.monitor() as monitor:
        await saver.aput(first, second, {}, {})
        commands = [await monitor.next_command() for _ in range(3)]

    assert [command["command"].split()[0] for command in commands] == ["EVALSHA", "JSON.SET", "SET"]


async def test_a_write_cancelled_anywhere_is_whole_or_was_never_there(
    saver: ApprovalsSaver, thread: str
) -> None:
    await put(saver, thread, {"n": -1, "copy": -1})
    seen = {-1}
    for ticks in range(12):
        writing = asyncio.create_task(put(saver, thread, {"n": ticks, "copy": ticks}))
        for _ in range(ticks):
            await asyncio.sleep(0)  # one turn of the event loop: each example is cancelled a step later
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)

        found = await saver.aget_tuple(place(thread))

        assert found is not None
        values = found.checkpoint["channel_values"]
        assert values["n"] == values["copy"]
        assert values["n"] in seen | {ticks}
        seen = {values["n"]}


async def test_a_task_that_speaks_again_has_outlived_its_error(saver: ApprovalsSaver, thread: str) -> None:
    config = await put(saver, thread, {})
    await saver.aput_writes(config, [("__error__", ValueError("boom"))], "task")
    await saver.aput_writes(config, [("__error__", ValueError("other"))], "another task")
    await saver.aput_writes(config, [("result", 1)], "task")

    found = await saver.aget_tuple(config)

    assert found is not None
    assert found.pending_writes == [("another task", "__error__", "ValueError: other"), ("task", "result", 1)]


async def test_writes_come_back_in_the_order_langgraph_applies_them(
    saver: ApprovalsSaver, thread: str
) -> None:
    config = await put(saver, thread, {})
    for path, task in (("~2", "a"), ("~1", "c"), ("~1", "b")):
        await saver.aput_writes(config, [("x", f"{task}{n}") for n in range(12)], task, path)

    found = await saver.aget_tuple(config)

    expected = [f"{task}{n}" for task in ("b", "c", "a") for n in range(12)]
    assert found is not None
    assert [value for _, _, value in found.pending_writes or []] == expected


async def test_listing_goes_on_past_one_page(
    saver: ApprovalsSaver, thread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.runs.search.PAGE", 2)
    ids = [(await put(saver, thread, {}))["configurable"]["checkpoint_id"] for _ in range(5)]

    found = [item.checkpoint["id"] async for item in saver.alist(place(thread))]

    assert found == sorted(ids, reverse=True)


async def test_a_deleted_thread_leaves_no_key(saver: ApprovalsSaver, client: Redis, thread: str) -> None:
    for namespace in ("", "child:1", "child:1|grandchild:2"):
        config = await put(saver, thread, {"a": 1}, namespace)
        await saver.aput_writes(config, [("x", 1), ("__interrupt__", [])], "task")
    before = await keys_of(client, thread)

    await saver.adelete_thread(thread)

    assert len(before) == 15
    assert await keys_of(client, thread) == []


async def test_several_processes_may_set_up_at_once(redis_server: EmbeddedRedis, tmp_path: Path) -> None:
    async with EmbeddedRedis.open(tmp_path) as empty, connect(empty.url) as client:
        savers = [ApprovalsSaver(client, outages=(RedisError,)) for _ in range(8)]

        await asyncio.gather(*(saver.asetup() for saver in savers))

        names = await client.execute_command("FT._LIST")  # type: ignore[no-untyped-call]
        assert sorted(names) == [b"approvals:checkpoint", b"approvals:checkpoint_write"]


async def test_a_server_that_is_gone_is_an_outage_and_not_an_empty_thread(
    tmp_path: Path, thread: str
) -> None:
    async with EmbeddedRedis.open(tmp_path) as server, connect(server.url) as client:
        saver = ApprovalsSaver(client, outages=(RedisError,))
        await saver.asetup()
        config = await put(saver, thread, {"a": 1})
        server.kill()

        for attempt in (
            saver.aget_tuple(config),
            put(saver, thread, {"a": 2}),
            saver.aput_writes(config, [("a", 1)], "task"),
            saver.aprune([thread]),
            saver.adelete_thread(thread),
            saver.latched(thread),
            anext(saver.alist(config)),
        ):
            with pytest.raises(StoreUnavailable):
                await attempt


async def test_threads_of_the_stock_saver_are_another_world(
    saver: ApprovalsSaver, client: Redis, thread: str
) -> None:
    stock = AsyncRedisSaver(redis_client=client)
    await stock.asetup()
    theirs = await put(stock, thread, {"trap": {"lc": 2, "type": "constructor", "id": ["this", "s"]}})

    assert await saver.aget_tuple(theirs) is None
    assert [item async for item in saver.alist(place(thread))] == []


@pytest.mark.parametrize("suffix", ["A", ",a", ":a", " a", "|a", "{a}", "*"])
async def test_pruning_and_deleting_one_thread_leaves_its_likeness_alone(
    saver: ApprovalsSaver, thread: str, suffix: str
) -> None:
    one, other = f"{thread}a", f"{thread}{suffix}"
    await put(saver, one, {"n": 1})
    kept = await put(saver, other, {"n": 2})
    await saver.aprune([one])

    assert await saver.aget_tuple(place(one)) is not None
    await saver.adelete_thread(one)
    assert [item.config async for item in saver.alist(place(other))] == [kept]
    await saver.adelete_thread(other)
    assert await saver.aget_tuple(place(other)) is None


async def test_values_are_sealed_and_only_search_fields_are_open(
    saver: ApprovalsSaver, client: Redis, thread: str
) -> None:
    await put(saver, thread, {"plan": {"lc": 2, "secret": "s3cr3t"}})

    (key,) = [key for key in await keys_of(client, thread) if key.startswith("approvals:checkpoint:")]
    found: Any = await client.json().get(key, "$")
    (document,) = found
    kind, blob = document["values"]["plan"]
    assert kind == "msgpack"
    assert b"s3cr3t" in base64.b64decode(blob)
    assert set(document) == {
        "thread_id",
        "checkpoint_ns",
        "checkpoint_id",
        "parent_checkpoint_id",
        "values",
        "frame",
        "metadata",
    }


def place(thread: str, checkpoint: str | None = None, namespace: str = "") -> RunnableConfig:
    chosen = {"checkpoint_id": checkpoint} if checkpoint else {}
    return {"configurable": {"thread_id": thread, "checkpoint_ns": namespace, **chosen}}


async def put(
    saver: AsyncRedisSaver, thread: str, values: dict[str, Any], namespace: str = ""
) -> RunnableConfig:
    checkpoint: Checkpoint = {**empty_checkpoint(), "channel_values": values}
    return await saver.aput(place(thread, namespace=namespace), checkpoint, {"source": "loop", "step": 1}, {})


async def keys_of(client: Redis, thread: str) -> list[str]:
    return [key.decode() async for key in client.scan_iter(match=f"*{thread}*", count=10_000)]


@contextmanager
def guarded() -> Iterator[None]:
    async def refuse() -> None:
        raise LeaseLost("the-thread")

    token = write_guard.set(refuse)
    try:
        yield
    finally:
        write_guard.reset(token)
