"""Read approvals.toml: who may decide what, and where it is shown."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from bot.by_when import ChannelId, Duration, Escalation, Retention, WorkingHours, known_zone, out_of_time
from bot.core.audit import AuditRules
from bot.core.policy import Policies, Policy
from bot.core.problem import Problem
from bot.toml_lines import Where, broken_line, line_of
from bot.who_decides import (
    Approvers,
    Count,
    RiskWord,
    Stages,
    StageTable,
    Table,
    When,
    cannot_decide,
    only_false,
    over,
    policy_of,
)


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


class Rules(Table):
    """What `[defaults]` may say, and each graph too."""

    channel: ChannelId | None = None
    approvers: Approvers | None = None
    quorum: Count = 1
    reject_quorum: Count = 1
    stages: Stages | None = None
    distinct: bool = True
    requester_may_approve: bool = False
    editor_may_approve: bool = False
    confirm_from: RiskWord | None = None
    confirm_field: Annotated[str, Field(min_length=1)] | None = None
    ceiling: RiskWord | None = None
    answer: Literal["boolean", "decision", "text"] | None = None
    thread_replies: Literal["revise", "comment"] = "revise"
    expires_in: Duration | None = None
    on_expiry: Annotated[Literal["reject", "leave"], BeforeValidator(_never_approve)] = "leave"
    count: Literal["all", "working"] = "all"
    hours: WorkingHours | None = None
    remind_every: Duration | None = None
    remind_at_most: Annotated[int, Field(ge=1, le=20)] = 3
    escalate: Escalation | None = None
    dm_sole_approver: bool = False
    digest: Annotated[str, AfterValidator(_time_of_day)] | None = None
    digest_zone: Annotated[str, AfterValidator(known_zone)] = "UTC"


class PayloadRule(Table):
    """What else is asked where `when` is true of the payload."""

    when: When
    approvers: Approvers | None = None
    quorum: Count = 1
    reject_quorum: Count | None = None
    stages: Stages | None = None
    requester_may_approve: Annotated[bool, AfterValidator(only_false)] = False
    risk: RiskWord | None = None
    expires_in: Duration | None = None


class Graph(Rules):
    """A graph's own rules; with `url` it runs on a LangGraph Agent Server."""

    rules: list[PayloadRule] = Field(default=[])

    url: Annotated[str, AfterValidator(_web_address)] | None = None
    assistant: Annotated[str, Field(min_length=1)] | None = None
    auth_env: Annotated[str, AfterValidator(_variable)] | None = None
    auth_header: Annotated[str, Field(pattern="^[A-Za-z0-9-]+$")] = "x-api-key"
    adopt: Annotated[dict[str, str | int | bool], Field(min_length=1)] | None = None


class Audit(Table):
    """What the audit trail leaves out, and how long it is kept after an approval's end."""

    redact: list[Annotated[str, Field(min_length=1)]] = Field(default=[])
    retention: Retention | None = None


class File(Table):
    """The whole file."""

    audit: Audit = Audit()

    defaults: Rules = Rules()
    graphs: dict[str, Graph] = Field(default={})


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
    """Each graph's rules over the defaults, key by key; who decides is one key."""
    default = _given(file.defaults)
    graphs = {name: _policy(over(default, _given(graph))) for name, graph in file.graphs.items()}
    audit = AuditRules(frozenset(file.audit.redact), file.audit.retention)
    return Policies(_policy(default), graphs, audit)


def _given(rules: Rules) -> dict[str, Any]:
    """What a table says itself; tables that the core has a value for stay as they are."""
    said = rules.model_dump(exclude_unset=True)
    return said | {name: getattr(rules, name) for name in ("hours", "escalate") if name in said}


def _policy(table: Mapping[str, Any]) -> Policy:
    """The policy that these keys come to, with its times."""
    rules = dict(table)
    for name in ("hours", "escalate"):
        if rules.get(name) is not None:
            rules[name] = rules[name].made()
    rules["working_time"] = rules.pop("count", "all") == "working"
    return policy_of(rules)


def _contradictions(
    file: File, policies: Policies, known_graphs: Collection[str] | None
) -> Iterator[tuple[Where, str]]:
    """What each value allows and all of them together do not."""
    yield from cannot_decide(("defaults",), file.defaults.model_dump(exclude_unset=True), policies.default)
    yield from out_of_time(("defaults",), file.defaults, policies.default)
    for name, graph in file.graphs.items():
        policy, where = policies.of(name), ("graphs", name)
        yield from cannot_decide(where, graph.model_dump(exclude_unset=True), policy)
        for key in ("assistant", "auth_env", "auth_header", "adopt"):
            if key in graph.model_fields_set and graph.url is None:
                yield (*where, key), "needs `url`, the address of its Agent Server"
        if "digest_zone" in graph.model_fields_set and policy.digest is None:
            yield (*where, "digest_zone"), "does nothing without `digest`"
        if "on_expiry" in graph.model_fields_set and policy.expires_in is None:
            yield (*where, "on_expiry"), "does nothing without `expires_in`"
        yield from out_of_time(where, graph, policy)
        if known_graphs is not None and graph.url is None and name not in known_graphs:
            yield (
                where,
                f"no such graph; known: {', '.join(sorted(known_graphs)) or 'none'}; see langgraph.json",
            )


REASONS = {
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "list_type": "must be a list: [...]",
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "string_too_short": "must not be empty",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "missing": "is missing",
    "too_short": "must not be empty",
    "literal_error": "must be {expected}",
    "too_long": "must have at most {max_length} entries",
}


def _reason(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        return f"unknown key; known: {', '.join(_known_keys(error['loc']))}"
    if error["type"] == "value_error":
        return str(context["error"])
    reason = REASONS.get(error["type"])
    return reason.format(**context) if reason is not None else error["msg"]


INNER: Mapping[str | int, type[Table]] = {
    "approvers": Approvers,
    "hours": WorkingHours,
    "escalate": Escalation,
}


def _known_keys(where: Where) -> list[str]:
    """The keys of the table that this unknown key stands in."""
    own: type[BaseModel] = File
    for key in where[:-1]:
        own = INSIDE.get(str(key), own)
        own = Graph if own is Rules and where[0] == "graphs" else own
    return [field.alias or name for name, field in own.model_fields.items()]


INSIDE: dict[str, type[BaseModel]] = {
    "audit": Audit,
    "defaults": Rules,
    "graphs": Rules,
    "approvers": Approvers,
    "stages": StageTable,
    "rules": PayloadRule,
    "hours": WorkingHours,
    "escalate": Escalation,
}
