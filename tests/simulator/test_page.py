"""The page in a real browser: a person reads, presses, fills in and writes, and sees what came of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from bot.simulator.card import Card
from bot.simulator.local import LocalSlack
from tests.simulator.app import App
from tests.simulator.cards import FORM, Json, button, card, mrkdwn, plain

pytestmark = pytest.mark.browser

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def chromium() -> str:
    """The browser to use; without one the tests fail in CI and are skipped elsewhere."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and not os.environ.get("CI"):
        pytest.skip("no chromium binary found: install one to see the page tested")
    assert found, "no chromium binary found"
    return found


@pytest.fixture
async def page(slack: LocalSlack) -> AsyncIterator[Page]:
    """Ana's browser, which must neither fail nor reach for anything but the simulator."""
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        opened = await browser.new_page(viewport={"width": 1280, "height": 900})
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        opened.on(
            "request", lambda made: problems.append(made.url) if _foreign(made.url, slack.url) else None
        )
        yield opened
        await browser.close()
    assert problems == []


async def test_person_approves_in_the_browser(slack: LocalSlack, app: App, page: Page) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund 12 €"))
    await page.goto(f"{slack.url}/?person=U0BEN&channel=C0REFUNDS")

    await row(page, posted).get_by_role("button", name="Approve").click()
    [body] = await app.until("block_actions")
    await app.client.chat_update(channel=posted.channel, ts=posted.ts, text="Approved by <@U0BEN>")

    await expect(row(page, posted)).to_contain_text("Approved by @Ben")
    await expect(row(page, posted).get_by_role("button", name="Approve")).to_have_count(0)
    assert body["user"]["id"] == "U0BEN"


async def test_confirmation_is_asked_and_can_be_refused(slack: LocalSlack, app: App, page: Page) -> None:
    confirm = {key: plain(key) for key in ("title", "text", "confirm", "deny")}
    blocks = [{"type": "actions", "elements": [button("Reject", confirm=confirm)]}]
    posted = await app.post(text="Refund?", blocks=blocks)
    await page.goto(slack.url)
    press = row(page, posted).get_by_role("button", name="Reject")

    await press.click()
    await page.keyboard.press("Escape")
    await press.click()
    await page.get_by_role("button", name="confirm").click()

    assert len(await app.until("block_actions")) == 1


async def test_form_shows_errors_under_its_fields_and_closes_when_sent(
    slack: LocalSlack, app: App, page: Page
) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    app.modal, app.submit_answer = FORM, {"response_action": "errors", "errors": {"feedback": "Say more"}}
    await page.goto(slack.url)
    await row(page, posted).get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog", name="Revise")

    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Please complete this required field.")
    await dialog.get_by_label("Feedback").fill("shorter")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Say more")
    await expect(dialog.get_by_label("Feedback")).to_have_value("shorter")
    app.submit_answer = {}
    await dialog.get_by_role("button", name="Send").click()

    await expect(page.locator("dialog")).to_have_count(0)
    values = app.interactions("view_submission")[-1]["view"]["state"]["values"]
    assert values["feedback"]["text"]["value"] == "shorter"


async def test_escape_closes_a_form_and_the_app_is_told(slack: LocalSlack, app: App, page: Page) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    app.modal = FORM
    await page.goto(slack.url)
    await row(page, posted).get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("dialog")).to_be_visible()

    await page.keyboard.press("Escape")

    await expect(page.locator("dialog")).to_have_count(0)
    assert len(await app.until("view_closed")) == 1


async def test_person_writes_replies_and_types_a_command(slack: LocalSlack, app: App, page: Page) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    await page.goto(slack.url)
    composer = page.get_by_role("textbox", name="Message #refunds")

    await composer.fill("hello *all*")
    await composer.press("Enter")
    await expect(page.locator("strong", has_text="all")).to_be_visible()
    await row(page, posted).hover()
    await row(page, posted).get_by_role("button", name="Reply in thread").click()
    await page.get_by_role("textbox", name="Reply…").fill("make it shorter")
    await page.get_by_role("textbox", name="Reply…").press("Enter")
    await expect(row(page, posted).get_by_text("1 reply")).to_be_visible()
    await composer.fill("/app")
    await composer.press("Tab")
    await composer.press("Enter")

    note = page.locator("[data-ephemeral]")
    await expect(note).to_contain_text("Only visible to you")
    await expect(note).to_contain_text("listed")
    assert [reply.text for reply in posted.replies] == ["make it shorter"]


async def test_click_that_did_not_arrive_is_marked(slack: LocalSlack, app: App, page: Page) -> None:
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    await slack.fault("never", "interaction")
    await page.goto(slack.url)

    await row(page, posted).get_by_role("button", name="Approve").click()

    await expect(row(page, posted).get_by_role("alert")).to_contain_text("Not delivered")


async def test_each_person_sees_their_own_screen(slack: LocalSlack, app: App, page: Page) -> None:
    await app.client.chat_postEphemeral(channel="C0REFUNDS", user="U0BEN", text="only Ben")
    await app.client.views_publish(user_id="U0BEN", view={"type": "home", "blocks": card("Ben's list")})
    await app.post("C0PLANS", text="news")
    await page.goto(slack.url)

    await expect(page.get_by_text("only Ben")).to_have_count(0)
    await expect(page.locator('[data-channel-id="C0PLANS"] [aria-label="unread messages"]')).to_be_visible()
    await page.get_by_role("button", name="Ben").click()
    await expect(page.get_by_text("only Ben")).to_be_visible()
    await page.locator('[data-channel-id="home"]').click()
    await expect(page.get_by_role("heading", name="Ben's list")).to_be_visible()
    assert "person=U0BEN&channel=home" in page.url


async def test_untrusted_text_stays_text(slack: LocalSlack, app: App, page: Page) -> None:
    blocks = [
        {"type": "header", "text": plain(NASTY)},
        {"type": "section", "text": mrkdwn(f"{NASTY} <javascript:alert(1)|press>")},
        {"type": "markdown", "text": f"{NASTY} [press](javascript:alert(1))"},
        {"type": "rich_text", "elements": [_rich(NASTY)]},
    ]
    posted = await app.post(text=NASTY, blocks=blocks)
    await page.goto(slack.url)

    await expect(row(page, posted).get_by_text("<script>alert(1)</script>").first).to_be_visible()
    await expect(row(page, posted).locator("script, img")).to_have_count(0)
    await expect(row(page, posted).locator('a[href^="javascript"]')).to_have_count(0)


async def test_markup_is_shown_as_slack_shows_it(slack: LocalSlack, app: App, page: Page) -> None:
    text = (
        "~old~ *new* <@U0CAT> <!date^0^{date_num} {time}|never> <https://x.test|link>\n> quoted\n```code```"
    )
    posted = await app.post(text="x", blocks=[{"type": "section", "text": mrkdwn(text)}])
    await page.goto(slack.url)
    shown = row(page, posted)

    await expect(shown.locator("s")).to_have_text("old")
    await expect(shown.locator("strong", has_text="new")).to_be_visible()
    await expect(shown.locator(".mention")).to_have_text("@Cat")
    await expect(shown.locator("time", has_text="1970")).to_have_text("1970-01-01 01:00")
    await expect(shown.get_by_role("link", name="link")).to_have_attribute("href", "https://x.test")
    await expect(shown.locator("blockquote")).to_have_text("quoted")
    await expect(shown.locator("pre")).to_have_text("code")


async def test_choices_in_a_form_arrive_typed(slack: LocalSlack, app: App, page: Page) -> None:
    options = [{"text": plain(word), "value": word} for word in ("low", "high")]
    kinds = ("static_select", "radio_buttons", "checkboxes", "datepicker", "multi_users_select")
    fields: list[Json] = [
        {"type": "input", "block_id": kind, "label": plain(kind), "element": {"type": kind, "action_id": "a"}}
        for kind in kinds
    ]
    for field in fields[:3]:
        field["element"]["options"] = options
    posted = await app.post(text="Refund?", blocks=card("Refund"))
    app.modal = FORM | {"blocks": fields}
    await page.goto(slack.url)
    await row(page, posted).get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog", name="Revise")

    await dialog.get_by_label("static_select").select_option("high")
    await dialog.locator('[data-block-id=radio_buttons] input[value="low"]').check()
    await dialog.locator('[data-block-id=checkboxes] input[value="high"]').check()
    await dialog.get_by_label("datepicker").fill("2026-11-30")
    await dialog.get_by_label("Cat").check()
    await dialog.get_by_role("button", name="Send").click()
    await expect(page.locator("dialog")).to_have_count(0)

    values = app.interactions("view_submission")[0]["view"]["state"]["values"]
    states = {kind: values[kind]["a"] for kind in kinds}
    assert states["static_select"]["selected_option"]["value"] == "high"
    assert states["radio_buttons"]["selected_option"]["value"] == "low"
    assert [option["value"] for option in states["checkboxes"]["selected_options"]] == ["high"]
    assert states["datepicker"]["selected_date"] == "2026-11-30"
    assert states["multi_users_select"]["selected_users"] == ["U0CAT"]


def row(page: Page, message: Card) -> Locator:
    return page.locator(f'#messages [data-ts="{message.ts}"]')


def _rich(text: str) -> Json:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


def _foreign(url: str, own: str) -> bool:
    return urlsplit(url).scheme not in ("data",) and not url.startswith(own)
