"""auth.test: whose token is this? https://docs.slack.dev/reference/methods/auth.test"""

from __future__ import annotations

from bot.simulator.api.call import Call, Method
from bot.simulator.model import Json


def test(call: Call) -> Json:
    config = call.world.config
    return {
        "ok": True,
        "url": f"https://{config.team_domain}.slack.com/",
        "team": config.team_name,
        "user": config.bot_name,
        "team_id": config.team_id,
        "user_id": config.bot_user_id,
        "bot_id": config.bot_id,
        "is_enterprise_install": False,
    }


METHODS = {"auth.test": Method(test)}
