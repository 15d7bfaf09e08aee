"""Simulated users who follow the cards, and retry if nothing seems to happen."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from random import Random

from handlers.messages.en import card as says
from handlers.messages.en.returns import CHANGES_REQUESTED
from prove.oracle import Oracle
from sandbox.slack import Actor, Message, NoSuchButton, NotAcknowledged
from sandbox.stage import Stage

_AGAIN = 2.5  # seconds until a user retries
_PATIENCE = 120.0  # seconds without a change, even on a busy machine, after which the cart counts as stuck
_MOST_FAILURES = 3  # payments, before a user chooses another method
_MOST_ANSWERS = 4  # to a card that stays the same: the bot keeps polling, and more is for OVH's support
_ALL_OF_IT = 5 * _PATIENCE  # seconds: a cart that keeps changing without an end counts as stuck, too
_TO_APPROVE, _TO_PAY = says.TO_APPROVE, says.TO_PAY
_ENDED = (says.DELIVERED, says.NOT_BOUGHT, says.REJECTED)
_RETURNED = CHANGES_REQUESTED
_ASKED = (_TO_APPROVE, _TO_PAY, "Try again")
_ON_CARDS = ("Cart #", _TO_APPROVE, _RETURNED)  # one of these stands on each card
Action = Callable[[], Awaitable[object]]


class Stuck(Exception):
    """No user was notified, and nothing goes on."""


class Team:
    """Ada requests in a channel, Cleo approves, Dan pays; if Cleo requests, Dan approves, too."""

    def __init__(
        self,
        stage: Stage,
        chance: Random,
        *,
        channel: str = "domains",
        requester: str = "ada",
        untrue: float = 0.0,
        returns: bool = False,
    ) -> None:
        self._stage = stage
        self._slack = stage.slack
        self._chance = chance
        self._channel = channel
        self._waiting = asyncio.timeout(None)
        self.looks_at: Callable[[str], Awaitable[None]] = _at_nothing  # called with each new card
        self._decided: Counter[str] = Counter()
        self._names: tuple[str, ...] = ()
        self._race = self._refuse = False
        self._returns = returns
        self.cleo, self.dan = map(stage.slack.person, ("cleo", "dan"))
        self.without_right = [stage.slack.person(name) for name in ("ada", "ben", "gwen")]
        self.requester = stage.slack.person(requester)
        self.oracle = Oracle(stage, self.dan, chance, approver=lambda: self.approver, untrue=untrue)
        self.approver = self.dan if requester == "cleo" else self.cleo

    async def buy(self, *names: str, race: bool = False, refuse: bool = False) -> str:
        """Take a cart of names through its whole life; return the card's last text. Raises `Stuck`.

        In a `race` all users press every button at the same moment, more than once. With `refuse` the approver rejects.
        """
        self._names, self._race, self._refuse = names, race, refuse
        return await self._within_patience(self._from_the_start())

    async def go_on(self) -> str:
        """Continue from the cart's current state, after a restore set it back."""
        return await self._within_patience(self.follow())

    async def _from_the_start(self) -> str:
        await self.request()
        return await self.follow()

    async def _within_patience(self, actions: Coroutine[object, object, str]) -> str:
        try:
            async with asyncio.timeout(_ALL_OF_IT), asyncio.timeout(_PATIENCE) as self._waiting:
                return await actions
        except TimeoutError as error:
            raise Stuck("\n".join([self._card_text()[:300] or "there is no card", *self._read_last()])) from error

    async def request(self) -> None:
        await self._until(
            lambda: self.requester.command(f"add {' '.join(self._names)}", channel=self._channel), self._cart
        )
        self._something_changed()
        await self._until(self._ask, lambda: self.card() or self._was_sent())
        self._something_changed()
        await self._until(_nothing, self.card)

    def _something_changed(self) -> None:
        self._waiting.reschedule(asyncio.get_running_loop().time() + _PATIENCE)

    async def follow(self) -> str:
        """Do what the card asks for, until it asks for nothing more."""
        last, answers = "", 0
        while True:
            card = self._card_text()
            if card != last:
                self._something_changed()
                await self.looks_at(card)
                answers = 0
            last = card
            if any(words in card for words in _ENDED):
                return card
            if self.oracle.is_asked(card) and answers < _MOST_ANSWERS:
                answers += 1
                await self._answer(card)
            elif says.NEEDS_ATTENTION in card and "Try again" not in card:
                # The bot keeps polling by itself; the worst outcome is a notified user.
                if not await self._changes(card, 4 * _AGAIN):
                    return card
            else:
                await self._do_what_is_asked(card)
                await self._changes(card, _AGAIN)

    def card(self) -> Message | None:
        """The newest approval card of these names."""
        visible = (m for m in reversed(self.cleo.messages("approvals")) if _is_card(m))
        return next((m for m in visible if self._has_all(m)), None)

    async def _do_what_is_asked(self, card: str) -> None:
        """Do what the card asks. If it asks the same again, first wait for all redeliveries of old clicks."""
        asked = next((words for words in _ASKED if words in card), "")
        self._decided[asked] += 1
        if asked and self._decided[asked] > 1 and await self._changes(card, self._slack.delivery.again_after):
            return
        if _TO_APPROVE in card and self._race:
            clicks = [(who, "Approve") for who in [self.cleo, self.dan] * 3 + self.without_right]
            await self._all_at_once([*clicks, (self.requester, "Withdraw")], refuse=True)
        elif _TO_APPROVE in card and self._returns:
            self._returns = False
            await self._ask_for_changes()
        elif _TO_APPROVE in card:
            in_vain = (self._click(who, "Approve") for who in (self.requester, *self.without_right))
            await asyncio.gather(*in_vain, self._reject() if self._refuse else self._click(self.approver, "Approve"))
        elif _RETURNED in card:
            await self._edit()
        elif _TO_PAY in card and self._race and self._decided[_TO_PAY] <= _MOST_FAILURES:
            await self._all_at_once([(self.dan, "Pay")] * 4 + [(self.cleo, "Pay")] * 2)
        elif _TO_PAY in card:
            await self._pay()
        elif "Try again" in card:
            await self._click(self.dan, "Try again")

    async def _answer(self, card: str) -> None:
        """Answer the card, usually after a pause: the bot may find the answer by itself."""
        if await self._changes(card, self._chance.uniform(0, 2 * _AGAIN)):
            return
        if (asking := self.card()) is not None:
            await self.oracle.answers(asking)
        await self._changes(card, _AGAIN)

    async def _pay(self) -> None:
        """Pay, with another method if the suggested one failed more than once."""
        card, methods = self.card(), self._stage.ovh.payments.methods
        others = [method for method in methods if method.status == "VALID" and not method.refuses]
        if card is not None and others and self._decided[_TO_PAY] > _MOST_FAILURES:
            with suppress(NotAcknowledged, NoSuchButton):
                await self.dan.select(card, "payment_method", str(others[0].id))
        await self._click(self.dan, "Pay")

    async def _all_at_once(self, clicks: list[tuple[Actor, str]], *, refuse: bool = False) -> None:
        self._chance.shuffle(clicks)
        actions = [self._click(who, button) for who, button in clicks]
        await asyncio.gather(*actions, *([self._reject()] if refuse else []))

    async def _reject(self) -> None:
        await self._click(self.approver, "Reject")
        with suppress(TimeoutError, NotAcknowledged, NoSuchButton):
            await self._slack.until(lambda: self.approver.modal, _AGAIN)
            await self.approver.submit(reason="Not this month")

    async def _ask_for_changes(self) -> None:
        """Return the request, while others press its buttons: neither they nor the card of before decide anything."""
        card = self.card()
        await self._click(self.approver, "Ask for changes")
        with suppress(TimeoutError, NotAcknowledged, NoSuchButton):
            await self._slack.until(lambda: self.approver.modal, _AGAIN)
            await self.approver.submit(reason="Say what for")
        if card is not None:
            await asyncio.gather(*(self._click(who, "Approve") for who in self.without_right))

    async def _edit(self) -> None:
        """Have the requester request approval again, after another user tried to edit the request."""
        cart = self._cart()
        if cart is None:
            return
        with suppress(NotAcknowledged, NoSuchButton, TimeoutError):
            await self.cleo.click(cart, "Edit request")
            self.requester.close_modal()
            await self.requester.click(cart, "Edit request")
            await self._slack.until(lambda: self.requester.modal, _AGAIN)
            await self.requester.submit(purpose="For the launch in May")

    async def _click(self, who: Actor, button: str) -> None:
        place = self._cart() if button == "Withdraw" else self.card()
        if place is not None:
            with suppress(NotAcknowledged, NoSuchButton):
                await who.click(place, button)

    async def _ask(self) -> None:
        cart = self._cart()
        if cart is None:
            return
        asks = self.requester
        asks.close_modal()
        await asks.click(cart, "Request approval")
        with suppress(TimeoutError):
            await self._slack.until(lambda: asks.modal, _AGAIN)
        if asks.modal is not None:
            await asks.submit(purpose="For the launch")

    async def _until(self, action: Action, done: Callable[[], object]) -> None:
        while not done():
            with suppress(NotAcknowledged, NoSuchButton):
                await action()
            with suppress(TimeoutError):
                await self._slack.until(done, _AGAIN)

    async def _changes(self, card: str, seconds: float) -> bool:
        try:
            await self._slack.until(lambda: self._card_text() != card, seconds)
        except TimeoutError:
            return False
        return True

    def _cart(self) -> Message | None:
        visible = [m for m in self.requester.messages(self._channel) if not m.ephemeral and self._has_all(m)]
        return visible[-1] if visible else None

    def _has_all(self, message: Message) -> bool:
        """Return whether a message is about these names: a status message names them all in its notification only."""
        words = f"{message.plain_text()} {message.text}"
        return all(name in words for name in self._names)

    def _was_sent(self) -> bool:
        cart = self._cart()
        return cart is not None and "Request approval" not in cart.plain_text()

    def _read_last(self) -> Iterator[str]:
        """Yield what the approver and the payer read last: it says why a click led to nothing."""
        for who in dict.fromkeys((self.approver, self.dan)):
            for message in who.messages("approvals")[-3:]:
                yield f"{who.id} read at {message.ts}: {message.plain_text()[:200]}"

    def _card_text(self) -> str:
        card = self.card()
        return card.plain_text() if card else ""


def _is_card(message: Message) -> bool:
    return not message.thread_ts and not message.ephemeral and any(words in message.plain_text() for words in _ON_CARDS)


async def _nothing() -> None:
    return


async def _at_nothing(_card: str) -> None:
    return
