"""Whatever a person can meet is drawn in brackets: a letter outside of them is a sentence nobody marked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.blocks.history import history
from bot.blocks.notice import sentence
from bot.blocks.result import result
from bot.blocks.status import status
from bot.blocks.summary import daily, waits
from bot.core.audit import Fact, chained
from bot.core.model import JSON, RunState, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.ports import Summary
from bot.texts.spoken import Catalogue, speaking
from scripts.texts import MARKS, ROOT
from tests.blocks.faces import MESSAGES, VIEWS
from tests.blocks.samples import LINK, NOW, approval, decided, record, run
from tests.texts.pseudo import foreign, pseudo, texts, words_of_others

# Where people's sentences are written. The rest speaks to operators, or hands over what is said here.
SPEAKERS = sorted(
    [
        *(ROOT / "bot/blocks").glob("*.py"),
        *(ROOT / "bot/slack/listeners").glob("*.py"),
        ROOT / "bot/slack/trouble.py",
        ROOT / "bot/web/approve.py",
        ROOT / "bot/web/pages.py",
    ]
)

# Two words, or one that begins large: `Approve`, but no `approve_all`, `U0ANA` or `Cf`.
LOOKS_LIKE_WORDS = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|^ ?[A-Z][a-z]{2,}$")

# What only looks like it: names of headers and of types, a library's words, an order; errors for programmers.
NO_SENTENCES = {
    " characters; cut its values before",
    "our own markup is longer than ",
    "the card of this thread is not on record yet",
    "Drawn",
    "Given",
    "Lax",
    "Location",
    "Origin",
    "most urgent",
    "should not have timezone info",
}


@cache
def brackets() -> Catalogue:
    return pseudo()


@cache
def theirs() -> str:
    return words_of_others()


@pytest.mark.parametrize("name", MESSAGES)
def test_every_word_of_ours_in_a_message_is_in_the_catalogue(name: str) -> None:
    with speaking(brackets()):
        face = MESSAGES[name]()

    assert [one for text in (face.text, *texts(face.blocks)) for one in foreign(text, theirs())] == []


@pytest.mark.parametrize("name", VIEWS)
def test_every_word_of_ours_in_a_window_is_in_the_catalogue(name: str) -> None:
    with speaking(brackets()):
        view = VIEWS[name]()

    assert [one for text in texts(view) for one in foreign(text, theirs())] == []


def test_every_way_an_attempt_can_end_is_in_the_catalogue() -> None:
    with speaking(brackets()):
        said = [sentence(outcome, user) for outcome in _outcomes() for user in (None, "U0ANA", "U0BEN")]

    assert [one for text in said for one in foreign(text, theirs())] == []


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_of_a_history_is_in_the_catalogue(fact: Fact) -> None:
    why = "requester" if fact is Fact.REFUSED else "Nobody decided in time."
    data: dict[str, JSON] = {"verdict": "revise", "why": why}
    entries = [chained(approval(), b"key", fact, at=NOW, by=by, data=data)[1] for by in ("U0ANA", None)]
    with speaking(brackets()):
        said = [history(approval(), entries, whole=whole) for whole in (True, False)]

    shown = [text for face in said for text in (face.text, *texts(face.blocks))]
    assert [one for text in shown for one in foreign(text, theirs())] == []


OPEN_OR_OVER = (State.PENDING, State.EXPIRED, State.CANCELLED)


def test_what_a_run_and_an_approval_come_to_is_in_the_catalogue() -> None:
    with speaking(brackets()):
        said = [
            *(result(run(state)).text for state in RunState),
            *(
                status(approval(state=state), LINK)
                for state in (State.PENDING, State.EXPIRED, State.CANCELLED)
            ),
            *(status(decided(verdict, "U0ANA"), LINK) for verdict in Verdict),
            waits(approval(), LINK),
            daily(_summary()).text,
        ]

    assert [one for text in said for one in foreign(text, theirs())] == []


def _summary() -> Summary:
    graphs = tuple((f"graph-{number}", number) for number in range(1, 13))
    return Summary("C0REFUNDS", "2026-01-05", 1_200, graphs, 2, 3, (record(1),), {})


def _outcomes() -> Iterator[Outcome]:
    for kind in Kind:
        yield Outcome(kind)
    for why in Why:
        yield Outcome(Kind.REFUSED, approval(), why=why)
    for verdict in Verdict:
        yield Outcome(Kind.TOO_LATE, decided(verdict, "U0ANA"))
        yield Outcome(Kind.TOO_LATE, decided(verdict))
    for state in (State.PENDING, State.EXPIRED, State.SUPERSEDED, State.CANCELLED):
        yield Outcome(Kind.TOO_LATE, approval(state=state))


def test_every_literal_that_looks_like_words_is_marked() -> None:
    found = [(str(path.relative_to(ROOT)), text) for path in SPEAKERS for text in _unmarked(path)]

    assert found == []


def _unmarked(path: Path) -> Iterator[str]:
    """Literals with words in them that are neither marked nor a docstring, nor told to a programmer."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = {id(one) for node in ast.walk(tree) for one in _allowed(node)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in known and _is_sentence(text):
                yield text


def _is_sentence(text: str) -> bool:
    return text not in NO_SENTENCES and "<" not in text and LOOKS_LIKE_WORDS.search(text) is not None


def _allowed(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Module(body=body) | ast.ClassDef(body=body) | ast.FunctionDef(body=body):
            yield from _docstring(body)
        case ast.AsyncFunctionDef(body=body):
            yield from _docstring(body)
        case ast.Call(func=ast.Name(id=name), args=args) if name in (*MARKS, "count", "counted"):
            yield from args
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "re")), args=args):
            yield from args
        case ast.AnnAssign(annotation=annotation):
            yield from ast.walk(annotation)


def _docstring(body: list[ast.stmt]) -> Iterator[ast.AST]:
    match body:
        case [ast.Expr(value=ast.Constant() as first), *_]:
            yield first
