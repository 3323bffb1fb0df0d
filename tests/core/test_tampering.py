"""Ten thousand ways to tamper with an audit trail, each found and named; and values taken out lawfully."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bot.core.absence import Leave
from bot.core.audit import Entry, Fact, chained, faults, mac, redact, taken_out, trailed
from bot.core.beside import Note, Stand, Trail, beside, door, written
from bot.core.model import JSON
from bot.core.redaction import Redaction, mentions
from tests.blocks.samples import NOW, approval

Said = tuple[float, Fact, str | None, Mapping[str, JSON]]

KEY = b"audit-key"
CASES = 10_000
NAMES = frozenset({"text", "iban", "why"})  # as approvals.toml hands them over
PEOPLE = (None, "U0ANA", "U0BEN", "U0CAT")


def _value(chance: Random, depth: int = 0) -> JSON:
    match chance.randrange(6 if depth < 2 else 4):
        case 0:
            return chance.choice(("", "no", "yes", "approve", "~/", "\ud800"))
        case 1:
            return chance.choice((0, 1, -1, 2.5, 10**15))
        case 2:
            return chance.choice((True, False, None))
        case 3:
            return f"text {chance.randrange(1000)}"
        case 4:
            return [_value(chance, depth + 1) for _ in range(chance.randrange(3))]
    return {chance.choice((*sorted(NAMES), "a/b", "~0", "name")): _value(chance, depth + 1) for _ in range(2)}


def _of_an_approval(chance: Random, facts: Sequence[Said]) -> Trail:
    made, entries = replace(approval(), id=f"approval-{chance.randrange(1000)}"), list[Entry]()
    for at, fact, by, data in facts:
        made, entry = chained(made, KEY, fact, at=at, by=by, data=data)
        entries.append(entry)
    return Trail(made.id, tuple(entries), made.audit_head)


def _of_an_absence(chance: Random, facts: Sequence[Said]) -> Trail:
    leave, entries = Leave(f"U0N{chance.randrange(1000)}"), list[Entry]()
    for at, fact, by, data in facts:
        leave, entry = trailed(leave, KEY, fact, at=at, by=by, data=data)
        entries.append(entry)
    return Trail(f"leave:{leave.user}", tuple(entries), leave.audit_head)


def _beside(chance: Random, facts: Sequence[Said]) -> Trail:
    """What was refused at an approval, or at the door."""
    name = chance.choice((beside(f"approval-{chance.randrange(1000)}"), door("T1", NOW)))
    stand, entries = Stand(name, NOW), list[Entry]()
    for at, fact, by, data in facts:
        note = Note(fact, by, "mark", data)
        stand = replace(stand, now=at, more=chance.randrange(3))
        entry = written(stand, note, KEY, thread_id=chance.choice(("", "thread-1")))
        stand = replace(stand, seq=entry.seq, head=entry.mac)
        entries.append(entry)
    return Trail(name, tuple(entries), stand.head)


KINDS = (_of_an_approval, _of_an_absence, _beside)


def _trail(chance: Random, kind: Callable[[Random, Sequence[Said]], Trail]) -> Trail:
    """A trail of which some entries were redacted: when they were written, or by an operator later on."""
    facts = list[Said]()
    for number in range(chance.randrange(2, 7)):
        data = {name: _value(chance) for name in chance.sample((*sorted(NAMES), "verdict", "edits"), 3)}
        data["edits"] = [{"name": "iban", "before": "DE1", "after": _value(chance)}]
        facts.append((NOW + number, chance.choice(list(Fact)), chance.choice(PEOPLE), data))
    made = kind(chance, facts)
    return replace(made, entries=tuple(_perhaps_redacted(chance, entry) for entry in made.entries))


def _perhaps_redacted(chance: Random, entry: Entry) -> Entry:
    match chance.randrange(5):
        case 0:
            return redact(entry, NAMES, KEY)
        case 1:
            found = mentions(dict(entry.data), Redaction(("payload.iban",), ("DE1", "text 7")))
            return taken_out(entry, found, KEY)
    return entry


def _otherwise(chance: Random, value: JSON) -> JSON:
    while (other := _value(chance)) == value and type(other) is type(value):
        pass
    return other


def _deleted(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    return entries[:at] + entries[at + 1 :]


def _swapped(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    other = chance.choice([n for n in range(len(entries)) if n != at])
    changed = list(entries)
    changed[at], changed[other] = changed[other], changed[at]
    return changed


def _truncated(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    return entries[:at]


def _doubled(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    return [*entries[: at + 1], *entries[at:]]


def _with(entries: list[Entry], at: int, entry: Entry) -> list[Entry]:
    return [*entries[:at], entry, *entries[at + 1 :]]


def _edited(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    entry = entries[at]
    who = chance.choice([one for one in PEOPLE if one != entry.by])
    fact = chance.choice([one for one in Fact if one is not entry.fact])
    changes = (
        replace(entry, by=who),
        replace(entry, at=entry.at + chance.choice((-1.0, 0.000_1, 3600.0))),
        replace(entry, fact=fact),
        replace(entry, thread_id="another"),
        replace(entry, approval_id="another"),
        replace(entry, seq=entry.seq + 1),
        replace(entry, mac=mac(replace(entry, by=who), b"another key")),
        replace(entry, prev="0" * 64),
    )
    return _with(entries, at, chance.choice(changes))


def _rewritten(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    """Another value in `data`, also where a value was redacted; or a word more, or a word less."""
    entry = entries[at]
    data = dict(entry.data)
    name = chance.choice(sorted(data))
    match chance.randrange(3):
        case 0:
            data[name] = _otherwise(chance, data[name])
        case 1:
            data["more"] = _value(chance)
        case 2:
            del data[name]
    return _with(entries, at, replace(entry, data=data))


def _hidden(chance: Random, entries: list[Entry], at: int) -> list[Entry]:
    """A value taken out by somebody who has no key, so that its seal is made up."""
    entry = entries[at]
    made_up = (("/edits/0/after", "f" * 64), *entry.redacted)
    data = {**entry.data, "edits": [{"name": "iban", "before": "DE1", "after": None}]}
    return _with(entries, at, replace(entry, data=data, redacted=made_up))


WAYS = (_deleted, _swapped, _truncated, _doubled, _edited, _rewritten, _hidden)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_way_to_tamper_is_found_each_time(kind: Any, way: Any) -> None:
    """Ten thousand cases for each kind of trail."""
    chance = Random(f"{kind.__name__} {way.__name__}")
    for _ in range(CASES // len(WAYS) // 4 + 1):
        made = _trail(chance, kind)
        entries = list(made.entries)
        assert faults(entries, KEY, head=made.head, name=made.name) == []
        for at in (chance.randrange(len(entries)) for _ in range(4)):
            found = faults(way(chance, entries, at), KEY, head=made.head, name=made.name)

            assert found, (way, at, entries)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_trail_in_the_place_of_another_is_found(kind: Any) -> None:
    """With its own end, and every mac of it right."""
    made = _trail(Random(kind.__name__), kind)

    assert faults(made.entries, KEY, head=made.head, name="another") != []


def test_what_is_redacted_is_gone_and_the_chain_holds() -> None:
    made, entry = chained(
        approval(),
        KEY,
        Fact.VOTED,
        at=NOW,
        by="U0ANA",
        data={
            "text": "to Ada, DE89",
            "verdict": "answer",
            "answer": {"iban": "DE89", "amount": 5},
            "edits": [
                {"name": "iban", "before": "DE88", "after": "DE89"},
                {"name": "amount", "before": 4, "after": 5},
            ],
        },
    )
    cut = redact(entry, ["iban", "text"], KEY)

    assert "DE8" not in str(cut)
    assert cut.data["answer"] == {"iban": None, "amount": 5}
    assert cut.data["edits"] == [
        {"name": "iban", "before": None, "after": None},
        {"name": "amount", "before": 4, "after": 5},
    ]
    assert faults([cut], KEY, head=made.audit_head) == []
    assert redact(cut, ["iban", "text"], KEY) == cut


def test_the_same_value_has_another_seal_in_another_entry() -> None:
    made, first = chained(approval(), KEY, Fact.VOTED, at=NOW, data={"text": "yes"})
    _, second = chained(made, KEY, Fact.VOTED, at=NOW, data={"text": "yes"})

    assert redact(first, ["text"], KEY).redacted != redact(second, ["text"], KEY).redacted


def test_nothing_may_stand_where_something_was_redacted() -> None:
    made, entry = chained(approval(), KEY, Fact.VOTED, at=NOW, by="U0ANA", data={"text": "never"})
    cut = redact(entry, ["text"], KEY)
    forged = replace(cut, data={"text": "gladly"})

    assert faults([forged], KEY, head=made.audit_head) == [
        f"{made.id}: entry 1 was changed where it is redacted"
    ]
