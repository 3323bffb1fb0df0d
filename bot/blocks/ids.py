"""Write and read everything we get back from Slack: ids, button values, a form's memory, metadata.

What comes back is checked here and still only a claim: the record decides what it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, unquote

from bot.blocks.parts import BUTTON_VALUE, PRIVATE_METADATA
from bot.core.model import JSON, Approval, MetadataClaim, Verdict

APPROVAL_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
CURSOR = re.compile(r"[A-Za-z0-9_=+/:.-]{1,200}")
EVENT_TYPE = "approval_requested"
RESULT_TYPE = "run_ended"
BATCH_TYPE = "approvals_batch"
NUDGE_TYPE = "approval_nudged"


class Action(StrEnum):
    """Every button we make."""

    APPROVE = "approvals.approve"
    REJECT = "approvals.reject"
    REVISE = "approvals.revise"
    ANSWER = "approvals.answer"  # opens the form
    CHOOSE_1 = "approvals.choose_1"  # one of a few answers, each a button
    CHOOSE_2 = "approvals.choose_2"
    CHOOSE_3 = "approvals.choose_3"
    ELSEWHERE = "approvals.elsewhere"  # too much at stake for Slack: a link to our own page
    VIEW = "approvals.view"
    WITHDRAW = "approvals.withdraw"
    PAGE_BACK = "approvals.page_back"  # in the full text
    PAGE_ON = "approvals.page_on"
    LIST_BACK = "approvals.list_back"  # in the list of what is pending
    LIST_ON = "approvals.list_on"
    HISTORY_BACK = "approvals.history_back"  # in the history of one approval
    HISTORY_ON = "approvals.history_on"
    APPROVE_ALL = "approvals.approve_all"  # on the card of a batch
    APPROVE_SEVERAL = "approvals.approve_several"  # below a list of what waits


class Form(StrEnum):
    """Every modal we open (`callback_id`)."""

    REJECT = "approvals.form.reject"
    REVISE = "approvals.form.revise"
    ANSWER = "approvals.form.answer"
    CONFIRM = "approvals.form.confirm"
    FULL = "approvals.full"
    START = "approvals.form.start"
    APPROVE_ALL = "approvals.form.approve_all"
    APPROVE_SEVERAL = "approvals.form.approve_several"
    TOLD = "approvals.told"


VERDICTS: Mapping[str, Verdict] = {
    Action.APPROVE: Verdict.APPROVE,
    Action.REJECT: Verdict.REJECT,
    Action.REVISE: Verdict.REVISE,
    Action.ANSWER: Verdict.ANSWER,
    Action.ELSEWHERE: Verdict.APPROVE,
    Action.CHOOSE_1: Verdict.ANSWER,
    Action.CHOOSE_2: Verdict.ANSWER,
    Action.CHOOSE_3: Verdict.ANSWER,
}
CHOICES = (Action.CHOOSE_1, Action.CHOOSE_2, Action.CHOOSE_3)


@dataclass(frozen=True, slots=True)
class ButtonValue:
    """Which card a button stood on, and which page of the full text it leads to."""

    approval_id: str
    revision: int
    page: int = 0


def write_value(approval: Approval) -> str:
    """The value of a card's buttons."""
    return f"v1.{approval.id}.{approval.revision}"


def read_value(value: str | None) -> ButtonValue | None:
    """What `write_value` wrote; None for anything else."""
    match (value or "").split("."):
        case ["v1", str(approval_id), str(revision)] if proper(approval_id, revision):
            return ButtonValue(approval_id, int(revision))
    return None


def write_page(approval: Approval, page: int) -> str:
    """The value of a button that turns a page of the full text; pages count from 0."""
    return f"{write_value(approval)}.{page}"


def read_page(value: str | None) -> ButtonValue | None:
    """What `write_page` wrote; None for anything else."""
    match (value or "").split("."):
        case ["v1", str(approval_id), str(revision), str(page)] if proper(approval_id, revision, page):
            return ButtonValue(approval_id, int(revision), int(page))
    return None


def proper(approval_id: str, *numbers: str) -> bool:
    """Whether these are an id and numbers as we write them."""
    return bool(APPROVAL_ID.fullmatch(approval_id)) and all(NUMBER.fullmatch(number) for number in numbers)


def write_trail(cursors: Sequence[str], filters: str = "") -> str:
    """The pages of a list up to one, as cursors; the first page has none. The oldest go if it gets long."""
    head = ["v2", quote(filters, safe="")] if filters else ["v1"]
    kept = list(cursors)
    while len(value := ",".join([*head, *kept])) > BUTTON_VALUE and kept:
        kept.pop(0)
    return value


@dataclass(frozen=True, slots=True)
class Trail:
    """Which page of which list: the cursors up to it, and the filters as somebody would type them."""

    cursors: tuple[str, ...]
    filters: str = ""


def read_trail(value: str | None) -> Trail | None:
    """What `write_trail` wrote; None for anything else."""
    match (value or "").split(","):
        case ["v1", *cursors] if _are_cursors(cursors, value):
            return Trail(tuple(cursors))
        case ["v2", str(filters), *cursors] if _are_cursors(cursors, value):
            return Trail(tuple(cursors), unquote(filters))
    return None


def _are_cursors(cursors: Sequence[str], value: str | None) -> bool:
    return len(value or "") <= BUTTON_VALUE and all(CURSOR.fullmatch(cursor) for cursor in cursors)


@dataclass(frozen=True, slots=True)
class Place:
    """What a form must remember: Slack says neither channel nor message when it is submitted."""

    approval_id: str
    revision: int
    verdict: Verdict
    channel: str
    message_ts: str
    so_far: Sequence[JSON] = ()  # of a form with several pages: (path, value) of what was filled in before
    choice: int | None = None  # which of a few answers is to be confirmed
    typed: str | None = None  # what was typed to confirm, on an earlier page
    shown: str | None = None  # opened from App Home: the digest of the request that it showed


def write_place(place: Place) -> str:
    """A form's `private_metadata`."""
    named: dict[str, JSON] = {
        "approval_id": place.approval_id,
        "revision": place.revision,
        "verdict": place.verdict,
        "channel": place.channel,
        "message_ts": place.message_ts,
    }
    more: dict[str, JSON] = {"choice": place.choice, "typed": place.typed, "so_far": place.so_far or None}
    more["shown"] = place.shown
    return json.dumps(named | {k: v for k, v in more.items() if v is not None}, ensure_ascii=False)


def read_place(private: str | None) -> Place | None:
    """What `write_place` wrote; None for anything else."""
    match _loaded(private):
        case {
            "approval_id": str(approval_id),
            "revision": int(revision),
            "verdict": ("approve" | "reject" | "revise" | "answer") as verdict,
            "channel": str(channel),
            "message_ts": str(ts),
            **rest,
        } if not rest.keys() - {"so_far", "choice", "typed", "shown"} and proper(approval_id, str(revision)):
            return _place(Place(approval_id, revision, Verdict(verdict), channel, ts), rest)
    return None


def _place(place: Place, rest: Mapping[object, object]) -> Place | None:
    match [rest.get("so_far", []), rest.get("choice"), rest.get("typed"), rest.get("shown")]:
        case [
            list(so_far),
            (None | 0 | 1 | 2) as choice,
            (None | str()) as typed,
            (None | str()) as shown,
        ] if not isinstance(choice, bool):
            return replace(place, so_far=tuple(so_far), choice=choice, typed=typed, shown=shown)
    return None


def write_start(graph: str, channel: str) -> str:
    """The `private_metadata` of the form that starts a run."""
    return json.dumps({"graph": graph, "channel": channel})


def read_start(private: str | None) -> tuple[str, str] | None:
    """Graph and channel, as `write_start` wrote them; None for anything else."""
    match _loaded(private):
        case {"graph": str(graph), "channel": str(channel), **rest} if not rest:
            return graph, channel
    return None


def _loaded(private: str | None) -> object:
    if not private or len(private) > PRIVATE_METADATA:
        return None
    try:
        return json.loads(private)
    except (ValueError, RecursionError):
        return None


def metadata(approval: Approval) -> dict[str, JSON]:
    """The card's message metadata: ids only, since everybody in the workspace can read it.

    https://docs.slack.dev/messaging/message-metadata
    """
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {
            "approval_id": approval.id,
            "thread_id": approval.request.thread_id,
            "interrupt_id": approval.request.interrupt_id,
            "revision": approval.revision,
        },
    }


def batch_metadata(batch_id: str, thread_id: str) -> dict[str, JSON]:
    """The metadata of the card of a batch."""
    return {"event_type": BATCH_TYPE, "event_payload": {"batch_id": batch_id, "thread_id": thread_id}}


def result_metadata(thread_id: str) -> dict[str, JSON]:
    """The metadata of the message that tells a run's result."""
    return {"event_type": RESULT_TYPE, "event_payload": {"thread_id": thread_id}}


def nudge_metadata(approval: Approval) -> dict[str, JSON]:
    """The metadata of a reminder, or of what an escalation changed."""
    return {"event_type": NUDGE_TYPE, "event_payload": {"approval_id": approval.id}}


def read_metadata(found: object) -> MetadataClaim | None:
    """What a message's metadata says of itself; None where it is absent, empty or not ours."""
    match found:
        case {
            "event_type": "approval_requested",
            "event_payload": {
                "approval_id": str(approval_id),
                "thread_id": str(thread_id),
                "interrupt_id": str(interrupt_id),
                "revision": int(revision),
            },
        }:
            return MetadataClaim(approval_id, thread_id, interrupt_id, revision)
    return None


def block_id(approval: Approval, name: str) -> str:
    """A card's block, new with every change of the approval."""
    return f"approvals:{approval.id}:{approval.revision}:{approval.version}:{name}"
