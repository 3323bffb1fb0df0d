"""Where Redis is: the server that is set, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.config import Settings
from bot.store.embedded import EmbeddedRedis, FolderInUse

log = structlog.get_logger("approvals.app")


@asynccontextmanager
async def open_redis(settings: Settings) -> AsyncIterator[str]:
    """The address of Redis: the one that is set, or the embedded server's, which ends with us."""
    if settings.redis_url is not None:
        yield settings.redis_url
        return
    try:
        server = EmbeddedRedis(settings.data / "redis")
        await server.start()
    except FolderInUse as in_use:
        if in_use.url is None:
            raise
        log.info("embedded Redis is running already", url=in_use.url, pid=in_use.pid)
        yield in_use.url
        return
    log.info("REDIS_URL is not set: the embedded Redis is used", url=server.url, folder=str(server.folder))
    try:
        yield server.url
    finally:
        await server.stop()
