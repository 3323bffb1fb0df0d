"""Checkpoints and pending writes as JSON documents: search fields in the open, the graph's values sealed."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    PendingWrite,
    writes_sort_key,
)
from langgraph.checkpoint.redis.util import to_storage_safe_id, to_storage_safe_str
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.serde.types import RESUME

from bot.runs.serializer import Unstorable

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a checkpoint lives: its thread, its namespace ("" is the root graph) and its id."""

    thread: str
    namespace: str
    checkpoint: str

    def config(self) -> RunnableConfig:
        """The place as LangGraph writes it."""
        names = {"checkpoint_ns": self.namespace, "checkpoint_id": self.checkpoint}
        return {"configurable": {"thread_id": self.thread, **names}}

    def fields(self) -> dict[str, str]:
        """The place as the saver's search indexes want it; they cannot hold empty strings."""
        return {
            "thread_id": to_storage_safe_id(self.thread),
            "checkpoint_ns": to_storage_safe_str(self.namespace),
            "checkpoint_id": to_storage_safe_id(self.checkpoint),
        }


def checkpoint_document(
    serde: SerializerProtocol,
    place: Place,
    parent: str | None,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
) -> dict[str, Any]:
    """Raises Unstorable, naming the channel, for a value that would not come back as it is."""
    values = checkpoint["channel_values"]
    return {
        **place.fields(),
        "parent_checkpoint_id": parent or "",
        "values": {name: _seal(serde, value, f"channel {name!r}") for name, value in values.items()},
        "frame": _seal(serde, {**checkpoint, "channel_values": {}}, "the checkpoint"),
        "metadata": _seal(serde, dict(metadata), "the checkpoint's metadata"),
    }


def read_checkpoint(
    serde: SerializerProtocol, place: Place, document: Document, writes: Sequence[Document]
) -> CheckpointTuple:
    """Raises ValueError for a value in a format that is not ours."""
    values = {name: _open(serde, sealed) for name, sealed in document["values"].items()}
    parent = document["parent_checkpoint_id"]
    return CheckpointTuple(
        config=place.config(),
        checkpoint=cast(Checkpoint, {**_open(serde, document["frame"]), "channel_values": values}),
        metadata=cast(CheckpointMetadata, _open(serde, document["metadata"])),
        parent_config=Place(place.thread, place.namespace, parent).config() if parent else None,
        pending_writes=_read_writes(serde, writes),
    )


def write_documents(
    serde: SerializerProtocol, place: Place, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
) -> list[dict[str, Any]]:
    """One document per write. A negative `idx` is a task's slot for an error, an interrupt or its answers.

    `answers` counts what the task had been told by then: with it, `latched` tells errors before an answer
    from errors after it.
    """
    answers = next((len(value) for channel, value in writes if channel == RESUME), 0)
    return [
        {
            **place.fields(),
            "task_id": task_id,
            "task_path": task_path,
            "idx": WRITES_IDX_MAP.get(channel, idx),
            "channel": channel,
            "answers": answers,
            "value": _seal(serde, value, f"channel {channel!r}"),
        }
        for idx, (channel, value) in enumerate(writes)
    ]


def latched(serde: SerializerProtocol, error: Document, asked: Document) -> list[str]:
    """The ids of a task's questions, if it had been told more when it raised than when it asked."""
    if error["answers"] <= asked["answers"]:
        return []
    return [item.id for item in _open(serde, asked["value"])]


def _read_writes(serde: SerializerProtocol, documents: Sequence[Document]) -> list[PendingWrite]:
    in_order = sorted(documents, key=lambda d: writes_sort_key(d["task_path"], d["task_id"], d["idx"]))
    return [(d["task_id"], d["channel"], _open(serde, d["value"])) for d in in_order]


def _seal(serde: SerializerProtocol, value: Any, what: str) -> list[str]:
    try:
        kind, blob = serde.dumps_typed(value)
    except Unstorable as problem:
        raise Unstorable(f"{what}: {problem}") from problem
    return [kind, base64.b64encode(blob).decode()]


def _open(serde: SerializerProtocol, sealed: Sequence[str]) -> Any:
    kind, blob = sealed
    return serde.loads_typed((kind, base64.b64decode(blob)))
