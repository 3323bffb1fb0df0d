"""The part of approvals.toml that says who decides: people, stages, and rules on the payload."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.core.policy import USER_ID, Policy, Rule, Stage, one_stage
from bot.core.risk import WORDS
from bot.core.rules import fault
from bot.core.slack_ids import GROUP_ID
from bot.toml_lines import Where

MOST_STAGES = 6  # each is a line of the card
MOST_RULES = 50
WHO = ("approvers", "quorum", "reject_quorum")  # a single stage in other words


class Table(BaseModel):
    """A table of the file: every key is known and of its own type, nothing is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def one_of(pattern: re.Pattern[str], what: str) -> AfterValidator:
    """Text of this shape; Slack's ids are the same for ever, names are not."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is no {what}; copy the id in Slack, a name is not enough")
        return value

    return AfterValidator(check)


def _expression(value: str) -> str:
    if (wrong := fault(value)) is not None:
        raise ValueError(f"{wrong}; it is a comparison like amount_cents > 50000")
    return value


def _risk(value: str) -> str:
    if value not in WORDS:
        raise ValueError(f"must be one of {', '.join(WORDS)}")
    return value


def only_false(value: bool) -> bool:
    """For what a rule may forbid but not allow."""
    if value:
        raise ValueError("a rule can only forbid it: set it to false, or leave it out")
    return value


UserId = Annotated[str, one_of(USER_ID, "user id like U0123ABCD")]
GroupId = Annotated[str, one_of(GROUP_ID, "user group id like S0123ABCD")]
Count = Annotated[int, Field(ge=1)]
When = Annotated[str, AfterValidator(_expression)]
RiskWord = Annotated[str, AfterValidator(_risk)]


class Approvers(Table):
    """People by id and groups by id; both count."""

    users: list[UserId] = []
    groups: list[GroupId] = []


class StageTable(Table):
    """One step of several; stages are passed in order."""

    name: Annotated[str, Field(min_length=1)]
    approvers: Approvers | None = None  # absent: the members of the channel
    quorum: Count = 1
    reject_quorum: Count = 1


Stages = Annotated[list[StageTable], Field(min_length=1, max_length=MOST_STAGES)]


def over(default: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A graph's keys over the defaults; `stages` replace inherited approvers, and approvers stages."""
    dropped = WHO if "stages" in own else ("stages",) if "approvers" in own else ()
    return {key: value for key, value in default.items() if key not in dropped} | dict(own)


def policy_of(table: Mapping[str, Any]) -> Policy:
    """The policy that these keys come to."""
    plain = {key: value for key, value in table.items() if key not in (*WHO, "stages", "rules")}
    for key in ("confirm_from", "ceiling"):
        if key in plain:
            plain[key] = WORDS[plain[key]]
    own = stages_of(table)
    return Policy(**plain, stages=own, rules=tuple(_rule(rule, own) for rule in table.get("rules", ())))


def stages_of(table: Mapping[str, Any]) -> tuple[Stage, ...]:
    """Several stages as they are written, or the one that approvers and quorum come to."""
    if "stages" not in table:
        numbers = {key: table[key] for key in ("quorum", "reject_quorum") if key in table}
        who = {key: table.get("approvers", {}).get(key, ()) for key in ("users", "groups")}
        return one_stage(**who, **numbers)
    return tuple(
        Stage(one["name"], stage.approvers, stage.quorum, stage.reject_quorum)
        for one in table["stages"]
        for stage in stages_of({key: value for key, value in one.items() if key != "name"})
    )


def _rule(table: Mapping[str, Any], own: tuple[Stage, ...]) -> Rule:
    """People named by a rule must be as many as the graph asks for, if that is more than the rule does."""
    stages: tuple[Stage, ...] = ()
    if "stages" in table or "approvers" in table:
        numbers = {"quorum": own[0].quorum, "reject_quorum": own[0].reject_quorum} if len(own) == 1 else {}
        stages = tuple(_at_least(stage, own) for stage in stages_of(numbers | dict(table)))
    return Rule(
        when=table["when"],
        stages=stages,
        quorum=table.get("quorum", 1),
        reject_quorum=table.get("reject_quorum"),
        requester_may_approve=table.get("requester_may_approve", True),
        risk=WORDS.get(table.get("risk", "")),
        expires_in=table.get("expires_in"),
    )


def _at_least(stage: Stage, own: tuple[Stage, ...]) -> Stage:
    """A rule's stage with no fewer people than the graph's single stage, and no more who must say No."""
    if len(own) > 1:
        return stage
    quorum, noes = max(stage.quorum, own[0].quorum), min(stage.reject_quorum, own[0].reject_quorum)
    return replace(stage, quorum=quorum, reject_quorum=noes)


def cannot_decide(where: Where, table: Mapping[str, Any], policy: Policy) -> Iterator[tuple[Where, str]]:
    """Where these keys of one table contradict each other, or name too few people to ever agree."""
    yield from _both(where, table)
    if "stages" not in table and policy.stages[0].name is not None:
        for key in ("quorum", "reject_quorum"):
            if key in table:
                yield (
                    (*where, key),
                    "does nothing: the stages of [defaults] have their own; name approvers too",
                )
    if {*WHO, "stages"} & set(table):
        yield from _nobody(where, table, policy.stages, policy.distinct)
    rules = table.get("rules", [])
    if len(rules) > MOST_RULES:
        yield (*where, "rules"), f"must be at most {MOST_RULES}"
    for number, (rule, made) in enumerate(zip(rules, policy.rules, strict=False)):
        place: Where = (*where, "rules", number)
        yield from _both(place, rule)
        if set(rule) == {"when"}:
            yield place, "says nothing but when"
        elif {"approvers", "stages", "quorum"} & set(rule):
            yield from _nobody(place, rule, made.stages or policy.stages, policy.distinct, made.quorum)


def _both(where: Where, table: Mapping[str, Any]) -> Iterator[tuple[Where, str]]:
    if "stages" in table and "approvers" in table:
        yield (*where, "approvers"), "stands beside `stages`, each of which names its own"
    if "stages" in table and "when" not in table and {"quorum", "reject_quorum"} & set(table):
        yield (*where, "quorum"), "stands beside `stages`, each of which has its own"


def _nobody(
    where: Where, table: Mapping[str, Any], stages: tuple[Stage, ...], distinct: bool, least: int = 1
) -> Iterator[tuple[Where, str]]:
    for inner, part in [
        ((), table),
        *((("stages", n), one) for n, one in enumerate(table.get("stages", ()))),
    ]:
        named = part.get("approvers")
        if named is not None and not any(named.values()):
            yield (
                (*where, *inner, "approvers"),
                "names nobody; leave it out to let the channel's members decide",
            )
    served, needed = set[str](), 0
    for stage in stages:
        who, quorum = stage.approvers, max(stage.quorum, least)
        if who.groups or who.members:
            continue
        served, needed = (served | who.users, needed + quorum) if distinct else (set(who.users), quorum)
        if len(who.users) < quorum or len(served) < needed:
            people = "1 person is" if len(served) == 1 else f"{len(served)} people are"
            key = "stages" if "stages" in table else "quorum"
            yield (*where, key), f"{needed} people must approve, but only {people} named"
            return
