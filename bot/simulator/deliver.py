"""Bring events, interactions and commands to the app, with Slack's retries and the faults in force."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from bot.simulator.config import SimulatorConfig
from bot.simulator.faults import Fault, FaultKind, Faults
from bot.simulator.log import Entry, Log
from bot.simulator.model import Json
from bot.simulator.parcel import Answer, Parcel, Problem, Transport


class Deliver:
    """The way to the app. Events are retried; an interaction or a command has one chance of three seconds."""

    def __init__(
        self,
        settings: Callable[[], SimulatorConfig],
        http: Transport,
        socket: Transport,
        faults: Faults,
        log: Log,
    ) -> None:
        self._settings = settings
        self._http = http
        self._socket = socket
        self._faults = faults
        self._log = log
        self.sent: Counter[str] = (
            Counter()
        )  # by kind, besides by fault, and as "retried": never cut like the log
        self._under_way: set[asyncio.Task[Any]] = set()
        self._next_gone: dict[str, asyncio.Event] = {}

    def event(self, envelope: Json) -> None:
        """Send an event in the background, and again after each of `retry_delays` until the app takes it."""
        event = envelope["event"]
        name = ".".join(filter(None, (event["type"], event.get("subtype"))))
        self._start(self._with_retries(Parcel("event", name, envelope)))

    async def interaction(self, payload: Json) -> Answer:
        return await self._once(Parcel("interaction", str(payload.get("type")), payload))

    async def command(self, form: Json) -> Answer:
        return await self._once(Parcel("command", form["command"], form))

    async def settled(self) -> None:
        """Return when nothing is on its way to the app any more, retries included."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _with_retries(self, parcel: Parcel) -> None:
        answer = await self._once(parcel)
        for number, delay in enumerate(self._settings().timing.retry_delays, start=1):
            if answer.problem is None or answer.no_retry:
                return
            await asyncio.sleep(delay)
            answer = await self._once(replace(parcel, retry_num=number, retry_reason=answer.problem))

    async def _once(self, parcel: Parcel) -> Answer:
        fault = self._faults.strike(parcel.kind)
        started = self._settings().clock()
        answer = await self._with_fault(parcel, fault)
        took = self._settings().clock() - started
        self._log.add(
            Entry(
                started,
                parcel.kind,
                parcel.name,
                parcel.body,
                answer.status,
                took,
                error=answer.problem,
                fault=fault.kind if fault else None,
                retry=parcel.retry_num or None,
            )
        )
        return answer

    async def _with_fault(self, parcel: Parcel, fault: Fault | None) -> Answer:
        if fault is not None:
            self.sent[fault.kind] += 1
        match fault.kind if fault else None:
            case FaultKind.NEVER:
                return Answer(0, problem=Problem.TIMEOUT, no_retry=True)
            case FaultKind.DROP_ANSWER:
                await self._send(parcel)
                return Answer(0, problem=Problem.UNREACHABLE)
            case FaultKind.DUPLICATE:
                self._start(self._send(parcel))
            case FaultKind.DELAY if fault:
                await asyncio.sleep(fault.seconds)
            case FaultKind.REORDER if fault:
                await self._let_next_pass(parcel.kind, fault.seconds)
        return await self._send(parcel)

    async def _let_next_pass(self, kind: str, patience: float) -> None:
        gone = self._next_gone.setdefault(kind, asyncio.Event())
        try:
            await asyncio.wait_for(gone.wait(), patience)
        except TimeoutError:
            self._next_gone.pop(kind, None)

    async def _send(self, parcel: Parcel) -> Answer:
        self.sent[parcel.kind] += 1
        if parcel.retry_num:
            self.sent["retried"] += 1
        transport = self._http if self._settings().events_url else self._socket
        answer = await transport.send(parcel)
        waiting = self._next_gone.pop(parcel.kind, None)
        if waiting:
            waiting.set()
        return answer

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
