"""Be away, come back, let somebody stand in: by each person for themselves, recorded in their own trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.approvals.world import World
from bot.core.absence import Absence, Leave, NotDone, read_until
from bot.core.audit import Entry, Fact, trailed
from bot.core.model import JSON
from bot.core.policy import unfit
from bot.ports import NOBODY, Delegations, DirectoryUnavailable, StoreUnavailable, Swapped

TRIES = 20
UTC = "UTC"

# Seconds until the cards are drawn for a change that its own process did not live to announce.
SETTLED = 10.0

# How many absences one round of the reconciler notes as over.
SLICE = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's absence, and those in which this person stands in, by whose they are."""

    absence: Absence | None
    for_others: Mapping[str, Absence]


async def leave(world: World, user: str, *, delegate: str | None, until: Sequence[str]) -> Absence | NotDone:
    """Record that somebody is away from now on; the newest word replaces the one before.

    `until` is what they typed, in their own zone. Raises UnclearTime, StoreUnavailable.
    """
    try:
        person = await world.directory.person(user)
        refused = await _refused(world, user, delegate)
    except DirectoryUnavailable:
        return NotDone.CANNOT_CHECK
    now = await world.store.now()
    end = read_until(until, now, person.tz or UTC)
    if refused is not None:
        return refused
    absence = Absence(user, now, end, delegate)
    await _change(world, user, absence)
    return absence


async def come_back(world: World, user: str) -> Absence | NotDone:
    """End one's own absence before its time; returns what was ended. Raises StoreUnavailable."""
    now = await world.store.now()
    absence = (await _delegations(world).read(user)).at(now)
    if absence is None:
        return NotDone.NOTHING
    await _change(world, user, None)
    return absence


async def standing_of(world: World, user: str) -> Standing:
    """How this person's absences are now. Raises StoreUnavailable."""
    now = await world.store.now()
    known = _delegations(world)
    return Standing((await known.read(user)).at(now), await known.of(user, now))


async def note_ends(world: World) -> None:
    """Note every absence whose time is over: its end counted at once, here it comes into the trail."""
    if world.delegations is None:
        return
    for user in await world.delegations.ended(SLICE):
        before, now = await world.delegations.read(user), await world.store.now()
        if before.absence is not None and before.at(now) is None:
            await _write(world, before, None, by=None, now=now)
            await world.queue.absence(user, at=now)


async def away_from(world: World, users: Collection[str], now: float) -> Mapping[str, Absence]:
    """Who of these is away; nobody, where absences are not kept."""
    return NOBODY if world.delegations is None else await world.delegations.away(users, now)


async def names_of(world: World, users: Iterable[str]) -> dict[str, str]:
    """What people are called, for a text that must not call them; who Slack cannot tell is left out."""
    names = dict[str, str]()
    for user in users:
        try:
            names[user] = (await world.directory.person(user)).name
        except DirectoryUnavailable:
            continue
    return names


async def _refused(world: World, user: str, delegate: str | None) -> NotDone | None:
    if unfit(await world.directory.person(user), world.us) is not None:
        return NotDone.YOU
    if delegate is None:
        return None
    if delegate == user:
        return NotDone.YOURSELF
    unable = unfit(await world.directory.person(delegate), world.us)
    return None if unable is None else NotDone.NO_MEMBER


async def _change(world: World, user: str, absence: Absence | None) -> None:
    """On record, and on the cards: a crash right after the record is followed by the wish made before it."""
    await world.queue.absence(user, at=await world.store.now() + SETTLED)
    for _ in range(TRIES):
        before, now = await _delegations(world).read(user), await world.store.now()
        if await _write(world, before, absence, by=user, now=now):
            with suppress(StoreUnavailable):
                await world.queue.absence(user, at=now)
                if absence is not None:
                    await world.queue.absence(user, at=absence.until)
            return
    raise StoreUnavailable("this absence was changed at the same time; try again")


async def _write(world: World, before: Leave, absence: Absence | None, *, by: str | None, now: float) -> bool:
    """One step: the end of what was, the beginning of what is, and both in the trail."""
    after, entries = before, list[Entry]()
    if before.absence is not None:
        who = by if before.at(now) is not None else None  # else time has ended it
        after, entry = trailed(after, world.audit_key, Fact.BACK, at=now, by=who, data=_said(before.absence))
        entries.append(entry)
    if absence is not None:
        after, entry = trailed(after, world.audit_key, Fact.AWAY, at=now, by=by, data=_said(absence))
        entries.append(entry)
    after = replace(after, absence=absence, version=before.version + 1)
    return await _delegations(world).swap(before, after, entries) is Swapped.DONE


def _said(absence: Absence) -> dict[str, JSON]:
    return {"until": absence.until, "delegate": absence.delegate}


def _delegations(world: World) -> Delegations:
    if world.delegations is None:
        raise StoreUnavailable("absences are not kept here")
    return world.delegations
