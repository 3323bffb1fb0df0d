"""The same refund without a public address: Slack's requests come through a WebSocket."""

from __future__ import annotations

import pytest

from tests.office import Company
from tests.story.conftest import open_company

pytestmark = pytest.mark.processes


async def test_a_refund_through_socket_mode(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("socket")
    async with open_company(folder, SLACK_APP_TOKEN="xapp-demo", SLACK_SIGNING_SECRET="") as company:
        await _approve_and_reject(company)
        await company.slack.disconnect()
        await _send_a_plan_back(company)


async def _approve_and_reject(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    paid, kept = await company.refund("socket-1"), await company.refund("socket-2")
    await ana.click("Approve", on=paid)
    await ben.click("Reject", on=kept)
    await ben.fill("Reason", "Not this one")
    await ben.submit()
    await company.told(paid, "issued")
    await company.told(kept, "nothing was paid")

    assert (company.refunds("socket-1"), company.refunds("socket-2")) == (1, 0)
    assert await company.facts(paid) == ["asked", "voted", "decided", "sent", "applied"]


async def _send_a_plan_back(company: Company) -> None:
    """After Slack asked the bot to connect anew, as it does every few hours."""
    ana = company.slack.person("U0ANA")
    first = await company.plan("a socket")
    await ana.reply(first, "Wrap it well")
    second = await company.card("version 2", channel=first.channel)
    await ana.command("/approvals", "", channel="C0OPS")
    await ana.click("Approve", on=second)

    assert "Wrap it well" in second.text_shown
    assert "a socket, version 2" in ana.private_notes()[-1].text_shown
    assert "Plan published, version 2" in await company.result(second)
