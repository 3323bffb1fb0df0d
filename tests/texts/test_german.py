"""The German catalogue: whole, the same values and markup, within Slack's limits, no Yes for a No."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.blocks.answer_form import answer_form
from bot.blocks.card import card
from bot.blocks.lists import age
from bot.blocks.modal import reason_form, revise_form, view_full
from bot.blocks.text import count, digits
from bot.core.model import Verdict
from bot.core.policy import Policy
from bot.texts.languages import LANGUAGES, catalogue
from bot.texts.spoken import counted, speaking
from scripts.texts import LOCALES, Key, keys, renewed
from tests.blocks import judge
from tests.blocks.faces import MESSAGES, VIEWS
from tests.blocks.samples import approval
from tests.payloads.shapes import SHAPES, Shape
from tests.texts.pseudo import texts

GERMAN = catalogue("de")

# What stands for something in Slack or in a command, and must stand there in every language.
SIGNS = re.compile(r"`[^`]*`|<[^>]*>|\n|^\s|\*|\s$|(?:\btrue|\bfalse|SHA-256|approvals\.toml)\b")
CUT = re.compile(r"… \(\d")


def test_every_language_but_english_has_a_catalogue() -> None:
    assert {path.stem for path in LOCALES.glob("*.po")} == set(LANGUAGES) - {"en"}


def test_the_catalogue_has_every_sentence_of_the_code_and_no_other() -> None:
    found = keys()
    known = {*GERMAN.sentences, *GERMAN.forms}

    assert {key.english for key in found} - known == set()
    assert known - {key.english for key in found} == set()
    assert {key.english for key in found if key.recorded} == set(GERMAN.recorded)


def test_the_file_is_as_the_script_writes_it() -> None:
    path = Path(LOCALES / "de.po")
    text = path.read_text(encoding="utf-8")
    said = [re.sub(r"^#: .*\n", "", one, flags=re.M) for one in (text, renewed(text, keys()))]

    assert sorted(said[0].split("\n\n")) == sorted(said[1].split("\n\n"))


@pytest.mark.parametrize("key", keys(), ids=lambda key: key.english[:40])
def test_a_translation_has_the_values_and_the_signs_of_its_english(key: Key) -> None:
    for english, german in _pairs(key):
        assert sorted(SIGNS.findall(german)) == sorted(SIGNS.findall(english))
        assert _places(german) == _places(english)


def _pairs(key: Key) -> list[tuple[str, str]]:
    if key.plural is None:
        return [(key.english, GERMAN.sentences[key.english])]
    return list(zip((key.english, key.plural), GERMAN.forms[key.english], strict=True))


def _places(text: str) -> Counter[str]:
    """`{}` counts from 0, as in Python."""
    named = re.findall(r"\{([^}]*)\}", text)
    return Counter(name or str(number) for number, name in enumerate(named))


@pytest.mark.parametrize("name", MESSAGES)
def test_slack_takes_every_message_in_german_and_nothing_more_is_cut_off(name: str) -> None:
    english = MESSAGES[name]()
    with speaking(GERMAN):
        face = MESSAGES[name]()
    judge.message(face.text, face.blocks)

    assert _cut(face.blocks) == _cut(english.blocks)


@pytest.mark.parametrize("name", VIEWS)
def test_slack_takes_every_window_in_german_and_nothing_more_is_cut_off(name: str) -> None:
    english = VIEWS[name]()
    with speaking(GERMAN):
        view = VIEWS[name]()
    judge.view(view)

    assert _cut(view) == _cut(english)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_slack_takes_the_card_and_the_forms_of_every_payload_shape_in_german(shape: Shape) -> None:
    asked = approval(shape.payload, answer=shape.policy, schema=shape.schema)
    place = {"channel": "C0REFUNDS", "message_ts": "1767620520.000100"}
    with speaking(GERMAN):
        face = card(asked, policy=Policy())
        views = [form(asked, **place) for form in (reason_form, revise_form)] + [view_full(asked)]
        views += (
            [answer_form(asked, channel="C0", message_ts="1.0")]
            if Verdict.ANSWER in asked.request.contract.verdicts
            else []
        )
    judge.message(face.text, face.blocks)
    for view in views:
        judge.view(view)

    assert sum(_cut(one) for one in (face.blocks, *views)) == 0


def _cut(blocks: object) -> int:
    shown = list(texts(blocks))
    return sum(len(CUT.findall(text)) + text.endswith("…") for text in shown)


def test_yes_and_no_have_one_word_each_and_no_word_has_both() -> None:
    said = GERMAN.sentences

    assert (said["Approve"], said["Reject"]) == ("Genehmigen", "Ablehnen")
    assert (said["approve"], said["reject"]) == ("genehmigen", "ablehnen")
    assert (said["approved"], said["rejected"]) == ("genehmigt", "abgelehnt")
    assert (said["yes"], said["no"]) == ("ja", "nein")


# In English and German: what only a Yes says, what only a No says.
YES = (re.compile(r"\bapprov(?!als)", re.I), re.compile(r"genehmig", re.I))
NO = (
    re.compile(r"\breject|\brefused", re.I),
    re.compile(r"\bablehn|abzulehn|abgelehnt|ablehnung|abgewiesen", re.I),
)


@pytest.mark.parametrize("english", [one for one in GERMAN.sentences if NO[0].search(one)])
def test_a_no_stays_a_no(english: str) -> None:
    german = GERMAN.sentences[english]
    said = NO[1].search(german) is not None or "nicht angenommen" in german

    assert said
    assert YES[0].search(english) is not None or YES[1].search(german) is None


@pytest.mark.parametrize(
    "english", [one for one in GERMAN.sentences if YES[0].search(one) and not NO[0].search(one)]
)
def test_a_yes_stays_a_yes(english: str) -> None:
    assert NO[1].search(GERMAN.sentences[english]) is None


def test_numbers_and_spans_of_time_are_said_as_germans_do() -> None:
    with speaking(GERMAN):
        said = (
            digits(1_200),
            count(1, "day"),
            count(2, "day"),
            age(7_300.0),
            counted(0, "{} entry", "{} entries"),
        )

    assert said == ("1.200", "1 Tag", "2 Tagen", "2 Stunden", "{} Einträge")
