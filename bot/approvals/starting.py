"""Start a run: check the graph and its input, record it once, wake a worker."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from bot.approvals.world import World
from bot.core.model import JSON, Run
from bot.ports import InvalidInput, Step, StoreUnavailable, UnknownGraph, caller


async def start(
    world: World,
    graph: str,
    input: JSON,  # noqa: A002 (LangGraph's word for it)
    *,
    channel: str | None = None,
    requester: str | None = None,
    thread_id: str | None = None,
) -> Run:
    """Record a run, and return it before it begins. The same thread id again returns the same run.

    Raises UnknownGraph, InvalidInput (which names the field), StoreUnavailable.
    """
    if graph not in world.runner.graphs():
        raise UnknownGraph(graph, world.runner.graphs())
    _check_input(world, graph, input)
    where = channel or world.policy(graph).channel or world.default_channel
    if where is None:
        raise InvalidInput(
            "channel", "no channel given; set APPROVALS_CHANNEL or `channel` in approvals.toml"
        )
    wanted = Run(
        thread_id=thread_id or world.chance.new_id(),
        graph=graph,
        channel=where,
        requester=requester,
        input=input,
        started_at=await world.store.now(),
    )
    with world.traces.span(Step.START, parent=caller.get(), graph=graph, thread_id=wanted.thread_id) as span:
        run = await world.store.create_run(replace(wanted, trace=span.context))
        if (run.graph, run.input) != (wanted.graph, wanted.input):
            raise InvalidInput("thread_id", "this id already belongs to another run")
        with suppress(StoreUnavailable):  # it is recorded: the reconciler starts it
            await world.queue.advance(run.thread_id, why="start")
    return run


def _check_input(world: World, graph: str, value: JSON) -> None:
    error = best_match(Draft202012Validator(dict(world.runner.input_schema(graph))).iter_errors(value))
    if error is not None:
        path = ".".join(str(part) for part in error.absolute_path)
        missing = error.message.split("'")[1] if error.validator == "required" else ""
        raise InvalidInput(".".join(filter(None, ("input", path, missing))), error.message[:300])
