"""New identifiers, from the system's own source of randomness."""

from __future__ import annotations

import secrets

# No 0/O, 1/I/L: a reference is read aloud.
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class SystemChance:
    """`ports.Chance` for production."""

    def new_id(self) -> str:
        """186 bits in 32 characters of [A-Za-z0-9_-], the first one a letter."""
        return "a" + secrets.token_urlsafe(24)[1:]

    def reference(self) -> str:
        """Eight readable characters, such as 7KQ2-XM4D."""
        letters = [secrets.choice(READABLE) for _ in range(8)]
        return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
