"""What a run that is over says of itself, in the thread of its last card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from bot.blocks.footer import origin
from bot.blocks.parts import Block, Face, context, line, preformatted, rich_text, section, span
from bot.blocks.text import Mrkdwn, cut, cut_escaped, escape, joined, mrkdwn, say, visible
from bot.core.model import Run, RunState
from bot.texts.spoken import retold

PARAGRAPH = 600  # a longer result, or one with line breaks, gets a box of its own
RESULT = 2_800
IN_WORDS = 3_000


def result(run: Run) -> Face:
    """The message with a run's end. What the graph says is shown as it is, never parsed."""
    said = _said(run)
    words = visible(retold(run.result or "")).strip() if run.state is RunState.ENDED else ""
    where = origin(run.graph, run.requester, say("thread {}", run.thread_id))
    blocks = [section(said), *_words(words), context(*where)]
    text = joined([said, cut_escaped(escape(words), IN_WORDS)], "\n") if words else said
    return Face(text, tuple(blocks))


def _said(run: Run) -> Mrkdwn:
    match run.state:
        case RunState.ENDED:
            return mrkdwn("🏁 *The run has ended.*")
        case RunState.FAILED if run.reference:
            return mrkdwn("⚠️ *The run failed.* Give an operator the reference *{}*.", run.reference)
        case RunState.FAILED:
            return mrkdwn("⚠️ *The run failed.* An operator can find out why.")
        case RunState.LOST:
            return mrkdwn("⚠️ *The run is lost:* its saved state is gone, so it cannot go on.")
        case RunState.CANCELLED:
            return mrkdwn("🚫 *The run was cancelled.*")
        case RunState.STARTING | RunState.RUNNING:
            return mrkdwn("The run is at work.")
        case RunState.WAITING:
            return mrkdwn("The run waits for a decision.")
        case _:
            assert_never(run.state)


def _words(words: str) -> Iterator[Block]:
    if len(words) > PARAGRAPH or "\n" in words:
        yield rich_text(preformatted(cut(words, RESULT)))
    elif words:
        yield rich_text(line(span(words)))
