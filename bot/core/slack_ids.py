"""How Slack writes its ids: checked early, so that nobody pastes a name for one."""

from __future__ import annotations

import re

# C: channel, G: older private channel, D: direct message.
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{2,20}")

# A user group, such as @finance.
GROUP_ID = re.compile(r"S[A-Z0-9]{2,20}")
