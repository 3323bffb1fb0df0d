"""Approve all: the list of what that would be, and a vote on each once it is confirmed."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.batch_ids import read_batch, read_items
from bot.blocks.ids import Action, Form
from bot.blocks.modal import told
from bot.blocks.notice import sentence
from bot.blocks.together import confirmation, report
from bot.core.model import Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.slack.clicks import Press, Submission
from bot.slack.desk import Desk
from bot.slack.listeners.telling import NO_CARD, tell
from bot.slack.windows import Windows


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

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        form = Submission.of(body)
        items = read_items(form.private)
        if items is None:
            await ack(response_action="update", view=dict(told(sentence(Outcome(Kind.UNKNOWN)))))
            return
        # The window's id is the gesture: sent twice, each vote is the same one again.
        click = form.origin.click(f"form/{form.view_id}", Verdict.APPROVE, "", 0, Source.BATCH)
        results = await desk.approve(click, items)
        said = report([(one.approval, one.outcome) for one in results], form.origin.user)
        await ack(response_action="update", view=dict(said))

    app.action(Action.APPROVE_ALL.value)(ask)
    app.view(Form.APPROVE_ALL.value)(approve)
