"""Short ways to things that tests need."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarError, RegistrarRefused, RegistrarUnavailable
from ordering.model.money import Money
from ordering.model.policy import Policy
from ordering.model.quote import Configuration, Contract, Quote, QuotedLine

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
_DECIDE = frozenset({"U0CLEO", "U0DAN"})
POLICY = Policy(approvers=_DECIDE, payers=frozenset({"U0DAN"}), operators=_DECIDE)


def euros(text: str) -> Money:
    return Money.of(text, "EUR")


def a_line(name: str = "name.ovh", *, by: str = "U0ADA", price: str = "2.99", mode: str = "create-default") -> Line:
    return Line(DomainName.parse(name), 1, mode, euros(price), added_by=by, renewal=euros("3.59"))


def a_quote(total: str = "3.59", tax: str = "0.60", *, contracts: tuple[Contract, ...] | None = None) -> Quote:
    return Quote(
        total=euros(total),
        tax=euros(tax),
        without_tax=euros(total) - euros(tax),
        contracts=(Contract("Terms", "https://contracts.example/terms.pdf"),) if contracts is None else contracts,
        configuration=(Configuration(DomainName.parse("name.ovh"), "OWNER_LEGAL_AGE", "true"),),
    )


def a_quoted(name: str, price: str, *, before: str | None = None, extra: bool = False) -> QuotedLine:
    return QuotedLine(DomainName.parse(name), "registration", euros(price), euros(before or price), extra=extra)


# How OVH may not tell, and after how many minutes a person hears of it.
SILENT = [(RegistrarRefused(), 10), (RegistrarUnavailable(), 60)]


def failing(error):
    """A question that OVH never answers."""

    def fails(*_, **__):
        raise error

    return fails


def advanced(rules, cart_id, minutes):
    """A cart after so many minutes in which the bot tried again and again."""
    for _ in range(minutes):
        with suppress(RegistrarError):
            rules.advance(cart_id)
        rules.clock.pass_by(60)
    return rules.workflow.queries.cart(cart_id)


def in_state(cart: Cart, state: CartState, *, at: datetime = NOW, **changes: Any) -> Cart:
    """Return the cart in that state with these fields, whether or not a move leads there."""
    return replace(cart, state=state, since=at, **changes)
