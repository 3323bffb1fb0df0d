"""Take the pictures of docs/shapes.md: every shape of the table as a card, and the list of a batch."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, async_playwright

from bot.simulator.card import Card
from scripts.palette import shrink
from tests.office import Company
from tests.payloads.shapes import SHAPES
from tests.story.conftest import open_company

PICTURES = Path(__file__).parent.parent / "docs/pictures/shapes"
NAMES = ("Ada", "Bob", "Eve", "Kim")


async def take(page: Page) -> None:
    """A picture of each card, as Ana sees it."""
    with TemporaryDirectory() as folder:
        async with open_company(Path(folder)) as company:
            for shape in SHAPES:
                schema = {"schema": shape.schema} if shape.schema else {}
                card = await company.ask(shape.graph, {"payload": shape.payload} | schema)
                await picture(page, company, card, shape.name)
            await picture(page, company, await batch(company), "batch")


async def batch(company: Company) -> Card:
    """The list of four payments, once each has its card."""
    payments = [{"to": name} for name in NAMES[:3]] + [{"to": NAMES[3], "risk": "high"}]
    room = await company.room()
    await company.start("payments", {"payments": payments}, channel=room)
    return await company.slack.until_message(
        lambda m: "Approve all (3)" in m.buttons and str(m.blocks).count("'link'") == len(payments),
        channel=room,
        within=30.0,
    )


async def picture(page: Page, company: Company, card: Card, name: str) -> None:
    await page.goto(f"{company.slack.url}/?person=U0ANA&channel={card.channel}")
    shown = page.locator(f'#messages [data-ts="{card.ts}"]')
    await shown.wait_for()
    await page.mouse.move(0, 0)
    path = PICTURES / f"{name}.png"
    await shown.screenshot(path=path, animations="disabled")
    shrink(path)
    print(f"{name}.png: {path.stat().st_size // 1024} KB", flush=True)


async def main(quiet: tuple[str, ...]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path, args=quiet)
        await take(await browser.new_page(viewport={"width": 760, "height": 900}))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")))
