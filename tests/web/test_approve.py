"""Approving above the ceiling: a link of one's own, a log-in, the whole request, one vote."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from bot.approvals.elsewhere import WebDesk, link
from bot.approvals.voting import vote
from bot.blocks.details import shown
from bot.core.audit import Fact
from bot.core.links import Ticket, write_ticket
from bot.core.model import Approval, Source, State, Verdict
from bot.core.outcome import Kind
from bot.core.policy import Policy, Rule, Why
from bot.core.risk import Risk
from bot.web.approve import ApprovePages
from bot.web.errors import middlewares
from bot.web.oidc import Provider
from tests.approvals.conftest import Scene
from tests.fakes import FakeTickets
from tests.web.provider import CLIENT, OTHER_KEY, SECRET, IdentityProvider

CRITICAL = Policy(
    answer="decision", ceiling=Risk.CRITICAL, rules=(Rule("payload != null", risk=Risk.CRITICAL),)
)
Client = TestClient[web.Request, web.Application]


@dataclass
class Site:
    """Our pages, the provider, and the people; `ana` has a browser."""

    scene: Scene
    idp: IdentityProvider
    ana: Client
    tickets: FakeTickets
    approval: Approval

    @property
    def url(self) -> str:
        return str(self.ana.make_url("")).rstrip("/")

    async def link(self, by: str = "U0ANA") -> str:
        """The path of a link that somebody got in Slack."""
        click = self.scene.click(self.approval, Verdict.APPROVE, by)
        found = await link(self.scene.world, click, clock=lambda: self.scene.clock.now)
        assert found.kind is Kind.READY, found
        return urlsplit(found.sentence or "").path

    async def log_in(self, path: str) -> tuple[int, str]:
        answer = await self.ana.get(path)
        return answer.status, await answer.text()

    async def press(self, page: str, **headers: str) -> tuple[int, str]:
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        return await self.post(found[1] if found else "", **headers)

    async def post(self, csrf: str, **headers: str) -> tuple[int, str]:
        answer: ClientResponse = await self.ana.post("/approve/request", data={"csrf": csrf}, headers=headers)
        return answer.status, await answer.text()

    @property
    def state(self) -> State:
        return self.scene.now(self.approval).state


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    scene = Scene(policy=CRITICAL)
    scene.directory.emails = {"ana@example.com": "U0ANA", "ben@example.com": "U0BEN"}
    idp, tickets, port = IdentityProvider(), FakeTickets(), unused_port()
    url = f"http://127.0.0.1:{port}"
    object.__setattr__(scene.world, "public_url", url)
    await idp.server.start_server()
    provider = Provider(idp.issuer, CLIENT, SECRET, redirect_uri=f"{url}/approve/callback")
    desk = WebDesk(scene.world, clock=lambda: scene.clock.now)
    app = web.Application(middlewares=middlewares(lambda: "R0001"))
    app.add_routes(ApprovePages(desk, provider, tickets, shown, url).routes())
    async with TestClient(TestServer(app, port=port), cookie_jar=CookieJar(unsafe=True)) as ana:
        yield Site(scene, idp, ana, tickets, await scene.asked())
    await idp.server.close()


async def test_who_logs_in_sees_the_whole_request_and_approves_it_once(site: Site) -> None:
    status, page = await site.log_in(await site.link())
    again_status, again = await site.log_in("/approve/request")
    done = await site.press(page, Origin=site.url)

    assert (status, again_status, again) == (200, 200, page)
    assert site.approval.request.digest in page
    assert "ana@example.com" in page
    assert done[0] == 200
    assert "Your approval is recorded" in done[1]
    assert site.state is State.DECIDED
    voted = next(entry for entry in site.scene.store.trail if entry.fact is Fact.VOTED)
    assert (voted.by, voted.data["source"]) == ("U0ANA", Source.WEB)


async def test_nothing_of_a_request_becomes_markup_and_nothing_is_loaded(site: Site) -> None:
    path = await site.link()
    request = replace(site.approval.request, payload={"title": "<script>x</script>", "body": "</pre><form>"})
    site.scene.store.approvals[site.approval.id] = replace(site.approval, request=request)

    answer = await site.ana.get(path)
    page = await answer.text()

    assert "<script>" not in page
    assert page.count("<form") == 1
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; form-action 'self'")
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")


@pytest.mark.parametrize("source", [Source.BUTTON, Source.MODAL, Source.REPLY])
async def test_in_slack_nobody_approves_it_whatever_they_send(site: Site, source: Source) -> None:
    click = replace(site.scene.click(site.approval, Verdict.APPROVE), source=source, typed="APPROVE")

    outcome = await vote(site.scene.world, click)

    assert (outcome.why, site.state) == (Why.CEILING, State.PENDING)


async def test_in_slack_everybody_may_still_reject_it(site: Site) -> None:
    outcome = await vote(site.scene.world, site.scene.click(site.approval, Verdict.REJECT))

    assert outcome.kind is Kind.DECIDED


async def test_who_may_not_approve_gets_no_link(site: Site) -> None:
    site.scene.directory.outsiders.add("U0BEN")
    ben = site.scene.click(site.approval, Verdict.APPROVE, "U0BEN")
    requester = site.scene.click(site.approval, Verdict.APPROVE, "U0REQ")

    assert (await link(site.scene.world, ben)).why is Why.NOT_AN_APPROVER
    assert (await link(site.scene.world, requester)).why is Why.REQUESTER


async def test_who_may_not_approve_any_more_when_the_button_is_pressed_does_not(site: Site) -> None:
    _, page = await site.log_in(await site.link())
    site.scene.directory.outsiders.add("U0ANA")

    status, said = await site.press(page)

    assert (status, site.state) == (403, State.PENDING)
    assert "you may not approve this now" in said


async def test_a_link_works_once(site: Site) -> None:
    path = await site.link()
    _, page = await site.log_in(path)
    again = await site.log_in(path)
    await site.press(page)
    after = await site.log_in(path)

    assert (again[0], after[0]) == (410, 410)
    assert len(site.scene.now(site.approval).votes) == 1


async def test_a_page_sent_off_twice_is_one_vote(site: Site) -> None:
    _, page = await site.log_in(await site.link())
    first, second = await site.press(page), await site.press(page)

    assert (first[0], second[0]) == (200, 403)
    assert len(site.scene.now(site.approval).votes) == 1


async def test_a_link_is_over_after_ten_minutes_before_and_after_the_log_in(site: Site) -> None:
    early, late = await site.link(), await site.link()
    _, page = await site.log_in(early)
    site.scene.clock.advance(600.0)

    assert (await site.log_in(late))[0] == 410
    assert (await site.press(page))[0] == 410
    assert site.state is State.PENDING


async def test_a_link_is_for_one_person(site: Site) -> None:
    path = await site.link("U0BEN")

    status, said = await site.log_in(path)

    assert status == 403
    assert "made for somebody else" in said
    site.idp.email = "ben@example.com"
    assert (await site.log_in(path))[0] == 200


@pytest.mark.parametrize("place", [0, 20, -1, -20])
async def test_a_link_that_was_changed_or_made_by_others_is_no_link(site: Site, place: int) -> None:
    path = await site.link()
    text = path.removeprefix("/approve/")
    changed = f"{text[:place]}{'A' if text[place] != 'A' else 'B'}{text[place:][1:]}"
    with_other_key = write_ticket(Ticket("id", site.approval.id, 1, "U0ANA", 9e9), b"another key")

    # The last character of a base64 text may carry bits that nobody reads: the text itself is compared.
    assert (await site.log_in(f"/approve/{changed}"))[0] == 410
    assert (await site.log_in(f"/approve/{with_other_key}"))[0] == 410
    assert (await site.log_in("/approve/x"))[0] == 410


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-app"},
        {"aud": [CLIENT, "another-app"]},
        {"aud": None},
        {"exp": 1_000},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": "eve@example.com"},
    ],
)
async def test_a_token_that_is_not_exactly_right_lets_nobody_in(site: Site, bent: dict[str, Any]) -> None:
    site.idp.bent = bent

    status, _ = await site.log_in(await site.link())

    assert status == 403
    assert (await site.log_in("/approve/request"))[0] == 403
    assert site.state is State.PENDING


async def test_a_token_signed_by_somebody_else_lets_nobody_in(site: Site) -> None:
    site.idp.key = OTHER_KEY

    assert (await site.log_in(await site.link()))[0] == 403


async def test_a_provider_that_calls_itself_another_is_not_asked(site: Site) -> None:
    site.idp.named = "https://evil.example"

    assert (await site.log_in(await site.link()))[0] == 502


async def test_another_browser_cannot_end_a_log_in(site: Site) -> None:
    """Somebody who makes Ana's browser follow the end of their own log-in gets nowhere."""
    begun = await site.ana.get(await site.link(), allow_redirects=False)
    back = await site.ana.session.get(begun.headers["Location"], allow_redirects=False)
    site.ana.session.cookie_jar.clear()

    assert (await site.log_in(back.headers["Location"].removeprefix(site.url)))[0] == 400


@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?state=", "?code=y"])
async def test_a_made_up_end_of_a_log_in_is_refused(site: Site, query: str) -> None:
    assert (await site.log_in(f"/approve/callback{query}"))[0] == 400


async def test_a_code_cannot_be_used_for_another_log_in(site: Site) -> None:
    """The verifier and the nonce belong to one log-in."""
    first = await site.ana.get(await site.link(), allow_redirects=False)
    stolen = await site.ana.session.get(first.headers["Location"], allow_redirects=False)
    code = parse_qs(urlsplit(stolen.headers["Location"]).query)["code"][0]
    second = await site.ana.get(await site.link(), allow_redirects=False)
    state = parse_qs(urlsplit(second.headers["Location"]).query)["state"][0]

    assert (await site.log_in(f"/approve/callback?code={code}&state={state}"))[0] == 403


async def test_a_form_of_another_site_is_refused(site: Site) -> None:
    _, page = await site.log_in(await site.link())
    forged = await site.post("guessed")
    after = await site.press(page)

    assert (forged[0], after[0], site.state) == (403, 403, State.PENDING)


async def test_a_right_form_sent_from_another_site_is_refused(site: Site) -> None:
    _, page = await site.log_in(await site.link())

    assert (await site.press(page, Origin="https://evil.example"))[0] == 403
    assert site.state is State.PENDING


async def test_what_was_decided_meanwhile_is_not_approved(site: Site) -> None:
    _, page = await site.log_in(await site.link())
    await vote(site.scene.world, site.scene.click(site.approval, Verdict.REJECT, "U0BEN"))

    assert (await site.log_in("/approve/request"))[0] == 410
    assert (await site.press(page))[0] == 409
    decision = site.scene.now(site.approval).decision
    assert decision is not None
    assert decision.verdict is Verdict.REJECT
