"""Take values out of a request that is over: which, where they stand, and what is left in their place.

A field is named by its way through the payload (`payload.customer.email`); its value goes wherever it
is kept: at that place, in every field of the same name, and in texts that quote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.core.audit import Entry, Fact, chained, taken_out
from bot.core.model import JSON, Approval, Decision, Run, Vote
from bot.core.problem import Problem
from bot.core.seals import REDACTED, below, inside, is_named, replaced

# A shorter text stands in too many others by chance; it goes only where its field is named.
QUOTED = 4

FIELD = re.compile(r"payload(\.[^.\s]+)+")


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to go: the fields, and the texts that stood in them."""

    fields: tuple[str, ...]
    texts: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The last word of each field: what an argument or an answer of the same name is called."""
        return frozenset(field.rpartition(".")[2] for field in self.fields)


def redaction(payload: JSON, fields: tuple[str, ...]) -> Redaction:
    """What these fields of the payload hold. Raises Problem for one that it does not have."""
    texts = list[str]()
    for field in fields:
        if FIELD.fullmatch(field) is None:
            raise Problem(f"{field}: name a field by its way through the payload, as payload.customer.email")
        value = _walk(payload, field.split(".")[1:], field)
        texts += [text for text in _texts(value) if len(text) >= QUOTED and text != REDACTED]
    return Redaction(fields, tuple(sorted(set(texts), key=len, reverse=True)))


def _walk(value: JSON, steps: list[str], field: str) -> JSON:
    for step in steps:
        found = dict(inside(value))
        if step not in found:
            raise Problem(f"{field}: the payload of this approval has no such field")
        value = found[step]
    return value


def _texts(value: JSON) -> Iterator[str]:
    """Every text in a value, and numbers as they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    for _, item in inside(value):
        yield from _texts(item)


def mentions(value: JSON, what: Redaction, place: str = "") -> dict[str, JSON]:
    """What must be taken out of an entry: its place, and what stands there."""
    found = dict[str, JSON]()
    is_edit = is_named(value, what.names)
    for step, item in inside(value):
        here = below(place, step)
        edited = is_edit and step in ("before", "after")
        named = isinstance(value, Mapping) and (step in what.names or edited)
        if item is None:
            continue
        if named or (isinstance(item, str) and any(text in item for text in what.texts)):
            found[here] = item
        else:
            found |= mentions(item, what, here)
    return found


def scrubbed(value: JSON, what: Redaction) -> JSON:
    """The same as people may read it: a named field says that it was redacted, a text says it in its part."""
    if isinstance(value, str):
        for text in what.texts:
            value = value.replace(text, REDACTED)
        return value
    marks = {place: scrubbed_one(item, what) for place, item in mentions(value, what).items()}
    return replaced(value, marks)


def scrubbed_one(value: JSON, what: Redaction) -> JSON:
    """What is put in the place of one value."""
    quotes = isinstance(value, str) and value not in what.texts and any(text in value for text in what.texts)
    return scrubbed(value, what) if quotes else REDACTED


def redacted_entry(entry: Entry, what: Redaction, key: bytes) -> Entry:
    """The entry without these values; its mac stays as it is."""
    return taken_out(entry, mentions(dict(entry.data), what), key)


def redacted_approval(
    approval: Approval, what: Redaction, key: bytes, *, at: float, operator: str
) -> tuple[Approval, Entry]:
    """The record without these values, and the entry that says who took out what. The digest stays."""
    request = replace(approval.request, payload=_at_their_places(approval.request.payload, what))
    after = replace(
        approval,
        request=request,
        votes=tuple(_vote(vote, what) for vote in approval.votes),
        decision=_decision(approval.decision, what),
        closed_why=_text(approval.closed_why, what),
        version=approval.version + 1,
    )
    if after.failure is not None:
        after = replace(after, failure=replace(after.failure, reason=_text(after.failure.reason, what) or ""))
    data: dict[str, JSON] = {"fields": list(what.fields), "operator": operator}
    return chained(after, key, Fact.REDACTED, at=at, data=data)


def redacted_run(run: Run, what: Redaction) -> Run:
    """The run without these values, as far as this record keeps them."""
    return replace(
        run,
        input=scrubbed(run.input, what),
        output=scrubbed(run.output, what),
        result=_text(run.result, what),
        failure=_text(run.failure, what),
        effect=_text(run.effect, what),
        version=run.version + 1,
    )


def _at_their_places(payload: JSON, what: Redaction) -> JSON:
    places = {"".join(below("", step) for step in field.split(".")[1:]): REDACTED for field in what.fields}
    return scrubbed(replaced(payload, places), what)


def _vote(vote: Vote, what: Redaction) -> Vote:
    return replace(vote, text=_text(vote.text, what), answer=scrubbed(vote.answer, what))


def _decision(decision: Decision | None, what: Redaction) -> Decision | None:
    if decision is None:
        return None
    return replace(decision, text=_text(decision.text, what), answer=scrubbed(decision.answer, what))


def _text(text: str | None, what: Redaction) -> str | None:
    """A text of ours with the quotes gone."""
    said: Any = None if text is None else scrubbed(text, what)
    return said if said is None else str(said)
