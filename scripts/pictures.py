"""Take the README's pictures: start the demo in a folder of its own, play it in a browser, photograph it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Locator, Page, async_playwright, expect

PICTURES = Path(__file__).parent.parent / "docs/pictures"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


async def take(page: Page, slack: str) -> None:
    """Ana looks at a refund, sends a plan back, asks what is waiting, and approves the refund."""
    await pending(page, slack)
    await revised(page, slack)
    await waiting(page, slack)
    await home(page, slack)
    await decided(page, slack)


async def pending(page: Page, slack: str) -> None:
    await page.goto(f"{slack}/?person=U0ANA&channel=C0REFUNDS")
    await expect(button(newest(page), "Approve")).to_be_visible()
    await page.screenshot(path=PICTURES / "pending.png")


async def revised(page: Page, slack: str) -> None:
    await page.goto(f"{slack}/?person=U0ANA&channel=C0PLANS")
    await button(newest(page), "Revise").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Feedback").fill("replace five people with ten people")
    await button(form, "Revise").click()
    await expect(newest(page)).to_contain_text("What changed since revision 1")
    await page.mouse.move(0, 0)
    await page.set_viewport_size({"width": 1000, "height": 900})
    await newest(page).screenshot(path=PICTURES / "revised.png")
    await page.set_viewport_size({"width": 1000, "height": 600})


async def german(page: Page, slack: str) -> None:
    """The same as `revised`, for a workspace that reads German."""
    await page.goto(f"{slack}/?person=U0ANA&channel=C0PLANS")
    await button(newest(page), "Überarbeiten lassen").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Feedback").fill("zehn statt fünf Personen fragen")
    await button(form, "Überarbeiten lassen").click()
    await expect(newest(page)).to_contain_text("Was sich geändert hat seit Fassung 1")
    await page.mouse.move(0, 0)
    await page.set_viewport_size({"width": 1000, "height": 900})
    await newest(page).screenshot(path=PICTURES / "german.png")


async def waiting(page: Page, slack: str) -> None:
    await page.goto(f"{slack}/?person=U0ANA&channel=C0OPS")
    composer = page.get_by_role("textbox", name="Message #ops")
    await composer.fill("/approvals mine")
    await composer.press("Enter")
    await expect(page.locator("[data-ephemeral]")).to_contain_text("Waiting for you")
    await page.locator("[data-ephemeral]").screenshot(path=PICTURES / "list.png")


async def home(page: Page, slack: str) -> None:
    await page.goto(f"{slack}/?person=U0ANA&channel=home")
    await expect(page.locator(".home")).to_contain_text("Waiting for you")
    await page.set_viewport_size({"width": 1000, "height": 980})
    await page.screenshot(path=PICTURES / "home.png")
    await page.set_viewport_size({"width": 1000, "height": 600})


async def decided(page: Page, slack: str) -> None:
    await page.goto(f"{slack}/?person=U0ANA&channel=C0REFUNDS")
    card = newest(page)
    await button(card, "Approve").click()
    await expect(card).to_contain_text("the run has taken the answer")
    await card.locator(".replies").click()
    await expect(page.get_by_label("Thread messages")).to_contain_text("issued")
    await page.mouse.move(0, 0)
    await page.screenshot(path=PICTURES / "decided.png")


def newest(page: Page) -> Locator:
    return page.locator("#messages [data-ts]").last


def button(where: Locator, name: str) -> Locator:
    return where.get_by_role("button", name=name)


@asynccontextmanager
async def demo(folder: str, **environ: str) -> AsyncIterator[str]:
    """The demo on free ports, with nothing in it from last time; yields the address of its page."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "demo", "--slack-port", "0"),
        env=os.environ | {"APPROVALS_DATA": folder, "PORT": "0"} | environ,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield await _address(process)
    finally:
        process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None  # noqa: S101 - asked for above
    async for line in process.stdout:
        if found := re.search(r"Open +(http://\S+)", line.decode()):
            return found[1]
    raise SystemExit("the demo ended before it said where its page is")


async def main() -> None:
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with TemporaryDirectory() as folder:
        async with demo(folder) as slack, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, args=QUIET)
            await take(await browser.new_page(viewport={"width": 1000, "height": 600}), slack)
            await browser.close()
    with TemporaryDirectory() as folder:
        async with demo(folder, APPROVALS_LANGUAGE="de") as slack, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, args=QUIET)
            await german(await browser.new_page(viewport={"width": 1000, "height": 600}), slack)
            await browser.close()
    for picture in sorted(PICTURES.glob("*.png")):
        print(f"{picture.name}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    asyncio.run(main())
