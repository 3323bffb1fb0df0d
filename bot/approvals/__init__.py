"""The use cases of an approval: start, ask, vote, settle, expire, supersede, show, reconcile.

Each is a function of its request and the `World` (the ports): `app.py` hands in real ones, tests fakes.
"""
