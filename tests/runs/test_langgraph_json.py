"""A langgraph.json that cannot be used says where and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.runs.langgraph_json import ConfigError, read_config


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"graphs": {"a": "x:y",\n  b}}', ":2:3: "),
        ("[]", "must hold a JSON object"),
        ("{}", '"graphs" must name at least one graph'),
        ('{"graphs": {"a": "no_colon"}}', "graph 'a': expected \"file.py:variable\""),
        ('{"graphs": {"a": {"description": "x"}}}', "not None"),
        ('{"graphs": {"a": "./a.ts:graph"}}', "is not Python: serve it with an Agent Server"),
        ('{"graphs": {"a": "x:y"}, "dependencies": ["./nowhere"]}', "there is no folder"),
        ('{"graphs": {"a": "x:y"}, "dependencies": "."}', '"dependencies" must be a list'),
        ('{"graphs": {"a": "x:y"}, "env": 1}', '"env" must be an object or the path'),
        ('{"graphs": {"a": "x:y"}, "env": "missing.env"}', "missing.env cannot be read"),
        ('{"graphs": {"a": "x:y"}, "env": "bad.env"}', "bad.env:2: expected NAME=value"),
    ],
)
def test_a_bad_langgraph_json_names_the_file_the_place_and_the_reason(
    tmp_path: Path, text: str, complaint: str
) -> None:
    config = tmp_path / "langgraph.json"
    config.write_text(text)
    (tmp_path / "bad.env").write_text("A=1\nwhat\n")
    with pytest.raises(ConfigError) as failed:
        read_config(config)

    assert str(failed.value).startswith(str(tmp_path))
    assert complaint in str(failed.value)


def test_a_missing_file_says_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"langgraph\.json: cannot be read: .*LANGGRAPH_CONFIG"):
        read_config(tmp_path / "langgraph.json")
