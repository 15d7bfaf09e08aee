"""Recover mode in Slack: operators are notified and compare; the approval channel and requesters read what was lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import Compared, Nothing
from handlers.toolkit.poster import Poster, is_person
from handlers.toolkit.responder import Reply
from handlers.toolkit.slack_errors import FAILURES, SlackAlerts, read
from handlers.toolkit.threads import Bridge
from handlers.toolkit.user_groups import read_user_group
from handlers.views import recovery_mode as views
from ordering.model.errors import RegistrarError
from ordering.model.recovery import Recovery
from ordering.workflow import Workflow

_CLOCK_EVERY = 30.0  # seconds between two reads of OVH's clock during the wait before comparing
_TELL_EVERY = 60.0  # seconds between two tries to tell those who were not reached
_log = structlog.get_logger()


def register(router: Router) -> None:
    router.button(Act.COMPARE, Nothing, _compare)
    router.decision(Act.COMPARED, Compared, _confirm)


async def _compare(services: Services, did: Interaction, reply: Reply, _clicked: Nothing) -> None:
    person = await services.person(did)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        found, stamp = await threads.call(services.workflow.comparisons.compare, by=person)
    _, mode = await services.bridge.call(services.workflow.cards.rendering)
    await reply.send(views.compared(found, stamp, mode))


async def _confirm(services: Services, did: Interaction, _reply: Reply, result: Compared) -> str:
    person = await services.person(did)
    mode = await services.decisions.call(
        services.workflow.comparisons.confirm, by=person, epoch=result.epoch, compared=result.newest
    )
    return words.on_hold.released(mode)


class RecoverWatch:
    """Follows recover mode: starts its minimum wait, notifies users, and ends it when it is due.

    `ovh_time` reads OVH's clock and blocks. `wake` triggers the worker.
    """

    def __init__(
        self,
        workflow: Workflow,
        client: AsyncWebClient,
        bridge: Bridge,
        ovh_time: Callable[[], datetime],
        *,
        alerts: SlackAlerts,
        wake: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workflow = workflow
        self._mode = workflow.recover_mode
        self._client = client
        self._poster = Poster(client, alerts)
        self._alerts = alerts
        self._bridge = bridge
        self._ovh_time = ovh_time
        self._wake = wake
        self._clock = clock
        self._waits_for: Recovery | None = None
        self._reads_again_at = float("-inf")
        self._about: datetime | None = None  # the recover mode or loss that people are being told of
        self._tells_again_at = float("-inf")
        self._reached: set[str] = set()
        self._is_undelivered = False

    async def check(self) -> str | None:
        """Do what is due now; return what an operator must know: the bot is on hold, or nobody heard of a loss."""
        standing = await self._bridge.call(self._mode.standing)
        if standing.recovery is not None:
            await self._follow(standing.recovery)
            standing = await self._bridge.call(self._mode.standing)
        if standing.recovery is None:
            return await self._notify_loss()
        return words.on_hold.health(
            standing.recovery.began_at, undelivered=self._is_undelivered and not standing.recovery.notified
        )

    async def _follow(self, mode: Recovery) -> None:
        if mode.floor_from is None or mode.confirmed_by is not None:
            await self._read_clock(mode)
        if mode.notified or not self._may_tell(mode.began_at):
            return
        people, all_read = await self._people(self._workflow.policy.operators)
        await self._notify(people, views.begun(mode))
        self._is_undelivered = not self._reached
        if self._reached and all_read:
            await self._bridge.call(self._mode.notifies, mode)
            self._about = None
        elif self._is_undelivered:
            _log.error("no_operator_told_of_recover_mode")

    def _may_tell(self, about: datetime) -> bool:
        """Return whether a message is due: at once, then every minute. Those who got it get it once."""
        if self._about == about and self._clock() < self._tells_again_at:
            return False
        if self._about != about:
            self._about, self._reached, self._is_undelivered = about, set(), False
        self._tells_again_at = self._clock() + _TELL_EVERY
        return True

    async def _read_clock(self, mode: Recovery) -> None:
        """Start the minimum wait, or end recover mode after it. Reads OVH's clock every 30 seconds at most."""
        waits_for = replace(mode, notified=False)
        if self._waits_for == waits_for and self._clock() < self._reads_again_at:
            return
        self._waits_for, self._reads_again_at = waits_for, self._clock() + _CLOCK_EVERY
        try:
            if mode.floor_from is None:
                await self._bridge.call(self._mode.start_floor, self._ovh_time)
                return
            is_over = await self._bridge.call(self._end_if_due)
        except RegistrarError as error:
            _log.warning("recover_mode_waits_for_ovh", why=str(error))
            return
        if is_over:
            _log.warning("recover_mode_ended", confirmed_by=mode.confirmed_by)
            self._wake()

    def _end_if_due(self) -> bool:
        return self._mode.end_if_due(self._ovh_time())

    async def _notify_loss(self) -> str | None:
        lost = await self._bridge.call(self._mode.loss_to_report)
        if lost is None:
            return None
        if self._may_tell(lost.noticed_at):
            channel = self._workflow.policy.approval_channel
            waiting = await self._bridge.call(self._workflow.queries.requests_under_way)
            await self._notify([channel] if channel else [], views.forgotten(lost))
            for user, request in waiting.items():
                await self._notify([user], views.forgotten(lost, request=request))
            self._is_undelivered = bool(channel or waiting) and not self._reached
            if not self._is_undelivered:
                await self._bridge.call(self._mode.loss_told, lost)
                self._about = None
                return None
            _log.error("nobody_told_of_a_loss")
        return words.on_hold.LOSS_UNDELIVERED if self._is_undelivered else None

    async def _notify(self, channels: Iterable[str], rendered: RenderedMessage) -> None:
        """Post to each channel that has not got this message yet."""
        for channel in channels:
            if channel in self._reached:
                continue
            try:
                await self._poster.post(channel, rendered)
            except FAILURES as error:
                _log.warning("recover_mode_not_told", channel=channel, error=read(error).word)
            else:
                self._reached.add(channel)

    async def _people(self, members: frozenset[str]) -> tuple[list[str], bool]:
        """Expand user groups to single users; return, too, whether each group could be read."""
        people, all_read = sorted(filter(is_person, members)), True
        for group in sorted(members - set(people)):
            try:
                found = await read_user_group(self._client, self._alerts, group)
            except FAILURES as error:
                _log.warning("user_group_unreadable", group=group, error=read(error).word)
                found = None
            all_read = all_read and found is not None
            people += sorted(found or ())
        return list(dict.fromkeys(people)), all_read
