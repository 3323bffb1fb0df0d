"""Scenes in which a run asks many questions at once, and the words to act in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.approvals.showing import show
from bot.approvals.showing_batch import show_batch
from bot.approvals.together import Offer, Result, approve, offer_batch
from bot.core.batch import Item
from bot.core.model import Click, Source, State, Verdict
from bot.core.outcome import Kind
from bot.ports import BatchRecord
from tests.approvals.conftest import Scene
from tests.fake_graph import FakeRunner
from tests.fake_slack import Posted

TEN = 10


def many(branches: int, **more: Any) -> Scene:
    """A graph that asks so many questions at once."""
    return Scene(**{"runner": FakeRunner(branches=branches)} | more)


async def asked(scene: Scene) -> BatchRecord:
    """A run that has asked all of them, with every card on the channel."""
    await scene.start()
    await scene.drive()
    [batch_id] = scene.store.batches
    await show_batch(scene.world, batch_id)
    for approval_id in list(scene.store.approvals):
        await show(scene.world, approval_id)
    await show_batch(scene.world, batch_id)
    return scene.store.batches[batch_id]


def card(scene: Scene) -> Posted:
    [posted] = [post for post in scene.messenger.posts if post.key.startswith("batch:")]
    return posted


def press(batch: BatchRecord, by: str = "U0ANA", name: str = "form/V1", **more: Any) -> Click:
    where = (batch.card.channel, batch.card.ts)
    click = Click(name, by, Verdict.APPROVE, "", 0, Source.BATCH, "A1", "T1", "T1", *where)
    return replace(click, **more)


async def listed(scene: Scene, batch: BatchRecord, by: str = "U0ANA") -> Offer:
    offer = await offer_batch(scene.world, press(batch, by), batch.batch.id)
    assert isinstance(offer, Offer)
    return offer


async def confirmed(
    scene: Scene, batch: BatchRecord, offer: Offer, by: str = "U0ANA", name: str = "form/V1"
) -> Sequence[Result]:
    items = [Item.of(approval) for approval in offer.approvals]
    return await approve(scene.world, press(batch, by, name), items)


def kinds(results: Sequence[Result]) -> list[Kind]:
    return [result.outcome.kind for result in results]


def states(scene: Scene) -> list[State]:
    return [approval.state for approval in scene.store.approvals.values()]
