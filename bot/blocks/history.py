"""What happened to one approval, as its audit trail tells it: `/approvals history`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.blocks.lists import summary
from bot.blocks.notice import WHY
from bot.blocks.parts import MESSAGE_TEXT, Block, Face, context, header, section
from bot.blocks.text import Mrkdwn, cut, cut_escaped, digits, joined, mention, mrkdwn, say, when
from bot.core.audit import Entry, Fact
from bot.core.model import JSON, Approval, Verdict
from bot.core.policy import Why
from bot.texts.marks import marked
from bot.texts.spoken import counted, retold

# A message holds fifty blocks; the newest entries are the ones people look for.
ENTRIES = 40
WORDS = 300

SAID: Mapping[Fact, str] = {
    Fact.ASKED: marked("The run asked"),
    Fact.SENT: marked("The answer is given to the run"),
    Fact.APPLIED: marked("The run took the answer"),
    Fact.FAILED: marked("The run failed after the decision"),
    Fact.RETRIED: marked("An operator let the run go on"),
    Fact.EXPIRED: marked("The time to decide was over"),
    Fact.SUPERSEDED: marked("Replaced or withdrawn"),
    Fact.CANCELLED: marked("Cancelled"),
    Fact.REMINDED: marked("Reminded"),
    Fact.ESCALATED: marked("Escalated"),
    Fact.AWAY: marked("Away"),
    Fact.BACK: marked("Back"),
}
DID: Mapping[Fact, str] = {
    Fact.VOTED: marked("voted"),
    Fact.REFUSED: marked("tried and was refused"),
    Fact.COMMENTED: marked("commented"),
    Fact.DECIDED: marked("decided"),
}
VERDICTS = {
    Verdict.APPROVE: marked("approve"),
    Verdict.REJECT: marked("reject"),
    Verdict.REVISE: marked("revise"),
    Verdict.ANSWER: marked("answer"),
}


def history(approval: Approval, entries: Sequence[Entry], *, whole: bool) -> Face:
    """Every fact with its moment and person, oldest first; `whole` says that the chain was verified."""
    title = mrkdwn("*{}*", cut(summary(approval), 150))
    shown = entries[-ENTRIES:]
    lines = [_line(entry) for entry in shown]
    blocks = [header(say("History")), section(title), *_left_out(len(entries) - len(shown))]
    blocks += [context(line) for line in lines]
    blocks.append(context(_verdict(approval, len(entries), whole)))
    return Face(cut_escaped(joined([title, *lines], "\n"), MESSAGE_TEXT), tuple(blocks))


def _left_out(number: int) -> Iterator[Block]:
    if number > 0:
        yield context(mrkdwn("{} before these; `approvals audit export` has them all.", _entries(number)))


def _verdict(approval: Approval, number: int, whole: bool) -> Mrkdwn:
    if not whole:
        return mrkdwn("*This trail was changed*: tell an operator, who runs `approvals audit verify`.")
    return mrkdwn("Approval {}, {}; the chain is whole.", approval.id, _entries(number))


def _entries(number: int) -> str:
    return counted(number, "{} entry", "{} entries").format(digits(number))


def _line(entry: Entry) -> Mrkdwn:
    at = when(entry.at, "{date_short} {time_secs}")
    return joined([mrkdwn("{}  {}", at, _what(entry)), *_details(entry)], ": ")


def _what(entry: Entry) -> Mrkdwn:
    if entry.fact in DID:
        who = mention(entry.by) if entry.by else mrkdwn("The deadline")
        return mrkdwn("{} {}", who, mrkdwn(DID[entry.fact]))
    said = mrkdwn(SAID.get(entry.fact, entry.fact.replace("_", " ").capitalize()))
    return mrkdwn("{}, by {}", said, mention(entry.by)) if entry.by else said


def _details(entry: Entry) -> Iterator[Mrkdwn]:
    """What somebody said; a refusal's reason; never a value that was redacted."""
    data = entry.data
    if entry.fact is Fact.REFUSED and data.get("why") in set(Why):
        yield mrkdwn(WHY[Why(str(data["why"]))])
        return
    words = [_verdict_word(data.get("verdict")), data.get("text"), data.get("why"), data.get("reason")]
    said = [cut(retold(word), WORDS) for word in words if isinstance(word, str) and word]
    if said:
        yield joined(said, ", ")


def _verdict_word(verdict: JSON) -> str | None:
    return say(VERDICTS[Verdict(str(verdict))]) if verdict in set(Verdict) else None
