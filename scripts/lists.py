"""Take the README's pictures of the queue: a card in stages, a filtered list, its window, a history."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Locator, Page, async_playwright, expect

from scripts.palette import shrink
from tests.office import Company
from tests.story.conftest import open_company

PICTURES = Path(__file__).parent.parent / "docs/pictures"
ORDERS = (
    ("ada@example.com", 1_250, "The parcel arrived damaged."),
    ("alan@example.com", 990, "Sent twice."),
    ("grace@example.com", 4_000, "Sent back within a week."),
)


async def take(page: Page) -> None:
    """As Ana sees it."""
    with TemporaryDirectory() as folder:
        async with open_company(Path(folder)) as company:
            await in_stages(page, company)
            await filtered(page, company)


async def in_stages(page: Page, company: Company) -> None:
    """The first stage is passed, Cat is still needed; then what happened to it."""
    given = {"order_id": "order-1041", "amount_cents": 50_000, "customer": "ada@example.com"}
    card = await company.ask("refund_in_stages", given | {"reason": "Never delivered."}, requester=None)
    await company.slack.person("U0CAT").click("Approve", on=card)
    await company.slack.person("U0BEN").click("Approve", on=card)
    await company.slack.until(lambda: "(passed)" in card.text_shown, "the first stage to be passed")
    await opened(page, company, card.channel)
    await picture(page.locator(f'#messages [data-ts="{card.ts}"]'), "stages")
    approval_id = str(card.metadata["event_payload"]["approval_id"])
    await picture(await typed(page, f"/approvals history {approval_id}", "History"), "history")


async def filtered(page: Page, company: Company) -> None:
    """Three small refunds: the list with its filters, and the window before they are approved."""
    room = await company.room()
    for number, (customer, cents, reason) in enumerate(ORDERS, 1042):
        given = {"order_id": f"order-{number}", "amount_cents": cents, "customer": customer, "reason": reason}
        await company.start("refund", given, channel=room)
        await company.recorded(await company.card(customer, channel=room, within=20.0))
    await opened(page, company, room)
    listed = await typed(page, "/approvals mine graph:refund", "Only what you may decide now")
    await picture(listed, "filters")
    await listed.get_by_role("button", name="Approve several").click()
    await expect(page.get_by_role("dialog")).to_contain_text("You are about to approve 3 requests")
    await picture(page.get_by_role("dialog"), "several")


async def opened(page: Page, company: Company, channel: str) -> None:
    await page.goto(f"{company.slack.url}/?person=U0ANA&channel={channel}")
    await page.locator("#messages [data-ts]").first.wait_for()


async def typed(page: Page, command: str, answer: str) -> Locator:
    """The private answer to a command."""
    composer = page.get_by_role("textbox", name="Message #")
    await composer.fill(command)
    await composer.press("Enter")
    note = page.locator("[data-ephemeral]").last
    await expect(note).to_contain_text(answer)
    return note


async def picture(shown: Locator, name: str) -> None:
    await shown.page.mouse.move(0, 0)
    path = PICTURES / f"{name}.png"
    await shown.screenshot(path=path, animations="disabled")
    shrink(path)
    print(f"{name}.png: {path.stat().st_size // 1024} KB", flush=True)


async def main(quiet: tuple[str, ...]) -> None:
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=quiet)
        await take(await browser.new_page(viewport={"width": 1000, "height": 900}))
        await browser.close()


if __name__ == "__main__":
    from scripts.pictures import QUIET

    asyncio.run(main(QUIET))
