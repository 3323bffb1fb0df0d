"""What can go wrong between a service and the bot; each error carries the API's own sentence."""

from __future__ import annotations

from bot.client.results import Run


class ApprovalsError(Exception):
    """The request was not done. `code` is the API's word for why, `status` the HTTP status, if any."""

    def __init__(self, message: str, *, code: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Unauthorized(ApprovalsError):
    """The token is not the bot's APPROVALS_API_TOKEN."""


class NotFound(ApprovalsError):
    """No run or approval has this id."""


class InvalidRequest(ApprovalsError):
    """The request cannot be right: an unknown graph, an input that does not fit."""


class KeyReused(InvalidRequest):
    """The idempotency key was used before, for another request. Nothing was started."""


class Unavailable(ApprovalsError):
    """The bot or its record cannot be reached now, also after some tries; the same request may be sent later.

    Whether a run was started is unknown: ask again with the same `idempotency_key`.
    """

    def __init__(
        self, message: str, *, code: str, status: int | None = None, idempotency_key: str | None = None
    ) -> None:
        super().__init__(message, code=code, status=status)
        self.idempotency_key = idempotency_key


class ServerFailed(ApprovalsError):
    """Something went wrong in the bot; the message has the reference to quote to its operator."""


class UnexpectedAnswer(ApprovalsError):
    """Whoever answered does not speak this API: look at the URL."""


class StillRunning(ApprovalsError):
    """The time to wait is over and the run is not; `run` is how it was last seen, if it was seen at all."""

    def __init__(self, message: str, run: Run | None) -> None:
        super().__init__(message, code="still_running")
        self.run = run
