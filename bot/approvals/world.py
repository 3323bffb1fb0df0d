"""Everything the use cases need from outside, in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.audit import Entry, Fact, chained
from bot.core.model import JSON, Approval, Workspace
from bot.core.policy import Policies, Policy
from bot.ports import (
    NO_TRACES,
    Chance,
    Delegations,
    Directory,
    Faces,
    Idempotency,
    Messenger,
    Queue,
    Runner,
    Scout,
    Store,
    Traces,
)


@dataclass(frozen=True, slots=True)
class World:
    """The ports and the rules in force. `policies` is asked each time: SIGHUP may change them."""

    store: Store
    runner: Runner
    messenger: Messenger
    directory: Directory
    queue: Queue
    faces: Faces
    chance: Chance
    policies: Callable[[], Policies]
    us: Workspace
    audit_key: bytes
    default_channel: str | None = None
    delegations: Delegations | None = None  # None: nobody can be away
    public_url: str | None = None  # where our own page is; None: there is no log-in for it
    scout: Scout | None = None  # None: no graph runs on an Agent Server
    once: Idempotency | None = None  # for what is sent once: daily summaries, notices
    traces: Traces = NO_TRACES

    def policy(self, graph: str) -> Policy:
        """The rules for this graph, as they are now."""
        return self.policies().of(graph)

    def in_force(self, approval: Approval) -> Policy:
        """The rules for this very request, as they are now."""
        return self.policy(approval.request.graph).resolved(approval.request.payload)

    def at_once(self) -> World:
        """The same with the rules as they are now: whoever waits for Slack meanwhile must not mix two."""
        rules = self.policies()
        return replace(self, policies=lambda: rules)

    def chain(
        self,
        approval: Approval,
        fact: Fact,
        *,
        at: float,
        data: dict[str, JSON] | None = None,
        by: str | None = None,
    ) -> tuple[Approval, Entry]:
        """The approval with one more fact; the system itself states it, unless `by` says who."""
        return chained(approval, self.audit_key, fact, at=at, by=by, data=data)
