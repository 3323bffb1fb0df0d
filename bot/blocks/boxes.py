"""One question as the box Slack shows for it, and what was put into that box as the value it stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from bot.blocks.parts import (
    INPUT_TEXT,
    Block,
    choice,
    date_input,
    email_input,
    field,
    moment_input,
    number_input,
    several,
    text_input,
)
from bot.blocks.questions import Question
from bot.blocks.shapes import Asks
from bot.blocks.text import cut, say, visible
from bot.core.model import JSON

VALUE = "value"
LABEL, HINT = 150, 300
INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


def box(question: Question) -> Block:
    """The question as a block of a form. Slack itself insists where an answer is always needed."""
    return field(
        question.block_id,
        cut(visible(question.label, line=True), LABEL),
        _element(question),
        optional=not question.insists,
        hint=cut(visible(question.hint), HINT),
    )


def _element(question: Question) -> Block:
    initial = "" if question.default is None else json.dumps(question.default, ensure_ascii=False)
    match question.asks:
        case Asks.CHOICE | Asks.YES_NO:
            return _choice(question)
        case Asks.SEVERAL:
            return several(VALUE, question.choices, initial=[json.dumps(one) for one in _listed(question)])
        case Asks.INTEGER | Asks.NUMBER:
            known = INTEGER if question.asks is Asks.INTEGER else NUMBER
            usable = initial if known.fullmatch(initial) else ""
            return number_input(VALUE, decimal=question.asks is Asks.NUMBER, initial=usable)
        case Asks.DATE:
            return date_input(VALUE, initial=_day(question.default))
        case Asks.MOMENT:
            return moment_input(VALUE, initial=_seconds(question.default))
        case Asks.EMAIL:
            return email_input(VALUE, initial=_fitting(_text(question.default), INPUT_TEXT))
        case Asks.LINES:
            return text_input(VALUE, lines=True, initial=_fitting(_lines(question), INPUT_TEXT))
        case Asks.LOCAL:
            return text_input(VALUE, lines=False, initial=_fitting(_text(question.default), INPUT_TEXT))
        case Asks.TEXT:
            words = _text(question.default)
            limit = min(question.max_length or INPUT_TEXT, INPUT_TEXT)
            lines = question.long or "\n" in words
            return text_input(VALUE, lines=lines, initial=_fitting(words, limit), limit=limit)
        case Asks.JSON:
            return text_input(VALUE, lines=True, initial=_json_text(question.default))


def _choice(question: Question) -> Block:
    only = question.choices[0][0] if question.insists and len(question.choices) == 1 else None
    initial = json.dumps(question.default) if question.default is not None else only
    return choice(VALUE, question.choices, initial=initial, spread=question.asks is Asks.YES_NO)


def _text(default: JSON) -> str:
    return default if isinstance(default, str) else ""


def _listed(question: Question) -> list[JSON]:
    return list(question.default) if isinstance(question.default, list | tuple) else []


def _lines(question: Question) -> str:
    """The list one per line; nothing where a line could not be told from the next one, or from no line."""
    items = _listed(question)
    texts = [one if isinstance(one, str) else json.dumps(one) for one in items]
    return "\n".join(texts) if all(text == text.strip() != "" and "\n" not in text for text in texts) else ""


def _day(default: JSON) -> str:
    try:
        return date.fromisoformat(_text(default)).isoformat()
    except ValueError:
        return ""


def _seconds(default: JSON) -> int | None:
    """The moment, where a picker can show it: it knows no seconds, and a time without a zone is no moment."""
    try:
        moment = datetime.fromisoformat(_text(default))
    except ValueError:
        return None
    shown = moment.tzinfo is not None and moment.timestamp() % 60 == 0 and moment.year > 1970
    return int(moment.timestamp()) if shown else None


def _json_text(default: JSON) -> str:
    if default is None:
        return ""
    pretty = json.dumps(default, indent=2, ensure_ascii=False)
    return _fitting(pretty, INPUT_TEXT) or _fitting(json.dumps(default), INPUT_TEXT)


def _fitting(text: str, limit: int) -> str:
    """A default too long for its box, or with characters nobody would see, is left to the graph itself."""
    return text if len(text) <= limit and visible(text) == text else ""


def is_empty(block: object) -> bool:
    """True where nothing was put into the box; spaces are nothing."""
    return _raw(block) is None


def value(question: Question, block: object) -> JSON:
    """What was put into the box, typed. Raises ValueError with a sentence for the person."""
    raw = _raw(block)
    match question.asks:
        case Asks.SEVERAL if isinstance(raw, list):
            return [_json(one) for one in raw]
        case Asks.MOMENT if isinstance(raw, int):
            return datetime.fromtimestamp(raw, UTC).isoformat().replace("+00:00", "Z")
    if not isinstance(raw, str):
        raise ValueError(say("Please fill this in."))
    if question.asks is Asks.LINES:
        return [_one(question.items, line.strip()) for line in raw.splitlines() if line.strip()]
    return _one(question.asks, raw)


def _raw(block: object) -> str | int | list[str] | None:
    """The typed text, the chosen options' values, the day or the moment of one block of `state.values`.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    match block:
        case {"value": {"value": str(text)}} if text.strip():
            return text
        case {"value": {"selected_option": {"value": str(chosen)}}}:
            return chosen
        case {"value": {"selected_options": [*options]}} if options:
            return [str(one["value"]) for one in options if isinstance(one, Mapping) and "value" in one]
        case {"value": {"selected_date": str(day)}} if day:
            return day
        case {"value": {"selected_date_time": int(seconds)}}:
            return seconds
    return None


def _one(asks: Asks, typed: str) -> JSON:
    match asks:
        case Asks.INTEGER:
            if not INTEGER.fullmatch(typed.strip()):
                raise ValueError(say("Please enter a whole number."))
            return int(typed)
        case Asks.NUMBER:
            if not NUMBER.fullmatch(typed.strip()):
                raise ValueError(say("Please enter a number."))
            return int(typed) if INTEGER.fullmatch(typed.strip()) else float(typed)
        case Asks.CHOICE | Asks.YES_NO | Asks.JSON:
            return _json(typed)
        case Asks.LOCAL:
            return _local(typed.strip())
    return typed


def _local(typed: str) -> str:
    """A zone is neither added nor taken away: only the graph knows which one its times are in."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        moment = None
    if moment is None or len(typed) < len("2026-11-21 14:00"):
        raise ValueError(say("Please write a day and a time, as 2026-11-21 14:00."))
    return moment.isoformat()


def _json(typed: str) -> JSON:
    try:
        found: JSON = json.loads(typed, parse_constant=_refused)
    except json.JSONDecodeError as wrong:
        place = say("Not JSON: line {}, column {}: {}.", wrong.lineno, wrong.colno, wrong.msg)
        raise ValueError(place) from wrong
    except RecursionError as deep:
        raise ValueError(say("Too deeply nested.")) from deep
    return found


def _refused(name: str) -> JSON:
    raise ValueError(say("{} is no JSON number.", name))
