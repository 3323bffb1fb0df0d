"""The whole product in a browser: Ana sends a plan back in the page, sees what changed, and approves it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.simulator.card import Card
from tests.office import Company
from tests.simulator.test_page import QUIET, chromium

pytestmark = pytest.mark.browser

WITHIN = 20_000  # milliseconds for what the bot does behind the page


@pytest_asyncio.fixture(loop_scope="session")
async def page() -> AsyncIterator[Page]:
    """A browser window that nothing may go wrong in."""
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        opened = await browser.new_page(viewport={"width": 1280, "height": 900})
        opened.on("pageerror", lambda error: problems.append(str(error)))
        yield opened
        await browser.close()
    assert problems == []


async def test_ana_sends_a_plan_back_in_the_page_and_approves_the_second_version(
    company: Company, page: Page
) -> None:
    first = await company.plan("a bicycle shed")
    await page.goto(f"{company.slack.url}/?person=U0ANA&channel={first.channel}")

    await press(shown(page, first), "Revise")
    form = page.get_by_role("dialog")
    await form.get_by_label("Feedback").fill("replace five people with ten people")
    await press(form, "Revise")
    second = await company.card("version 2", channel=first.channel)
    await expect(shown(page, second)).to_contain_text("What changed since revision 1")
    difference = await shown(page, second).locator("pre").last.inner_text()
    await expect(shown(page, first)).to_contain_text("Sent back by @Ana", timeout=WITHIN)
    await expect(shown(page, first).get_by_role("button", name="Approve")).to_have_count(0, timeout=WITHIN)

    await press(shown(page, second), "Approve")
    await expect(shown(page, second)).to_contain_text("Approved by @Ana", timeout=WITHIN)
    await shown(page, second).locator(".replies").click(timeout=WITHIN)
    await expect(page.get_by_label("Thread messages")).to_contain_text("Plan published, version 2")

    assert "-2. Try it with five people and note what confuses them" in difference
    assert "+2. Try it with ten people and note what confuses them" in difference


async def test_a_form_without_words_says_so_and_stays_open(company: Company, page: Page) -> None:
    card = await company.plan("a garden")
    await page.goto(f"{company.slack.url}/?person=U0ANA&channel={card.channel}")

    await press(shown(page, card), "Revise")
    form = page.get_by_role("dialog")
    await form.get_by_label("Feedback").fill("   ")
    await press(form, "Revise")

    await expect(form.get_by_role("alert")).to_be_visible(timeout=WITHIN)
    await press(form, "Cancel")
    await expect(form).to_have_count(0)
    assert card.buttons == ["Approve", "Reject", "Revise"]


async def test_ana_starts_a_refund_in_the_page_and_ben_approves_it(company: Company, page: Page) -> None:
    room = await company.room()
    await page.goto(f"{company.slack.url}/?person=U0ANA&channel={room}")

    composer = page.get_by_role("textbox", name="Message #")
    await composer.fill("/approvals start refund")
    await composer.press("Enter")
    form = page.get_by_role("dialog")
    await form.get_by_label("Order").fill("order-in-the-page")
    await form.get_by_label("Amount").fill("1999")
    await form.get_by_label("Customer").fill("page@example.com")
    await press(form, "Start")
    card = await company.card("$19.99", channel=room)
    await page.goto(f"{company.slack.url}/?person=U0BEN&channel={room}")
    await press(shown(page, card), "Approve")

    await expect(shown(page, card)).to_contain_text("Approved by @Ben", timeout=WITHIN)
    await company.told(card, "issued, $19.99")
    assert company.refunds("order-in-the-page") == 1


def shown(page: Page, card: Card) -> Locator:
    return page.locator(f'#messages [data-ts="{card.ts}"]')


async def press(where: Locator, name: str) -> None:
    await where.get_by_role("button", name=name).click(timeout=WITHIN)
