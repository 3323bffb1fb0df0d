"""What an approval is about: the payload on a card, as much as fits, and the full text of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.blocks.parts import HEADER, Block, address, line, preformatted, rich_text, section, span
from bot.blocks.text import count, cut, say, visible
from bot.blocks.told import content, folded
from bot.core.convention import Attachments
from bot.core.model import Approval, Request
from bot.core.payload import Content

# Slack publishes no size for a whole message (only the error msg_blocks_too_long), and a reviewer reads no
# more than this before deciding; the rest is behind "View full".
SUMMARY = 1_000
LABEL = 80
INLINE = 120  # a longer value, or one with line breaks, gets a box of its own
VALUE = 600
FIELDS = 25
FIELDS_ROOM = 3_500
BODY = 2_500
DIFF = 2_500
ATTACHMENTS = 10
ADDRESS = 400


@dataclass(frozen=True, slots=True)
class Details:
    """The blocks, and whether they show less than all of it."""

    blocks: tuple[Block, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class _Field:
    label: str
    value: str
    cut: bool


def details(told: Content) -> Details:
    """All of it as far as a card has room; what is missing is said where it is missing."""
    summary, body = visible(told.summary).strip(), visible(told.body)
    diff = visible(_as_fits(told.diff))
    fields = tuple(_fitting(told.fields))
    missing = len(told.fields) - len(fields)
    rows = [*_rows(fields), *_more(missing)]
    if body:
        rows.append(preformatted(cut(body, BODY)))
    if diff:
        rows += [line(span(say("Changes:"), "bold")), preformatted(cut(diff, DIFF))]
    rows += _attached(told.attachments)
    blocks: list[Block] = [section(cut(summary, SUMMARY))] if summary else []
    if rows:
        blocks.append(rich_text(*rows))
    is_cut = (
        len(visible(told.title, line=True)) > HEADER
        or len(summary) > SUMMARY
        or len(body) > BODY
        or missing > 0
        or diff != visible(told.diff)
        or len(diff) > DIFF
        or len(told.attachments) > ATTACHMENTS
        or any(len(visible(part, line=True)) > ADDRESS for one in told.attachments for part in one)
        or any(field.cut for field in fields)
    )
    return Details(tuple(blocks), is_cut)


def _fitting(fields: tuple[tuple[str, str], ...]) -> Iterator[_Field]:
    room = FIELDS_ROOM
    for label, value in fields[:FIELDS]:
        label, value = visible(label, line=True), visible(value)
        field = _Field(
            cut(label, LABEL) or say("(no name)"), cut(value, VALUE), len(label) > LABEL or len(value) > VALUE
        )
        room -= len(field.label) + len(field.value)
        if room < 0:
            return
        yield field


def _rows(fields: tuple[_Field, ...]) -> Iterator[Block]:
    """Short fields share one paragraph, a line each; a long one stands in a box under its label."""
    spans: list[Block] = []
    for field in fields:
        if spans:
            spans.append(span("\n"))
        spans.append(span(f"{field.label}: ", "bold"))
        if len(field.value) > INLINE or "\n" in field.value:
            yield line(*spans)
            spans = []
            yield preformatted(field.value)
        elif field.value.strip():
            spans.append(span(field.value))
        else:
            spaces = count(len(field.value), "space")
            spans.append(span(say("empty ({})", spaces) if field.value else say("empty"), "italic"))
    if spans:
        yield line(*spans)


def _more(missing: int) -> Iterator[Block]:
    if missing:
        yield line(span(say("… and {}", count(missing, "more field")), "italic"))


def _as_fits(diff: str) -> str:
    """Where a comparison is too long, what did not change goes first."""
    return diff if len(visible(diff)) <= DIFF else folded(diff)


def _attached(attachments: Attachments) -> Iterator[Block]:
    """Each address in full, after its title: nobody is led anywhere by a friendly word."""
    spans = [span(say("Attachments:"), "bold")] if attachments else []
    for title, url in attachments[:ATTACHMENTS]:
        name = cut(visible(title, line=True), ADDRESS)
        spans += [span(f"\n{name}: " if name.strip() else "\n"), _address(url)]
    if len(attachments) > ATTACHMENTS:
        more = say("… and {}", count(len(attachments) - ATTACHMENTS, "more attachment"))
        spans.append(span(f"\n{more}", "italic"))
    if spans:
        yield line(*spans)


def _address(url: str) -> Block:
    shown = visible(url, line=True)
    return address(url) if len(shown) <= ADDRESS else span(cut(shown, ADDRESS))


def full_text(request: Request) -> str:
    """Everything the request says, as plain text with hidden characters shown."""
    told = content(request)
    fields = [f"{name}:\n{value}" if "\n" in value else f"{name}: {value}" for name, value in told.fields]
    attached = [f"{title}: {url}" if title else url for title, url in told.attachments]
    changes = f"{say('Changes:')}\n{told.diff}" if told.diff else ""
    links = "\n".join([say("Attachments:"), *attached]) if attached else ""
    parts = (told.title, told.summary, "\n".join(fields), told.body, changes, links)
    return visible("\n\n".join(part for part in parts if part))


def shown(approval: Approval) -> tuple[str, str]:
    """Title and full text, for a page that is no Slack; what is hidden in them is made visible."""
    title = content(approval.request).title
    return visible(title, line=True), visible(full_text(approval.request))
