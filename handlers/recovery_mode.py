"""Recover mode in Slack: operators are notified and compare; the approval channel and requesters read what was lost."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import words
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.inbox import Inbox
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.poster import Poster, is_person
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import on_click
from handlers.toolkit.slack_errors import FAILURES, SlackAlerts, read
from handlers.toolkit.threads import Bridge
from handlers.toolkit.user_groups import read_user_group
from handlers.views import recovery_mode as views
from ordering.model.errors import NotPossible, RegistrarError
from ordering.model.recovery import Recovery
from ordering.workflow import Workflow

_COMPARED = re.compile(r"([0-9]{1,15}) ([0-9]{1,15})")
_CLOCK_EVERY = 30.0  # seconds between two reads of OVH's clock during the wait before comparing
_log = structlog.get_logger()


def register(app: AsyncApp, services: Services, inbox: Inbox) -> None:
    on_click(app, inbox, Act.COMPARED, _confirm)

    @app.action(Act.COMPARE)
    async def compare_clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        services.start(lambda did, reply: _compare(services, did, reply), Interaction.of_action(body))


async def _compare(services: Services, did: Interaction, reply: Reply) -> None:
    person = await services.person(did)
    async with services.at_ovh(did, reply, queue=services.checking) as threads:
        found, stamp = await threads.call(services.workflow.compare, by=person)
    _, mode = await services.bridge.call(services.workflow.rendering)
    await reply.send(views.compared(found, stamp, mode))


async def _confirm(services: Services, did: Interaction, _reply: Reply) -> str:
    carried = _COMPARED.fullmatch(did.value)
    if carried is None:
        raise NotPossible(code="comparison_of_older_version")
    person = await services.person(did)
    epoch, compared = int(carried[1]), int(carried[2])
    mode = await services.decisions.call(services.workflow.confirm_compared, by=person, epoch=epoch, compared=compared)
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

    async def check(self) -> str | None:
        """Do what is due now; return why the bot is on hold, or None if it is not."""
        standing = await self._bridge.call(self._mode.standing)
        if standing.recovery is not None:
            await self._follow(standing.recovery)
            standing = await self._bridge.call(self._mode.standing)
        if standing.recovery is None:
            await self._notify_loss()
            return None
        return words.on_hold.health(standing.recovery.began_at)

    async def _follow(self, mode: Recovery) -> None:
        if mode.floor_from is None or mode.confirmed_by is not None:
            await self._read_clock(mode)
        if not mode.notified and await self._bridge.call(self._mode.must_notify):
            rendered = views.begun(mode)
            if not await self._notify(await self._people(self._workflow.policy.operators), rendered):
                await self._bridge.call(self._mode.notify_again)

    async def _read_clock(self, mode: Recovery) -> None:
        """Start the minimum wait, or end recover mode after it. Reads OVH's clock every 30 seconds at most."""
        waits_for = replace(mode, notified=False)
        if self._waits_for == waits_for and self._clock() < self._reads_again_at:
            return
        self._waits_for, self._reads_again_at = waits_for, self._clock() + _CLOCK_EVERY
        try:
            ovh_time = await self._bridge.call(self._ovh_time)
        except RegistrarError as error:
            _log.warning("recover_mode_waits_for_ovh", why=str(error))
            return
        if mode.floor_from is None:
            await self._bridge.call(self._mode.start_floor, ovh_time)
        if await self._bridge.call(self._mode.end_if_due, ovh_time):
            _log.warning("recover_mode_ended", confirmed_by=mode.confirmed_by)
            self._wake()

    async def _notify_loss(self) -> None:
        lost = await self._bridge.call(self._mode.loss_to_report)
        if lost is None:
            return
        channel = self._workflow.policy.approval_channel
        waiting = await self._bridge.call(self._workflow.requests_under_way)
        notified = not channel or await self._notify([channel], views.forgotten(lost))
        for user, request in waiting.items():
            notified = await self._notify([user], views.forgotten(lost, request=request)) or notified
        if not notified:
            await self._bridge.call(self._mode.notify_loss_again)

    async def _notify(self, channels: Iterable[str], rendered: RenderedMessage) -> bool:
        """Post to each channel; return whether one of them got it, or none ever can."""
        later = notified = False
        for channel in channels:
            try:
                await self._poster.post(channel, rendered)
                notified = True
            except FAILURES as error:
                refusal = read(error)
                later = later or not refusal.is_for_good
                _log.warning("recover_mode_not_told", channel=channel, error=refusal.word)
        return notified or not later

    async def _people(self, members: frozenset[str]) -> list[str]:
        """Expand user groups to single users; a group that cannot be read counts as empty."""
        people = sorted(filter(is_person, members))
        for group in sorted(members - set(people)):
            try:
                people += sorted(await read_user_group(self._client, self._alerts, group) or ())
            except FAILURES as error:
                _log.warning("user_group_unreadable", group=group, error=read(error).word)
        return list(dict.fromkeys(people))
