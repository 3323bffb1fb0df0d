"""What an operator can mend: shown as one line, never as a traceback."""

from __future__ import annotations

from bot.app import CannotStart
from bot.config import SettingsError
from bot.demo import DemoFailed
from bot.policies import PoliciesError
from bot.ports import InvalidInput, StoreUnavailable, UnknownGraph
from bot.runs.langgraph_json import ConfigError
from bot.runs.loader import GraphNotLoaded
from bot.runs.selfcheck import LangGraphUnfit
from bot.store.connection import BadRedisUrl
from bot.store.embedded import EmbeddedUnavailable, FolderInUse, StartFailed

PROBLEMS: tuple[type[Exception], ...] = (
    BadRedisUrl,
    CannotStart,
    ConfigError,
    DemoFailed,
    EmbeddedUnavailable,
    FolderInUse,
    GraphNotLoaded,
    InvalidInput,
    LangGraphUnfit,
    PoliciesError,
    SettingsError,
    StartFailed,
    StoreUnavailable,
    UnknownGraph,
)
