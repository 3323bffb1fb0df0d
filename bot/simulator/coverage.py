"""How far the simulator goes: every method and every thing a person does, and the test that proves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    SUPPORTED = "supported"
    """Answers, errors and limits as Slack documents them."""
    PARTIAL = "partial"
    """The part named in the notes is missing."""
    NOT_SUPPORTED = "not supported"


@dataclass(frozen=True, slots=True)
class Covered:
    """One line of the table; `test` is `file::name` under tests/simulator."""

    name: str
    level: Level
    notes: str = ""
    test: str = ""


FULL, PART, NONE = Level.SUPPORTED, Level.PARTIAL, Level.NOT_SUPPORTED

METHODS = (
    Covered("apps.connections.open", FULL, "", "test_socket_mode::test_app_reconnects_when_asked"),
    Covered("auth.test", FULL, "", "test_api::test_token_is_told_who_it_is"),
    Covered(
        "blocks.validate",
        PART,
        "younger blocks are judged by slack_sdk's models only",
        "test_api::test_blocks_can_be_validated_without_posting",
    ),
    Covered("bots.info", FULL, "", "test_api::test_bot_describes_itself"),
    Covered("chat.delete", FULL, "", "test_chat::test_deleted_parent_leaves_a_mark_for_its_thread"),
    Covered("chat.getPermalink", FULL, "", "test_chat::test_permalink_of_a_reply_names_its_thread"),
    Covered(
        "chat.postEphemeral",
        FULL,
        "",
        "test_chat::test_ephemeral_message_is_seen_by_one_person_and_by_no_history",
    ),
    Covered(
        "chat.postMessage",
        PART,
        "no unfurling, no custom name or icon; attachments are kept, not drawn",
        "test_chat::test_message_is_posted_with_everything_it_was_given",
    ),
    Covered(
        "chat.update",
        PART,
        "`block_mismatch` is not checked",
        "test_chat::test_update_keeps_replaces_and_clears_metadata",
    ),
    Covered(
        "conversations.history",
        FULL,
        "",
        "test_conversations::test_history_is_newest_first_in_pages_and_without_replies",
    ),
    Covered(
        "conversations.info",
        FULL,
        "",
        "test_conversations::test_channels_and_their_members_are_listed_in_pages",
    ),
    Covered("conversations.join", FULL, "", "test_conversations::test_bot_outside_the_channel_cannot_post"),
    Covered(
        "conversations.list",
        FULL,
        "",
        "test_conversations::test_channels_and_their_members_are_listed_in_pages",
    ),
    Covered(
        "conversations.members",
        FULL,
        "",
        "test_conversations::test_channels_and_their_members_are_listed_in_pages",
    ),
    Covered(
        "conversations.open",
        PART,
        "with one person only",
        "test_conversations::test_message_to_a_person_goes_to_their_direct_messages",
    ),
    Covered("conversations.replies", FULL, "", "test_conversations::test_replies_come_parent_first"),
    Covered("usergroups.list", FULL, "", "test_api::test_user_group_is_read_as_it_is_now"),
    Covered("usergroups.users.list", FULL, "", "test_api::test_user_group_is_read_as_it_is_now"),
    Covered(
        "users.info",
        PART,
        "no e-mail, no pictures",
        "test_api::test_people_carry_the_flags_that_decide_who_may_approve",
    ),
    Covered(
        "users.list",
        PART,
        "no e-mail, no pictures",
        "test_api::test_people_carry_the_flags_that_decide_who_may_approve",
    ),
    Covered(
        "users.lookupByEmail",
        PART,
        "everybody's address is their name at example.com",
        "test_api::test_people_are_found_by_their_address",
    ),
    Covered("views.open", FULL, "", "test_views::test_trigger_opens_one_modal_within_three_seconds"),
    Covered("views.publish", FULL, "", "test_views::test_home_is_published_per_person"),
    Covered("views.push", FULL, "", "test_views::test_stack_of_modals_is_three_deep"),
    Covered("views.update", FULL, "", "test_views::test_update_of_a_view_keeps_what_was_typed"),
    Covered("chat.scheduleMessage", NONE),
    Covered("conversations.create", NONE, "make channels with the control API"),
    Covered("files.*", NONE),
    Covered("oauth.v2.access", NONE, "the app is installed, with the scopes of the settings"),
    Covered("reactions.*", NONE),
)

PEOPLE = (
    Covered(
        "click",
        FULL,
        "in messages, modals and App Home; with confirmation",
        "test_person::test_click_has_the_shape_of_a_slack_block_action",
    ),
    Covered(
        "choose",
        PART,
        "no `block_suggestion`: external selects have no options; no files",
        "test_person::test_choices_on_a_message_arrive_with_state",
    ),
    Covered(
        "submit",
        FULL,
        "errors, update, push and clear",
        "test_person::test_app_can_change_the_stack_of_modals",
    ),
    Covered(
        "close",
        FULL,
        "`view_closed` where the view asked for it",
        "test_person::test_closed_modal_is_told_when_the_app_asked_for_it",
    ),
    Covered("open_home", FULL, "", "test_person::test_home_is_opened_and_its_buttons_carry_the_view"),
    Covered(
        "say",
        PART,
        "messages, replies and mentions; no files",
        "test_talk::test_message_and_reply_arrive_as_events",
    ),
    Covered("edit", FULL, "", "test_talk::test_edit_and_delete_arrive_with_what_was_before"),
    Covered("delete", FULL, "", "test_talk::test_edit_and_delete_arrive_with_what_was_before"),
    Covered("command", FULL, "", "test_talk::test_command_answer_is_private"),
    Covered(
        "join",
        PART,
        "without the message Slack writes about it",
        "test_talk::test_people_join_and_leave_channels",
    ),
    Covered(
        "leave",
        PART,
        "without the message Slack writes about it",
        "test_talk::test_people_join_and_leave_channels",
    ),
    Covered("shortcuts", NONE),
    Covered("workflows", NONE),
)

DELIVERIES = (
    Covered("signed HTTP", FULL, "", "test_person::test_click_has_the_shape_of_a_slack_block_action"),
    Covered("event retries", FULL, "", "test_faults::test_failed_event_is_sent_again_with_slacks_headers"),
    Covered(
        "Socket Mode", FULL, "", "test_socket_mode::test_click_command_and_message_arrive_over_the_socket"
    ),
    Covered("response_url", FULL, "", "test_talk::test_response_url_replaces_deletes_and_wears_out"),
    Covered(
        "rate limits",
        PART,
        "only as a fault that a test switches on",
        "test_faults::test_rate_limit_says_when_to_come_back",
    ),
    Covered(
        "enterprise grids, shared channels", NONE, "people can be given another `team_id` and `is_stranger`"
    ),
)

TABLES = {"Web API": METHODS, "What people do": PEOPLE, "Deliveries": DELIVERIES}


def markdown() -> str:
    """The tables of docs/simulator.md."""
    return "\n".join(line for title, rows in TABLES.items() for line in _table(title, rows))


def _table(title: str, rows: Iterable[Covered]) -> list[str]:
    head = [f"### {title}", "", "| | | notes | proven by |", "|---|---|---|---|"]
    return [*head, *(_line(row) for row in rows), ""]


def _line(row: Covered) -> str:
    proof = f"`{row.test}`" if row.test else ""
    return f"| `{row.name}` | {row.level} | {row.notes} | {proof} |"
