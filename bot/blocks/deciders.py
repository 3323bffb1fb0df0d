"""Who may decide a pending request: stage by stage, who has, and who is still needed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks.parts import Block, context
from bot.blocks.text import Mrkdwn, cut, group, joined, mention, mentions, mrkdwn, say, visible
from bot.core.approvers import Approvers, in_force
from bot.core.model import Approval, Verdict, Vote
from bot.core.needed import needed
from bot.core.policy import USER_ID, Policy, Stage
from bot.core.stages import Tally, tally
from bot.texts.marks import marked
from bot.texts.spoken import retold

NAMED = 10  # more approvers than this are counted, not listed
NAME = 60
SAME = marked("*{} of {} people with the same answer*")
APPROVED = marked("*{} of {} approvals*")


def deciders(approval: Approval, policy: Policy) -> Iterator[Block]:
    """The lines a reviewer reads to know whether it is their turn."""
    now = tally(approval, policy)
    if len(policy.stages) == 1:
        one = policy.stages[0]
        who = mrkdwn("Who may decide: {}", _who(_named(approval, one)))
        yield context(
            joined([who, *_four_eyes(approval, policy, now)], " "), *_count(approval, policy, now, 0)
        )
    else:
        yield context(mrkdwn("Who may decide, in this order:"), *_four_eyes(approval, policy, now))
        for number, stage in enumerate(policy.stages):
            title = _title(approval, number, stage, now)
            yield context(title, *_count(approval, policy, now, number, always=True))
    if policy.blocked is not None:
        yield context(
            mrkdwn("*Nobody can approve this now.* {}", cut(visible(retold(policy.blocked), line=True), 900))
        )


def _title(approval: Approval, number: int, stage: Stage, now: Tally) -> Mrkdwn:
    where = say("passed") if number < now.stage else say("now") if number == now.stage else say("later")
    name = cut(visible(stage.name, line=True), NAME) if stage.name else say("stage {}", number + 1)
    return mrkdwn("{}. *{}* ({}): {}", number + 1, name, where, _who(_named(approval, stage)))


def _named(approval: Approval, stage: Stage) -> Approvers:
    return in_force(stage.approvers, approval.added, instead=approval.instead)


def _who(approvers: Approvers) -> Mrkdwn:
    people = [mention(user) for user in sorted(approvers.users)]
    people += [group(one) for one in sorted(approvers.groups)]
    if approvers.members:
        people.append(mrkdwn("members of this channel"))
    more = [say("{} more", len(people) - NAMED)] if len(people) > NAMED else []
    return joined([*people[:NAMED], *more], last=say(" and "))


def _four_eyes(approval: Approval, policy: Policy, now: Tally) -> Iterator[Mrkdwn]:
    """Who must leave the approving to others, and why."""
    requester, editor = approval.requester or "", now.editor or ""
    if not policy.requester_may_approve and USER_ID.fullmatch(requester):
        yield mrkdwn("({} may not approve their own request)", mention(requester))
    if USER_ID.fullmatch(editor):
        yield mrkdwn("({} changed the values; somebody else must give the same answer)", mention(editor))


def _count(
    approval: Approval, policy: Policy, now: Tally, number: int, *, always: bool = False
) -> Iterator[Mrkdwn]:
    """The tally of a stage; where one person is enough it is said only if somebody's word did not count."""
    voters, stage = now.counted[number], policy.stages[number]
    if always or stage.quorum > 1 or now.live:
        yield _so_far(approval, voters, stage.quorum)
    if stage.reject_quorum > 1:
        noes = now.noes[number]
        line = mrkdwn("*{} of {} rejections*", len(noes), stage.reject_quorum)
        yield mrkdwn("{}: {}", line, mentions([vote.by for vote in noes])) if noes else line
    if number == now.stage and (voters or always):
        yield from _needed(approval, policy)


def _so_far(approval: Approval, voters: tuple[Vote, ...], quorum: int) -> Mrkdwn:
    answers = Verdict.ANSWER in approval.request.contract.verdicts
    what = SAME if answers else APPROVED
    line = mrkdwn(what, len(voters), quorum)
    return mrkdwn("{}: {}", line, joined([mention(vote.by) for vote in voters])) if voters else line


def _needed(approval: Approval, policy: Policy) -> Iterator[Mrkdwn]:
    """Names where names are known; of groups and channels only a count is."""
    rest = needed(approval, policy)
    if rest is None:
        return
    left = rest.approvers
    if left.groups or left.members or not left.users:
        yield mrkdwn("still needed: {} more", rest.people)
    else:
        yield mrkdwn("still needed: {} of {}", rest.people, _who(Approvers(left.users)))
