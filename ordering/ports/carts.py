"""Port for carts at OVH, up to the call that orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.preflight_findings import Finding
from ordering.model.question import Question
from ordering.model.quote import Quote
from ordering.model.sales_order import SalesOrder
from ordering.ports.money_call import MoneyCall


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new registrar cart, filled and configured, its dry run's quote, and what was `asked` of each line."""

    registrar_cart: str
    quote: Quote
    asked: Mapping[DomainName, tuple[Question, ...]] = field(default_factory=dict)


class RegistrarCarts(Protocol):
    """Carts at OVH: filled, configured and dry-run, then ordered or deleted.

    Every method may raise `RegistrarUnavailable` (retry later) and `RegistrarRefused` (a clear no).
    """

    def questions(self, lines: Sequence[Line]) -> Mapping[DomainName, tuple[Question, ...]]:
        """Return the registries' questions about these lines, without the lines for which none could be read.

        Raises `LinesRefused` for unavailable names; it carries the questions about the others.
        """

    def require_right_to_check_out(self) -> None:
        """Raise `RegistrarRefused` if the registrar says that the API key may not order. One call at most.

        A registrar that does not tell grants it.
        """

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        """Build a new registrar cart with exactly these lines and their answers, and dry-run it.

        Raises `LinesRefused` if it cannot be bought as it is, `RegistrarRefused` if the API key lacks a right that the
        checkout needs, `CartGone` if the cart was deleted in the meantime. A failure leaves no cart behind.
        """

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        """Return the registries' objections to these lines' owners and answers.

        Empty if OVH does not return them.
        """

    def discard(self, registrar_cart: str) -> bool:
        """Delete a registrar cart of this bot, and return whether it is certainly gone.

        The cart's description is read first: another bot's cart is left alone, and does not count as gone. A cart that
        is gone may have been ordered before (see `Fulfilment`).
        """

    def ready_to_check_out(
        self, registrar_cart: str, *, waive_retraction: bool
    ) -> AbstractContextManager[MoneyCall[SalesOrder]]:
        """Prepare the call that orders, unpaid. A failure on entering means nothing was sent; it can be retried.

        After `OutcomeUnknown`, reconcile with `find_order`.
        """
