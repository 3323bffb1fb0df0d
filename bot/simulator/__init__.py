"""A small Slack on your machine: Web API, events, Socket Mode, people who click, and a web page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.simulator.config import SimulatorConfig, Timing
    from bot.simulator.people import RemoteSlack, Slack
    from bot.simulator.server import Simulator

__all__ = ["RemoteSlack", "Simulator", "SimulatorConfig", "Slack", "Timing"]

_HOMES = {
    "RemoteSlack": "people",
    "Simulator": "server",
    "SimulatorConfig": "config",
    "Slack": "people",
    "Timing": "config",
}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: pytest imports this package in every run that has the plugin installed.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
