"""GET /api/...: what is on record, as JSON."""

from dataclasses import replace
from typing import Any

from bot.core.model import Decision, Failure, State, Verdict, Vote
from tests.web.conftest import Client
from tests.web.desk import NOON, SmallDesk, an_approval


async def get(api: Client, path: str) -> tuple[int, dict[str, Any]]:
    async with api.get(path) as answer:
        return answer.status, await answer.json()


async def test_a_run_tells_how_it_goes(api: Client, desk: SmallDesk) -> None:
    run = await desk.start(
        "refund", {"order_id": "o-1"}, channel=None, requester="U0ANA", thread_id="thread-0123456789"
    )
    desk.end(run.thread_id, "Refund issued")

    status, answer = await get(api, "/api/runs/thread-0123456789")

    assert status == 200
    assert answer["state"] == "starting"
    assert answer["result"] == "Refund issued"
    assert answer["started_at"] == "2027-01-15T08:00:00.000+00:00"
    assert answer["links"] == {"self": "/api/runs/thread-0123456789", "last_approval": None}
    assert "input" not in answer


async def test_a_pending_approval_tells_what_it_asks(api: Client, desk: SmallDesk) -> None:
    desk.add(an_approval())

    status, answer = await get(api, "/api/approvals/approval-1")

    assert status == 200
    assert answer["state"] == "pending"
    assert answer["payload"] == {"title": "Refund $5.00 to Ana"}
    assert answer["verdicts"] == ["approve", "reject"]
    assert answer["votes"] == []
    assert answer["decision"] is None
    assert answer["links"]["card"] == "https://acme.slack.com/archives/C0REFUNDS/p1800000000000100"


async def test_a_decided_approval_tells_who_decided_what_and_when(api: Client, desk: SmallDesk) -> None:
    vote = Vote("U0BEN", Verdict.REVISE, NOON + 60, "click-1", "less")
    decision = Decision(Verdict.REVISE, ("U0BEN",), NOON + 60, {"decision": "revise"}, "less", "abc")
    desk.add(
        replace(
            an_approval("approval-2"),
            state=State.FAILED,
            votes=(vote,),
            decision=decision,
            failure=Failure("R7", "ValueError: no", 1, NOON + 61),
            previous="approval-1",
            next="approval-3",
            expires_at=NOON + 3600,
        )
    )

    _, answer = await get(api, "/api/approvals/approval-2")

    assert answer["verdict"] == "revise"
    assert answer["expires_at"] == "2027-01-15T09:00:00.000+00:00"
    assert answer["votes"] == [
        {"by": "U0BEN", "verdict": "revise", "at": "2027-01-15T08:01:00.000+00:00", "text": "less"}
    ]
    assert answer["decision"]["by"] == ["U0BEN"]
    assert answer["decision"]["answer"] == {"decision": "revise"}
    assert answer["failure"]["reference"] == "R7"
    assert answer["links"]["previous"] == "/api/approvals/approval-1"
    assert answer["links"]["next"] == "/api/approvals/approval-3"


async def test_an_approval_without_a_card_has_no_link(api: Client, desk: SmallDesk) -> None:
    desk.add(an_approval(), ts=None)

    _, answer = await get(api, "/api/approvals/approval-1")

    assert answer["card"] == {"channel": "C0REFUNDS", "ts": None}
    assert answer["links"]["card"] is None


async def test_a_list_holds_summaries_and_the_way_to_the_next_page(api: Client, desk: SmallDesk) -> None:
    desk.add(an_approval())

    status, answer = await get(api, "/api/approvals")

    assert status == 200
    assert [approval["id"] for approval in answer["approvals"]] == ["approval-1"]
    assert "payload" not in answer["approvals"][0]
    assert (answer["cursor"], answer["total"]) == ("next", 1)


async def test_filters_are_handed_on(api: Client, desk: SmallDesk) -> None:
    await get(api, "/api/approvals?state=pending&graph=refund&channel=C0REFUNDS&cursor=abc")
    await get(api, "/api/approvals?state=&cursor=")

    assert desk.asked == [
        {"state": "pending", "graph": "refund", "channel": "C0REFUNDS", "cursor": "abc"},
        {"state": None, "graph": None, "channel": None, "cursor": None},
    ]


async def test_a_filter_that_does_not_exist_is_refused(api: Client) -> None:
    status, answer = await get(api, "/api/approvals?status=pending")

    assert status == 400
    assert answer["message"] == "unknown filter 'status'; known: state, graph, channel, cursor"


async def test_a_state_that_does_not_exist_lists_those_that_do(api: Client) -> None:
    status, answer = await get(api, "/api/approvals?state=waiting")

    assert status == 400
    assert answer["message"].startswith("state must be one of pending, decided, ")


async def test_a_cursor_of_somebody_else_is_refused(api: Client) -> None:
    status, answer = await get(api, "/api/approvals?cursor=strange")

    assert (status, answer["error"]) == (400, "invalid_request")


async def test_what_is_not_on_record_is_not_found(api: Client) -> None:
    runs = [await get(api, f"/api/runs/{thread_id}") for thread_id in ("thread-0123456789", "a%2Fb", "%00")]
    approvals = [await get(api, f"/api/approvals/{approval_id}") for approval_id in ("approval-9", "*", "é")]

    assert [(status, answer["error"]) for status, answer in runs] == [(404, "unknown_run")] * 3
    assert [(status, answer["error"]) for status, answer in approvals] == [(404, "unknown_approval")] * 3


async def test_answers_are_not_kept_by_caches(api: Client) -> None:
    async with api.get("/api/approvals") as answer:
        assert answer.headers["Cache-Control"] == "no-store"
