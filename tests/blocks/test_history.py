"""The history of one approval, as `/approvals history` shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

import pytest

from bot.blocks.facts import REFUSED, SAYS, told
from bot.blocks.history import ENTRIES, history, read_history, write_history
from bot.core.audit import Entry, Fact, chained, redact
from bot.core.model import JSON, Approval
from bot.core.policy import Why
from tests.blocks import judge
from tests.blocks.samples import ID, NOW, approval

KEY = b"audit-key"
EDIT: JSON = {
    "name": "send_email",
    "before": {"to": "ann@example.com", "cc": "x", "subject": "Hello"},
    "after": {"to": "<@U0EVE>", "bcc": "USD", "subject": "Hello"},
}
LONGEST = "&<>" * 500


def trail(*facts: tuple[Fact, str | None, Mapping[str, JSON]]) -> tuple[Approval, list[Entry]]:
    made, entries = approval(), []
    for number, (fact, by, data) in enumerate(facts):
        made, entry = chained(made, KEY, fact, at=NOW + number, by=by, data=data)
        entries.append(entry)
    return made, entries


def words(fact: Fact, who: str | None = None, /, **data: JSON) -> str:
    """The sentence for one fact."""
    return told(trail((fact, who, data))[1][0])


def test_it_says_who_did_what_and_why_somebody_was_refused() -> None:
    made, entries = trail(
        (Fact.ASKED, None, {"digest": "d", "revision": 1}),
        (Fact.REFUSED, "U0CAT", {"why": "requester", "verdict": "approve"}),
        (Fact.VOTED, "U0ANA", {"verdict": "reject", "text": "too *late* <!channel>"}),
        (Fact.DECIDED, "U0ANA", {"verdict": "reject", "by": ["U0ANA"]}),
    )
    face = history(made, entries, whole=True)

    judge.message(face.text, face.blocks)
    for shown in (face.text, judge.shown(face.blocks)):
        assert "The run asked." in shown
        assert "<@U0CAT> tried to approve this and was refused: who asked may not approve." in shown
        assert "<@U0ANA> rejected this: “too *late* &lt;!channel&gt;”" in shown
        assert "That decided it: rejected by <@U0ANA>." in shown
        assert "4 entries; the chain is whole" in shown


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (words(Fact.ASKED, revision=2), "The run asked again: revision 2."),
        (words(Fact.VOTED, "U0ANA", verdict="approve"), "<@U0ANA> approved this."),
        (
            words(Fact.VOTED, "U0BEN", verdict="approve", stands_for="U0ANA", stage=1),
            "<@U0BEN> approved this in place of <@U0ANA> in stage 2.",
        ),
        (
            words(Fact.VOTED, "U0BEN", verdict="answer", answer={"a": 1}, edits=[EDIT]),
            "<@U0BEN> answered this. In send_email, to was ann@example.com, now &lt;@U0EVE&gt;. "
            "In send_email, cc is gone, it was x. In send_email, bcc is new: USD.",
        ),
        (
            words(Fact.VOTED, "U0BEN", verdict="answer", answer={"a": 1}),
            '<@U0BEN> answered this. The answer: {"a": 1}.',
        ),
        (words(Fact.REFUSED, None, why="door_closed"), "Somebody tried to decide this and was refused: "),
        (
            words(Fact.REFUSED, "U0EVE", why="stranger", verdict="approve", left_out=6),
            "<@U0EVE> tried to approve this and was refused: only people of this workspace may decide. "
            "Since the entry before: 6 more tries.",
        ),
        (words(Fact.COMMENTED, "U0ANA", text="Is it 5 < 6?"), "<@U0ANA> commented: “Is it 5 &lt; 6?”"),
        (words(Fact.DECIDED, None, verdict="reject", by=[]), "The deadline decided it: rejected, because"),
        (
            words(Fact.DECIDED, "U0BEN", verdict="approve", by=["U0ANA", "U0BEN"], rules=["a > 5"]),
            "That decided it: approved by <@U0ANA> and <@U0BEN>. Rules that held: a &gt; 5.",
        ),
        (words(Fact.SENT, **{"try": 2}), "The answer is given to the run, try 2."),
        (words(Fact.APPLIED), "The run took the answer."),
        (
            words(Fact.FAILED, reference="K7Q2", reason="no answer"),
            "The run failed after the decision (reference K7Q2): “no answer”",
        ),
        (words(Fact.RETRIED, reference="K7Q2"), "An operator let the run go on."),
        (words(Fact.EXPIRED), "The time to decide was over."),
        (
            words(Fact.REMINDED, number=2, users=["U0ANA"], groups=["S0FIN"], members=False),
            "Reminder 2: <@U0ANA> and <!subteam^S0FIN> still needed.",
        ),
        (
            words(Fact.ESCALATED, mode="add", users=["U0BEN"], groups=[], members=False),
            "Escalated: from now on <@U0BEN> could decide this as well.",
        ),
        (
            words(Fact.ESCALATED, mode="replace", users=["U0BEN"], groups=[], members=True),
            "Escalated: from now on only <@U0BEN> and the members of the channel could decide this.",
        ),
        (words(Fact.SUPERSEDED, why="It changed."), "Replaced or withdrawn: “It changed.”"),
        (words(Fact.CANCELLED, "U0CAT", why="Withdrawn."), "Cancelled by <@U0CAT>: “Withdrawn.”"),
    ],
)
def test_every_fact_has_a_sentence_of_its_own(said: str, wanted: str) -> None:
    assert said.startswith(wanted)


class Newer(StrEnum):
    """Facts of a version to come."""

    EFFECT = "effect_reference"
    SHOWN = "shown"
    VIEWED = "viewed"
    POLICY_CHANGED = "policy_changed"


def test_a_fact_without_a_sentence_is_told_by_its_name_and_values() -> None:
    _, [entry] = trail(
        (Fact.ASKED, None, {"reference": "re_<1>", "by": "U0ANA", "code": "USD", "none": None})
    )
    newer = replace(entry, fact=Newer.EFFECT, by="U0CAT")  # type: ignore[arg-type]

    assert told(newer) == ("Effect reference by <@U0CAT>: reference re_&lt;1&gt;, by <@U0ANA>, code USD.")


def test_every_reason_to_refuse_can_be_told_to_others() -> None:
    assert set(REFUSED) == set(Why)


def test_every_fact_has_a_sentence() -> None:
    assert set(SAYS) == set(Fact)


def test_a_broken_chain_is_said() -> None:
    made, entries = trail((Fact.ASKED, None, {}))
    face = history(made, entries, whole=False)

    assert "This trail was changed" in face.text
    assert "This trail was changed" in judge.shown(face.blocks)


def test_a_redacted_value_is_not_shown_and_its_absence_is_said() -> None:
    made, entries = trail((Fact.VOTED, "U0ANA", {"verdict": "approve", "text": "secret"}))

    face = history(made, [redact(entry, ["text"], KEY) for entry in entries], whole=True)

    assert "secret" not in face.text + str(face.blocks)
    assert "Some values are left out on purpose." in face.text


@pytest.mark.parametrize(
    ("number", "page", "first", "last", "turns"),
    [
        (ENTRIES, None, 0, ENTRIES - 1, []),
        (ENTRIES + 1, None, ENTRIES, ENTRIES, ["Earlier"]),
        (ENTRIES + 1, 0, 0, ENTRIES - 1, ["Later"]),
        (3 * ENTRIES, 1, ENTRIES, 2 * ENTRIES - 1, ["Earlier", "Later"]),
        (3 * ENTRIES, 99, 2 * ENTRIES, 3 * ENTRIES - 1, ["Earlier"]),
    ],
)
def test_a_long_one_has_pages_and_begins_with_the_newest(
    number: int, page: int | None, first: int, last: int, turns: list[str]
) -> None:
    made, entries = trail(*((Fact.COMMENTED, "U0ANA", {"text": f"note {n};"}) for n in range(number)))
    face = history(made, entries, whole=True, page=page)

    judge.message(face.text, face.blocks)
    shown = [n for n in range(number) if f"note {n};" in judge.shown(face.blocks)]
    assert shown == list(range(first, last + 1))
    buttons = [part["text"]["text"] for part in judge.parts(face.blocks) if part.get("type") == "button"]
    assert buttons == turns


@pytest.mark.parametrize("fact", [fact for fact in Fact if fact in SAYS])
def test_a_page_of_the_longest_facts_fits_into_a_message(fact: Fact) -> None:
    people: JSON = [f"U0{n:04}" for n in range(500)]
    longest: JSON = {"name": LONGEST, "before": {LONGEST + str(n): LONGEST for n in range(50)}, "after": {}}
    data: dict[str, JSON] = {
        "text": LONGEST,
        "why": LONGEST,
        "reason": LONGEST,
        "verdict": "answer",
        "answer": LONGEST,
        "edits": [longest] * 20,
        "users": people,
        "groups": [],
        "by": people,
        "rules": [LONGEST] * 20,
    }
    made, entries = trail(*((fact, "U0ANA", data) for _ in range(ENTRIES)))

    face = history(made, entries, whole=True)

    judge.message(face.text, face.blocks)


def test_a_button_says_whose_page_it_leads_to() -> None:
    assert read_history(write_history(ID, 3)) == (ID, 3)


@pytest.mark.parametrize(
    "value", [None, "", "t1", f"v1.{ID}.1", f"t1.{ID}", f"t1.{ID}.-1", "t1.a b.1", "t1..1"]
)
def test_a_tampered_value_is_no_page(value: str | None) -> None:
    assert read_history(value) is None


def newer(fact: Newer, by: str | None = None, **data: JSON) -> str:
    _, [entry] = trail((Fact.ASKED, by, data))
    return told(replace(entry, fact=fact))  # type: ignore[arg-type]


def test_who_was_asked_who_looked_and_under_which_rules_has_a_sentence() -> None:
    people: dict[str, JSON] = {"users": ["U0ANA"], "groups": [], "members": False}

    assert newer(Newer.SHOWN, None, **people) == "Its card was shown; asked were <@U0ANA>."
    assert newer(Newer.VIEWED, "U0ANA", after=5.0) == "<@U0ANA> opened the whole request."
    assert newer(Newer.POLICY_CHANGED, before="abc", after="def").endswith("abc then, def now.")
    assert words(Fact.APPLIED, effect="re_1") == "The run took the answer. Its effect is known as re_1."
