"""Carts at OVH, up to the call that orders."""

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
    """A fresh registrar cart, filled and configured, what its dry run said, and what was `asked` of each line."""

    registrar_cart: str
    quote: Quote
    asked: Mapping[DomainName, tuple[Question, ...]] = field(default_factory=dict)


class RegistrarCarts(Protocol):
    """Carts at OVH: filled, configured and dry-run, then ordered or deleted.

    Every method may raise `RegistrarUnavailable` (ask again) and `RegistrarRefused` (a clear no).
    """

    def questions(self, lines: Sequence[Line]) -> Mapping[DomainName, tuple[Question, ...]]:
        """What the registries ask of these lines; those of which nothing was learned are left out.

        Raises `LinesRefused` where some cannot be had, with what is asked of the others.
        """

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        """Build a fresh registrar cart with exactly these lines and their answers, and dry-run it.

        Raises `LinesRefused` where it cannot be bought as it is, `RegistrarRefused` where the key lacks a right that
        the checkout needs, `DraftGone` where somebody deleted the cart meanwhile. A failure leaves no cart behind.
        """

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        """What the registries' rules have against these lines' owners and answers; none where OVH does not tell."""

    def discard(self, registrar_cart: str) -> bool:
        """Delete a registrar cart of this desk, and return whether it is certainly gone.

        The cart's description is read first: a cart that is not this desk's is left alone, and is not gone. A cart that
        is gone may have been ordered before (see `Fulfilment`).
        """

    def ready_to_check_out(
        self, registrar_cart: str, *, waive_retraction: bool
    ) -> AbstractContextManager[MoneyCall[SalesOrder]]:
        """Prepare the call that orders, unpaid. What fails on entering sent nothing, and can be tried again.

        After `OutcomeUnknown` look with `find_order`.
        """
