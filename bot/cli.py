"""The console script `approvals`: read the arguments, call the app, nothing else."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from bot import __version__
from bot.config import Settings
from bot.core.problem import Problem
from bot.startup import uncollected


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Approve in Slack what a LangGraph graph is about to do."""


@main.command()
@click.option("--slack-port", default=4500, show_default=True, help="Port of the local Slack's page.")
def demo(slack_port: int) -> None:
    """Try it: a local Slack, an embedded Redis, the bot; no accounts, no keys."""
    from bot.demo import demo as run

    _run(lambda settings: run(settings, slack_port=slack_port), for_long=True)


@main.command()
@click.option("--no-worker", is_flag=True, help="Only the web side; run `approvals worker` beside it.")
@click.option("--concurrency", default=10, show_default=True, help="Tasks the worker has in hand at once.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="Web processes on the same port; default: APPROVALS_PROCESSES, or 1.",
)
@click.option("--one-of-several", is_flag=True, hidden=True)
def serve(no_worker: bool, concurrency: int, processes: int | None, one_of_several: bool) -> None:
    """Answer Slack and the HTTP API, and run the worker in the same process."""

    def chosen(settings: Settings) -> Coroutine[Any, Any, None]:
        many = 1 if one_of_several else processes or settings.processes
        if many > 1:
            from bot.several import serve_together

            return serve_together(settings, many, with_worker=not no_worker, concurrency=concurrency)
        with uncollected():
            from bot.serving import serve as run
        return run(settings, with_worker=not no_worker, concurrency=concurrency, shared=one_of_several)

    _run(chosen, for_long=True)


@main.command()
@click.option("--concurrency", default=10, show_default=True, help="Tasks in hand at once.")
@click.option("--no-health", is_flag=True, help="Do not answer /healthz, /readyz and /metrics on PORT.")
def worker(concurrency: int, no_health: bool) -> None:
    """Resume graphs and show cards. Any number of workers may run."""
    with uncollected():
        from bot.serving import work as run

    _run(lambda settings: run(settings, concurrency=concurrency, health=not no_health), for_long=True)


@main.command()
@click.argument("graph")
@click.option("--input", "given", default="{}", help="The graph's input as JSON, or @FILE.")
@click.option("--channel", help="Channel id for the cards; default: the graph's own.")
@click.option("--requester", help="Slack user id of who asks for this.")
@click.option("--thread-id", help="Start this run once: the same id again is the same run.")
def start(graph: str, given: str, channel: str | None, requester: str | None, thread_id: str | None) -> None:
    """Start a run of GRAPH."""
    from bot.operating import start as run

    value = _json(given)
    _run(lambda settings: run(settings, graph, value, channel, requester, thread_id))


@main.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(as_json: bool) -> None:
    """List what waits for a decision, oldest first."""
    from bot.reading import list_pending as run

    _run(lambda settings: run(settings, as_json=as_json))


@main.command()
@click.argument("name")
@click.option("--why", default="Cancelled by an operator.", show_default=True, help="What the card says.")
def cancel(name: str, why: str) -> None:
    """End the run NAME (a thread id or an approval id) and close its cards."""
    from bot.operating import cancel as run

    _run(lambda settings: run(settings, name, why))


@main.command()
@click.option("--fix", is_flag=True, help="Mend what was left half done, and retry failed runs.")
def doctor(fix: bool) -> None:
    """Say what is wrong or missing, each with what to do."""
    from bot.operating import doctor as run

    if not _run(lambda settings: run(settings, fix=fix)):
        sys.exit(1)


@main.group()
def audit() -> None:
    """Read the audit trail and prove that it is whole."""


@audit.command()
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An earlier export as JSON lines: nothing of it may be gone or different.",
)
def verify(against: Path | None) -> None:
    """Check every chain; name what is missing, changed or out of order."""
    from bot.auditing import verify_audit as run

    if not _run(lambda settings: run(settings, against)):
        sys.exit(1)


@audit.command()
@click.option("--since", help="Only entries at or after this moment (ISO 8601).")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
def export(since: str | None, form: str) -> None:
    """Write every entry, as one JSON object or one row of a table a line."""
    from bot.auditing import export_audit as run

    _run(lambda settings: run(settings, since, form))


@audit.command()
@click.argument("approval_id")
@click.option("--field", "fields", multiple=True, required=True, help="Such as payload.customer.email.")
@click.option("--by", "operator", envvar="USER", default="operator", help="Who does this, for the trail.")
def redact(approval_id: str, fields: tuple[str, ...], operator: str) -> None:
    """Take values out of an approval that is over: its record, its trails, its card."""
    from bot.redacting import redact_approval as run

    _run(lambda settings: run(settings, approval_id, fields, operator))


@main.command()
@click.option("--port", default=6379, show_default=True, help="Port to listen on, on this machine only.")
def redis(port: int) -> None:
    """Run the embedded Redis alone, until Ctrl-C."""
    from bot.reading import run_redis as run

    _run(lambda settings: run(settings, port))


def _json(given: str) -> Any:
    """The JSON of an option; an error names the place."""
    name, text = "--input", given
    if given.startswith("@"):
        name = given[1:]
        try:
            text = Path(name).read_text()
        except OSError as unreadable:
            raise click.ClickException(f"{name}: {unreadable.strerror}") from None
    try:
        return json.loads(text)
    except json.JSONDecodeError as bad:
        raise click.ClickException(f"{name}: line {bad.lineno}, column {bad.colno}: {bad.msg}") from None


def _run(command: Callable[[Settings], Coroutine[Any, Any, Any]], *, for_long: bool = False) -> Any:
    """Run one command; what an operator can mend is one line, without a traceback."""
    from bot.logs import configure
    from bot.loop import new_loop

    try:
        settings = Settings.from_env()
        configure(settings.log_level, secrets=settings.secrets())
        with asyncio.Runner(loop_factory=new_loop if for_long else None) as runner:
            return runner.run(command(settings))
    except Problem as problem:
        raise click.ClickException(str(problem)) from None
    except KeyboardInterrupt:
        return None


if __name__ == "__main__":
    main()
