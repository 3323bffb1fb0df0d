"""usergroups.*: named groups of people. https://docs.slack.dev/reference/methods?family=usergroups"""

from __future__ import annotations

from bot.simulator.api.call import Call, Method, SlackError
from bot.simulator.model import Json
from bot.simulator.slack_json import group_json


def list_groups(call: Call) -> Json:
    with_users = call.flag("include_users")
    groups = call.world.workspace.groups.values()
    return {"ok": True, "usergroups": [group_json(call.world.workspace, g, with_users) for g in groups]}


def list_members(call: Call) -> Json:
    group = call.world.workspace.groups.get(call.word("usergroup", "no_such_subteam"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": list(group.users)}


READ = ("usergroups:read",)
METHODS = {
    "usergroups.list": Method(list_groups, READ),
    "usergroups.users.list": Method(list_members, READ),
}
