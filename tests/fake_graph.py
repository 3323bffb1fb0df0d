"""A LangGraph in forty ideas: a model of what the real one does to an answer, crashes and latches included.

One super-step of parallel gates, then an act with an effect per approved gate; a revise asks again with a
new payload. What it copies from the real package, and the traps it keeps, is measured in `tests/runs`:
a map answer is lost if the process dies before the gate's writes are saved; a node that raises after it was
answered keeps that answer; siblings keep their ids; nothing stops two callers but the lease.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bot.core.model import JSON
from bot.ports import AnswerRefused, Pause, RunFailed, Snapshot, Task

Tick = Callable[[str], Awaitable[None]]


async def no_tick(where: str) -> None:
    """Outside of a simulation nothing happens between two lines."""


@dataclass(slots=True)
class Gate:
    """One task that asks."""

    task: str
    interrupt_id: str
    node: str
    payload: JSON
    latched: JSON = None
    error: str | None = None
    finished: bool = False
    answer: JSON = None


@dataclass(slots=True)
class Thread:
    """The newest checkpoint of one thread."""

    head: int = 1
    gates: list[Gate] = field(default_factory=list)
    acting: bool = False
    act_error: str | None = None
    over: bool = False
    approved: list[str] = field(default_factory=list)
    round: int = 1


class FakeRunner:
    """`ports.Runner` without LangGraph. `effects` are what the outside world saw, in order."""

    def __init__(self, *, branches: int = 1, tick: Tick = no_tick) -> None:
        self.branches = branches
        self.more: Mapping[str, JSON] = {}  # of every question, beside its title and its round
        self.tick = tick
        self.threads: dict[str, Thread] = {}
        self.effects: list[tuple[str, str]] = []  # (thread, key): repeats included
        self.consumed: list[tuple[str, str, JSON]] = []  # (thread, interrupt, answer), as the gates took them
        self.misuse: list[str] = []  # what no caller may ever do
        self.act_failures: dict[str, int] = {}
        self.gate_failures: dict[str, int] = {}
        self.driving: dict[str, set[str]] = {}  # thread -> whose invocations are in it
        self.driver = ""

    def graphs(self) -> tuple[str, ...]:
        return ("refund",)

    def description(self, graph: str) -> str:
        return ""

    def input_schema(self, graph: str) -> Mapping[str, JSON]:
        return {"type": "object", "properties": {"amount": {"type": "integer"}}, "required": ["amount"]}

    async def snapshot(self, graph: str, thread_id: str) -> Snapshot:
        thread = self.threads.get(thread_id)
        if thread is None:
            return Snapshot(False, (), (), (), None, None, None)
        tasks = [_task(gate) for gate in thread.gates]
        if thread.acting:
            tasks = [Task(f"act-{thread.head}", "act", False, thread.act_error, ())]
        pauses = tuple(
            Pause(gate.interrupt_id, gate.payload, None, gate.node, gate.task, gate.error)
            for gate in thread.gates
            if not gate.finished
        )
        waiting = tuple(task.node for task in tasks if not task.finished)
        error = next((task.error for task in tasks if task.error), None)
        output = {"result": f"approved: {', '.join(thread.approved) or 'nothing'}"}
        return Snapshot(True, pauses, tuple(tasks), waiting, error, output, str(thread.head))

    async def start(self, graph: str, thread_id: str, input: JSON) -> None:  # noqa: A002 (the port's word)
        if thread_id in self.threads:
            self.misuse.append(f"{thread_id}: started twice")
        await self.tick("start")
        self.threads[thread_id] = Thread()
        self._ask(thread_id, [(f"gate{n}", {"title": f"Pay {n}", "round": 1}) for n in range(self.branches)])

    async def resume(self, graph: str, thread_id: str, interrupt_id: str, answer: JSON) -> None:
        thread = self.threads.get(thread_id, Thread())
        gate = next((g for g in thread.gates if g.interrupt_id == interrupt_id and not g.finished), None)
        if gate is None:
            raise AnswerRefused("not_pending")
        if gate.error is not None:
            self.misuse.append(f"{interrupt_id}: answered again although an answer is latched")
        await self._run(thread_id, {interrupt_id: answer})

    async def proceed(self, graph: str, thread_id: str) -> None:
        await self._run(thread_id, {})

    async def prune(self, graph: str, thread_id: str) -> None:
        return

    async def _run(self, thread_id: str, answers: Mapping[str, JSON]) -> None:
        """One invocation; it can die at every tick, and what was written stays."""
        inside = self.driving.setdefault(thread_id, set())
        if inside:
            self.misuse.append(f"{thread_id}: two invocations at once")
        inside.add(self.driver)
        try:
            await self._gates(thread_id, answers)
            await self._act(thread_id)
        finally:
            inside.discard(self.driver)

    async def _gates(self, thread_id: str, answers: Mapping[str, JSON]) -> None:
        thread = self.threads[thread_id]
        if not thread.gates:
            return
        await self.tick("gates begin")
        for gate in thread.gates:
            answer = gate.latched if gate.error is not None else answers.get(gate.interrupt_id)
            if gate.finished or answer is None:
                continue
            await self.tick("gate took its answer")
            if self.gate_failures.get(thread_id, 0) > 0:
                self.gate_failures[thread_id] -= 1
                gate.latched, gate.error = answer, "ValueError: the gate raised"
                raise RunFailed("ValueError: the gate raised")
            gate.finished, gate.answer, gate.error = True, answer, None
            self.consumed.append((thread_id, gate.interrupt_id, answer))
            await self.tick("gate saved")
        if all(gate.finished for gate in thread.gates):
            await self.tick("before the next checkpoint")
            self._next(thread_id)

    def _next(self, thread_id: str) -> None:
        thread = self.threads[thread_id]
        revised = [gate for gate in thread.gates if _verdict(gate.answer) == "revise"]
        thread.approved += [gate.interrupt_id for gate in thread.gates if _verdict(gate.answer) == "approve"]
        thread.head += 1
        thread.round += 1
        thread.gates = []
        if revised:
            self._ask(thread_id, [(g.node, {"title": "Pay", "round": thread.round}) for g in revised])
        else:
            thread.acting = True

    async def _act(self, thread_id: str) -> None:
        thread = self.threads[thread_id]
        if not thread.acting:
            return
        thread.act_error = None
        for key in thread.approved:
            await self.tick("before the effect")
            self.effects.append((thread_id, key))
            await self.tick("after the effect")
        if self.act_failures.get(thread_id, 0) > 0:
            self.act_failures[thread_id] -= 1
            thread.act_error = "ConnectionError: the bank is closed"
            raise RunFailed(thread.act_error)
        await self.tick("before the last checkpoint")
        thread.head += 1
        thread.acting, thread.over = False, True

    def _ask(self, thread_id: str, questions: list[tuple[str, Mapping[str, JSON]]]) -> None:
        thread = self.threads[thread_id]
        for node, payload in questions:
            name = f"{thread_id}-{thread.head}-{node}"
            thread.gates.append(Gate(f"task-{name}", name, node, {**payload, **self.more}))


def _task(gate: Gate) -> Task:
    waiting = () if gate.finished else (gate.interrupt_id,)
    return Task(gate.task, gate.node, gate.finished, gate.error, waiting)


def _verdict(answer: JSON) -> str:
    match answer:
        case {"decisions": [{"type": "approve" | "edit"}]}:
            return "approve"
    if isinstance(answer, Mapping):
        return str(answer.get("decision"))
    return "approve" if answer is True else "reject"
