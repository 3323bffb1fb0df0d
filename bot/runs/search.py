"""Find checkpoints and pending writes by what stands open in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import get_checkpoint_id
from langgraph.checkpoint.redis.util import from_storage_safe_str, to_storage_safe_id, to_storage_safe_str
from redisvl.query import FilterQuery  # type: ignore[import-untyped] # ships none
from redisvl.query.filter import FilterExpression, Tag  # type: ignore[import-untyped] # ships none

from bot.runs.documents import Place

PAGE = 1000


async def matches(index: Any, chosen: FilterExpression | str, *fields: str) -> AsyncIterator[Any]:
    """Every match with its place and these fields, newest checkpoint first, read page by page."""
    offset = 0
    while True:
        query = FilterQuery(
            chosen,
            return_fields=["thread_id", "checkpoint_ns", "checkpoint_id", *fields],
            sort_by=("checkpoint_id", "DESC"),
        ).paging(offset, PAGE)
        page = (await index.search(query)).docs
        for match in page:
            yield match
        if len(page) < PAGE:
            return
        offset += PAGE


def checkpoints(config: RunnableConfig | None) -> FilterExpression | str:
    """All, or those of the thread, the namespace and the id that `config` names."""
    if config is None:
        return "*"
    configurable = config["configurable"]
    chosen = Tag("thread_id") == to_storage_safe_id(str(configurable["thread_id"]))
    if (namespace := configurable.get("checkpoint_ns")) is not None:
        chosen &= Tag("checkpoint_ns") == to_storage_safe_str(namespace)
    if checkpoint_id := get_checkpoint_id(config):
        chosen &= Tag("checkpoint_id") == to_storage_safe_id(checkpoint_id)
    return chosen


def writes(thread_id: str, channel: str) -> FilterExpression:
    """A thread's writes to one channel, in all namespaces."""
    return (Tag("thread_id") == to_storage_safe_id(thread_id)) & (Tag("channel") == channel)


def place(match: Any) -> Place:
    """Where a match lives."""
    return Place(match.thread_id, from_storage_safe_str(match.checkpoint_ns), match.checkpoint_id)


def exact(schema: dict[str, Any]) -> dict[str, Any]:
    """The index's schema, with tags that are compared whole.

    By default case is folded and commas split: to prune one thread would delete from another.
    https://redis.io/docs/latest/develop/ai/search-and-query/advanced-concepts/tags/
    """
    for field in schema["fields"]:
        if field["type"] == "tag":
            field["attrs"] = {"case_sensitive": True, "separator": "\x1f"}
    return schema
