"""The durable queue: what must still happen after the process that wished it is gone."""
