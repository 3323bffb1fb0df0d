"""Tell people how a run ended, once, in the thread of the card that decided it."""

from __future__ import annotations

from dataclasses import replace

from bot.approvals.showing import CLOCK_SLACK, CLOSED_WAIT, Shown
from bot.approvals.world import World
from bot.core.model import Card, Run, RunState
from bot.ports import ChannelClosed, Lease, LeaseLost, MessageRefused, SlackUnavailable, Swapped

OVER = (RunState.ENDED, RunState.FAILED, RunState.LOST)

# The result belongs under its card: as long as nobody knows where that is, look again after this.
CARD_WAIT = 1.0


async def announce(world: World, thread_id: str) -> Shown:
    """Post the result of a run that is over. A repeat finds the first post and adopts it."""
    async with world.store.result(thread_id) as held:
        if held is None:
            return Shown.BUSY
        run = held.run
        if run is None or run.announced is not None or run.state not in OVER:
            return Shown.DONE
        card = await _card_of(world, run)
        if card is not None and _is_sought(card):
            await world.queue.announce(thread_id, delay=CARD_WAIT)
            return Shown.LATER
        before = run
        try:
            run, ts = await _say(world, run, held.lease, card.ts if card is not None else None)
            if run is not before:  # the newest intention is ours: no other telling can be noted any more
                await _remove_copies(world, before, ts)
            await _note(world, before, run, ts, held.lease)
        except SlackUnavailable as down:
            await _look_again(world, thread_id)
            await world.queue.announce(thread_id, delay=down.retry_after)
            return Shown.LATER
        except (ChannelClosed, MessageRefused):
            await world.queue.announce(thread_id, delay=CLOSED_WAIT)
            raise
    return Shown.DONE


async def _note(world: World, before: Run, run: Run, ts: str, lease: Lease) -> None:
    """Put on record where the result was told, and leave no copy of it."""
    told = replace(run, announced=ts, version=run.version + 1)
    if await world.store.swap_run(run, told, release=lease) is Swapped.DONE:
        await _remove_copies(world, before, ts)
    else:
        await _take_back_a_copy(world, run, ts)


async def _look_again(world: World, thread_id: str) -> None:
    """A copy may stand there: one that arrived after another process looked for it, or was not taken back."""
    run = await world.store.read_run(thread_id)
    if run is not None and run.announced is not None:
        await world.store.swap_run(run, replace(run, announced=None, version=run.version + 1))


def _is_sought(card: Card) -> bool:
    """True while the fate of the card's post is unknown: a crash left it, and it is looked for."""
    return card.ts is None and card.intended_at is not None


async def _take_back_a_copy(world: World, run: Run, ts: str) -> None:
    """A process that was stopped in the middle of a post may find the result told by another meanwhile."""
    now = await world.store.read_run(run.thread_id)
    if now is not None and now.announced not in (None, ts):
        await world.messenger.remove(run.channel, ts)


async def _remove_copies(world: World, run: Run, ts: str) -> None:
    """Where another had begun to tell: its post may have come after we looked for it."""
    if run.intended_at is None:
        return
    for copy in await _told(world, run):
        if copy != ts:
            await world.messenger.remove(run.channel, copy)


async def _told(world: World, run: Run) -> tuple[str, ...]:
    """Every message that tells this result, since somebody meant to."""
    since = (run.intended_at or run.started_at) - CLOCK_SLACK
    card = await _card_of(world, run)
    thread_ts = card.ts if card is not None else None
    return await world.messenger.find(run.channel, world.faces.result(run), since=since, thread_ts=thread_ts)


async def _card_of(world: World, run: Run) -> Card | None:
    """The card in whose thread the result belongs."""
    record = await world.store.read(run.last_approval) if run.last_approval else None
    return record.card if record is not None else None


async def _say(world: World, run: Run, lease: Lease, thread_ts: str | None) -> tuple[Run, str]:
    """Post, unless an earlier try did: only a try that left its intention behind is looked for."""
    if run.intended_at is not None:
        found = await _told(world, run)
        if found:
            return run, found[0]
    message = world.faces.result(run)
    run = await _intend(world, run)
    await lease.check()
    return run, await world.messenger.post(run.channel, message, thread_ts=thread_ts)


async def _intend(world: World, run: Run) -> Run:
    intent = replace(run, intended_at=await world.store.now(), version=run.version + 1)
    if await world.store.swap_run(run, intent) is not Swapped.DONE:
        raise LeaseLost(run.thread_id)  # the run moved, or another told: look again later
    return intent
