"""blocks.validate: are these blocks fine? https://docs.slack.dev/reference/methods/blocks.validate"""

from __future__ import annotations

from bot.simulator.api.call import Call, Method, SlackError
from bot.simulator.model import Json
from bot.simulator.validate import wrong_with_blocks, wrong_with_view


def validate(call: Call) -> Json:
    """Takes `blocks`, a `message` with blocks, or a `view`; names every fault with a JSON pointer."""
    view = call.object("view", "invalid_arguments")
    message = call.object("message", "invalid_arguments") or {}
    blocks = call.object("blocks", "invalid_blocks_format") or message.get("blocks")
    if view is None and blocks is None:
        raise SlackError("invalid_arguments")
    wrong = wrong_with_view(view) if view is not None else wrong_with_blocks(blocks)
    if wrong:
        messages = [f"[ERROR] {words}" for words in wrong]
        raise SlackError("invalid_blocks", errors=wrong, response_metadata={"messages": messages})
    return {"ok": True}


METHODS = {"blocks.validate": Method(validate)}
