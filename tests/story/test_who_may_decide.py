"""Who may decide: the people the policy names, as Slack knows them at the moment of the click."""

from __future__ import annotations

import pytest

from bot.simulator.card import Card
from tests.office import PEOPLE, Company


async def refused(company: Company, user: str, card: Card, why: str) -> None:
    """This person presses Approve, is told why that does not count, and the trail keeps the attempt."""
    person = company.slack.person(user)
    await person.click("Approve", on=card)
    told = await company.noted(person, why, card)
    trail = await company.trail(card)

    assert "Nothing was recorded" in told or "somebody else must approve" in told
    assert card.buttons != []
    assert (trail[-1].fact, trail[-1].by) == ("refused", user)
    assert not any(entry.fact == "voted" and entry.by == user for entry in trail)


async def test_who_asked_may_not_approve_but_may_reject(company: Company) -> None:
    cat = company.slack.person("U0CAT")
    card = await company.refund("eyes-1", requester="U0CAT")

    await refused(company, "U0CAT", card, "You asked for this")
    await cat.click("Reject", on=card)
    await cat.submit()
    await company.closed(card, "Rejected by @Cat")
    await company.result(card)

    assert company.refunds("eyes-1") == 0


async def test_where_the_policy_says_so_who_asked_may_approve(company: Company) -> None:
    cat = company.slack.person("U0CAT")
    card = await company.refund("eyes-2", graph="refund_alone", requester="U0CAT")

    await cat.click("Approve", on=card)
    await company.result(card)

    assert company.refunds("eyes-2") == 1


async def test_two_distinct_people_must_approve_and_the_card_counts_them(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.refund("quorum-1", graph="refund_of_two")
    assert "0 of 2 approvals" in card.text_shown

    await ana.click("Approve", on=card)
    await company.slack.until(lambda: "1 of 2 approvals: @Ana" in card.text_shown, "Ana is counted")
    await ana.click("Approve", on=card)
    await company.noted(ana, "it counts once", card)
    assert company.refunds("quorum-1") == 0
    await ben.click("Approve", on=card)
    await company.closed(card, "Approved by @Ana and @Ben")
    await company.result(card)

    assert company.refunds("quorum-1") == 1
    assert await company.facts(card) == ["asked", "voted", "voted", "decided", "sent", "applied"]


async def test_one_reject_is_enough_where_two_must_approve(company: Company) -> None:
    ana, ben = company.slack.person("U0ANA"), company.slack.person("U0BEN")
    card = await company.refund("quorum-2", graph="refund_of_two")

    await ana.click("Approve", on=card)
    await ben.click("Reject", on=card)
    await ben.submit()
    await company.closed(card, "Rejected by @Ben")
    await company.result(card)

    assert company.refunds("quorum-2") == 0


async def test_only_the_named_person_may_decide(company: Company) -> None:
    ana = company.slack.person("U0ANA")
    card = await company.refund("named-1", graph="refund_by_ana")
    assert "Who may decide: @Ana" in card.text_shown

    await refused(company, "U0BEN", card, "not one of the people who may decide")
    await ana.click("Approve", on=card)
    await company.result(card)

    assert company.refunds("named-1") == 1


async def test_only_members_of_the_user_group_may_decide(company: Company) -> None:
    card = await company.refund("group-1", graph="refund_by_finance", requester="U0BEN")
    assert "@fin" in card.text_shown

    await refused(company, "U0CAT", card, "not one of the people who may decide")


async def test_who_left_the_user_group_before_may_not_decide(fragile: Company) -> None:
    """Slack is asked at the click; what it said is remembered for a minute at most."""
    card = await fragile.refund("group-2", graph="refund_by_finance")
    await fragile.slack.set_group("S0FIN", users=["U0ANA"])

    await refused(fragile, "U0BEN", card, "not one of the people who may decide")
    await fragile.slack.set_group("S0FIN", users=["U0ANA", "U0BEN"])
    await fragile.slack.person("U0ANA").click("Approve", on=card)
    await fragile.closed(card, "Approved by @Ana")


async def test_who_is_not_in_the_channel_may_not_decide_there(company: Company) -> None:
    room = await company.room("U0ANA", "U0CAT")
    card = await company.refund("member-1", channel=room)

    payload = await company.slack.person("U0ANA").click_payload("Approve", on=card)
    payload["user"] |= {"id": "U0BEN", "username": "ben", "name": "ben"}
    await company.slack.deliver("interaction", payload)
    trail = await company.trail(card)

    assert [(entry.fact, entry.by) for entry in trail] == [("asked", None), ("refused", "U0BEN")]
    assert card.buttons == ["Approve", "Reject"]


@pytest.mark.parametrize(
    ("user", "what", "why"),
    [
        ("U0GUEST", {"is_restricted": True}, "Guests may not decide"),
        ("U0SINGLE", {"is_ultra_restricted": True}, "Guests may not decide"),
        ("U0ROBOT", {"is_bot": True}, "Only active people"),
        ("U0GONE", {"deleted": True}, "Only active people"),
        ("U0OTHER", {"is_stranger": True}, "Only people of this workspace"),
    ],
)
async def test_who_is_no_full_member_may_not_decide(
    company: Company, user: str, what: dict[str, bool], why: str
) -> None:
    await company.slack.set_person(user, **what)
    card = await company.refund(f"member-{user.lower()}", channel=await company.room(*PEOPLE, user))

    await refused(company, user, card, why)


async def test_a_person_of_another_workspace_may_not_decide(company: Company) -> None:
    await company.slack.set_person("U0PARTNER", team_id="T0PARTNER", is_stranger=True)
    card = await company.refund("partner-1", channel=await company.room(*PEOPLE, "U0PARTNER"))
    partner = company.slack.person("U0PARTNER")

    await partner.click("Approve", on=card)
    await company.noted(partner, "Only people of this workspace", card)

    assert card.buttons == ["Approve", "Reject"]
    assert "voted" not in await company.facts(card)


async def test_a_person_of_another_workspace_is_told_that_their_words_do_not_count(company: Company) -> None:
    """The reply itself says whose its writer is: https://api.slack.com/apis/channels-between-orgs"""
    await company.slack.set_person("U0ALLY", team_id="T0PARTNER", is_stranger=True)
    room = await company.room(*PEOPLE, "U0ALLY")
    card = await company.recorded(await company.plan("partner words", channel=room))
    said = {"type": "message", "user": "U0ALLY", "user_team": "T0PARTNER", "text": "Send it to me"}
    where = {"channel": room, "ts": "1900000000.000100", "thread_ts": card.ts}
    ours = {"team_id": company.slack.config.team_id, "api_app_id": company.slack.config.app_id}

    await company.slack.deliver("event", {"type": "event_callback", **ours, "event": said | where})
    await company.noted(company.slack.person("U0ALLY"), "Only people of this workspace", card)
    trail = await company.trail(card)

    assert [(entry.fact, entry.by) for entry in trail] == [("asked", None), ("refused", "U0ALLY")]
    assert "Revise" in card.buttons


async def test_when_slack_cannot_say_who_somebody_is_the_click_is_refused(fragile: Company) -> None:
    await fragile.slack.set_person("U0NEW")
    card = await fragile.refund("unsure-1", channel=await fragile.room(*PEOPLE, "U0NEW"))
    await fragile.slack.fault("server_error", "users.info", times=None)

    await refused(fragile, "U0NEW", card, "Slack cannot tell us now whether you may decide this")
    await fragile.slack.heal()
    await fragile.slack.person("U0NEW").click("Approve", on=card)
    await fragile.result(card)

    assert fragile.refunds("unsure-1") == 1
