"""views.*: modals and App Homes. https://docs.slack.dev/reference/methods?family=views"""

from __future__ import annotations

import json
from dataclasses import replace

from bot.simulator.api.call import Call, Method, SlackError
from bot.simulator.modals import MOST_VIEWS, new_view
from bot.simulator.model import Json, View
from bot.simulator.slack_json import view_json
from bot.simulator.tickets import Invalid
from bot.simulator.validate import wrong_with_view

LARGEST = 250_000  # https://docs.slack.dev/reference/methods/views.open (view_too_large)


def open_view(call: Call) -> Json:
    content = _content(call, "modal")
    user = _user_of_trigger(call)
    view = new_view(user, content, over=None)
    call.world.workspace.put_modals(user, (view,))
    return _answer(call, view)


def push(call: Call) -> Json:
    content = _content(call, "modal")
    user = _user_of_trigger(call)
    stack = call.world.workspace.modals.get(user, ())
    if len(stack) >= MOST_VIEWS:
        raise SlackError("push_limit_reached")
    view = new_view(user, content, over=stack[-1] if stack else None)
    call.world.workspace.put_modals(user, (*stack, view))
    return _answer(call, view)


def update(call: Call) -> Json:
    known = call.world.workspace.find_view(call.maybe("view_id"), call.maybe("external_id"))
    if known is None:
        raise SlackError("not_found")
    _same_hash(call, known)
    fresh = new_view(known.user, _content(call, "modal", "home"), over=None, before=known)
    call.world.workspace.replace_view(fresh)
    return _answer(call, fresh)


def publish(call: Call) -> Json:
    user = call.word("user_id", "user_not_found")
    if user not in call.world.workspace.people:
        raise SlackError("user_not_found")
    known = call.world.workspace.homes.get(user)
    if known:
        _same_hash(call, known)
    view = new_view(user, _content(call, "home"), over=None)
    if known:
        view = replace(view, id=known.id, root_view_id=known.id)
    call.world.workspace.put_home(view)
    return _answer(call, view)


def _content(call: Call, *kinds: str) -> Json:
    view = call.object("view", "invalid_arguments")
    wrong = wrong_with_view(view, kinds)
    if wrong:
        messages = [f"[ERROR] {words}" for words in wrong]
        raise SlackError("invalid_arguments", response_metadata={"messages": messages})
    if len(json.dumps(view)) > LARGEST:
        raise SlackError("view_too_large")
    content: Json = view
    return content


def _user_of_trigger(call: Call) -> str:
    user = call.world.tickets.use_trigger(call.word("trigger_id"))
    if isinstance(user, Invalid):
        raise SlackError(user.value)
    return user


def _same_hash(call: Call, known: View) -> None:
    wanted = call.maybe("hash")
    if wanted and wanted != known.hash:
        raise SlackError("hash_conflict")


def _answer(call: Call, view: View) -> Json:
    return {"ok": True, "view": view_json(call.world.workspace, view)}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
