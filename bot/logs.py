"""How log lines are written: one safe line each, JSON for machines, readable in a terminal, no secrets."""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# Libraries that say too much, or say what they were sent: only their warnings are kept, at every level.
TALKATIVE = (
    "aiohttp",
    "asyncio",
    "docket",
    "httpx",
    "openai",
    "redisvl",
    "slack_bolt",
    "slack_sdk",
    "urllib3",
)

MASK = "***"

# Slack's tokens (https://docs.slack.dev/authentication/tokens), bearer values, URLs that are secrets, and
# passwords inside URLs; what is kept around the mask is in the groups.
SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:xox[a-z]|xapp|xwfp)[.-][A-Za-z0-9][A-Za-z0-9.-]*"), MASK),
    (re.compile(r"(\bBearer\s+)[^\s'\",;]+", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"(\bhooks\.slack(?:-gov)?\.com/)[^\s'\"]+", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s/]+@", re.IGNORECASE), rf"\1:{MASK}@"),
)

# A value shorter than this would blank out half of every line.
SHORTEST_SECRET = 8

# Control, format (bidi, zero width), surrogate, private, unassigned; line and paragraph separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# The redactor in force; none before `configure`.
_active: list[Redactor] = []


def configure(level: str = "INFO", *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log line of the process, structlog's and the standard library's, to stderr.

    `secrets` are values that must never be written, whatever they look like.
    """
    out = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    _active[:] = [Redactor(secrets)]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.StackInfoRenderer(),
                structlog.processors.format_exc_info,
                *_active,
                *(_readable() if out.isatty() else (_json_line,)),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def hide(secrets: Iterable[str]) -> None:
    """From now on never write these values either: they became known after `configure`."""
    for redactor in _active:
        redactor.learn(secrets)


class Redactor:
    """A processor that leaves plain values only, with everything that looks like a secret masked."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._known: re.Pattern[str] | None = None
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Mask these values too; `Bearer ...` is known without that word as well."""
        known = {part for secret in secrets for part in (secret, secret.removeprefix("Bearer "))}
        self._secrets |= {part for part in known if len(part) >= SHORTEST_SECRET}
        longest_first = sorted(self._secrets, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {self.mask(str(key)): self._plain(value) for key, value in event.items()}

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern, kept in SECRETS:
            text = pattern.sub(kept, text)
        return text

    def _plain(self, value: object) -> Any:
        """An object is written as its repr here, not by the renderer: there it would escape the mask."""
        match value:
            case None | bool() | int():
                return value
            case float():
                return value if math.isfinite(value) else str(value)
            case Mapping():
                return {self.mask(str(key)): self._plain(inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._plain(inner) for inner in value]
        return self.mask(str(value) if isinstance(value, str) else repr(value))


def _json_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """ASCII only: neither a line break nor a bidi mark can act on whoever reads it."""
    first = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    return json.dumps({**first, **event}).replace("\x7f", "\\u007f")


def _readable() -> tuple[Processor, ...]:
    return _visibly, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _visibly(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {
        visible(key): _lines(value) if key in ("exception", "stack") else _shown(value)
        for key, value in event.items()
    }


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else visible(json.dumps(value, ensure_ascii=False))


def _lines(traceback: str) -> str:
    """Each line is marked, so that a message inside a traceback cannot pose as a log line."""
    return "\n".join(f"  | {visible(line)}" for line in traceback.split("\n"))


def visible(text: str) -> str:
    """The text with control, bidi and zero-width characters spelled out as escapes."""
    return "".join(_spelled(char) if unicodedata.category(char) in HIDDEN else char for char in text)


def _spelled(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
