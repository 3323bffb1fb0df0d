"""Approvals that are too risky for Slack: a link of one's own, and the vote of who logged in with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.approvals.beside import try_to_note, viewed
from bot.approvals.voting import ready, vote
from bot.approvals.world import World
from bot.core.links import VALID_FOR, Ticket, link_key, read_ticket, write_ticket
from bot.core.model import Approval, Click, Source, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.ports import DirectoryUnavailable


async def link(world: World, click: Click, *, clock: Callable[[], float] = time.time) -> Outcome:
    """READY with the address in `sentence`, for who may approve this; otherwise why not."""
    if world.public_url is None:
        return Outcome(Kind.UNKNOWN)
    found = await ready(world, replace(click, verdict=Verdict.APPROVE, source=Source.WEB))
    if found.kind is not Kind.READY:
        return found
    expires_at = float(int(clock() + VALID_FOR))
    ticket = Ticket(world.chance.new_id(), click.approval_id, click.revision, click.user, expires_at)
    text = write_ticket(ticket, link_key(world.audit_key))
    return replace(found, sentence=f"{world.public_url}/approve/{text}")


@dataclass(frozen=True, slots=True)
class WebDesk:
    """What our own page may ask for. Every method may raise StoreUnavailable."""

    world: World
    clock: Callable[[], float] = time.time

    def ticket(self, text: str) -> Ticket | None:
        """What a link is for; None for one that we did not make, or whose time is over."""
        return read_ticket(text, link_key(self.world.audit_key), self.clock())

    async def request(self, ticket: Ticket) -> Approval | None:
        """The request that this link is for, which is noted as viewed; None: nothing is to be decided."""
        record = await self.world.store.read(ticket.approval_id)
        if record is None or record.approval.revision != ticket.revision:
            return None
        if record.approval.state is not State.PENDING:
            return None
        await viewed(self.world, ticket.user, record)
        return record.approval

    async def is_them(self, ticket: Ticket, email: str) -> bool:
        """Whether this address is that of the person whom the link was made for. In doubt: no."""
        try:
            found = await self.world.directory.by_email(email)
        except DirectoryUnavailable:
            return False
        if found != ticket.user:
            await try_to_note(self.world, self._click(ticket, found or ""), "other_person")
        return found == ticket.user

    async def approve(self, ticket: Ticket) -> Outcome:
        """The ordinary vote of the person who logged in."""
        return await vote(self.world, self._click(ticket, ticket.user))

    def _click(self, ticket: Ticket, user: str) -> Click:
        us = self.world.us
        team = min(us.teams, default=None)
        return Click(
            id=f"web/{ticket.id}",
            user=user,
            verdict=Verdict.APPROVE,
            approval_id=ticket.approval_id,
            revision=ticket.revision,
            source=Source.WEB,
            app=us.app,
            team=team,
            user_team=team,
            channel=None,
            message_ts=None,
        )
