"""Forms sent off: a reason, feedback, the input of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.answer_form import read_answer
from bot.blocks.form import ERROR, read_form
from bot.blocks.ids import Form
from bot.blocks.modal import TYPED_BLOCK, told, typed_error, words_error
from bot.blocks.notice import sentence, to_mend
from bot.blocks.parts import Block
from bot.blocks.text import Mrkdwn, cut, mrkdwn
from bot.core.model import Run, Source, Verdict
from bot.core.outcome import Kind, Outcome
from bot.core.slack_ids import CHANNEL_ID
from bot.ports import InvalidInput, UnknownGraph
from bot.slack.clicks import Submission
from bot.slack.desk import Desk

# What the person can mend in the form itself, or send off again: the typed words stay.
MENDABLE = (Kind.BAD_ANSWER, Kind.NOT_RECORDED)


def register(app: AsyncApp, desk: Desk) -> None:
    """Every form we open."""

    async def words(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Submission.of(body).click
        outcome = await desk.vote(click) if click else Outcome(Kind.UNKNOWN)
        if click is not None and click.source is Source.HOME and outcome.kind not in MENDABLE:
            await desk.tell_at_home(outcome, click.user)
        if outcome.recorded:
            await ack()
        elif outcome.kind in MENDABLE:
            await ack(response_action="errors", errors=words_error(to_mend(outcome)))
        else:
            await ack(**_told(outcome))

    async def answer(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await _answer(Submission.of(body), desk))

    async def confirmed(ack: AsyncAck, body: dict[str, Any]) -> None:
        click = Submission.of(body).confirmed
        outcome = await desk.vote(click) if click else Outcome(Kind.UNKNOWN)
        if click is not None and click.source is Source.HOME and outcome.kind not in MENDABLE:
            await desk.tell_at_home(outcome, click.user)
        if outcome.recorded:
            await ack()
        elif outcome.kind in MENDABLE:
            await ack(**_wrong(typed_error(to_mend(outcome))))
        else:
            await ack(**_told(outcome))

    async def start(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(**await _start(Submission.of(body), desk))

    app.view(Form.REJECT.value)(words)
    app.view(Form.REVISE.value)(words)
    app.view(Form.ANSWER.value)(answer)
    app.view(Form.CONFIRM.value)(confirmed)
    app.view(Form.START.value)(start)


async def _answer(form: Submission, desk: Desk) -> dict[str, Any]:
    """Read a window of the form that answers a question: errors, the next window, or the vote itself."""
    place = replace(form.place, typed=form.typed) if form.place else None
    approval = await desk.view(place.approval_id) if place else None
    if place is None or approval is None or Verdict.ANSWER not in approval.request.contract.verdicts:
        return _told(Outcome(Kind.UNKNOWN))
    previous = await desk.view(approval.previous) if approval.previous else None
    given = read_answer(approval, place, form.blocks, form.values, form.begun, previous)
    if given.errors:
        return _wrong(dict(given.errors))
    if given.then is not None:
        return {"response_action": "push", "view": dict(given.then)}
    click = form.answer(given.answer)
    outcome = await desk.vote(click) if click else Outcome(Kind.UNKNOWN)
    if outcome.recorded:
        return {"response_action": "clear"}
    if outcome.kind in MENDABLE:
        under = TYPED_BLOCK if TYPED_BLOCK in form.blocks else form.blocks[0]
        return _wrong({under: cut(to_mend(outcome), ERROR)})
    return _told(outcome, form.origin.user)


def _told(outcome: Outcome, user: str | None = None) -> dict[str, Any]:
    return {"response_action": "update", "view": dict(told(sentence(outcome, user)))}


async def _start(form: Submission, desk: Desk) -> dict[str, Any]:
    """Start the run, or say under the right question why not; what to answer Slack."""
    if form.start is None:
        return _told(Outcome(Kind.UNKNOWN))
    graph, channel = form.start
    try:
        filled = read_form(desk.input_schema(graph), form.values, form.begun)
        if filled.errors:
            return _wrong(dict(filled.errors))
        run = await desk.start(
            graph, filled.input, channel=channel, requester=form.origin.user, key=form.view_id
        )
    except UnknownGraph as unknown:
        return _wrong({_under(form, ""): str(unknown)})
    except InvalidInput as invalid:
        return _wrong({_under(form, invalid.field): invalid.reason})
    return {"response_action": "update", "view": dict(_started(run))}


def _started(run: Run) -> Block:
    where = Mrkdwn(f"<#{run.channel}>") if CHANNEL_ID.fullmatch(run.channel) else run.channel
    said = mrkdwn("*{}* is running. What it asks, and how it ends, will appear in {}.", run.graph, where)
    return told(said)


def _wrong(errors: dict[str, str]) -> dict[str, Any]:
    return {"response_action": "errors", "errors": errors}


def _under(form: Submission, field: str) -> str:
    """The question a field's error belongs to: its own, or the first one."""
    return field if field in form.blocks else form.blocks[0]
