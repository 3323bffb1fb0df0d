import pytest

# A failed assert in the judge shows what it looked at.
pytest.register_assert_rewrite("tests.blocks.judge")
