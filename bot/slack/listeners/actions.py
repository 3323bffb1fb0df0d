"""Buttons: a vote, a form that asks for words, the full text, another page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.answer_form import answer_form
from bot.blocks.ids import CHOICES, Action
from bot.blocks.modal import confirm_form, reason_form, revise_form, view_full, with_confirmation
from bot.blocks.parts import Block, Face
from bot.blocks.text import link, mrkdwn, say
from bot.core.filters import Filters, read_filters
from bot.core.outcome import Kind, Outcome
from bot.ports import Messenger
from bot.slack.clicks import Press
from bot.slack.desk import Desk
from bot.slack.listeners.listing import list_face
from bot.slack.listeners.telling import NO_CARD, tell
from bot.slack.windows import Windows
from bot.texts.marks import marked

Form = Callable[..., Block]
Listener = Callable[..., Awaitable[None]]

NO_TURNING = marked("Slack cannot show another page here; type `/approvals` for a fresh list.")

YOURS = marked("The link is for you alone; it works once, and for ten minutes.")

FORMS: Mapping[Action, Form] = {Action.REJECT: reason_form, Action.REVISE: revise_form}


def votes(desk: Desk, windows: Windows) -> Listener:
    """Approve, and each of a few answers: durable before Slack gets its answer, or asked for a word first."""

    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        click = press.click
        outcome = await desk.vote(click) if click else NO_CARD
        if click and outcome.kind is Kind.CONFIRM and outcome.approval is not None and outcome.sentence:
            where = {"channel": press.channel or "", "message_ts": press.message_ts or ""}
            form = confirm_form(
                outcome.approval, outcome.sentence, click.verdict, click.choice, **where, shown=press.shown
            )
            await windows.open(press.trigger_id, form)
        else:
            await tell(desk, press, outcome)
        await ack()

    return approve


def asks(desk: Desk, windows: Windows, form: Form) -> Listener:
    """Reject and Revise: a form, for whom it is of use."""

    async def ask(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        outcome = await desk.ready(press.click) if press.click else NO_CARD
        if outcome.kind is Kind.READY and outcome.approval is not None:
            where = {"channel": press.channel or "", "message_ts": press.message_ts or ""}
            await windows.open(press.trigger_id, form(outcome.approval, **where, shown=press.shown))
        else:
            await tell(desk, press, outcome)
        await ack()

    return ask


def answers(desk: Desk, windows: Windows) -> Listener:
    """Answer: a form made from what the graph says its answer must look like, for whom it is of use."""

    async def answer(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        outcome = await desk.ready(press.click) if press.click else NO_CARD
        if outcome.kind is Kind.READY and outcome.approval is not None:
            before = outcome.approval.previous
            previous = await desk.view(before) if before else None
            where = {"channel": press.channel or "", "message_ts": press.message_ts or ""}
            form = answer_form(outcome.approval, previous=previous, **where)
            await windows.open(press.trigger_id, with_confirmation(form, outcome.sentence))
        else:
            await tell(desk, press, outcome)
        await ack()

    return answer


def withdraws(desk: Desk) -> Listener:
    """Withdraw: who asked wants no more of it."""

    async def withdraw(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        outcome = await desk.withdraw(press.withdrawal) if press.withdrawal else NO_CARD
        await tell(desk, press, outcome)
        await ack()

    return withdraw


def leads_elsewhere(desk: Desk, messenger: Messenger) -> Listener:
    """Approve on the web: a link for this person alone, told in private."""

    async def lead(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        outcome = await desk.link(press.click) if press.click else NO_CARD
        if outcome.kind is Kind.READY and outcome.sentence:
            user = press.origin.user
            text = mrkdwn("{} {}", link(outcome.sentence, say("Log in and approve it here.")), mrkdwn(YOURS))
            await messenger.tell(press.channel or user, user, text)
        else:
            await tell(desk, press, outcome)
        await ack()

    return lead


def views_full(desk: Desk, windows: Windows) -> Listener:
    """View full: everything the request says."""

    async def view(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        user = press.origin.user
        approval = await desk.view(press.card.approval_id, by=user) if press.card else None
        if approval is not None:
            await windows.open(press.trigger_id, view_full(approval))
        else:
            await tell(desk, press, Outcome(Kind.UNKNOWN))
        await ack()

    return view


def turns_page(desk: Desk, windows: Windows) -> Listener:
    """Another page of the full text, in the same window."""

    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        approval = await desk.view(press.page.approval_id) if press.page else None
        if approval is not None and press.page is not None and press.view_id is not None:
            await windows.turn(press.view_id, view_full(approval, press.page.page))
        else:
            await tell(desk, press, Outcome(Kind.UNKNOWN))
        await ack()

    return turn


def turns_list(desk: Desk, windows: Windows, messenger: Messenger) -> Listener:
    """Another page of what is waiting, in place of this one."""

    async def turn(ack: AsyncAck, body: dict[str, Any]) -> None:
        press = Press.of(body)
        face = await _page(press, desk, messenger)
        if face is None or not await windows.replace(press.response_url, face):
            user = press.origin.user
            await messenger.tell(press.channel or user, user, mrkdwn(NO_TURNING))
        await ack()

    return turn


async def _page(press: Press, desk: Desk, messenger: Messenger) -> Face | None:
    """The page that the button leads to; None: it is no button of a list."""
    trail, user = press.trail, press.origin.user
    filters = read_filters(trail.filters.split(), user) if trail is not None else None
    if trail is None or not isinstance(filters, Filters):
        return None
    return await list_face(desk, messenger, user, filters, trail.cursors)


def register(app: AsyncApp, desk: Desk, windows: Windows, messenger: Messenger) -> None:
    """Every button we make."""
    for action in (Action.APPROVE, *CHOICES):
        app.action(action.value)(votes(desk, windows))
    app.action(Action.ANSWER.value)(answers(desk, windows))
    for action, form in FORMS.items():
        app.action(action.value)(asks(desk, windows, form))
    app.action(Action.ELSEWHERE.value)(leads_elsewhere(desk, messenger))
    app.action(Action.VIEW.value)(views_full(desk, windows))
    app.action(Action.WITHDRAW.value)(withdraws(desk))
    for action in (Action.PAGE_BACK, Action.PAGE_ON):
        app.action(action.value)(turns_page(desk, windows))
    for action in (Action.LIST_BACK, Action.LIST_ON):
        app.action(action.value)(turns_list(desk, windows, messenger))
