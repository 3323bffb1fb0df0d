"""One seeded schedule: who asks, who clicks, what fails, in which order; and what was broken at the end."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bot.core.approvers import Approvers
from bot.core.model import Verdict
from bot.core.policy import Escalate, Policy, one_stage
from tests.fake_slack import Wish
from tests.simulation.gestures import approve_all, random_click
from tests.simulation.house import House, furnish, press, stir
from tests.simulation.office import Office
from tests.simulation.promises import broken
from tests.simulation.scheduler import Scheduler

RECONCILE = Wish("reconcile", ("",), 0.0)
ALL = (Verdict.APPROVE, Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT, Verdict.REVISE)


def run_schedule(seed: int) -> tuple[Office, list[str]]:
    """Play one schedule to its end; the same seed plays the same one."""
    chance = Random(seed)
    office = open_office(chance)
    _remind(office, Random(f"reminders of {seed}"))  # of its own: the rest of the schedule stays as it was
    house = furnish(office, seed)
    threads = tuple(f"thread{n}" for n in range(chance.choice((1, 1, 2))))
    for thread_id in threads:
        office.someone_starts(office.living()[0], thread_id)
        office.runner.act_failures[thread_id] = chance.choice((0, 0, 0, 1, 2))
        office.runner.gate_failures[thread_id] = chance.choice((0, 0, 0, 1))
    clicks = chance.randrange(2, 13) * (1 if house is None else 3)
    for _ in range(chance.randrange(200, 800)):
        clicks -= happen(office, chance, clicks, house)
        if house is not None:
            stir(house, office)
    office.thaw()
    office.settle(threads=threads)
    return office, broken(office)


def open_office(chance: Random) -> Office:
    """An office with some number of faults ahead of it."""
    scheduler = Scheduler(chance, crashes=chance.choice((0, 1, 2, 3)), losses=chance.choice((0, 1, 2, 4)))
    policy = Policy(
        answer="decision",
        stages=one_stage(quorum=chance.choice((1, 1, 2))),
        expires_in=chance.choice((None, None, None, 20.0)),
        on_expiry=chance.choice(("leave", "reject")),
    )
    branches, redelivers = chance.choice((1, 1, 2, 3)), chance.random() < 0.5
    return Office(scheduler, policy, branches=branches, redelivers=redelivers)


def _remind(office: Office, chance: Random) -> None:
    """In some offices people are reminded and others are called in."""
    if chance.random() < 0.3:
        boss = Escalate(chance.choice((3.0, 9.0)), Approvers(frozenset({"U0CAT"})), channel="C2")
        office.policy = replace(
            office.policy,
            remind_every=chance.choice((5.0, 15.0)),
            remind_at_most=chance.choice((1, 3)),
            escalate=chance.choice((None, boss)),
        )
        office.note()


def happen(office: Office, chance: Random, clicks: int, house: House | None = None) -> int:
    """One event; returns how many clicks it used up."""
    draw = chance.random()
    if draw < 0.80:
        office.scheduler.step()
    elif draw < 0.88:
        office.deal(chance)
    elif draw < 0.915:
        office.clock.advance(chance.choice((0.1, 1.0, 5.0)))
    elif draw < 0.92 and office.living():
        office.work(chance.choice(office.living()), RECONCILE)
    elif draw < 0.925 and office.living():
        office.freeze(chance.choice(office.living()))
    elif draw < 0.935:
        office.thaw()
    elif draw < 0.95 and len(office.living()) < 2:
        office.hire()
    elif clicks > 0 and office.living():
        return _click(office, chance, house)
    return 0


def _click(office: Office, chance: Random, house: House | None) -> int:
    if office.store.batches and chance.random() < 0.2:
        approve_all(office, chance.choice(office.living()), chance)
        return 1
    click = random_click(office, chance, ALL) if house is None else press(house, office, chance)
    if click is None:
        return 0
    if chance.random() < (0.04 if house is None else 0.015):
        process = chance.choice(office.living())
        office.someone_withdraws(process, replace(click, user="U0REQ", id=f"withdraw-{click.id}"))
        return 1
    for _ in range(chance.choice((1, 1, 2))):  # Slack, and people, do things twice
        office.someone_clicks(chance.choice(office.living()), click)
    return 1
