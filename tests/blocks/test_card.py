"""What a reviewer sees on a card, state by state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.blocks.card import card
from bot.blocks.faces import BlockFaces
from bot.blocks.ids import read_metadata
from bot.blocks.parts import Face
from bot.core.model import Approval, State, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Policies, Policy, one_stage
from tests.blocks import judge
from tests.blocks.faces import FINANCE, LONG, MESSAGES
from tests.blocks.samples import ID, LINK, NOW, PLAN, SHORTER, approval, decided, failed, run, vote


def _buttons(face: Face) -> list[dict[str, Any]]:
    return [part for part in judge.parts(list(face.blocks)) if part.get("type") == "button"]


def _names(face: Face) -> list[str]:
    return [button["text"]["text"] for button in _buttons(face)]


def _shown(made: Approval, policy: Policy = FINANCE, **links: Any) -> str:
    return judge.shown(list(card(made, policy=policy, **links).blocks))


def test_the_header_says_what_will_happen() -> None:
    face = card(approval(), policy=FINANCE)

    assert face.blocks[0]["type"] == "header"
    assert judge.shown([face.blocks[0]]) == "Refund $500.00 to ada@example.com"


def test_the_text_alternative_starts_with_what_and_where_it_is() -> None:
    face = card(approval(), policy=FINANCE)

    assert face.text.split("\n")[:2] == [
        "Refund $500.00 to ada@example.com",
        "Waiting for a decision: Approve, Reject or Revise.",
    ]


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("decision", ["Approve", "Reject", "Revise"]),
        ("boolean", ["Approve", "Reject"]),
        (None, ["Approve", "Reject"]),
    ],
)
def test_a_card_offers_what_its_graph_can_be_answered(answer: str | None, names: list[str]) -> None:
    assert _names(card(approval(answer=answer), policy=FINANCE)) == names


@pytest.mark.parametrize(
    "name", [name for name in MESSAGES if name.startswith("card-") and "pending" not in name]
)
def test_no_card_has_buttons_after_it_is_pending(name: str) -> None:
    assert _buttons(MESSAGES[name]()) == []


@pytest.mark.parametrize("name", [name for name in MESSAGES if name.startswith("card-")])
def test_every_state_still_says_what_it_was_about(name: str) -> None:
    face = MESSAGES[name]()
    title = face.text.split("\n")[0]

    assert judge.shown([face.blocks[0]]) == title
    assert len(face.text.split("\n")[1]) > 10


@pytest.mark.parametrize("state", [state for state in State if state is not State.PENDING])
@pytest.mark.parametrize(
    "payload", ["Deploy?", {"title": "A", "fields": {"b": 1}}, {"title": "A", "body": "b"}]
)
def test_rich_text_is_never_taken_off_a_card(state: State, payload: Any) -> None:
    """Slack refuses to replace rich text by other blocks (block_mismatch)."""
    before = approval(PLAN, state=State.APPLIED)
    live = card(approval(payload, revision=2), policy=FINANCE, previous=before)
    over = card(approval(payload, revision=2, state=state), policy=FINANCE, previous=before)
    kinds = [{block["type"] for block in face.blocks} for face in (live, over)]

    assert "rich_text" not in kinds[0] or "rich_text" in kinds[1]


def test_a_decided_card_names_who_and_when() -> None:
    at = "<!date^1767620640^{time} {date_short_pretty}|2026-01-05 13:44 UTC>"

    assert f"*Approved by <@U0ANA> and <@U0BEN>* at {at}; the run goes on." in _shown(
        decided(Verdict.APPROVE, "U0ANA", "U0BEN")
    )


def test_a_rejected_card_shows_the_reason_as_a_quote() -> None:
    face = card(decided(Verdict.REJECT, "U0ANA", text="<!channel> no"), policy=FINANCE)
    quotes = [part for part in judge.parts(list(face.blocks)) if part.get("type") == "rich_text_quote"]

    assert judge.texts(quotes) == ["<!channel> no"]
    assert "\n&lt;!channel&gt; no\n" in face.text


def test_a_failed_card_says_what_happens_next() -> None:
    retrying, given_up = _shown(failed(NOW + 300)), _shown(failed(None))

    assert "reference *K7Q2*. The answer is recorded and is never sent twice. The run tries again" in retrying
    assert "give an operator the reference" in given_up
    assert "ConnectionError" not in retrying + given_up


def test_a_replaced_card_is_struck_out_and_leads_to_the_new_one() -> None:
    face = MESSAGES["card-superseded"]()
    struck = [
        part["text"]
        for part in judge.parts(list(face.blocks))
        if part.get("style", {}) == {"bold": True, "strike": True}
    ]

    assert struck == ["Refund $500.00 to ada@example.com"]
    assert f"<{LINK}|revision 2>" in judge.shown(list(face.blocks))


def test_an_answer_that_was_not_used_is_said_so() -> None:
    assert "It was approved by <@U0ANA> at" in judge.shown(list(MESSAGES["card-withdrawn"]().blocks))
    assert "that answer was not used" in MESSAGES["card-withdrawn"]().text


def test_a_new_revision_shows_what_was_asked_for_and_what_changed() -> None:
    face = MESSAGES["card-pending-revision-2"]()
    shown = judge.shown(list(face.blocks))

    assert "asked for:Shorter, please.What changed since revision 1:" in shown
    assert "Steps: 3 → 2" in shown
    assert "Owner: Cat (new)" in shown
    assert "-2. Show it to five customers\n-3. Send it to everybody\n+2. Send it to everybody" in shown


def test_a_new_revision_that_looks_the_same_says_so() -> None:
    shown = _shown(approval(PLAN, revision=2), previous=approval(PLAN))

    assert "What changed since revision 1: nothing that can be seen" in shown


@pytest.mark.parametrize(
    ("policy", "requester", "line"),
    [
        (Policy(), None, "Who may decide: members of this channel"),
        (FINANCE, None, "Who may decide: <@U0ANA> and <!subteam^S0FIN>"),
        (FINANCE, "ci@acme", "Who may decide: <@U0ANA> and <!subteam^S0FIN>"),
        (
            replace(FINANCE, requester_may_approve=True),
            "U0CAT",
            "Who may decide: <@U0ANA> and <!subteam^S0FIN>",
        ),
        (
            Policy(),
            "U0CAT",
            "Who may decide: members of this channel (<@U0CAT> may not approve their own request)",
        ),
    ],
)
def test_a_card_says_who_may_decide(policy: Policy, requester: str | None, line: str) -> None:
    face = card(approval(requester=requester), policy=policy)

    assert line in judge.texts(list(face.blocks), "mrkdwn")


def test_many_approvers_are_counted() -> None:
    many = Policy(stages=one_stage(users=[f"U0{number:04d}" for number in range(100)]))

    assert "<@U00009> and 90 more" in _shown(approval(requester=None), many)


@pytest.mark.parametrize(
    ("votes", "line"),
    [
        ((), "*0 of 2 approvals*"),
        ((vote("U0ANA"),), "*1 of 2 approvals*: <@U0ANA>"),
        ((vote("U0ANA"), vote("U0ANA")), "*1 of 2 approvals*: <@U0ANA>"),
    ],
)
def test_a_card_counts_distinct_people(votes: Any, line: str) -> None:
    face = card(approval(votes=votes), policy=Policy(stages=one_stage(quorum=2)))

    assert line in judge.texts(list(face.blocks), "mrkdwn")


@pytest.mark.parametrize(
    ("policy", "answer", "then"),
    [
        (Policy(on_expiry="reject"), "boolean", "or it is rejected"),
        (Policy(on_expiry="leave"), "boolean", "or it expires and the run stays paused"),
    ],
)
def test_a_deadline_says_what_happens_then(policy: Policy, answer: str, then: str) -> None:
    shown = _shown(approval(answer=answer, expires_at=NOW), policy)

    assert (
        f"Decide by <!date^{int(NOW)}^{{time}} {{date_short_pretty}}|2026-01-05 13:42 UTC>, {then}" in shown
    )


def test_approving_a_part_asks_whether_the_whole_was_offered() -> None:
    whole, part = card(approval(), policy=FINANCE), card(approval(LONG), policy=FINANCE)
    asks = [button.get("confirm", {}).get("text", {}).get("text", "") for button in _buttons(part)]

    assert [bool(ask) for ask in asks] == [True, False, False, False]
    assert "The full text was offered behind View full" in asks[0]
    assert _names(part)[-1] == "View full"
    assert all("confirm" not in button for button in _buttons(whole))


def test_a_screen_reader_hears_what_each_button_is_about() -> None:
    assert [button["accessibility_label"] for button in _buttons(card(approval(), policy=FINANCE))] == [
        "Approve: Refund $500.00 to ada@example.com",
        "Reject: Refund $500.00 to ada@example.com",
        "Revise: Refund $500.00 to ada@example.com",
    ]


def test_an_empty_value_is_shown_as_empty() -> None:
    shown = _shown(approval({"title": "A", "fields": {"None": "", "Blanks": "  ", "": "x"}}))

    assert "None: empty\nBlanks: empty (2 spaces)\n(no name): x" in shown


def test_the_use_cases_get_cards_with_a_key_and_metadata() -> None:
    faces = BlockFaces(lambda: Policies(graphs={"refund": FINANCE}))
    message = faces.card(approval(SHORTER), previous=None, previous_link=None, next_link=None, now=NOW)
    claim = read_metadata(message.metadata)

    assert message.key == f"card:{ID}"
    assert claim is not None
    assert (claim.approval_id, claim.revision) == (ID, 1)
    assert "<!subteam^S0FIN>" in judge.shown(list(message.blocks))


def test_the_use_cases_get_results_and_notes() -> None:
    faces = BlockFaces(Policies)

    assert faces.result(run(result="Done.")).key == "result:thread-1"
    assert faces.note(Outcome(Kind.DECIDED, approval())) is None
    assert faces.note(Outcome(Kind.UNKNOWN)) is not None
