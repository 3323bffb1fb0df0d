"""apps.connections.open: where a Socket Mode app connects.

https://docs.slack.dev/reference/methods/apps.connections.open
"""

from __future__ import annotations

from bot.simulator.api.call import Call, Method, SlackError
from bot.simulator.model import Json


def open_connection(call: Call) -> Json:
    ticket = call.world.sockets.new_ticket()
    if ticket is None:
        raise SlackError("too_many_websockets")
    base = call.world.base_url.replace("http", "ws", 1)
    return {"ok": True, "url": f"{base}/link/?ticket={ticket}&app_id={call.world.config.app_id}"}


METHODS = {"apps.connections.open": Method(open_connection, token="app")}  # noqa: S106 - the kind of token
