"""Above the ceiling: a link told in private, a log-in elsewhere, and the same card decided."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.simulator.local import LocalSlack
from bot.store.embedded import EmbeddedRedis
from tests.office import Bot, Company, environ_for
from tests.web.provider import CLIENT, SECRET, IdentityProvider


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """A company with an identity provider, at which everybody is Ana."""
    folder, idp = tmp_path_factory.mktemp("log-in"), IdentityProvider()
    async with EmbeddedRedis.open(folder / "redis") as redis, LocalSlack() as slack, idp.server:
        login = {"OIDC_ISSUER": idp.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
        settings = environ_for(slack.api_url, redis.url, folder) | login
        bot = Bot(settings, folder)
        bot.environ["PUBLIC_URL"] = bot.url
        await slack.settings(events_url=f"{bot.url}/slack/events")
        try:
            await bot.start()
            yield Company(slack, redis, bot, settings)
        finally:
            await bot.stop()


async def test_who_logs_in_approves_and_the_card_tells_it(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("log-in-1", graph="refund_above_the_ceiling")
    assert card.buttons == ["Reject", "Approve on the web"]

    await ana.click("Approve on the web", on=card)
    await company.noted(ana, "Log in and approve it here.", card)
    found = re.search(r"http[^|>\s\"]+/approve/[^|>\s\"]+", str(ana.private_notes()[-1].raw))
    assert found is not None
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(found[0]) as answer:
            page = await answer.text()
        csrf = re.search(r'name="csrf" value="([^"]+)"', page)
        assert csrf is not None, page
        sent = {"csrf": csrf[1]}
        async with browser.post(f"{company.bot.url}/approve/request", data=sent) as answer:
            said = await answer.text()
    await company.closed(card, "Approved by @Ana")
    await company.result(card)

    assert "Your approval is recorded" in said
    assert company.refunds("log-in-1") == 1
    assert (await company.trail(card))[1].data["source"] == "web"


async def test_a_link_for_somebody_else_logs_nobody_in(company: Company) -> None:
    ben = company.slack.person("U0BEN")
    card = await company.refund("log-in-2", graph="refund_above_the_ceiling")

    await ben.click("Approve on the web", on=card)
    await company.noted(ben, "Log in and approve it here.", card)
    found = re.search(r"http[^|>\s\"]+/approve/[^|>\s\"]+", str(ben.private_notes()[-1].raw))
    assert found is not None
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser,
        browser.get(found[0]) as answer,
    ):
        assert answer.status == 403
        assert "made for somebody else" in await answer.text()

    asked, refused = await company.trail(card)
    assert (asked.fact, refused.fact, refused.data["why"]) == ("asked", "refused", "other_person")
    assert refused.by != "U0BEN"
