"""The README does not lie: its examples run, its diagram and its tables are those of the code."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import pytest_asyncio
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from bot.cli import main
from bot.config import SETTINGS, settings_table
from bot.core.answer import answer_for, contract_for
from bot.core.digest import digest
from bot.core.lifecycle import diagram
from bot.core.model import JSON, Request, Verdict
from bot.policies import load_policies
from bot.simulator.card import Card
from tests.markdown import examples, table
from tests.office import ROOT, TOKEN, Company
from tests.story.conftest import open_company

README = ROOT / "README.md"
CONTINUED = re.compile(r"\\\n\s*")

CALL: dict[str, JSON] = {"name": "tool", "args": {}}
CONFIG: dict[str, JSON] = {"allowed_decisions": ["approve", "reject"]}
BATCH: JSON = {"action_requests": [CALL, CALL], "review_configs": [CONFIG, CONFIG]}
PER_CALL: JSON = {"type": "tool_approval", "tool_call_id": "1", **CALL}
BOTH: JSON = {"discriminator": {"mapping": {"approve": "A", "reject": "R"}}}
INBOX: JSON = {
    "action_request": {"action": "tool", "args": {}},
    "config": {"allow_accept": True, "allow_ignore": True, "allow_respond": True},
}

# What each row of "What the graph gets back" stands for: payload, published schema, `answer` of its policy.
ROWS: tuple[tuple[str, JSON, JSON, str | None], ...] = (
    ('`interrupt_mode="per_call"` of LangChain\'s `HumanInTheLoopMiddleware`', PER_CALL, BOTH, None),
    ('`interrupt(..., response_schema={"type": "boolean"})`', "?", {"type": "boolean"}, "text"),
    ("`interrupt(..., response_schema=...)` of any other type", "?", {"type": "object"}, "text"),
    ("LangChain's `HumanInTheLoopMiddleware`, here with two tool calls", BATCH, None, "text"),
    ("Agent Inbox's `HumanInterrupt`", INBOX, None, "text"),
    ('`answer = "boolean"` in approvals.toml', "?", None, "boolean"),
    ('`answer = "decision"` in approvals.toml', "?", None, "decision"),
    ('`answer = "text"` in approvals.toml', "?", None, "text"),
    ("nothing", "?", None, None),
)
WORDS = {Verdict.APPROVE: None, Verdict.REJECT: "too late", Verdict.REVISE: "make it shorter"}


def test_the_state_diagram_is_the_transition_table() -> None:
    assert diagram() in examples(README, "mermaid")


def test_the_settings_table_is_that_of_the_code() -> None:
    assert settings_table() in README.read_text()


def test_the_answers_are_those_the_code_gives() -> None:
    told = table(README, "how the graph says it")

    assert told == [[name, *_cells(payload, schema, answer)] for name, payload, schema, answer in ROWS]


def test_the_decision_in_full_is_one() -> None:
    [shown] = [block for block in _json_examples() if "decision" in block]
    request = _request("?", None, "decision")

    given = answer_for(
        request, Verdict.REVISE, by="U0ANA", approval_id=shown["approval_id"], text="make it shorter"
    )

    assert shown == given


def test_the_example_graph_asks_acts_on_yes_and_does_nothing_on_no() -> None:
    [source] = [text for text in examples(README, "python") if "interrupt(" in text]
    found: dict[str, Any] = {"__name__": "readme"}
    exec(source, found)  # noqa: S102 - the README's own example
    graph = found["graph"].copy(update={"checkpointer": InMemorySaver()})

    ends = []
    for number, answer in enumerate((True, False, {"approved": False})):
        thread = {"configurable": {"thread_id": str(number)}}
        [asked] = graph.invoke({"version": "2.1"}, thread)["__interrupt__"]
        ends.append(graph.invoke(Command(resume={asked.id: answer}), thread)["result"])

    assert asked.value == {"title": "Deploy 2.1 to production"}
    assert ends == ["2.1 is live", "Nothing was deployed", "Nothing was deployed"]


def test_the_policies_load(tmp_path: Path) -> None:
    (tmp_path / "approvals.toml").write_text("\n".join(reversed(examples(README, "toml"))))

    policies = load_policies(tmp_path / "approvals.toml", ["refund", "plan_review", "release"], required=True)

    assert policies.of("refund").stages[0].quorum == 2
    assert policies.of("plan_review").on_expiry == "reject"
    assert policies.of("contract_agent").auth_env == "CONTRACT_AGENT_KEY"


def test_each_command_exists() -> None:
    """`make` targets, `approvals` commands with their options, settings that are exported."""
    unknown = [command for command in _commands() if not _exists(shlex.split(command, comments=True))]

    assert unknown == []


def test_what_is_to_be_opened_is_there() -> None:
    named = [path for _, cell in table(README, "to change") for path in re.findall(r"`([\w./]+)`", cell)]
    missing = [path for path in named if not (ROOT / path).exists()]

    assert len(named) > 15
    assert missing == []


@pytest.mark.processes
async def test_runs_start_as_written(company: Company) -> None:
    """The curl and the terminal examples, against a running bot."""
    given = {"APPROVALS_API_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
    asked, looked, listed = [_shell(company, lines) for lines in _curls()]
    [terminal] = [lines for lines in _shells() if lines.startswith("approvals start") and "list" in lines]

    started = json.loads(await _run(asked, given))
    run = json.loads(await _run(looked, given | {"THREAD_ID": started["thread_id"]}))
    await company.slack.until(lambda: "alan@example.com" in company.slack.transcript(), "the card is posted")
    pending = json.loads(await _run(listed, given))
    said = await _run(_own_command(terminal), {**company.bot.environ})

    assert run["graph"] == "refund"
    assert [one["thread_id"] for one in pending["approvals"]] == [started["thread_id"]]
    assert "Refund $12.50 to alan@example.com" in said


@pytest.mark.processes
async def test_the_client_does_as_written(company: Company) -> None:
    """The Python example of a service, against a running bot, while Ana decides."""
    [source] = [text for text in examples(README, "python") if "bot.client" in text]
    script = source.replace("http://127.0.0.1:3000", company.bot.url)

    given = {"APPROVALS_API_TOKEN": TOKEN, "PATH": os.environ["PATH"]}
    running = asyncio.create_task(_run(f"{sys.executable} -c {shlex.quote(script)}", given))
    card = await company.card("mary@example.com", channel="C0OPS")
    await company.slack.person("U0ANA").click("Approve", on=card)
    said = (await running).splitlines()

    assert said[-1].startswith("ended Refund re_")
    assert said[:-1] in ([], [f"pending {await _link(company, card)}"])


async def _link(company: Company, card: Card) -> Any:
    return (await company.approval(card))["links"]["card"]


@pytest_asyncio.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    """A running bot with a small Slack."""
    async with open_company(tmp_path) as company:
        yield company


def _cells(payload: JSON, schema: JSON, answer: str | None) -> list[str]:
    request = _request(payload, schema, answer)
    cells = []
    for verdict, words in WORDS.items():
        if verdict in request.contract.verdicts:
            given = answer_for(request, verdict, by="U0ANA", approval_id="a", text=words)
            cells.append(f"`{_short(given)}`")
        else:
            cells.append("-")
    return cells


def _request(payload: JSON, schema: JSON, answer: str | None) -> Request:
    assert schema is None or isinstance(schema, Mapping)

    contract = contract_for(payload, schema, answer)
    return Request("deploy", "thread", "interrupt", "ask", payload, digest(payload), contract)


def _short(given: JSON) -> str:
    """A decision has six keys: the table shows two, the example below it all."""
    if isinstance(given, Mapping) and "feedback" in given:
        return json.dumps({key: given[key] for key in ("decision", "approved")})[:-1] + ", ...}"
    return json.dumps(given)


def _json_examples() -> list[dict[str, Any]]:
    return [json.loads(text) for text in examples(README, "json")]


def _shells() -> list[str]:
    return examples(README, "bash")


def _commands() -> list[str]:
    return [line for text in _shells() for line in CONTINUED.sub("", text).splitlines() if line.strip()]


def _curls() -> list[str]:
    return [line for line in _commands() if line.startswith("curl")]


def _exists(words: list[str]) -> bool:
    match words:
        case ["make", target]:
            return bool(re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE))
        case ["export", assignment]:
            return assignment.partition("=")[0] in {setting.name for setting in SETTINGS}
        case ["approvals", *arguments]:
            return _is_command(arguments)
        case ["curl", *_]:
            return True  # it is run below
    return False


def _is_command(arguments: list[str]) -> bool:
    """True when click takes these arguments; nothing is run."""
    command: click.Command = main
    while isinstance(command, click.Group):
        command = command.commands[arguments.pop(0)]
    return command.make_context(command.name, arguments) is not None


def _shell(company: Company, line: str) -> str:
    return line.replace("http://127.0.0.1:3000", company.bot.url)


def _own_command(text: str) -> str:
    program = shutil.which("approvals", path=str(ROOT / ".venv/bin")) or "approvals"
    return text.replace("approvals ", f"{program} ")


async def _run(script: str, environ: Mapping[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, env=dict(environ), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, script

    return out.decode()
