"""Break the design on purpose, one bug at a time: `python -m tests.faults.mutations [--write] [--only NAME]`.

Each bug is a change of one line in a copy of the tree; the test named beside it must fail there. The table in
docs/reliability.md is written by this command.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- mutations -->\n", "<!-- end of mutations -->\n"
LONGEST = 180  # seconds for one test run

SCHEDULES = "tests/simulation/test_schedules.py"
CRASHES = "tests/simulation/test_crash_points.py"
TRAPS = "tests/faults/test_traps.py"
VOTING = "tests/approvals/test_voting.py"
RUNNING = "tests/approvals/test_running.py"
SHOWING = "tests/approvals/test_showing.py"
DOOR = "tests/slack/test_front_door.py"
STOPPED = "tests/faults/test_stopped.py"
MACHINE = "tests/simulation/test_machine.py"
BAD_WIRE = "tests/faults/test_front_door_fuzz.py"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One bug: in `file`, `good` becomes `bad`, and `test` must notice."""

    name: str
    file: str
    good: str
    bad: str
    test: str
    also: tuple[str, str, str] | None = None  # a second place (file, good, bad) that guards the same thing


_ = Mutation
MUTATIONS = (
    # --- answers -----------------------------------------------------------------------------------
    _(
        "the answer is sent as a scalar, to whatever waits",
        "bot/runs/runner.py",
        "Command(resume={interrupt_id: answer})",
        "Command(resume=answer)",
        "tests/runs/test_questions_at_once.py",
    ),
    _(
        "the answer is sent again after the node failed",
        "bot/approvals/answering.py",
        "lambda: step.world.runner.proceed(run.graph, run.thread_id))",
        "lambda: _resume(step, approval, approval))",
        SCHEDULES,
    ),
    _(
        "no look whether the payload is the one shown",
        "bot/approvals/evidence.py",
        "return Fate.OPEN if digest(pause.payload) == request.digest else Fate.CHANGED",
        "return Fate.OPEN",
        TRAPS,
    ),
    _(
        "a changed payload keeps its old card",
        "bot/approvals/asking.py",
        "current.request.digest == digest(pause.payload)",
        "bool(current.request.digest)",
        TRAPS,
    ),
    _(
        "no evidence is noted before the answer",
        "bot/approvals/answering.py",
        'sent=Sent(step.snapshot.head, pause.task if pause else "", tries))',
        "sent=None)",
        CRASHES,
    ),
    _(
        "a thread whose checkpoint is gone starts over",
        "bot/approvals/driving.py",
        "if not step.snapshot.exists and step.run.state is RunState.STARTING:",
        "if not step.snapshot.exists:",
        RUNNING,
    ),
    _(
        "finished tasks count as a finished run",
        "bot/approvals/evidence.py",
        "        return bool(snapshot.tasks)",
        "        return False",
        SCHEDULES,
    ),
    _(
        "what is applied is noted before what follows from it",
        "bot/approvals/driving.py",
        "    await asking.ask_what_is_new(step)\n    await _note_where_the_run_is(step)\n"
        "    await answering.note_what_was_applied(step)",
        "    await answering.note_what_was_applied(step)\n    await asking.ask_what_is_new(step)\n"
        "    await _note_where_the_run_is(step)",
        CRASHES,
    ),
    _(
        "text that reads as a yes is passed on as feedback",
        "bot/core/answer.py",
        "if READS_AS_YES.fullmatch(feedback) or READS_AS_VERDICT.fullmatch(feedback):",
        "if False:",
        "tests/core/test_answer.py",
    ),
    _(
        "a reject is answered like an approve where the answer is a boolean",
        "bot/core/answer.py",
        "return verdict is Verdict.APPROVE\n",
        "return True\n",
        "tests/core/test_answer.py",
    ),
    # --- who drives --------------------------------------------------------------------------------
    _(
        "no lease: everybody may drive a thread",
        "bot/approvals/driving.py",
        "        if lease is None:\n            return Progress.BUSY\n",
        "        assert lease or True\n",
        TRAPS,
    ),
    _(
        "a lease is taken although somebody holds it",
        "bot/store/lua/take_lease.lua",
        "if not ends or ends > milliseconds() then return 0 end",
        "",
        "tests/store/test_lease.py",
    ),
    _(
        "a plain write instead of compare-and-set: no version check",
        "tests/fakes.py",
        "return None if stored is not None and stored.version == before.version else Swapped.CONFLICT",
        "return None",
        SCHEDULES,
    ),
    _(
        "the record in Redis does not check the version",
        "bot/store/lua/common.lua",
        "if version ~= call.version then return 'conflict' end",
        "",
        "tests/store/test_approvals.py",
    ),
    _(
        "checkpoints are written without asking for the lease",
        "bot/runs/checkpointer.py",
        "    if guard is not None:",
        "    if False:",
        "tests/runs/test_failures.py tests/runs/test_runner.py tests/runs/test_checkpointer.py",
    ),
    # --- votes -------------------------------------------------------------------------------------
    _(
        "Slack is told before the vote is recorded",
        "bot/slack/app.py",
        "process_before_response=True,",
        "process_before_response=False,",
        "tests/faults/test_ack.py",
        (
            "bot/slack/listeners/actions.py",
            "press = Press.of(body)\n        outcome = await desk.vote",
            "await ack()\n        press = Press.of(body)\n        outcome = await desk.vote",
        ),
    ),
    _(
        "a repeated gesture is a new vote",
        "bot/core/voting.py",
        "if any(vote.click == click.id for vote in approval.votes):",
        "if False:",
        VOTING,
    ),
    _(
        "the quorum counts clicks, not people",
        "bot/core/policy.py",
        "len({vote.by for vote in votes}) >= policy.quorum",
        "len(votes) >= policy.quorum",
        MACHINE,
    ),
    _(
        "one person may vote twice",
        "bot/core/voting.py",
        "if click.verdict is Verdict.APPROVE and any(vote.by == click.user for vote in approval.votes):",
        "if False:",
        MACHINE,
    ),
    _(
        "no four eyes: who asked may approve",
        "bot/core/policy.py",
        "user == approval.requester:",
        "user is None:",
        MACHINE,
    ),
    _(
        "the workspace is not checked",
        "bot/core/policy.py",
        "if click.team is None or click.team not in us.teams:",
        "if False:",
        VOTING,
    ),
    _(
        "the app is not checked",
        "bot/core/policy.py",
        "if us.app is not None and click.app != us.app:",
        "if False:",
        VOTING,
    ),
    _(
        "the revision of the button is not checked",
        "bot/core/policy.py",
        "if click.revision != approval.revision:",
        "if False:",
        VOTING,
    ),
    _(
        "the metadata of the card is not checked",
        "bot/core/policy.py",
        "    if claim is not None:",
        "    if False:",
        VOTING,
    ),
    _(
        "when Slack is down, everybody may approve",
        "bot/approvals/voting.py",
        "return Why.CANNOT_CHECK",
        "return None",
        VOTING,
    ),
    _(
        "guests may approve",
        "bot/core/policy.py",
        "    if person.is_guest:",
        "    if False:",
        MACHINE,
    ),
    # --- deadlines ---------------------------------------------------------------------------------
    _(
        "a late click wins over the deadline",
        "bot/approvals/voting.py",
        "not_after=deadline",
        "not_after=None",
        VOTING,
    ),
    _(
        "silence approves",
        "bot/approvals/expiring.py",
        "after, Verdict.REJECT, by=()",
        "after, Verdict.APPROVE, by=()",
        MACHINE,
    ),
    _(
        "a deadline is dealt with early",
        "bot/approvals/expiring.py",
        "not_before=deadline",
        "not_before=None",
        RUNNING,
    ),
    # --- cards -------------------------------------------------------------------------------------
    _(
        "a card whose post lost its reply is posted again",
        "bot/approvals/showing.py",
        "        if found:\n            await world.messenger.update",
        "        if found and False:\n            await world.messenger.update",
        SHOWING,
    ),
    _(
        "the SDK repeats posts by itself",
        "bot/slack/client.py",
        "retry_handlers=[], ",
        "",
        "tests/slack/test_calls.py tests/slack/test_messenger.py",
    ),
    _(
        "superseded cards keep their buttons",
        "bot/blocks/card.py",
        "if approval.state is State.PENDING:",
        "if approval.state in (State.PENDING, State.SUPERSEDED):",
        "tests/blocks/test_card.py tests/blocks/test_golden.py",
    ),
    _(
        "text is escaped twice",
        "bot/blocks/text.py",
        'return Mrkdwn(visible(text).replace("&", "&amp;")',
        'return Mrkdwn(visible(text).replace("&", "&amp;").replace("&", "&amp;")',
        "tests/blocks/test_text.py",
    ),
    _(
        "nobody looks for what a stopped process sent late",
        "bot/approvals/showing.py",
        "if ts is None and _may_arrive(record):",
        "if False:",
        STOPPED,
    ),
    _(
        "an update that came too late is not painted over",
        "bot/approvals/showing.py",
        "            await world.store.intend_card(approval_id)\n            raise",
        "            raise",
        STOPPED,
    ),
    _(
        "a card is drawn without holding it",
        "bot/approvals/showing.py",
        "        if lease is None:\n            return Shown.BUSY\n",
        "        assert lease or True\n",
        SCHEDULES,
    ),
    # --- the record --------------------------------------------------------------------------------
    _(
        "audit entries are not chained",
        "bot/core/audit.py",
        "return replace(approval, audit_seq=entry.seq, audit_head=entry.mac), entry",
        'return replace(approval, audit_seq=entry.seq, audit_head=""), entry',
        SCHEDULES,
    ),
    _(
        "the reconciler forgets what was decided",
        "bot/approvals/reconciling.py",
        "[thread for _, thread in left.in_work] + list(left.active)",
        "list(left.active)",
        SCHEDULES,
    ),
    # --- the door ----------------------------------------------------------------------------------
    _(
        "timestamps are read by int() alone",
        "bot/slack/signature.py",
        'TIMESTAMP = re.compile(r"[0-9]{10}")',
        'TIMESTAMP = re.compile(r".*")',
        DOOR,
    ),
    _(
        "old requests are believed",
        "bot/slack/signature.py",
        "if abs(now - int(timestamps[0])) > WINDOW:",
        "if False:",
        DOOR,
    ),
    _(
        "signatures are not compared",
        "bot/slack/signature.py",
        "if not hmac.compare_digest(sign(secret, timestamps[0], body), signatures[0]):",
        "if False:",
        BAD_WIRE,
    ),
)


@dataclass(frozen=True, slots=True)
class Caught:
    """Whether a test noticed the bug, which one, and after how many seconds."""

    mutation: Mutation
    by: str | None
    seconds: float


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of the code and its tests that may be spoilt."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        leave = shutil.ignore_patterns("__pycache__", ".venv", ".git", ".approvals", "*_cache", ".hypothesis")
        shutil.copytree(ROOT, copy, ignore=leave)
        yield copy


def catch(mutation: Mutation, tree: Path) -> Caught:
    """Put the bug in, run its test, take the bug out. Raises ValueError where the line is not there."""
    edits = [(mutation.file, mutation.good, mutation.bad), *([mutation.also] if mutation.also else [])]
    began = time.monotonic()
    with ExitStack() as spoilt:
        for name, good, bad in edits:
            spoilt.enter_context(_edited(tree / name, good, bad))
        by = _first_failure(mutation.test.split(), tree)
    return Caught(mutation, by, time.monotonic() - began)


@contextmanager
def _edited(file: Path, good: str, bad: str) -> Iterator[None]:
    whole = file.read_text()
    if whole.count(good) != 1:
        raise ValueError(f"{file.name} has {whole.count(good)} times {good!r}; the mutation must be renewed")
    file.write_text(whole.replace(good, bad))
    try:
        yield
    finally:
        file.write_text(whole)


def _first_failure(tests: list[str], tree: Path) -> str | None:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
    environ = dict(os.environ) | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 (our own tests)
            command, cwd=tree, env=environ, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return f"{tests[0]} (hangs)"
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode == 0:
        return None
    if failed is None:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-2000:])
    return failed[1]


def table(caught: list[Caught]) -> str:
    """The rows for docs/reliability.md."""
    rows = [f"| {one.mutation.name} | `{one.by or 'NOBODY'}` |" for one in caught]
    return "\n".join(["| bug | caught by |", "|---|---|", *rows, ""])


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", help="a part of the bug's name")
    asked.add_argument("--write", action="store_true", help="write the table into docs/reliability.md")
    given = asked.parse_args()
    caught: list[Caught] = []
    with copied_tree() as tree:
        for mutation in MUTATIONS:
            if given.only is None or given.only in mutation.name:
                caught.append(catch(mutation, tree))
                print(
                    f"{caught[-1].seconds:5.0f} s  {mutation.name}: {caught[-1].by or 'NOBODY'}", flush=True
                )
    missed = [one.mutation.name for one in caught if one.by is None]
    print(f"{len(caught)} bugs, {len(caught) - len(missed)} caught; missed: {missed or 'none'}")
    if given.write and not missed:
        text = TABLE.read_text()
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        TABLE.write_text(f"{before}{BEGIN}\n{table(caught)}\n{END}{after}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
