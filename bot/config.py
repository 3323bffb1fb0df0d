"""The settings: every environment variable the product reads, once, with its default and a sentence."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot import setting_rules as rules
from bot.addresses import issuer, origin
from bot.core.finding import Finding, Level
from bot.core.problem import Problem


class SettingsError(Problem):
    """Settings that cannot be used; the message has one line for each, with what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator set. Secrets stay out of the repr."""

    slack_bot_token: str | None = field(repr=False)
    slack_signing_secret: str | None = field(repr=False)
    slack_app_token: str | None = field(repr=False)
    slack_api_url: str
    redis_url: str | None = field(repr=False)
    channel: str | None
    api_token: str | None = field(repr=False)
    policies: Path
    policies_named: bool  # somebody chose the file, so it must exist
    graphs: Path
    host: str
    port: int
    processes: int
    data: Path
    own_audit_key: str | None = field(repr=False)
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    public_url: str | None
    language: str
    traces_to: str | None
    log_level: str
    environ: Mapping[str, str] = field(repr=False, compare=False)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the process's environment, or the mapping given. Raises SettingsError naming every bad one."""
        return _read(os.environ if environ is None else environ)

    @property
    def socket_mode(self) -> bool:
        """True: Slack is reached by Socket Mode; False: Slack calls us over HTTP."""
        return self.slack_app_token is not None

    @property
    def audit_key(self) -> bytes:
        """The key of the audit chain. Raises SettingsError where there is nothing to make one from."""
        if self.own_audit_key is not None:
            return self.own_audit_key.encode()
        secret = self.slack_signing_secret or self.slack_app_token
        if secret is None:
            raise SettingsError(("APPROVALS_AUDIT_KEY: needed without Slack's secrets; set any long text",))
        return hmac.new(secret.encode(), b"approvals audit key 1", hashlib.sha256).digest()

    @property
    def web_login(self) -> bool:
        """True: what is too risky for Slack can be approved on our own page."""
        return all(self.login)

    @property
    def login(self) -> tuple[str | None, ...]:
        """What a log-in needs."""
        return self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.public_url

    @property
    def traced(self) -> bool:
        """True: traces are sent. OpenTelemetry's own words for "nowhere" count too.

        https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
        """
        off = (self.named("OTEL_SDK_DISABLED") or "").lower() == "true"
        nowhere = (self.named("OTEL_TRACES_EXPORTER") or "").lower() == "none"
        named = self.traces_to or self.named("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        return bool(named) and not off and not nowhere

    def named(self, variable: str) -> str | None:
        """The value of a variable that approvals.toml names; None where it is unset or empty."""
        return self.environ.get(variable, "").strip() or None

    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be logged."""
        known = (self.slack_bot_token, self.slack_signing_secret, self.slack_app_token)
        password = urlsplit(self.redis_url or "").password
        more = (self.api_token, self.own_audit_key, self.oidc_client_secret, password)
        headers = (self.named("OTEL_EXPORTER_OTLP_HEADERS") or "").split(",")
        keys = (header.partition("=")[2].strip() for header in headers)
        return tuple(value for value in (*known, *more, *keys) if value)

    def gaps(self) -> tuple[Finding, ...]:
        """What is not set: errors keep the bot from talking to Slack, warnings are worth knowing."""
        return tuple(Finding(level, code, sentence) for level, code, sentence, gap in GAPS if gap(self))


GAPS: tuple[tuple[Level, str, str, Callable[[Settings], bool]], ...] = (
    (
        Level.ERROR,
        "no_bot_token",
        "SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token (xoxb-...) from the app's OAuth page.",
        lambda settings: settings.slack_bot_token is None,
    ),
    (
        Level.ERROR,
        "no_signing_secret",
        "SLACK_SIGNING_SECRET is not set: copy it from the app's Basic Information page, "
        "or set SLACK_APP_TOKEN to use Socket Mode.",
        lambda settings: settings.slack_signing_secret is None and not settings.socket_mode,
    ),
    (
        Level.WARNING,
        "no_api_token",
        "APPROVALS_API_TOKEN is not set: the HTTP API answers 503.",
        lambda settings: settings.api_token is None,
    ),
    (
        Level.WARNING,
        "derived_audit_key",
        "APPROVALS_AUDIT_KEY is not set: the audit key is derived from a Slack secret, "
        "and rotating that secret makes older audit entries unverifiable.",
        lambda settings: settings.own_audit_key is None,
    ),
    (
        Level.WARNING,
        "embedded_redis",
        "REDIS_URL is not set: the embedded server is used, which suits one machine and no failover.",
        lambda settings: settings.redis_url is None,
    ),
    (
        Level.WARNING,
        "half_a_login",
        "OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL belong together: until all are set, "
        "there is no log-in, and what is above its `ceiling` stays blocked.",
        lambda settings: any(settings.login) and not settings.web_login,
    ),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `wrong` says what a value must be, or nothing if it is fine."""

    name: str
    default: str | None
    meaning: str
    wrong: Callable[[str], str | None] = lambda value: None


SETTINGS: tuple[Setting, ...] = (
    Setting("SLACK_BOT_TOKEN", None, "The bot's token from the app's OAuth page.", rules.bot_token),
    Setting("SLACK_SIGNING_SECRET", None, "Proves that a request comes from Slack.", rules.token),
    Setting("SLACK_APP_TOKEN", None, "If set, Socket Mode is used instead of HTTP.", rules.app_token),
    Setting(
        "SLACK_API_URL",
        "https://slack.com/api/",
        "Another Slack-compatible server.",
        rules.url("https", "http"),
    ),
    Setting(
        "REDIS_URL",
        None,
        "Redis 8; if unset, the embedded server is used.",
        rules.url("redis", "rediss", "unix"),
    ),
    Setting("APPROVALS_CHANNEL", None, "Channel id for cards, where nothing else names one.", rules.channel),
    Setting(
        "APPROVALS_API_TOKEN",
        None,
        "Bearer token of the HTTP API, which answers 503 without it.",
        rules.token,
    ),
    Setting("APPROVALS_CONFIG", "approvals.toml", "Who may decide what, and where it is shown."),
    Setting("LANGGRAPH_CONFIG", "langgraph.json", "Graph names, in the file LangGraph's own tools read."),
    Setting("HOST", "127.0.0.1", "Address to listen on."),
    Setting("PORT", "3000", "Port to listen on.", rules.port),
    Setting("APPROVALS_PROCESSES", "1", "Web processes of `serve` on that port.", rules.processes),
    Setting("APPROVALS_DATA", ".approvals", "Folder of the embedded server and the demo."),
    Setting(
        "APPROVALS_AUDIT_KEY",
        None,
        "Key of the audit chain; derived from `SLACK_SIGNING_SECRET` or `SLACK_APP_TOKEN` if unset.",
    ),
    Setting("OIDC_ISSUER", None, "Identity provider, for approvals that are too risky for Slack.", issuer),
    Setting("OIDC_CLIENT_ID", None, "Our registration there.", rules.token),
    Setting("OIDC_CLIENT_SECRET", None, "Its secret.", rules.token),
    Setting("PUBLIC_URL", None, "Where browsers reach `HOST` and `PORT`, as `https://host`.", origin),
    Setting("APPROVALS_LANGUAGE", "en", "What people in Slack read: `en` or `de`.", rules.language),
    Setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        None,
        "Where traces are sent, as OTLP over HTTP; OpenTelemetry's other variables count as well. "
        "Nothing is traced if unset.",
        rules.url("https", "http"),
    ),
    Setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.", rules.level),
)


def settings_table() -> str:
    """The settings as the Markdown table of the README."""
    rows = [("variable", "default", "meaning"), ("---", "---", "---")]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default is not None else "-"
        rows.append((f"`{setting.name}`", default, setting.meaning))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


DEFAULTS = {setting.name: setting.default for setting in SETTINGS if setting.default is not None}


def _read(environ: Mapping[str, str]) -> Settings:
    # An env file or a mounted secret leaves empty values and line ends behind: neither is a value.
    given = {row.name: value for row in SETTINGS if (value := environ.get(row.name, "").strip())}
    problems = tuple(
        f"{row.name}: {wrong}"
        for row in SETTINGS
        if row.name in given and (wrong := row.wrong(given[row.name]))
    )
    if problems:
        raise SettingsError(problems)
    values = DEFAULTS | given
    return Settings(
        slack_bot_token=given.get("SLACK_BOT_TOKEN"),
        slack_signing_secret=given.get("SLACK_SIGNING_SECRET"),
        slack_app_token=given.get("SLACK_APP_TOKEN"),
        slack_api_url=values["SLACK_API_URL"].rstrip("/") + "/",
        redis_url=given.get("REDIS_URL"),
        channel=given.get("APPROVALS_CHANNEL"),
        api_token=given.get("APPROVALS_API_TOKEN"),
        policies=Path(values["APPROVALS_CONFIG"]),
        policies_named="APPROVALS_CONFIG" in given,
        graphs=Path(values["LANGGRAPH_CONFIG"]),
        host=values["HOST"],
        port=int(values["PORT"]),
        processes=int(values["APPROVALS_PROCESSES"]),
        data=Path(values["APPROVALS_DATA"]),
        own_audit_key=given.get("APPROVALS_AUDIT_KEY"),
        oidc_issuer=given.get("OIDC_ISSUER"),
        oidc_client_id=given.get("OIDC_CLIENT_ID"),
        oidc_client_secret=given.get("OIDC_CLIENT_SECRET"),
        public_url=given.get("PUBLIC_URL"),
        language=values["APPROVALS_LANGUAGE"],
        traces_to=given.get("OTEL_EXPORTER_OTLP_ENDPOINT"),
        log_level=values["LOG_LEVEL"].upper(),
        environ=environ,
    )
