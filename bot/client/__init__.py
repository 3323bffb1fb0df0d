"""Start runs and follow approvals from another service: `Client`, and `AsyncClient` for asyncio.

Light on purpose: it needs httpx alone, and nothing else of the bot.
"""

from bot.client.asynchronous import AsyncClient
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
from bot.client.results import Approval, ApprovalDetails, Decision, Failure, Run, Started, Vote
from bot.client.sync import Client

__all__ = [
    "Approval",
    "ApprovalDetails",
    "ApprovalsError",
    "AsyncClient",
    "Client",
    "Decision",
    "Failure",
    "InvalidRequest",
    "KeyReused",
    "NotFound",
    "Run",
    "ServerFailed",
    "Started",
    "StillRunning",
    "Unauthorized",
    "Unavailable",
    "UnexpectedAnswer",
    "Vote",
]
