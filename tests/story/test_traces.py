"""An operator follows a refund from the request to the resumed run, through two processes of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.office import TOKEN, Company
from tests.otlp_receiver import Receiver, open_receiver
from tests.story.conftest import open_company

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with open_receiver() as receiver:
        yield receiver


@pytest_asyncio.fixture(loop_scope="session")
async def followed(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> AsyncIterator[Company]:
    """A company whose bot sends its traces to us."""
    folder = tmp_path_factory.mktemp("followed")
    async with open_company(folder, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url) as company:
        yield company


async def test_a_refund_is_followed_through_a_restart_of_the_bot(
    followed: Company, receiver: Receiver
) -> None:
    room = await followed.room()
    given = {"order_id": "T1", "amount_cents": 31_337, "customer": "kim@example.com"}
    body = {"graph": "refund", "input": given, "requester": "U0CAT", "channel": room}
    status, _ = await followed.post("/api/runs", body, traceparent=CALLER)
    card = await followed.recorded(await followed.card("", channel=room))
    await followed.bot.stop()
    await followed.bot.start()

    await followed.slack.person("U0ANA").click("Approve", on=card)
    await followed.settled(card)
    await followed.bot.stop()

    assert status == 202
    [start], [run], [ask], [post] = map(receiver.of, ("start run", "run graph", "ask", "post card"))
    [click], [resume] = map(receiver.of, ("vote", "resume"))
    trace = bytes.fromhex(CALLER.split("-")[1])
    assert {span.trace_id for span in (start, run, ask, post)} == {trace}
    assert [run.parent_span_id, ask.parent_span_id, post.parent_span_id] == [
        start.span_id,
        run.span_id,
        ask.span_id,
    ]
    assert [link.span_id for link in click.links] == [ask.span_id]
    assert [link.span_id for link in resume.links] == [ask.span_id]
    assert (click.parent_span_id, resume.parent_span_id) == (b"", click.span_id)
    assert receiver.services == {"langgraph-slack-approvals"}
    assert followed.refunds("T1") == 1
    sent = b"".join(receiver.bodies)
    words = ["kim@example.com", "31337", "313.37", "U0ANA", "U0CAT", TOKEN, *followed.settings.secrets()]
    assert [word for word in words if word.encode() in sent] == []
