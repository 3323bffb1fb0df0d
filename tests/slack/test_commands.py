"""`/approvals`: the list and its pages, help, and starting a run with a form."""

from __future__ import annotations

from dataclasses import replace

from bot.core.model import Card
from bot.core.outcome import Kind
from bot.ports import InvalidInput, Page, Record, StoreUnavailable
from tests.blocks.samples import NOW, approval
from tests.slack.conftest import Bot


def records(*titles: str) -> tuple[Record, ...]:
    """Pending approvals whose cards nobody can link to."""
    made = [
        replace(approval({"title": title}), id=f"aprv_{number:016}") for number, title in enumerate(titles)
    ]
    return tuple(Record(one, Card("C0REFUNDS"), NOW + 60) for one in made)


async def test_the_bare_command_lists_what_waits_with_links(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.page = Page((Record(bot.desk.known, Card("C0REFUNDS", card.ts), NOW + 120),), None, 1)

    await bot.slack.person("U0ANA").command("/approvals", "", channel="C0OPS")

    (note,) = bot.slack.person("U0ANA").private_notes()
    assert "Refund $500.00 to ada@example.com" in note.text_shown
    assert f"/archives/C0REFUNDS/p{card.ts.replace('.', '')}" in str(note.blocks)


async def test_list_is_the_same_in_any_case(bot: Bot) -> None:
    await bot.slack.person("U0ANA").command("/approvals", "LIST", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("Nothing is waiting")


async def test_a_missing_link_does_not_hide_the_list(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.page = Page(
        (Record(bot.desk.known, Card("C0REFUNDS", card.ts), NOW), *records("Other")), None, 2
    )
    await bot.slack.fault("hang", "chat.getPermalink", seconds=1.5)

    await bot.slack.person("U0ANA").command("/approvals", "list", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("Other")


async def test_pages_turn_in_place_there_and_back(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    bot.desk.page = Page(records("First"), "cursor-2", 2)
    await ana.command("/approvals", "list", channel="C0OPS")
    bot.desk.page = Page(records("Second"), None, 2)

    await ana.click("Next", on=ana.private_notes()[0])
    second = ana.private_notes()[0].text_shown
    bot.desk.page = Page(records("First"), "cursor-2", 2)
    await ana.click("Previous", on=ana.private_notes()[0])

    assert "Second" in second
    assert len(ana.private_notes()) == 1
    assert "First" in ana.private_notes()[0].text_shown
    assert bot.desk.cursors == [None, "cursor-2", None]


async def test_without_a_way_to_turn_the_page_the_command_is_recommended(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    bot.desk.page = Page(records("First"), "cursor-2", 2)
    await ana.command("/approvals", "list", channel="C0OPS")
    payload = await ana.click_payload("Next", on=ana.private_notes()[0])
    del payload["response_url"]

    await bot.slack.deliver("interaction", payload)

    assert ana.was_told("Slack cannot show another page here")


async def test_help_and_unknown_words_explain_the_command(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    hostile = "thread:* \"}|@thread_id:{* ../ $(id) '; FLUSHALL"

    await ana.command("/approvals", "help", channel="C0OPS")
    await ana.command("/approvals", hostile, channel="C0OPS")

    helps = [note.text_shown for note in ana.private_notes()]
    assert len(helps) == 2
    assert all("/approvals start" in text for text in helps)


async def test_start_alone_lists_the_graphs(bot: Bot) -> None:
    await bot.slack.person("U0ANA").command("/approvals", "start", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("refund: Refund an order")


async def test_an_unknown_graph_is_named_and_the_known_ones_are_listed(bot: Bot) -> None:
    await bot.slack.person("U0ANA").command("/approvals", "start refnd", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("There is no graph named refnd.")
    assert bot.slack.person("U0ANA").was_told("refund: Refund an order")


async def test_a_form_starts_a_run_with_typed_input(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    await ana.command("/approvals", "start refund", channel="C0OPS")
    view_id = ana.modal.raw["id"] if ana.modal else ""
    await ana.fill("Order", "1001")
    await ana.fill("Amount", "500")

    await ana.submit()

    assert bot.desk.started == [("refund", {"order": "1001", "amount": 500}, "C0OPS", "U0ANA", view_id)]
    assert ana.modal is not None
    assert "refund is running" in ana.modal.text_shown


async def test_a_value_that_does_not_fit_is_named_under_its_question(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    await ana.command("/approvals", "start refund", channel="C0OPS")
    await ana.fill("Order", "1001")
    await ana.fill("Amount", "0")

    await ana.submit()

    assert bot.desk.started == []
    assert ana.modal is not None
    assert "minimum" in ana.modal.errors["Amount"]


async def test_what_the_graph_refuses_is_named_under_its_question(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    await ana.command("/approvals", "start refund", channel="C0OPS")
    await ana.fill("Order", "1001")
    await ana.fill("Amount", "500")
    bot.desk.broken = InvalidInput("input.amount", "more than was paid")
    await ana.submit()
    first = ana.modal.errors if ana.modal else {}
    bot.desk.broken = InvalidInput("channel", "no channel given")
    await ana.submit()

    assert first == {"Amount": "more than was paid"}
    assert ana.modal is not None
    assert ana.modal.errors == {"Order": "no channel given"}


async def test_the_list_says_when_the_record_is_away(bot: Bot) -> None:
    bot.desk.broken = StoreUnavailable("down")

    seen = await bot.slack.person("U0ANA").command("/approvals", "list", channel="C0OPS")

    assert seen.delivered
    assert bot.slack.person("U0ANA").was_told("our record cannot be reached now")


async def test_another_command_is_answered(bot: Bot) -> None:
    await bot.slack.settings(commands=["/approvals", "/other"])

    seen = await bot.slack.person("U0ANA").command("/other", "x", channel="C0OPS")

    assert seen.delivered
    assert bot.slack.person("U0ANA").was_told("I do not know this command")


async def test_a_window_that_only_shows_something_closes_without_a_word(bot: Bot) -> None:
    bot.desk.known = approval({"title": "Long", "body": "word " * 2_000})
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    await ana.click("View full", on=card)

    await ana.close()

    assert ana.modal is None
    assert [outcome for outcome, *_ in bot.desk.told if outcome.kind is not Kind.READY] == []
