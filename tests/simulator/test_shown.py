"""`text_shown` gives the words a person reads, and nothing of the markup."""

from __future__ import annotations

import pytest

from bot.simulator.model import Json
from bot.simulator.shown import blocks_text, message_text, mrkdwn
from tests.simulator.cards import mrkdwn as mrkdwn_text
from tests.simulator.cards import plain

NAMES = {"U0ANA": "@Ana", "C0OPS": "#ops", "S0FIN": "@fin"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*bold* _it_ ~gone~ `code`", "bold it gone code"),
        ("*_both_*", "both"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("```\n*not bold*\n```", "\n*not bold*\n"),
        ("<@U0ANA> in <#C0OPS> with <!subteam^S0FIN> and <!here>", "@Ana in #ops with @fin and @here"),
        ("<@U0NOBODY> <#C0GONE|gone>", "@U0NOBODY gone"),
        ("<https://x.test/a_b_c|a &amp; b> <https://x.test>", "a & b https://x.test"),
        ("&lt;!channel&gt; &amp;lt;", "<!channel> &lt;"),
        ("<!date^1700000000^{date_num} {time}|later>", "2023-11-14 22:13"),
        ("<!date^1700000000^{date_short_pretty}^https://x.test|later>", "Nov 14, 2023"),
        ("1 < 2 > 0", "1 < 2 > 0"),
    ],
)
def test_mrkdwn_is_read_as_slack_shows_it(written: str, read: str) -> None:
    assert mrkdwn(written, NAMES) == read


def test_plain_text_keeps_its_marks() -> None:
    assert blocks_text([{"type": "header", "text": plain("*not bold* &lt;b&gt;")}], {}) == "*not bold* <b>"


def test_message_without_blocks_shows_its_text() -> None:
    assert message_text({"text": "hello <@U0ANA>"}, NAMES) == "hello @Ana"


def test_every_kind_of_block_is_read_in_order() -> None:
    blocks: list[Json] = [
        {
            "type": "section",
            "fields": [mrkdwn_text("*a*"), plain("b")],
            "accessory": {"type": "button", "text": plain("c")},
        },
        {"type": "context", "elements": [{"type": "image", "alt_text": "d"}, plain("e")]},
        {
            "type": "rich_text",
            "elements": [_part("f"), {"type": "rich_text_list", "elements": [_part("g"), _part("h")]}],
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": "i"}, {"type": "raw_text", "text": "j"}]]},
        {"type": "image", "alt_text": "k", "title": plain("l")},
        {"type": "markdown", "text": "m"},
        {"type": "input", "label": plain("n"), "element": {"type": "plain_text_input"}, "hint": plain("o")},
        {"type": "card", "title": plain("p"), "body": mrkdwn_text("*q*")},
        {"type": "divider"},
    ]

    assert blocks_text(blocks, {}) == "a\nb\nc\nd\ne\nf\n• g\n• h\ni | j\nl\nk\nm\nn\no\np\nq"


def test_rich_text_elements_become_words() -> None:
    elements = [
        {"type": "user", "user_id": "U0ANA"},
        {"type": "link", "url": "https://x.test"},
        {"type": "emoji", "name": "tada"},
        {"type": "broadcast", "range": "here"},
        {"type": "date", "timestamp": 0, "format": "{date_num}"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}

    assert blocks_text([block], NAMES) == "@Anahttps://x.test:tada:@here1970-01-01"


def _part(words: str) -> Json:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": words}]}
