"""Reading a catalogue: what translators' tools write, and a line nobody understands."""

from __future__ import annotations

import pytest

from bot.texts.po import BrokenCatalogue, read_po
from bot.texts.spoken import ENGLISH, counted, speaking, translated

PLURALS = "nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);"
HEAD = f'msgid ""\nmsgstr ""\n"Language: pl\\n"\n"Plural-Forms: {PLURALS}\\n"\n'


def test_sentences_plural_forms_and_what_is_recorded_are_read() -> None:
    text = HEAD + (
        '\n#: bot/a.py\nmsgid "One\\n"\n"\\"two\\""\nmsgstr "Eins\\nzwei"\n'
        '\nmsgctxt "record"\nmsgid "Gone."\nmsgstr "Weg."\n'
        '\nmsgid "{} day"\nmsgid_plural "{} days"\nmsgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"\n'
    )
    made = read_po(text, "pl.po")

    assert made.language == "pl"
    assert made.sentences == {'One\n"two"': "Eins\nzwei", "Gone.": "Weg."}
    assert made.recorded == {"Gone.": "Weg."}
    with speaking(made):
        assert [counted(n, "{} day", "{} days") for n in (1, 3, 7)] == ["a", "b", "c"]


@pytest.mark.parametrize("line", ['#, fuzzy\nmsgid "No."\nmsgstr "Ja."', 'msgid "No."\nmsgstr ""'])
def test_what_nobody_has_translated_or_looked_at_stays_english(line: str) -> None:
    made = read_po(f"{HEAD}\n{line}\n", "pl.po")

    with speaking(made):
        assert translated("No.") == "No."


@pytest.mark.parametrize("line", ["msgid No", '"lost"', 'msgid "a"\nmsgstr "\\x41"'])
def test_a_line_that_is_not_understood_is_named(line: str) -> None:
    with pytest.raises(BrokenCatalogue, match=r"pl\.po: not understood: "):
        read_po(f"{HEAD}\n{line}\n", "pl.po")


def test_a_head_without_plural_forms_is_refused() -> None:
    with pytest.raises(BrokenCatalogue, match="the head must name"):
        read_po('msgid ""\nmsgstr ""\n"Language: pl\\n"\n', "pl.po")


def test_english_is_what_the_code_says() -> None:
    with speaking(ENGLISH):
        assert translated("Approve") == "Approve"
        assert counted(2, "{} day", "{} days") == "{} days"
