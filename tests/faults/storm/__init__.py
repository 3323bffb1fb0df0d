"""Real processes under fire: two web sides, two workers, a real Redis and a small Slack, all misbehaving."""
