"""The stack of modals a person has open, and what the app's answer to a submission does to it."""

from __future__ import annotations

import secrets
from dataclasses import replace

from bot.simulator.filling import initial_values, kept_values
from bot.simulator.model import Json, View
from bot.simulator.normal import normal_blocks
from bot.simulator.validate import wrong_with_view
from bot.simulator.workspace import Workspace

MOST_VIEWS = 3  # https://docs.slack.dev/surfaces/modals#view_stack
TROUBLE = "We had some trouble connecting. Try again?"


def new_view(user: str, content: Json, over: View | None, before: View | None = None) -> View:
    """A view for this person: on top of `over`, or in place of `before`, whose filled-in values it keeps."""
    blocks = normal_blocks(content["blocks"])
    view_id = before.id if before else f"V{secrets.token_hex(5).upper()}"
    values = initial_values(blocks)
    source = before or over
    return View(
        id=view_id,
        user=user,
        content={**content, "blocks": list(blocks)},
        hash=f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
        root_view_id=source.root_view_id if source else view_id,
        previous_view_id=before.previous_view_id if before else over.id if over else None,
        values=kept_values(values, before.values) if before else values,
    )


def follow(workspace: Workspace, view: View, response: Json | str | None) -> str | None:
    """Do what the app answered to a submission; gives back what the person sees if the answer makes no sense.

    https://docs.slack.dev/surfaces/modals#updating_response
    """
    stack = workspace.modals.get(view.user, ())
    if view.id not in [each.id for each in stack]:
        return None  # views.update or the person was faster
    if response is None:
        workspace.put_modals(view.user, tuple(each for each in stack if each.id != view.id))
        return None
    if not isinstance(response, dict):
        return TROUBLE
    return _respond(workspace, view, stack, response)


def _respond(workspace: Workspace, view: View, stack: tuple[View, ...], response: Json) -> str | None:
    content = response.get("view")
    match response.get("response_action"):
        case "clear":
            workspace.put_modals(view.user, ())
        case "errors" if _about_inputs(view, response.get("errors")):
            workspace.replace_view(replace(view, errors=response["errors"]))
        case "update" if not wrong_with_view(content, ("modal",)):
            workspace.replace_view(new_view(view.user, content or {}, over=None, before=view))
        case "push" if len(stack) < MOST_VIEWS and not wrong_with_view(content, ("modal",)):
            workspace.put_modals(view.user, (*stack, new_view(view.user, content or {}, over=view)))
        case _:
            return TROUBLE
    return None


def _about_inputs(view: View, errors: object) -> bool:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    return isinstance(errors, dict) and bool(errors) and set(errors) <= inputs
