"""End a run because somebody wants no more of it: who asked for it, or an operator.

The wish is recorded with the run and carried out by the next pass over its thread, so that no crash loses it.
What was decided before is not taken back: it is answered first, and the run stops at its next question.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from bot.approvals.beside import refuse
from bot.approvals.passes import Pass
from bot.approvals.voting import TRIES, settle
from bot.approvals.world import World
from bot.core.audit import Fact
from bot.core.lifecycle import Event, advance
from bot.core.model import Cancellation, Click, RunState, State
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why, foreign, misplaced
from bot.core.voting import Weighed, overdue
from bot.ports import Record, StoreUnavailable, Swapped
from bot.texts.marks import recorded

WITHDRAWN = recorded("Withdrawn by who asked for it.")
GONE = (RunState.ENDED, RunState.CANCELLED, RunState.LOST)


async def withdraw(world: World, click: Click) -> Outcome:
    """Cancel the run of this card, for the person who asked for it. Raises StoreUnavailable."""
    if (why := foreign(click, world.us)) is not None:
        return await refuse(world, click, why)
    outcome = await settle(world, click, _weigh_withdrawal)
    if outcome.kind is Kind.WITHDRAWN and outcome.approval is not None:
        thread_id = outcome.approval.request.thread_id
        if not await cancel(world, thread_id, by=click.user, why=WITHDRAWN):
            return Outcome(Kind.TOO_LATE, outcome.approval)
    return outcome


async def _weigh_withdrawal(world: World, click: Click, record: Record) -> Weighed:
    approval = record.approval
    if approval.state is not State.PENDING or overdue(approval, record.now):
        return Weighed(Outcome(Kind.TOO_LATE, approval))
    why = misplaced(click, approval, record.card.channel, record.card.ts)
    if why is None and click.user != approval.requester:
        why = Why.NOT_THE_REQUESTER
    if why is None:
        return Weighed(Outcome(Kind.WITHDRAWN, approval))
    return Weighed(Outcome(Kind.REFUSED, approval, why=why), tried="withdraw")


async def cancel(world: World, thread_id: str, *, by: str | None, why: str) -> bool:
    """Record the wish and wake a worker; False: no such run, or it is over. A repeat does no harm."""
    for _ in range(TRIES):
        run = await world.store.read_run(thread_id)
        if run is None or run.state in GONE:
            return False
        if run.cancellation is not None:
            return True
        wish = Cancellation(by, await world.store.now(), why)
        # A run in motion is what the reconciler comes back for; one that waits for people is not.
        state = run.state if run.state is RunState.STARTING else RunState.RUNNING
        after = replace(run, cancellation=wish, state=state, version=run.version + 1)
        if await world.store.swap_run(run, after) is Swapped.DONE:
            with suppress(StoreUnavailable):  # it is recorded: the reconciler does the same
                await world.queue.advance(thread_id, why="cancel")
            return True
    raise StoreUnavailable("the run changed too often meanwhile; try again")


def cancelled(step: Pass) -> bool:
    """Let `settle` carry the wish out if nothing decided is in work; True: this run goes no further."""
    wish = step.run.cancellation
    if wish is None or step.run.state is RunState.CANCELLED:
        return step.run.state is RunState.CANCELLED
    if _must_be_answered(step, wish) or (step.snapshot.exists and not step.snapshot.tasks):
        return False
    for before in list(step.open.values()):
        if before.state in (State.PENDING, State.FAILED) and before not in step.consumed:
            state = advance(before.state, Event.CANCEL)
            after = replace(before, state=state, closed_at=step.now, closed_why=wish.why)
            step.will_be(before, after, Fact.CANCELLED, {"why": wish.why}, by=wish.by)
    step.run_becomes(replace(step.run, state=RunState.CANCELLED))
    return True


def _must_be_answered(step: Pass, wish: Cancellation) -> bool:
    """A decision came first. Only an operator may give up one whose run failed after it."""
    given_up = State.FAILED if wish.by is None else None
    return any(one.state is not given_up for one in step.in_work())
