"""Notify the requester and the cards' threads of a cart's events: each event once in each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.poster import Poster, is_direct
from handlers.toolkit.retries import Retries, event_key
from handlers.toolkit.slack_errors import FAILURES, Kind, Refusal, read
from handlers.toolkit.stamps import stamped_message
from handlers.toolkit.threads import Bridge
from handlers.views.direct_messages import news
from handlers.views.thread import thread_line
from handlers.views.trial import with_trial
from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.policy import Policy
from ordering.ports.store import Message
from ordering.process.outbox import Outbox

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An event that was not reported yet, and the cart's previous event."""

    event: Event
    before: Event | None


class News:
    """Posts the undelivered events of the outbox, and keeps in memory which places already got them."""

    def __init__(self, poster: Poster, outbox: Outbox, bridge: Bridge, policy: Policy, retries: Retries) -> None:
        self._poster = poster
        self._outbox = outbox
        self._bridge = bridge
        self._policy = policy
        self._retries = retries
        self._delivered: set[tuple[str, str]] = set()  # events by `event_key`, with the places that got them

    async def deliver(self, cart: Cart, undelivered: Sequence[Undelivered], cards: Sequence[Message]) -> list[float]:
        """Notify the requester and the threads of these events; return the retry delays of failed posts, in seconds.

        An event is not repeated in a place that already shows it while another place is retried.
        """
        waits: list[float] = []
        for each in undelivered:
            key = event_key(each.event)
            if self._retries.is_refused(key):  # refused with an unknown error: later events do not wait for this one
                waits.append(self._retries.wait(key))
                continue
            refusal = await self._refusal_of_event(cart, each, cards)
            if refusal is None:
                self._retries.done(key)
                await self._bridge.call(self._outbox.record_delivered, each.event)
                self._delivered -= {done for done in self._delivered if done[0] == key}
                continue
            waits.append(self._retries.failed(key, refusal))
            if refusal.kind is not Kind.UNKNOWN:
                break
        return waits

    async def _refusal_of_event(self, cart: Cart, each: Undelivered, cards: Sequence[Message]) -> Refusal | None:
        """Report an event in all places. If one place refuses it with an unknown error, the others still get it."""
        refused: Refusal | None = None
        places = [partial(self._notify_requester, cart, each, cards)]
        places += [partial(self._notify_thread, cart, each, cards, at) for at in cards]
        for tell in places:
            try:
                await tell()
            except FAILURES as error:
                refused = read(error)
                if refused.kind is not Kind.UNKNOWN:
                    return refused
        return refused

    async def _notify_requester(self, cart: Cart, each: Undelivered, cards: Sequence[Message]) -> None:
        """Notify the requester by direct message: the card is in an approvers' channel, and edits notify no one."""
        rendered = news(each.event, cart, before=each.before, payers=self._policy.payers)
        if _is_told_directly(cart, cards) and rendered is not None and cart.requester is not None:
            stamp, _ = await self._bridge.call(self._outbox.rendering)
            rendered = stamped_message(rendered, stamp)
            await self._notify_once(each.event, cart.requester, rendered, cart)

    async def _notify_thread(self, cart: Cart, each: Undelivered, cards: Sequence[Message], at: Message) -> None:
        line = thread_line(
            each.event, cart, before=each.before, policy=self._policy, is_told_directly=_is_told_directly(cart, cards)
        )
        if line is not None and at.ts:
            await self._notify_once(
                each.event, at.channel, RenderedMessage(with_trial(line, cart), []), cart, thread_ts=at.ts
            )

    async def _notify_once(
        self, event: Event, channel: str, rendered: RenderedMessage, cart: Cart, *, thread_ts: str | None = None
    ) -> None:
        if (event_key(event), channel) in self._delivered:
            return
        is_last = self._retries.are_used_up(event_key(event))
        await self.unless_refused(channel, rendered, cart, is_last=is_last, thread_ts=thread_ts)
        self._delivered.add((event_key(event), channel))

    async def unless_refused(
        self, channel: str, rendered: RenderedMessage, cart: Cart, *, is_last: bool, thread_ts: str | None = None
    ) -> None:
        """Post; if Slack refuses permanently (someone left, a thread is locked), continue with the others.

        `is_last` means that an unknown refusal now counts as permanent.
        """
        try:
            await self._poster.post(channel, rendered, thread_ts=thread_ts)
        except FAILURES as error:
            refusal = read(error)
            if refusal.kind in {Kind.PASSING, Kind.TOKEN} or (refusal.kind is Kind.UNKNOWN and not is_last):
                raise  # retried later
            _log.warning("not_told", cart=cart.id, error=refusal.word)


def _is_told_directly(cart: Cart, cards: Sequence[Message]) -> bool:
    """Return whether the requester hears by direct message, because a card is in a channel that is not the cart's."""
    return any(at.channel not in {cart.channel, cart.requester} and not is_direct(at.channel) for at in cards)
