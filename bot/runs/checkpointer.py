"""Keep LangGraph's checkpoints in Redis: exactly, atomically, and only while we hold the thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
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
from langgraph.checkpoint.redis.util import (
    from_storage_safe_str,
    safely_decode,
    to_storage_safe_id,
    to_storage_safe_str,
)
from langgraph.checkpoint.serde.types import ERROR, INTERRUPT
from redisvl.exceptions import RedisSearchError  # type: ignore[import-untyped] # ships none
from redisvl.query import FilterQuery  # type: ignore[import-untyped] # ships none
from redisvl.query.filter import FilterExpression, Tag  # type: ignore[import-untyped] # ships none

from bot.ports import StoreUnavailable, write_guard
from bot.runs.documents import Document, Place, checkpoint_document, latched, read_checkpoint, write_documents
from bot.runs.plain import one_line
from bot.runs.serializer import ExactSerializer, TypeName

PAGE = 1000  # places listed by one search
SLOT = WRITES_IDX_MAP  # where a task's error and question are, among its writes


class ApprovalsSaver(AsyncRedisSaver):
    """LangGraph's Redis saver, with the values sealed and every write one transaction.

    Differs from its parent, whose keys and search indexes it keeps: what is read equals what was written
    (ExactSerializer); a value that cannot be kept raises Unstorable before anything is written; a checkpoint
    and the pointer to it appear together or not at all, also when the run is cancelled; a task's stored error
    goes when the task has something newer to say; `alist` honours namespace, `before`, `limit` and filters.
    No expiry: a thread waits as long as people do. Not for Redis Cluster.
    """

    serde: ExactSerializer

    def __init__(self, client: Any, *, outages: tuple[type[Exception], ...] = ()) -> None:
        """`client` is the shared redis.asyncio.Redis; `outages` is what it raises when Redis cannot serve.

        Those surface as StoreUnavailable. Await `asetup` once before use.
        """
        super().__init__(redis_client=client)
        self.serde = ExactSerializer()
        self._client = client
        self._outages = (*outages, RedisSearchError)

    def trust(self, types: Iterable[TypeName]) -> None:
        """Let instances of these classes (module, name) be written and read back."""
        self.serde = ExactSerializer(self.serde.types.union(types))

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
        key = self._checkpoint_key(place)
        _check_guard()
        with self._outage():
            async with self._client.pipeline(transaction=True) as pipe:
                pipe.json().set(key, "$", document)
                pipe.set(self._make_redis_checkpoint_latest_key(place.thread, place.namespace), key)
                await pipe.execute()
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
        # A task that finished or asks again has outlived its error; left there, the error would tell for ever
        # that the answer is latched.
        outlived = [] if ERROR in dict(writes) else [self._write_key(place, task_id, SLOT[ERROR])]
        _check_guard()
        with self._outage():
            async with self._client.pipeline(transaction=True) as pipe:
                for document in documents:
                    # Output is written once, slots are overwritten: as in LangGraph's own savers.
                    key = self._write_key(place, task_id, document["idx"])
                    pipe.json().set(key, "$", document, nx=document["idx"] >= 0)
                    pipe.zadd(_writes_key(place), {key: document["idx"]})
                for key in outlived:
                    pipe.delete(key)
                    pipe.zrem(_writes_key(place), key)
                await pipe.execute()

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The addressed checkpoint, else the newest. Raises StoreUnavailable rather than answer "none"."""
        thread, namespace = _address(config)
        with self._outage():
            if checkpoint_id := get_checkpoint_id(config):
                return await self._read(Place(thread, namespace, checkpoint_id))
            key = await self._client.get(self._make_redis_checkpoint_latest_key(thread, namespace))
            if key is None:
                return None
            return await self._read(Place(thread, namespace, safely_decode(key).rpartition(":")[2]))

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
        async for place in self._places(_selection(config)):
            if limit is not None and found >= limit:
                return
            if bound is not None and place.checkpoint >= bound:
                continue
            with self._outage():
                item = await self._read(place)
            if item is not None and _matches(item.metadata, filter):
                found += 1
                yield item

    async def latched(self, thread_id: str) -> frozenset[str]:
        """The interrupts that wait no more, though LangGraph reports them: answered, then their node raised.

        LangGraph keeps that answer and would add a second one to it, for the next question. An error alone
        does not tell: a node can also fail before it asks, or be cancelled because another one failed.
        """
        selection = (Tag("thread_id") == to_storage_safe_id(thread_id)) & (Tag("channel") == ERROR)
        found: list[str] = []
        async for place, task_id in self._errors(selection):
            keys = [self._write_key(place, task_id, SLOT[channel]) for channel in (ERROR, INTERRUPT)]
            error, asked = await self._documents(keys)
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
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.json().get(self._checkpoint_key(place))
            pipe.zrange(_writes_key(place), 0, -1)
            document, keys = await pipe.execute()
        if document is None:
            return None
        writes = [write for write in await self._documents(keys) if write is not None]
        return read_checkpoint(self.serde, place, document, writes)

    async def _documents(self, keys: Sequence[str | bytes]) -> list[Document | None]:
        if not keys:
            return []
        with self._outage():
            async with self._client.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.json().get(key)
                return list(await pipe.execute())

    async def _places(self, selection: FilterExpression | str) -> AsyncIterator[Place]:
        async for found in self._search(self.checkpoints_index, selection, "checkpoint_id"):
            yield _place(found)

    async def _errors(self, selection: FilterExpression) -> AsyncIterator[tuple[Place, str]]:
        async for found in self._search(self.checkpoint_writes_index, selection, "checkpoint_id", "task_id"):
            yield _place(found), found.task_id

    async def _search(
        self, index: Any, selection: FilterExpression | str, *fields: str
    ) -> AsyncIterator[Any]:
        """Every match, newest checkpoint first, page by page."""
        offset = 0
        while True:
            query = FilterQuery(
                selection,
                return_fields=["thread_id", "checkpoint_ns", *fields],
                sort_by=("checkpoint_id", "DESC"),
            ).paging(offset, PAGE)
            with self._outage():
                page = (await index.search(query)).docs
            for match in page:
                yield match
            if len(page) < PAGE:
                return
            offset += PAGE

    def _checkpoint_key(self, place: Place) -> str:
        return self._make_redis_checkpoint_key(place.thread, place.namespace, place.checkpoint)

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


def _check_guard() -> None:
    guard = write_guard.get()
    if guard is not None:
        guard()


def _address(config: RunnableConfig) -> tuple[str, str]:
    configurable = config["configurable"]
    return str(configurable["thread_id"]), configurable.get("checkpoint_ns", "")


def _place(match: Any) -> Place:
    return Place(match.thread_id, from_storage_safe_str(match.checkpoint_ns), match.checkpoint_id)


def _writes_key(place: Place) -> str:
    return CheckpointKeyRegistry.make_write_keys_zset_key(place.thread, place.namespace, place.checkpoint)


def _selection(config: RunnableConfig | None) -> FilterExpression | str:
    if config is None:
        return "*"
    configurable = config["configurable"]
    chosen = Tag("thread_id") == to_storage_safe_id(str(configurable["thread_id"]))
    if (namespace := configurable.get("checkpoint_ns")) is not None:
        chosen &= Tag("checkpoint_ns") == to_storage_safe_str(namespace)
    if checkpoint_id := get_checkpoint_id(config):
        chosen &= Tag("checkpoint_id") == to_storage_safe_id(checkpoint_id)
    return chosen


def _matches(metadata: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> bool:
    return all(metadata.get(key) == value for key, value in (wanted or {}).items())
