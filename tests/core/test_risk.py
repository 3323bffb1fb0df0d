"""The word for what is at stake."""

import pytest

from bot.core.model import JSON
from bot.core.risk import Risk, risk_of


@pytest.mark.parametrize(
    ("payload", "risk"),
    [
        ({"risk": "low"}, Risk.LOW),
        ({"risk": " High "}, Risk.HIGH),
        ({"risk": "critical"}, Risk.CRITICAL),
        ({"risk": None}, None),
        ({"title": "Deploy"}, None),
        ("a sentence", None),
    ],
)
def test_the_payload_says_what_is_at_stake(payload: JSON, risk: Risk | None) -> None:
    assert risk_of(payload) is risk


@pytest.mark.parametrize("said", ["none", "lowish", "", 0, False, ["low"], {"level": "low"}])
def test_a_word_nobody_knows_counts_as_the_highest(said: JSON) -> None:
    assert risk_of({"risk": said}) is Risk.CRITICAL
