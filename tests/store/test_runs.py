"""The record of runs: one per thread, changed by one at a time, until everybody knows how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.model import RunState
from bot.ports import Store, Swapped
from tests.store.samples import started


async def test_a_thread_has_one_run(store: Store) -> None:
    first = await store.create_run(started(requester="U0ANA"))
    second = await store.create_run(started(requester="U0BOB"))

    assert first == second == started(requester="U0ANA")
    assert await store.read_run("T1") == first
    assert await store.read_run("T2") is None


async def test_a_run_changes_once_per_version(store: Store) -> None:
    run = await store.create_run(started())
    after = replace(run, version=1, state=RunState.ENDED, output={"ok": [1, None]}, result="Paid.")

    words = [await store.swap_run(run, after), await store.swap_run(run, replace(after, output=None))]

    assert words == [Swapped.DONE, Swapped.CONFLICT]
    assert await store.read_run("T1") == after


async def test_a_run_changes_under_its_lease(store: Store) -> None:
    run = await store.create_run(started())

    async with store.lease("T1") as lease:
        word = await store.swap_run(run, replace(run, version=1), lease=lease)

    assert word is Swapped.DONE


@pytest.mark.parametrize(
    ("state", "announced", "kind"),
    [
        (RunState.RUNNING, None, "active"),
        (RunState.WAITING, None, "waiting"),
        (RunState.ENDED, None, "unannounced"),
        (RunState.FAILED, None, "unannounced"),
        (RunState.LOST, None, "unannounced"),
        (RunState.ENDED, "1800000000.000100", None),
        (RunState.CANCELLED, None, None),
    ],
)
async def test_a_run_is_watched_until_its_result_was_told(
    store: Store, state: RunState, announced: str | None, kind: str | None
) -> None:
    run = await store.create_run(started())
    await store.swap_run(run, replace(run, version=1, state=state, announced=announced))

    found = await store.leftovers(older_than=0, limit=10, waited=0)

    assert found.active == (("T1",) if kind == "active" else ())
    assert found.waiting == (("T1",) if kind == "waiting" else ())
    assert found.unannounced == (("T1",) if kind == "unannounced" else ())


async def test_runs_that_wait_are_looked_at_a_few_at_a_time_and_seldom(store: Store) -> None:
    for n in range(4):
        run = await store.create_run(started(f"T{n}"))
        await store.swap_run(run, replace(run, version=1, state=RunState.WAITING))

    early = await store.leftovers(older_than=0, limit=10, waited=60)
    found = await store.leftovers(older_than=0, limit=10, waited=0, few=2)

    assert early.waiting == ()
    assert found.waiting == ("T0", "T1")
