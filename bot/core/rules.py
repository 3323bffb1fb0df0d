"""Tell whether a rule of approvals.toml holds for a payload: a small expression, checked at the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.core.model import JSON
from bot.texts.marks import recorded

if TYPE_CHECKING:
    from rule_engine import Rule

LONGEST = 500  # characters

# What an expression may be made of. Nothing here takes longer than the expression and the payload are long:
# no regular expressions, no powers, no loops, no functions; and nothing reads a clock or throws dice.
# https://zerosteiner.github.io/rule-engine/syntax.html
ALLOWED = frozenset(
    {
        *("Statement", "ArrayExpression", "BooleanExpression", "FloatExpression", "NullExpression"),
        *("StringExpression", "SymbolExpression", "GetItemExpression"),
        *("LogicExpression", "ComparisonExpression", "ArithmeticComparisonExpression", "UnaryExpression"),
        *("ContainsExpression", "ArithmeticExpression", "AddExpression", "SubtractExpression"),
    }
)

# What the library lets through of the values it works with: infinities, depth, types it did not foresee.
UNPLANNED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

NO_SUCH_KEY = recorded("the payload has no “{}”")


class Unclear(Exception):
    """The payload does not let this rule be evaluated; the message says why, for the card."""


def fault(when: str) -> str | None:
    """What is wrong with this expression, in a sentence; None for a good one."""
    if len(when) > LONGEST:
        return f"is longer than {LONGEST} characters"
    from rule_engine.errors import EngineError

    try:
        rule = _rule(when)
    except (EngineError, *UNPLANNED) as wrong:
        return f"cannot be read: {str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__}"
    return next(_foreign(rule.statement), None)


def holds(when: str, payload: JSON) -> bool:
    """Whether the expression is true of the payload. Raises Unclear where it is neither true nor false.

    A name is a top-level key of the payload, `customer["country"]` a key in it, `payload` all of it. A key
    that is missing is an error, not a no: `"tip" in payload and tip > 5` asks first.
    """
    if not isinstance(payload, Mapping):
        raise Unclear(recorded("the payload has no keys"))
    from rule_engine.errors import EngineError, SymbolResolutionError

    try:
        found = _rule(when).evaluate(payload)
    except SymbolResolutionError as missing:
        raise Unclear(NO_SUCH_KEY.format(missing.symbol_name)) from None
    except (EngineError, *UNPLANNED):
        raise Unclear(recorded("a value in it is missing or of another type")) from None
    if not isinstance(found, bool):
        raise Unclear(recorded("it is neither true nor false"))
    return found


@lru_cache(maxsize=1_000)
def _rule(when: str) -> Rule:
    # Here, because the library takes half a second to load and most files have no rule.
    import rule_engine

    context = rule_engine.Context(resolver=_named, mapping_attribute_lookup=False)
    return rule_engine.Rule(when, context=context)


def _named(thing: object, name: str) -> object:
    import rule_engine

    if name == "payload":
        return thing
    return rule_engine.resolve_item(thing, name)


def _foreign(node: object) -> Iterator[str]:
    """Every part of the expression that is not allowed, in words."""
    kind = type(node).__name__
    if kind not in ALLOWED:
        yield f"uses what is not allowed here ({kind.removesuffix('Expression').lower()})"
    if kind == "ArithmeticExpression" and getattr(node, "type", "") == "pow":
        yield "uses what is not allowed here (power)"
    if kind == "SymbolExpression" and getattr(node, "scope", None) is not None:
        yield "uses what is not allowed here ($)"
    for part in _parts(node):
        yield from _foreign(part)


def _parts(node: object) -> Iterator[object]:
    """The expressions that this one is made of."""
    from rule_engine.ast import ExpressionBase

    slots = (name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ()))
    for name in dict.fromkeys([*slots, *getattr(node, "__dict__", ())]):
        value = getattr(node, name, None)
        several = value if isinstance(value, tuple | list) else [value]
        yield from (one for one in several if isinstance(one, ExpressionBase))
