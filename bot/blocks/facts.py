"""One sentence for each fact of an audit trail, for people who look back; `history` puts them on a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.blocks.fact_words import (
    VALUE,
    WORDS,
    because,
    listed,
    named,
    on_a_line,
    plainly,
    quoted,
    several,
    with_people,
)
from bot.blocks.status import DID
from bot.blocks.text import Mrkdwn, cut, digits, joined, mention, mrkdwn, say, visible
from bot.core.audit import Entry, Fact
from bot.core.model import JSON, Verdict
from bot.core.policy import Why
from bot.texts.marks import marked
from bot.texts.spoken import counted

CHANGES = 5  # values of a fact without a sentence of its own
LONGEST = 700  # letters of one entry, where it has several sentences: a page of them fits into one message

VOTED = marked("voted")
DECIDED = marked("decided")
TRIED_IT = marked("tried to decide this")
LEFT_OUT = marked("The rest is in `approvals audit export`.")
REDACTED = marked("Some values are left out on purpose.")


TRIED: Mapping[str, str] = {
    Verdict.APPROVE: marked("tried to approve this"),
    Verdict.REJECT: marked("tried to reject this"),
    Verdict.REVISE: marked("tried to send this back"),
    Verdict.ANSWER: marked("tried to answer this"),
    "withdraw": marked("tried to withdraw this"),
}
DID_IT: Mapping[str, str] = {
    Verdict.APPROVE: marked("approved this"),
    Verdict.REJECT: marked("rejected this"),
    Verdict.REVISE: marked("sent this back"),
    Verdict.ANSWER: marked("answered this"),
}

# Why somebody was refused, told to others: `blocks/notice.py` tells the person.
REFUSED: Mapping[str, str] = {
    Why.OTHER_APP: marked("the button was another app's"),
    Why.OTHER_WORKSPACE: marked("it came from another workspace"),
    Why.NO_WORKSPACE: marked("Slack did not say from which workspace it came"),
    Why.MALFORMED: marked("what Slack sent could not be understood"),
    Why.OTHER_CARD: marked("it did not come from the current card"),
    Why.NOT_A_PERSON: marked("only active people may decide"),
    Why.GUEST: marked("guests may not decide"),
    Why.STRANGER: marked("only people of this workspace may decide"),
    Why.NOT_AN_APPROVER: marked("not one of the people who may decide"),
    Why.SPOKEN_FOR: marked("whoever stood in had approved already"),
    Why.OTHER_STAGE: marked("it was another stage's turn"),
    Why.SERVED: marked("the same person had approved an earlier stage"),
    Why.SAID_NO: marked("the same person had rejected this before"),
    Why.REQUESTER: marked("who asked may not approve"),
    Why.EDITOR: marked("the change was the same person's own"),
    Why.BLOCKED: marked("a rule did not fit the request, so nobody could approve it"),
    Why.CEILING: marked("too much is at stake to approve this in Slack"),
    Why.NOT_THE_REQUESTER: marked("only who asked may withdraw it"),
    Why.CANNOT_CHECK: marked("Slack could not tell who may decide"),
    Why.NOT_OFFERED: marked("the card did not offer that answer"),
}


def told(entry: Entry) -> Mrkdwn:
    """What happened, in a sentence; a fact without words of its own here is told by its name and values."""
    first, *more = SAYS.get(entry.fact, _any)(entry)
    kept, room = [first], LONGEST - len(first)
    for sentence in more:
        room -= len(sentence) + 1
        if room < 0:
            kept.append(mrkdwn(LEFT_OUT))
            break
        kept.append(sentence)
    return joined([*kept, mrkdwn(REDACTED)] if entry.redacted else kept, " ")


def _asked(entry: Entry) -> Iterator[Mrkdwn]:
    revision = entry.data.get("revision")
    again = isinstance(revision, int) and revision > 1
    yield mrkdwn("The run asked again: revision {}.", revision) if again else mrkdwn("The run asked.")


def _voted(entry: Entry) -> Iterator[Mrkdwn]:
    data, did = entry.data, mrkdwn(DID_IT.get(str(entry.data.get("verdict")), VOTED))
    whose = data.get("stands_for")
    instead = mrkdwn(" in place of {}", mention(str(whose))) if whose else Mrkdwn("")
    stage = data.get("stage")
    where = mrkdwn(" in stage {}", stage + 1) if isinstance(stage, int) else Mrkdwn("")
    yield mrkdwn("{} {}{}{}{}", _who(entry), did, instead, where, quoted(data.get("text")))
    edits = data.get("edits")
    if isinstance(edits, Sequence) and not isinstance(edits, str):
        for edit in edits:
            yield from _edited(edit) if isinstance(edit, Mapping) else ()
    elif data.get("answer") is not None:
        yield mrkdwn("The answer: {}.", on_a_line(data["answer"], WORDS))


def _edited(edit: Mapping[str, JSON]) -> Iterator[Mrkdwn]:
    """Each changed argument as it was and as it is."""
    before, after = edit.get("before"), edit.get("after")
    name = cut(visible(str(edit.get("name", "")), line=True), VALUE)
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        yield mrkdwn("{} was {}, now {}.", name, on_a_line(before), on_a_line(after))
        return
    names = [one for one in {**before, **after} if before.get(one) != after.get(one)]
    yield from (mrkdwn("In {}, {}.", name, _changed(one, before, after)) for one in names)


def _changed(name: str, before: Mapping[str, JSON], after: Mapping[str, JSON]) -> Mrkdwn:
    shown = cut(visible(name, line=True), VALUE)
    if name not in before:
        return mrkdwn("{} is new: {}", shown, on_a_line(after[name]))
    if name not in after:
        return mrkdwn("{} is gone, it was {}", shown, on_a_line(before[name]))
    return mrkdwn("{} was {}, now {}", shown, on_a_line(before[name]), on_a_line(after[name]))


def _refused(entry: Entry) -> Iterator[Mrkdwn]:
    tried = mrkdwn(TRIED.get(str(entry.data.get("verdict")), TRIED_IT))
    why = str(entry.data.get("why") or "")
    reason = mrkdwn(REFUSED[why]) if why in REFUSED else mrkdwn("{}", cut(plainly(why), VALUE))
    yield mrkdwn("{} {} and was refused: {}.", _who(entry), tried, reason)
    more = entry.data.get("left_out")
    if isinstance(more, int) and more > 0:
        yield mrkdwn(
            "Since the entry before: {}.", counted(more, "{} more try", "{} more tries").format(digits(more))
        )


def _commented(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("{} commented{}", _who(entry), quoted(entry.data.get("text")))


def _decided(entry: Entry) -> Iterator[Mrkdwn]:
    data, verdict = entry.data, str(entry.data.get("verdict"))
    did = say(DID[Verdict(verdict)] if verdict in set(Verdict) else DECIDED)
    people = [str(one) for one in listed(data.get("by"))] or ([entry.by] if entry.by else [])
    if people:
        yield mrkdwn("That decided it: {} by {}.", did, several([mention(one) for one in people]))
    else:
        yield mrkdwn("The deadline decided it: {}, because nobody decided in time.", did)
    if rules := listed(data.get("rules")):
        yield mrkdwn("Rules that held: {}.", cut(", ".join(map(str, rules)), WORDS))


def _sent(entry: Entry) -> Iterator[Mrkdwn]:
    tries = entry.data.get("try")
    again = isinstance(tries, int) and tries > 1
    yield mrkdwn("The answer is given to the run{}.", mrkdwn(", try {}", tries) if again else Mrkdwn(""))


def _failed(entry: Entry) -> Iterator[Mrkdwn]:
    reference = entry.data.get("reference")
    known = mrkdwn(" (reference {})", reference) if reference else Mrkdwn("")
    yield mrkdwn("The run failed after the decision{}{}", known, because(entry.data.get("reason")))


def _retried(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("An operator let the run go on.")


def _applied(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("The run took the answer.")
    if (effect := entry.data.get("effect")) is not None:
        yield mrkdwn("Its effect is known as {}.", on_a_line(effect))


def _shown_to(entry: Entry) -> Iterator[Mrkdwn]:
    people = named(entry.data)
    yield mrkdwn("Its card was shown; asked were {}.", people) if people else mrkdwn("Its card was shown.")


def _viewed(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("{} opened the whole request.", _who(entry))


def _policy_changed(entry: Entry) -> Iterator[Mrkdwn]:
    before, after = on_a_line(entry.data.get("before")), on_a_line(entry.data.get("after"))
    yield mrkdwn("The rules had changed since it was asked: {} then, {} now.", before, after)


def _expired(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("The time to decide was over.")


def _reminded(entry: Entry) -> Iterator[Mrkdwn]:
    number = entry.data.get("number")
    which = mrkdwn(" {}", number) if isinstance(number, int) else Mrkdwn("")
    people = named(entry.data)
    yield mrkdwn("Reminder{}: {} still needed.", which, people) if people else mrkdwn("Reminder{}.", which)


def _escalated(entry: Entry) -> Iterator[Mrkdwn]:
    people = named(entry.data) or mrkdwn("others")
    if entry.data.get("mode") == "replace":
        yield mrkdwn("Escalated: from now on only {} could decide this.", people)
    else:
        yield mrkdwn("Escalated: from now on {} could decide this as well.", people)


def _superseded(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("Replaced or withdrawn{}", because(entry.data.get("why")))


def _cancelled(entry: Entry) -> Iterator[Mrkdwn]:
    by = mrkdwn(" by {}", mention(entry.by)) if entry.by else Mrkdwn("")
    yield mrkdwn("Cancelled{}{}", by, because(entry.data.get("why")))


def _redacted(entry: Entry) -> Iterator[Mrkdwn]:
    fields = cut(", ".join(map(str, listed(entry.data.get("fields")))), WORDS)
    yield mrkdwn("An operator took values out for good: {}.", fields or say("unnamed"))


def _away(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("{} noted an absence.", _who(entry))


def _back(entry: Entry) -> Iterator[Mrkdwn]:
    yield mrkdwn("An absence is over.")


def _any(entry: Entry) -> Iterator[Mrkdwn]:
    """A fact nobody wrote a sentence for: its name, who, and what is short enough to be told."""
    name = plainly(str(entry.fact)).capitalize()
    by = mrkdwn(" by {}", mention(entry.by)) if entry.by else Mrkdwn("")
    known = [(k, v) for k, v in entry.data.items() if v is not None and v != "" and v != []]
    more = [mrkdwn("{} {}", plainly(key), with_people(key, value)) for key, value in known[:CHANGES]]
    yield mrkdwn("{}{}: {}.", name, by, joined(more)) if more else mrkdwn("{}{}.", name, by)


SAYS: Mapping[str, Callable[[Entry], Iterator[Mrkdwn]]] = {
    Fact.ASKED: _asked,
    Fact.VOTED: _voted,
    Fact.REFUSED: _refused,
    Fact.COMMENTED: _commented,
    Fact.DECIDED: _decided,
    Fact.SENT: _sent,
    Fact.APPLIED: _applied,
    Fact.FAILED: _failed,
    Fact.RETRIED: _retried,
    Fact.EXPIRED: _expired,
    Fact.REMINDED: _reminded,
    Fact.ESCALATED: _escalated,
    Fact.SUPERSEDED: _superseded,
    Fact.CANCELLED: _cancelled,
    Fact.SHOWN: _shown_to,
    Fact.VIEWED: _viewed,
    Fact.POLICY_CHANGED: _policy_changed,
    Fact.REDACTED: _redacted,
    Fact.AWAY: _away,
    Fact.BACK: _back,
}


def _who(entry: Entry) -> Mrkdwn:
    return mention(entry.by) if entry.by else mrkdwn("Somebody")
