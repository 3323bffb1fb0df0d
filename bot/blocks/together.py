"""The window that lists what is about to be approved, and the one that tells what came of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks.batch import WHY
from bot.blocks.batch_ids import write_items
from bot.blocks.ids import Form
from bot.blocks.lists import summary
from bot.blocks.notice import sentence
from bot.blocks.parts import PRIVATE_METADATA, Block, context, line, modal, rich_text, section, span
from bot.blocks.text import Mrkdwn, count, cut, mrkdwn, say, visible
from bot.blocks.told import content
from bot.core.batch import Alone, Item
from bot.core.model import Approval
from bot.core.outcome import Outcome
from bot.texts.marks import marked

TITLE = marked("Approve all")
SEVERAL = marked("Approve several")
NOTHING = marked("There is nothing here that you can approve together.")
OWN = marked(
    "Each is recorded as your own approval, just as if you had pressed Approve on its card. "
    "One that changes before you press is left out."
)

ASKED = 200  # letters of what a request says beside its title

Other = tuple[Approval, Alone | Outcome]


def confirmation(
    approvals: Sequence[Approval], others: Sequence[Other], later: int, *, several: bool = False
) -> Block:
    """Lists each by its sentence; what is sent off holds exactly what is listed.

    `several`: below a list of what waits, not on the card of a batch.
    """
    title, form = (SEVERAL, Form.APPROVE_SEVERAL) if several else (TITLE, Form.APPROVE_ALL)
    left_out = list(_left_out(others, over=several))
    if not approvals:
        return modal(say(title), [section(say(NOTHING)), *left_out], callback_id=Form.TOLD)
    approvals, too_many = _fitting(approvals)
    later += too_many
    number = count(len(approvals), "request")
    blocks = [
        section(say("You are about to approve {}:", number)),
        rich_text(*(line(*_row(n, approval)) for n, approval in enumerate(approvals, 1))),
        section(say(OWN)),
        *left_out,
    ]
    if later:
        more = count(later, "more request")
        blocks.append(context(say("{} can follow: press Approve all again then.", more)))
    return modal(
        say(title),
        blocks,
        callback_id=form,
        private=write_items([Item.of(approval) for approval in approvals]),
        submit=say("Approve {}", len(approvals)),
        close=say("Cancel"),
    )


def _fitting(approvals: Sequence[Approval]) -> tuple[Sequence[Approval], int]:
    """As many as the window can remember, and how many that leaves."""
    fit = list(approvals)
    while len(write_items([Item.of(one) for one in fit])) > PRIVATE_METADATA:
        fit.pop()
    return fit, len(approvals) - len(fit)


def _row(number: int, approval: Approval) -> Iterator[Block]:
    yield span(f"{number}. ")
    yield span(summary(approval), "bold")
    revision = say("revision {}", approval.revision)
    yield span(f" ({approval.request.graph}, {revision})")
    yield from _asked(approval)


def _asked(approval: Approval) -> Iterator[Block]:
    """What else the request says, in a line: titles of one kind are often the same."""
    told = content(approval.request)
    said = [told.summary, *(f"{name}: {value}" for name, value in told.fields)]
    if words := " · ".join(" ".join(part.split()) for part in said if part.strip()):
        yield span(f"\n{cut(visible(words, line=True), ASKED)}")


def _left_out(others: Sequence[Other], *, over: bool) -> Iterator[Block]:
    """What is not approved with the rest; of a batch, what is over already needs no mention."""
    told = [(one, why) for one, why in others if over or why is not Alone.OVER]
    if told:
        yield section(say("Not among them:"))
        yield rich_text(*(line(span(f"{summary(one)}: "), span(_because(why))) for one, why in told))


def _because(why: Alone | Outcome) -> str:
    if isinstance(why, Alone):
        reason = say(WHY[why])
        return f"{reason}." if why is Alone.OVER else say("{}. Decide on its card.", reason)
    return _plainly(sentence(why))


def _plainly(said: Mrkdwn) -> str:
    """Our own sentence inside of rich text, where no markup is parsed."""
    return said.replace("`", "").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")


def report(results: Sequence[tuple[Approval | None, Outcome]], user: str, *, several: bool = False) -> Block:
    """What came of each, in the order they were listed."""
    recorded = sum(outcome.recorded for _, outcome in results)
    blocks = [section(mrkdwn("*{} of {} recorded.*", recorded, len(results)))]
    for approval, outcome in results:
        about = summary(approval) if approval is not None else say("A request")
        blocks.append(section(mrkdwn("{}\n{}", about, sentence(outcome, user))))
    return modal(say(SEVERAL if several else TITLE), blocks, callback_id=Form.TOLD)
