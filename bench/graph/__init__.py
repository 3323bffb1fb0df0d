"""The graph that every contestant runs, in a folder of its own: its folder becomes importable by name."""
