"""What approvals.toml says of time, and errors that name file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.approvers import Approvers
from bot.core.calendar import Hours
from bot.core.policy import Escalate
from tests.markdown import examples
from tests.test_policies import ROOT, loaded, problems

HOURS = 'hours = { zone = "Europe/Berlin" }'
BOSS = 'approvers = { users = ["U0BOSS"] }'
BOTH = 'approvers = { users = ["U0BOSS", "U0CAT"] }'
CAT = 'approvers = { users = ["U0CAT"] }'


def test_every_key_reaches_the_policy(tmp_path: Path) -> None:
    policy = loaded(
        tmp_path,
        """
        [defaults.hours]
        zone = "Europe/Berlin"
        from = "08:30"
        to = "24:00"
        days = ["mon", "sat"]
        holidays = ["2026-12-25"]

        [graphs.refund]
        expires_in = "8h"
        count = "working"
        remind_every = "4h"
        remind_at_most = 2

        [graphs.refund.escalate]
        after = "2h"
        approvers = { users = ["U0BOSS"], groups = ["S0FIN"] }
        mode = "replace"
        channel = "C0BOSSES"
        """,
    ).of("refund")

    assert policy.hours == Hours("Europe/Berlin", 8 * 60 + 30, 24 * 60, (0, 5), ("2026-12-25",))
    assert (policy.expires_in, policy.working_time) == (28_800.0, True)
    assert (policy.remind_every, policy.remind_at_most) == (14_400.0, 2)
    named = Approvers(frozenset({"U0BOSS"}), frozenset({"S0FIN"}))
    assert policy.escalate == Escalate(7_200.0, named, instead=True, channel="C0BOSSES")


def test_what_is_not_said_is_usual(tmp_path: Path) -> None:
    policies = loaded(
        tmp_path, f"[defaults]\n{HOURS}\n[graphs.refund]\n[graphs.refund.escalate]\nafter='1h'\n{BOSS}"
    )

    assert policies.default.hours == Hours("Europe/Berlin", 9 * 60, 18 * 60, (0, 1, 2, 3, 4))
    assert policies.default.escalate is None
    assert policies.of("refund").hours == policies.default.hours
    assert policies.of("refund").escalate == Escalate(3_600.0, Approvers(frozenset({"U0BOSS"})))
    assert not policies.default.working_time


def test_the_example_of_the_document_is_what_it_says(tmp_path: Path) -> None:
    [example] = examples(ROOT / "docs" / "by-when.md", "toml")
    policies = loaded(tmp_path, example, ("refund",))

    refund = policies.of("refund")
    assert refund.working_time
    assert refund.hours == Hours("Europe/Berlin", holidays=("2026-12-25", "2027-01-01"))
    assert refund.escalate == Escalate(
        7_200.0, Approvers(frozenset({"U0CAT"}), frozenset({"S0FIN"})), channel="C0BOSSES"
    )


def test_another_time_of_day_is_another_policy(tmp_path: Path) -> None:
    first = loaded(tmp_path, f"[defaults]\n{HOURS}").default
    second = loaded(tmp_path, '[defaults]\nhours = { zone = "Europe/Berlin", to = "17:00" }').default

    assert first.version != second.version


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('hours = { zone = "Berlin" }', 'hours.zone: must be a time zone like "Europe/Berlin"'),
        ("hours = {}", "hours.zone: is missing"),
        ('hours = { zone = "UTC", from = "9" }', 'hours.from: must be a time of day like "09:00"'),
        ('hours = { zone = "UTC", to = "24:01" }', 'hours.to: must be a time of day like "09:00"'),
        ('hours = { zone = "UTC", from = "18:00" }', "hours: `from` must be before `to`, on one day"),
        ('hours = { zone = "UTC", days = [] }', "hours.days: must not be empty"),
        ('hours = { zone = "UTC", days = ["monday"] }', "hours.days.0: must be 'mon', 'tue'"),
        ('hours = { zone = "UTC", holidays = ["25.12."] }', 'holidays.0: must be a date like "2026-12-25"'),
        ('hours = { zone = "UTC", till = "1" }', "hours.till: unknown key; known: zone, from, to, days"),
        ('expires_in = "8h"\ncount = "working"', "count: needs `hours`, and `expires_in` to be counted"),
        (f'{HOURS}\ncount = "working"', "count: needs `hours`, and `expires_in` to be counted"),
        ("remind_at_most = 2", "remind_at_most: does nothing without `remind_every`"),
        ('remind_every = "1h"\nremind_at_most = 0', "remind_at_most: must be at least 1"),
        ('remind_every = "1h"\nremind_at_most = 21', "remind_at_most: must be at most 20"),
        (f"escalate = {{ {BOSS} }}", "escalate.after: is missing"),
        ('escalate = { after = "1h" }', "escalate.approvers: is missing"),
        ('escalate = { after = "1h", approvers = {} }', "escalate.approvers: names nobody"),
        (
            f'quorum = 2\nescalate = {{ after = "1h", mode = "replace", {BOSS} }}',
            "escalate.approvers: 2 people must approve, but fewer are named",
        ),
        (
            f'expires_in = "1h"\nescalate = {{ after = "1h", {BOSS} }}',
            "escalate.after: comes too late: the deadline is sooner",
        ),
        (
            f'escalate = {{ after = "1h", mode = "approve", {BOSS} }}',
            "escalate.mode: must be 'add' or 'replace'",
        ),
        (
            f'escalate = {{ after = "1h", who = 1, {BOSS} }}',
            "escalate.who: unknown key; known: after, approvers",
        ),
        (
            'escalate = { after = "1h", approvers = { people = [] } }',
            "escalate.approvers.people: unknown key; known: users, groups",
        ),
    ],
)
@pytest.mark.parametrize("table", ["defaults", "graphs.refund"])
def test_what_cannot_be_is_named(tmp_path: Path, table: str, text: str, found: str) -> None:
    [problem] = problems(tmp_path, f"[{table}]\n{text}\n")

    assert problem.startswith(f"approvals.toml:{1 + len(text.splitlines())}: {table}.")
    assert found in problem


@pytest.mark.parametrize(
    "more",
    [
        f'stages = [{{ name = "one", {BOSS} }}, {{ name = "two", {CAT} }}]',
        'rules = [{ when = "amount > 9", quorum = 2 }]',
        f'rules = [{{ when = "amount > 9", stages = [{{ name = "both", {BOTH}, quorum = 2 }}] }}]',
    ],
)
def test_an_escalation_that_leaves_too_few_people_is_named(tmp_path: Path, more: str) -> None:
    escalate = f'escalate = {{ after = "1h", mode = "replace", {BOSS} }}'

    [problem] = problems(tmp_path, f"[graphs.refund]\n{more}\n{escalate}\n")

    assert problem.endswith("escalate.approvers: 2 people must approve, but fewer are named")


def test_one_boss_may_serve_two_stages_where_anybody_may(tmp_path: Path) -> None:
    stages = f'stages = [{{ name = "one", {BOSS} }}, {{ name = "two", {CAT} }}]\ndistinct = false'
    escalate = f'escalate = {{ after = "1h", mode = "replace", {BOSS} }}'

    policy = loaded(tmp_path, f"[graphs.refund]\n{stages}\n{escalate}\n").of("refund")

    assert policy.escalate is not None
