"""What a person reads: the core's values as Slack's Block Kit, pure and without I/O."""
