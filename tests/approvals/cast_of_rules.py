"""Play one cell of the matrix of rules: stages, rules on the payload, absences and escalations, by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.approvals.voting import vote
from bot.core.absence import Absence, Leave
from bot.core.answer import contract_for
from bot.core.approvers import Approvers
from bot.core.digest import digest
from bot.core.model import JSON, Approval, Click, Person, Source, Verdict, Vote
from bot.core.policy import Policy, Rule, Stage, one_stage
from bot.core.risk import Risk
from tests.approvals.cast import NOW, Directory, Played
from tests.approvals.conftest import Scene

TOM, TIM, DOT, FAY, LEO, GIL, ZOE = "U0TOM", "U0TIM", "U0DOT", "U0FAY", "U0LEO", "U0GIL", "U0ZOE"

PAYLOAD: JSON = {
    "action_request": {"action": "refund", "args": {"cents": 60_000}},
    "config": {"allow_accept": True, "allow_ignore": True, "allow_respond": True, "allow_edit": True},
}
WORD = f"APPROVE {digest(PAYLOAD)[:4]}"


def edit(cents: int) -> JSON:
    """The answer of an Agent Inbox that changes the arguments."""
    return [{"type": "edit", "args": {"action": "refund", "args": {"cents": cents}}}]


EDIT, OTHER_EDIT = edit(100), edit(200)

# actor: their id, and whom they stand in for, or have stood in for
ACTORS: Mapping[str, tuple[str, str | None]] = {
    "of the team": ("U0ANA", None),
    "of finance": ("U0FIN", None),
    "of both": ("U0BOTH", None),
    "requester, of both": ("U0RON", None),
    "requester": ("U0REQ", None),
    "called in": ("U0CARL", None),
    "away, of the team": ("U0AWAYT", None),
    "stands in for the team's": ("U0BENT", "U0AWAYT"),
    "stands in for finance's": ("U0BENF", "U0AWAYF"),
    "stands in for one of both": ("U0BENB", "U0AWAYB"),
    "stands in for the requester": ("U0BENR", "U0RON"),
    "requester who stands in": ("U0REQSI", "U0LOU"),
    "guest who stands in": ("U0GUEST", "U0LIZ"),
    "stands in for who stands in": ("U0CHAIN", "U0BENT"),
    "stood in until now": ("U0PAST", "U0BACK"),
    "stands in for somebody deactivated": ("U0BENG", "U0GONE"),
    "left finance a second ago": ("U0LEA", None),
    "named where no rule holds": ("U0OTTO", None),
    "nobody of them": ("U0OUT", None),
    "while groups cannot be read": ("U0FIN", None),
}
ASKERS = {
    "requester, of both": "U0RON",
    "stands in for the requester": "U0RON",
    "requester who stands in": "U0REQSI",
}
ONLY_FINANCE = ("of finance", "stands in for finance's", "left finance a second ago")
TEAM = {TOM, TIM, DOT, "U0ANA", "U0BOTH", "U0RON", "U0AWAYT", "U0AWAYB", "U0LOU", "U0LIZ", "U0BACK", "U0GONE"}
FINANCE = frozenset({FAY, "U0FIN", "U0BOTH", "U0RON", "U0AWAYF", "U0AWAYB"})
PEOPLE = {
    "U0GUEST": Person("U0GUEST", "Guest", "T1", is_guest=True),
    "U0GONE": Person("U0GONE", "Gone", "T1", is_deleted=True),
}
GROUPS = {"S0FIN": FINANCE, "S0BOSS": frozenset({"U0CARL"})}
REMEMBERED = {"S0FIN": FINANCE | {"U0LEA", LEO}}

STAGES = (
    Stage("team", Approvers(frozenset(TEAM))),
    Stage("finance", Approvers(groups=frozenset({"S0FIN"}))),
)
COSTS = 'action_request["args"]["cents"] > 50000'
BASE = Policy(stages=STAGES)
POLICIES: Mapping[str, Policy] = {
    "two stages": BASE,
    "two of finance": replace(BASE, stages=(STAGES[0], replace(STAGES[1], quorum=2))),
    "two noes": replace(BASE, stages=tuple(replace(one, reject_quorum=2) for one in STAGES)),
    "one may serve both": replace(BASE, distinct=False),
    "a rule names them": Policy(stages=one_stage(users=["U0OTTO"]), rules=(Rule(COSTS, stages=STAGES),)),
    "a rule that cannot be evaluated": replace(BASE, rules=(Rule("cents > 50000", quorum=2),)),
    "above the ceiling": replace(BASE, rules=(Rule(COSTS, risk=Risk.CRITICAL),), ceiling=Risk.HIGH),
    "must be typed": replace(BASE, rules=(Rule(COSTS, risk=Risk.HIGH),), confirm_from=Risk.HIGH),
    "who edits may approve": replace(BASE, editor_may_approve=True),
}
CALLED: Mapping[str, Mapping[str, Any]] = {
    "nobody": {},
    "others too": {"added": Approvers(groups=frozenset({"S0BOSS"})), "escalated_at": NOW - 50.0},
    "others instead": {
        "added": Approvers(groups=frozenset({"S0BOSS"})),
        "instead": True,
        "escalated_at": NOW - 50.0,
    },
}

APPROVE: dict[str, Any] = {"verdict": Verdict.APPROVE}
SEND: dict[str, Any] = {"verdict": Verdict.ANSWER, "source": Source.MODAL, "given": {"args": {"cents": 100}}}
ELSEWHERE: dict[str, Any] = {"channel": None, "message_ts": None}
GESTURES: Mapping[str, Mapping[str, Any]] = {
    "approve": APPROVE,
    "approve, the right word": APPROVE | {"source": Source.MODAL, "typed": f" {WORD.lower()} "},
    "approve, a wrong word": APPROVE | {"source": Source.MODAL, "typed": "APPROVE"},
    "approve on our page": APPROVE | {"source": Source.WEB} | ELSEWHERE,
    "approve in a batch": APPROVE | {"source": Source.BATCH},
    "send the edit": SEND,
    "send the edit, the right word": SEND | {"typed": WORD},
    "send another edit": SEND | {"given": {"args": {"cents": 200}}},
    "reject": {"verdict": Verdict.REJECT},
    "revise": {"verdict": Verdict.REVISE, "text": "in two parts, please"},
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of the product."""

    actor: str
    gesture: str
    before: str
    policy: str
    called: str

    @property
    def person(self) -> str:
        return ACTORS[self.actor][0]

    @property
    def place(self) -> str:
        """Whose right to answer it is: the person's own, or that of somebody who is away."""
        return ACTORS[self.actor][1] or self.person


def before(cell: Cell) -> tuple[Vote, ...]:
    """What was said already."""
    me, place = cell.person, cell.place
    whose, own_stage = place if place != me else None, 1 if cell.actor in ONLY_FINANCE else 0
    tom, fay = _yes(TOM), _yes(FAY, 1)
    tim_edits, i_agree = _yes(TIM, edits=True), _yes(me, own_stage, whose=whose, ago=10.0)
    i_edit = _yes(me, None if own_stage else 0, whose=whose, edits=True, ago=10.0)
    votes: Mapping[str, tuple[Vote, ...]] = {
        "nothing": (),
        "the team agreed": (tom,),
        "the team pressed a button": (replace(tom, on_page=False),),
        "the team and one of finance agreed": (tom, fay),
        "the team edited": (tim_edits,),
        "finance edited": (_yes(FAY, None, edits=True),),
        "the team agreed, then edited": (tom, tim_edits),
        "the team edited and agreed": (tim_edits, _yes(TOM, edits=True)),
        "this person edited": (i_edit,),
        "this person agreed": (tom, i_agree) if own_stage else (i_agree,),
        "this person said no": (_no(me, own_stage, whose=whose, ago=10.0),),
        "one of the team said no": (_no(DOT),),
        "a stand-in agreed, the absent said no": (_yes(ZOE, whose=TOM), _no(TOM)),
        "who left the team agreed": (_yes(GIL),),
        "who left finance agreed": (tom, _yes(LEO, 1)),
        "another agreed in this place": (_yes(ZOE, own_stage, whose=place),),
        "another said no in this place": (_no(ZOE, own_stage, whose=place),),
    }
    return votes[cell.before]


BEFORE = (
    *(
        "nothing",
        "the team agreed",
        "the team and one of finance agreed",
        "the team edited",
        "finance edited",
    ),
    *("the team agreed, then edited", "the team edited and agreed", "this person edited"),
    *("this person agreed", "this person said no", "one of the team said no", "who left the team agreed"),
    *("a stand-in agreed, the absent said no", "who left finance agreed", "another agreed in this place"),
    *("another said no in this place", "the team pressed a button"),
)


def _yes(
    by: str, stage: int | None = 0, *, whose: str | None = None, edits: bool = False, ago: float = 100.0
) -> Vote:
    """A consent given that many seconds ago, on our page: that is enough for every policy."""
    verdict, answer = (Verdict.ANSWER, EDIT) if edits else (Verdict.APPROVE, None)
    given = Vote(by, verdict, NOW - ago, f"{by}'s click", answer=answer, stands_for=whose, stage=stage)
    return replace(given, on_page=True)


def _no(by: str, stage: int = 0, *, whose: str | None = None, ago: float = 100.0) -> Vote:
    return Vote(by, Verdict.REJECT, NOW - ago, f"{by}'s no", stands_for=whose, stage=stage)


def agreed(cell: Cell) -> tuple[str, ...]:
    """Who has agreed before an approval in this cell: whom else the decision must name, oldest first."""
    edited = (TIM,) if cell.policy == "who edits may approve" else ()
    names: Mapping[str, tuple[str, ...]] = {
        "the team agreed": (TOM,),
        "the team pressed a button": (TOM,),
        "the team and one of finance agreed": (TOM, FAY),
        "the team edited": edited,
        "the team agreed, then edited": edited,
        "the team edited and agreed": (*edited, TOM),
        "this person agreed": (cell.person,),
        "who left finance agreed": (TOM,),
    }
    return names[cell.before]


def against(cell: Cell) -> tuple[str, ...]:
    """Who has said No before, in the stage whose turn it is."""
    noes = {"one of the team said no": (DOT,), "a stand-in agreed, the absent said no": (TOM,)}
    return noes.get(cell.before, ())


class Office:
    """One approval with its card, put back to its beginning before each cell."""

    def __init__(self, scene: Scene, approval: Approval) -> None:
        self.scene = scene
        contract = contract_for(PAYLOAD, None, None)
        request = replace(approval.request, payload=PAYLOAD, digest=digest(PAYLOAD), contract=contract)
        self.approval = replace(approval, request=request, votes=())
        self.card = scene.store.cards[approval.id]
        scene.clock.now = NOW
        self.directory = Directory(dict(PEOPLE), groups=dict(GROUPS), remembered=dict(REMEMBERED))
        scene.delegations.leaves = dict(_leaves())
        scene.world = replace(scene.world, directory=self.directory)

    async def play(self, cell: Cell) -> Played:
        """Set the cell up, let it happen, and tell what it left behind."""
        scene, click = self.scene, self._click(cell)
        asker = ASKERS.get(cell.actor, "U0REQ")
        was = replace(self.approval, requester=asker, votes=before(cell), **CALLED[cell.called])
        scene.store.approvals, scene.store.cards = {was.id: was}, {was.id: self.card}
        scene.store.trail, scene.queue.wishes = [], []
        scene.policy = POLICIES[cell.policy]
        self.directory.lists_down = cell.actor == "while groups cannot be read"
        outcome = await vote(scene.world, click)
        entries = tuple((one.fact.value, one.by, dict(one.data)) for one in scene.store.trail)
        return Played(outcome, click, was, scene.store.approvals[was.id], entries, len(scene.queue.wishes))

    def _click(self, cell: Cell) -> Click:
        usual: dict[str, Any] = {"id": "this click", "user": cell.person, "approval_id": self.approval.id}
        usual |= {"revision": 1, "source": Source.BUTTON, "app": "A1", "team": "T1", "user_team": "T1"}
        usual |= {"channel": self.card.channel, "message_ts": self.card.ts}
        return Click(**usual | dict(GESTURES[cell.gesture]))


def _leaves() -> Iterable[tuple[str, Leave]]:
    """Everybody who is away, each with who stands in."""
    for name, (stand_in, whose) in ACTORS.items():
        if whose is not None:
            until = NOW if name == "stood in until now" else NOW + 3_600.0
            yield whose, Leave(whose, Absence(whose, NOW - 3_600.0, until, stand_in))
