"""Membership of the team's workspace, according to Slack's `users.info`.

Payloads never decide it: their team id may be that of the channel, of an organisation, or missing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, cast

import structlog
from cachetools import TTLCache
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.toolkit.slack_errors import FAILURES, Kind, Refusal, SlackAlerts, read
from handlers.toolkit.user_groups import read_user_group
from ordering.model.policy import Membership, Person

CACHE_SECONDS = 30.0  # a deactivated user may still act for this long
_CACHE_SIZE = 2000  # users and groups; the least recently used go first
_BOT_FLAGS = ("is_bot", "is_workflow_bot", "is_connector_bot")
_SLACKBOT = "USLACKBOT"
_UNKNOWN_PERSON = {"user_not_found", "user_not_visible"}
_log = structlog.get_logger()


class _Failure(StrEnum):
    """Why a user group could not be read: a retry may help, or the operator must act."""

    PASSING = "passing"
    OPERATOR = "operator"


_NOT_CACHED = (Membership.UNREADABLE, Membership.LOOKUP_REFUSED, _Failure.PASSING, _Failure.OPERATOR)


class _Answer(Protocol):
    def get(self, key: str, default: Any = None) -> Any: ...  # noqa: ANN401 - JSON


@dataclass(frozen=True, slots=True)
class Workspace:
    """The app's installation: a workspace, or with `org_wide` a whole Enterprise Grid organisation.

    `team` is the id of the workspace; with an org-wide installation Slack may name the organisation there. `address`
    is its address, such as ``https://otter.slack.com/``.
    """

    team: str
    organisation: str | None = None
    org_wide: bool = False
    bot_user: str | None = None
    address: str | None = None

    @classmethod
    def from_auth_test(cls, answer: _Answer) -> Workspace:
        """Parse the response of `auth.test`. Raises `ValueError` if it names no workspace."""
        team = answer.get("team_id") or answer.get("enterprise_id")
        if not isinstance(team, str) or not team:
            raise ValueError("auth.test named no workspace")
        return cls(
            team=team,
            organisation=answer.get("enterprise_id") or None,
            org_wide=answer.get("is_enterprise_install") is True,
            bot_user=answer.get("user_id") or None,
            address=answer.get("url") or None,
        )

    def membership_of(self, user: Mapping[str, Any]) -> Membership:
        """Classify the user object of `users.info`. A user who is not clearly a member is refused."""
        if user.get("deleted"):
            return Membership.DEACTIVATED
        if user.get("id") in {_SLACKBOT, self.bot_user} or any(user.get(flag) for flag in _BOT_FLAGS):
            return Membership.BOT
        if not user.get("team_id") and not user.get("enterprise_user"):
            return Membership.UNREADABLE
        if not self._includes(user):
            return Membership.STRANGER
        return _rank(user)

    def _includes(self, user: Mapping[str, Any]) -> bool:
        """Decide by ids. `is_stranger` is false or absent for foreign users of a shared channel, so it proves nothing.

        On Enterprise Grid `team_id` is one home workspace, and `enterprise_user.teams` lists all of them.
        """
        enterprise_user = user.get("enterprise_user")
        grid = enterprise_user if isinstance(enterprise_user, Mapping) else {}
        teams = grid.get("teams")
        if isinstance(teams, list) and self.team in teams:
            return True
        if self.org_wide and self.organisation is not None and grid.get("enterprise_id") == self.organisation:
            return True
        return user.get("team_id") == self.team and not user.get("is_stranger")


def _rank(user: Mapping[str, Any]) -> Membership:
    if user.get("is_invited_user"):
        return Membership.INVITED
    is_guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    return Membership.GUEST if is_guest else Membership.MEMBER


class Members:
    """Reads users and user groups from Slack, and caches each answer for `CACHE_SECONDS`. Failures are not cached.

    Failures that only the operator can fix are reported to `alerts`.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        workspace: Workspace,
        groups: frozenset[str],
        alerts: SlackAlerts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._alerts = alerts or SlackAlerts()
        self._workspace = workspace
        self._groups = groups
        self._cache: TTLCache[str, object, float] = TTLCache(_CACHE_SIZE, CACHE_SECONDS, clock)
        self._reads: dict[str, asyncio.Task[object]] = {}

    async def who(self, user: str, *, keep: bool = True) -> Person:
        """Return a user with their user groups. Never raises: the result marks what could not be read.

        Without `keep` the answer is not cached: a user who did nothing is read again when they act.
        """
        membership = cast(Membership, await self._cached(user, self._read_person, keep=keep))
        lists = {group: await self._members_of(group) for group in self._groups}
        return Person(
            user,
            membership,
            groups=frozenset(group for group, members in lists.items() if _holds(members, user)),
            unread_groups=frozenset(group for group, members in lists.items() if members is _Failure.PASSING),
            refused_groups=frozenset(group for group, members in lists.items() if members is _Failure.OPERATOR),
        )

    async def everyone_in(self, circle: frozenset[str]) -> list[Person] | None:
        """Return the users in a set of users and user groups; None if a group could not be read. Never raises."""
        lists = [await self._members_of(member) for member in circle if member in self._groups]
        if any(isinstance(members, _Failure) for members in lists):
            return None
        alone = {member for member in circle if member not in self._groups}
        everyone = alone.union(*(members for members in lists if not isinstance(members, _Failure)))
        return [await self.who(user, keep=False) for user in sorted(everyone)]

    async def read_groups(self) -> None:
        """Read every user group in the rules, so that the operator learns of a deleted one before users do."""
        for group in self._groups:
            await self._members_of(group)

    async def membership(self, user: str) -> Membership:
        """Return this user's membership in the workspace."""
        return cast(Membership, await self._cached(user, self._read_person))

    async def _members_of(self, group: str) -> frozenset[str] | _Failure:
        return cast(frozenset[str] | _Failure, await self._cached(group, self._read_group))

    async def _read_person(self, user: str) -> Membership:
        try:
            answer = await self._client.users_info(user=user)
        except FAILURES as error:
            refusal = self._alerts.report_failure(error, about=words.slack.PROFILES)
            _log.warning("person_unreadable", user=user, error=refusal.word)
            return _membership_for(refusal)
        self._alerts.clear(words.slack.PROFILES)
        described = answer.get("user")
        if not isinstance(described, Mapping):
            _log.warning("person_unreadable", user=user, error="no user in the answer")
            return Membership.UNREADABLE
        return self._workspace.membership_of(described)

    async def _read_group(self, group: str) -> frozenset[str] | _Failure:
        try:
            members = await read_user_group(self._client, self._alerts, group)
        except FAILURES as error:
            refusal = read(error)
            _log.warning("user_group_unreadable", group=group, error=refusal.word)
            return _Failure.OPERATOR if _needs_operator(refusal) else _Failure.PASSING
        if members is None:
            _log.warning("user_group_unreadable", group=group, error="no users in the answer")
            return _Failure.PASSING
        return members

    async def _cached(
        self, key: str, read: Callable[[str], Coroutine[Any, Any, object]], *, keep: bool = True
    ) -> object:
        """Return a fresh cached answer, or read it; callers at the same moment share one read."""
        value = self._cache.get(key)
        if value is not None:
            return value
        if not keep:
            return await read(key)
        task = self._reads.get(key)
        if task is None:
            task = self._reads[key] = asyncio.create_task(self._read(key, read))
        return await asyncio.shield(task)  # cancelling one caller does not cancel the shared read

    async def _read(self, key: str, read: Callable[[str], Coroutine[Any, Any, object]]) -> object:
        try:
            value = await read(key)
        finally:
            del self._reads[key]
        if value not in _NOT_CACHED:
            self._cache[key] = value
        return value


def _holds(members: frozenset[str] | _Failure, user: str) -> bool:
    return not isinstance(members, _Failure) and user in members


def _needs_operator(refusal: Refusal) -> bool:
    """Return whether a retry alone does not help. True for unknown error codes, or the user would retry endlessly."""
    return refusal.kind is not Kind.PASSING


def _membership_for(refusal: Refusal) -> Membership:
    """Classify a refusal of `users.info`: no refusal makes a member."""
    if refusal.word in _UNKNOWN_PERSON:
        return Membership.STRANGER
    return Membership.LOOKUP_REFUSED if _needs_operator(refusal) else Membership.UNREADABLE
