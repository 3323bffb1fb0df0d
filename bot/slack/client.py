"""One connection pool and one client for every call to Slack."""

from __future__ import annotations

import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

# Seconds. The client's own `timeout` is ignored with a shared session, so the session carries them.
TIMEOUTS = aiohttp.ClientTimeout(total=10, sock_connect=3)

# Slack's packages write whole bodies at DEBUG, whatever is in them: their loggers stop at this level.
SDK_LOG = logging.getLogger("approvals.slack_sdk")
SDK_LOG.setLevel(logging.WARNING)


def web_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client that never repeats a call by itself: `Calls` decides what may be sent again."""
    client = AsyncWebClient(token, base_url=base_url, session=session, retry_handlers=[], logger=SDK_LOG)
    if is_loopback(base_url):
        # The client takes HTTPS_PROXY from the environment for every address, NO_PROXY or not.
        client.proxy = None
    return client


def is_loopback(url: str) -> bool:
    """True for an address on this machine, such as a local stand-in for Slack."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
