"""Tell the one person who may decide that a card waits for them: a direct message that links to the card."""

from __future__ import annotations

from bot.approvals.world import World
from bot.core.model import Approval, State, Verdict
from bot.core.needed import needed
from bot.core.policy import barred
from bot.ports import (
    ChannelClosed,
    Claim,
    DirectoryUnavailable,
    MessageRefused,
    SlackUnavailable,
)

SCOPE = "notice"
AGAIN = 5.0  # seconds until the next look, where Slack or the record could not say yet


async def notice_wished(world: World, approval: Approval) -> None:
    """Called before the place of a fresh card is on record: a crash in between wishes again."""
    if world.policy(approval.request.graph).dm_sole_approver:
        await world.queue.notify(approval.id)


async def notify(world: World, approval_id: str) -> bool:
    """Send it once; True if it was sent now. Nothing is said where several may decide, or it is decided."""
    record, once = await world.store.read(approval_id), world.once
    if record is None or once is None or record.approval.state is not State.PENDING:
        return False
    if record.card.ts is None:
        await world.queue.notify(approval_id, delay=AGAIN)
        return False
    try:
        user = await sole_approver(world, record.approval)
    except DirectoryUnavailable:
        await world.queue.notify(approval_id, delay=AGAIN)
        return False
    if user is None or (await once.begin(SCOPE, approval_id, user)).claim is not Claim.MINE:
        return False
    link = await world.messenger.link(record.card.channel, record.card.ts)
    try:
        await world.messenger.tell(user, user, world.faces.waits(record.approval, link))
    except SlackUnavailable as down:
        if not down.sent:
            await once.release(SCOPE, approval_id)
            await world.queue.notify(approval_id, delay=max(AGAIN, down.retry_after))
            return False
    except (ChannelClosed, MessageRefused):
        await once.release(SCOPE, approval_id)
        raise
    await once.finish(SCOPE, approval_id, user)
    return True


async def sole_approver(world: World, approval: Approval) -> str | None:
    """The only person who may approve now; None where there are more, or the channel's members may."""
    policy = world.in_force(approval)
    missing = needed(approval, policy)
    if missing is None or missing.approvers.members or policy.blocked is not None:
        return None
    people = set(missing.approvers.users)
    for group in sorted(missing.approvers.groups):
        people |= await world.directory.group(group)
    people -= {vote.by for vote in approval.votes}
    people = {user for user in people if barred(approval, policy, user, Verdict.APPROVE) is None}
    return people.pop() if len(people) == 1 else None
