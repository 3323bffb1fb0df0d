"""`/approve`: who was given a link in Slack logs in, reads the whole request, and approves it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.core.links import Ticket
from bot.core.model import JSON, Approval
from bot.core.outcome import Kind, Outcome
from bot.ports import Tickets
from bot.texts.marks import marked
from bot.texts.spoken import ENGLISH, Catalogue, retold, speaking, translated
from bot.web.oidc import LoginFailed, Provider
from bot.web.pages import HEADERS, asked, told

BROWSER, SESSION = "approvals_browser", "approvals_session"
SECONDS = 600

OVER = marked(
    "This link is over, or was used before. Press “Approve on the web” on the card in Slack for a new one."
)
NOT_RECORDED = marked(
    "Nothing was recorded. Please press “Approve on the web” on the card in Slack, and begin again."
)
LOGIN_FAILED = marked(
    "Nothing was recorded: {}. Please press “Approve on the web” on the card in Slack, and begin again."
)
OTHER = marked("This link was made for somebody else. Nothing was recorded.")
NOTHING = marked(
    "There is nothing to approve here any more. Nothing was recorded; the card in Slack says why."
)

SAID: Mapping[Kind, str] = {
    Kind.DECIDED: marked("Your approval is recorded, and the run goes on."),
    Kind.COUNTED: marked("Your approval is recorded. More people are needed; the card in Slack says who."),
    Kind.REPEATED: marked("Your approval was recorded before; it counts once."),
}
NOT_DONE = marked("Nothing was recorded: you may not approve this now. The card in Slack says who may.")


class WebDesk(Protocol):
    """What the pages hand over to. Every method may raise StoreUnavailable."""

    def ticket(self, text: str) -> Ticket | None: ...

    async def request(self, ticket: Ticket) -> Approval | None: ...

    async def is_them(self, ticket: Ticket, email: str) -> bool: ...

    async def approve(self, ticket: Ticket) -> Outcome: ...


class Shown(Protocol):
    """Title and full text of a request."""

    def __call__(self, approval: Approval) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class ApprovePages:
    """The pages. `public_url` is where a browser finds them; cookies are for HTTPS wherever that is used."""

    desk: WebDesk
    provider: Provider
    tickets: Tickets
    shown: Shown
    public_url: str
    language: Catalogue = ENGLISH

    def routes(self) -> list[web.RouteDef]:
        """The address of the log-in's end first: the other one takes any text."""
        return [
            web.get("/approve/callback", self._spoken(self.callback)),
            web.get("/approve/request", self._spoken(self.show)),
            web.post("/approve/request", self._spoken(self.approve)),
            web.get("/approve/{ticket}", self._spoken(self.begin)),
        ]

    def _spoken(self, page: Handler) -> Handler:
        """Each page in the language of the workspace."""

        async def handle(request: web.Request) -> web.StreamResponse:
            with speaking(self.language):
                return await page(request)

        return handle

    async def begin(self, request: web.Request) -> web.StreamResponse:
        """Send the browser to the log-in; nothing is used up yet, because programs look at links too."""
        text = request.match_info["ticket"]
        if self.desk.ticket(text) is None:
            return told(translated("This link does not work"), translated(OVER), status=410)
        state, nonce, verifier, browser = (secrets.token_urlsafe(48) for _ in range(4))
        try:
            where = await self.provider.begin(state=state, nonce=nonce, verifier=verifier)
        except LoginFailed as failed:
            return told(translated("No log-in now"), _failed(failed), status=502)
        login: JSON = {"ticket": text, "nonce": nonce, "verifier": verifier, "browser": browser}
        await self.tickets.put(f"login {state}", login)
        answer = _elsewhere(where)
        self._cookie(answer, BROWSER, browser)
        return answer

    async def callback(self, request: web.Request) -> web.StreamResponse:
        """The log-in's end: the same browser, a token for us, the person whom the link was made for."""
        login = await self.tickets.take(f"login {request.query.get('state', '')}")
        if not isinstance(login, Mapping) or not _same(request.cookies.get(BROWSER), login["browser"]):
            return told(translated("Please begin again"), translated(NOT_RECORDED), status=400)
        text = str(login["ticket"])
        ticket = self.desk.ticket(text)
        if ticket is None:
            return told(translated("This link does not work"), translated(OVER), status=410)
        nonce, verifier = str(login["nonce"]), str(login["verifier"])
        try:
            code = request.query.get("code", "")
            email = await self.provider.email(code, nonce=nonce, verifier=verifier)
        except LoginFailed as failed:
            return told(translated("You are not logged in"), _failed(failed), status=403)
        if not await self.desk.is_them(ticket, email):
            return told(translated("This is not your link"), translated(OTHER), status=403)
        return await self._let_in(ticket, text, email)

    async def _let_in(self, ticket: Ticket, text: str, email: str) -> web.StreamResponse:
        """Here the link is used up: another log-in with it finds it gone."""
        if not await self.tickets.put(f"used {ticket.id}", True):
            return told(translated("This link does not work"), translated(OVER), status=410)
        session = secrets.token_urlsafe(48)
        held: JSON = {"ticket": text, "email": email, "csrf": secrets.token_urlsafe(48)}
        await self.tickets.put(f"session {session}", held)
        answer = _elsewhere("/approve/request")
        self._cookie(answer, SESSION, session)
        answer.del_cookie(BROWSER, path="/approve")
        return answer

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The whole request. The session is put back as it was: a page may be loaded again."""
        name = f"session {request.cookies.get(SESSION, '')}"
        held = await self.tickets.take(name)
        ticket = self.desk.ticket(str(held["ticket"])) if isinstance(held, Mapping) else None
        if ticket is None or not isinstance(held, Mapping):
            return told(translated("You are not logged in"), translated(NOT_RECORDED), status=403)
        await self.tickets.put(name, held)
        approval = await self.desk.request(ticket)
        if approval is None:
            return told(translated("Nothing to approve"), translated(NOTHING), status=410)
        title, text = self.shown(approval)
        return asked(title, text, approval.request.digest, csrf=str(held["csrf"]), who=str(held["email"]))

    async def approve(self, request: web.Request) -> web.StreamResponse:
        """The vote. It needs the page's own secret: another site can send a form, but cannot read ours."""
        origin = request.headers.get("Origin")
        given = (await request.post()).get("csrf")
        held = await self.tickets.take(f"session {request.cookies.get(SESSION, '')}")
        if not isinstance(held, Mapping) or not _same(given, held["csrf"]) or self._foreign(origin):
            return told(translated("Please begin again"), translated(NOT_RECORDED), status=403)
        ticket = self.desk.ticket(str(held["ticket"]))
        if ticket is None:
            return told(translated("This link does not work"), translated(OVER), status=410)
        outcome = await self.desk.approve(ticket)
        said = SAID.get(outcome.kind)
        if said is None:
            late = outcome.kind in (Kind.TOO_LATE, Kind.UNKNOWN)
            return told(
                translated("Not recorded"),
                translated(NOTHING if late else NOT_DONE),
                status=409 if late else 403,
            )
        return told(translated("Recorded"), translated(said))

    def _foreign(self, origin: str | None) -> bool:
        return origin is not None and origin != self.public_url

    def _cookie(self, answer: web.StreamResponse, name: str, value: str) -> None:
        secure = self.public_url.startswith("https://")
        # Lax, not Strict: the browser comes back from the log-in by a link of another site.
        answer.set_cookie(
            name, value, max_age=SECONDS, path="/approve", httponly=True, samesite="Lax", secure=secure
        )


def _failed(failed: LoginFailed) -> str:
    return translated(LOGIN_FAILED).format(retold(str(failed)))


def _elsewhere(where: str) -> web.Response:
    return web.Response(status=303, headers={**HEADERS, "Location": where})


def _same(given: object, held: object) -> bool:
    return isinstance(given, str) and hmac.compare_digest(
        given.encode("utf-8", "replace"), str(held).encode()
    )
