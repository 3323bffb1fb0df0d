"""The parts of the simulator that the Web API, people and the control API work with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.simulator.config import SimulatorConfig
from bot.simulator.deliver import Deliver
from bot.simulator.faults import Faults
from bot.simulator.log import Log
from bot.simulator.socket_mode import SocketMode
from bot.simulator.tickets import Tickets
from bot.simulator.workspace import Workspace


@dataclass
class World:
    workspace: Workspace
    tickets: Tickets
    faults: Faults
    log: Log
    deliver: Deliver
    sockets: SocketMode
    base_url: str = ""

    @property
    def config(self) -> SimulatorConfig:
        return self.workspace.config
