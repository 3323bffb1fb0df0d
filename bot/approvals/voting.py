"""A person's vote: who they are, what it does, and the one step that makes it durable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.approvals.beside import refuse, refused, refused_at
from bot.approvals.eligible import Standing, asked_once, asks_groups, standing_of, standing_of_vote
from bot.approvals.measured import first_view_counted, is_unseen, refusal_counted, vote_counted
from bot.approvals.world import World
from bot.core.confirming import unconfirmed
from bot.core.model import Approval, Click, Source, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why, foreign, misplaced
from bot.core.stages import May, anyone, voter, voter_of
from bot.core.voting import Weighed, comment, overdue, weigh
from bot.ports import NO_TRACES, DirectoryUnavailable, Record, Span, Step, StoreUnavailable, Swapped

# People who vote at the same instant make each other read again; more than this is no crowd but a fault.
TRIES = 20

# What is known of each who has voted; the keys are those of `voter_of`.
Known = Mapping[str, Standing]

# What a click would do to the record as it was read.
Weigher = Callable[[World, Click, Record], Awaitable[Weighed]]


async def vote(world: World, click: Click) -> Outcome:
    """Record a vote once; when this returns a recorded outcome, it survives any crash.

    Raises StoreUnavailable when nothing could be recorded.
    """
    if (why := foreign(click, world.us)) is not None:
        return vote_counted(click, await refuse(world, click, why))
    return vote_counted(click, await _voted(world, click, _weigh_vote))


async def ready(world: World, click: Click) -> Outcome:
    """Tell whether this person may open the form for this verdict; only a refusal is recorded."""
    if (why := foreign(click, world.us)) is not None:
        return refusal_counted(await refuse(world, click, why))
    return refusal_counted(await settle(world, click, _weigh_readiness))


async def probe(world: World, click: Click, record: Record) -> Outcome:
    """READY where this vote would count, else what would be told; nothing at all is recorded."""
    return (await _weigh_readiness(world, click, record)).outcome


async def reply(world: World, click: Click) -> Outcome | None:
    """Take a reply in a card's thread as feedback or as a comment, as the policy says.

    `click` carries an empty approval id: the thread says which card. None: the reply is not our business.
    """
    why = foreign(click, world.us)
    if click.channel is None or click.message_ts is None or why not in (None, Why.STRANGER):
        return None
    approval_id = await world.store.card_at(click.channel, click.message_ts)
    record = await world.store.read(approval_id) if approval_id else None
    if record is None or not _invites_replies(record.approval):
        return None
    click = replace(click, approval_id=record.approval.id, revision=record.approval.revision)
    if why is not None:  # somebody of another company in a shared channel: their talk stays talk
        takes = _takes_feedback(world, record.approval)
        return vote_counted(click, await refuse(world, click, why)) if takes else None
    return vote_counted(click, await _voted(world, click, _weigh_reply))


async def _voted(world: World, click: Click, weigher: Weigher) -> Outcome:
    """Settle it in a span: a trace of its own, linked to the question, which may be days old."""
    with world.traces.span(Step.VOTE, source=click.source, verdict=click.verdict) as span:
        outcome = await settle(world, click, weigher, span)
        span.note(outcome=outcome.kind)
        if outcome.why is not None:
            span.note(reason=outcome.why)
        return outcome


def _takes_feedback(world: World, approval: Approval) -> bool:
    """Whether a reply by an approver would send it back; otherwise it is a comment."""
    by_reply = world.policy(approval.request.graph).thread_replies == "revise"
    is_wanted = Verdict.REVISE in approval.request.contract.verdicts
    return approval.state is State.PENDING and by_reply and is_wanted


def _invites_replies(approval: Approval) -> bool:
    """A live card, or one whose successor the writer may not have seen; after the end people just talk."""
    return approval.state is State.PENDING or approval.next is not None


async def settle(world: World, click: Click, weigher: Weigher, span: Span = NO_TRACES) -> Outcome:
    """Weigh the click against the record and write what it does, again while others are faster."""
    for _ in range(TRIES):
        record = await world.store.read(click.approval_id)
        if record is None:
            await refused(world, click, Kind.UNKNOWN)
            return Outcome(Kind.UNKNOWN)
        _follow(span, record.approval)
        weighed = await weigher(world.at_once(), click, record)
        if weighed.outcome.why is not None:
            await refused_at(world, click, weighed.outcome.why, record.approval, tried=weighed.tried)
        if weighed.after is None:
            return weighed.outcome
        decides = weighed.outcome.kind is Kind.DECIDED
        trace = span.context if decides else weighed.after.click_trace
        after = replace(weighed.after, version=record.approval.version + 1, click_trace=trace)
        deadline = record.approval.expires_at if after.votes != record.approval.votes else None
        limit = min((end for end in (deadline, weighed.not_after) if end is not None), default=None)
        match await world.store.swap(record.approval, after, weighed.entries, not_after=limit):
            case Swapped.DONE:
                if after.votes and is_unseen(record):
                    first_view_counted(after, record.now)
                await _go_on(world, weighed.outcome, after)
                return replace(weighed.outcome, approval=after)
            case Swapped.LATE if limit == deadline:
                return Outcome(Kind.TOO_LATE, record.approval)
    raise StoreUnavailable("too many people changed this approval at the same time; press again")


def _follow(span: Span, approval: Approval) -> None:
    if span.context is not None:
        span.link(approval.trace)
        request = approval.request
        span.note(graph=request.graph, thread_id=request.thread_id)
        span.note(approval_id=approval.id, revision=approval.revision)


async def _weigh_vote(world: World, click: Click, record: Record) -> Weighed:
    """Whoever has voted must still be an approver; where this click decides, groups are read anew for all."""
    if (why := _out_of_place(click, record)) is not None:
        return _weighed(world, click, record, Standing(why), {})
    if record.approval.state is not State.PENDING or overdue(record.approval, record.now):
        return _weighed(world, click, record, Standing(), {})  # too late anyway: no look-up needed
    if not asks_groups(record.approval, world.in_force(record.approval)):
        return await _weigh_known(world, click, record, fresh=False)
    fresh = _decides(_weigh_as(world, click, record, Standing(), anyone))
    weighed = await _weigh_known(world, click, record, fresh=fresh)
    return weighed if fresh or not _decides(weighed) else await _weigh_known(world, click, record, fresh=True)


async def _weigh_known(world: World, click: Click, record: Record, *, fresh: bool) -> Weighed:
    approval, policy = record.approval, world.in_force(record.approval)
    groups, known = asked_once(world, fresh=fresh), dict[str, Standing]()
    try:
        for one in approval.votes:
            who, found = voter_of(one), await standing_of_vote(world, one, approval, policy, groups)
            known[who] = known[who].and_as(found) if who in known else found
        own = await standing_of(world, click.user, click.verdict, approval, policy, groups, record.now)
    except DirectoryUnavailable:
        return _weighed(world, click, record, Standing(Why.CANNOT_CHECK), {})
    return _weighed(world, click, record, own, known)


def _weighed(world: World, click: Click, record: Record, own: Standing, known: Known) -> Weighed:
    found = {**known, voter(click.user, own.stands_for): own}

    def may(who: str, stage: int) -> bool:
        return who in found and found[who].why is None and stage in found[who].stages

    return _weigh_as(world, click, record, own, may)


def _weigh_as(world: World, click: Click, record: Record, own: Standing, may: May) -> Weighed:
    weighed = weigh(
        click,
        record.approval,
        world.in_force(record.approval),
        refused=own.why,
        may=may,
        now=record.now,
        key=world.audit_key,
        stands_for=own.stands_for,
    )
    return replace(weighed, not_after=own.until)


def _decides(weighed: Weighed) -> bool:
    return weighed.outcome.kind is Kind.DECIDED


async def _weigh_readiness(world: World, click: Click, record: Record) -> Weighed:
    """As the vote would be weighed; a form that is only opened needs no fresh look-up."""
    probe = replace(click, text=click.text or "probe")
    if (why := _out_of_place(probe, record)) is not None:
        weighed = _weighed(world, probe, record, Standing(why), {})
    elif record.approval.state is not State.PENDING or overdue(record.approval, record.now):
        weighed = _weighed(world, probe, record, Standing(), {})
    else:
        weighed = await _weigh_known(world, probe, record, fresh=False)
    if weighed.outcome.kind in (Kind.DECIDED, Kind.COUNTED, Kind.BAD_ANSWER, Kind.CONFIRM):
        word = unconfirmed(replace(click, typed=None), record.approval, world.in_force(record.approval))
        return Weighed(Outcome(Kind.READY, record.approval, sentence=word))
    return weighed


async def _weigh_reply(world: World, click: Click, record: Record) -> Weighed:
    approval = record.approval
    if approval.state is State.PENDING and not _takes_feedback(world, approval):
        return comment(click, approval, now=record.now, key=world.audit_key)
    return await _weigh_vote(world, click, record)


def _out_of_place(click: Click, record: Record) -> Why | None:
    """What speaks against where this click comes from; a late one is told that it is late."""
    if record.approval.state is not State.PENDING or overdue(record.approval, record.now):
        return None
    if click.source is Source.REPLY:
        return None
    if click.source is Source.WEB:  # our own page, which knows no message
        return None if click.revision == record.approval.revision else Why.OTHER_CARD
    return misplaced(click, record.approval, record.card.channel, record.card.ts)


async def _go_on(world: World, outcome: Outcome, after: Approval) -> None:
    """Wake the worker. The vote is durable already: if the queue is down, the reconciler does the same."""
    try:
        if outcome.kind is Kind.DECIDED:
            await world.queue.advance(after.request.thread_id, why=f"{after.id}.{after.version}")
        elif outcome.kind is Kind.COUNTED:
            await world.queue.show(after.id, version=after.version)
    except StoreUnavailable:
        return
