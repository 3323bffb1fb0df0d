"""Keep LangGraph's checkpoints in Redis: exactly, atomically, and only while we hold the thread."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from importlib.resources import files
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
    get_checkpoint_metadata,
)
from langgraph.checkpoint.redis.aio import AsyncRedisSaver
from langgraph.checkpoint.redis.key_registry import CheckpointKeyRegistry
from langgraph.checkpoint.redis.util import safely_decode
from langgraph.checkpoint.serde.types import ERROR, INTERRUPT
from redisvl.exceptions import RedisSearchError  # type: ignore[import-untyped] # ships none

from bot.ports import StoreUnavailable, write_guard
from bot.runs import search
from bot.runs.documents import Document, Place, checkpoint_document, latched, read_checkpoint, write_documents
from bot.runs.plain import one_line
from bot.runs.serializer import ExactSerializer, TypeName

# Of our own, so that threads of another program's saver in the same Redis are not mistaken for ours.
CHECKPOINTS, WRITES = "approvals:checkpoint", "approvals:checkpoint_write"
NEWEST = ""  # in place of a checkpoint's id
SLOT = WRITES_IDX_MAP  # where a task's error and question are, among its writes


class ApprovalsSaver(AsyncRedisSaver):
    """LangGraph's Redis saver, with the values sealed, and every read and every write one script.

    Differs from its parent: what is read equals what was written (ExactSerializer); a value that cannot be
    kept raises Unstorable before anything is written; a checkpoint and the pointer to it appear together or
    not at all, also when the run is cancelled; a task's stored error goes when the task has something newer
    to say; `alist` honours namespace, `before`, `limit` and filters; searches tell thread "A" from "a".
    No expiry: a thread waits as long as people do. Not for Redis Cluster.
    """

    serde: ExactSerializer

    def __init__(self, client: Any, *, outages: tuple[type[Exception], ...] = ()) -> None:
        """`client` is the shared redis.asyncio.Redis; `outages` is what it raises when Redis cannot serve.

        Those surface as StoreUnavailable. Await `asetup` once before use.
        """
        super().__init__(redis_client=client, checkpoint_prefix=CHECKPOINTS, checkpoint_write_prefix=WRITES)
        self.serde = ExactSerializer()
        self._client = client
        self._outages = (*outages, RedisSearchError)

    def trust(self, types: Iterable[TypeName]) -> None:
        """Let instances of these classes (module, name) be written and read back."""
        self.serde = ExactSerializer(self.serde.types.union(types))

    @property
    def checkpoints_schema(self) -> dict[str, Any]:
        """The index over checkpoints."""
        return search.exact(super().checkpoints_schema)

    @property
    def writes_schema(self) -> dict[str, Any]:
        """The index over pending writes."""
        return search.exact(super().writes_schema)

    async def asetup(self) -> None:
        """Create the search indexes where they are missing."""
        with self._outage():
            for _ in (self.checkpoints_index, self.checkpoint_writes_index):
                # Of processes that start together all but one fail to create an index; then it is there.
                with suppress(RedisSearchError):
                    return await super().asetup()
            return await super().asetup()

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
        stream_mode: str = "values",
    ) -> RunnableConfig:
        """Write the newest checkpoint. Raises Unstorable, StoreUnavailable, or what the guard raises."""
        place = Place(*_address(config), checkpoint["id"])
        parent = get_checkpoint_id(config)
        kept = get_checkpoint_metadata(config, metadata)
        document = checkpoint_document(self.serde, place, parent, checkpoint, kept)
        keys = [self._checkpoint_key(place), self._newest_key(place)]
        await _check_guard()
        with self._outage():
            await self._scripts["put"](keys=keys, args=[json.dumps(document)])
        return place.config()

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Write what one task did. Raises Unstorable, StoreUnavailable, or what the guard raises."""
        place = Place(*_address(config), config["configurable"]["checkpoint_id"])
        documents = write_documents(self.serde, place, writes, task_id, task_path)
        if not documents:
            return
        keys = [self._write_key(place, task_id, document["idx"]) for document in documents]
        if ERROR not in dict(writes):
            # A task that finished or asks again has outlived its error; left there, the error would tell for
            # ever that the answer is latched.
            keys.append(self._write_key(place, task_id, SLOT[ERROR]))
        given = [part for document in documents for part in (document["idx"], json.dumps(document))]
        await _check_guard()
        with self._outage():
            await self._scripts["put_writes"](keys=[_writes_key(place), *keys], args=given)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The addressed checkpoint, else the newest. Raises StoreUnavailable rather than answer "none"."""
        with self._outage():
            return await self._read(Place(*_address(config), get_checkpoint_id(config) or NEWEST))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 (LangGraph's word)
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Checkpoints newest first. Without a namespace in `config`, those of subgraphs too."""
        bound = get_checkpoint_id(before) if before else None
        found = 0
        with self._outage():
            async for match in search.matches(self.checkpoints_index, search.checkpoints(config)):
                if found == limit:
                    return
                place = search.place(match)
                item = await self._read(place) if bound is None or place.checkpoint < bound else None
                if item is not None and _matches(item.metadata, filter):
                    found += 1
                    yield item

    async def latched(self, thread_id: str) -> frozenset[str]:
        """The interrupts that wait no more, though LangGraph reports them: answered, then their node raised.

        LangGraph keeps that answer and would add a second one to it, for the next question. An error alone
        does not tell: a node can also fail before it asks, or be cancelled because another one failed.
        """
        found: list[str] = []
        with self._outage():
            chosen = search.writes(thread_id, ERROR)
            async for match in search.matches(self.checkpoint_writes_index, chosen, "task_id"):
                place, task = search.place(match), match.task_id
                slots = [self._write_key(place, task, SLOT[channel]) for channel in (ERROR, INTERRUPT)]
                error, asked = await self._documents(slots)
                found += latched(self.serde, error, asked) if error and asked else []
        return frozenset(found)

    async def aprune(self, thread_ids: Sequence[str], **options: Any) -> None:
        """Keep the newest checkpoint of each namespace and what waits in it."""
        if not thread_ids:
            return
        with self._outage():
            await super().aprune(thread_ids, **options)

    async def adelete_thread(self, thread_id: str) -> None:
        """Remove everything of a thread."""
        with self._outage():
            await super().adelete_thread(thread_id)

    async def _read(self, place: Place) -> CheckpointTuple | None:
        places = (
            self._checkpoint_key(replace(place, checkpoint="?")),
            _writes_key(replace(place, checkpoint="?")),
        )
        prefixes = [key.removesuffix("?") for key in places]
        found = await self._scripts["read"](
            keys=[self._newest_key(place)], args=[place.checkpoint, *prefixes]
        )
        if not found:
            return None
        known, document, *writes = map(safely_decode, found)
        return read_checkpoint(
            self.serde, replace(place, checkpoint=known), json.loads(document), list(map(json.loads, writes))
        )

    async def _documents(self, keys: Sequence[str | bytes]) -> list[Document | None]:
        if not keys:
            return []
        async with self._client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.json().get(key)
            return list(await pipe.execute())

    @cached_property
    def _scripts(self) -> Mapping[str, Any]:
        folder = files(__package__) / "lua"
        texts = {file.name.removesuffix(".lua"): file.read_text() for file in folder.iterdir()}
        return {name: self._client.register_script(text) for name, text in texts.items()}

    def _checkpoint_key(self, place: Place) -> str:
        return self._make_redis_checkpoint_key(place.thread, place.namespace, place.checkpoint)

    def _newest_key(self, place: Place) -> str:
        return self._make_redis_checkpoint_latest_key(place.thread, place.namespace)

    def _write_key(self, place: Place, task_id: str, idx: int) -> str:
        return self._make_redis_checkpoint_writes_key(
            place.thread, place.namespace, place.checkpoint, task_id, idx
        )

    @contextmanager
    def _outage(self) -> Iterator[None]:
        try:
            yield
        except self._outages as error:
            raise StoreUnavailable(f"Redis cannot read or write checkpoints: {one_line(error)}") from error


async def _check_guard() -> None:
    guard = write_guard.get()
    if guard is not None:
        await guard()


def _address(config: RunnableConfig) -> tuple[str, str]:
    configurable = config["configurable"]
    return str(configurable["thread_id"]), configurable.get("checkpoint_ns", "")


def _writes_key(place: Place) -> str:
    return CheckpointKeyRegistry.make_write_keys_zset_key(place.thread, place.namespace, place.checkpoint)


def _matches(metadata: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> bool:
    return all(metadata.get(key) == value for key, value in (wanted or {}).items())
