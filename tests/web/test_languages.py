"""Our own pages in the language of the workspace."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.blocks.details import shown
from bot.core.links import Ticket
from bot.core.model import Approval
from bot.core.outcome import Kind, Outcome
from bot.texts.languages import Languages
from bot.texts.spoken import speaking
from bot.web.approve import ApprovePages
from bot.web.oidc import Provider
from bot.web.pages import asked
from tests.fakes import FakeTickets

GERMAN = Languages.set_to("de").of("T0ACME")


class NobodysDesk:
    """No link works here."""

    def ticket(self, text: str) -> Ticket | None:
        return None

    async def request(self, ticket: Ticket) -> Approval | None:
        return None

    async def is_them(self, ticket: Ticket, email: str) -> bool:
        return False

    async def approve(self, ticket: Ticket) -> Outcome:
        return Outcome(Kind.UNKNOWN)


async def test_a_link_that_is_over_says_so_in_the_language_of_the_workspace() -> None:
    provider = Provider(
        "https://id.example", "us", "secret", redirect_uri="http://127.0.0.1/approve/callback"
    )
    pages = ApprovePages(NobodysDesk(), provider, FakeTickets(), shown, "http://127.0.0.1", GERMAN)
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as browser:
        answer = await browser.get("/approve/ticket")
        page = await answer.text()

    assert answer.status == 410
    assert '<html lang="de">' in page
    assert "Dieser Link gilt nicht" in page
    assert "Drücken Sie in Slack auf der Karte „Im Web genehmigen“" in page


def test_the_page_with_the_request_has_one_button_that_approves() -> None:
    with speaking(GERMAN):
        page = asked("Refund <b>", "Order: 1", "f00d", csrf="c", who="ana@example.com").text or ""

    assert page.count("<button") == 1
    assert '<button type="submit">Genehmigen</button>' in page
    assert "Refund &lt;b&gt;" in page
    assert "Sie sind angemeldet als ana@example.com. SHA-256 der Anfrage: f00d" in page
