"""Turn away, before any listener, what did not come from our app, our workspace and a person of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse

from bot.core.model import Click, Source, Verdict, Workspace
from bot.core.outcome import Kind, Outcome
from bot.core.policy import USER_ID, Why, foreign
from bot.slack.attempts import attempt
from bot.slack.clicks import Origin, part, word
from bot.slack.desk import Desk
from bot.telemetry import REFUSALS

log = structlog.get_logger("approvals.slack")

Middleware = Callable[..., Awaitable[BoltResponse | None]]

GESTURES = frozenset({"block_actions", "view_submission", "view_closed"})


def guard(us: Workspace, desk: Desk) -> Middleware:
    """A Bolt middleware. Events are looked at one by one behind it: most of them tell of other people."""

    async def only_ours(
        body: dict[str, Any],
        next: Callable[[], Awaitable[None]],  # noqa: A002 (Bolt's name)
    ) -> BoltResponse | None:
        if body.get("type") not in GESTURES and "command" not in body:
            await next()
            return None
        origin = Origin.of(body)
        why = foreign(_gesture(origin), us)
        if why is None:
            await next()
            return None
        return await _refuse(desk, body, origin, why)

    return only_ours


def _gesture(origin: Origin) -> Click:
    """A gesture that is no vote yet: who and where from is all that matters of it here."""
    return origin.click("", Verdict.APPROVE, "", 0, Source.BUTTON)


async def _refuse(desk: Desk, body: Mapping[str, Any], origin: Origin, why: Why) -> BoltResponse:
    log.warning("gesture refused", reason=why.value)
    REFUSALS.labels(why.value).inc()
    await desk.refused(attempt(body), why)
    channel = word(part(body, "channel"), "id") or word(body, "channel_id") or origin.user
    if USER_ID.fullmatch(origin.user):
        await desk.tell(Outcome(Kind.REFUSED, why=why), channel, origin.user)
    return BoltResponse(status=200)
