"""The form that answers a question, in as many windows as it needs, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default

from bot.blocks.boxes import box
from bot.blocks.form import assembled, typed, under
from bot.blocks.ids import Form, Place, write_place
from bot.blocks.parts import HEADER, PRIVATE_METADATA, VIEW_BLOCKS, VIEW_BYTES, Block, context, modal, section
from bot.blocks.questions import WHOLE, Asked, Path, Question, questions, whole
from bot.blocks.shapes import as_written
from bot.blocks.text import cut, say, visible
from bot.blocks.told import content, form_schema
from bot.core.calls import is_nothing, rows
from bot.core.forms import CALLED, unformed, wrong
from bot.core.model import JSON, Approval, State, Verdict
from bot.core.stages import proposed
from bot.texts.marks import marked
from bot.texts.spoken import retold

PAGES = 3  # windows that Slack keeps on top of each other: https://docs.slack.dev/surfaces/modals
PAGE_BLOCKS = VIEW_BLOCKS - 5
PAGE_BYTES = VIEW_BYTES - 50_000  # counted as escaped JSON, the largest way to write it; the rest is room
WHY = 300

# Pydantic's words for a time that must have no zone. Its schema does not say so beforehand:
# https://docs.pydantic.dev/latest/errors/validation_errors/#timezone_naive
NO_ZONE = "should not have timezone info"

TOO_LONG = marked(
    "Slack cannot carry this much to the next page: please shorten the longest text of this page."
)
CHANGED = marked("This form has changed; please open it again.")


@dataclass(frozen=True, slots=True)
class Given:
    """What a window came to: errors by block, the next window, or the whole answer."""

    answer: JSON = None
    errors: Mapping[str, str] = default(default_factory=dict)
    then: Block | None = None


def answer_form(
    approval: Approval, *, channel: str, message_ts: str, previous: Approval | None = None
) -> Block:
    """The first window. It starts from what somebody answered before, where there is such an answer."""
    place = Place(approval.id, approval.revision, Verdict.ANSWER, channel, message_ts)
    return _window(approval, place, _asked(approval, previous), 0, _why(previous))


def read_answer(
    approval: Approval,
    place: Place,
    blocks: Sequence[str],
    values: Mapping[str, object],
    begun: Collection[str],
    previous: Approval | None = None,
) -> Given:
    """What one window came to. `blocks` are the questions it showed, `begun` those that began filled in."""
    asked = _asked(approval, previous)
    if WHOLE in blocks and asked.questions[0].block_id != WHOLE:
        asked = whole()
    here = tuple(question for question in asked.questions if question.block_id in blocks)
    if not here:
        return Given(errors=dict.fromkeys(blocks[:1], say(CHANGED)))
    found = typed(here, values, begun)
    if found.errors:
        return Given(errors=found.errors)
    known = {**_read(place.so_far), **found.values}
    missing = wrong(approval.request, given := assembled(asked, known))
    end = asked.questions.index(here[-1]) + 1
    if end == len(asked.questions):
        errors = under(missing, here)
        return Given(errors=errors) if errors else Given(given)
    ids = {question.path for question in here}
    errors = under((one for one in missing if _is_of(one.path, ids)), here)
    return Given(errors=errors) if errors else _next(approval, place, asked, end, known)


def _is_of(path: tuple[str | int, ...], asked: Collection[Path]) -> bool:
    return any(path[:length] in asked for length in range(1, len(path) + 1))


def _next(approval: Approval, place: Place, asked: Asked, end: int, known: Mapping[Path, JSON]) -> Given:
    carried = replace(place, so_far=[[list(path), value] for path, value in known.items()])
    if len(write_place(carried)) > PRIVATE_METADATA:
        return Given(errors={asked.questions[end - 1].block_id: say(TOO_LONG)})
    return Given(then=_window(approval, carried, asked, end, ""))


def _read(so_far: Sequence[JSON]) -> dict[Path, JSON]:
    found: dict[Path, JSON] = {}
    for one in so_far:
        match one:
            case [[*path], value]:
                found[tuple(map(str, path))] = value
    return found


def _asked(approval: Approval, previous: Approval | None) -> Asked:
    schema, draft = form_schema(approval.request), _draft(approval, previous)
    written = as_written(schema) if NO_ZONE in _why(previous) else schema
    schema = written if isinstance(written, Mapping) else schema
    asked = questions(schema, draft)
    calls = rows(approval.request)
    if calls and any(map(_hides_an_argument, asked.questions)):
        asked = questions(form_schema(approval.request, typed=False), draft)
    asked = replace(asked, questions=tuple(map(_in_words, asked.questions))) if calls else asked
    return asked if len(_pages(asked.questions)) <= PAGES else whole(draft)


def _in_words(question: Question) -> Question:
    """The protocol's words for a decision as a person reads them."""
    if question.path[1:] != ("decision",):
        return question
    words = tuple((value, say(CALLED.get(text, text))) for value, text in question.choices)
    return replace(question, choices=words)


def _hides_an_argument(question: Question) -> bool:
    """True where a box for one argument of a call cannot show what the call has there, or insists on more:
    an edit of something else would lose it, and a reject would have to fill it in."""
    if question.path[1:2] != ("args",):
        return False
    shown = box(question)["element"]
    filled = isinstance(shown, Mapping) and any("initial" in key for key in shown)
    return not filled and (question.insists or not is_nothing(question.default))


def _draft(approval: Approval, previous: Approval | None) -> JSON:
    """The last answer somebody gave here, or the one before that the graph refused; None: the defaults."""
    votes = proposed(approval.votes)
    if votes and votes[-1].verdict is Verdict.ANSWER:
        return unformed(approval.request, votes[-1].answer)
    if approval.request.contract.schema != form_schema(approval.request):
        return None  # a protocol's own answer is not what its form asks
    decision = previous.decision if previous is not None and _was_refused(previous) else None
    return decision.answer if decision is not None and decision.verdict is Verdict.ANSWER else None


def _was_refused(previous: Approval) -> bool:
    return previous.state is State.SUPERSEDED and previous.decision is not None


def _why(previous: Approval | None) -> str:
    return (previous.closed_why or "") if previous is not None and _was_refused(previous) else ""


def _window(approval: Approval, place: Place, asked: Asked, start: int, why: str) -> Block:
    pages = _pages(asked.questions)
    number = next(n for n, page in enumerate(pages, 1) if asked.questions[start] in page)
    last = number == len(pages)
    about: list[Block] = [section(cut(visible(content(approval.request).title, line=True), HEADER))]
    about += [context(cut(visible(retold(why)), WHY))] if why else []
    about += [context(say("Page {} of {}", number, len(pages)))] if len(pages) > 1 else []
    return modal(
        say("Answer"),
        [*about, *map(box, pages[number - 1])],
        callback_id=Form.ANSWER,
        private=write_place(place),
        submit=say("Submit") if last else say("Next"),
        close=say("Cancel") if number == 1 else say("Back"),
    )


def _pages(asked: Sequence[Question]) -> list[list[Question]]:
    pages: list[list[Question]] = [[]]
    room = PAGE_BYTES
    for question in asked:
        size = len(json.dumps(box(question)))
        if pages[-1] and (size > room or len(pages[-1]) == PAGE_BLOCKS):
            pages.append([])
            room = PAGE_BYTES
        pages[-1].append(question)
        room -= size
    return pages
