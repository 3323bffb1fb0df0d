"""One approval from its question to the bank's number: every fact of it is on record, and nothing else."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.audit import Entry
from bot.store.connection import connect
from bot.store.delegations import RedisDelegations
from tests.clockwork import turn
from tests.office import Company
from tests.story.conftest import open_company

HOUR = 3600.0
RULES = """
[graphs.paid]
approvers = { users = ["U0ANA"] }
remind_every = "4h"
remind_at_most = 1

[graphs.paid.escalate]
after = "6h"
approvers = { users = ["U0CAT"] }
"""

# What differs from one life to the next.
VARYING = frozenset({"digest", "interrupt", "policy", "message", "channel", "before", "after", "until"})

ANA: dict[str, Any] = {"users": ["U0ANA"], "groups": [], "members": False}
BOTH: dict[str, Any] = {"users": ["U0ANA", "U0CAT"], "groups": [], "members": False}
CAT: dict[str, Any] = {"users": ["U0CAT"], "groups": [], "members": False}
GIVEN = {"name": "pay", "args": {"iban": "DE90", "cents": 500}}
ANSWER = {"decisions": [{"type": "edit", "edited_action": GIVEN}]}
EDIT = {"name": "pay", "before": {"iban": "DE89", "cents": 500}, "after": GIVEN["args"]}
HERE = {"app": "A0DEMO", "team": "T0DEMO", "user_team": "T0DEMO"}
TRIED = {"verdict": "approve", "source": "button"}

LIFE: list[tuple[str, str | None, Mapping[str, Any]]] = [
    ("asked", None, {"digest": "...", "revision": 1, "interrupt": "...", "policy": "..."}),
    ("shown", None, {"channel": "...", "message": "...", "revision": 1, **ANA}),
    ("viewed", "U0ANA", {"after": "..."}),
    ("refused", "U0CAT", {"why": "not_an_approver", **TRIED, **HERE}),
    ("refused", "U0ANA", {"why": "other_workspace", **TRIED, **HERE, "team": "T0OTHER"}),
    ("reminded", None, {"number": 1, **ANA}),
    ("escalated", None, {"mode": "add", "channel": "...", **CAT}),
    ("shown", None, {"channel": "...", "message": "...", "revision": 1, **BOTH}),
    (
        "voted",
        "U0BEN",
        {
            "verdict": "answer",
            "source": "modal",
            "text": None,
            "stands_for": "U0ANA",
            "answer": ANSWER,
            "edits": [EDIT],
            "revision": 1,
        },
    ),
    ("policy_changed", None, {"before": "...", "after": "...", "digest": "..."}),
    (
        "decided",
        "U0BEN",
        {"verdict": "answer", "by": ["U0BEN"], "policy": "...", "digest": "...", "answer": ANSWER},
    ),
    ("sent", None, {"try": 1, "digest": "..."}),
    ("applied", None, {"digest": "...", "effect": "bank-17"}),
]


def _told(entry: Entry) -> tuple[str, str | None, dict[str, Any]]:
    data = {name: "..." if name in VARYING else value for name, value in entry.data.items()}
    return str(entry.fact), entry.by, data


async def _later(company: Company, approval_id: str, hours: float) -> None:
    await company.bot.kill()
    await turn(company.redis.url, approval_id, hours * HOUR)
    await company.bot.start()


@pytest.mark.processes
@pytest.mark.timeout(180)
async def test_the_whole_trail_of_one_life(tmp_path: Path) -> None:
    rules = tmp_path / "approvals.toml"
    rules.write_text(RULES)
    async with open_company(tmp_path, APPROVALS_CONFIG=str(rules)) as company:
        ana, ben, cat = (company.slack.person(one) for one in ("U0ANA", "U0BEN", "U0CAT"))
        card = await company.recorded(await company.ask("paid", {"order": "17"}, requester=None))
        name = str(card.metadata["event_payload"]["approval_id"])

        await ana.command("/approvals", f"show {name}", channel=card.channel)
        await ana.command("/approvals", f"show {name}", channel=card.channel)
        await cat.click("Approve", on=card)
        await cat.click("Approve", on=card)
        foreign = await ana.click_payload("Approve", on=card)
        foreign["team"]["id"] = "T0OTHER"
        await company.slack.deliver("interaction", foreign)
        await _later(company, name, 4)
        await company.told(card, "Reminder")
        await _later(company, name, 3)
        await company.told(card, "Escalated")
        await company.slack.until(lambda: "@Cat" in card.text_shown, "the card names Cat", 20.0)
        await ana.command("/approvals", "delegate @ben for 2h", channel=card.channel)
        await company.noted(ana, "@Ben stands in for you until", card)
        rules.write_text(RULES.replace("remind_at_most = 1", "remind_at_most = 2\neditor_may_approve = true"))
        os.kill(company.bot.pid, signal.SIGHUP)
        await company.bot.until_logged("approvals.toml was reloaded")
        await ben.click("Edit" if "Edit" in card.buttons else "Decide one by one", on=card)
        await ben.choose("pay › Decision", "edit")
        await ben.fill("pay › Arguments", json.dumps(GIVEN["args"]))
        seen = await ben.submit()
        assert (seen.errors, ben.modal) == ({}, None)
        await company.settled(card)
        trail = await company.trail(card, looks=True)
        async with connect(company.redis.url) as client:
            absence = await RedisDelegations(client, "T0DEMO").history("U0ANA")

    assert [_told(entry) for entry in trail] == LIFE
    assert [_told(entry) for entry in absence] == [("away", "U0ANA", {"until": "...", "delegate": "U0BEN"})]
