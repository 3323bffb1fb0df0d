"""Three thousand hostile requests, judged by a reader that knows nothing of how blocks are made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.card import card
from tests.blocks import reader
from tests.blocks.adversary import demand
from tests.blocks.many_payloads import CHUNK, POLICY, judged
from tests.blocks.samples import LINK, approval

SEED, COUNT = 1, 3_000


@pytest.mark.parametrize("start", range(0, COUNT, CHUNK))
def test_whatever_is_asked_slack_shows_it_and_nothing_of_it_is_live(start: int) -> None:
    assert [wrong for number in range(start, start + CHUNK) for wrong in judged(SEED, number)] == []


def test_the_same_number_is_the_same_request() -> None:
    assert demand(SEED, 17) == demand(SEED, 17)
    assert demand(SEED, 17) != demand(SEED + 1, 17)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!channel>", "broadcast"),
        ("<@U0EVIL>", "user"),
        ("<#C0EVIL|x>", "channel"),
        ("<!subteam^S0EVIL>", "usergroup"),
        ("<https://evil.example|Approve>", "link"),
        ("<!date^1^{date}^https://evil.example|today>", "link"),
        ("a > b", "stray bracket"),
        ("a & b", "stray ampersand"),
        ("&#60;!channel&#62;", "stray ampersand"),
    ],
)
def test_the_reader_finds_what_slack_would(text: str, kind: str) -> None:
    assert [found for found, _ in reader.live(text, [])] == [kind]


def test_the_reader_finds_nothing_in_what_is_escaped() -> None:
    assert list(reader.live("&lt;!channel&gt; &amp;lt;", [])) == []
    assert reader.decoded("&lt;!channel&gt; &amp;lt;") == "<!channel> &lt;"


def test_the_reader_finds_live_parts_of_rich_text_and_of_markup_that_slack_may_add_to() -> None:
    parts = reader.parts(
        [
            {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U0EVIL"}]},
            {"type": "mrkdwn", "text": "www.evil.example"},
            {"type": "plain_text", "text": ":tada:"},
        ]
    )

    assert [kind for kind, _ in reader.live("", parts)] == ["user", "not verbatim", "emoji"]


def test_the_reader_sees_a_payload_that_a_card_leaves_live() -> None:
    face = card(approval({"title": "Pay"}), policy=POLICY, next_link=LINK)
    live = replace(face, text="Pay <!channel>")

    assert ("broadcast", "!channel") in list(reader.live(live.text, reader.parts(list(live.blocks))))


def test_hidden_characters_are_spelt() -> None:
    assert reader.spelt("a\u202eb\u200bc\r\nd\U000e0041") == "a\\u202Eb\\u200Bc\nd\\U000E0041"
    assert reader.hides("a\u3164b")
    assert not reader.hides("a\n\tb")
