"""Every face serves who does not see it: words for all that is said, names for all that is pressed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from bot.blocks.parts import MESSAGE_TEXT, Face, actions, button, context, header, section
from bot.blocks.text import escape, mrkdwn
from tests.blocks import homes, judge
from tests.blocks.faces import MESSAGES, VIEWS

LETTERS = re.compile(r"\w", re.UNICODE)
NUMBER = re.compile(r" \(\d+\)$")
NAMES = ("History", "Approvals", "Graphs")  # headings that say only what kind of answer this is
EMOJI_NAME = re.compile(r":[a-z0-9_+-]+:")
CARDS = [name for name in MESSAGES if name.startswith("card-")]
Part = Mapping[str, Any]


def unsaid(face: Face) -> list[str]:
    """What stands on a card above and below its content, and not in its text alternative."""
    kinds = ("header", "section", "context")
    small = [block for block in face.blocks if block["type"] in kinds]
    pieces = [part for part in judge.parts(small) if part.get("type") in ("plain_text", "mrkdwn")]
    words = [part["text"] if part["type"] == "mrkdwn" else escape(part["text"]) for part in pieces]
    return [piece for piece in words if piece not in face.text]


def wordless(blocks: Sequence[Part]) -> list[str]:
    """Texts that say something by a picture or a sign alone."""
    found = (text for text in judge.texts(blocks, "plain_text", "mrkdwn") if text != "-")
    return [text for text in found if not LETTERS.search(EMOJI_NAME.sub("", text))]


def nameless(blocks: Sequence[Part]) -> list[str]:
    """Buttons that cannot be told from another one on the same screen by what a screen reader says of them,
    and labels that do not begin with what is to be seen."""
    alike = defaultdict[str, list[str]](list)
    for part in buttons(blocks):
        alike[part["text"]["text"]].append(part.get("accessibility_label", ""))
    doubled = [text for text, labels in alike.items() if len(labels) > 1 and len(set(labels)) < len(labels)]
    odd = [
        label
        for text, labels in alike.items()
        for label in labels
        if label and not label.startswith(NUMBER.sub("", text))
    ]
    return doubled + odd


def by_colour(blocks: Sequence[Part]) -> list[str]:
    """Buttons of which only the colour tells what they do."""
    coloured = {part["text"]["text"] for part in buttons(blocks) if "style" in part}
    plain = {part["text"]["text"] for part in buttons(blocks) if "style" not in part}
    red = {part["text"]["text"] for part in buttons(blocks) if part.get("style") == "danger"}
    green = {part["text"]["text"] for part in buttons(blocks) if part.get("style") == "primary"}
    return sorted((coloured & plain) | (red & green))


def pictures(blocks: Sequence[Part]) -> list[Part]:
    """Images that nobody describes."""
    return [
        part
        for part in judge.parts(blocks)
        if part.get("type") == "image" and not part.get("alt_text", "").strip()
    ]


def buttons(blocks: Sequence[Part]) -> Iterator[Part]:
    return (part for part in judge.parts(blocks) if part.get("type") == "button")


def screens() -> dict[str, Sequence[Part]]:
    """Everything that is on one screen at a time."""
    messages: dict[str, Sequence[Part]] = {name: list(made().blocks) for name, made in MESSAGES.items()}
    views = {name: list(made()["blocks"]) for name, made in VIEWS.items()}
    return messages | views | {"home-full": next(judge.parts(homes.full()))["blocks"]}


SCREENS = screens()


@pytest.mark.parametrize("name", CARDS)
def test_the_text_of_a_card_carries_the_whole_decision(name: str) -> None:
    face = MESSAGES[name]()

    assert unsaid(face) == []
    assert len(face.text) <= MESSAGE_TEXT


@pytest.mark.parametrize("name", MESSAGES)
def test_the_text_of_a_message_begins_with_what_it_is_about(name: str) -> None:
    face = MESSAGES[name]()
    first = next(iter(judge.texts([face.blocks[0]])))

    assert escape(first)[:150] in face.text or first in face.text or first in NAMES


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_is_said_by_colour_or_by_a_sign_alone(name: str) -> None:
    assert wordless(SCREENS[name]) == []
    assert by_colour(SCREENS[name]) == []


@pytest.mark.parametrize("name", SCREENS)
def test_a_button_says_what_it_does_and_for_which_request(name: str) -> None:
    assert nameless(SCREENS[name]) == []


@pytest.mark.parametrize("name", SCREENS)
def test_every_picture_is_described(name: str) -> None:
    assert pictures(SCREENS[name]) == []


@pytest.mark.parametrize("name", [name for name in CARDS if "pending" in name])
def test_every_button_of_a_card_names_its_request(name: str) -> None:
    labels = [part.get("accessibility_label", "") for part in buttons(SCREENS[name])]

    assert all(": " in label for label in labels)


def test_each_of_these_would_be_noticed() -> None:
    """A test that cannot fail is a defect: what it looks for, done wrong."""
    same = [actions("a", button("Approve", "x", "1", says="Approve: Pay")) for _ in range(2)]
    green = [actions("a", button("Go", "x", "1", style="primary"), button("Go", "y", "2", style="danger"))]

    assert unsaid(Face("Pay", (header("Pay"), context(mrkdwn("*Approved* by Ana"))))) == ["*Approved* by Ana"]
    assert wordless([section("✅"), section(":white_check_mark:"), section("✅ Approved")]) == [
        "✅",
        ":white_check_mark:",
    ]
    assert nameless(same) == ["Approve"]
    assert nameless([actions("a", button("Approve", "x", "1", says="Yes: Pay"))]) == ["Yes: Pay"]
    assert by_colour(green) == ["Go"]
    assert pictures([{"type": "image", "image_url": "https://example.com/a.png"}]) != []
