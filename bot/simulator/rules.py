"""Small rules for JSON: each looks at a value and says, in Slack's words, what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Rule = Callable[[Any, str], list[str]]
"""Takes a value and its JSON pointer; an empty list means the value is fine."""


def complaint(words: str, pointer: str) -> str:
    return f"{words} [json-pointer:{pointer}]"


def string(most: int | None = None, least: int = 0) -> Rule:
    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, str):
            return [complaint("must provide a string", at)]
        if most is not None and len(value) > most:
            return [complaint(f"must be less than {most + 1} characters", at)]
        if len(value) < least:
            return [complaint(f"must be more than {least - 1} characters", at)]
        return []

    return check


def boolean(value: Any, at: str) -> list[str]:
    return [] if isinstance(value, bool) else [complaint("must provide a boolean", at)]


def number(least: int | None = None, most: int | None = None) -> Rule:
    def check(value: Any, at: str) -> list[str]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [complaint("must provide a number", at)]
        if most is not None and value > most:
            return [complaint(f"must be less than {most + 1}", at)]
        if least is not None and value < least:
            return [complaint(f"must be greater than {least - 1}", at)]
        return []

    return check


def one_of(*words: str) -> Rule:
    def check(value: Any, at: str) -> list[str]:
        return [] if value in words else [complaint("must be a valid enum value", at)]

    return check


def anything(value: Any, at: str) -> list[str]:
    return []


def items(rule: Rule, least: int = 0, most: int | None = None) -> Rule:
    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, list):
            return [complaint("must provide an array", at)]
        if most is not None and len(value) > most:
            return [complaint(f"no more than {most} items allowed", at)]
        if len(value) < least:
            return [complaint(f"no less than {least} items allowed", at)]
        return [words for place, item in enumerate(value) for words in rule(item, f"{at}/{place}")]

    return check


def record(needed: Mapping[str, Rule], allowed: Mapping[str, Rule] | None = None) -> Rule:
    """An object with all of `needed`, some of `allowed`, and nothing else but its `type`."""
    known = {"type": anything, **needed, **(allowed or {})}

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [complaint("must provide an object", at)]
        wrong = [complaint(f"missing required field: {key}", at) for key in needed if value.get(key) is None]
        wrong += [complaint(f"invalid additional property: {key}", at) for key in value if key not in known]
        for key, rule in known.items():
            if value.get(key) is not None:
                wrong += rule(value[key], f"{at}/{key}")
        return wrong

    return check


def typed(table: Mapping[str, Rule]) -> Rule:
    """An object judged by the rule its `type` names."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [complaint("must provide an object", at)]
        kind = value.get("type")
        if kind is None:
            return [complaint("missing required field: type", at)]
        rule = table.get(kind) if isinstance(kind, str) else None
        return rule(value, at) if rule else [complaint(f"unsupported type: {kind}", f"{at}/type")]

    return check


def both(*rules: Rule) -> Rule:
    def check(value: Any, at: str) -> list[str]:
        return [words for rule in rules for words in rule(value, at)]

    return check


def either(*keys: str) -> Rule:
    """At least one of these keys is there."""

    def check(value: Any, at: str) -> list[str]:
        if not isinstance(value, dict) or any(value.get(key) for key in keys):
            return []
        return [complaint(f"missing required field: {keys[0]}", at)]

    return check
