"""Start a program in a process of its own, know when it is ready, read what it uses, end it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

TICKS = os.sysconf("SC_CLK_TCK")


class DidNotStart(Exception):
    """The process ended or was too slow; the message ends with its log."""


class Process:
    """A Python module as a process with a port."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self._process = process
        self.port = port
        self.log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def cpu(self) -> float:
        """Seconds of a core used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    @property
    def resident(self) -> float:
        """Mebibytes of memory in use."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    async def until_listening(self, many: int, within: float = 90.0) -> None:
        """Return when so many processes listen on the port.

        https://docs.kernel.org/networking/proc_net_tcp.html
        """
        deadline = time.monotonic() + within
        while self._listening() < many:
            if self._process.returncode is not None or time.monotonic() > deadline:
                raise DidNotStart(self.log.read_text()[-2000:])
            await asyncio.sleep(0.02)  # between two looks; the deadline above ends them

    def _listening(self) -> int:
        lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return sum(line[1].endswith(f":{self.port:04X}") and line[3] == "0A" for line in lines)

    async def until_ready(self, path: str, within: float = 90.0) -> None:
        """Return as soon as a GET of `path` is answered with 200."""
        deadline = time.monotonic() + within
        async with aiohttp.ClientSession() as session:
            while self._process.returncode is None and time.monotonic() < deadline:
                with suppress(aiohttp.ClientError):
                    async with session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.005)  # between two looks; the deadline above ends them
        raise DidNotStart(f"{self.log}:\n{self.log.read_text()[-2000:]}")

    async def end(self) -> None:
        """Ask it to end; kill it if it does not."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 30)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()


async def start(
    command: list[str], log: Path, environ: Mapping[str, str], *, port: int = 0, cwd: Path | None = None
) -> Process:
    """Start a program that listens on `port` (0: any free one), given to it as PORT."""
    port = port or free_port()
    given = {**os.environ, **environ, "HOST": "127.0.0.1", "PORT": str(port)}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env=given, stdout=output, stderr=output, cwd=cwd
        )
    return Process(process, port, log)


@asynccontextmanager
async def running(
    module: str,
    *arguments: str,
    log: Path,
    environ: Mapping[str, str],
    ready: str = "/readyz",
    port: int = 0,
) -> AsyncIterator[Process]:
    """A module that runs, and is ready, inside the block."""
    process = await start([sys.executable, "-m", module, *arguments], log, environ, port=port)
    try:
        await process.until_ready(ready)
        yield process
    finally:
        await process.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
