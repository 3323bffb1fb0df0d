"""Which graphs run on Agent Servers, and what is missing before they can."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.logs import Redactor
from bot.policies import PoliciesError, load_policies
from bot.runs.assistant import Address
from bot.servers import gaps, remote_graphs

TEXT = """
[graphs.refund]
answer = "boolean"

[graphs.far]
url = "http://agents.example"
assistant = "agent"
auth_env = "FAR_KEY"
adopt = { approvals = "yes", tier = 2 }

[graphs.near]
url = "http://localhost:2024"
"""


def read(folder: Path, text: str = TEXT, **environ: str) -> tuple[tuple[Address, ...], list[str]]:
    path = folder / "approvals.toml"
    path.write_text(text)
    settings = Settings.from_env({"APPROVALS_CONFIG": str(path), **environ})
    policies = load_policies(path)
    return remote_graphs(policies, settings), [gap.sentence for gap in gaps(policies, settings)]


def test_a_graph_with_a_url_is_on_a_server(tmp_path: Path) -> None:
    addresses, missing = read(tmp_path, FAR_KEY="secret-of-ours\n", APPROVALS_CHANNEL="C0OPS")

    assert missing == []
    assert addresses == (
        Address(
            "far",
            "http://agents.example",
            "agent",
            {"x-api-key": "secret-of-ours"},
            {"approvals": "yes", "tier": 2},
        ),
        Address("near", "http://localhost:2024", "near"),
    )
    assert "secret-of-ours" not in repr(addresses)


@pytest.mark.parametrize("value", ["", "two\nlines", "schlüssel"])
def test_a_secret_that_is_not_there_or_fits_no_header_is_named(tmp_path: Path, value: str) -> None:
    _, missing = read(tmp_path, FAR_KEY=value, APPROVALS_CHANNEL="C0OPS")

    assert len(missing) == 1
    assert "[graphs.far]" in missing[0]
    assert "`auth_env` names FAR_KEY" in missing[0]


def test_adopted_threads_need_a_channel(tmp_path: Path) -> None:
    _, missing = read(tmp_path, FAR_KEY="secret")

    assert len(missing) == 1
    assert "`adopt` needs a channel" in missing[0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('auth_env = "lsv2_a-secret"', "must be the name of an environment variable"),
        ('auth_header = "no header"', "auth_header"),
        ("adopt = {}", "adopt"),
    ],
)
def test_a_wrong_value_is_refused_and_a_secret_not_repeated(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(PoliciesError, match=reason) as refused:
        read(tmp_path, f'[graphs.far]\nurl = "http://agents.example"\n{line}\n')

    assert "lsv2" not in str(refused.value)


@pytest.mark.parametrize("line", ['auth_env = "KEY"', 'auth_header = "X-Key"', 'adopt = { a = "b" }'])
def test_what_is_about_a_server_needs_one(tmp_path: Path, line: str) -> None:
    with pytest.raises(PoliciesError, match="needs `url`"):
        read(tmp_path, f"[graphs.refund]\n{line}\n")


@pytest.mark.parametrize("key", ["key-of-the-server", "Bearer key-of-the-server"])
def test_the_key_of_a_server_is_masked_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    in_force = Redactor()
    monkeypatch.setattr("bot.logs._active", [in_force])

    read(tmp_path, FAR_KEY=key)

    assert in_force.mask("refused: 'key-of-the-server'") == "refused: '***'"
