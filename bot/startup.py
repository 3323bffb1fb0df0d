"""Import the large libraries without the garbage collector, which would search them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection inside of the block; what it loaded is never searched again.

    A process of ours stands on some two thousand modules that stay until its end. Searching them costs a
    tenth of a second, and whoever clicks at that moment waits for it.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
