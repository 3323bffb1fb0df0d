"""Draw hostile requests by the hundred thousand: `python -m tests.blocks.many_payloads 200000 --jobs 2`.

Each is judged by `reader.py`. `--only NUMBER` draws one of them again, with all it broke; `--start NUMBER`
takes up a run that was stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.blocks import form, lists, modal
from bot.blocks.answer_form import answer_form
from bot.blocks.card import card
from bot.blocks.ids import Action
from bot.blocks.notice import sentence
from bot.blocks.result import result
from bot.core.digest import digest
from bot.core.model import Approval, Card, Decision, State, Verdict, Vote
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policy, one_stage
from bot.ports import Found, Record
from tests.blocks import reader
from tests.blocks.adversary import Demand, demand
from tests.blocks.samples import LINK, NEXT_ID, NOW, approval, run

POLICY = Policy(stages=one_stage(users=["U0ANA", "U0BEN"], groups=["S0FIN"], quorum=2))
# All that may be live: people and groups of the policy, moments of the record, cards of the same run.
OURS = {("user", one) for one in ("U0ANA", "U0BEN", "U0CAT")} | {("usergroup", "S0FIN"), ("link", LINK)}
OURS |= {("date", str(int(NOW) + after)) for after in (0, 60, 120, 3_600)}
PLACE: Mapping[str, Any] = {"channel": "C0REFUNDS", "message_ts": "1767620520.000100"}
CHUNK = 250


@dataclass(frozen=True, slots=True)
class Drawn:
    """One message or window that Slack is given."""

    name: str
    text: str
    blocks: Any
    most_blocks: int = 50
    most_text: int = 4_000  # what chat.update takes


def judged(seed: int, number: int) -> list[str]:
    """Everything that is wrong with the faces of one request; empty is good."""
    asked = demand(seed, number)
    made = _approval(asked)
    before = json.dumps(made.request.payload)
    found = [f"{number} {face.name}: {wrong}" for face in _faces(asked, made) for wrong in _wrong(face)]
    found += [f"{number} full view: {wrong}" for wrong in _full(asked, made)]
    if json.dumps(made.request.payload) != before or digest(made.request.payload) != made.request.digest:
        found.append(f"{number}: the payload is not what it was")
    return found


def _approval(asked: Demand) -> Approval:
    made = approval(asked.payload, schema=asked.schema, requester=asked.requester, expires_at=NOW + 3_600)
    return replace(made, request=replace(made.request, graph=asked.graph))


def _faces(asked: Demand, made: Approval) -> Iterator[Drawn]:
    yield from _cards(asked, made)
    ask_why = modal.reason_form if len(asked.words) % 2 else modal.revise_form
    yield _view("form for words", ask_why(made, **PLACE))
    if Verdict.ANSWER in made.request.contract.verdicts:
        yield _view("answer form", answer_form(made, **PLACE))
    if asked.schema is not None:
        start = form.start_form(asked.graph, asked.schema, channel="C0OPS", description=asked.words)
        yield _view("start form", start)
    told = result(run(result=asked.words, requester=asked.requester))
    yield Drawn("result", told.text, told.blocks)
    record = Record(made, Card("C0REFUNDS", "1767620520.000100"), NOW + 60)
    listed = lists.pending(Found((record,), None, 1), links={made.id: LINK})
    yield Drawn("list", listed.text, listed.blocks)
    names = lists.graphs([(asked.graph, asked.words)])
    yield Drawn("graphs", names.text, names.blocks)
    told_why = sentence(Outcome(Kind.BAD_ANSWER, made, sentence=asked.words[:3_000]))
    yield Drawn("note", told_why, [{"type": "divider"}], most_text=40_000)  # a note is never updated


def _cards(asked: Demand, made: Approval) -> Iterator[Drawn]:
    sent_back = Decision(Verdict.REVISE, ("U0BEN",), NOW + 120, False, asked.words)
    old = replace(approval(asked.before), state=State.APPLIED, decision=sent_back, next=NEXT_ID)
    new = replace(made, revision=2, votes=(Vote("U0ANA", Verdict.APPROVE, NOW + 60, "c"),))
    closed = replace(made, state=State.SUPERSEDED, closed_at=NOW + 120, closed_why=asked.words, next=NEXT_ID)
    for name, face in (
        ("card", card(made, policy=POLICY)),
        ("revised card", card(new, policy=POLICY, previous=old, previous_link=LINK)),
        ("closed card", card(replace(closed, decision=sent_back), policy=POLICY, next_link=LINK)),
    ):
        yield Drawn(name, face.text, face.blocks)


def _view(name: str, view: Any) -> Drawn:
    return Drawn(name, "", view, most_blocks=100)


def _wrong(face: Drawn) -> Iterator[str]:
    inside = reader.parts(face.blocks)
    strange = [what for what in reader.live(face.text, inside) if what not in OURS]
    if strange:
        yield f"live: {strange[:3]}"
    yield from reader.too_much(face.blocks, inside, most_blocks=face.most_blocks)
    if len(face.text) > face.most_text:
        yield f"text: {len(face.text)} characters"
    hiding = [text for text in reader.seen(face.text, inside) if reader.hides(text)]
    if hiding:
        yield f"hidden characters: {hiding[0][:200]!r}"
    if len(json.dumps(face.blocks, default=dict)) > 250_000:
        yield "larger than Slack takes"


def _full(asked: Demand, made: Approval) -> Iterator[str]:
    """Everything of the payload can be read over the pages of View full, hidden characters as their codes."""
    pages = [modal.view_full(made)]
    while any(part.get("action_id") == Action.PAGE_ON for part in reader.parts(pages[-1])):
        pages.append(modal.view_full(made, len(pages)))
    for page in pages:
        yield from _wrong(_view("page", page))
    text = "".join(part["text"] for part in reader.parts(pages) if part.get("type") == "text")
    for words in asked.seen:
        if not _is_in(words, text):
            yield f"not shown: {words[:200]!r}"


def _is_in(words: str, text: str) -> bool:
    if reader.spelt(json.dumps(words, ensure_ascii=False)[1:-1]) in text:
        return True
    lines = words.replace("\r\n", "\n").split("\n")
    return all(reader.spelt(line.strip().rstrip("\r")) in text for line in lines)


def _some(seed: int, start: int, count: int) -> list[str]:
    return [wrong for number in range(start, start + count) for wrong in judged(seed, number)]


def many(count: int, *, seed: int, jobs: int, start: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Judge requests `start` to `count`; yields how far it is and what was found in the newest of them."""
    starts = range(start, count, CHUNK)
    sizes = [min(CHUNK, count - first) for first in starts]
    with ProcessPoolExecutor(jobs) as pool:
        for first, size, found in zip(
            starts, sizes, pool.map(partial(_some, seed), starts, sizes), strict=True
        ):
            yield first + size, found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("count", type=int, nargs="?", default=200_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--start", type=int, default=0, help="the number of the first request")
    asked.add_argument("--only", type=int, help="the number of one request")
    given = asked.parse_args()
    if given.only is not None:
        found = judged(given.seed, given.only)
        print(demand(given.seed, given.only), *found, sep="\n")
        return 1 if found else 0
    began, broken = time.monotonic(), 0
    for done, found in many(given.count, seed=given.seed, jobs=given.jobs, start=given.start):
        broken += len(found)
        print(*found[:10], sep="\n", end="\n" if found else "")
        if done % 10_000 == 0 or done == given.count:
            print(f"{done:,} payloads, {broken} findings, {time.monotonic() - began:.0f} s", flush=True)
    print(f"seed {given.seed}: {given.start:,} to {given.count:,}, {broken} findings")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
