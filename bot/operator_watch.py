"""What operators must hear of: alarms that last, a key that ends, nobody left who decides."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import structlog

from bot.health import NOT_CHECKED, RECOVER_MODE, Health
from bot.metrics import Measures
from handlers.messages import words
from handlers.operators import OperatorMessages
from handlers.text.mrkdwn import escape
from handlers.toolkit.members import Members
from handlers.toolkit.threads import Bridge
from ordering.model.policy import Membership, Person, Policy
from registrars.ovh import OvhGateway

# Seconds: a part that recovers by itself within the first is no alarm.
_LASTS, _ALARMS_EVERY, _KEYS_EVERY, _PEOPLE_EVERY = 120.0, 5.0, 21_600.0, 3600.0
_AFTER_START, _AFTER_FAILURE = 60.0, 300.0  # seconds
_WARNED_DAYS = (14, 3, 1)
_DAY = 86_400.0  # seconds
_NO_ALARM = {"start", RECOVER_MODE}  # the start ends, and recover mode has a message with its buttons
_UNKNOWN = {Membership.UNREADABLE, Membership.LOOKUP_REFUSED}
_log = structlog.get_logger()


class OperatorWatch:
    """Checks at intervals, and tells. `ovh_time` is OVH's clock as last read."""

    def __init__(
        self,
        messages: OperatorMessages,
        health: Health,
        registrar: OvhGateway,
        members: Members,
        policy: Policy,
        measures: Measures,
        *,
        ovh_time: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._messages = messages
        self._health = health
        self._registrar = registrar
        self._members = members
        self._policy = policy
        self._measures = measures
        self._ovh_time = ovh_time
        self._clock = clock
        self._bridge = Bridge(1)
        self._since: dict[str, float] = {}  # by part: since when it has been unhealthy

    async def run(self) -> None:
        """Watch until cancelled."""
        await asyncio.gather(
            self._keep(self.check_alarms, 0.0, _ALARMS_EVERY),
            self._keep(self.check_keys, _AFTER_START, _KEYS_EVERY),
            self._keep(self.check_people, _AFTER_START, _PEOPLE_EVERY),
        )

    async def _keep(self, check: Callable[[], Awaitable[bool]], first: float, every: float) -> None:
        """Repeat a check; sooner if it failed, or if no operator was reached."""
        await asyncio.sleep(first)
        while True:
            try:
                is_done = await check()
            except Exception as error:  # noqa: BLE001 - the next round comes soon
                _log.warning("operator_check_failed", check=check.__name__, error=type(error).__name__)
                is_done = False
            await asyncio.sleep(every if is_done else min(every, _AFTER_FAILURE))

    async def check_alarms(self) -> bool:
        """Tell of each part that has been unhealthy for two minutes."""
        now, checks = self._clock(), self._health.checks()
        for part in sorted(checks.keys() - _NO_ALARM):
            reason = checks[part]
            if reason in {"ok", NOT_CHECKED}:
                if self._since.pop(part, None) is not None:
                    await self._messages.over(f"alarm {part}")
            elif now - self._since.setdefault(part, now) >= _LASTS:
                await self._messages.tell(f"alarm {part}", words.operators.alarm(part, escape(reason)))
        return True

    async def check_keys(self) -> bool:
        """Tell of each OVH key that ends in 14, 3 or 1 days: of the nearest of these, once."""
        ends = await self._bridge.call(self._registrar.key_ends)
        now, reached = self._ovh_time(), True
        left = {key: math.inf if at is None else (at - now).total_seconds() / _DAY for key, at in ends.items()}
        self._measures.key_ends_in(left)
        for key, at in ends.items():
            if at is not None and (due := [days for days in _WARNED_DAYS if left[key] <= days]):
                text = words.operators.key_ends(key, max(math.ceil(left[key]), 1), at.date())
                reached &= await self._messages.tell(f"key {key} {at.date()} {min(due)}", text)
        return reached

    async def check_people(self) -> bool:
        """Tell if too few are left who may approve, or nobody who may pay. What Slack does not say is not counted."""
        needed = 1 if self._policy.second_approval_over is None else 2
        approvers = await self._members.everyone_in(self._policy.approvers)
        payers = await self._members.everyone_in(self._policy.payers)
        reached = True
        for key, people, least, text in (
            ("nobody approves", approvers, needed, words.operators.nobody_decides(needed)),
            ("nobody pays", payers, 1, words.operators.NOBODY_PAYS),
        ):
            if people is None or any(person.membership in _UNKNOWN for person in people):
                continue
            if _members(people) < least:
                reached &= await self._messages.tell(key, text)
            else:
                await self._messages.over(key)
        return reached


def _members(people: Iterable[Person]) -> int:
    return sum(person.membership is Membership.MEMBER for person in people)
