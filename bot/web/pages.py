"""Our own pages as HTML: plain, without scripts, and every word of a request escaped."""

from __future__ import annotations

from html import escape

from aiohttp import web

from bot.texts.marks import marked
from bot.texts.spoken import spoken, translated

# Nothing is loaded, nothing runs, nobody frames it, and nobody learns the address it was opened from.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


WHO = marked("You are logged in as {}. SHA-256 of the request: {}")
OTHERWISE = marked("To reject it or send it back, use the buttons in Slack. To do nothing, close this page.")


def told(title: str, sentence: str, *, status: int = 200) -> web.Response:
    """A page that says one thing."""
    return _page(title, f"<p>{escape(sentence)}</p>", status)


def asked(title: str, text: str, digest: str, *, csrf: str, who: str) -> web.Response:
    """The whole request, and the one button."""
    body = (
        f"<h2>{escape(title)}</h2><pre>{escape(text)}</pre>"
        f"<p>{escape(translated(WHO).format(who, digest))}</p>"
        '<form method="post" action="/approve/request">'
        f'<input type="hidden" name="csrf" value="{escape(csrf)}">'
        f'<button type="submit">{escape(translated("Approve"))}</button></form>'
        f"<p>{escape(translated(OTHERWISE))}</p>"
    )
    return _page(translated("Approve this request?"), body, 200)


def _page(title: str, body: str, status: int) -> web.Response:
    language, named = escape(spoken().language), f'<meta charset="utf-8"><title>{escape(title)}</title>'
    head = f'<!doctype html><html lang="{language}"><head>{named}</head>'
    text = f"{head}<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
