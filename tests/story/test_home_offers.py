"""App Home shows no button that would be refused: what is typed has a window, the rest has a reason."""

from __future__ import annotations

from bot.simulator.card import Card
from tests.office import PEOPLE, Company
from tests.story.test_app_home import at_home, newcomer, says


async def refused(company: Company, card: Card, by: str = "U0ANA") -> None:
    """So that nothing waits in the Home of the next story."""
    await company.slack.person(by).click("Reject", on=card)
    await company.slack.person(by).submit()
    await company.closed(card)


async def test_what_must_be_typed_opens_its_window_at_home(company: Company) -> None:
    lou, room = await newcomer(company, "lou")
    card = await company.refund("typed-home", channel=room, graph="refund_confirmed")

    home = await at_home(company, lou, "typed-home@example.com")
    assert "Approve asks for something to be typed first" in home.text_shown
    await lou.click("Approve", on=home)
    assert lou.modal is not None
    assert "type 50000" in lou.modal.text_shown
    await lou.fill("This is of high risk. To confirm, type 50000", "5000")
    await lou.submit()
    assert lou.modal is not None
    assert "Please type exactly: 50000" in str(lou.modal.errors)
    assert company.refunds("typed-home") == 0
    await lou.fill("This is of high risk. To confirm, type 50000", "50000")
    await lou.submit()
    await company.closed(card, "Approved by @Lou")
    await company.slack.until(lambda: says(lou, "Your decision is recorded"), "Lou to be told")
    await company.result(card)

    assert company.refunds("typed-home") == 1
    assert [entry.data["source"] for entry in await company.trail(card) if entry.fact == "voted"] == ["home"]


async def test_above_the_ceiling_home_says_where_to_go(company: Company) -> None:
    mo, room = await newcomer(company, "mo")
    card = await company.refund("ceiling-home", channel=room, graph="refund_above_the_ceiling")

    home = await at_home(company, mo, "ceiling-home@example.com")

    assert "Too much is at stake to approve this in Slack: its card says where to go" in home.text_shown
    assert home.buttons == []
    await refused(company, card)


async def test_whose_turn_it_is_not_and_who_was_served_reads_why(company: Company) -> None:
    ana, cat = company.slack.person("U0ANA"), company.slack.person("U0CAT")
    card = await company.refund("turns-home", graph="refund_in_stages", requester=None)

    home = await at_home(company, cat, "turns-home@example.com")
    assert "It is another stage's turn to approve this." in home.text_shown
    assert not any("turns-home" in (button or "") for button in labels(cat))
    await ana.click("Approve", on=card)
    await company.slack.until(lambda: "2. finance (now)" in card.text_shown, "the second stage")
    await at_home(company, ana, "You approved an earlier stage, so somebody else must approve this one.")
    assert not any("turns-home" in label for label in labels(ana))
    await cat.open_home()
    await company.slack.until(lambda: any("turns-home" in label for label in labels(cat)), "Cat's turn")

    await refused(company, card, by="U0CAT")


async def test_who_asked_reads_why_there_is_no_button(company: Company) -> None:
    noa, _ = await newcomer(company, "noa")
    card = await company.refund("own-home", channel=await company.room(*PEOPLE, noa.id), requester=noa.id)

    home = await at_home(company, noa, "own-home@example.com")

    assert "You asked for this, so somebody else must approve it." in home.text_shown
    assert home.buttons == []
    await refused(company, card)


def labels(person: object) -> list[str]:
    """What a screen reader says of each button in somebody's Home."""
    found: list[str] = []

    def look(part: object) -> None:
        if isinstance(part, dict):
            found.extend([str(part["accessibility_label"])] if "accessibility_label" in part else [])
            for inner in part.values():
                look(inner)
        elif isinstance(part, list | tuple):
            for inner in part:
                look(inner)

    home = getattr(person, "home", None)
    look(home.raw if home is not None else None)
    return found
