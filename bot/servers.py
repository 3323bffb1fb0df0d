"""Which graphs run on Agent Servers: what approvals.toml says, with the secrets that it only names."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config import Settings
from bot.core.finding import Finding, Level
from bot.core.policy import Policies
from bot.logs import hide
from bot.runs.assistant import Address


def remote_graphs(policies: Policies, settings: Settings) -> tuple[Address, ...]:
    """Where each graph with a `url` is. Read at the start: a change of these keys needs a restart.

    The secrets that are read here are never logged from then on.
    """
    found = tuple(_addresses(policies, settings))
    hide(value for address in found for value in address.headers.values())
    return found


def gaps(policies: Policies, settings: Settings) -> tuple[Finding, ...]:
    """What is missing, and keeps the bot from starting."""
    return tuple(
        Finding(Level.ERROR, code, f"[graphs.{name}] in {settings.policies}: {sentence}")
        for name, policy in policies.graphs.items()
        if policy.url is not None
        for code, sentence, gap in (
            (
                "no_auth_value",
                f"`auth_env` names {policy.auth_env}, which is not set, or is no text for a header.",
                policy.auth_env is not None and not _fits_a_header(settings.named(policy.auth_env)),
            ),
            (
                "no_channel",
                "`adopt` needs a channel for the cards: set `channel`, or APPROVALS_CHANNEL.",
                policy.adopt is not None and (policy.channel or settings.channel) is None,
            ),
        )
        if gap
    )


def _addresses(policies: Policies, settings: Settings) -> Iterator[Address]:
    for name, policy in policies.graphs.items():
        if policy.url is not None:
            secret = settings.named(policy.auth_env) if policy.auth_env is not None else None
            headers = {policy.auth_header: secret} if secret is not None else {}
            yield Address(name, policy.url, policy.assistant or name, headers, policy.adopt)


def _fits_a_header(value: str | None) -> bool:
    return value is not None and value.isascii() and value.isprintable()
