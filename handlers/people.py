"""Who somebody is, as Slack says it now: rights are decided on that, never on what a payload claims."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_errors import FAILURES, word
from ordering.policy import Membership, Person

_FRESH_FOR = 30.0  # seconds
_KEPT = 2000
_log = structlog.get_logger()


class People:
    """Reads people and user groups, and believes an answer for half a minute."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        team: str,
        groups: frozenset[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._team = team
        self._groups = groups
        self._clock = clock
        self._known: dict[str, tuple[float, Any]] = {}

    async def who(self, user: str, team: str | None = None) -> Person:
        """Describe a person; `team` is the workspace that the payload names for them."""
        groups, unread = set(), set()
        for group in self._groups:
            members = await self._members(group)
            if members is None:
                unread.add(group)
            elif user in members:
                groups.add(group)
        membership = await self._membership(user, team)
        return Person(user, membership, groups=frozenset(groups), unread_groups=frozenset(unread))

    async def _membership(self, user: str, team: str | None) -> Membership:
        if team is not None and team != self._team:
            return Membership.STRANGER
        if (known := self._fresh(user)) is not None:
            return Membership(known)
        try:
            answer = await self._client.users_info(user=user)
        except FAILURES as error:
            _log.warning("person_unreadable", user=user, error=word(error))
            return Membership.UNREADABLE
        return Membership(self._keep(user, _membership_of(answer["user"], self._team)))

    async def _members(self, group: str) -> frozenset[str] | None:
        if (known := self._fresh(group)) is not None:
            return frozenset(known)
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except FAILURES as error:
            _log.warning("user_group_unreadable", group=group, error=word(error))
            return None
        return frozenset(self._keep(group, frozenset(answer["users"])))

    def _fresh(self, key: str) -> Any | None:  # noqa: ANN401 - a membership or a set of ids
        read_at, value = self._known.get(key, (float("-inf"), None))
        return value if self._clock() - read_at < _FRESH_FOR else None

    def _keep(self, key: str, value: Any) -> Any:  # noqa: ANN401 - a membership or a set of ids
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[key] = (self._clock(), value)
        return value


def _membership_of(user: Mapping[str, Any], team: str) -> Membership:
    if user.get("deleted"):
        return Membership.DEACTIVATED
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return Membership.BOT
    if user.get("is_stranger") or user.get("team_id", team) != team:
        return Membership.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Membership.GUEST
    return Membership.MEMBER
