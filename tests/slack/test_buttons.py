"""What a press of each button becomes, over signed HTTP."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import MetadataClaim, Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.policy import Why
from bot.ports import StoreUnavailable
from tests.blocks.samples import ID, approval
from tests.slack.conftest import Bot


async def test_approve_becomes_a_vote_with_all_that_must_be_checked(bot: Bot) -> None:
    card = await bot.post_card()

    seen = await bot.slack.person("U0ANA").click("Approve", on=card)

    assert seen.delivered
    (click,) = bot.desk.clicks
    assert (click.user, click.verdict, click.source) == ("U0ANA", Verdict.APPROVE, Source.BUTTON)
    assert (click.approval_id, click.revision) == (ID, 1)
    assert (click.app, click.team, click.user_team) == ("A0DEMO", "T0DEMO", "T0DEMO")
    assert (click.channel, click.message_ts) == ("C0REFUNDS", card.ts)
    assert click.metadata == MetadataClaim(ID, "thread-1", "interrupt-1", 1)


async def test_the_outcome_is_told_where_the_button_was(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.answers = Outcome(Kind.REFUSED, why=Why.REQUESTER)

    await bot.slack.person("U0BEN").click("Approve", on=card)

    assert bot.desk.told == [(bot.desk.answers, "C0REFUNDS", "U0BEN", None)]


async def test_the_same_press_delivered_twice_is_one_gesture(bot: Bot) -> None:
    card = await bot.post_card()
    payload = await bot.slack.person("U0ANA").click_payload("Approve", on=card)

    await bot.slack.deliver("interaction", payload)
    await bot.slack.deliver("interaction", payload)
    await bot.slack.person("U0ANA").click("Approve", on=card)

    ids = [click.id for click in bot.desk.clicks]
    assert ids[0] == ids[1]
    assert ids[2] != ids[0]


async def test_reject_opens_a_form_and_its_reason_becomes_the_vote(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())

    await ana.click("Reject", on=card)
    await ana.fill("Reason", "Wrong <order> & amount")
    bot.desk.answers = Outcome(Kind.DECIDED)
    seen = await ana.submit()

    assert seen.delivered
    assert ana.modal is None
    asked, vote = bot.desk.clicks
    assert (asked.verdict, asked.text) == (Verdict.REJECT, None)
    assert (vote.verdict, vote.source, vote.text) == (Verdict.REJECT, Source.MODAL, "Wrong <order> & amount")
    assert (vote.approval_id, vote.revision, vote.channel, vote.message_ts) == (ID, 1, "C0REFUNDS", card.ts)


async def test_a_reason_is_not_needed(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())

    await ana.click("Reject", on=card)
    await ana.submit()

    assert bot.desk.clicks[-1].text is None


async def test_revise_needs_feedback(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())

    await ana.click("Revise", on=card)
    bot.desk.answers = Outcome(Kind.BAD_ANSWER, approval(), sentence="Please say what should change.")
    await ana.fill("Feedback", "   ")
    await ana.submit()

    assert ana.modal is not None
    assert ana.modal.errors == {"Feedback": "Please say what should change."}


async def test_who_may_not_reject_gets_no_form(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.REFUSED, approval(), why=Why.NOT_AN_APPROVER)

    await ana.click("Reject", on=card)

    assert ana.modal is None
    assert bot.desk.told[0][0].why is Why.NOT_AN_APPROVER


async def test_a_form_that_comes_too_late_says_so_in_its_place(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())

    await ana.click("Revise", on=card)
    bot.desk.answers = Outcome(Kind.UNKNOWN)
    await ana.fill("Feedback", "shorter")
    await ana.submit()

    assert ana.modal is not None
    assert "no record of this request" in ana.modal.text_shown


async def test_a_form_sent_twice_is_one_gesture(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())
    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "shorter")
    bot.desk.broken = StoreUnavailable("down")
    await ana.submit()
    bot.desk.broken = None

    await ana.submit()

    first, second = bot.desk.clicks[-2:]
    assert first.id == second.id
    assert second.text == "shorter"


async def test_words_are_kept_while_the_record_is_away(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())
    await ana.click("Revise", on=card)
    await ana.fill("Feedback", "shorter")
    bot.desk.broken = StoreUnavailable("down")

    await ana.submit()

    assert ana.modal is not None
    assert "Not recorded" in ana.modal.errors["Feedback"]
    assert ana.modal.value("Feedback") == "shorter"


async def test_view_full_shows_everything_and_turns_pages_in_place(bot: Bot) -> None:
    text = "\n".join(f"{number}: {'words & more ' * 12}" for number in range(2_500))
    bot.desk.known = approval({"title": "Long", "body": text})
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")

    await ana.click("View full", on=card)
    first = ana.modal.text_shown if ana.modal else ""
    seen = await ana.click("Next page", on=ana.modal)

    assert seen.delivered
    assert "0: words & more" in first
    assert ana.modal is not None
    assert "Page 2 of" in ana.modal.text_shown
    assert ana.modal.text_shown != first


async def test_a_button_of_an_older_version_is_answered(bot: Bot) -> None:
    card = await bot.post_card()
    payload = await bot.slack.person("U0ANA").click_payload("Approve", on=card)
    payload["actions"][0]["action_id"] = "approvals.older"

    seen = await bot.slack.deliver("interaction", payload)

    assert seen["status"] == 200
    assert bot.desk.told[0][0].kind is Kind.UNKNOWN
    assert bot.desk.clicks == []


async def test_a_value_we_did_not_write_is_no_vote(bot: Bot) -> None:
    card = await bot.post_card()
    payload = await bot.slack.person("U0ANA").click_payload("Approve", on=card)
    for value in ("", "v1.x.1", f"v1.{ID}.１", f"v1.{ID}:*.1", f"v2.{ID}.1", "v" * 2001, None):
        payload["actions"][0]["value"] = value
        seen = await bot.slack.deliver("interaction", payload)
        assert seen["status"] == 200

    assert bot.desk.clicks == []
    assert {outcome.why for outcome, *_ in bot.desk.told} == {Why.OTHER_CARD}


async def test_metadata_that_is_missing_or_foreign_is_no_error(bot: Bot) -> None:
    card = await bot.post_card()
    payload = await bot.slack.person("U0ANA").click_payload("Approve", on=card)
    for metadata in (None, {}, {"event_type": "other", "event_payload": {}}, "text", {"event_payload": 1}):
        payload["message"]["metadata"] = metadata
        await bot.slack.deliver("interaction", payload)
    del payload["message"]
    await bot.slack.deliver("interaction", payload)

    assert [click.metadata for click in bot.desk.clicks] == [None] * 6
    assert {click.message_ts for click in bot.desk.clicks} == {card.ts}


async def test_a_press_in_a_window_is_told_by_direct_message(bot: Bot) -> None:
    card = await bot.post_card()
    payload = await bot.slack.person("U0ANA").click_payload("Approve", on=card)
    for part in ("channel", "message", "state", "response_url"):
        del payload[part]
    payload["container"] = {"type": "view", "view_id": "V1"}
    payload["view"] = {"id": "V1", "type": "home"}

    await bot.slack.deliver("interaction", payload)

    (click,) = bot.desk.clicks
    assert (click.channel, click.message_ts) == (None, None)
    assert bot.desk.told[0][1:3] == ("U0ANA", "U0ANA")


async def test_a_window_that_does_not_open_is_told(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, replace(approval(), revision=2))
    await bot.slack.fault("server_error", "views.open")

    seen = await ana.click("Reject", on=card)

    assert seen.delivered
    assert ana.modal is None
    assert ana.was_told("ref-1")


async def test_a_press_delivered_twice_opens_one_form_and_no_complaint(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.READY, approval())
    await bot.slack.fault("duplicate", "interaction")

    await ana.click("Reject", on=card)
    await bot.slack.settled()

    assert ana.modal is not None
    assert ana.modal.title == "Reject"
    assert ana.private_notes() == []
    assert {line["error"] for line in await bot.slack.log("api", "views.open")} == {
        None,
        "exchanged_trigger_id",
    }


async def test_a_press_that_must_be_confirmed_opens_a_window_and_what_is_typed_is_the_vote(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.answers = Outcome(Kind.CONFIRM, approval(), sentence="50000")

    await ana.click("Approve", on=card)
    label = "This is of high risk. To confirm, type 50000"
    await ana.fill(label, "5")
    bot.desk.answers = Outcome(Kind.BAD_ANSWER, approval(), sentence="Please type exactly: 50000")
    wrong = await ana.submit()
    await ana.fill(label, "50000")
    bot.desk.answers = Outcome(Kind.DECIDED)
    await ana.submit()

    assert wrong.errors == {"confirm": "Please type exactly: 50000"}
    assert ana.modal is None
    assert [(click.typed, click.source) for click in bot.desk.clicks] == [
        (None, Source.BUTTON),
        ("5", Source.MODAL),
        ("50000", Source.MODAL),
    ]
    assert (bot.desk.clicks[-1].verdict, bot.desk.clicks[-1].message_ts) == (Verdict.APPROVE, card.ts)


async def test_approve_on_the_web_tells_a_link_to_its_presser_alone(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    payload = await ana.click_payload("Reject", on=card)
    payload["actions"][0]["action_id"] = "approvals.elsewhere"
    bot.desk.answers = Outcome(Kind.READY, approval(), sentence="https://approvals.example.com/approve/x.y")

    await bot.slack.deliver("interaction", payload)

    [note] = ana.private_notes()
    assert "<https://approvals.example.com/approve/x.y|Log in and approve it here.>" in str(note.raw)
    assert bot.slack.person("U0BEN").private_notes() == []
