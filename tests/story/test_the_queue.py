"""What people find with `/approvals` and its filters, and what they are told without asking."""

from __future__ import annotations

import re

from bot.simulator.card import Card
from bot.simulator.somebody import Person
from tests.office import PEOPLE, Company


async def asks(company: Company, person: Person, words: str, room: str) -> Card:
    """The private answer to `/approvals` with these words."""
    before = {note.ts for note in person.private_notes()}
    await person.command("/approvals", words, channel=room)
    await company.slack.until(lambda: len(person.private_notes()) > len(before), f"an answer to {words!r}")
    return next(note for note in person.private_notes() if note.ts not in before)


async def newcomer(company: Company, name: str) -> tuple[Person, str]:
    user = f"U0{name.upper()}"
    await company.slack.set_person(user, name=name, real_name=name.title())
    return company.slack.person(user), await company.room(*PEOPLE, user)


async def test_mine_and_the_filters_find_what_they_say(company: Company) -> None:
    kim, room = await newcomer(company, "kim")
    name = company.slack.document.get("channels", room, "name")
    await company.refund("queue-1", channel=room)
    await company.refund("queue-2", channel=room, requester=kim.id)
    await company.plan("queue the spring launch", channel=room)
    for words in ("queue-1@", "queue-2@", "spring launch"):
        await company.card(words, channel=room)

    mine = (await asks(company, kim, "mine", room)).text_shown
    own = (await asks(company, kim, "from:@kim", room)).text_shown
    here = (await asks(company, kim, f"channel:#{name} graph:refund", room)).text_shown
    words = (await asks(company, kim, f"QUEUE spring channel:#{name}", room)).text_shown
    none = (await asks(company, kim, f"channel:#{name} older:2h", room)).text_shown
    wrong = (await asks(company, kim, "colour:red", room)).text_shown

    assert ("queue-1@" in mine, "queue-2@" in mine, "spring launch" in mine) == (True, False, True)
    assert ("queue-1@" in own, "queue-2@" in own) == (False, True)
    assert ("queue-1@" in here, "queue-2@" in here, "spring launch" in here) == (True, True, False)
    assert ("queue-1@" in words, "spring launch" in words) == (False, True)
    assert "Nothing that fits is waiting" in none
    assert "I do not understand “colour:red”" in wrong


async def test_pages_of_a_filtered_list_stay_filtered(company: Company) -> None:
    lea, room = await newcomer(company, "lea")
    rooms = [room, *[await company.room(*PEOPLE, lea.id) for _ in range(10)]]
    for number, each in enumerate(rooms):
        await company.refund(f"page-{number:02}", channel=each, requester=lea.id)

    note = await asks(company, lea, "from:me", room)
    first = set(re.findall(r"page-\d\d", note.text_shown))
    await lea.click("Next", on=note)
    await company.slack.until(lambda: "11 to 11 of 11" in note.text_shown, "the second page")
    second = set(re.findall(r"page-\d\d", note.text_shown))

    assert (len(first), len(second), first & second) == (10, 1, set())
    assert "@Lea asked for" in note.text_shown


async def test_one_is_shown_to_who_may_see_it_and_to_nobody_else(company: Company) -> None:
    mia, _ = await newcomer(company, "mia")
    room = await company.room("U0ANA", "U0CAT")
    elsewhere = await company.room(*PEOPLE, mia.id)
    card = await company.refund("show-1", channel=room, graph="refund_of_two", requester="U0CAT")
    approval_id = str(card.metadata["event_payload"]["approval_id"])
    await company.slack.person("U0ANA").click("Approve", on=card)
    await company.slack.until(lambda: "1 of 2 approvals" in card.text_shown, "Ana is counted")

    seen = await asks(company, company.slack.person("U0CAT"), f"show {approval_id}", elsewhere)
    hidden = await asks(company, mia, f"show {approval_id}", elsewhere)

    assert "show-1@example.com" in seen.text_shown
    assert "@Ana approved at" in seen.text_shown
    assert "1 of 2 approvals" in seen.text_shown
    assert seen.buttons == []
    assert "There is no such approval that you may see" in hidden.text_shown
    assert "show-1" not in hidden.text_shown


async def test_the_only_one_who_may_decide_is_told_directly(company: Company) -> None:
    card = await company.refund("notice-1", graph="refund_by_ana")
    direct = "D0ANA"

    told = await company.slack.until_message(lambda m: "notice-1@" in m.text_shown, channel=direct)

    assert "waits for you: nobody else may decide it" in told.text_shown
    assert told.buttons == []
    assert card.buttons != []
