"""Under one hold of a lease, an answer trusts what was seen under it; without a lease it looks again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.ports import write_guard
from bot.runs.checkpointer import ApprovalsSaver
from tests.runs.conftest import NewRunner
from tests.runs.samples import gate, graph, started


class Held:
    """A lease that is never lost."""

    async def check(self) -> None:
        return


@pytest_asyncio.fixture
async def reads(saver: ApprovalsSaver, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[object]]:
    """One entry for each checkpoint that was read."""
    seen: list[object] = []
    read = saver.aget_tuple

    async def noted(config: object) -> object:
        seen.append(config)
        return await read(config)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(saver, "aget_tuple", noted)
    yield seen


async def test_an_answer_under_the_lease_reads_the_thread_once(
    runner: NewRunner, thread: str, reads: list[object]
) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    guard = write_guard.set(Held().check)
    (pause,) = (await started(local, thread)).pauses

    reads.clear()
    await local.resume("g", thread, pause.interrupt_id, True)
    write_guard.reset(guard)

    assert len(reads) == 1


async def test_an_answer_without_a_lease_looks_first(
    runner: NewRunner, thread: str, reads: list[object]
) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    (pause,) = (await started(local, thread)).pauses

    reads.clear()
    await local.resume("g", thread, pause.interrupt_id, True)

    assert len(reads) == 2


async def test_an_answer_under_another_lease_looks_first(
    runner: NewRunner, thread: str, reads: list[object]
) -> None:
    local = runner(g=graph(ask=gate("Pay?")))
    first_hold = write_guard.set(Held().check)
    (pause,) = (await started(local, thread)).pauses
    write_guard.reset(first_hold)

    reads.clear()
    second_hold = write_guard.set(Held().check)
    await local.resume("g", thread, pause.interrupt_id, True)
    write_guard.reset(second_hold)

    assert len(reads) == 2
