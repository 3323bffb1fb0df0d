"""approvals.toml: what it may say, and errors that name file, line and reason."""

from pathlib import Path

import pytest

from bot.core.approvers import Approvers
from bot.core.policy import Policies, Policy, Rule, Stage, one_stage
from bot.core.risk import Risk
from bot.policies import PayloadRule, PoliciesError, load_policies
from bot.toml_lines import line_of
from bot.who_decides import StageTable

ROOT = Path(__file__).parent.parent


def loaded(folder: Path, text: str, known: tuple[str, ...] | None = None) -> Policies:
    path = folder / "approvals.toml"
    path.write_bytes(text.encode())
    return load_policies(path, known)


def problems(folder: Path, text: str, known: tuple[str, ...] | None = None) -> list[str]:
    with pytest.raises(PoliciesError) as raised:
        loaded(folder, text, known)
    return [problem.removeprefix(f"{folder}/") for problem in raised.value.problems]


def test_a_missing_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_policies(tmp_path / "approvals.toml") == Policies()


def test_a_missing_file_that_somebody_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PoliciesError, match="no such file; APPROVALS_CONFIG names it"):
        load_policies(tmp_path / "aprovals.toml", required=True)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Policies()


def test_every_key_reaches_the_policy(tmp_path: Path) -> None:
    policies = loaded(
        tmp_path,
        """
        [graphs.refund]
        channel = "C0REFUNDS"
        approvers = { users = ["U0ANA", "W0BEN"], groups = ["S0FIN"] }
        quorum = 2
        requester_may_approve = true
        answer = "boolean"
        thread_replies = "comment"
        expires_in = "24h"
        on_expiry = "reject"
        url = "http://localhost:2024"
        assistant = "agent"
        """,
    )

    assert policies.of("refund") == Policy(
        channel="C0REFUNDS",
        stages=one_stage(users=["U0ANA", "W0BEN"], groups=["S0FIN"], quorum=2),
        requester_may_approve=True,
        answer="boolean",
        thread_replies="comment",
        expires_in=86400.0,
        on_expiry="reject",
        url="http://localhost:2024",
        assistant="agent",
    )


def test_stages_and_rules_reach_the_policy(tmp_path: Path) -> None:
    policies = loaded(
        tmp_path,
        """
        [defaults]
        approvers = { users = ["U0ANA"] }
        [graphs.refund]
        stages = [
          { name = "team", quorum = 2 },
          { name = "finance", approvers = { groups = ["S0FIN"] }, reject_quorum = 2 },
        ]
        distinct = false
        editor_may_approve = true
        confirm_from = "high"
        confirm_field = "amount_cents"
        ceiling = "critical"
        [[graphs.refund.rules]]
        when = "amount_cents > 50000"
        approvers = { users = ["U0CAT"] }
        requester_may_approve = false
        risk = "high"
        expires_in = "1h"
        """,
    )

    assert policies.of("refund") == Policy(
        stages=(
            Stage("team", Approvers(members=True), 2),
            Stage("finance", Approvers(groups=frozenset({"S0FIN"})), 1, 2),
        ),
        rules=(
            Rule(
                "amount_cents > 50000",
                stages=one_stage(users=["U0CAT"]),
                requester_may_approve=False,
                risk=Risk.HIGH,
                expires_in=3600.0,
            ),
        ),
        distinct=False,
        editor_may_approve=True,
        confirm_from=Risk.HIGH,
        confirm_field="amount_cents",
        ceiling=Risk.CRITICAL,
    )


def test_people_named_by_a_rule_are_as_many_as_the_graph_asks_for(tmp_path: Path) -> None:
    rule = '[[graphs.a.rules]]\nwhen = "a > 1"\napprovers = { groups = ["S0FIN"] }'
    policies = loaded(tmp_path, f"[graphs.a]\nquorum = 2\n{rule}")

    assert policies.of("a").rules[0].stages == one_stage(groups=["S0FIN"], quorum=2)


@pytest.mark.parametrize(
    "people",
    ['approvers = { groups = ["S0FIN"] }\nquorum = 1', 'stages = [{ name = "finance", quorum = 1 }]'],
)
def test_a_rule_that_names_people_asks_for_no_fewer_than_the_graph_does(tmp_path: Path, people: str) -> None:
    policies = loaded(tmp_path, f'[graphs.a]\nquorum = 3\n[[graphs.a.rules]]\nwhen = "a > 1"\n{people}')

    [stage] = policies.of("a").resolved({"a": 2}).stages

    assert (stage.quorum, stage.reject_quorum) == (3, 1)


def test_defaults_apply_to_every_graph_named_or_not(tmp_path: Path) -> None:
    policies = loaded(
        tmp_path,
        """
        [defaults]
        channel = "C0OPS"
        approvers = { users = ["U0ANA"] }
        expires_in = "7d"
        [graphs.refund]
        channel = "C0REFUNDS"
        approvers = { groups = ["S0FIN"] }
        """,
    )

    assert policies.of("other").channel == "C0OPS"
    assert policies.of("other").stages == one_stage(users=["U0ANA"])
    assert policies.of("refund").channel == "C0REFUNDS"
    assert policies.of("refund").expires_in == 7 * 86400
    assert policies.of("refund").stages == one_stage(groups=["S0FIN"])


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert loaded(tmp_path, '\ufeff[defaults]\nchannel = "C0OPS"\n').default.channel == "C0OPS"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[graphs.refund]\nquorum = 0", "2: graphs.refund.quorum: must be at least 1"),
        ('[graphs.refund]\nquorum = "2"', "2: graphs.refund.quorum: must be a whole number"),
        ("[graphs.refund]\nquorum = true", "2: graphs.refund.quorum: must be a whole number"),
        (
            "[defaults]\nrequester_may_approve = 1",
            "2: defaults.requester_may_approve: must be true or false",
        ),
        (
            '[defaults]\nanswer = "yes"',
            "2: defaults.answer: must be 'boolean', 'decision' or 'text'",
        ),
        (
            '[defaults]\n\non_expiry = "approve"',
            '3: defaults.on_expiry: silence is never an approval; use "reject" or "leave"',
        ),
        (
            '[defaults]\nchannel = "#ops"',
            "2: defaults.channel: '#ops' is no channel id like C0123ABCD; "
            "copy the id in Slack, a name is not enough",
        ),
        (
            '[defaults]\napprovers = { users = ["ana"] }',
            "2: defaults.approvers.users.0: 'ana' is no user id like U0123ABCD; "
            "copy the id in Slack, a name is not enough",
        ),
        (
            '[defaults.approvers]\ngroups = [\n  "U0ANA",\n]',
            "2: defaults.approvers.groups.0: 'U0ANA' is no user group id like S0123ABCD; "
            "copy the id in Slack, a name is not enough",
        ),
        (
            '[defaults]\napprovers = { user = ["U0ANA"] }',
            "2: defaults.approvers.user: unknown key; known: users, groups",
        ),
        (
            "[graphs.a]\napprovers = {}",
            "2: graphs.a.approvers: names nobody; leave it out to let the channel's members decide",
        ),
        (
            '[graphs.a]\nquorum = 2\napprovers = { users = ["U0ANA", "U0ANA"] }',
            "2: graphs.a.quorum: 2 people must approve, but only 1 person is named",
        ),
        ("approvers = {}", "1: approvers: unknown key; known: audit, defaults, graphs"),
        ("audit.redacted = []", "1: audit.redacted: unknown key; known: redact, retention"),
        (
            'audit.retention = "3661d"',
            "1: audit.retention: must be longer than nothing and at most 3660 days",
        ),
        (
            '[graphs.a]\nquorum = 2\nstages = [{ name = "team" }]',
            "2: graphs.a.quorum: stands beside `stages`, each of which has its own",
        ),
        (
            '[graphs.a]\nstages = [{ name = "team", approver = {} }]',
            "2: graphs.a.stages.0.approver: unknown key; known: name, approvers, quorum, reject_quorum",
        ),
        (
            "[graphs.a]\nstages = [{ quorum = 2 }]",
            "2: graphs.a.stages.0.name: is missing",
        ),
        (
            '[defaults]\nstages = [{ name = "team" }]\n[graphs.a]\nquorum = 2',
            "4: graphs.a.quorum: does nothing: the stages of [defaults] have their own; name approvers too",
        ),
        (
            '[graphs.a]\nstages = [{ name = "x", approvers = { users = ["U0ANA"] } }, '
            '{ name = "y", approvers = { users = ["U0ANA"] } }]',
            "2: graphs.a.stages: 2 people must approve, but only 1 person is named",
        ),
        (
            '[[graphs.a.rules]]\nwhen = "a > 1"\nquorum = 2\n[[graphs.a.rules]]\nquorum = 2\nwhen = "a >"',
            "6: graphs.a.rules.1.when: cannot be read: ('syntax error', None); "
            "it is a comparison like amount_cents > 50000",
        ),
        (
            "[[graphs.a.rules]]\nwhen = \"a =~ '(x+)+y'\"\nquorum = 2",
            "2: graphs.a.rules.0.when: uses what is not allowed here (fuzzycomparison); "
            "it is a comparison like amount_cents > 50000",
        ),
        ('[[graphs.a.rules]]\nwhen = "a > 1"', "1: graphs.a.rules.0: says nothing but when"),
        (
            '[[graphs.a.rules]]\nwhen = "a > 1"\nrequester_may_approve = true',
            "3: graphs.a.rules.0.requester_may_approve: "
            "a rule can only forbid it: set it to false, or leave it out",
        ),
        (
            '[[graphs.a.rules]]\nwhen = "a > 1"\nrisk = "huge"',
            "3: graphs.a.rules.0.risk: must be one of low, medium, high, critical",
        ),
        (
            '[graphs.a]\n[[graphs.a.rules]]\nwhen = "a > 1"\n[graphs.a.rules.approvers]\nusers = ["ana"]',
            "5: graphs.a.rules.0.approvers.users.0: 'ana' is no user id like U0123ABCD; "
            "copy the id in Slack, a name is not enough",
        ),
        ("graphs = 3", "1: graphs: must be a table"),
        ('[graphs.a]\nurl = "localhost:2024"', "2: graphs.a.url: must be a URL like http://localhost:2024"),
        (
            '[graphs.a]\nurl = "http://me:secret@host"',
            "2: graphs.a.url: must not hold a password: this file is no place for secrets",
        ),
        (
            '[graphs.a]\nassistant = "x"',
            "2: graphs.a.assistant: needs `url`, the address of its Agent Server",
        ),
        ('[graphs.a]\non_expiry = "reject"', "2: graphs.a.on_expiry: does nothing without `expires_in`"),
        ("[defaults]\nchannel = ", "2: Invalid value (at end of document)"),
        ("[defaults]\n[defaults]\n", "2: Cannot declare ('defaults',) twice (at line 2, column 10)"),
    ],
)
def test_an_error_names_line_and_reason(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [f"approvals.toml:{expected}"]


@pytest.mark.parametrize("value", ["24", "1 day", "-1h", "0s", "367d", "٣h", "1h30m", "9999999999s"])
def test_a_strange_duration_is_refused(tmp_path: Path, value: str) -> None:
    [problem] = problems(tmp_path, f'[defaults]\nexpires_in = "{value}"')

    assert problem.startswith("approvals.toml:2: defaults.expires_in: must be ")


@pytest.mark.parametrize(("value", "seconds"), [("1s", 1), ("90m", 5400), ("24h", 86400), ("7d", 604800)])
def test_durations_are_seconds(tmp_path: Path, value: str, seconds: float) -> None:
    assert loaded(tmp_path, f'[defaults]\nexpires_in = "{value}"').default.expires_in == seconds


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, "[defaults]\nquorum = 0\ncolour = 1\n[graphs.a]\nquorum = 0\n")

    assert [problem.split(": ")[0] for problem in found] == [
        "approvals.toml:2",
        "approvals.toml:3",
        "approvals.toml:5",
    ]


def test_an_unknown_graph_lists_the_known_ones(tmp_path: Path) -> None:
    found = problems(tmp_path, "[graphs.refnd]\nquorum = 1", ("refund", "deploy"))

    assert found == [
        "approvals.toml:1: graphs.refnd: no such graph; known: deploy, refund; see langgraph.json"
    ]


def test_a_remote_graph_need_not_be_known(tmp_path: Path) -> None:
    policies = loaded(tmp_path, '[graphs.far]\nurl = "https://agents.example"', ("refund",))

    assert policies.of("far").url == "https://agents.example"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "approvals.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(PoliciesError, match=r"approvals\.toml: cannot be read"):
        load_policies(path)


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(PoliciesError, match="cannot be read"):
        load_policies(tmp_path)


def test_the_example_of_the_manual_loads_and_every_key_is_in_its_table(tmp_path: Path) -> None:
    manual = (ROOT / "docs/who-decides.md").read_text()
    policy = loaded(tmp_path, manual.split("```toml\n")[1].split("```")[0], ("refund",)).of("refund")

    assert (len(policy.stages), len(policy.rules), policy.ceiling) == (2, 1, Risk.CRITICAL)
    assert [key for key in PayloadRule.model_fields if f"`{key}" not in manual] == []
    assert [
        key for key in ("approvers", "quorum", *StageTable.model_fields) if f"`{key}`" not in manual
    ] == []


def test_the_example_is_valid_for_the_graphs_of_this_repository() -> None:
    policies = load_policies(ROOT / "approvals.toml", ("refund", "plan_review", "risky_action"))

    assert policies.of("refund").stages[0].approvers.groups == {"S0FIN"}


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("a", "b", "key"), 5),
        (("a", "b", "list"), 6),
        (("a", "b", "list", 1), 6),
        (("a", "b", "inline", "deep"), 10),
        (("a", "b", "dotted", "key"), 11),
        (("a", "b", "absent"), 4),
        (("a", "c d", "key"), 18),
        (("a", "e", "key"), 20),
        (("top",), 2),
        (("nowhere",), 1),
    ],
)
def test_a_key_is_found_where_it_is_set(where: tuple[str | int, ...], line: int) -> None:
    text = """# a comment
top = 1

[a.b]
key = 1
list = [
  1, # [a.e]
  2,
]
inline = { deep = 1 }
dotted.key = 2
text = '''
[a.e]
key = 1
'''

[ a . "c d" ]
key = 1
[a.e]
key = 1
"""

    assert line_of(text, where) == line


def test_lines_are_counted_in_files_of_windows_too() -> None:
    assert line_of("[a]\r\nx = 1\r\ny = 2\r\n", ("a", "y")) == 3


def test_the_daily_summary_and_the_notice_reach_the_policy(tmp_path: Path) -> None:
    policies = loaded(
        tmp_path,
        """
        [defaults]
        digest_zone = "Europe/Berlin"

        [graphs.refund]
        digest = "09:00"
        dm_sole_approver = true
        """,
    )

    assert policies.of("refund") == Policy(digest="09:00", digest_zone="Europe/Berlin", dm_sole_approver=True)
    assert policies.of("other") == Policy(digest_zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[defaults]\ndigest = "9:00"', '2: defaults.digest: must be a time of day like "09:00"'),
        ('[defaults]\ndigest = "24:00"', '2: defaults.digest: must be a time of day like "09:00"'),
        (
            '[defaults]\ndigest_zone = "Berlin"',
            '2: defaults.digest_zone: must be a time zone like "Europe/Berlin"',
        ),
        ('[graphs.a]\ndigest_zone = "UTC"', "2: graphs.a.digest_zone: does nothing without `digest`"),
    ],
)
def test_a_summary_at_no_time_of_day_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(tmp_path, text) == [f"approvals.toml:{problem}"]
