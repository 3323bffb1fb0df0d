"""The event loop of the processes that run for long: uvloop where it is installed, Python's own elsewhere.

Only the commands choose it. Whoever runs parts of the bot in a loop of their own keeps that one.
"""

from __future__ import annotations

import asyncio


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop for `serve`, `worker` and `demo`. There is no uvloop for Windows."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
