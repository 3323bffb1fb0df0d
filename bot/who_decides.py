"""What approvals.toml says of who decides."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.core.policy import USER_ID
from bot.core.slack_ids import GROUP_ID


class Table(BaseModel):
    """A table of the file: every key is known and of its own type, nothing is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def one_of(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is no {what}; copy the id in Slack, a name is not enough")
        return value

    return AfterValidator(check)


UserId = Annotated[str, one_of(USER_ID, "user id like U0123ABCD")]
GroupId = Annotated[str, one_of(GROUP_ID, "user group id like S0123ABCD")]


class Approvers(Table):
    """People by id and groups by id; both count."""

    users: list[UserId] = []
    groups: list[GroupId] = []
