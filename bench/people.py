"""A world in which somebody looks at lists: the real record, and a Slack that answers at once from memory."""

from __future__ import annotations

from typing import Any, cast

from bot.approvals.world import World
from bot.blocks.faces import BlockFaces
from bot.core.model import Person, Workspace
from bot.core.policy import Policies
from bot.store.approvals import RedisStore


class Everybody:
    """`ports.Directory`, `ports.Messenger` as far as lists ask them: everybody is in every channel."""

    async def person(self, user_id: str) -> Person:
        return Person(user_id, user_id, "T0BENCH")

    async def is_member(self, channel: str, user_id: str) -> bool:
        return True

    async def link(self, channel: str, ts: str) -> str:
        return f"https://bench.example/archives/{channel}/p{ts}"

    async def publish(self, user: str, view: object) -> None:
        """Slack's part of the time is Slack's."""


def looked_at(store: RedisStore) -> World:
    """The world of one who only looks: nothing runs and nothing is sent."""
    everybody, nobody = cast(Any, Everybody()), cast(Any, None)
    return World(
        store=store,
        runner=nobody,
        messenger=everybody,
        directory=everybody,
        queue=nobody,
        faces=BlockFaces(Policies),
        chance=nobody,
        policies=Policies,
        us=Workspace(None, frozenset({"T0BENCH"})),
        audit_key=b"the audit key of the benchmark",
    )
