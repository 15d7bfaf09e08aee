"""Keep every message at its cart's newest state: the only code that posts without a click or a command.

The outbox in the database lists what to show, and records what was shown. A restart therefore loses nothing, a lost
update is repaired, and a repeated update does no harm. Each message is updated on its own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.event_news import News, Undelivered
from handlers.messages import words
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.folding import MESSAGE, Room
from handlers.toolkit.links import Links
from handlers.toolkit.poster import Posted, Poster, is_direct, is_person
from handlers.toolkit.retries import Retries, event_key, message_key, owner
from handlers.toolkit.slack_errors import FAILURES, Kind, Refusal, SlackAlerts, read
from handlers.toolkit.stamps import stamped_message
from handlers.toolkit.threads import Bridge
from handlers.toolkit.user_groups import read_user_group
from handlers.views.approval import card
from handlers.views.card_rules import CardRules
from handlers.views.cart import shared_cart, unshown
from handlers.views.direct_messages import ARCHIVED, sent_directly, shown_nowhere
from handlers.views.recovery_mode import held_card
from handlers.views.status import status, without_mentions
from ordering.model.cart import NOT_BOUGHT, WAITING, Cart, CartState
from ordering.model.ids import CartId
from ordering.model.policy import Policy
from ordering.model.recovery import Recovery, Stamp
from ordering.ports.store import Message, MessageRole
from ordering.process.outbox import Outbox

_MOST_NOTIFIED = 16  # users who get the card directly if no channel can show it
# The card first, because the status message links to it; the open cart's message last, because these replace it.
_ORDER = (MessageRole.APPROVAL, MessageRole.STATUS, MessageRole.CART)
_log = structlog.get_logger()


def approval_card(
    cart: Cart, policy: Policy, room: Room = MESSAGE, *, stamp: Stamp, on_hold: Recovery | None = None
) -> RenderedMessage:
    """Return a cart's card under the team's rules, folded to the room; its buttons carry the stamp."""
    rendered = held_card(cart) if on_hold and cart.state in WAITING else _card(cart, policy, room)
    return stamped_message(rendered, stamp)


def _card(cart: Cart, policy: Policy, room: Room) -> RenderedMessage:
    rules = CardRules(
        approvals_needed=policy.approvals_needed(cart.seal.total) if cart.seal else 1,
        waive_retraction=policy.waive_retraction,
        approvers=policy.approvers,
        payers=policy.payers,
        trial=policy.trial,
        shared=policy.approval_channel in {None, cart.channel},
        confirms_payment=policy.confirms_payment(cart),
    )
    return card(cart, rules, room)


class Notifier:
    """Shows carts in the messages that the outbox names. `alerts` holds Slack problems that the operator must fix."""

    def __init__(
        self,
        client: AsyncWebClient,
        outbox: Outbox,
        bridge: Bridge,
        policy: Policy,
        *,
        links: Links | None = None,
        alerts: SlackAlerts | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.alerts = alerts or SlackAlerts()
        self._links = links or Links()
        self._client = client
        self._poster = Poster(client, self.alerts)
        self._outbox = outbox
        self._bridge = bridge
        self._policy = policy
        self._retries = Retries(self.alerts, clock)
        self._news = News(self._poster, outbox, bridge, policy, self._retries)
        # Messages that Slack accepted and the database has not recorded yet: a retry must not post them again.
        self._posted: dict[str, Posted] = {}  # by `message_key`: a number alone may become another message's
        self._hidden: set[CartId] = set()  # carts whose requester knows that only Home shows them
        self._explained: set[str] = set()  # by `message_key`: the requester knows why the card came directly

    async def outdated(self) -> list[CartId]:
        return await self._bridge.call(self._outbox.outdated)

    async def show_again(self, cart_ids: list[CartId]) -> None:
        await self._bridge.call(self._outbox.show_again, cart_ids)

    def leave(self, cart_id: CartId) -> None:
        """Drop this cart's retries, because another process shows it from now on: its failures here are not overdue."""
        self._retries.leave(owner(cart_id))

    async def show(self, cart_id: CartId) -> float | None:
        """Bring one cart's messages and thread up to date.

        Returns the seconds until the next retry of whatever Slack did not accept; None if everything is shown.
        """
        cart, messages, pairs = await self._bridge.call(self._outbox.to_show, cart_id)
        pending = [message_key(message) for message in messages if not _needs_nothing(message, cart)]
        self._retries.keep_only(owner(cart_id), {*pending, *(event_key(event) for _, event in pairs)})
        waits: list[float] = []
        current: list[Message] = []
        todo = sorted(messages, key=lambda message: _ORDER.index(message.role))
        while todo:
            message = todo.pop(0)
            if _needs_nothing(message, cart):
                current += [message] if message.rendered_version >= cart.version else []
            elif (wait := self._retries.wait(message_key(message))) > 0:
                waits.append(wait)
            elif _is_replaced(message, cart, messages):
                await self._retire(cart, message, current, waits)
            else:
                await self._bring(cart, message, current, todo, waits)
        cards = [message for message in current if message.role is MessageRole.APPROVAL]
        await self._link_late_card(cart, messages, cards)
        if cards or cart.state not in WAITING:
            self.alerts.clear(f"cart {cart.id}")
        if cart.state not in WAITING:
            self._forget_refusals(messages)
        if cards or not waits:  # until the card is posted, its thread waits
            undelivered = [Undelivered(event, before) for before, event in pairs]
            waits += await self._news.deliver(cart, undelivered, cards)
        return min(waits) if waits else None

    async def _link_late_card(self, cart: Cart, before: Sequence[Message], cards: Sequence[Message]) -> None:
        """Have the status message drawn again if it went out while the card that it links to could not be posted."""
        places = {message.id: message.ts for message in before}
        is_new = any(card.ts != places.get(card.id) and not is_direct(card.channel) for card in cards)
        if is_new and any(m.role is MessageRole.STATUS and m.rendered_version >= cart.version for m in before):
            await self._bridge.call(self._outbox.show_again, [cart.id])

    async def _retire(self, cart: Cart, message: Message, current: Sequence[Message], waits: list[float]) -> None:
        """Delete the message of a cart that was requested, once another message in its channel shows the request."""
        if not any(each.channel == message.channel for each in current):
            return  # the other one is tried again, and this one with it
        if message.ts is not None:
            try:
                await self._poster.delete(Posted(message.channel, message.ts))
            except FAILURES as error:
                refusal = read(error)
                if refusal.kind is not Kind.GONE and self._is_to_be_tried_again(refusal, message):
                    waits.append(self._retries.failed(message_key(message), refusal))
                    return
                await self._close_undeleted(cart, Posted(message.channel, message.ts), refusal)
        await self._bridge.call(self._outbox.forget, message)
        self._retries.done(message_key(message))

    async def _close_undeleted(self, cart: Cart, at: Posted, refusal: Refusal) -> None:
        """Replace the content of a message that Slack does not delete, so that it offers no button any more."""
        _log.info("cart_message_stays", cart=cart.id, channel=at.channel, error=refusal.word)
        if refusal.word == "message_not_found":
            return
        try:
            await self._poster.update(at, RenderedMessage.from_text(words.cart.was_requested(cart.id)))
        except FAILURES as error:
            _log.info("cart_message_not_closed", cart=cart.id, channel=at.channel, error=read(error).word)

    async def _bring(
        self, cart: Cart, message: Message, current: list[Message], todo: list[Message], waits: list[float]
    ) -> None:
        """Show a cart in one message; append it to `current`, substitutes to `todo`, or the retry delay to `waits`."""
        try:
            posted = await self._put(message, await self._render(cart, message.role, current))
        except FAILURES as error:
            refusal = read(error)
            if refusal.kind is Kind.UNKNOWN:
                await self._refused_unknown(cart, message, refusal, todo, waits)
                return
            if self._is_to_be_tried_again(refusal, message):
                waits.append(self._retries.failed(message_key(message), refusal, posts=self._posts(message)))
                return
            try:
                copies = await self._elsewhere(cart, message, refusal)
            except FAILURES as another:
                waits.append(self._retries.failed(message_key(message), read(another)))
            else:
                # Copies from an earlier try that was not recorded as finished.
                known = {message_key(each) for each in todo}
                todo += [copy for copy in copies if message_key(copy) not in known]
                self._retries.done(message_key(message))
        else:
            self._retries.done(message_key(message))
            current.append(await self._noted(cart, message, posted))

    def _posts(self, message: Message) -> bool:
        """Return whether the next try posts this message: if the last one has no answer, it may stand there already."""
        return message.ts is None and message_key(message) not in self._posted

    def _is_to_be_tried_again(self, refusal: Refusal, message: Message) -> bool:
        """Whether to retry this message; otherwise it needs another place."""
        if refusal.kind is Kind.OPERATOR:  # a channel has a substitute, a direct message has none
            return message.role is not MessageRole.APPROVAL or is_direct(message.channel)
        return refusal.kind in {Kind.PASSING, Kind.TOKEN}

    async def _refused_unknown(
        self, cart: Cart, message: Message, refusal: Refusal, todo: list[Message], waits: list[float]
    ) -> None:
        """Retry quickly a few times, then look for a substitute; give up after an hour, until the cart changes."""
        key = message_key(message)
        if self._retries.are_used_up(key):
            _log.warning("message_given_up", cart=cart.id, channel=message.channel, error=refusal.word)
            await self._bridge.call(self._outbox.give_up, message, cart)
            self._retries.done(key)
            if cart.state in WAITING:
                await self._report_hidden(cart)
            return
        if self._retries.needs_substitute(key):
            self.alerts.report(message_key(message), _refused_by_slack(cart, message, refusal.word))
            try:
                todo += await self._substitutes(cart, message, refusal.word)
            except FAILURES as another:
                _log.warning("no_substitute", cart=cart.id, error=read(another).word)
        waits.append(self._retries.failed(key, refusal, posts=self._posts(message)))

    async def _substitutes(self, cart: Cart, message: Message, word: str) -> list[Message]:
        """Send the card to users directly, once, if a channel refuses it. The channel's message is still retried."""
        if message.role is not MessageRole.APPROVAL or is_direct(message.channel):
            return []
        _, messages, _ = await self._bridge.call(self._outbox.to_show, cart.id)
        if any(each.role is MessageRole.APPROVAL and is_direct(each.channel) for each in messages):
            return []
        return await self._directly(cart, message, word)

    def _forget_refusals(self, messages: Sequence[Message]) -> None:
        """Clear the alerts of these messages: their cart no longer waits for a decision."""
        for message in messages:
            self.alerts.clear(message_key(message))

    async def _render(self, cart: Cart, role: MessageRole, current: Sequence[Message]) -> RenderedMessage:
        """Render a cart. A failure is logged and reported to the operator, and never holds back other messages."""
        stamp, on_hold = await self._bridge.call(self._outbox.rendering)
        ended_by = await self._bridge.call(self._outbox.ended_by, cart) if cart.state in NOT_BOUGHT else None
        try:
            if role is MessageRole.APPROVAL:
                rendered = approval_card(cart, self._policy, stamp=stamp, on_hold=on_hold)
            elif cart.state is CartState.OPEN:
                rendered = stamped_message(shared_cart(cart, trial=self._policy.trial), stamp)
            else:
                address = self._address_of_card(current)
                message = status(cart, self._policy, ended_by=ended_by, card=address, on_hold=on_hold is not None)
                rendered = stamped_message(message, stamp)
        except Exception:  # noqa: BLE001 - a bug in a view: the message names the cart, the log has the error
            reference = secrets.token_hex(4)
            _log.exception("card_not_rendered", cart=cart.id, reference=reference)
            self.alerts.report(f"rendering {cart.id}", words.slack.card_not_made(cart.id, reference))
            return unshown(cart, reference)
        self.alerts.clear(f"rendering {cart.id}")
        return rendered

    def _address_of_card(self, current: Sequence[Message]) -> str | None:
        """Return the link to the card in its channel; None if it is not posted there."""
        cards = [each for each in current if each.role is MessageRole.APPROVAL and not is_direct(each.channel)]
        return self._links.to_message(cards[0].channel, cards[0].ts) if cards else None

    async def _put(self, message: Message, rendered: RenderedMessage) -> Posted:
        """Update the message, or post it if it does not exist yet or was deleted: the cart must stay visible.

        It is posted again only if Slack clearly says that it is gone. If the response was lost, the update is repeated.
        """
        stands = Posted(message.channel, message.ts) if message.ts else self._posted.get(message_key(message))
        if stands is None:
            return await self._post(message, rendered)
        try:
            return await self._poster.update(stands, rendered)
        except FAILURES as error:
            refusal = read(error)
            # Earlier versions stored a user's id instead of the conversation's, which chat.update does not find.
            was_kept_wrongly = refusal.word == "channel_not_found" and is_person(message.channel)
            if refusal.kind is not Kind.GONE and not was_kept_wrongly:
                raise
        return await self._post(message, rendered)

    async def _post(self, message: Message, rendered: RenderedMessage) -> Posted:
        """Post a message. A status message gets its mentions by an edit, because the card mentions the same people."""
        if message.role is not MessageRole.STATUS or is_direct(message.channel):
            return await self._poster.post(message.channel, rendered)
        posted = await self._poster.post(message.channel, without_mentions(rendered))
        self._posted[message_key(message)] = posted
        await self._bridge.call(self._outbox.record_posted, message, ts=posted.ts)
        return await self._poster.update(posted, rendered)

    async def _noted(self, cart: Cart, message: Message, posted: Posted) -> Message:
        self._posted[message_key(message)] = posted
        if posted.channel != message.channel:
            moved = await self._bridge.call(self._outbox.move, message, posted.channel)
            self._posted[message_key(moved)] = self._posted.pop(message_key(message))
            message = moved
        await self._bridge.call(self._outbox.record_rendered, message, cart, ts=posted.ts)
        self._posted.pop(message_key(message))
        self.alerts.clear(f"channel {message.channel}")
        self.alerts.clear(message_key(message))
        return Message(message.id, message.cart_id, message.role, message.channel, posted.ts, cart.version)

    async def _elsewhere(self, cart: Cart, message: Message, refusal: Refusal) -> Sequence[Message]:
        """Give up a place that accepts no message.

        The approval card goes to those who decide, the status message to the requester; an open cart needs neither.
        """
        _log.warning("place_closed", channel=message.channel, cart=cart.id, role=message.role.value, error=refusal.word)
        copies: list[Message] = []
        if message.channel == self._policy.approval_channel:
            self.alerts.report(
                f"channel {message.channel}",
                words.slack.channel_closed(refusal.word, archived=refusal.word in ARCHIVED),
            )
        if message.role is MessageRole.APPROVAL and not is_direct(message.channel):
            copies = await self._directly(cart, message, refusal.word)
        elif message.role is MessageRole.STATUS and cart.requester is not None and not is_direct(message.channel):
            copies = [await self._bridge.call(self._outbox.show_in, cart.id, MessageRole.STATUS, cart.requester)]
        await self._bridge.call(self._outbox.forget, message)
        self._explained.discard(message_key(message))
        if message.role is MessageRole.APPROVAL and not copies and cart.state in WAITING:
            await self._report_hidden(cart)
        return copies

    async def _directly(self, cart: Cart, message: Message, why: str) -> list[Message]:
        """Send the card to the requester, the approvers and the payers, and tell the requester why.

        After a failure everything is retried, so the users are read first and posted messages are remembered.
        """
        people = [user for user in await self._people() if user != cart.requester]
        notified = people[:_MOST_NOTIFIED]
        if cart.requester is not None and message_key(message) not in self._explained:
            sentence = sent_directly(
                cart, message.channel, why, notified=len(notified), others=len(people) - len(notified)
            )
            is_last = self._retries.needs_substitute(message_key(message))
            await self._news.unless_refused(cart.requester, RenderedMessage.from_text(sentence), cart, is_last=is_last)
            self._explained.add(message_key(message))
        receivers = filter(None, [cart.requester, *notified])
        return [
            await self._bridge.call(self._outbox.show_in, cart.id, MessageRole.APPROVAL, user) for user in receivers
        ]

    async def _people(self) -> list[str]:
        """Return approvers and payers as single users. Raises transient `FAILURES`.

        A user group that only the operator can fix counts as empty.
        """
        members = sorted(self._policy.approvers | self._policy.payers)
        people = [member for member in members if is_person(member)]
        for group in members:
            if is_person(group):
                continue
            try:
                people += sorted(await read_user_group(self._client, self.alerts, group) or ())
            except FAILURES as error:
                if not read(error).is_for_good:
                    raise
                _log.warning("user_group_unreadable", group=group, error=read(error).word)
        return list(dict.fromkeys(people))

    async def _report_hidden(self, cart: Cart) -> None:
        """Notify the operator and the requester if only Home shows a cart that is waiting for a decision."""
        _, messages, _ = await self._bridge.call(self._outbox.to_show, cart.id)
        if any(each.role is MessageRole.APPROVAL and not _is_given_up(each, cart) for each in messages):
            return
        self.alerts.report(f"cart {cart.id}", words.slack.card_nowhere(cart.id))
        if cart.requester is None or cart.id in self._hidden:
            return
        self._hidden.add(cart.id)
        try:
            await self._poster.whisper(cart.channel, cart.requester, shown_nowhere(cart))
        except FAILURES as error:
            _log.warning("requester_not_told", cart=cart.id, error=read(error).word)


def _is_given_up(message: Message, cart: Cart) -> bool:
    """Return whether Slack permanently refuses this version of the cart in that message."""
    return message.is_settled and message.rendered_version < cart.version


def _is_replaced(message: Message, cart: Cart, messages: Sequence[Message]) -> bool:
    """Return whether an open cart's message is to go, because the request has a message of its own in that channel."""
    if message.role is not MessageRole.CART or cart.state is CartState.OPEN:
        return False
    others = [each for each in messages if each.channel == message.channel and each.role is not MessageRole.CART]
    return any(not _is_given_up(each, cart) for each in others)


def _needs_nothing(message: Message, cart: Cart) -> bool:
    return message.rendered_version >= cart.version or message.is_settled


def _refused_by_slack(cart: Cart, message: Message, word: str) -> str:
    return words.slack.card_refused(cart.id, word, channel=None if is_direct(message.channel) else message.channel)
