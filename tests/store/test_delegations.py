"""Who is away and who stands in: the record in memory and the one in Redis say the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.core.absence import Absence, Leave
from bot.core.audit import Fact, faults, trailed
from bot.ports import Delegations, Swapped
from bot.store import keys
from bot.store.delegations import RedisDelegations
from tests.fake_delegations import FakeDelegations
from tests.store.conftest import both
from tests.store.proxy import Wire
from tests.store.samples import KEY

NOW = 1_700_000_000.0  # long ago, for both clocks
AHEAD = 9e9  # for both clocks, too


@both
def delegations(request: pytest.FixtureRequest) -> Delegations:
    if request.param == "memory":
        return FakeDelegations()
    return RedisDelegations(request.getfixturevalue("client"), "T1")


async def said(
    known: Delegations, user: str, delegate: str | None = None, *, until: float = AHEAD, gone: bool = False
) -> Leave:
    """Record an absence, or its end."""
    before = await known.read(user)
    data = {"until": until, "delegate": delegate}
    fact = Fact.BACK if gone else Fact.AWAY
    after, entry = trailed(before, KEY, fact, at=NOW, by=user, data=data)
    absence = None if gone else Absence(user, NOW, until, delegate)
    after = replace(after, absence=absence, version=before.version + 1)
    assert await known.swap(before, after, [entry]) is Swapped.DONE
    return after


async def test_nobody_is_away_at_first(delegations: Delegations) -> None:
    assert await delegations.read("U0ANA") == Leave("U0ANA")
    assert await delegations.of("U0BEN", NOW) == {}
    assert await delegations.away([], NOW) == {}
    assert await delegations.history("U0ANA") == ()


async def test_who_stands_in_is_known_from_both_sides(delegations: Delegations) -> None:
    ana = await said(delegations, "U0ANA", "U0BEN")
    cat = await said(delegations, "U0CAT", "U0BEN")
    await said(delegations, "U0DAN")

    assert await delegations.read("U0ANA") == ana
    assert await delegations.of("U0BEN", NOW) == {"U0ANA": ana.absence, "U0CAT": cat.absence}
    assert await delegations.of("U0ANA", NOW) == {}
    assert set(await delegations.away(["U0ANA", "U0BEN", "U0DAN"], NOW)) == {"U0ANA", "U0DAN"}


async def test_another_word_replaces_the_one_before(delegations: Delegations) -> None:
    await said(delegations, "U0ANA", "U0BEN")
    await said(delegations, "U0ANA", "U0CAT")

    assert await delegations.of("U0BEN", NOW) == {}
    assert list(await delegations.of("U0CAT", NOW)) == ["U0ANA"]


async def test_who_is_back_is_stood_in_for_no_more(delegations: Delegations) -> None:
    await said(delegations, "U0ANA", "U0BEN")
    await said(delegations, "U0ANA", gone=True)

    assert await delegations.of("U0BEN", NOW) == {}
    assert await delegations.away(["U0ANA"], NOW) == {}
    assert await delegations.ended(10) == ()


async def test_an_absence_is_over_at_its_end_though_nobody_noted_it(delegations: Delegations) -> None:
    await said(delegations, "U0ANA", "U0BEN", until=NOW + 60)

    assert list(await delegations.of("U0BEN", NOW + 59.999)) == ["U0ANA"]
    assert await delegations.of("U0BEN", NOW + 60) == {}
    assert await delegations.away(["U0ANA"], NOW + 60) == {}
    assert await delegations.ended(10) == ("U0ANA",)


async def test_of_two_who_change_it_at_once_one_is_told(delegations: Delegations) -> None:
    before = await delegations.read("U0ANA")
    await said(delegations, "U0ANA", "U0BEN")

    late = replace(before, version=1, absence=Absence("U0ANA", NOW, AHEAD, "U0CAT"))

    assert await delegations.swap(before, late, []) is Swapped.CONFLICT
    assert await delegations.of("U0CAT", NOW) == {}


async def test_the_trail_is_whole(delegations: Delegations) -> None:
    await said(delegations, "U0ANA", "U0BEN")
    last = await said(delegations, "U0ANA", gone=True)

    trail = await delegations.history("U0ANA")

    assert [entry.fact for entry in trail] == [Fact.AWAY, Fact.BACK]
    assert faults(trail, KEY, head=last.audit_head) == []
    assert faults(trail[:1], KEY, head=last.audit_head) != []


async def test_workspaces_know_nothing_of_each_other(client: Redis) -> None:
    await said(RedisDelegations(client, "T1"), "U0ANA", "U0BEN")

    other = RedisDelegations(client, "T2")

    assert await other.of("U0BEN", NOW) == {}
    assert await other.read("U0ANA") == Leave("U0ANA")


async def test_a_lost_reply_does_not_record_it_twice(client: Redis, far: Redis, wire: Wire) -> None:
    known = RedisDelegations(far, "T1")
    before = await said(known, "U0ANA", "U0BEN")
    after, entry = trailed(before, KEY, Fact.BACK, at=NOW, by="U0ANA", data={})
    wire.lose = 1

    swapped = await known.swap(before, replace(after, absence=None, version=2), [entry])

    assert wire.lose == 0
    assert swapped is Swapped.DONE
    assert len(await RedisDelegations(client, "T1").history("U0ANA")) == 2


async def test_whose_absence_was_noted_as_over_leaves_no_index_behind(client: Redis) -> None:
    known = RedisDelegations(client, "T1")
    await said(known, "U0ANA", "U0BEN", until=NOW + 60)
    await said(known, "U0ANA", gone=True)

    assert await client.exists(keys.stand_in("T1", "U0BEN"), keys.leave_ends("T1")) == 0
