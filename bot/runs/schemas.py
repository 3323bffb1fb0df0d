"""Say in JSON Schema what input a graph takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, Required, cast, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel, create_model
from pydantic.errors import PydanticUserError

from bot.core.model import JSON
from bot.runs.loader import Graph
from bot.runs.messages import with_messages
from bot.runs.plain import plain


def input_schema(graph: Graph) -> Mapping[str, JSON]:
    """JSON Schema of the input; an empty one, which anything fits, where a type in it has none."""
    for describe in (_as_langgraph_does, _of_typed_dict):
        try:
            return with_messages(cast(Mapping[str, JSON], plain(describe(graph))))
        except PydanticUserError:
            continue
    return {}


def _as_langgraph_does(graph: Graph) -> Mapping[str, Any]:
    return graph.get_input_jsonschema()


def _of_typed_dict(graph: Graph) -> Mapping[str, Any]:
    """Before Python 3.12 pydantic refuses `typing.TypedDict`, which is what most graphs are written with.

    https://errors.pydantic.dev/2/u/typed-dict-version
    """
    typ = getattr(getattr(graph, "builder", None), "input_schema", None)
    if typ is None or not is_typeddict(typ):
        return {}
    hints = get_type_hints(typ, include_extras=True)
    fields: dict[str, Any] = {
        name: (_bare(hint), ... if _required(typ, name, hint) else None) for name, hint in hints.items()
    }
    model: type[BaseModel] = create_model(typ.__name__, **fields)
    return model.model_json_schema()


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (Required, NotRequired) else hint


def _required(typ: Any, name: str, hint: Any) -> bool:
    # The hint first: under `from __future__ import annotations` a class does not see its own NotRequired.
    origin = get_origin(hint)
    return origin is Required or (origin is not NotRequired and name in typ.__required_keys__)
