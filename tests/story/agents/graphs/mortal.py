"""The outreach agent in a process that dies right after it sent a certain e-mail."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from graphs import outbox, outreach

WORD = "mortal"


def send_and_die(key: str, recipient: str, subject: str, body: str) -> outbox.Mail:
    """Send; the first time, be killed before anybody can write down that it was sent."""
    mail = send(key, recipient, subject, body)
    died = Path(os.environ["STORY_DIR"]) / "died"
    if WORD in recipient and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return mail


send, outbox.send = outbox.send, send_and_die
graph = outreach.graph
