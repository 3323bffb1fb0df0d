"""The promises I1-I10 as functions over an office: each returns what is broken, in words."""

from __future__ import annotations

from collections import Counter

from bot.approvals.cancelling import GONE
from bot.core.audit import Fact, faults
from bot.core.batch import AT_LEAST
from bot.core.digest import digest
from bot.core.lifecycle import ENDS
from bot.core.model import RunState, State
from bot.core.outcome import Kind
from tests.simulation.office import KEY, Office
from tests.simulation.reading import says_yes

STEPS = (Fact.REMINDED, Fact.ESCALATED)
OVER = (Fact.DECIDED, Fact.EXPIRED, Fact.SUPERSEDED, Fact.CANCELLED)


def broken(office: Office) -> list[str]:
    """Everything that is wrong once the office is at rest."""
    checks = (
        one_effect,
        shown_is_run,
        one_decision,
        no_effect_without,
        at_an_end,
        audit_agrees,
        one_live_card,
        one_batch_card,
        steps_once,
    )
    return [*office.runner.misuse, *(fault for check in checks for fault in check(office)), *recorded(office)]


def one_effect(office: Office) -> list[str]:
    """I1: one effect per approved decision, none for the rest. The effect's key makes a repeat harmless."""
    done = set(office.runner.effects)
    approved = {
        (one.request.thread_id, one.request.interrupt_id)
        for one in office.store.approvals.values()
        if one.state is State.APPLIED and one.decision and says_yes(one.decision.answer)
    }
    over = {thread for thread, state in office.runner.threads.items() if state.over}
    missing = {pair for pair in approved - done if pair[0] in over}
    stuck = {pair for pair in approved if pair[0] not in over and not _asks_again(office, pair[0])}
    return [f"I1: effect without an approved decision {pair}" for pair in done - approved] + [
        f"I1: approved, but no effect {pair}" for pair in missing | stuck
    ]


def _asks_again(office: Office, thread_id: str) -> bool:
    """In a run with several questions, one approved branch waits for its siblings, or for a revision."""
    return any(not gate.finished for gate in office.runner.threads[thread_id].gates)


def shown_is_run(office: Office) -> list[str]:
    """I2: what was consumed is the answer of the approval whose digest was shown."""
    answers = {
        (one.request.thread_id, one.request.interrupt_id): one.decision.answer
        for one in office.store.approvals.values()
        if one.decision is not None
    }
    return [
        f"I2: the graph took {answer!r} for {interrupt}, the record says {answers.get((thread, interrupt))!r}"
        for thread, interrupt, answer in office.runner.consumed
        if answers.get((thread, interrupt)) != answer
    ]


def one_decision(office: Office) -> list[str]:
    """I3: one decision per revision, made by eligible people, and no answer taken twice."""
    taken = Counter((thread, interrupt) for thread, interrupt, _ in office.runner.consumed)
    twice = [f"I3: {pair} was answered {count} times" for pair, count in taken.items() if count > 1]
    decided = Counter(entry.approval_id for entry in office.store.trail if entry.fact is Fact.DECIDED)
    twice += [f"I3: {name} was decided {count} times" for name, count in decided.items() if count > 1]
    return twice + office.judge.faults


def no_effect_without(office: Office) -> list[str]:
    """I4: every effect has its decision in the audit trail, and it was written before."""
    decided = {entry.approval_id for entry in office.store.trail if entry.fact is Fact.DECIDED}
    known = {
        (one.request.thread_id, one.request.interrupt_id)
        for one in office.store.approvals.values()
        if one.id in decided
    }
    return [f"I4: effect {pair} without a decision on record" for pair in set(office.runner.effects) - known]


def at_an_end(office: Office) -> list[str]:
    """I5: after the last fault nothing decided is still in work, and no run stopped in the middle."""
    stopped = [name for name, thread in office.runner.threads.items() if not thread.over]
    return (
        [f"I5: {name} stopped in the middle" for name in stopped if not _asks_again(office, name)]
        + [
            f"I5: {one.id} is still {one.state} ({one.failure})"
            for one in office.store.approvals.values()
            if one.state not in ENDS and one.state is not State.PENDING
        ]
        + [
            f"I5: {run.thread_id} was withdrawn and is {run.state}"
            for run in office.store.runs.values()
            if run.cancellation is not None and run.state not in GONE
        ]
    )


def audit_agrees(office: Office) -> list[str]:
    """I6: each chain is whole and says what the record says."""
    found: list[str] = []
    for one in office.store.approvals.values():
        chain = [entry for entry in office.store.trail if entry.approval_id == one.id]
        found += [f"I6: {fault}" for fault in faults(chain, KEY, head=one.audit_head)]
        votes = [entry for entry in chain if entry.fact is Fact.VOTED]
        if len(votes) != len(one.votes):
            found.append(f"I6: {one.id} has {len(one.votes)} votes, the trail {len(votes)}")
        if any(entry.fact is Fact.APPLIED for entry in chain) != (one.state is State.APPLIED):
            found.append(f"I6: {one.id} is {one.state}, its trail disagrees")
    return found


def one_live_card(office: Office) -> list[str]:
    """I7: one live card for each pending approval, none on others; and every question has its approval."""
    live = Counter(str(post.blocks[0]["approval"]) for post in office.messenger.live_cards())
    pending = {one.id for one in office.store.approvals.values() if one.state is State.PENDING}
    found = [f"I7: {name} has {live[name]} live cards" for name in pending if live[name] != 1]
    found += [f"I7: {name} is over and has a live card" for name in set(live) - pending]
    asked = {
        (one.request.interrupt_id, one.request.digest)
        for one in office.store.approvals.values()
        if one.state is not State.SUPERSEDED
    }
    for name, thread in office.runner.threads.items():
        withdrawn = office.store.runs[name].state is RunState.CANCELLED
        for gate in () if withdrawn else thread.gates:
            if not gate.finished and (gate.interrupt_id, digest(gate.payload)) not in asked:
                found.append(f"I7: nobody was asked {gate.interrupt_id}")
    results = Counter(post.key for post in office.messenger.posts if post.key.startswith("result:"))
    over = {f"result:{name}" for name, thread in office.runner.threads.items() if thread.over}
    return found + [f"I7: {key} was told {results[key]} times" for key in over if results[key] != 1]


def one_batch_card(office: Office) -> list[str]:
    """I7, for lists: a batch with anything left to decide has one card, and every card says what is so."""
    found = []
    for known in office.store.batches.values():
        name, members = known.batch.id, known.batch.approvals
        states = {one: office.store.approvals[one].state for one in members}
        posts = [post for post in office.messenger.posts if post.key == f"batch:{name}"]
        if len(posts) > 1 or (not posts and State.PENDING in states.values()):
            found.append(f"I7: batch {name} has {len(posts)} cards")
        for post in posts:
            links = sorted(one for one in members if office.store.cards[one].ts is not None)
            if (post.blocks[0]["states"], post.blocks[0]["links"]) != (states, links):
                found.append(f"I7: the card of batch {name} says {post.blocks[0]}, not {states}")
    asked = [one for one in office.store.approvals.values() if one.state is State.PENDING and one.batch]
    missing = Counter(one.batch for one in asked if one.batch not in office.store.batches)
    return found + [
        f"I7: batch {name} is not on record" for name, many in missing.items() if many >= AT_LEAST
    ]


def steps_once(office: Office) -> list[str]:
    """Each reminder and each escalation happens at most once, is told once, and none comes after the end."""
    found: list[str] = []
    most = max(moment.policy.remind_at_most for moment in office.judge.moments)
    for one in office.store.approvals.values():
        chain = [entry for entry in office.store.trail if entry.approval_id == one.id]
        reminded = [entry.data["number"] for entry in chain if entry.fact is Fact.REMINDED]
        if reminded != list(range(1, one.reminded + 1)) or one.reminded > most:
            found.append(f"steps: {one.id} was reminded {reminded}, its record says {one.reminded}")
        escalated = sum(entry.fact is Fact.ESCALATED for entry in chain)
        if escalated != (one.escalated_at is not None):
            found.append(f"steps: {one.id} was escalated {escalated} times")
        over = [entry.seq for entry in chain if entry.fact in OVER]
        late = [entry.seq for entry in chain if entry.fact in STEPS and over and entry.seq > over[0]]
        found += [f"steps: entry {seq} of {one.id} came after its end" for seq in late]
    told = Counter(post.key for post in office.messenger.posts if post.key.startswith(("remind", "escal")))
    found += [f"steps: {key} was told {count} times" for key, count in told.items() if count > 1]
    meant = {
        f"reminder-{n + 1}:{one.id}" for one in office.store.approvals.values() for n in range(one.reminded)
    } | {
        f"{name}:{one.id}"
        for one in office.store.approvals.values()
        for name in ("escalation", "escalation-told")
        if one.escalated_at is not None
    }
    live = {one.id for one in office.store.approvals.values() if one.state is State.PENDING}
    found += [f"steps: {key} was told and is not on record" for key in set(told) - meant]
    return found + [
        f"steps: {key} was never told" for key in meant - set(told) if key.partition(":")[2] in live
    ]


def recorded(office: Office) -> list[str]:
    """I9: whoever was told that a vote counts finds it in the record."""
    found = []
    for told in office.told:
        if told.outcome.kind in (Kind.DECIDED, Kind.COUNTED):
            votes = office.store.approvals[told.click.approval_id].votes
            if not any(vote.click == told.click.id for vote in votes):
                found.append(f"I9: {told.click.id} was told {told.outcome.kind}, the record does not know it")
    return found
