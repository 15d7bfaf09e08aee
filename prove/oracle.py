"""An oracle: a user who is asked for the outcome of an order or a payment looks at OVH, and answers on the card."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

from handlers.messages.en import REMARKS
from ordering.model.facts import EventKind
from sandbox.ovh.orders import Order
from sandbox.slack import Actor, Message, NoSuchButton, NotAcknowledged
from sandbox.stage import Stage

_SOON = 2.5  # seconds until a form opens
_CANCELS = 0.5  # how often the other order was a mistake, which is then cancelled at OVH
_NO_ORDER = 256_900_001
IT_IS, NOTHING = "It is this order…", "Nothing was ordered, try again"
PAID, NOT_PAID = "It was paid", "It was not paid"
ANYWAY, AGAIN, CLOSE = "Order anyway", "Try again", "Close without ordering"


class Oracle:
    """`untrue` is how often the first answer is wrong; after a wrong answer all others are true."""

    def __init__(
        self, stage: Stage, who: Actor, chance: Random, *, approver: Callable[[], Actor] | None = None, untrue: float
    ) -> None:
        self._stage = stage
        self._who = who
        self._chance = chance
        self._untrue = untrue
        self._approver = approver or (lambda: who)
        self.on_cancel: Callable[[], None] = lambda: None  # cancels an order at OVH that was made by mistake
        self.answers_given = self.answered_untruly = self.anyway = self.anyway_untruly = 0

    def is_asked(self, card: str) -> bool:
        return any(button in card for button in (IT_IS, NOT_PAID, ANYWAY))

    async def answers(self, card: Message) -> None:
        """Answer the card's question, once the answer can be seen at OVH."""
        order = self.order(card)
        if ANYWAY in card.plain_text():
            await self._of_other_order(card, order)
            return
        asked_of_order = IT_IS in card.plain_text()
        untrue, self._untrue = self._chance.random() < self._untrue, 0.0
        if not asked_of_order and (order is None or (order.pending and not untrue)):
            return  # an honest user waits for the bank
        with suppress(NotAcknowledged, NoSuchButton, TimeoutError):
            if asked_of_order:
                await self._of_order(card, order, untrue=untrue)
            elif order is not None:
                await self._of_payment(card, order, untrue=untrue)
            self.answers_given += 1
            self.answered_untruly += untrue

    async def _of_order(self, card: Message, order: Order | None, *, untrue: bool) -> None:
        if untrue and (order is None or self._chance.random() < 0.5):
            await self._names(card, _NO_ORDER)
        elif untrue or order is None:
            await self._who.click(card, NOTHING)
        else:
            await self._names(card, order.id)

    async def _of_payment(self, card: Message, order: Order, *, untrue: bool) -> None:
        paid = bool(order.payments) != untrue
        if order.pending:  # neither answer is true yet
            paid = self._chance.random() < 0.5
        await self._who.click(card, PAID if paid else NOT_PAID)

    async def _of_other_order(self, card: Message, order: Order | None) -> None:
        """Answer whether the names may be ordered in addition to the account's orders.

        An order of this bot is never denied: a wrong answer about that one would buy the names twice from here.
        """
        words = card.plain_text()
        others = [each for each in self._stage.ovh.orders.all.values() if each.foreign and not each.cancelled]
        is_earlier_try = _first_sentence(EventKind.ATTEMPT_NOT_ON_RECORD) in words
        untrue = bool(others) and order is None and not is_earlier_try and self._chance.random() < self._untrue
        with suppress(NotAcknowledged, NoSuchButton):
            if order is not None:
                await self._who.click(card, CLOSE)
            elif not others or untrue:
                self.anyway += not untrue
                self.anyway_untruly += untrue
                await self._approver().click(card, ANYWAY)
            elif self._chance.random() < _CANCELS:
                self.on_cancel()
                await self._who.click(card, AGAIN)
            else:
                await self._who.click(card, CLOSE)

    async def _names(self, card: Message, number: int) -> None:
        self._who.close_modal()
        await self._who.click(card, IT_IS)
        await self._stage.slack.until(lambda: self._who.modal, _SOON)
        await self._who.submit(order=str(number))

    def order(self, card: Message) -> Order | None:
        """Return the order that the bot made for the names on this card."""
        words, orders = card.plain_text(), self._stage.ovh.orders.ours()
        return next((order for order in orders if all(name in words for name in order.domains)), None)


def _first_sentence(kind: EventKind) -> str:
    """Return how the text of a card begins that reports this."""
    made = REMARKS.sentence(kind, {})
    if made is None:
        raise AssertionError(f"no card says {kind}")
    return made.text.partition(".")[0]
