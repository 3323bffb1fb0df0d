"""What each request to the API is, step by step, without doing any: both clients walk the same steps.

A step is a call to be made or a pause to be kept; whoever walks sends back what came of it.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from bot.client.errors import (
    ApprovalsError,
    InvalidRequest,
    KeyReused,
    NotFound,
    ServerFailed,
    StillRunning,
    Unauthorized,
    Unavailable,
    UnexpectedAnswer,
)
from bot.client.results import (
    JSON,
    Approval,
    ApprovalDetails,
    Run,
    Started,
    read_approval,
    read_details,
    read_run,
)

T = TypeVar("T")

TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds
FIRST_LOOK, LONGEST_LOOK = 0.2, 5.0  # seconds between two looks at a run that is waited for

# No answer, or one that goes away. Every request of this client may be repeated: reading changes nothing,
# and a start carries its idempotency key.
AGAIN = frozenset({None, 408, 409, 429, 502, 503, 504})
NOT_AGAIN = frozenset({"api_disabled"})

ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
KEY = re.compile(r"[\x21-\x7e]{1,255}")

Until = Literal["over", "asked"]


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request below the bot's address."""

    method: str
    path: str
    body: bytes | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds to wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without a status nothing did, and `text` says why."""

    status: int | None
    text: str
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of approvals; `cursor` asks for the next one."""

    approvals: tuple[Approval, ...]
    cursor: str | None


Steps: TypeAlias = Generator[Call | Pause, Answer | None, T]


def start(
    graph: str,
    given: JSON,
    *,
    channel: str | None,
    requester: str | None,
    thread_id: str | None,
    idempotency_key: str | None,
) -> Steps[Started]:
    """Start a run."""
    key = idempotency_key if idempotency_key is not None else uuid4().hex
    if not KEY.fullmatch(key):
        raise _wrong("idempotency_key must be 1 to 255 visible ASCII characters")
    body = {"graph": graph, "input": given, "channel": channel, "requester": requester}
    body["thread_id"] = thread_id
    sent = {name: value for name, value in body.items() if value is not None or name == "input"}
    told = yield from _asked(Call("POST", "/api/runs", _text(sent), key))
    return _read(lambda it: Started(str(it["thread_id"]), key), told)


def run(thread_id: str, tries: int = TRIES) -> Steps[Run]:
    """Read a run."""
    return _read(read_run, (yield from _asked(Call("GET", f"/api/runs/{_id(thread_id)}"), tries)))


def approval(approval_id: str) -> Steps[ApprovalDetails]:
    """Read an approval."""
    told = yield from _asked(Call("GET", f"/api/approvals/{_id(approval_id)}"))
    return _read(read_details, told)


def pending(graph: str | None, channel: str | None, cursor: str | None) -> Steps[Page]:
    """Read one page of what waits for people."""
    wanted = {"state": "pending", "graph": graph, "channel": channel, "cursor": cursor}
    query = urlencode({name: value for name, value in wanted.items() if value is not None})
    return _read(_page, (yield from _asked(Call("GET", f"/api/approvals?{query}"))))


def wait(
    thread_id: str, timeout: float, until: Until, clock: Callable[[], float] = time.monotonic
) -> Steps[Run]:
    """Look at a run, seldom and seldomer, until it is over. A bot that is away for a while ends nothing."""
    deadline, pause, seen = clock() + timeout, FIRST_LOOK, None
    while True:
        try:
            seen = yield from run(thread_id, tries=1)
        except Unavailable as away:
            if away.code in NOT_AGAIN:
                raise
        if seen is not None and (seen.is_over or (until == "asked" and seen.is_waiting)):
            return seen
        left = deadline - clock()
        if left <= 0:
            how = f"is {seen.state}" if seen else "could not be looked at"
            raise StillRunning(f"After {timeout:g} seconds the run {thread_id} {how}.", seen)
        yield Pause(min(pause, left))
        pause = min(pause * 1.5, LONGEST_LOOK)


def _asked(call: Call, tries: int = TRIES) -> Steps[Any]:
    """The JSON that came back; tried again while the trouble is one that goes away."""
    pause = FIRST_PAUSE
    for left in reversed(range(tries)):
        answer = yield call
        assert answer is not None  # noqa: S101 - a call is answered, only a pause is not
        told = _json(answer)
        if answer.status is not None and 200 <= answer.status < 300:
            if told is None:
                raise _strange(answer)
            return told
        error = _error(answer, told, call.key)
        if not left or not isinstance(error, Unavailable) or error.code in NOT_AGAIN:
            raise error
        yield Pause(min(_seconds(answer.retry_after) or pause * random.uniform(0.8, 1.2), LONGEST_PAUSE))
        pause *= 2
    raise AssertionError("the last try returns or raises")


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.text) if answer.status is not None else None
    except (ValueError, RecursionError):
        return None


def _error(answer: Answer, told: Any, key: str | None) -> ApprovalsError:
    status, code, sentence = answer.status, "", ""
    match told:
        case {"error": str(code), "message": str(sentence)}:
            pass
    if status in AGAIN:
        said = sentence or f"No answer from the bot ({answer.text or status})."
        if key is not None and code not in NOT_AGAIN:
            said += f" Whether the run was started is unknown: repeat it with the idempotency key {key!r}."
        return Unavailable(said, code=code or "no_answer", status=status, idempotency_key=key)
    if not code:
        return _strange(answer)
    kind: type[ApprovalsError] = ServerFailed if status is not None and status >= 500 else InvalidRequest
    kind = {401: Unauthorized, 403: Unauthorized, 404: NotFound}.get(status or 0, kind)
    return (KeyReused if code == "key_reused" else kind)(sentence, code=code, status=status)


def _strange(answer: Answer) -> UnexpectedAnswer:
    sentence = f"The answer ({answer.status}) is not one of the approvals API; is the URL right?"
    return UnexpectedAnswer(sentence, code="unexpected_answer", status=answer.status)


def _read(reader: Callable[[Any], T], told: Any) -> T:
    try:
        return reader(told)
    except (KeyError, TypeError, ValueError, AttributeError) as odd:
        sentence = (
            f"The answer lacks what the approvals API promises ({odd!r}); is the bot's version another?"
        )
        raise UnexpectedAnswer(sentence, code="unexpected_answer") from None


def _text(body: JSON) -> bytes:
    try:
        return json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as odd:
        raise _wrong(f"the input must be JSON: {odd}") from None


def _page(told: Mapping[str, Any]) -> Page:
    return Page(tuple(map(read_approval, told["approvals"])), told["cursor"])


def _seconds(retry_after: str | None) -> float | None:
    return (
        float(retry_after) if retry_after is not None and re.fullmatch(r"[0-9]{1,6}", retry_after) else None
    )


def _id(given: str) -> str:
    """An id that could be one; anything else would reach another address."""
    if not ID.fullmatch(given):
        raise _wrong("an id is 1 to 128 of A-Z, a-z, 0-9, _ and -")
    return given


def _wrong(sentence: str) -> InvalidRequest:
    return InvalidRequest(sentence, code="invalid_request")
