"""The Web API: every method the simulator answers, by name."""

from __future__ import annotations

from bot.simulator.api import apps, auth, blocks, chat, conversations, usergroups, users, views
from bot.simulator.api.call import Method

METHODS: dict[str, Method] = {
    **apps.METHODS,
    **auth.METHODS,
    **blocks.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **usergroups.METHODS,
    **users.METHODS,
    **views.METHODS,
}
