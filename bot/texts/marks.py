"""Marks on sentences of ours: they change nothing, and tell what belongs into every catalogue."""

from __future__ import annotations


def marked(sentence: str) -> str:
    """A constant, looked up where it is used: with `say` or `mrkdwn`."""
    return sentence


def recorded(sentence: str) -> str:
    """A sentence that may be kept in the record in English, looked up with `retold` where it is shown.

    `{}` in it stands for a value. The core and the use cases know no other way to speak to people: what is
    decided and written down depends on nobody's language.
    """
    return sentence
