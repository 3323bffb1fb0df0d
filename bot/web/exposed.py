"""The metrics as Prometheus reads them: of this process, or of all that share its port."""

from __future__ import annotations

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass

from bot.telemetry import REGISTRY

# `several.py` sets PROMETHEUS_MULTIPROC_DIR: every process counts in files of that folder, and any of them
# can add them up. https://prometheus.github.io/client_python/multiprocess/
SHARED = ValueClass is not MutexValue


def exposition() -> bytes:
    """Of several processes, their sums, without processor and memory: those are each one's own."""
    if not SHARED:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # has no types there
    return generate_latest(together)
