"""Everything between the use cases and Slack: the only code that imports slack_bolt and slack_sdk."""
