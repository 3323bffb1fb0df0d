"""What both clients send with every request, and how an httpx answer becomes ours."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx

from bot.client.steps import Answer, Call


@dataclass(frozen=True, slots=True)
class Door:
    """The bot's address and its token, which stands in no repr and no error."""

    url: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raises ValueError with what to do."""
        if not _is_address(self.url):
            raise ValueError("url must be the bot's address, such as http://127.0.0.1:3000")
        if httpx.URL(self.url).userinfo:
            raise ValueError("url must not hold a password: it would be logged; give the token")
        # httpx quotes a header it cannot send, so what cannot be sent must not get there.
        if not self.token or not self.token.isascii() or not self.token.isprintable() or " " in self.token:
            raise ValueError("token must be printable ASCII without spaces: the bot's APPROVALS_API_TOKEN")

    def request(self, call: Call) -> httpx.Request:
        """The request to send."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        headers |= {"Idempotency-Key": call.key} if call.key is not None else {}
        headers |= {"Content-Type": "application/json"} if call.body is not None else {}
        return httpx.Request(
            call.method, self.url.rstrip("/") + call.path, headers=headers, content=call.body
        )


def _is_address(url: str) -> bool:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    fine = parts.scheme in ("http", "https") and bool(parts.host) and (parts.port or 1) <= 65535
    return fine and not parts.query and not parts.fragment


def answered(response: httpx.Response) -> Answer:
    """An answer with its body read."""
    return Answer(response.status_code, response.text, response.headers.get("Retry-After"))


def unanswered(trouble: httpx.HTTPError) -> Answer:
    """No answer: the kind of trouble is told, its text may hold what was sent."""
    return Answer(None, type(trouble).__name__)
