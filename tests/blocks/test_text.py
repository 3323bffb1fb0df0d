"""Text made safe: shown as typed, cut with a mark, escaped once."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.text import (
    HIDDEN,
    Mrkdwn,
    count,
    cut,
    cut_escaped,
    escape,
    group,
    joined,
    link,
    mention,
    mentions,
    mrkdwn,
    visible,
    when,
)
from tests.blocks.strategies import words

anything = st.one_of(words, st.text(st.characters(codec=None)))


@given(anything)
def test_nothing_hidden_stays_hidden(text: str) -> None:
    shown = visible(text)

    assert [char for char in shown if unicodedata.category(char) in HIDDEN and char not in "\n\t"] == []


@given(anything)
def test_making_visible_twice_changes_nothing_more(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(anything)
def test_every_shown_code_can_be_read_back(text: str) -> None:
    def char(code: re.Match[str]) -> str:
        return chr(int(code[1] or code[2], 16))

    codes = re.compile(r"\\u([0-9A-F]{4})|\\U([0-9A-F]{8})")
    typed = text.replace("\r\n", "\n").replace("\\", "/")

    assert codes.sub(char, visible(typed)) == typed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", r"a\u202Eb"),
        ("a\u200bb", r"a\u200Bb"),
        ("a\x00b", r"a\u0000b"),
        ("a\ud800b", r"a\uD800b"),
        ("a\U000e0041b", r"a\U000E0041b"),
        ("a\u3164b", r"a\u3164b"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("naïve 😀 日本 العربية", "naïve 😀 日本 العربية"),
    ],
)
def test_hidden_characters_are_shown_as_codes_and_others_as_they_are(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_shows_its_line_breaks() -> None:
    assert visible("a\nb", line=True) == r"a\u000Ab"


@given(anything)
def test_escaping_is_undone_by_unescaping_once(text: str) -> None:
    once = escape(text)

    assert not set("<>") & set(once)
    assert once.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == visible(text)


@given(anything)
def test_what_is_escaped_is_not_escaped_again(text: str) -> None:
    assert mrkdwn("{}", mrkdwn("{}", text)) == escape(text)
    assert html.unescape(mrkdwn("{}", "<b>")) == "<b>"


def test_our_own_template_keeps_its_markup_and_escapes_its_values() -> None:
    assert mrkdwn("*{}* by {}", "<!here>", mention("U0ANA")) == "*&lt;!here&gt;* by <@U0ANA>"


@given(anything, st.integers(24, 400))
def test_a_cut_text_fits_and_says_how_much_is_missing(text: str, limit: int) -> None:
    made = cut(text * 20, limit)

    assert len(made) <= limit
    found = re.fullmatch(r"(?s)(.*) … \(([\d,]+) more characters\)", made)
    if len(text) * 20 > limit >= 80:
        assert found
        assert len(found[1]) + int(found[2].replace(",", "")) == len(text) * 20


def test_a_text_that_fits_is_not_cut() -> None:
    assert cut("x" * 24, 24) == "x" * 24
    assert cut("x" * 25, 24) == "x" * 23 + "…"


@given(st.text("&<>a", max_size=60), st.integers(4, 100))
def test_escaped_text_is_never_cut_inside_an_entity(text: str, limit: int) -> None:
    made = cut_escaped(escape(text), limit)

    assert len(made) <= limit
    assert not re.search(r"&(?!amp;|lt;|gt;)", made)


@pytest.mark.parametrize("user", ["U0ANA", "W0GRID12"])
def test_an_id_is_a_mention(user: str) -> None:
    assert mention(user) == f"<@{user}>"


@pytest.mark.parametrize("user", ["", "ana", "U0ANA> <!channel", "U0ANA\n", "S0FIN", "U0ana"])
def test_anything_but_an_id_is_somebody(user: str) -> None:
    assert mention(user) == "somebody"


def test_groups_are_named_by_id_only() -> None:
    assert group("S0FIN") == "<!subteam^S0FIN>"
    assert group("S0FIN|<!here>") == "a group"


def test_people_are_listed_as_people_say_it() -> None:
    assert mentions(["U0ANA"]) == "<@U0ANA>"
    assert mentions(["U0ANA", "U0BEN"]) == "<@U0ANA> and <@U0BEN>"
    assert joined(["a", "b", "<c>"], last=" or ") == "a, b or &lt;c&gt;"


def test_a_moment_is_told_in_each_readers_time() -> None:
    assert when(1_767_620_520.9) == "<!date^1767620520^{time} {date_short_pretty}|2026-01-05 13:42 UTC>"


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "https://a|b", "https://a>", "ftp://a", "https://a b", "https://a\n"],
)
def test_only_a_proper_address_becomes_a_link(url: str | None) -> None:
    assert link(url, "<words>") == "&lt;words&gt;"


def test_a_link_leads_where_its_address_says() -> None:
    made = link("https://acme.slack.com/archives/C0/p1?thread_ts=1.2&cid=C0", "a|b>")

    assert made == "<https://acme.slack.com/archives/C0/p1?thread_ts=1.2&cid=C0|a|b&gt;>"
    assert isinstance(made, Mrkdwn)


@pytest.mark.parametrize(("number", "shown"), [(0, "0 cards"), (1, "1 card"), (1_200, "1,200 cards")])
def test_things_are_counted_in_words(number: int, shown: str) -> None:
    assert count(number, "card") == shown
