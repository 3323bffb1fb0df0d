"""A graph asks, a card appears in Slack, the right person answers, the graph goes on exactly once.

And everything that happened can be read afterwards.
"""

__version__ = "0.1.0"
