"""Who people are and where they belong, as Slack says, at most a minute old; `ports.Directory`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from bot.core.model import Person
from bot.ports import DirectoryUnavailable, SlackUnavailable
from bot.slack.calls import Calls, SlackSays
from bot.slack.remembered import Remembered

T = TypeVar("T")

# Seconds for one look-up: a click takes two of them, and Slack waits three in all for our answer.
# https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
WITHIN = 1.2

PAGE = 1_000  # the most conversations.members gives at once
MOST_PAGES = 20

# https://docs.slack.dev/reference/methods/users.info
UNKNOWN_PERSON = frozenset({"user_not_found", "user_not_visible"})

# https://docs.slack.dev/reference/methods/usergroups.users.list
UNKNOWN_GROUP = frozenset({"no_such_subteam", "subteam_not_found"})


class SlackDirectory:
    """Answers may be a minute old. Whatever Slack does not tell in time is DirectoryUnavailable."""

    def __init__(self, calls: Calls, home: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls
        self._home = home
        self._people = Remembered(self._look_up_person, clock=clock)
        self._memberships = Remembered(self._look_up_membership, clock=clock)
        self._groups = Remembered(self._look_up_group, clock=clock)

    async def person(self, user_id: str) -> Person:
        """Somebody Slack does not know is a stranger."""
        return await _in_time(self._people.get(user_id))

    async def is_member(self, channel: str, user_id: str) -> bool:
        """Whether this person is in the channel. Beyond 20,000 members we cannot tell."""
        return await _in_time(self._memberships.get((channel, user_id)))

    async def group(self, group_id: str, *, fresh: bool = False) -> frozenset[str]:
        """The people of a user group; nobody where there is no such group. `fresh`: as of now."""
        return await _in_time(self._groups.anew(group_id) if fresh else self._groups.get(group_id))

    async def by_email(self, email: str) -> str | None:
        """Whose address this is, as of now; None where Slack knows nobody by it."""
        return await _in_time(self._look_up_email(email))

    async def _look_up_email(self, email: str) -> str | None:
        try:
            answer = await self._calls.call("users.lookupByEmail", email=email)
        except SlackSays as said:
            if said.error == "users_not_found":
                return None
            raise
        return str(answer["user"]["id"])

    async def close(self) -> None:
        """Stop what is still being looked up."""
        for remembered in (self._people, self._memberships, self._groups):
            await remembered.close()

    async def _look_up_person(self, user_id: str) -> Person:
        try:
            answer = await self._calls.call("users.info", user=user_id)
        except SlackSays as said:
            if said.error in UNKNOWN_PERSON:
                return Person(id=user_id, name=user_id, team=None, is_stranger=True)
            raise
        return _person(answer["user"], self._home)

    async def _look_up_membership(self, asked: tuple[str, str]) -> bool:
        channel, user_id = asked
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self._calls.call(
                "conversations.members", channel=channel, limit=PAGE, cursor=cursor or None
            )
            if user_id in page["members"]:
                return True
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return False
        raise DirectoryUnavailable(
            f"{channel} has more than {PAGE * MOST_PAGES} members: name the approvers in approvals.toml"
        )

    async def _look_up_group(self, group_id: str) -> frozenset[str]:
        try:
            answer = await self._calls.call("usergroups.users.list", usergroup=group_id)
        except SlackSays as said:
            if said.error in UNKNOWN_GROUP:
                return frozenset()
            raise
        return frozenset(answer["users"])


async def _in_time(look_up: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(WITHIN):
            return await look_up
    except TimeoutError as late:
        raise DirectoryUnavailable(f"Slack did not say within {WITHIN} s") from late
    except (SlackUnavailable, SlackSays) as refused:
        raise DirectoryUnavailable(str(refused)) from refused


def _person(user: Mapping[str, Any], home: str) -> Person:
    """https://docs.slack.dev/reference/objects/user-object"""
    profile = user.get("profile") or {}
    return Person(
        id=str(user["id"]),
        name=str(profile.get("display_name") or user.get("real_name") or user.get("name") or user["id"]),
        team=_team(user, home),
        tz=user.get("tz"),
        is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == "USLACKBOT"),
        is_deleted=bool(user.get("deleted")),
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")),
    )


def _team(user: Mapping[str, Any], home: str) -> str | None:
    """Ours, if it is one of theirs: in an organisation somebody belongs to several workspaces."""
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    return home if home in teams else user.get("team_id")
