"""The same record in two languages: the words differ; what is decided, its digest and every id do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.blocks import told
from bot.blocks.answer_form import answer_form, read_answer
from bot.blocks.ids import Place, metadata, write_value
from bot.core.confirming import word_for
from bot.core.filters import Filters, fits
from bot.core.forms import wrong
from bot.core.model import JSON, Verdict
from bot.core.payload import content
from bot.core.policy import Policy
from bot.core.risk import Risk
from bot.core.voting import decide
from bot.texts.languages import catalogue
from bot.texts.spoken import ENGLISH, Catalogue, retold, speaking
from tests.blocks.faces import MESSAGES, PLACE, VIEWS
from tests.blocks.samples import AMOUNTS, BATCH, NOW, REFUND, approval, request
from tests.texts.pseudo import pseudo

GERMAN = catalogue("de")
COMES_BACK = ("action_id", "block_id", "value", "callback_id", "private_metadata", "url", "user_id")


def carried(block: Any) -> Iterator[tuple[str, str]]:
    """Everything that comes back from Slack, or that Slack acts on."""
    if isinstance(block, Mapping):
        for key, value in block.items():
            if key in COMES_BACK and isinstance(value, str):
                yield key, value
            yield from carried(value)
    elif isinstance(block, list | tuple):
        for one in block:
            yield from carried(one)


@pytest.mark.parametrize("name", [*MESSAGES, *VIEWS])
def test_what_comes_back_from_slack_is_the_same_in_every_language(name: str) -> None:
    english, german, brackets = (
        list(carried(_drawn(name, language))) for language in (ENGLISH, GERMAN, pseudo())
    )

    assert english == german == brackets


def _drawn(name: str, language: Catalogue) -> Any:
    with speaking(language):
        return MESSAGES[name]().blocks if name in MESSAGES else VIEWS[name]()


@pytest.mark.parametrize(
    "payload", [REFUND, BATCH, "Deploy?", {"notify": True, "risk": None}, None, [{"a": None}]]
)
def test_what_is_decided_and_written_down_is_the_same_in_every_language(payload: JSON) -> None:
    with speaking(ENGLISH):
        english = _facts(payload)
    with speaking(GERMAN):
        german = _facts(payload)

    assert english == german


def _facts(payload: JSON) -> list[Any]:
    """What outlives a gesture: the contract, the decision, its audit entry, the word to type, the search."""
    asked = approval(payload, answer=None)
    policy = Policy(confirm_from=Risk.LOW).resolved({"risk": "high"})
    decided = [
        decide(asked, verdict, by=("U0ANA",), text="so", policy=policy, now=NOW, key=b"key")
        for verdict in (Verdict.APPROVE, Verdict.REJECT)
        if verdict in asked.request.contract.verdicts
    ]
    found = [fits(Filters(words=(word,)), asked, NOW) for word in ("ausführen", "run", "bittet", "asks")]
    known = [asked.request, content(asked.request), write_value(asked), metadata(asked)]
    return [
        *known,
        decided,
        found,
        word_for(asked, policy),
        wrong(asked.request, {}),
        request(payload).digest,
    ]


def test_a_form_filled_in_is_the_same_answer_in_every_language() -> None:
    given = []
    for language in (ENGLISH, GERMAN):
        with speaking(language):
            given.append(_filled_in())

    assert given[0] == given[1]
    assert given[0].answer is not None


def _filled_in() -> Any:
    asked = approval(schema=AMOUNTS)
    place = Place(asked.id, asked.revision, Verdict.ANSWER, **PLACE)
    values: dict[str, Any] = {
        "input.amount_cents": {"value": {"value": "40000"}},
        "input.pay_on": {"value": {"selected_date": "2026-01-05"}},
        "input.notify": {"value": {"selected_option": {"value": "false"}}},
    }
    form: Any = answer_form(asked, **PLACE)
    blocks = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
    return read_answer(asked, place, blocks, values, ())


def test_a_sentence_of_the_record_is_told_in_the_readers_language_with_its_values() -> None:
    refused = "The graph refused this answer: pay_on: not on a holiday"

    assert retold(refused) == refused
    with speaking(GERMAN):
        assert retold(refused) == "Der Graph hat diese Antwort nicht angenommen: pay_on: not on a holiday"


@pytest.mark.parametrize("theirs", ["Somebody else's words.", "Cancelled", "Run the migration", "Approve"])
def test_a_sentence_that_is_not_ours_stays_as_it_is(theirs: str) -> None:
    with speaking(GERMAN):
        assert retold(theirs) == theirs


@pytest.mark.parametrize(
    "payload", [{"title": "Run away"}, {"title": "Approve", "summary": "none"}, "Reject"]
)
def test_what_a_graph_says_is_never_translated(payload: JSON) -> None:
    with speaking(GERMAN):
        german = _shown(payload)

    assert german == _shown(payload)


def _shown(payload: JSON) -> Any:
    return told.content(request(payload))


def test_one_request_never_speaks_anothers_language() -> None:
    with speaking(GERMAN):
        with speaking(ENGLISH):
            inner = retold("Withdrawn by who asked for it.")
        outer = retold("Withdrawn by who asked for it.")

    assert (inner, outer) == (
        "Withdrawn by who asked for it.",
        "Von der Person zurückgezogen, die es beantragt hat.",
    )
