"""Whether traces are sent: only where OpenTelemetry's own variables name a receiver."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.config import Settings
from bot.ports import NO_TRACES, Traces

# Seconds a process that ends waits for its last spans to be taken: they are worth less than a quick restart.
PATIENCE = 3.0


@asynccontextmanager
async def open_traces(settings: Settings) -> AsyncIterator[Traces]:
    """Traces that are sent, until this is left; or none at all, which costs nothing."""
    if not settings.traced:
        yield NO_TRACES
        return
    from bot.spans import OtelTraces, provider_to  # the SDK loads only where it is of use

    provider = provider_to(settings.environ)
    try:
        yield OtelTraces(provider)
    finally:
        # Not on the loop, and not in a thread that Python waits for: the receiver may be down.
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, PATIENCE)
