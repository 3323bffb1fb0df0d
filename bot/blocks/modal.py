"""The windows a button opens: a reason, feedback, the full text; and reading back what was typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from bot.blocks.details import full_text
from bot.blocks.ids import Action, Form, Place, write_page, write_place
from bot.blocks.parts import (
    HEADER,
    VIEW_BYTES,
    Block,
    actions,
    button,
    context,
    field,
    modal,
    preformatted,
    rich_text,
    section,
    text_input,
)
from bot.blocks.text import cut, say, visible
from bot.blocks.told import content
from bot.core.model import Approval, ContractKind, Verdict
from bot.texts.marks import marked

WORDS_BLOCK, WORDS = "words", "words"
TYPED_BLOCK, TYPED = "confirm", "confirm"
HEARS_REASONS = (ContractKind.DECISION, ContractKind.HITL_BATCH, ContractKind.HITL_CALL)
HEARD = marked("The card shows it and the graph gets it.")
UNHEARD = marked("The card shows it; the graph only gets a no.")
CHUNK = 3_000
PAGE_CHUNKS = 90
PAGE_BYTES = VIEW_BYTES - 50_000  # counted as escaped JSON, the largest way to write it; the rest is room


def reason_form(approval: Approval, *, channel: str, message_ts: str, shown: str | None = None) -> Block:
    """Asks why, before a reject; no answer is needed. `shown`: the digest, if App Home opened it."""
    box = text_input(WORDS, lines=True, placeholder=say("What should the people who asked know?"))
    heard = approval.request.contract.kind in HEARS_REASONS
    hint = say(HEARD if heard else UNHEARD)
    question = field(WORDS_BLOCK, say("Reason"), box, optional=True, hint=hint)
    place = Place(approval.id, approval.revision, Verdict.REJECT, channel, message_ts, shown=shown)
    return _form(Form.REJECT, say("Reject"), approval, question, place)


def revise_form(approval: Approval, *, channel: str, message_ts: str, shown: str | None = None) -> Block:
    """Asks what should change, before a card is sent back."""
    box = text_input(WORDS, lines=True, placeholder=say("What should be different?"))
    question = field(
        WORDS_BLOCK,
        say("Feedback"),
        box,
        hint=say("The graph gets it and may ask again, with a fresh card."),
    )
    place = Place(approval.id, approval.revision, Verdict.REVISE, channel, message_ts, shown=shown)
    return _form(Form.REVISE, say("Revise"), approval, question, place)


def confirm_form(
    approval: Approval,
    word: str,
    verdict: Verdict,
    choice: int | None,
    *,
    channel: str,
    message_ts: str,
    shown: str | None = None,
) -> Block:
    """Asks for the amount or the word, before an approval of high risk. `shown`: as for `reason_form`."""
    place = Place(approval.id, approval.revision, verdict, channel, message_ts, choice=choice, shown=shown)
    about = section(cut(visible(content(approval.request).title, line=True), HEADER))
    return modal(
        say("Confirm"),
        [about, _to_type(word)],
        callback_id=Form.CONFIRM,
        private=write_place(place),
        submit=say("Approve") if verdict is Verdict.APPROVE else say("Answer"),
        close=say("Cancel"),
    )


def with_confirmation(window: Block, word: str | None) -> Block:
    """The window with the box for the amount or the word; as it was where nothing must be typed."""
    blocks = window["blocks"]
    if word is None or not isinstance(blocks, Sequence):
        return window
    return {**window, "blocks": [*blocks, _to_type(word)]}


def _to_type(word: str) -> Block:
    label = cut(say("This is of high risk. To confirm, type {}", visible(word, line=True)), HEADER)
    hint = say("Nothing is recorded until it is the same.")
    return field(TYPED_BLOCK, label, text_input(TYPED, lines=False), hint=hint)


def read_typed(values: Mapping[str, object]) -> str | None:
    """What was typed to confirm; None where there was no such box."""
    match values:
        case {"confirm": {"confirm": {"value": typed}}}:
            return typed if isinstance(typed, str) else ""
    return None


def typed_error(sentence: str) -> dict[str, str]:
    """The `errors` of a `response_action`, under the box of the confirmation."""
    return {TYPED_BLOCK: cut(sentence, HEADER)}


def _form(form: Form, title: str, approval: Approval, question: Block, place: Place) -> Block:
    about = section(cut(visible(content(approval.request).title, line=True), HEADER))
    return modal(
        title,
        [about, question],
        callback_id=form,
        private=write_place(place),
        submit=title,
        close=say("Cancel"),
    )


def read_words(values: Mapping[str, object]) -> str | None:
    """The reason or feedback from a submitted form's `state.values`; None where nothing was typed."""
    match values:
        case {"words": {"words": {"value": str(typed)}}} if typed.strip():
            return typed
    return None


def words_error(sentence: str) -> dict[str, str]:
    """The `errors` of a `response_action`, under the box of the reason or feedback form."""
    return {WORDS_BLOCK: cut(sentence, HEADER)}


def told(sentence: str) -> Block:
    """Says one thing, in place of a form that came too late."""
    return modal(say("Approvals"), [section(sentence)], callback_id=Form.TOLD)


def view_full(approval: Approval, page: int = 0) -> Block:
    """The full text of a request; a text longer than one window can hold has pages, from 0."""
    pages = _pages(full_text(approval.request))
    page = max(0, min(page, len(pages) - 1))
    blocks = [rich_text(preformatted(chunk)) for chunk in pages[page]]
    blocks.append(context(say("SHA-256 of the request: {}", approval.request.digest)))
    if len(pages) > 1:
        blocks.insert(0, context(say("Page {} of {}", page + 1, len(pages))))
        blocks.append(actions(f"approvals:full:{page}", *_turning(approval, page, len(pages))))
    return modal(say("Full text"), blocks, callback_id=Form.FULL)


def _turning(approval: Approval, page: int, pages: int) -> Iterator[Block]:
    if page > 0:
        yield button(say("Previous page"), Action.PAGE_BACK, write_page(approval, page - 1))
    if page < pages - 1:
        yield button(say("Next page"), Action.PAGE_ON, write_page(approval, page + 1))


def _pages(text: str) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    room = PAGE_BYTES
    for chunk in _chunks(text):
        size = len(json.dumps(chunk)) + 200  # what stands around it
        if pages[-1] and (size > room or len(pages[-1]) == PAGE_CHUNKS):
            pages.append([])
            room = PAGE_BYTES
        pages[-1].append(chunk)
        room -= size
    return pages


def _chunks(text: str) -> Iterator[str]:
    """Pieces Slack accepts, ended at a line break where there is one in the second half."""
    start = 0
    while start < len(text):
        end = start + CHUNK
        if end < len(text):
            end = text.rfind("\n", start + CHUNK // 2, end) + 1 or end
        yield text[start:end]
        start = end
