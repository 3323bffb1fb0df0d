"""users.* and bots.info: who is there. https://docs.slack.dev/reference/methods?family=users"""

from __future__ import annotations

from bot.simulator.api.call import Call, Method, SlackError, page
from bot.simulator.model import Json
from bot.simulator.slack_json import bot_json, person_json


def info(call: Call) -> Json:
    person = call.world.workspace.people.get(call.word("user", "user_not_found"))
    if person is None:
        raise SlackError("user_not_found")
    return {"ok": True, "user": person_json(person)}


def lookup_by_email(call: Call) -> Json:
    """Everybody's address is their name at example.com."""
    email = call.word("email", "users_not_found").lower()
    for person in call.world.workspace.people.values():
        if email == f"{person.name}@example.com".lower() and not person.deleted:
            return {"ok": True, "user": person_json(person)}
    raise SlackError("users_not_found")


def list_people(call: Call) -> Json:
    found, cursor = page(call, list(call.world.workspace.people.values()), 200, 1000)
    shown = [person_json(person) for person in found]
    return {
        "ok": True,
        "members": shown,
        "cache_ts": int(call.world.config.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def bot_info(call: Call) -> Json:
    if call.maybe("bot") not in (None, call.world.config.bot_id):
        raise SlackError("bot_not_found")
    return {"ok": True, "bot": bot_json(call.world.workspace)}


READ = ("users:read",)
METHODS = {
    "users.info": Method(info, READ),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",)),
    "users.list": Method(list_people, READ),
    "bots.info": Method(bot_info, READ),
}
