"""Brings every message to the newest state of its cart: the only code that posts unasked.

What is to be shown is read from the memory, and noted there once it is shown. So a restart forgets nothing,
a lost update is repaired, and a repeated one does no harm.
"""

from __future__ import annotations

from collections.abc import Awaitable

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.bridge import Bridge
from handlers.slack_errors import Kind, read, word
from handlers.views.approval import card, thread_line
from handlers.views.cart import shared_cart
from handlers.views.drawn import Drawn
from handlers.views.folding import MESSAGE, Room
from handlers.views.news import news
from ordering.cart import Cart
from ordering.events import Event
from ordering.outbox import Outbox
from ordering.policy import Policy
from ordering.ports import Message, MessageRole

_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_CLOSED = {"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_permission"}
_log = structlog.get_logger()


def approval_card(cart: Cart, policy: Policy, room: Room = MESSAGE) -> Drawn:
    """A cart's card under the team's rules, as large as the room."""
    return card(
        cart,
        approvals_needed=policy.approvals_needed(cart.seal.total) if cart.seal else 1,
        waive_retraction=policy.waive_retraction,
        approvers=policy.approvers,
        payers=policy.payers,
        room=room,
    )


class Announcer:
    """Shows carts in the messages that the outbox names."""

    def __init__(self, client: AsyncWebClient, outbox: Outbox, bridge: Bridge, policy: Policy) -> None:
        self._client = client
        self._outbox = outbox
        self._bridge = bridge
        self._policy = policy

    async def outdated(self) -> list[int]:
        return await self._bridge.call(self._outbox.outdated)

    async def show_again(self, cart_ids: list[int]) -> None:
        await self._bridge.call(self._outbox.show_again, cart_ids)

    async def show(self, cart_id: int) -> None:
        """Bring one cart's messages and thread up to date. Slack's errors are the caller's to wait for."""
        cart, messages, untold = await self._bridge.call(self._outbox.to_show, cart_id)
        card_at: Message | None = None
        for message in messages:
            current = message if message.shown >= cart.version else await self._bring(cart, message)
            if current is not None and current.role is MessageRole.APPROVAL:
                card_at = current
        for before, event in untold:
            await self._tell(event, before, cart, card_at)

    async def _bring(self, cart: Cart, message: Message) -> Message | None:
        drawn = self._draw(cart, message.role)
        try:
            ts = await self._update(message, drawn) if message.ts else await self._post(message.channel, drawn)
        except SlackApiError as error:
            if word(error) not in _CLOSED:
                raise
            await self._no_way_in(cart, message, word(error))
            return None
        await self._bridge.call(self._outbox.shown, message, version=cart.version, ts=ts)
        return Message(message.id, message.cart_id, message.role, message.channel, ts, cart.version)

    def _draw(self, cart: Cart, role: MessageRole) -> Drawn:
        return shared_cart(cart) if role is MessageRole.CART else approval_card(cart, self._policy)

    async def _post(self, channel: str, drawn: Drawn) -> str:
        answer = await self._client.chat_postMessage(
            channel=channel, text=drawn.text, blocks=drawn.blocks, unfurl_links=False, unfurl_media=False
        )
        return str(answer["ts"])

    async def _update(self, message: Message, drawn: Drawn) -> str:
        try:
            await self._client.chat_update(
                channel=message.channel, ts=message.ts or "", text=drawn.text, blocks=drawn.blocks
            )
        except SlackApiError as error:
            if word(error) not in _GONE:
                raise
            return await self._post(message.channel, drawn)  # somebody deleted it: the cart must stay in sight
        return message.ts or ""

    async def _no_way_in(self, cart: Cart, message: Message, why: str) -> None:
        """A channel that the bot cannot write to: the shared view can be missed, the approval card cannot."""
        _log.warning("channel_closed", channel=message.channel, cart=cart.id, role=message.role.value, error=why)
        if message.role is MessageRole.CART or cart.requester is None or message.channel == cart.requester:
            await self._bridge.call(self._outbox.forget, message)
            return
        said = (
            f"I cannot write in <#{message.channel}>, so nobody there sees cart #{cart.id}. "
            "Invite me there for the next one. The card is here; approvers also find it in my Home."
        )
        # Told before it is noted: where this fails, all of it is tried again.
        await self._client.chat_postMessage(channel=cart.requester, text=said)
        await self._bring(cart, await self._bridge.call(self._outbox.move, message, cart.requester))

    async def _tell(self, event: Event, before: Event | None, cart: Cart, card_at: Message | None) -> None:
        """In the thread, and to the requester first: where the thread's line fails, both are tried again.

        Slack has no way to post both or neither. Twice to one person is less noise than twice to a circle of approvers.
        """
        if card_at is not None and card_at.channel not in {cart.channel, cart.requester}:
            await self._tell_requester(event, before, cart)
        if card_at is not None and card_at.ts:
            await self._tell_thread(event, before, cart, card_at)
        await self._bridge.call(self._outbox.told, event)

    async def _tell_requester(self, event: Event, before: Event | None, cart: Cart) -> None:
        """Directly: the card is in a channel of the approvers', and an edited message tells nobody."""
        drawn = news(event, cart, before=before)
        if drawn is not None and cart.requester is not None:
            await self._unless_never(self._post(cart.requester, drawn), cart)

    async def _tell_thread(self, event: Event, before: Event | None, cart: Cart, card_at: Message) -> None:
        rules = self._policy
        line = thread_line(event, cart, before=before, approvers=rules.approvers, payers=rules.payers)
        if line is not None:
            post = self._client.chat_postMessage(
                channel=card_at.channel, thread_ts=card_at.ts, text=line, unfurl_links=False, unfurl_media=False
            )
            await self._unless_never(post, cart)

    async def _unless_never(self, posting: Awaitable[object], cart: Cart) -> None:
        """Post; where Slack will never take it (somebody left, a thread is locked), go on with the others."""
        try:
            await posting
        except SlackApiError as error:
            if read(error).kind in {Kind.PASSING, Kind.TOKEN} or word(error) == "missing_scope":
                raise  # told again later
            _log.warning("not_told", cart=cart.id, error=word(error))
