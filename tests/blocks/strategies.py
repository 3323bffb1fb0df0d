"""Payloads and words as hostile as people and models can make them, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.core.model import JSON

ATTACKS = (
    "<!channel> <!here> <!everyone> <!subteam^S1>",
    "<@U1> <#C1|general>",
    "<https://evil.example|Approve>",
    "https://evil.example mailto:a@b.example @here #general",
    "*bold* _italic_ ~gone~ `code` ``` > quote",
    "&lt;!channel&gt; &amp;lt; &",
    "\u202eevorppA\u2066\u2069",
    "a\u200bb\u200dc\ufeffd\u00ade",
    "\x00\x1b[2J\r\n\u2028\u2029",
    "\ud800",
    ":white_check_mark: Approved by <@U0CEO>",
    "\u3164\u115f\u2800",
    "\U000e0041\U000e0101",
    "   ",
    "{} {0} %s {user}",
    "",
)

words = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=40),
    st.builds(
        lambda piece, times: piece * times,
        st.sampled_from(("x", "é", "😀", "&", "<", "\n", "\u202e")),
        st.integers(0, 5_000),
    ),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    words,
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=12,
)
addresses = st.one_of(words, st.builds("https://files.example.com/{}".format, words))
conventional = st.fixed_dictionaries(
    {},
    optional={
        "title": words,
        "summary": words,
        "body": words,
        "fields": st.dictionaries(words, leaves, max_size=40),
        "amount": leaves,
        "diff": st.one_of(words, st.fixed_dictionaries({"before": words, "after": leaves})),
        "attachments": st.lists(
            st.one_of(words, addresses, st.fixed_dictionaries({"title": words, "url": addresses})),
            max_size=12,
        ),
        "risk": leaves,
        "lines": st.lists(st.fixed_dictionaries({"item": words, "price": leaves}), max_size=5),
    },
)
tools = st.builds(
    lambda name, args, note: {
        "action_requests": [{"name": name, "args": args, "description": note}, {"name": name, "args": args}],
        "review_configs": [
            {"action_name": name, "allowed_decisions": ["approve", "reject"]},
            {"action_name": name, "allowed_decisions": ["approve"]},
        ],
    },
    words,
    st.dictionaries(words, leaves, max_size=5),
    words,
)
payloads: st.SearchStrategy[JSON] = st.one_of(values, conventional, tools)
