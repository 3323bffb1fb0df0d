"""What an operator or a caller can mend."""

from __future__ import annotations


class Problem(Exception):
    """Its message says what is wrong and what to do: it is shown as it is, never as a traceback."""
