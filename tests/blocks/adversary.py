"""Requests as hostile as a customer, a model or a reviewer can make them; a number names each for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from bot.core.model import JSON
from bot.runs.plain import plain

MARKUP = (
    "<!channel>", "<!here>", "<!everyone>", "<!subteam^S0EVIL|@all>", "<@U0EVIL>", "<@W0EVIL|boss>",
    "<#C0EVIL|general>", "<https://evil.example|Approve>", "<mailto:a@evil.example|Ana>", "<tel:1|call>",
    "<!date^1^{date}^https://evil.example|today>", "https://evil.example/?a=1&b=2", "www.evil.example",
    "ana@evil.example", "@here @channel @U0EVIL #general", "*bold* _it_ ~gone~ `code`", "```\nfence\n```",
    "> quote", "&lt;!channel&gt;", "&amp;lt;", "&amp;amp;", "&#60;!channel&#62;", "<", ">", "&", "<<", "<>",
    "<!", "<@", "|", "\\<!here\\>", ":white_check_mark: Approved by <@U0EVIL>", "{} {0} %s {user}", "</b>",
    '"}]}', "'", "\\n", "\\u202e", "$(id)", "=1+1", "${x}", "{{x}}",
)  # fmt: skip
HIDDEN = (
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200b", "\u200d", "\u200e", "\u200f", "\ufeff", "\u00ad",
    "\u2060", "\u2028", "\u2029", "\x00", "\x07", "\x1b[2J", "\x7f", "\x85", "\r", "\r\n", "\u3164", "\u115f",
    "\u2800", "\uffa0", "\u034f", "\ud800", "\udfff", "\U000e0041", "\U000e0101", "\ue000", "\u0378",
    "\u180e",
)  # fmt: skip
PLAIN = (
    "Refund", "order-1042", "ada@example.org", "€", "é", "😀", "漢字", "а", "１００", "ﬁ", "e\u0301" * 3, " ",
    "  ", "\n", "\t", "\n\n", "0", "-0", "1e2", "NaN", "none", "yes", "Approved", "…", "“”", "·",
)  # fmt: skip
KEYS = ("title", "summary", "fields", "body", "amount_cents", "order_id", "_", "", " ", "type", "args")


@dataclass(frozen=True, slots=True)
class Demand:
    """One request, and everything around it that somebody else has a say in."""

    payload: JSON
    before: JSON  # of the revision before
    schema: Mapping[str, JSON] | None
    words: str  # feedback, a reason, the result of a run
    requester: str | None
    graph: str
    seen: tuple[str, ...]  # texts of the payload that its full view must show


def demand(seed: int, number: int) -> Demand:
    """The same for the same two numbers, in every process."""
    chance = Random(f"{seed}:{number}")
    make = chance.choice((_free, _free, _conventional, _conventional, _batch, _call, _inbox, _inbox, _python))
    raw, seen = make(chance)
    payload = plain(raw)
    schema: Mapping[str, JSON] | None = None
    if make is _call:
        schema = {"type": "object", "properties": {"decision": {"enum": ["approve", "reject"]}}}
    elif make is not _batch and make is not _inbox and chance.random() < 0.4:
        schema = _schema(chance)
    before = payload if chance.random() < 0.2 else plain(_free(chance)[0])
    requester = chance.choice((None, "U0CAT", words(chance), f"{words(chance)}<@U0EVIL>"))
    graph = "refund" if chance.random() < 0.8 else f"g {words(chance)[:40]}"
    return Demand(payload, before, schema, words(chance), requester, graph, tuple(seen))


def words(chance: Random) -> str:
    """A short text of a few hostile pieces; now and then a very long one."""
    pieces = [
        chance.choice(chance.choice((MARKUP, HIDDEN, PLAIN))) for _ in range(chance.choice((1, 2, 3, 5)))
    ]
    text = chance.choice(("", " ", "")).join(pieces)
    draw = chance.random()
    if draw < 0.001:
        return text * chance.randint(200, 2_000)
    return text * chance.randint(10, 60) if draw < 0.015 else text


def _leaf(chance: Random) -> Any:
    draw = chance.random()
    if draw < 0.7:
        return words(chance)
    numbers = (0, -1, 2**31, 2**64, 10**40, -0.0, 1e308, 5e-324, 0.1, float("inf"))
    return chance.choice((None, True, False, *numbers, chance.randint(-(10**9), 10**9)))


def _value(chance: Random, depth: int = 0) -> Any:
    draw = chance.random()
    if depth > 4 or draw < 0.7:
        return _leaf(chance)
    if draw < 0.72:
        return _deep(chance)
    some = range(chance.choice((0, 1, 2, 3)))
    if draw < 0.85:
        return [_value(chance, depth + 1) for _ in some]
    return {_key(chance): _value(chance, depth + 1) for _ in some}


def _deep(chance: Random) -> Any:
    value: Any = words(chance)
    for _ in range(chance.choice((10, 40, 90))):  # 100 is where a payload is cut
        value = {"in": value} if chance.random() < 0.5 else [value]
    return value


def _key(chance: Random) -> str:
    return words(chance)[:200] if chance.random() < 0.6 else chance.choice(KEYS)


def _free(chance: Random) -> tuple[Any, list[str]]:
    value = _value(chance)
    return value, list(_strings(value))


def _conventional(chance: Random) -> tuple[Any, list[str]]:
    made: dict[str, Any] = {}
    for key in ("title", "summary", "body"):
        if chance.random() < 0.7:
            made[key] = words(chance)
    if chance.random() < 0.7:
        made["fields"] = {_key(chance): _leaf(chance) for _ in range(chance.choice((0, 1, 3, 8, 40)))}
    for _ in range(chance.choice((0, 0, 1, 4))):
        made.setdefault(_key(chance), _value(chance))
    return made, list(_strings(made))


def _python(chance: Random) -> tuple[Any, list[str]]:
    """What a graph's own code holds: keys that are no text, tuples, sets, bytes."""
    made: dict[Any, Any] = {
        1: words(chance),
        "1": words(chance),
        (2, "x"): words(chance),
        None: words(chance),
    }
    made[b"bytes"] = b"\x00\xff"
    made[True] = (words(chance), {words(chance), "set"})
    return made, list(_strings(plain(made)))


def _action(chance: Random) -> tuple[dict[str, Any], list[str]]:
    args = {_key(chance): _value(chance) for _ in range(chance.choice((0, 1, 3)))}
    made: dict[str, Any] = {"name": words(chance)[:80] or "tool", "args": args, "description": words(chance)}
    return made, [made["description"], *_strings(args)]


def _batch(chance: Random) -> tuple[Any, list[str]]:
    actions = [_action(chance) for _ in range(chance.choice((1, 2, 3)))]
    ways = ["approve", "edit", "reject", "respond"]
    configs = [
        {"action_name": made["name"], "allowed_decisions": chance.sample(ways, chance.randint(1, 4))}
        for made, _ in actions
    ]
    requests = [made for made, _ in actions]
    return {"action_requests": requests, "review_configs": configs}, [
        one for _, seen in actions for one in seen
    ]


def _call(chance: Random) -> tuple[Any, list[str]]:
    made, seen = _action(chance)
    call = {"name": made["name"], "args": made["args"], "id": "call-1", "description": made["description"]}
    return {"type": "tool_approval", "tool_call": call, "action_request": made}, seen


def _inbox(chance: Random) -> tuple[Any, list[str]]:
    made, seen = _action(chance)
    config = {f"allow_{way}": chance.random() < 0.7 for way in ("accept", "ignore", "edit", "respond")}
    request = {"action": made["name"], "args": made["args"]}
    return [{"action_request": request, "config": config, "description": made["description"]}], seen


def _schema(chance: Random) -> Mapping[str, JSON]:
    draw = chance.random()
    if draw < 0.15:
        return {"type": "boolean", "title": words(chance), "description": words(chance)}
    if draw < 0.35:
        return {"enum": _texts(chance, chance.choice((1, 2, 3, 7, 101)))}
    parts = {words(chance)[:120] or "x": _part(chance) for _ in range(chance.choice((1, 2, 5, 30)))}
    required: list[JSON] = [name for name in parts if chance.random() < 0.5]
    return {"type": "object", "title": words(chance), "properties": parts, "required": required}


def _part(chance: Random, depth: int = 0) -> Mapping[str, JSON]:
    kinds: tuple[Callable[[], Mapping[str, JSON]], ...] = (
        lambda: {"type": "string", "default": words(chance)},
        lambda: {"type": "string", "format": chance.choice(("date", "email", "textarea", words(chance)))},
        lambda: {"type": "integer", "default": chance.randint(-(10**12), 10**12)},
        lambda: {"type": "number"},
        lambda: {"type": "boolean", "default": True},
        lambda: {"enum": _texts(chance, chance.choice((1, 4, 12, 120)))},
        lambda: {"type": "array", "items": {"enum": _texts(chance, 4)}},
        lambda: {"type": "array", "items": {"type": "string"}, "default": _texts(chance, 1)},
        lambda: {"default": plain(_value(chance))},
        lambda: {"type": "object", "properties": {words(chance)[:80]: _part(chance, depth + 1)}},
    )
    made = chance.choice(kinds[: 9 if depth > 1 else 10])()
    return {**made, "title": words(chance), "description": words(chance)}


def _texts(chance: Random, count: int) -> list[JSON]:
    return [words(chance) for _ in range(count)]


def _strings(value: Any) -> list[str]:
    """Every text that is a value (not a key) inside."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list | tuple | set):
        return [text for item in value for text in _strings(item)]
    return []
