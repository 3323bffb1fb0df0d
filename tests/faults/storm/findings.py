"""What is wrong after the storm, judged from outside: the ledger, Slack's screens, the API, the audit."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

from tests.faults.storm.crowd import Crowd
from tests.faults.storm.site import CANARIES, Json, Site

I5 = 30.0
IN_WORK = ("decided", "failed")


async def findings(site: Site, crowd: Crowd) -> list[str]:
    """Everything that breaks a promise; empty is good."""
    approvals = [one async for one in _approvals(site)]
    runs = {thread: (await site.call("GET", f"/api/runs/{thread}"))[1] for thread in crowd.asked}
    return [
        *_ledger(site, crowd, approvals),
        *_plans(runs, approvals),
        *_cards(site, approvals),
        *_results(site, runs),
        *_left_alone(crowd, approvals),
        *_secrets(site),
        *await _audit(site),
    ]


async def at_their_end(site: Site, last_fault: float) -> tuple[float, list[str]]:
    """I5: what is decided now is at its end at most 30 s after the last fault.

    Returns after how many seconds it was, and what was not.
    """
    decided = {one["id"] async for one in _approvals(site) if one["state"] in IN_WORK}
    while True:
        left = [one async for one in _approvals(site) if one["id"] in decided and one["state"] in IN_WORK]
        after = time.monotonic() - last_fault
        if not left:
            return after, []
        if after > I5:
            return after, [f"I5: {one['id']} is {one['state']} {after:.0f} s after" for one in left]
        await asyncio.sleep(0.5)


async def _approvals(site: Site) -> AsyncIterator[Json]:
    cursor: str | None = ""
    while cursor is not None:
        _, page = await site.call("GET", "/api/approvals", params={"cursor": cursor} if cursor else {})
        for one in page["approvals"]:
            yield one
        cursor = page["cursor"]


def _ledger(site: Site, crowd: Crowd, approvals: list[Json]) -> Iterator[str]:
    """I1, I2, I4: money moved once for each approved refund, the amount that was asked, and for no other."""
    approved = {one["thread_id"] for one in approvals if _is(one, "refund", "approve")}
    wanted = sorted(_order(crowd.asked[thread]) for thread in approved)
    with closing(sqlite3.connect(site.environ["PAYMENTS_DB"])) as ledger:
        paid = sorted(ledger.execute("SELECT order_id, amount_cents FROM refunds").fetchall())
    if paid != wanted:
        yield f"I1: paid, not approved: {set(paid) - set(wanted)}"
        yield f"I1: approved, not paid: {set(wanted) - set(paid)}"
    said = {key for key, words in site.screens.told.items() if "Approved by" in words}
    known = {one["id"] for one in approvals if one["verdict"] == "approve"}
    if said - known:
        yield f"I9: a card said approved, the record does not: {said - known}"


def _order(asked: Json) -> tuple[str, int]:
    return asked["input"]["order_id"], asked["input"]["amount_cents"]


def _is(approval: Json, graph: str, verdict: str) -> bool:
    found = (approval["graph"], approval["state"], approval["verdict"])
    return found == (graph, "applied", verdict)


def _plans(runs: dict[str, Json], approvals: list[Json]) -> Iterator[str]:
    """I2: the version that was published is the revision that was approved."""
    for thread, run in runs.items():
        if run["graph"] != "plan_review" or run["state"] != "ended":
            continue
        of_thread = [one for one in approvals if one["thread_id"] == thread]
        approved = [one["revision"] for one in of_thread if _is(one, "plan_review", "approve")]
        published = [f"version {revision}:" in run["result"] for revision in approved]
        if published not in ([], [True]) or ("published, version" in run["result"]) != bool(approved):
            yield f"I2: {thread} approved {approved}, result {run['result']!r}"


def _cards(site: Site, approvals: list[Json]) -> Iterator[str]:
    """I7: one live card for each pending approval, none on others."""
    pending = {one["id"] for one in approvals if one["state"] == "pending"}
    live = {key: len(places) for key, places in site.screens.live.items() if places}
    yield from (f"I7: {key} has {live.get(key, 0)} live cards" for key in pending if live.get(key) != 1)
    yield from (f"I7: {key} is over and has a live card" for key in set(live) - pending)


def _results(site: Site, runs: dict[str, Json]) -> Iterator[str]:
    for thread, run in runs.items():
        told = len(site.screens.results[f"result:{thread}"])
        if run["state"] == "ended" and told != 1:
            yield f"I7: the result of {thread} was told {told} times"
        if run["state"] not in ("ended", "waiting"):
            yield f"I5: {thread} is {run['state']}: {run['failure']}"


def _left_alone(crowd: Crowd, approvals: list[Json]) -> Iterator[str]:
    yield from (
        f"I4: nobody touched {one['id']}, and it is {one['state']}"
        for one in approvals
        if one["thread_id"] in crowd.alone and one["state"] != "pending"
    )


def _secrets(site: Site) -> Iterator[str]:
    """I10: none of our secrets in what Slack shows, in the logs, or in Redis's files."""
    files = [
        *site.folder.glob("*.log"),
        *(path for path in site.folder.rglob("redis/**/*") if path.is_file()),
    ]
    texts: dict[str, bytes] = {str(path): path.read_bytes() for path in files if not _is_socket(path)}
    texts["Slack"] = json.dumps(
        [site.slack.document.get(n) for n in ("messages", "notes", "modals")]
    ).encode()
    for name, secret in CANARIES.items():
        found = [place for place, text in texts.items() if secret.encode() in text]
        if found:
            yield f"I10: {name} is in {found}"


def _is_socket(path: Path) -> bool:
    return path.suffix == ".sock"


async def _audit(site: Site) -> list[str]:
    """I6: the product's own command finds every chain whole."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "audit", "verify"),
        env=dict(os.environ) | site.environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    return [] if process.returncode == 0 else [f"I6: {printed.decode()[-2000:]}"]
