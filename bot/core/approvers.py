"""Who may answer, as approvals.toml or an escalation names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Approvers:
    """People by id, groups by id, the members of the card's channel: who is any of these may answer."""

    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    members: bool = False

    def __or__(self, more: Approvers) -> Approvers:
        """Both together."""
        return Approvers(
            self.users | more.users, self.groups | more.groups, members=self.members or more.members
        )


def in_force(named: Approvers, added: Approvers | None, *, instead: bool) -> Approvers:
    """Who may answer after an escalation: those who were added as well, or instead."""
    if added is None:
        return named
    return added if instead else named | added
