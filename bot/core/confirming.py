"""What a person types before an approval of high risk counts: the amount, or a word and a short code."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.model import Approval, Click, Source
from bot.core.payload import plain
from bot.core.policy import CONSENTS, Policy, Why

LONGEST = 60  # characters that a person may be asked to copy


def ceiling(click: Click, policy: Policy) -> Why | None:
    """From the ceiling on nobody approves in Slack, by whatever gesture: a Slack account may be stolen."""
    above = click.verdict in CONSENTS and policy.reaches(policy.ceiling)
    return Why.CEILING if above and click.source is not Source.WEB else None


def word_for(approval: Approval, policy: Policy) -> str | None:
    """What must be typed to approve this in Slack; None where a button is enough.

    Where the policy names no field, or the payload has no short value there, it is a word that belongs to
    this payload alone.
    """
    if not policy.reaches(policy.confirm_from):
        return None
    payload = approval.request.payload
    value = payload.get(policy.confirm_field or "") if isinstance(payload, Mapping) else None
    text = " ".join(plain(value).split()) if isinstance(value, str | int | float) else ""
    short = 0 < len(text) <= LONGEST and not isinstance(value, bool)
    return text if short else f"APPROVE {approval.request.digest[:4].upper()}"


def unconfirmed(click: Click, approval: Approval, policy: Policy) -> str | None:
    """What this consent still needs typed; None where nothing is missing."""
    if click.verdict not in CONSENTS or click.source is Source.WEB:
        return None
    word = word_for(approval, policy)
    return None if word is None or _same(click.typed, word) else word


def _same(typed: str | None, word: str) -> bool:
    return typed is not None and " ".join(typed.split()).casefold() == word.casefold()
