"""Block Kit's own rules as tables: which blocks, elements and texts Slack takes, and how long.

https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from bot.simulator.rules import (
    Rule,
    anything,
    boolean,
    both,
    either,
    items,
    number,
    one_of,
    record,
    string,
    typed,
)
from bot.simulator.text_rules import RICH_TEXT, label, text

ID = string(255)
URL = string(3000)
WORD = string()

CONFIRM = record(
    {"title": label(100), "text": text(300), "confirm": label(30), "deny": label(30)},
    {"style": one_of("primary", "danger")},
)


def option(words: Rule) -> Rule:
    return record({"text": words, "value": string(150)}, {"description": text(75), "url": URL})


PLAIN_OPTION = option(label(75))
RICH_OPTION = option(text(75))
GROUP = record({"label": label(75), "options": items(PLAIN_OPTION, 1, 100)})
ASKED = {"action_id": ID, "placeholder": label(150), "focus_on_load": boolean}
CHOSEN = {**ASKED, "confirm": CONFIRM}
MANY = {"max_selected_items": number(1)}
LISTED = {"options": items(PLAIN_OPTION, 1, 100), "option_groups": items(GROUP, 1, 100)}
TYPED = {**ASKED, "initial_value": WORD, "dispatch_action_config": anything}
LENGTHS = {"min_length": number(0, 3000), "max_length": number(1, 3000)}
CONVERSATIONS = {
    "filter": anything,
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
}


def chooser(**more: Rule) -> Rule:
    return record({}, {**CHOSEN, **more})


ticked = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": boolean}

SINGLE: dict[str, Rule] = {
    "static_select": both(chooser(**LISTED, initial_option=PLAIN_OPTION), either("options", "option_groups")),
    "external_select": chooser(initial_option=PLAIN_OPTION, min_query_length=number(0)),
    "users_select": chooser(initial_user=WORD),
    "conversations_select": chooser(**CONVERSATIONS, initial_conversation=WORD),
    "channels_select": chooser(initial_channel=WORD, response_url_enabled=boolean),
}
SEVERAL: dict[str, Rule] = {
    "multi_static_select": both(
        chooser(**LISTED, **MANY, initial_options=items(PLAIN_OPTION)), either("options", "option_groups")
    ),
    "multi_external_select": chooser(**MANY, initial_options=items(PLAIN_OPTION), min_query_length=number(0)),
    "multi_users_select": chooser(**MANY, initial_users=items(WORD)),
    "multi_conversations_select": chooser(**MANY, **CONVERSATIONS, initial_conversations=items(WORD)),
    "multi_channels_select": chooser(**MANY, initial_channels=items(WORD)),
}
TIMES: dict[str, Rule] = {
    "datepicker": chooser(initial_date=WORD),
    "timepicker": chooser(initial_time=WORD, timezone=WORD),
    "datetimepicker": record({}, {**ticked, "initial_date_time": number(0)}),
}
TICKED: dict[str, Rule] = {
    "checkboxes": record(
        {"options": items(RICH_OPTION, 1, 10)}, {**ticked, "initial_options": items(RICH_OPTION)}
    ),
    "radio_buttons": record(
        {"options": items(RICH_OPTION, 1, 10)}, {**ticked, "initial_option": RICH_OPTION}
    ),
}
PRESSED: dict[str, Rule] = {
    "button": record(
        {"text": label(75)},
        {
            "action_id": ID,
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": record({"options": items(PLAIN_OPTION, 1, 5)}, {"action_id": ID, "confirm": CONFIRM}),
    "workflow_button": record(
        {"text": label(75), "workflow": anything}, {"action_id": ID, "style": one_of("primary", "danger")}
    ),
}
WRITTEN: dict[str, Rule] = {
    "plain_text_input": record({}, {**TYPED, **LENGTHS, "multiline": boolean}),
    "number_input": record({"is_decimal_allowed": boolean}, {**TYPED, "min_value": WORD, "max_value": WORD}),
    "email_text_input": record({}, TYPED),
    "url_text_input": record({}, TYPED),
    "rich_text_input": record({}, {**TYPED, "initial_value": anything}),
    "file_input": record({}, {"action_id": ID, "filetypes": items(WORD), "max_files": number(1, 10)}),
}
PICTURE: dict[str, Rule] = {
    "image": both(
        record({"alt_text": string(2000)}, {"image_url": URL, "slack_file": anything}),
        either("image_url", "slack_file"),
    )
}

CHOICES = {**SINGLE, **SEVERAL, **TIMES, **TICKED}
ACTION_ELEMENTS = typed({**CHOICES, **PRESSED})
ACCESSORIES = typed({**CHOICES, **PRESSED, **PICTURE})
INPUT_ELEMENTS = typed({**CHOICES, **WRITTEN})
CONTEXT_ELEMENTS = typed({**PICTURE, "mrkdwn": text(3000), "plain_text": text(3000)})
CELL = typed({"raw_text": record({"text": string(least=1)}), "rich_text": RICH_TEXT})

BLOCKS: dict[str, Rule] = {
    "actions": record({"elements": items(ACTION_ELEMENTS, 1, 25)}, {"block_id": ID}),
    "context": record({"elements": items(CONTEXT_ELEMENTS, 1, 10)}, {"block_id": ID}),
    "divider": record({}, {"block_id": ID}),
    "file": record({"external_id": WORD, "source": one_of("remote")}, {"block_id": ID}),
    "header": record({"text": label(150)}, {"block_id": ID, "level": number(1, 4)}),
    "image": both(
        record(
            {"alt_text": string(2000)},
            {"block_id": ID, "image_url": URL, "slack_file": anything, "title": label(2000)},
        ),
        either("image_url", "slack_file"),
    ),
    "input": record(
        {"label": label(2000), "element": INPUT_ELEMENTS},
        {"block_id": ID, "hint": label(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "markdown": record({"text": string(12000, 1)}, {"block_id": ID}),
    "rich_text": RICH_TEXT,
    "section": both(
        record(
            {},
            {
                "block_id": ID,
                "text": text(3000),
                "fields": items(text(2000), 1, 10),
                "accessory": ACCESSORIES,
                "expand": boolean,
            },
        ),
        either("text", "fields"),
    ),
    "table": record(
        {"rows": items(items(CELL, 1, 20), 1, 100)},
        {"block_id": ID, "column_settings": items(anything, most=20)},
    ),
}
