"""Where a card is and what it shows: never back to something older, and never forgotten when it is behind."""

from __future__ import annotations

from bot.core.model import Card, State
from bot.ports import Store
from tests.store.samples import created, moved

TS = "1800000000.000100"


async def card(store: Store) -> Card:
    record = await store.read("A1")
    assert record is not None
    return record.card


async def behind(store: Store) -> tuple[str, ...]:
    return (await store.leftovers(older_than=0, limit=10)).unshown


async def test_a_card_is_found_by_its_message(store: Store) -> None:
    await created(store)

    await store.save_card("A1", Card("C1", TS, shown=0, face="f0"))

    assert await store.card_at("C1", TS) == "A1"
    assert await store.card_at("C2", TS) is None
    assert await card(store) == Card("C1", TS, shown=0, face="f0")


async def test_an_intended_post_is_on_record_until_the_card_is_saved(store: Store) -> None:
    await created(store)

    await store.intend_card("A1")
    intended = await card(store)
    await store.save_card("A1", Card("C1", TS, shown=0))

    assert intended.ts is None
    assert intended.intended_at is not None
    assert abs(intended.intended_at - await store.now()) < 10
    assert (await card(store)).intended_at is None


async def test_an_intention_that_the_saver_did_not_know_of_stays(store: Store) -> None:
    await created(store)

    known = await store.intend_card("A1")
    later = await store.intend_card("A1")
    await store.save_card("A1", Card("C1", TS, shown=0), seen=known)
    kept, still_behind = (await card(store)).intended_at, await behind(store)
    await store.save_card("A1", Card("C1", TS, shown=0), seen=later)

    assert kept == later
    assert still_behind == ("A1",)
    assert (await card(store)).intended_at is None
    assert await behind(store) == ()


async def test_a_card_never_goes_back_to_an_older_version(store: Store) -> None:
    await moved(store, await created(store), State.DECIDED, State.APPLIED)
    newest = Card("C1", TS, shown=2, face="applied")

    await store.save_card("A1", newest)
    await store.save_card("A1", Card("C1", TS, shown=1, face="decided"))

    assert await card(store) == newest


async def test_the_same_version_may_be_saved_again_with_another_face(store: Store) -> None:
    await created(store)
    await store.save_card("A1", Card("C1", TS, shown=0, face="first"))

    await store.save_card("A1", Card("C1", "1800000009.000100", shown=0, face="second"))

    assert (await card(store)).face == "second"
    assert await store.card_at("C1", "1800000009.000100") == "A1"


async def test_a_card_is_behind_until_it_shows_the_newest_version(store: Store) -> None:
    approval = await created(store)
    seen = [await behind(store)]

    await store.save_card("A1", Card("C1", TS, shown=0))
    seen.append(await behind(store))
    await moved(store, approval, State.DECIDED)
    seen.append(await behind(store))
    await store.save_card("A1", Card("C1", TS, shown=0))
    seen.append(await behind(store))
    await store.save_card("A1", Card("C1", TS, shown=1))
    seen.append(await behind(store))

    assert seen == [("A1",), (), ("A1",), ("A1",), ()]


async def test_a_card_of_an_unknown_approval_leaves_nothing_behind(store: Store) -> None:
    await store.intend_card("gone")
    await store.save_card("gone", Card("C1", TS, shown=0))

    assert await store.read("gone") is None
    assert await store.card_at("C1", TS) is None
    assert await behind(store) == ()


async def test_a_card_in_somebodys_hands_is_not_handed_to_another(store: Store) -> None:
    await created(store)

    async with store.card("A1") as first, store.card("A1") as second:
        held = (first is not None, second is not None)

    assert held == (True, False)
