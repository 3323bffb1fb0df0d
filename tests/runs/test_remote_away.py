"""An Agent Server that is away, too old, behind a proxy or locked: nothing is judged, and it is said why."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.core.finding import Level
from bot.ports import GraphUnavailable, RunFailed, UnknownGraph
from bot.runs.assistant import Address
from bot.runs.remote import RemoteRunner
from tests.bot_process import free_port
from tests.runs.agent_front import INFO, Front

THREAD = "7bbd8a8a-3a4d-4d44-8c4d-000000000001"
ASSISTANT = {"assistant_id": "e88b095e-77a6-52bc-9de7-e1715ea99454", "metadata": {"created_by": "system"}}


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    """It plays a server that has one assistant and no threads."""
    async with Front.open() as front:
        front.answers = {
            "/info": (200, INFO),
            "/assistants/search": (200, [ASSISTANT]),
            f"/assistants/{ASSISTANT['assistant_id']}/schemas": (200, {"input_schema": {"type": "object"}}),
        }
        yield front


async def why(address: Address) -> GraphUnavailable:
    """What a look at a thread says."""
    async with RemoteRunner.open([address]) as remote:
        with pytest.raises(GraphUnavailable) as away:
            await remote.snapshot("far", "a-thread")
        (finding,) = await remote.findings()
    assert finding.level is Level.ERROR
    assert away.value.reason in finding.sentence

    return away.value


async def test_a_server_that_is_down_is_no_reason_not_to_start() -> None:
    away = await why(Address("far", f"http://127.0.0.1:{free_port()}", "agent"))

    assert "does not answer" in away.reason
    assert (away.sent, away.retry_after) == (False, None)


async def test_what_goes_unanswered_may_have_been_done_and_what_never_left_was_not(front: Front) -> None:
    address = Address("far", front.url, "agent")
    async with RemoteRunner.open([address]) as remote:
        there = {"thread_id": "t", "status": "idle", "updated_at": "1", "interrupts": {}}
        front.answers["/threads"] = (200, there)
        runs = f"/threads/{THREAD}/runs"
        front.answers[runs] = (502, {"detail": "bad gateway"})
        with pytest.raises(GraphUnavailable) as perhaps:
            await remote.start("far", THREAD, {})
        front.answers[runs] = (403, {"detail": "no"})
        with pytest.raises(GraphUnavailable) as refused:
            await remote.start("far", THREAD, {})

        front.answers[runs] = (422, {"detail": "no object"})
        with pytest.raises(RunFailed, match="no object"):
            await remote.start("far", THREAD, "words")

    assert (perhaps.value.sent, refused.value.sent) == (True, False)


async def test_a_langgraph_that_is_too_old_is_refused_with_its_version(front: Front) -> None:
    front.answers["/info"] = (200, INFO | {"langgraph_py_version": "1.2.19"})

    away = await why(Address("far", front.url, "agent"))

    assert "runs langgraph 1.2.19; 1.2.20 or newer is needed" in away.reason


async def test_another_server_at_that_address_is_no_agent_server() -> None:
    async with Front.open() as front:
        away = await why(Address("far", front.url, "agent"))

    assert "there is no Agent Server at" in away.reason


async def test_an_assistant_that_does_not_exist_is_named(front: Front) -> None:
    front.answers["/assistants/search"] = (200, [])

    away = await why(Address("far", front.url, "agnet"))

    assert "has no assistant 'agnet'" in away.reason


async def test_a_proxy_whose_server_is_gone_does_not_lose_a_thread(front: Front) -> None:
    async with RemoteRunner.open([Address("far", front.url, "agent")]) as remote:
        known = await remote.snapshot("far", "a-thread")
        front.answers.clear()
        with pytest.raises(GraphUnavailable):
            await remote.snapshot("far", "a-thread")

    assert not known.exists


async def test_the_secret_goes_into_the_header_and_nowhere_else(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "somebody-elses-key")
    front.needs = ("Authorization", "Bearer a-secret-of-ours")
    address = Address("far", front.url, "agent", {"Authorization": "Bearer a-secret-of-ours"})

    async with RemoteRunner.open([address]) as remote:
        (finding,) = await remote.findings()
    locked = await why(Address("far", front.url, "agent"))

    assert finding.level is Level.OK
    assert "answers 401: Who are you?" in locked.reason
    assert "a-secret-of-ours" not in f"{address!r}{finding!r}{locked!r}"
    assert not any("x-api-key" in headers for headers in front.headers)


async def test_what_the_server_told_is_kept_while_it_is_away(front: Front) -> None:
    async with RemoteRunner.open([Address("far", front.url, "agent")]) as remote:
        front.answers.clear()
        await remote.findings()

        assert remote.input_schema("far") == {"type": "object"}


async def test_an_unknown_graph_is_refused() -> None:
    async with RemoteRunner.open([]) as remote:
        with pytest.raises(UnknownGraph):
            await remote.snapshot("far", "a-thread")
