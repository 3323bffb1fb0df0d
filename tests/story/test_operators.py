"""An operator at a terminal: start, list, doctor, audit; and what a wrong setting is told."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import pytest

from tests.office import Company

pytestmark = pytest.mark.processes


async def test_a_run_started_at_a_terminal_is_listed_and_audited(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    room = await company.room()
    given = {"order_id": "cli-1", "amount_cents": 100, "customer": "cli-1@example.com"}

    started, thread = await company.run(
        "start", "refund", "--input", json.dumps(given), "--channel", room, "--requester", "U0CAT"
    )
    card = await company.card("cli-1@example.com", channel=room)
    (listed, table), (as_json, lines) = await asyncio.gather(
        company.run("list"), company.run("list", "--json")
    )
    await ana.click("Approve", on=card)
    approval = await company.settled(card)
    (verified, verdict), (exported, trail) = await asyncio.gather(
        company.run("audit", "verify"), company.run("audit", "export")
    )

    assert (started, listed, as_json, verified, exported) == (0, 0, 0, 0, 0), verdict
    assert thread.split()[-1] == approval["thread_id"]
    assert "Refund $1.00 to cli-1@example.com" in table
    row = next(row for row in map(json.loads, _json_lines(lines)) if row["id"] == approval["id"])
    assert (row["graph"], row["requester"], row["revision"]) == ("refund", "U0CAT", 1)
    assert "0 faults found" in verdict
    entries = [json.loads(line) for line in _json_lines(trail)]
    own = [entry for entry in entries if entry["approval"] == approval["id"]]
    assert [entry["fact"] for entry in own] == ["asked", "voted", "decided", "sent", "applied"]
    assert [entry["by"] for entry in own] == [None, "U0ANA", "U0ANA", None, None]


async def test_an_export_shows_later_what_is_gone(company: Company, tmp_path: Path) -> None:
    ana, order = company.slack.person("U0ANA"), "export-1"
    card = await company.refund(order)
    await ana.click("Approve", on=card)
    approval = await company.settled(card)
    _, trail = await company.run("audit", "export")
    lines = [line for line in _json_lines(trail) if approval["id"] in line]
    (tmp_path / "before.jsonl").write_text("\n".join(lines))
    forged = [line.replace(json.loads(line)["mac"], "0" * 64) for line in lines]
    (tmp_path / "forged.jsonl").write_text("\n".join(forged))
    (tmp_path / "gone.jsonl").write_text("\n".join(line.replace(approval["id"], "gone") for line in lines))

    (same, good), (other, bad), (missing, gone) = await asyncio.gather(
        *(
            company.run("audit", "verify", "--against", str(tmp_path / f"{name}.jsonl"))
            for name in ("before", "forged", "gone")
        )
    )

    assert (same, other, missing) == (0, 1, 1), (good, bad, gone)
    assert f"{approval['id']}: entry 1 is not the one that was exported" in bad
    assert "gone: was exported and is gone" in gone


async def test_the_trail_as_a_table_opens_in_a_spreadsheet(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("export-2")
    await ana.click("Approve", on=card)
    approval = await company.settled(card)

    code, printed = await company.run("audit", "export", "--format", "csv")

    rows = list(
        csv.DictReader(
            line for line in printed.splitlines() if line.startswith(("approval,", approval["id"]))
        )
    )
    assert code == 0, printed
    assert [row["fact"] for row in rows] == ["asked", "voted", "decided", "sent", "applied"]
    assert json.loads(rows[1]["data"])["verdict"] == "approve"


def _json_lines(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith(('{"approval"', '{"id"'))]


async def test_doctor_finds_nothing_wrong(company: Company) -> None:
    code, said = await company.run("doctor")

    assert code == 0, said
    assert "Slack knows us as" in said
    assert "The token has every scope it needs." in said


@pytest.mark.parametrize(
    ("environ", "command", "words"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "serve", ["SLACK_BOT_TOKEN"]),
        ({"SLACK_SIGNING_SECRET": ""}, "serve", ["SLACK_SIGNING_SECRET"]),
        ({"REDIS_URL": "redis://:hunter2@127.0.0.1:9/0"}, "serve", ["127.0.0.1:9", "does not answer"]),
        ({"PORT": "many"}, "serve", ["PORT"]),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "serve", ["invalid_auth"]),
    ],
    ids=["no token", "no secret", "no redis", "no port", "wrong token"],
)
async def test_a_wrong_setting_is_named_in_a_line(
    company: Company, environ: dict[str, str], command: str, words: list[str]
) -> None:
    code, said = await company.run(command, **environ)

    assert code == 1
    assert all(word in said for word in words), said
    assert "Traceback" not in said
    assert "hunter2" not in said


async def test_a_bad_approvals_toml_is_named_with_its_line(company: Company, tmp_path: Path) -> None:
    bad = tmp_path / "approvals.toml"
    bad.write_text('[defaults]\n\n[graphs.refund]\nanswer = "boolean"\nquorum = 0\n')

    code, said = await company.run("serve", APPROVALS_CONFIG=str(bad))

    assert code == 1
    assert f"{bad}:5: graphs.refund.quorum: must be at least 1" in said
    assert "Traceback" not in said


async def test_a_bad_langgraph_json_is_named_with_its_line(company: Company, tmp_path: Path) -> None:
    bad = tmp_path / "langgraph.json"
    bad.write_text('{\n  "dependencies": ["."],\n  "graphs": {"refund": "./no_such_file.py:graph",}\n}')

    code, said = await company.run("serve", LANGGRAPH_CONFIG=str(bad))

    assert code == 1
    assert str(bad) in said
    assert "line 3" in said or ":3" in said
    assert "Traceback" not in said


async def test_a_graph_that_cannot_be_loaded_is_named(company: Company, tmp_path: Path) -> None:
    bad, rules = tmp_path / "langgraph.json", tmp_path / "approvals.toml"
    bad.write_text('{"dependencies": ["."], "graphs": {"refund": "./no_such_file.py:graph"}}')
    rules.touch()

    code, said = await company.run("serve", LANGGRAPH_CONFIG=str(bad), APPROVALS_CONFIG=str(rules))

    assert code == 1
    assert "no_such_file.py" in said
    assert "Traceback" not in said
