"""Approve all, Approve several: the list of what that would be, and a vote on each once it is confirmed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.approvals.together import Result
from bot.blocks.batch_ids import read_batch, read_items, read_several
from bot.blocks.ids import Action, Form
from bot.blocks.modal import told
from bot.blocks.notice import sentence
from bot.blocks.together import confirmation, report
from bot.core.batch import Item
from bot.core.model import Click, Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.slack.clicks import Press, Submission
from bot.slack.desk import Desk
from bot.slack.listeners.telling import NO_CARD, tell
from bot.slack.windows import Windows

Approve = Callable[[Click, Sequence[Item]], Awaitable[Sequence[Result]]]


def register(app: AsyncApp, desk: Desk, windows: Windows) -> None:
    """The button of a batch's card, and the window behind it."""

    async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        batch_id = read_batch(press.value)
        click = press.origin.click(
            *("", Verdict.APPROVE, "", 0, Source.BATCH), channel=press.channel, message_ts=press.message_ts
        )
        offer = await desk.offer(click, batch_id) if batch_id is not None else NO_CARD
        if isinstance(offer, Outcome):
            await tell(desk, press, offer)
        else:
            view = confirmation(offer.approvals, offer.others, offer.later)
            await windows.open(press.trigger_id, view)
        await ack()

    async def ask_several(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        listed = read_several(press.value)
        click = press.origin.click("", Verdict.APPROVE, "", 0, Source.BATCH)
        offer = await desk.offer_several(click, listed) if listed is not None else NO_CARD
        if isinstance(offer, Outcome):
            await tell(desk, press, offer)
        else:
            view = confirmation(offer.approvals, offer.others, offer.later, several=True)
            await windows.open(press.trigger_id, view)
        await ack()

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _vote(ack, body, desk.approve)

    async def approve_several(ack: AsyncAck, body: dict[str, Any]) -> None:
        await _vote(ack, body, desk.approve_several, several=True)

    app.action(Action.APPROVE_ALL.value)(ask)
    app.view(Form.APPROVE_ALL.value)(approve)
    app.action(Action.APPROVE_SEVERAL.value)(ask_several)
    app.view(Form.APPROVE_SEVERAL.value)(approve_several)


async def _vote(ack: AsyncAck, body: dict[str, Any], approve: Approve, *, several: bool = False) -> None:
    """Vote on what the window listed, and tell what came of each in its place."""
    form = Submission.of(body)
    items = read_items(form.private)
    if items is None:
        await ack(response_action="update", view=dict(told(sentence(Outcome(Kind.UNKNOWN)))))
        return
    # The window's id is the gesture: sent twice, each vote is the same one again.
    click = form.origin.click(f"form/{form.view_id}", Verdict.APPROVE, "", 0, Source.BATCH)
    results = await approve(click, items)
    said = report([(one.approval, one.outcome) for one in results], form.origin.user, several=several)
    await ack(response_action="update", view=dict(said))
