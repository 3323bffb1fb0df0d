"""`/approvals`: the list and its pages, help, and starting a run with a form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks.history import ENTRIES
from bot.core.audit import Fact
from bot.core.filters import Filters
from bot.core.model import Card
from bot.core.outcome import Kind
from bot.ports import CardAt, Found, InvalidInput, Record, StoreUnavailable
from tests.blocks.samples import NOW, approval
from tests.blocks.test_history import trail
from tests.slack.conftest import Bot


def records(*titles: str) -> tuple[Record, ...]:
    """Pending approvals whose cards nobody can link to."""
    made = [
        replace(approval({"title": title}), id=f"aprv_{number:016}") for number, title in enumerate(titles)
    ]
    return tuple(Record(one, Card("C0REFUNDS"), NOW + 60) for one in made)


async def test_the_bare_command_lists_what_waits_with_links(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.page = Found((Record(bot.desk.known, Card("C0REFUNDS", card.ts), NOW + 120),), None, 1)

    await bot.slack.person("U0ANA").command("/approvals", "", channel="C0OPS")

    (note,) = bot.slack.person("U0ANA").private_notes()
    assert "Refund $500.00 to ada@example.com" in note.text_shown
    assert f"/archives/C0REFUNDS/p{card.ts.replace('.', '')}" in str(note.blocks)


async def test_list_is_the_same_in_any_case(bot: Bot) -> None:
    await bot.slack.person("U0ANA").command("/approvals", "LIST", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("Nothing is waiting")


async def test_a_missing_link_does_not_hide_the_list(bot: Bot) -> None:
    card = await bot.post_card()
    bot.desk.page = Found(
        (Record(bot.desk.known, Card("C0REFUNDS", card.ts), NOW), *records("Other")), None, 2
    )
    await bot.slack.fault("hang", "chat.getPermalink", seconds=1.5)

    await bot.slack.person("U0ANA").command("/approvals", "list", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("Other")


async def test_pages_turn_in_place_there_and_back(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    bot.desk.page = Found(records("First"), "cursor-2", 2)
    await ana.command("/approvals", "list", channel="C0OPS")
    bot.desk.page = Found(records("Second"), None, 2)

    await ana.click("Next", on=ana.private_notes()[0])
    second = ana.private_notes()[0].text_shown
    bot.desk.page = Found(records("First"), "cursor-2", 2)
    await ana.click("Previous", on=ana.private_notes()[0])

    assert "Second" in second
    assert len(ana.private_notes()) == 1
    assert "First" in ana.private_notes()[0].text_shown
    assert bot.desk.cursors == [None, "cursor-2", None]


async def test_without_a_way_to_turn_the_page_the_command_is_recommended(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    bot.desk.page = Found(records("First"), "cursor-2", 2)
    await ana.command("/approvals", "list", channel="C0OPS")
    payload = await ana.click_payload("Next", on=ana.private_notes()[0])
    del payload["response_url"]

    await bot.slack.deliver("interaction", payload)

    assert ana.was_told("Slack cannot show another page here")


@pytest.mark.parametrize("words", ["help", "Help", "show", "show a b", "history", "history a b", "start a b"])
async def test_help_explains_the_command(bot: Bot, words: str) -> None:
    await bot.slack.person("U0ANA").command("/approvals", words, channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("/approvals start")
    assert bot.desk.asked_for == []


async def test_a_wrong_filter_is_answered_with_what_is_possible(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    hostile = "thread:* \"}|@thread_id:{* ../ $(id) '; FLUSHALL"

    await ana.command("/approvals", hostile, channel="C0OPS")

    assert ana.was_told("I do not understand “thread:*”. Possible are mine, waiting")
    assert bot.desk.asked_for == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Filters()),
        ("waiting", Filters()),
        ("list mine", Filters(mine=True)),
        ("Graph:Refund", Filters(graph="Refund")),
        ("mine channel:#refunds from:@ben", Filters(mine=True, channel="C0REFUNDS", requester="U0BEN")),
        ("from:me older:2h", Filters(requester="U0ANA", older=7_200.0)),
        ("R&D <now>", Filters(words=("r&d", "<now>"))),
    ],
)
async def test_filters_reach_the_desk_as_they_were_meant(bot: Bot, typed: str, meant: Filters) -> None:
    await bot.slack.person("U0ANA").command("/approvals", typed, channel="C0OPS")

    assert bot.desk.asked_for == [("U0ANA", meant)]


async def test_the_pages_of_a_filtered_list_keep_the_filters_and_the_person(bot: Bot) -> None:
    ana, meant = bot.slack.person("U0ANA"), Filters(mine=True, graph="refund", words=("photo",))
    bot.desk.page = Found(records("First"), "cursor-2", None)
    await ana.command("/approvals", "mine graph:refund photo", channel="C0OPS")

    await ana.click("Next", on=ana.private_notes()[0])
    await ana.click("Previous", on=ana.private_notes()[0])

    assert bot.desk.asked_for == [("U0ANA", meant)] * 3
    assert bot.desk.cursors == [None, "cursor-2", None]
    assert "Only what you may decide now, refund asks and says “photo”." in ana.private_notes()[0].text_shown


async def test_show_tells_all_about_one_by_its_id_or_by_the_link_of_its_card(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.card_at = CardAt("C0REFUNDS", card.ts)
    link = await bot.connection.messenger.link("C0REFUNDS", card.ts)

    await ana.command("/approvals", f"show {bot.desk.known.id}", channel="C0OPS")
    await ana.command("/approvals", f"show {link}", channel="C0OPS")

    notes = ana.private_notes()
    assert bot.desk.looked_up == [("U0ANA", bot.desk.known.id), ("U0ANA", bot.desk.card_at)]
    assert notes[0].text_shown == notes[1].text_shown
    assert "Who may decide" in notes[0].text_shown
    assert notes[0].buttons == []


async def test_show_says_the_same_of_what_is_not_there_and_of_what_is_not_to_be_seen(bot: Bot) -> None:
    await bot.slack.person("U0ANA").command("/approvals", "show nothing-of-the-kind", channel="C0OPS")

    assert bot.slack.person("U0ANA").was_told("There is no such approval that you may see.")


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


async def test_history_tells_what_happened_by_id_or_by_the_link_of_the_card(bot: Bot) -> None:
    card, ana = await bot.post_card(), bot.slack.person("U0ANA")
    bot.desk.card_at = CardAt("C0REFUNDS", card.ts)
    link = await bot.connection.messenger.link("C0REFUNDS", card.ts)
    _, bot.desk.trail = trail((Fact.ASKED, None, {}), (Fact.COMMENTED, "U0CAT", {"text": "Is it broken?"}))

    await ana.command("/approvals", f"history {bot.desk.known.id}", channel="C0OPS")
    await ana.command("/approvals", f"history {link}", channel="C0OPS")

    notes = ana.private_notes()
    assert bot.desk.looked_up == [("U0ANA", bot.desk.known.id), ("U0ANA", bot.desk.card_at)]
    assert notes[0].text_shown == notes[1].text_shown
    assert "The run asked." in notes[0].text_shown
    assert "@Cat commented: “Is it broken?”" in notes[0].text_shown


async def test_pages_of_a_history_turn_in_place_and_ask_again_who_may_see_it(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    facts = [(Fact.COMMENTED, "U0CAT", {"text": f"note {n};"}) for n in range(ENTRIES + 1)]
    _, bot.desk.trail = trail(*facts)
    await ana.command("/approvals", f"history {bot.desk.known.id}", channel="C0OPS")
    note = ana.private_notes()[0]

    await ana.click("Earlier", on=note)
    first = note.text_shown
    await ana.click("Later", on=note)
    second = note.text_shown
    bot.desk.known = approval({"title": "Somebody else's"}, id="another-approval-id")
    await ana.click("Earlier", on=note)

    assert ("note 0;" in first, f"note {ENTRIES};" in first) == (True, False)
    assert ("note 0;" in second, f"note {ENTRIES};" in second) == (False, True)
    assert "There is no such approval that you may see." in note.text_shown
    assert len(ana.private_notes()) == 1


async def test_a_forged_button_of_a_history_shows_nothing(bot: Bot) -> None:
    ana = bot.slack.person("U0ANA")
    facts = [(Fact.COMMENTED, "U0CAT", {"text": f"note {n};"}) for n in range(ENTRIES + 1)]
    _, bot.desk.trail = trail(*facts)
    await ana.command("/approvals", f"history {bot.desk.known.id}", channel="C0OPS")
    payload = await ana.click_payload("Earlier", on=ana.private_notes()[0])
    payload["actions"][0]["value"] = "t1.../../etc.0"
    looked_up = list(bot.desk.looked_up)

    await bot.slack.deliver("interaction", payload)

    assert bot.desk.looked_up == looked_up
    assert ana.was_told("Slack cannot show another page here")
