"""A request can be followed from its start to the resumed run, over days and processes, and nothing leaks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from bot.approvals.showing import show
from bot.approvals.voting import vote
from bot.core.model import Verdict
from bot.core.outcome import Kind
from bot.ports import NO_TRACES, Step, caller
from bot.ports.traces import Facts
from bot.spans import OtelTraces
from tests.approvals.conftest import Scene

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Follower:
    """Somebody who collects the spans of a scene."""

    def __init__(self, scene: Scene) -> None:
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        scene.world = replace(scene.world, traces=OtelTraces(provider))

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def of(self, step: Step) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name == step]

    def the(self, step: Step) -> ReadableSpan:
        [span] = self.of(step)
        return span


@pytest.fixture
def follower(scene: Scene) -> Follower:
    return Follower(scene)


def trace_of(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.trace_id)


def is_child(span: ReadableSpan, of: ReadableSpan) -> bool:
    assert of.context is not None
    return span.parent is not None and span.parent.span_id == of.context.span_id


def is_linked(span: ReadableSpan, to: ReadableSpan) -> bool:
    assert to.context is not None
    return to.context.span_id in [link.context.span_id for link in span.links]


async def test_a_click_of_another_day_leads_back_to_the_question_and_on_to_the_resumed_run(
    scene: Scene, follower: Follower
) -> None:
    approval = await scene.asked()
    scene.clock.advance(timedelta(days=3).total_seconds())
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()

    start, run, ask = (follower.the(step) for step in (Step.START, Step.RUN, Step.ASK))
    post, click, resume = (follower.the(step) for step in (Step.POST, Step.VOTE, Step.RESUME))
    assert is_child(run, start)
    assert is_child(ask, run)
    assert is_child(post, ask)
    assert is_linked(click, ask)
    assert click.parent is None
    assert is_child(resume, click)
    assert is_linked(resume, ask)
    assert trace_of(start) == trace_of(post) != trace_of(click) == trace_of(resume)


async def test_no_trace_waits_for_a_person(scene: Scene, follower: Follower) -> None:
    """The spans of one trace follow each other at once: nobody has to hold one open for days."""
    approval = await scene.asked()
    revised = await vote(scene.world, scene.click(approval, Verdict.REVISE))
    await scene.drive()
    await show(scene.world, scene.newest().id)
    await vote(scene.world, scene.click(scene.newest(), Verdict.APPROVE))
    await scene.drive()

    assert revised.kind is Kind.DECIDED
    first, second = follower.of(Step.ASK)
    clicks = follower.of(Step.VOTE)
    assert len({trace_of(span) for span in (first, *clicks)}) == 3
    assert trace_of(second) == trace_of(clicks[0])  # the revision is what the graph answered to that click
    assert is_linked(second, first)
    assert is_linked(clicks[1], second)


async def test_the_caller_is_followed_from_its_own_trace(scene: Scene, follower: Follower) -> None:
    token = caller.set(PARENT)
    await scene.start()
    caller.reset(token)

    start = follower.the(Step.START)
    assert f"{trace_of(start):032x}" == PARENT.split("-")[1]
    assert start.parent is not None
    assert f"{start.parent.span_id:016x}" == PARENT.split("-")[2]


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "nonsense",
        PARENT.upper(),
        PARENT + "-more",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        "٠٠-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ],
)
async def test_a_malformed_traceparent_begins_a_trace_of_its_own(
    scene: Scene, follower: Follower, sent: str
) -> None:
    token = caller.set(sent)
    await scene.start()
    caller.reset(token)

    assert follower.the(Step.START).parent is None


async def test_what_the_caller_does_not_sample_is_not_sampled_after_it(
    scene: Scene, follower: Follower
) -> None:
    token = caller.set(PARENT[:-1] + "0")
    await scene.asked()
    caller.reset(token)

    assert follower.spans == []


async def test_a_refused_click_says_why(scene: Scene, follower: Follower) -> None:
    approval = await scene.asked()

    await vote(scene.world, scene.click(approval, Verdict.APPROVE, by="U0REQ"))

    facts = dict(follower.the(Step.VOTE).attributes or {})
    assert facts["approvals.outcome"] == "refused"
    assert facts["approvals.reason"] == "requester"
    assert facts["approvals.approval_id"] == approval.id
    assert scene.now(approval).click_trace is None


async def test_a_run_that_raises_is_told_by_its_kind_alone(scene: Scene, follower: Follower) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    scene.runner.act_failures["t1"] = 1

    await scene.drive()

    resume = follower.the(Step.RESUME)
    assert (resume.status.status_code, resume.status.description) == (StatusCode.ERROR, "RunFailed")
    assert resume.events == ()


async def test_no_payload_no_person_and_no_words_are_in_any_span(scene: Scene, follower: Follower) -> None:
    approval = await scene.asked()
    await vote(
        scene.world, scene.click(approval, Verdict.REVISE, by="U0ANA", text="ask Kim at kim@example.com")
    )
    await scene.drive()
    await show(scene.world, scene.newest().id)
    await vote(scene.world, scene.click(scene.newest(), Verdict.APPROVE, by="U0BEN"))
    await scene.drive()

    text = "\n".join(span.to_json() for span in follower.spans)
    said = json.dumps(approval.request.payload)
    assert len(follower.spans) >= 9
    assert [word for word in (said, "kim@", "U0ANA", "U0BEN", "U0REQ", "amount") if word in text] == []
    keys = {key for span in follower.spans for key in (span.attributes or {})}
    assert keys <= {f"approvals.{fact}" for fact in Facts.__annotations__}


async def test_where_nobody_follows_nothing_is_kept(scene: Scene) -> None:
    approval = await scene.asked()
    await vote(scene.world, scene.click(approval, Verdict.APPROVE))
    await scene.drive()

    assert scene.world.traces is NO_TRACES
    assert scene.store.runs["t1"].trace is None
    assert (scene.now(approval).trace, scene.now(approval).click_trace) == (None, None)
