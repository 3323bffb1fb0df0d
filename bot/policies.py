"""Read approvals.toml: who may decide what, and where it is shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.core.policy import USER_ID, Policies, Policy
from bot.core.problem import Problem
from bot.core.slack_ids import CHANNEL_ID, GROUP_ID
from bot.toml_lines import Where, broken_line, line_of


class PoliciesError(Problem):
    """A file that cannot be used; the message has one line for each problem: file, line, reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load_policies(
    path: Path, known_graphs: Collection[str] | None = None, *, required: bool = False
) -> Policies:
    """The policies in force. A missing file means the defaults, unless it is required.

    `known_graphs` are the names in langgraph.json; with them, a policy for an unknown graph is refused.
    Raises PoliciesError.
    """
    try:
        # Spelled out, so that a byte order mark of a Windows editor is no error.
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        if required:
            raise PoliciesError([f"{path}: no such file; APPROVALS_CONFIG names it"]) from None
        return Policies()
    except (OSError, UnicodeDecodeError) as broken:
        raise PoliciesError([f"{path}: cannot be read: {broken}"]) from None
    return _parse(text, path, known_graphs)


class Table(BaseModel):
    """A table of the file: every key is known and of its own type, nothing is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _one_of(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is no {what}; copy the id in Slack, a name is not enough")
        return value

    return AfterValidator(check)


UserId = Annotated[str, _one_of(USER_ID, "user id like U0123ABCD")]
GroupId = Annotated[str, _one_of(GROUP_ID, "user group id like S0123ABCD")]
ChannelId = Annotated[str, _one_of(CHANNEL_ID, "channel id like C0123ABCD")]

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 366 * UNITS["d"]


def _seconds(value: object) -> float:
    match = re.fullmatch(r"([0-9]{1,9})([smhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('must be a duration like "90m", "24h" or "7d"')
    seconds = int(match[1]) * UNITS[match[2]]
    if not 0 < seconds <= LONGEST:
        raise ValueError("must be longer than nothing and at most 366 days")
    return float(seconds)


Duration = Annotated[float, BeforeValidator(_seconds)]


def _never_approve(value: object) -> object:
    if value == "approve":
        raise ValueError('silence is never an approval; use "reject" or "leave"')
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL like http://localhost:2024")
    if parts.username or parts.password:
        raise ValueError("must not hold a password: this file is no place for secrets")
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        # The value itself is not repeated: it may be the secret.
        raise ValueError("must be the name of an environment variable, such as CONTRACT_AGENT_KEY")
    return value


def _time_of_day(value: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError('must be a time of day like "09:00"')
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError('must be a time zone like "Europe/Berlin"')
    return value


class Approvers(Table):
    """People by id and groups by id; both count."""

    users: list[UserId] = []
    groups: list[GroupId] = []


class Rules(Table):
    """What `[defaults]` may say, and each graph too."""

    channel: ChannelId | None = None
    approvers: Approvers | None = None
    quorum: Annotated[int, Field(ge=1)] = 1
    requester_may_approve: bool = False
    answer: Literal["boolean", "decision", "text"] | None = None
    thread_replies: Literal["revise", "comment"] = "revise"
    expires_in: Duration | None = None
    on_expiry: Annotated[Literal["reject", "leave"], BeforeValidator(_never_approve)] = "leave"
    dm_sole_approver: bool = False
    digest: Annotated[str, AfterValidator(_time_of_day)] | None = None
    digest_zone: Annotated[str, AfterValidator(_zone)] = "UTC"


class Graph(Rules):
    """A graph's own rules; with `url` it runs on a LangGraph Agent Server."""

    url: Annotated[str, AfterValidator(_web_address)] | None = None
    assistant: Annotated[str, Field(min_length=1)] | None = None
    auth_env: Annotated[str, AfterValidator(_variable)] | None = None
    auth_header: Annotated[str, Field(pattern="^[A-Za-z0-9-]+$")] = "x-api-key"
    adopt: Annotated[dict[str, str | int | bool], Field(min_length=1)] | None = None


class File(Table):
    """The whole file."""

    defaults: Rules = Rules()
    graphs: dict[str, Graph] = {}


def _parse(text: str, path: Path, known_graphs: Collection[str] | None) -> Policies:
    try:
        file = File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as malformed:
        raise PoliciesError([f"{path}:{broken_line(text, malformed)}: {malformed}"]) from None
    except ValidationError as invalid:
        problems = [(error["loc"], _reason(error)) for error in invalid.errors()]
    else:
        policies = _merged(file)
        problems = list(_contradictions(file, policies, known_graphs))
        if not problems:
            return policies
    found = sorted((line_of(text, where), ".".join(map(str, where)), reason) for where, reason in problems)
    raise PoliciesError([f"{path}:{line}: {key}: {reason}" for line, key, reason in found])


def _merged(file: File) -> Policies:
    """Each graph's rules over the defaults, key by key; `approvers` is one key."""
    default = file.defaults.model_dump(exclude_unset=True)
    graphs = {
        name: _policy(default | graph.model_dump(exclude_unset=True)) for name, graph in file.graphs.items()
    }
    return Policies(_policy(default), graphs)


def _policy(rules: dict[str, Any]) -> Policy:
    approvers = rules.pop("approvers", None)
    if approvers is None:
        return Policy(**rules)
    users, groups = frozenset(approvers.get("users", ())), frozenset(approvers.get("groups", ()))
    return Policy(**rules, users=users, groups=groups, members=False)


def _contradictions(
    file: File, policies: Policies, known_graphs: Collection[str] | None
) -> Iterator[tuple[Where, str]]:
    """What each value allows and all of them together do not."""
    yield from _nobody(("defaults",), file.defaults, policies.default)
    for name, graph in file.graphs.items():
        policy, where = policies.of(name), ("graphs", name)
        yield from _nobody(where, graph, policy)
        for key in ("assistant", "auth_env", "auth_header", "adopt"):
            if key in graph.model_fields_set and graph.url is None:
                yield (*where, key), "needs `url`, the address of its Agent Server"
        if "digest_zone" in graph.model_fields_set and policy.digest is None:
            yield (*where, "digest_zone"), "does nothing without `digest`"
        if "on_expiry" in graph.model_fields_set and policy.expires_in is None:
            yield (*where, "on_expiry"), "does nothing without `expires_in`"
        if known_graphs is not None and graph.url is None and name not in known_graphs:
            yield (
                where,
                f"no such graph; known: {', '.join(sorted(known_graphs)) or 'none'}; see langgraph.json",
            )


def _nobody(where: Where, rules: Rules, policy: Policy) -> Iterator[tuple[Where, str]]:
    if not rules.model_fields_set & {"approvers", "quorum"}:
        return
    if rules.approvers is not None and not policy.users and not policy.groups:
        yield (*where, "approvers"), "names nobody; leave it out to let the channel's members decide"
    elif policy.users and not policy.groups and len(policy.users) < policy.quorum:
        people = "1 person is" if len(policy.users) == 1 else f"{len(policy.users)} people are"
        yield (*where, "quorum"), f"{policy.quorum} people must approve, but only {people} named"


REASONS = {
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "list_type": "must be a list: [...]",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "string_too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "literal_error": "must be {expected}",
}


def _reason(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return f"unknown key; known: {', '.join(_known_keys(error['loc']))}"
    if error["type"] == "value_error":
        return str(context["error"])
    reason = REASONS.get(error["type"])
    return reason.format(**context) if reason is not None else error["msg"]


def _known_keys(where: Where) -> list[str]:
    if where[0] not in File.model_fields:
        return list(File.model_fields)
    own: type[Table] = Rules if where[0] == "defaults" else Graph
    inner = len(where) > (2 if own is Rules else 3)
    return list(Approvers.model_fields if inner else own.model_fields)
