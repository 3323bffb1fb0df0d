"""What a person does with buttons, fields, modals and App Home, and what they see of the app's answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.simulator import events, payloads, posting
from bot.simulator.checks import wrong_with_form
from bot.simulator.filling import NoSuchThing, Target, filled, find_element, find_option, options_of
from bot.simulator.modals import TROUBLE, follow
from bot.simulator.model import Json, View
from bot.simulator.parcel import Answer
from bot.simulator.seen import Seen
from bot.simulator.surface import Surface, surface, top_modal
from bot.simulator.world import World

NOT_DELIVERED = "not delivered"


async def click(world: World, user: str, where: Json, target: Target, stale: Json | None = None) -> Seen:
    """Press a button; `stale` is the `{"block", "element"}` an out-of-date screen still shows."""
    payload = click_payload(world, user, where, target, stale)
    return await _act(world, user, surface(world, user, where), payload)


def click_payload(world: World, user: str, where: Json, target: Target, stale: Json | None = None) -> Json:
    """The payload that pressing this button would send."""
    place = surface(world, user, where)
    block, element = (stale["block"], stale["element"]) if stale else find_element(place.blocks, target)
    if element["type"] not in ("button", "workflow_button", "icon_button"):
        raise NoSuchThing(f"{target.what!r} is a {element['type']}, not a button: choose or fill it")
    return place.payload(payloads.action(world, block, element, None))


async def choose(world: World, user: str, where: Json, target: Target, wanted: Any) -> Seen:
    """Choose or type in a field; the app hears of it at once unless it waits for the modal's submit."""
    place = surface(world, user, where)
    block, element = find_element(place.blocks, target)
    if element["type"] == "overflow":
        state: Json = {"selected_option": find_option(element, wanted)}
    else:
        state = filled(element, _person_or_channel(world, element, wanted))
        place = place.put(_merged(place.values, {block["block_id"]: {element["action_id"]: state}}))
    if block["type"] == "input" and not block.get("dispatch_action"):
        return Seen(delivered=True, status=200)
    payload = place.payload(payloads.action(world, block, element, state))
    return await _act(world, user, place, payload)


def keep(world: World, user: str, where: Json, values: Json) -> None:
    """Remember what is typed in a page but not yet sent, in the shape of `state.values`."""
    place = surface(world, user, where)
    place.put(_merged(place.values, values))


async def submit(world: World, user: str) -> Seen:
    """Press the modal's submit button; what Slack checks itself never reaches the app."""
    view = top_modal(world, user)
    view = replace(view, errors=wrong_with_form(view))
    world.workspace.replace_view(view)
    if view.errors:
        return Seen(delivered=False, errors=view.errors)
    answer = await world.deliver.interaction(payloads.submission(world, user, view))
    trouble = TROUBLE if answer.problem else follow(world.workspace, view, answer.body)
    world.workspace.warn(user, view.id, trouble)
    shown = world.workspace.find_view(view.id)
    return Seen(answer.problem is None, answer.status, trouble, dict(shown.errors) if shown else {})


async def close(world: World, user: str, everything: bool = False) -> Seen:
    """Press Cancel (back to the view below) or, with `everything`, the cross."""
    stack = world.workspace.modals.get(user, ())
    if not stack:
        raise NoSuchThing(f"{user} has no modal open")
    gone = stack if everything or stack[-1].content.get("clear_on_close") else stack[-1:]
    world.workspace.put_modals(user, stack[: len(stack) - len(gone)])
    answers = [await _tell_closed(world, user, view, len(gone) > 1) for view in reversed(gone)]
    told = [answer for answer in answers if answer]
    return Seen(all(a.problem is None for a in told), told[-1].status if told else 200)


async def open_home(world: World, user: str) -> Seen:
    """Look at the app's Home tab; the app hears of it as an event, which may come late."""
    posting.tell_app(world, events.home_opened(world.workspace, user))
    return Seen(delivered=True, status=200)


async def _act(world: World, user: str, place: Surface, payload: Json) -> Seen:
    answer = await world.deliver.interaction(payload)
    trouble = NOT_DELIVERED if answer.problem else None
    world.workspace.warn(user, place.place, trouble)
    return Seen(answer.problem is None, answer.status, trouble)


async def _tell_closed(world: World, user: str, view: View, cleared: bool) -> Answer | None:
    if not view.content.get("notify_on_close"):
        return None
    return await world.deliver.interaction(payloads.closed(world, user, view, cleared))


def _merged(values: Json, more: Json) -> Json:
    return values | {block_id: {**values.get(block_id, {}), **inner} for block_id, inner in more.items()}


def _person_or_channel(world: World, element: Json, wanted: Any) -> Any:
    # People say "Ana" or "#refunds"; the state holds ids.
    if options_of(element) or not element["type"].removeprefix("multi_").startswith(
        ("users_", "channels_", "conversations_")
    ):
        return wanted
    if isinstance(wanted, list):
        return [_person_or_channel(world, element, each) for each in wanted]
    by_name = {person.real_name: person.id for person in world.workspace.people.values()}
    by_name |= {f"#{channel.name}": channel.id for channel in world.workspace.channels.values()}
    return by_name.get(wanted, wanted)
