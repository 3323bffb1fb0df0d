"""The pieces of Block Kit we use, and the only place that knows Slack's limits and makes its dicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.blocks.text import PLAIN_ADDRESS, WEB_ADDRESS, Mrkdwn, cut, say, visible
from bot.core.model import JSON
from bot.core.policy import USER_ID

Block: TypeAlias = Mapping[str, JSON]

VIEW_BLOCKS = 100  # https://docs.slack.dev/surfaces/modals
VIEW_BYTES = 250_000  # https://docs.slack.dev/surfaces/modals
MESSAGE_TEXT = 4_000  # https://docs.slack.dev/reference/methods/chat.update (msg_too_long)
HEADER = 150  # https://docs.slack.dev/reference/block-kit/blocks/header-block
SECTION = 3_000  # https://docs.slack.dev/reference/block-kit/blocks/section-block
CONTEXT_ELEMENTS = 10  # https://docs.slack.dev/reference/block-kit/blocks/context-block
CONTEXT = 2_000  # as a section's field: no limit is published for a context element
RICH_TEXT = 3_000  # as a section: no limit is published for rich text
BUTTON_TEXT = 75  # https://docs.slack.dev/reference/block-kit/block-elements/button-element
BUTTON_VALUE = 2_000  # the same page
IDENTIFIER = 255  # action_id and block_id, the same page
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
# https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
INPUT_LABEL = 2_000  # label and hint: https://docs.slack.dev/reference/block-kit/blocks/input-block
INPUT_TEXT = 3_000  # https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
PLACEHOLDER = 150  # the same page
RADIO_OPTIONS = 10  # https://docs.slack.dev/reference/block-kit/block-elements/radio-button-group-element
OPTIONS = 100  # https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
OPTION_TEXT, OPTION_VALUE = 75, 150
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object
VIEW_TITLE = 24  # title, submit and close: https://docs.slack.dev/reference/views/modal-views
PRIVATE_METADATA = 3_000  # the same page


@dataclass(frozen=True, slots=True)
class Face:
    """A message as Slack shows it; `text` says the whole meaning where blocks are not shown."""

    text: str
    blocks: tuple[Block, ...]


def header(title: str) -> Block:
    """Large bold text, one line."""
    return {"type": "header", "text": plain(visible(title, line=True), HEADER)}


def section(text: str) -> Block:
    """A paragraph: plain, unless it is Mrkdwn."""
    return {"type": "section", "text": words(text, SECTION)}


def context(*texts: str) -> Block:
    """Small print: each text plain, unless it is Mrkdwn."""
    return {"type": "context", "elements": [words(text, CONTEXT) for text in texts[:CONTEXT_ELEMENTS]]}


def actions(block_id: str, *buttons: Block) -> Block:
    """A row of buttons. Slack wants a new block id whenever a message changes."""
    return {"type": "actions", "block_id": block_id, "elements": list(buttons)}


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Block | None = None,
    says: str | None = None,
) -> Block:
    """A button; `style` is "primary" or "danger", `says` is what a screen reader reads instead."""
    made: dict[str, JSON] = {
        "type": "button",
        "text": plain(text, BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    if style is not None:
        made["style"] = style
    if confirm is not None:
        made["confirm"] = confirm
    if says is not None:
        made["accessibility_label"] = cut(visible(says, line=True), BUTTON_TEXT)
    return made


def overflow(action_id: str, options: Sequence[tuple[str, str]], *, confirm: Block | None = None) -> Block:
    """A menu behind three dots, as (value, text).

    https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element
    """
    made: dict[str, JSON] = {
        "type": "overflow",
        "action_id": action_id,
        "options": [_option(value, text) for value, text in options],
    }
    return made if confirm is None else {**made, "confirm": confirm}


def confirm(title: str, text: str, *, yes: str, no: str) -> Block:
    """A question that Slack asks before it sends the click."""
    return {
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(no, CONFIRM_BUTTON),
    }


def rich_text(*elements: Block) -> Block:
    """Text whose look is data, not markup: nothing in it is parsed."""
    return {"type": "rich_text", "elements": list(elements)}


def line(*spans: Block) -> Block:
    """One paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(spans)}


def preformatted(text: str) -> Block:
    """Fixed width, line breaks kept."""
    return {"type": "rich_text_preformatted", "elements": [span(text)]}


def quote(text: str) -> Block:
    """What somebody said."""
    return {"type": "rich_text_quote", "elements": [span(text)]}


def span(text: str, *styles: str) -> Block:
    """A piece of text; styles are bold, italic, strike and code. Slack refuses an empty one."""
    made: dict[str, JSON] = {"type": "text", "text": cut(visible(text), RICH_TEXT) or " "}
    if styles:
        made["style"] = dict.fromkeys(styles, True)
    return made


def person(user: str) -> Block:
    """A mention inside rich text, for ids only."""
    return {"type": "user", "user_id": user} if USER_ID.fullmatch(user) else span(say("somebody"))


def anchor(url: str | None, text: str) -> Block:
    """Bold text that leads somewhere; only the text where there is no proper address."""
    if url is None or not WEB_ADDRESS.fullmatch(url):
        return span(text, "bold")
    shown = cut(visible(text, line=True), RICH_TEXT) or " "
    return {"type": "link", "url": url, "text": shown, "style": {"bold": True}}


def address(url: str) -> Block:
    """An address from a payload: it leads exactly where it says, letter by letter, or it is only text."""
    return {"type": "link", "url": url, "text": url} if PLAIN_ADDRESS.fullmatch(url) else span(url)


def words(text: str, limit: int) -> Block:
    """Mrkdwn as it is, verbatim so that Slack adds no links or mentions of its own; plain otherwise."""
    if not isinstance(text, Mrkdwn):
        return plain(text, limit)
    if len(text) > limit:
        raise ValueError(f"our own markup is longer than {limit} characters; cut its values before")
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """Text that Slack does not parse, with `:names:` of emoji left as they are."""
    return {"type": "plain_text", "text": cut(visible(text), limit).strip() or "-", "emoji": False}


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str,
    private: str = "",
    submit: str | None = None,
    close: str | None = None,
) -> Block:
    """A window over Slack; with `submit` it is a form."""
    made: dict[str, JSON] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, VIEW_TITLE),
        "blocks": list(blocks),
        "close": plain(close if close is not None else say("Close"), VIEW_TITLE),
    }
    if private:
        made["private_metadata"] = private
    if submit is not None:
        made["submit"] = plain(submit, VIEW_TITLE)
    return made


def home(blocks: Sequence[Block], *, private: str) -> Block:
    """App Home as one person sees it. https://docs.slack.dev/surfaces/app-home"""
    return {"type": "home", "private_metadata": private, "blocks": list(blocks)}


def divider() -> Block:
    """A line between two things."""
    return {"type": "divider"}


def field(
    block_id: str, label: str, element: Block, *, optional: bool = False, hint: str | None = None
) -> Block:
    """One question of a form."""
    made: dict[str, JSON] = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    if hint:
        made["hint"] = plain(hint, INPUT_LABEL)
    return made


def text_input(
    action_id: str, *, lines: bool, initial: str = "", limit: int = INPUT_TEXT, placeholder: str = ""
) -> Block:
    """A box for words."""
    made: dict[str, JSON] = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": lines,
        "max_length": min(limit, INPUT_TEXT),
    }
    if initial:
        made["initial_value"] = initial
    if placeholder:
        made["placeholder"] = plain(placeholder, PLACEHOLDER)
    return made


def number_input(action_id: str, *, decimal: bool, initial: str = "") -> Block:
    """A box for a number."""
    made: dict[str, JSON] = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": decimal,
    }
    if initial:
        made["initial_value"] = initial
    return made


def email_input(action_id: str, *, initial: str = "") -> Block:
    """A box for an e-mail address."""
    made: dict[str, JSON] = {"type": "email_text_input", "action_id": action_id}
    return made | {"initial_value": initial} if initial else made


def date_input(action_id: str, *, initial: str = "") -> Block:
    """A calendar; days are written 2026-01-05."""
    made: dict[str, JSON] = {"type": "datepicker", "action_id": action_id}
    return made | {"initial_date": initial} if initial else made


def moment_input(action_id: str, *, initial: int | None = None) -> Block:
    """A calendar and a clock in the reader's own time zone; moments are seconds since 1970."""
    made: dict[str, JSON] = {"type": "datetimepicker", "action_id": action_id}
    return made if initial is None else made | {"initial_date_time": initial}


def several(action_id: str, options: Sequence[tuple[str, str]], *, initial: Sequence[str] = ()) -> Block:
    """Any number of several (value, text) pairs."""
    made: dict[str, JSON] = {
        "type": "multi_static_select",
        "action_id": action_id,
        "options": [_option(value, text) for value, text in options],
    }
    chosen = [_option(value, text) for value, text in options if value in initial]
    return made | {"initial_options": chosen} if chosen else made


def choice(
    action_id: str, options: Sequence[tuple[str, str]], *, initial: str | None = None, spread: bool = False
) -> Block:
    """One of several (value, text) pairs; `spread` shows all of them at once."""
    made: dict[str, JSON] = {
        "type": "radio_buttons" if spread and len(options) <= RADIO_OPTIONS else "static_select",
        "action_id": action_id,
        "options": [_option(value, text) for value, text in options],
    }
    chosen = [_option(value, text) for value, text in options if value == initial]
    if chosen:
        made["initial_option"] = chosen[0]
    return made


def _option(value: str, text: str) -> Block:
    return {"text": plain(text, OPTION_TEXT), "value": value}
