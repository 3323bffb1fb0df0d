"""Our spans in OpenTelemetry's words; loaded only where traces are sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Unpack

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from bot import __version__
from bot.ports.traces import Facts, Span, Step

NAME = "langgraph-slack-approvals"

# Who hands something to a person or takes it from one is a producer or a consumer of messages:
# https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#span-kind
KINDS: Mapping[Step, SpanKind] = {
    Step.START: SpanKind.SERVER,
    Step.ASK: SpanKind.PRODUCER,
    Step.POST: SpanKind.CLIENT,
    Step.VOTE: SpanKind.CONSUMER,
}

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)


def provider_to(environ: Mapping[str, str]) -> TracerProvider:
    """A provider that sends as the SDK's own variables say. It is not made the process's: nobody else's spans
    (the queue's, which hold arguments, or a graph's) come this way by accident."""
    named = "OTEL_SERVICE_NAME" in environ or "service.name" in environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = Resource.create({} if named else {SERVICE_NAME: NAME})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class OtelTraces:
    """`ports.Traces` on an OpenTelemetry provider."""

    def __init__(self, provider: trace.TracerProvider) -> None:
        self._tracer = provider.get_tracer(NAME, __version__)

    def span(
        self, step: Step, *, parent: str | None = None, **facts: Unpack[Facts]
    ) -> AbstractContextManager[Span]:
        """A step, in the trace of `parent` or in one of its own; a graph's own spans become its children."""
        return self._span(step, parent, facts)

    @contextmanager
    def _span(self, step: Step, parent: str | None, facts: Facts) -> Iterator[Span]:
        before = _read(parent)
        # Never the context that happens to be around: it may be of the task that woke this one.
        around = trace.set_span_in_context(NonRecordingSpan(before), Context()) if before else Context()
        span = self._tracer.start_span(step.value, around, KINDS.get(step, SpanKind.INTERNAL))
        told = OtelSpan(span)
        told.note(**facts)
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield told
        except BaseException as error:
            # Its type alone: a message may hold what a person or a graph wrote.
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
        finally:
            span.end()


class OtelSpan:
    """`ports.Span` on an OpenTelemetry span."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self._linked: set[str] = set()

    @property
    def context(self) -> str | None:
        """As a W3C traceparent."""
        own = self._span.get_span_context()
        return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}" if own.is_valid else None

    def link(self, context: str | None) -> None:
        """This step follows from that one."""
        if context is not None and context not in self._linked and (other := _read(context)) is not None:
            self._linked.add(context)
            self._span.add_link(other)

    def note(self, **facts: Unpack[Facts]) -> None:
        """Say more about it."""
        for name, value in facts.items():
            if isinstance(value, str | int):
                self._span.set_attribute(f"approvals.{name}", value)


def _read(context: str | None) -> SpanContext | None:
    """What a traceparent names; None where it is none, or names nothing."""
    parts = TRACEPARENT.fullmatch(context or "")
    if parts is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in parts.groups())
    found = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return found if found.is_valid else None
