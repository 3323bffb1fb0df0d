"""What `/approvals show` says: one approval, who voted and who is needed, where its card is."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.parts import MESSAGE_TEXT, Block, Face, context, section
from bot.blocks.status import DID, status
from bot.blocks.text import Mrkdwn, cut, cut_escaped, escape, joined, link, mention, mrkdwn, say, when
from bot.core.model import Approval, State, Vote
from bot.ports import Message, Record

WORDS = 300  # of the reason that came with a vote
VOTES = 10


def one(record: Record, card: Message, permalink: str | None) -> Face:
    """The card as it is now, without its buttons: a decision is made on the card itself."""
    approval = record.approval
    shown = [block for block in card.blocks if block["type"] != "actions"]
    waits = [section(status(approval, None))] if approval.state is State.PENDING else []
    where = (
        mrkdwn("The card: {}", link(permalink, say("open it")))
        if permalink
        else mrkdwn("Its card is not posted.")
    )
    small_print = context(where, mrkdwn("id {}", approval.id))
    said = joined([_first(card), *_votes(approval)], "\n")
    return Face(cut_escaped(said, MESSAGE_TEXT), (*shown, *waits, *_voted(approval), small_print))


def _first(card: Message) -> Mrkdwn:
    # The text of a card is escaped already where it is Mrkdwn.
    return card.text if isinstance(card.text, Mrkdwn) else escape(card.text)


def _voted(approval: Approval) -> Iterator[Block]:
    yield from (context(said) for said in _votes(approval))


def _votes(approval: Approval) -> Iterator[Mrkdwn]:
    """Who said what and when, oldest first; of very many the last ones."""
    for vote in approval.votes[-VOTES:]:
        yield joined([_vote(vote), *([cut(vote.text, WORDS)] if vote.text else [])], ": ")


def _vote(vote: Vote) -> Mrkdwn:
    return mrkdwn("{} {} at {}", mention(vote.by), say(DID[vote.verdict]), when(vote.at))
