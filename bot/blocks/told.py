"""What a payload says, with the few words of ours in it in the reader's language."""

from __future__ import annotations

from bot.blocks.text import say
from bot.core import compared, diff, forms, payload
from bot.core.model import JSON, Request
from bot.core.payload import Content
from bot.core.schema import Schema


def content(request: Request) -> Content:
    """Title, fields and text of a request."""
    return payload.content(request, say)


def plain(value: JSON) -> str:
    """A value as a person would write it."""
    return payload.plain(value, say)


def changed(before: Request, after: Request) -> diff.Diff:
    """What changed between two requests."""
    return diff.diff(content(before), content(after), say)


def folded(text: str) -> str:
    """A comparison with long runs of unchanged lines folded."""
    return compared.folded(text, say)


def form_schema(request: Request, *, typed: bool = True) -> Schema:
    """The questions of a form."""
    return forms.form_schema(request, typed=typed, say=say)
