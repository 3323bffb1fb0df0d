"""Offices with stages, rules, edits and absences, whose approvals.toml and people change while cards wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any

from bot.approvals.absences import come_back, leave
from bot.core.absence import Leave
from bot.core.approvers import Approvers
from bot.core.audit import Entry
from bot.core.model import JSON, Click, Person, Source, State, Verdict, Vote
from bot.core.policy import Escalate, Policy, Rule, Stage
from bot.core.risk import Risk
from bot.ports import StoreUnavailable, Swapped
from tests.fake_delegations import FakeDelegations
from tests.simulation.judge import meant
from tests.simulation.reading import Reading
from tests.simulation.scheduler import Process

if TYPE_CHECKING:
    from tests.simulation.office import Office

REQUESTER = "U0REQ"
STAFF = ("U0ANA", "U0BEN", "U0CAT", "U0DAN", "U0EVE")
ASKED = ("U0ANA", "U0ANA", "U0BEN", "U0BEN", "U0CAT", "U0DAN", "U0EVE", REQUESTER)
FINANCE = "S0FIN"
WHO = (
    Approvers(members=True),
    Approvers(frozenset({"U0ANA", "U0BEN", REQUESTER})),
    Approvers(frozenset({"U0BEN", "U0CAT"})),
    Approvers(groups=frozenset({FINANCE})),
    Approvers(frozenset({"U0ANA"}), frozenset({FINANCE})),
)
BOSS = Stage("boss", Approvers(frozenset({"U0ANA", "U0DAN"})))
RULES = (
    Rule("amount > 100", stages=(Stage("finance", WHO[3]), BOSS)),
    Rule("amount > 100", quorum=2),
    Rule('risk == "high"', requester_may_approve=False, reject_quorum=1),
    Rule('risk == "high"', stages=(BOSS,), risk=Risk.CRITICAL),
)
BLOCKING = Rule("tip > 5", quorum=2)
UNFIT = ("is_guest", "is_deleted", "is_bot", "is_stranger")
BUTTONS = (*(Verdict.APPROVE,) * 12, Verdict.REJECT, Verdict.REVISE)
FORMS = (*(Verdict.APPROVE,) * 4, Verdict.REJECT, *(Verdict.ANSWER,) * 6)


@dataclass
class House:
    """What makes this office one of many rules; `chance` is of its own."""

    chance: Random
    tools: bool  # the graph asks in the middleware's words, and its values may be edited


def furnish(office: Office, seed: int) -> House | None:
    """Four offices of ten have rules; the others stay as they were."""
    chance = Random(f"house of {seed}")
    if chance.random() >= 0.4:
        return None
    house = House(chance, tools=chance.random() < 0.5)
    office.keep_absences({})
    office.directory.groups = {FINANCE: frozenset({"U0CAT", "U0DAN"})}
    office.policy = some_rules(chance, office.policy)
    office.runner.more = some_question(chance, tools=house.tools)
    office.note()
    return house


def some_rules(chance: Random, policy: Policy) -> Policy:
    """The policy with other people, stages and rules."""
    several = chance.choice((1, 1, 2, 2, 3))
    stages = tuple(_stage(chance, number) for number in range(several))
    rules = [rule for rule in RULES if chance.random() < 0.2]
    rules += [BLOCKING] if chance.random() < 0.03 else []
    escalate = policy.escalate
    if escalate is not None:
        escalate = Escalate(escalate.after, chance.choice(WHO), chance.random() < 0.5, escalate.channel)
    return replace(
        policy,
        stages=stages,
        rules=tuple(rules),
        distinct=chance.random() < 0.7,
        requester_may_approve=chance.random() < 0.2,
        editor_may_approve=chance.random() < 0.2,
        confirm_from=chance.choice((None, None, Risk.HIGH)),
        confirm_field="amount",
        ceiling=chance.choice((None, None, None, Risk.CRITICAL)),
        escalate=escalate,
    )


def _stage(chance: Random, number: int) -> Stage:
    return Stage(f"stage{number}", chance.choice(WHO), chance.choice((1, 1, 2)), chance.choice((1, 2, 2)))


def some_question(chance: Random, *, tools: bool) -> dict[str, JSON]:
    """What every question of this office's graph has."""
    amount, risk = chance.choice((50, 500)), chance.choice(("low", "low", "high"))
    return tool_question(risk, amount) if tools else {"amount": amount, "risk": risk}


def tool_question(risk: str, amount: int = 500) -> dict[str, JSON]:
    """A question in the words of LangChain's middleware, whose amount may be edited."""
    allowed = ["approve", "edit", "reject"]
    return {
        "amount": amount,
        "risk": risk,
        "action_requests": [{"name": "pay", "args": {"amount": amount}}],
        "review_configs": [{"action_name": "pay", "allowed_decisions": allowed}],
    }


def press(house: House, office: Office, chance: Random) -> Click | None:
    """Somebody presses a button, or sends a form, of some card that is, or was, on a screen."""
    shown = [key for key, card in office.store.cards.items() if card.ts is not None]
    live = [key for key in shown if office.store.approvals[key].state is State.PENDING]
    shown = live if chance.random() < 0.8 else shown
    if not shown:
        return None
    chosen, verdict = chance.choice(shown), chance.choice(FORMS if house.tools else BUTTONS)
    given = _given(chance) if verdict is Verdict.ANSWER else None
    user = chance.choice(_wanted(office, chosen, verdict, given) if chance.random() < 0.75 else ASKED)
    click = office.click_on(chosen, user, verdict, f"h{len(office.judge.clicks)}")
    amount = str(office.runner.more["amount"])
    typed = chance.choice((None, amount, amount, amount, "yes"))
    source = chance.choice((Source.BUTTON,) * 7 + (Source.WEB,))
    return replace(click, given=given, typed=typed, source=source)


def _wanted(office: Office, approval_id: str, verdict: Verdict, given: JSON) -> Sequence[str]:
    """Those whose vote would count: most people know when it is their turn."""
    approval, clock = office.store.approvals[approval_id], office.clock
    reading = Reading.of(approval, office.judge.moments[-1], clock.now)
    votes = approval.votes
    return [
        user
        for user in (*STAFF, REQUESTER)
        if isinstance(reading.place(votes, user, verdict, meant(given)), Vote)
    ] or ASKED


def _given(chance: Random) -> JSON:
    amount = chance.choice((None, 7, 7, 7, 7, 7, 8))
    if amount is None:
        return {"1": {"decision": chance.choice(("approve", "reject"))}}
    return {"1": {"decision": "edit", "args": {"amount": amount}}}


def stir(house: House, office: Office) -> None:
    """Now and then something changes that no click can see coming."""
    chance = house.chance
    draw = chance.random()
    if draw < 0.002:
        office.policy = some_rules(chance, office.policy)
    elif draw < 0.006:
        user = chance.choice(STAFF)
        if office.directory.people.pop(user, None) is None:
            unfit: dict[str, Any] = {chance.choice(UNFIT): True}
            office.directory.people[user] = Person(user, user, "T1", **unfit)
    elif draw < 0.008:
        office.directory.outsiders ^= {chance.choice(STAFF)}
    elif draw < 0.010:
        office.directory.remembered = office.directory.groups
        office.directory.groups = {FINANCE: frozenset(chance.sample(STAFF, 2))}
    elif draw < 0.015 and office.living():
        _absence(office, chance, chance.choice(office.living()))
    else:
        return
    office.note()


def _absence(office: Office, chance: Random, process: Process) -> None:
    user, delegate = chance.sample((*STAFF, REQUESTER), 2)
    away = chance.random() < 0.7

    async def body(process: Process) -> None:
        try:
            world = office.world(process)
            if away:
                await leave(world, user, delegate=delegate, until=("for", chance.choice(("1m", "5m"))))
            else:
                await come_back(world, user)
        except StoreUnavailable:
            return  # they are told, and say it again

    office.scheduler.spawn(process, body, f"{user} is {'away' if away else 'back'}")


class NotedDelegations(FakeDelegations):
    """Who is away; the judge hears of each change."""

    office: Any

    async def swap(self, before: Leave, after: Leave, entries: Sequence[Entry]) -> Swapped:
        swapped = await FakeDelegations.swap(self, before, after, entries)
        self.office.note()
        return swapped

    def standing_in(self) -> Mapping[str, tuple[str | None, float]]:
        """Who is away, who stands in, and until when."""
        known = (leave.absence for leave in self.leaves.values())
        return {one.user: (one.delegate, one.until) for one in known if one is not None}
