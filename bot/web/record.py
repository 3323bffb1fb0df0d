"""What the record holds, as metrics: counted for each answer and kept by no process."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.ports import Census
from bot.telemetry import IN_WORK, OLDEST_IN_WORK, PENDING, REDIS_UP, Metric

Values = Iterable[tuple[Sequence[str], float]]


def told(census: Census | None) -> bytes:
    """As Prometheus reads it. None: Redis cannot be asked; what nobody knows is missing, and never zero."""
    registry = CollectorRegistry()
    registry.register(_Told(census))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, census: Census | None) -> None:
        self._census = census

    def collect(self) -> Iterator[GaugeMetricFamily]:
        census = self._census or Census({}, {}, math.nan)
        yield _family(PENDING, census.pending.items())
        yield _family(IN_WORK, census.in_work.items())
        yield _family(OLDEST_IN_WORK, [((), census.oldest_in_work)])
        yield _family(REDIS_UP, [((), 0.0 if self._census is None else 1.0)])


def _family(metric: Metric, values: Values) -> GaugeMetricFamily:
    family = GaugeMetricFamily(metric.name, metric.sentence, labels=metric.labels)
    for labels, value in values:
        family.add_metric(labels, value)
    return family
