"""Settings: each variable once, with a default, and errors that name it."""

import ast
from pathlib import Path

import pytest

from bot.config import SETTINGS, Settings, SettingsError, settings_table

BOT = Path(__file__).parent.parent / "bot"

# Who else may touch the environment, and why.
MAY_READ_THE_ENVIRONMENT = {
    "simulator": "a program of its own that knows nothing of the bot",
    "demo.py": "hands the environment on to the processes it starts",
    "runs/registry.py": "sets what `env` in langgraph.json says, for the graphs",
}

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
    "SLACK_APP_TOKEN": "xapp-1-abc",
    "APPROVALS_API_TOKEN": "api-token-of-ours",
    "APPROVALS_AUDIT_KEY": "a long text nobody knows",
    "REDIS_URL": "redis://:redis-password@localhost:6379/0",
}


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = Settings.from_env({})

    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.policies == Path("approvals.toml")
    assert not settings.policies_named
    assert settings.graphs == Path("langgraph.json")
    assert settings.data == Path(".approvals")
    assert settings.log_level == "INFO"
    assert settings.redis_url is None


def test_the_process_environment_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "4711")

    assert Settings.from_env().port == 4711


def test_empty_values_and_line_ends_are_no_values() -> None:
    settings = Settings.from_env({"REDIS_URL": "", "PORT": " ", "SLACK_BOT_TOKEN": "xoxb-1-abc\n"})

    assert settings.redis_url is None
    assert settings.port == 3000
    assert settings.slack_bot_token == "xoxb-1-abc"


def test_a_named_policy_file_is_remembered_as_named() -> None:
    settings = Settings.from_env({"APPROVALS_CONFIG": "approvals.toml"})

    assert settings.policies_named


def test_the_slack_url_always_ends_in_a_slash() -> None:
    settings = Settings.from_env({"SLACK_API_URL": "http://127.0.0.1:4500/api"})

    assert settings.slack_api_url == "http://127.0.0.1:4500/api/"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "http", "PORT: must be a port number from 0 to 65535"),
        ("PORT", "65536", "PORT: must be a port number from 0 to 65535"),
        ("PORT", "²", "PORT: must be a port number from 0 to 65535"),
        ("PORT", "9" * 5000, "PORT: must be a port number from 0 to 65535"),
        ("SLACK_BOT_TOKEN", "xapp-1", "SLACK_BOT_TOKEN: must be the bot's token (xoxb-...)"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN: must be an app-level token (xapp-...)"),
        ("APPROVALS_API_TOKEN", "two words", "APPROVALS_API_TOKEN: must be printable ASCII without spaces"),
        ("APPROVALS_CHANNEL", "#refunds", "APPROVALS_CHANNEL: must be a channel id like C0123ABCD"),
        ("SLACK_API_URL", "slack.com", "SLACK_API_URL: must be a URL: https://... or http://..."),
        (
            "REDIS_URL",
            "localhost:6379",
            "REDIS_URL: must be a URL: redis://... or rediss://... or unix://...",
        ),
        ("REDIS_URL", "redis://h:port", "REDIS_URL: must be a URL: redis://..."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: must be one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({name: value})

    assert str(raised.value).startswith(expected)


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({"PORT": "x", "LOG_LEVEL": "y"})

    assert [problem.split(":")[0] for problem in raised.value.problems] == ["PORT", "LOG_LEVEL"]


def test_an_error_does_not_repeat_a_secret() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({"SLACK_BOT_TOKEN": "xoxp-1-secret", "REDIS_URL": "http://:secret@host"})

    assert "secret" not in str(raised.value)


def test_the_repr_shows_no_secret() -> None:
    shown = repr(Settings.from_env(SECRETS))

    assert not [value for value in SECRETS.values() if value in shown]


def test_secrets_are_listed_for_the_log() -> None:
    secrets = Settings.from_env(SECRETS).secrets()

    assert set(secrets) == {*SECRETS.values(), "redis-password"} - {SECRETS["REDIS_URL"]}


def test_an_app_token_means_socket_mode() -> None:
    assert Settings.from_env({"SLACK_APP_TOKEN": "xapp-1-abc"}).socket_mode
    assert not Settings.from_env({}).socket_mode


def test_nothing_set_leaves_gaps_that_say_what_to_do() -> None:
    gaps = Settings.from_env({}).gaps()

    assert [(gap.level, gap.code) for gap in gaps] == [
        ("error", "no_bot_token"),
        ("error", "no_signing_secret"),
        ("warning", "no_api_token"),
        ("warning", "derived_audit_key"),
        ("warning", "embedded_redis"),
    ]


def test_everything_set_leaves_no_gap() -> None:
    assert Settings.from_env(SECRETS).gaps() == ()


def test_socket_mode_needs_no_signing_secret() -> None:
    gaps = Settings.from_env({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}).gaps()

    assert "no_signing_secret" not in [gap.code for gap in gaps]


def test_the_audit_key_is_the_one_set() -> None:
    assert Settings.from_env(SECRETS).audit_key == SECRETS["APPROVALS_AUDIT_KEY"].encode()


def test_the_audit_key_is_derived_and_is_not_the_slack_secret() -> None:
    one = Settings.from_env({"SLACK_SIGNING_SECRET": "secret-one"}).audit_key
    again = Settings.from_env({"SLACK_SIGNING_SECRET": "secret-one", "SLACK_APP_TOKEN": "xapp-1"}).audit_key
    other = Settings.from_env({"SLACK_APP_TOKEN": "xapp-1"}).audit_key

    assert one == again
    assert one != other
    assert b"secret-one" not in one
    assert len(one) == 32


def test_without_any_secret_there_is_no_audit_key() -> None:
    settings = Settings.from_env({})

    with pytest.raises(SettingsError, match="APPROVALS_AUDIT_KEY"):
        _ = settings.audit_key


def test_the_table_has_a_row_for_each_setting() -> None:
    rows = settings_table().splitlines()

    assert rows[0] == "| variable | default | meaning |"
    assert [row.split("`")[1] for row in rows[2:]] == [setting.name for setting in SETTINGS]
    assert "| `PORT` | `3000` | Port to listen on. |" in rows


def test_every_setting_is_used_and_every_use_is_a_setting() -> None:
    tree = ast.parse((BOT / "config.py").read_text())
    used = {name for node in ast.walk(tree) if (name := _looked_up(node))}

    assert used == {setting.name for setting in SETTINGS}


def test_nothing_else_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(BOT))
        for path in BOT.rglob("*.py")
        if any(_is_environment(node) for node in ast.walk(ast.parse(path.read_text())))
    }
    unexpected = {name for name in readers if not name.startswith(tuple(MAY_READ_THE_ENVIRONMENT))}

    assert unexpected == {"config.py"}


def _is_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr=attr):
            return attr in names
        case ast.ImportFrom(module="os", names=imported):
            return any(alias.name in names for alias in imported)
    return False


def _looked_up(node: ast.AST) -> str | None:
    """The name in `values["NAME"]` and in `given.get("NAME")`."""
    match node:
        case ast.Subscript(value=ast.Name(id="values"), slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="given"), attr="get"), args=[ast.Constant(value=str(name))]
        ):
            return name
    return None
