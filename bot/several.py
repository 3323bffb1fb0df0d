"""Several web processes on one port: they start together, stop together, and one that fails ends them all."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog

from bot.config import Settings
from bot.core.problem import Problem
from bot.place import open_redis

log = structlog.get_logger("approvals.app")

# Seconds for a process to finish what is in hand: a worker's own deadline, and some.
PATIENCE = 45.0

PASSED_ON = (signal.SIGINT, signal.SIGTERM)


class ProcessEnded(Problem):
    """One of the processes ended by itself; its own log says why."""


async def serve_together(settings: Settings, many: int, *, with_worker: bool, concurrency: int) -> None:
    """`many` web processes, the first with the worker beside it. Raises ProcessEnded.

    Each listens on the same port with SO_REUSEPORT, so that the kernel deals connections out
    (https://man7.org/linux/man-pages/man7/socket.7.html). Whoever restarts a container restarts all of
    them: a process of several that is missing would not be noticed from outside.
    """
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(open_redis(settings))
        counts = stack.enter_context(tempfile.TemporaryDirectory(prefix="approvals-metrics-"))
        environ = {**settings.environ, "REDIS_URL": url, "PORT": str(_port(settings))}
        environ["PROMETHEUS_MULTIPROC_DIR"] = counts
        worker = [] if with_worker else ["--no-worker"]
        first = ["--concurrency", str(concurrency), *worker]
        arguments = [first, *(["--no-worker"] for _ in range(many - 1))]
        running = await stack.enter_async_context(_running(arguments, environ))
        log.info("web processes started", processes=many, port=int(environ["PORT"]))
        await _until_stopped(running)


def _port(settings: Settings) -> int:
    """The port that is set, or a free one for 0. Raises ProcessEnded where another program has it."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        # As servers do: what the last process left behind is in nobody's way. Without SO_REUSEPORT, it
        # fails where somebody listens, be it with that option.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
            probe.listen()
        except OSError as busy:
            sentence = (
                f"Cannot listen on {settings.host}:{settings.port} ({busy.strerror}); set HOST or PORT."
            )
            raise ProcessEnded(sentence) from None
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _running(
    arguments: Sequence[Sequence[str]], environ: dict[str, str]
) -> AsyncIterator[list[Process]]:
    """The processes inside the block. Each ends when its standard input does: also when we are killed."""
    running: list[Process] = []
    try:
        for more in arguments:
            command = [sys.executable, "-m", "bot.cli", "serve", "--one-of-several", *more]
            running.append(await asyncio.create_subprocess_exec(*command, env=environ, stdin=PIPE))
        yield running
    finally:
        await asyncio.gather(*(_end(process) for process in running))


async def _end(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _until_stopped(running: Sequence[Process]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in PASSED_ON:
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, _reload, running)
    stopping = asyncio.create_task(stop.wait())
    ends = [asyncio.create_task(process.wait()) for process in running]
    await asyncio.wait([stopping, *ends], return_when=asyncio.FIRST_COMPLETED)
    for task in (stopping, *ends):
        task.cancel()
    loop.remove_signal_handler(signal.SIGHUP)
    if not stop.is_set():
        raise ProcessEnded("One of the web processes ended, so the others were stopped; its log says why.")


def _reload(running: Sequence[Process]) -> None:
    for process in running:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGHUP)
