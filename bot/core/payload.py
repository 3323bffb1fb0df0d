"""Turn any interrupt payload into what a card says: a sentence, fields, a body.

The convention for graph authors (all keys optional, nothing to import): `title` a sentence that says what
will happen, `summary` one paragraph, `fields` a mapping of labels to values, `body` long text, `diff` what
changes, `attachments` addresses to read, `risk` how much is at stake (docs/payloads.md). Everything else in
the mapping is shown as fields too: nothing that is approved may stay hidden.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.convention import Attachments, attachments_of, diff_of, risk_in_words
from bot.core.inboxes import as_inbox_actions
from bot.core.model import JSON, Request
from bot.core.protocols import Action, as_actions, as_tool_call, inbox_action
from bot.core.table import NO, NONE, YES, table
from bot.core.wording import Say, english
from bot.texts.marks import marked, recorded

ASKS = marked("{} asks for a decision")
RUN, RUN_ALL = marked("Run {}"), marked("Run {} tools: {}")
NO_RESULT = recorded("The run ended without a result.")

CONVENTION = ("title", "summary", "fields", "body", "diff", "attachments", "risk")


@dataclass(frozen=True, slots=True)
class Content:
    """What a card says of a payload. `fields` are (label, value); `body` and `diff` keep line breaks."""

    title: str
    summary: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    body: str = ""
    diff: str = ""
    attachments: Attachments = ()  # (title, address); the title may be empty


def content(request: Request, say: Say = english) -> Content:
    """What the card of this request says. The same payload always gives the same content; `say` says the
    few words of ours in it."""
    payload = request.payload
    if (actions := as_actions(payload)) is not None:
        return _actions(actions, _beside(payload), say)
    if (actions := as_inbox_actions(payload)) is not None:
        return _actions(actions, {}, say)
    if (action := as_tool_call(payload) or inbox_action(payload)) is not None:
        return _action(action, say)
    if isinstance(payload, Mapping):
        return _mapping(payload, request.graph, say)
    if isinstance(payload, str) and payload.strip():
        return _sentence(payload, request.graph, say)
    return Content(title=say(ASKS, request.graph), body=table(payload, say) or pretty(payload))


def _mapping(payload: Mapping[str, JSON], graph: str, say: Say) -> Content:
    title, summary, body = (_words(payload.get(key)) for key in ("title", "summary", "body"))
    diff, attachments = diff_of(payload.get("diff")), attachments_of(payload.get("attachments"))
    fields = payload.get("fields")
    named = fields if isinstance(fields, Mapping) else {}
    told = {"title": title, "summary": summary, "body": body, "diff": diff, "attachments": attachments}
    told["fields"] = tuple(named)
    rest = {key: value for key, value in payload.items() if not told.get(key)}
    at_stake = _labelled({"risk": rest.pop("risk")}, say) if "risk" in rest else []
    said = [*at_stake, *((name, shown(value, say)) for name, value in named.items()), *_labelled(rest, say)]
    return Content(
        title=title or say(ASKS, graph),
        summary=summary,
        fields=tuple(dict.fromkeys(said)),  # the same label with the same value is said once
        body=body,
        diff=diff,
        attachments=attachments,
    )


def _sentence(text: str, graph: str, say: Say) -> Content:
    first, _, rest = text.strip().partition("\n")
    if len(first) <= 150:
        return Content(title=first, body=rest.strip("\n"))
    return Content(title=say(ASKS, graph), body=text)


def _action(action: Action, say: Say) -> Content:
    return Content(
        title=say(RUN, action.name),
        summary=action.description,
        fields=(
            *((key, shown(value, say)) for key, value in action.args.items()),
            *_labelled(action.more, say),
        ),
    )


def _actions(actions: tuple[Action, ...], beside: Mapping[str, JSON], say: Say) -> Content:
    if len(actions) == 1:
        only = _action(actions[0], say)
        return replace(only, fields=(*only.fields, *_labelled(beside, say)))
    fields = [(f"{n}. {action.name}", _call(action)) for n, action in enumerate(actions, 1)]
    names = ", ".join(action.name for action in actions)
    return Content(title=say(RUN_ALL, len(actions), names), fields=(*fields, *_labelled(beside, say)))


def _call(action: Action) -> str:
    parts = [action.description, pretty(dict(action.args)), pretty(dict(action.more)) if action.more else ""]
    return "\n".join(part for part in parts if part)


def _beside(payload: JSON) -> dict[str, JSON]:
    """What stands in a batch beside its tool calls and their ways of answering."""
    whole = payload if isinstance(payload, Mapping) else {}
    return {key: value for key, value in whole.items() if key not in ("action_requests", "review_configs")}


def _labelled(values: Mapping[str, JSON], say: Say) -> list[tuple[str, str]]:
    return [
        (label(key), risk_in_words(value, say) if key == "risk" else shown(value, say))
        for key, value in values.items()
    ]


def _words(value: JSON) -> str:
    return value.strip("\n") if isinstance(value, str) and value.strip() else ""


def label(key: str) -> str:
    """`amount_cents` -> `Amount cents`."""
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else key


def shown(value: JSON, say: Say = english) -> str:
    """A value of a payload as a card shows it: a list of like mappings is a table."""
    return table(value, say) or plain(value, say)


def plain(value: JSON, say: Say = english) -> str:
    """A value as a person would write it; containers as indented JSON."""
    match value:
        case str():
            return value
        case None:
            return say(NONE)
        case True | False:
            return say(YES) if value else say(NO)
        case int() | float():
            return str(value)
    return pretty(value)


def pretty(value: JSON) -> str:
    """Indented JSON, keys in the order they came."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=dict)


RECEIPT = 200  # characters


def receipt(output: JSON) -> str | None:
    """What a run says its effect is known by: a text or a whole number under `receipt`, in its state or in
    its `result`. None where it says nothing in that shape: nothing is guessed from other words.
    """
    if not isinstance(output, Mapping):
        return None
    match output.get("receipt"):
        case bool() | None:
            return receipt(output.get("result"))
        case str(words) if words.strip():
            return words.strip()[:RECEIPT]
        case int(number):
            return str(number)[:RECEIPT]
    return None


def result_sentence(output: JSON) -> str:
    """What a finished run says of itself: its `result`, else the last message, else its output."""
    if isinstance(output, Mapping):
        for key in ("result", "output", "answer"):
            if (words := _words(output.get(key))) != "":
                return words
        messages = output.get("messages")
        if isinstance(messages, list | tuple) and messages and isinstance(messages[-1], Mapping):
            return _words(messages[-1].get("content")) or pretty(messages[-1])
    if isinstance(output, str) and output.strip():
        return output
    return pretty(output) if output not in (None, {}, []) else NO_RESULT
