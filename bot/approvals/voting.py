"""A person's vote: who they are, what it does, and the one step that makes it durable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.approvals.measured import vote_counted
from bot.approvals.world import World
from bot.core.model import Approval, Click, Source, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy, Why, foreign, misplaced, unfit
from bot.core.voting import Weighed, comment, overdue, weigh
from bot.ports import DirectoryUnavailable, Record, StoreUnavailable, Swapped

# People who vote at the same instant make each other read again; more than this is no crowd but a fault.
TRIES = 20

# What a click would do to the record as it was read.
Weigher = Callable[[World, Click, Record], Awaitable[Weighed]]


async def vote(world: World, click: Click) -> Outcome:
    """Record a vote once; when this returns a recorded outcome, it survives any crash.

    Raises StoreUnavailable when nothing could be recorded.
    """
    if (why := foreign(click, world.us)) is not None:
        return vote_counted(click, Outcome(Kind.REFUSED, why=why))
    return vote_counted(click, await _settle_vote(world, click, _weigh_vote))


async def ready(world: World, click: Click) -> Outcome:
    """Tell whether this person may open the form for this verdict; only a refusal is recorded."""
    if (why := foreign(click, world.us)) is not None:
        return Outcome(Kind.REFUSED, why=why)
    return await _settle_vote(world, click, _weigh_readiness)


async def reply(world: World, click: Click) -> Outcome | None:
    """Take a reply in a card's thread as feedback or as a comment, as the policy says.

    `click` carries an empty approval id: the thread says which card. None: the reply is not our business.
    """
    if click.channel is None or click.message_ts is None or foreign(click, world.us) is not None:
        return None
    approval_id = await world.store.card_at(click.channel, click.message_ts)
    record = await world.store.read(approval_id) if approval_id else None
    if record is None or not _invites_replies(record.approval):
        return None
    click = replace(click, approval_id=record.approval.id, revision=record.approval.revision)
    return vote_counted(click, await _settle_vote(world, click, _weigh_reply))


def _invites_replies(approval: Approval) -> bool:
    """A live card, or one whose successor the writer may not have seen; after the end people just talk."""
    return approval.state is State.PENDING or approval.next is not None


async def _settle_vote(world: World, click: Click, weigher: Weigher) -> Outcome:
    for _ in range(TRIES):
        record = await world.store.read(click.approval_id)
        if record is None:
            return Outcome(Kind.UNKNOWN)
        weighed = await weigher(world, click, record)
        if weighed.after is None:
            return weighed.outcome
        after = replace(weighed.after, version=record.approval.version + 1)
        deadline = record.approval.expires_at if after.votes != record.approval.votes else None
        match await world.store.swap(record.approval, after, weighed.entries, not_after=deadline):
            case Swapped.DONE:
                await _go_on(world, weighed.outcome, after)
                return replace(weighed.outcome, approval=after)
            case Swapped.LATE:
                return Outcome(Kind.TOO_LATE, record.approval)
    raise StoreUnavailable("too many people changed this approval at the same time; press again")


async def _weigh_vote(world: World, click: Click, record: Record) -> Weighed:
    policy = world.policy(record.approval.request.graph)
    refused = await _refused(world, click, record, policy)
    return weigh(click, record.approval, policy, refused=refused, now=record.now, key=world.audit_key)


async def _weigh_readiness(world: World, click: Click, record: Record) -> Weighed:
    probe = replace(click, text=click.text or "probe")
    weighed = await _weigh_vote(world, probe, record)
    if weighed.outcome.kind in (Kind.DECIDED, Kind.COUNTED, Kind.BAD_ANSWER):
        return Weighed(Outcome(Kind.READY, record.approval))
    return weighed


async def _weigh_reply(world: World, click: Click, record: Record) -> Weighed:
    approval, policy = record.approval, world.policy(record.approval.request.graph)
    takes_feedback = Verdict.REVISE in approval.request.contract.verdicts
    if approval.state is State.PENDING and (policy.thread_replies != "revise" or not takes_feedback):
        return comment(click, approval, now=record.now, key=world.audit_key)
    return await _weigh_vote(world, click, record)


async def _refused(world: World, click: Click, record: Record, policy: Policy) -> Why | None:
    """What speaks against this person and this card; Slack is asked only where it matters."""
    if record.approval.state is not State.PENDING or overdue(record.approval, record.now):
        return None  # too late anyway: the answer says so, no look-up needed
    if click.source is not Source.REPLY:
        why = misplaced(click, record.approval, record.card.channel, record.card.ts)
        if why is not None:
            return why
    try:
        return await _standing(world, click.user, record.approval.channel, policy)
    except DirectoryUnavailable:
        return Why.CANNOT_CHECK


async def _standing(world: World, user: str, channel: str, policy: Policy) -> Why | None:
    person = await world.directory.person(user)
    if (why := unfit(person, world.us)) is not None:
        return why
    if policy.members:
        return None if await world.directory.is_member(channel, user) else Why.NOT_AN_APPROVER
    if user in policy.users:
        return None
    for group in sorted(policy.groups):
        if user in await world.directory.group(group):
            return None
    return Why.NOT_AN_APPROVER


async def _go_on(world: World, outcome: Outcome, after: Approval) -> None:
    """Wake the worker. The vote is durable already: if the queue is down, the reconciler does the same."""
    try:
        if outcome.kind is Kind.DECIDED:
            await world.queue.advance(after.request.thread_id, why=f"{after.id}.{after.version}")
        elif outcome.kind is Kind.COUNTED:
            await world.queue.show(after.id, version=after.version)
    except StoreUnavailable:
        return


async def standing(world: World, user: str, approval: Approval) -> Why | None:
    """What speaks against this person deciding this one, as lists ask it. Raises DirectoryUnavailable."""
    return await _standing(world, user, approval.channel, world.policy(approval.request.graph))


async def standing_there(world: World, user: str, graph: str, channel: str) -> Why | None:
    """The same of whatever this graph may ask in this channel: None where any of it may be theirs."""
    return await _standing(world, user, channel, world.policy(graph))
