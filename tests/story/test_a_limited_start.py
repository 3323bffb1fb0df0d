"""Somebody starts the bot while Slack lets nobody in: it waits its turn; with a wrong token it says so."""

from __future__ import annotations

from pathlib import Path

from tests.office import Bot, Company


async def test_a_start_waits_as_long_as_slack_asks(company: Company, tmp_path: Path) -> None:
    await company.slack.fault("rate_limited", "auth.test", times=1, seconds=7)
    worker = Bot(company.environ, tmp_path, "worker")
    try:
        await worker.start(ready=False)
        await worker.until_ready(within=90)
        said = worker.log.read_text()
    finally:
        await worker.stop()

    assert "Slack asks us to wait before the start" in said
    assert said.index("Slack asks us to wait") < said.index("worker is ready")


async def test_a_wrong_token_stops_the_start_with_a_sentence(company: Company) -> None:
    code, said = await company.run("worker", SLACK_BOT_TOKEN="xoxb-wrong")

    assert code != 0
    assert "Slack does not tell who the bot is (auth.test: invalid_auth)" in said
    assert "Traceback" not in said
