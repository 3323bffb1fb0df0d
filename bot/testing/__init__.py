"""Test your own graph with approvals: the pytest fixture `approvals`, with people who click."""
