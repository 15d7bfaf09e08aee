"""Tell the requester and the cards' threads what happened to a cart, each event once in each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from handlers.toolkit.blocks import Drawn
from handlers.toolkit.poster import Poster, is_direct
from handlers.toolkit.retries import Retries, event_key
from handlers.toolkit.slack_errors import FAILURES, Kind, Refusal, read
from handlers.toolkit.threads import Bridge
from handlers.views.approval import thread_line
from handlers.views.direct_messages import news
from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.model.policy import Policy
from ordering.ports.store import Message
from ordering.process.outbox import Outbox

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An event that was not reported yet, and the cart's last event before it."""

    event: Event
    before: Event | None


class News:
    """Posts what the outbox has not told yet, and remembers in the process which places have heard it."""

    def __init__(self, poster: Poster, outbox: Outbox, bridge: Bridge, policy: Policy, retries: Retries) -> None:
        self._poster = poster
        self._outbox = outbox
        self._bridge = bridge
        self._policy = policy
        self._retries = retries
        self._delivered: set[tuple[int, str]] = set()  # events by number, and where they were told

    async def tell(self, cart: Cart, undelivered: Sequence[Undelivered], cards: Sequence[Message]) -> list[float]:
        """Tell the requester and the threads what happened; return the delays of what Slack did not accept.

        An event that one place already shows is not repeated there while another place is retried.
        """
        waits: list[float] = []
        for each in undelivered:
            key = event_key(each.event)
            if self._retries.is_refused(key):  # with an unknown word: later events do not wait for this one
                waits.append(self._retries.wait(key))
                continue
            refusal = await self._refusal_of_event(cart, each, cards)
            if refusal is None:
                self._retries.done(key)
                await self._bridge.call(self._outbox.told, each.event)
                self._delivered -= {done for done in self._delivered if done[0] == each.event.id}
                continue
            waits.append(self._retries.failed(key, refusal))
            if refusal.kind is not Kind.UNKNOWN:
                break
        return waits

    async def _refusal_of_event(self, cart: Cart, each: Undelivered, cards: Sequence[Message]) -> Refusal | None:
        """Tell an event everywhere. A place that refuses it with an unknown word keeps it from no other place."""
        refused: Refusal | None = None
        places = [partial(self._notify_requester, cart, each, cards)]
        places += [partial(self._notify_thread, cart, each, at) for at in cards]
        for tell in places:
            try:
                await tell()
            except FAILURES as error:
                refused = read(error)
                if refused.kind is not Kind.UNKNOWN:
                    return refused
        return refused

    async def _notify_requester(self, cart: Cart, each: Undelivered, cards: Sequence[Message]) -> None:
        """Directly: the card is in a channel of the approvers', and an edited message tells nobody."""
        apart = [at for at in cards if at.channel not in {cart.channel, cart.requester} and not is_direct(at.channel)]
        drawn = news(each.event, cart, before=each.before)
        if apart and drawn is not None and cart.requester is not None:
            await self._notify_once(each.event, cart.requester, drawn, cart)

    async def _notify_thread(self, cart: Cart, each: Undelivered, at: Message) -> None:
        rules = self._policy
        line = thread_line(each.event, cart, before=each.before, approvers=rules.approvers, payers=rules.payers)
        if line is not None and at.ts:
            await self._notify_once(each.event, at.channel, Drawn(line, []), cart, thread_ts=at.ts)

    async def _notify_once(
        self, event: Event, channel: str, drawn: Drawn, cart: Cart, *, thread_ts: str | None = None
    ) -> None:
        if (event.id, channel) in self._delivered:
            return
        is_last = self._retries.are_used_up(event_key(event))
        await self.unless_refused(channel, drawn, cart, is_last=is_last, thread_ts=thread_ts)
        self._delivered.add((event.id, channel))

    async def unless_refused(
        self, channel: str, drawn: Drawn, cart: Cart, *, is_last: bool, thread_ts: str | None = None
    ) -> None:
        """Post; if Slack refuses permanently (someone left, a thread is locked), continue with the others.

        `is_last`: an unknown refusal is permanent now.
        """
        try:
            await self._poster.post(channel, drawn, thread_ts=thread_ts)
        except FAILURES as error:
            refusal = read(error)
            if refusal.kind in {Kind.PASSING, Kind.TOKEN} or (refusal.kind is Kind.UNKNOWN and not is_last):
                raise  # retried later
            _log.warning("not_told", cart=cart.id, error=refusal.word)
