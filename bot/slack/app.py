"""Put the Slack side together: Bolt with our own authorization, guard, listeners and error handler."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.slack.clicks import Origin
from bot.slack.client import SDK_LOG
from bot.slack.connection import Connection
from bot.slack.desk import Desk
from bot.slack.guard import guard
from bot.slack.identity import Identity
from bot.slack.listeners import register
from bot.slack.trouble import trouble
from bot.texts.languages import Languages
from bot.texts.spoken import speaking

# Bolt warns of a SLACK_BOT_TOKEN in the environment that it does not use: that one is ours, and in use.
BOLT_LOG = SDK_LOG.getChild("bolt")
BOLT_LOG.setLevel(logging.ERROR)

ENGLISH_ALONE = Languages()


class _SpokenApp(AsyncApp):
    """Bolt, answering each request in the language of the workspace it comes from, errors included."""

    def __init__(self, languages: Languages, **options: Any) -> None:
        super().__init__(**options)
        self._languages = languages

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        with speaking(self._languages.of(Origin.of(req.body).team)):
            return await super().async_dispatch(req)


def build_bolt(
    slack: Connection, desk: Desk, *, reference: Callable[[], str], languages: Languages = ENGLISH_ALONE
) -> AsyncApp:
    """A Bolt app that answers when the work is done and durable, and asks Slack nothing to know itself.

    Signatures are the front door's business (HTTP) or the connection's (Socket Mode): Bolt checks none.
    """
    app = _SpokenApp(
        languages,
        # With every request Bolt sets the level of the logger of this name: it must not be one of ours.
        name=BOLT_LOG.name,
        logger=BOLT_LOG,
        client=slack.client,
        authorize=_authorize(slack.client.token, slack.identity),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,  # a body must not choose the token we speak with
    )
    app.error(trouble(slack.messenger, reference))
    app.use(guard(slack.identity.workspace, desk))
    register(app, desk, slack.windows, slack.messenger, bot_user_id=slack.identity.bot_user_id)
    return app


def _authorize(token: str | None, identity: Identity) -> Callable[..., Awaitable[AuthorizeResult]]:
    """Bolt's own way asks auth.test; ours was answered at the start."""
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team_id,
        bot_id=identity.bot_id,
        bot_user_id=identity.bot_user_id,
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    return authorize
