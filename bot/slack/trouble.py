"""The one place for what nobody planned: the log gets the story, the person a sentence and a reference."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.blocks.modal import told
from bot.blocks.notice import sentence
from bot.blocks.text import mrkdwn
from bot.core.outcome import Kind, Outcome
from bot.core.policy import USER_ID
from bot.ports import ChannelClosed, MessageRefused, Messenger, SlackUnavailable, StoreUnavailable
from bot.slack.clicks import Origin, Submission, part, word
from bot.texts.marks import marked

log = structlog.get_logger("approvals.slack")

Handler = Callable[[Exception, dict[str, Any]], Awaitable[BoltResponse]]

FAILED = marked("That did not work. Please try again; if it stays so, give an operator the reference {}.")

# Seconds. The story of an error must not make the answer late as well.
WITHIN = 1.0


def trouble(messenger: Messenger, reference: Callable[[], str]) -> Handler:
    """Bolt's error handler. It answers 200 where the person was told, so that Slack warns nobody twice.

    The private sentence goes to Slack at once: the queue may be what is broken.
    """

    async def on_error(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            log.info("request of no interest", kind=_kind(body))
            return BoltResponse(status=200)
        said = _said(error, body, reference)
        match body:
            case {"type": "event_callback"}:
                # Slack delivers an event again, up to three times.
                return BoltResponse(status=503)
            case {"command": str()}:
                return BoltResponse(status=200, body={"response_type": "ephemeral", "text": said})
            case {"type": "view_submission"}:
                return BoltResponse(status=200, body=_in_window(body, said))
        delivered = await _tell(messenger, body, said)
        return BoltResponse(status=200 if delivered else 500)

    return on_error


def _said(error: Exception, body: Mapping[str, Any], reference: Callable[[], str]) -> str:
    if isinstance(error, StoreUnavailable):
        log.warning("record unavailable", kind=_kind(body), reason=str(error))
        return sentence(Outcome(Kind.NOT_RECORDED))
    named = reference()
    log.error("request failed", kind=_kind(body), reference=named, exc_info=error)
    return mrkdwn(FAILED, named)


def _kind(body: Mapping[str, Any]) -> str:
    """The sort of request in one word or two, never what is in it."""
    return word(part(body, "event"), "type") or word(body, "type") or word(body, "command") or "unknown"


def _in_window(body: Mapping[str, Any], said: str) -> dict[str, object]:
    """Under the form's first question, so that nothing typed is lost; instead of a window without one."""
    form = Submission.of(body)
    if form.blocks:
        return {"response_action": "errors", "errors": {form.blocks[0]: said}}
    return {"response_action": "update", "view": told(said)}


async def _tell(messenger: Messenger, body: Mapping[str, Any], said: str) -> bool:
    user = Origin.of(body).user
    if not USER_ID.fullmatch(user):
        return False
    channel = word(part(body, "channel"), "id") or user
    try:
        async with asyncio.timeout(WITHIN):
            await messenger.tell(channel, user, said)
    except (ChannelClosed, MessageRefused, SlackUnavailable, TimeoutError) as failed:
        log.warning("private note was not delivered", user=user, reason=str(failed))
        return False
    return True
