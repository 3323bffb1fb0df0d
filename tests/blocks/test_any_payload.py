"""Whatever a payload holds, its card fits, is harmless, and is honest about what it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.blocks.card import card, is_cut
from bot.blocks.details import full_text
from bot.blocks.modal import view_full
from bot.blocks.result import result
from bot.blocks.text import utc, visible
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Decision, State, Verdict
from bot.core.payload import content
from bot.core.policy import Policy, one_stage
from tests.blocks import judge
from tests.blocks.samples import LINK, NEXT_ID, NOW, approval, run
from tests.blocks.strategies import ATTACKS, payloads, words

POLICY = Policy(stages=one_stage(users=["U0ANA"], quorum=2))

# All the markup we ever write ourselves; whatever else stands in angle brackets came from a payload.
OURS = re.compile(
    r"<@U0(ANA|BEN|CAT)>|<!subteam\^S0FIN>|<!date\^\d+\^[^|<>]*\|[^<>]*>|<"
    + re.escape(LINK)
    + r"\|revision \d+>"
)
LIVE_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")

# Without "explain": it traces every line, and the judge has many.
fast = settings(
    max_examples=200, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
)


def _live(made: str) -> bool:
    """True if Slack would find markup in it that is not ours."""
    rest = OURS.sub("", made)
    return "<" in rest or ">" in rest or LIVE_ENTITY.search(rest) is not None


def _faces(payload: JSON, before: JSON, feedback: str) -> list[Any]:
    decision = Decision(Verdict.REVISE, ("U0BEN",), NOW, False, feedback)
    old = approval(before, state=State.APPLIED, decision=decision, next=NEXT_ID)
    new = approval(payload, revision=2, requester=feedback, expires_at=NOW)
    closed = replace(
        new, state=State.SUPERSEDED, closed_at=NOW, closed_why=feedback, decision=decision, next=NEXT_ID
    )
    return [
        card(new, policy=POLICY, previous=old, previous_link=LINK),
        card(old, policy=POLICY, next_link=LINK),
        card(closed, policy=POLICY, previous=old, next_link=LINK),
    ]


@fast
@given(payloads, payloads, words)
def test_slack_takes_every_card(payload: JSON, before: JSON, feedback: str) -> None:
    for face in _faces(payload, before, feedback):
        judge.message(face.text, face.blocks)


@fast
@given(payloads, payloads, words)
def test_nothing_from_a_payload_or_a_person_is_live_markup(
    payload: JSON, before: JSON, feedback: str
) -> None:
    for face in _faces(payload, before, feedback):
        parsed = [face.text, *judge.texts(face.blocks, "mrkdwn")]

        assert [text for text in parsed if _live(text)] == []


@fast
@given(payloads)
def test_drawing_a_card_leaves_its_digest_alone(payload: JSON) -> None:
    made = approval(payload)
    card(made, policy=POLICY)
    view_full(made)

    assert digest(made.request.payload) == made.request.digest


@fast
@given(payloads)
def test_a_card_shows_everything_or_says_that_more_is_behind_view_full(payload: JSON) -> None:
    made = approval(payload)
    face = card(made, policy=POLICY)
    shown, told = judge.shown(face.blocks), content(made.request)
    pieces = [
        told.title,
        told.summary.strip(),
        told.body,
        told.diff,
        *(piece for pair in (*told.fields, *told.attachments) for piece in pair),
    ]
    missing = [piece for piece in pieces if visible(piece).strip() and not _seen(piece, shown)]
    buttons = [
        part["text"]["text"] for part in judge.parts(list(face.blocks)) if part.get("type") == "button"
    ]

    assert not missing or is_cut(made)
    assert ("View full" in buttons) == is_cut(made)
    assert ("more characters)" in shown or "… and " in shown or "…" in shown) or not is_cut(made)


def _seen(piece: str, shown: str) -> bool:
    return visible(piece).strip() in shown or visible(piece, line=True).strip() in shown


@fast
@given(payloads)
def test_the_full_text_is_all_there_over_its_pages(payload: JSON) -> None:
    made = approval(payload)
    pages = _pages(made)
    for view in pages:
        judge.view(view)

    assert "".join("".join(judge.texts(view, "text")) for view in pages) == full_text(made.request)


def _pages(made: Approval) -> list[Any]:
    first = view_full(made)
    numbered = re.match(r"Page 1 of (\d+)", judge.texts(first, "plain_text")[1])
    return [first, *(view_full(made, n) for n in range(1, int(numbered[1]) if numbered else 1))]


@fast
@given(words)
def test_slack_takes_every_result_and_finds_no_markup_in_it(said: str) -> None:
    face = result(run(result=said, requester=said or None))
    judge.message(face.text, face.blocks)

    assert not _live(face.text)
    assert not any(_live(text) for text in judge.texts(face.blocks, "mrkdwn"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_character_that_hides_or_reorders_text_reaches_slack(attack: str) -> None:
    face = card(approval({"title": attack, "fields": {attack: attack}, "body": attack}), policy=POLICY)
    everything = face.text + judge.shown(face.blocks)

    assert not judge.HIDDEN.search(everything)


def test_a_right_to_left_override_is_shown_as_its_code() -> None:
    face = card(approval({"title": "Pay \u202e05$\u202c to Ada"}), policy=POLICY)

    assert judge.texts(face.blocks, "plain_text")[0] == r"Pay \u202E05$\u202C to Ada"
    assert r"Pay \u202E05$\u202C to Ada" in face.text


def test_markup_in_the_text_alternative_is_escaped_once() -> None:
    face = card(approval({"title": "Tell <!channel> &amp; go"}), policy=POLICY)

    assert face.text.startswith("Tell &lt;!channel&gt; &amp;amp; go\n")


@pytest.mark.parametrize(
    "payload",
    [
        {"body": "x" * 1_000_000},
        {"body": "😀\u202e" * 100_000},
        {f"field {n}": "value" for n in range(10_000)},
        {"diff": {"before": "a\n" * 5_000, "after": "b\n" * 5_000}},
        {"attachments": ["https://files.example.com/" + "x" * 5_000] * 3},
        {"attachments": [f"https://files.example.com/{n}" for n in range(500)]},
        {"invoice": [{"item": f"part {n}", "price": n} for n in range(500)]},
        {"fields": {"k" * 10_000: "v" * 10_000}},
        {"title": "t" * 100_000, "summary": "s" * 100_000},
        ["line\n" * 100_000],
        "word " * 100_000,
    ],
    ids=[
        "long body",
        "many codes",
        "many fields",
        "long diff",
        "long address",
        "many addresses",
        "long table",
        "long field",
        "long title",
        "many lines",
        "long string",
    ],
)
def test_a_huge_payload_makes_a_small_card_that_says_how_much_is_missing(payload: JSON) -> None:
    made = approval(payload)
    face = card(made, policy=POLICY)
    judge.message(face.text, face.blocks)
    judge.view(view_full(made))
    shown = judge.shown(face.blocks)

    assert is_cut(made)
    assert "This card shows only a part of the request" in shown
    assert re.search(r"… \([\d,]+ more characters\)|… and [\d,]+ more (fields|attachments)", shown)


def test_a_deeply_nested_payload_fits() -> None:
    payload: JSON = "core"
    for _ in range(100):
        payload = {"in": payload}
    made = approval(payload)
    face = card(made, policy=POLICY)
    judge.message(face.text, face.blocks)

    assert '"core"' in full_text(made.request)


@given(st.floats(0, 4_000_000_000))
def test_a_moment_is_told_in_utc_where_slack_cannot_tell_it(at: float) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", utc(at))
