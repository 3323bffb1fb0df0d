import pytest
from hypothesis import settings

# A failed assert in the judge shows what it looked at.
pytest.register_assert_rewrite("tests.blocks.judge")

# A machine busy with other tests is no fault of the one that runs.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
