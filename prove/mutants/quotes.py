"""Mutations of the guards on quotes and on carts at OVH: which price is whose, what a failed try leaves behind."""

from __future__ import annotations

from prove.mutants.changes import drop, swap, uncaught
from prove.mutants.mutation import Mutation

_QUOTED, _DRAFTS = "tests/registrars/ovh/test_quotes.py", "tests/registrars/ovh/test_carts.py"
_NUMBERS = "registrars.ovh.carts.quotes:_by_number"

OF_QUOTES = (
    Mutation(
        "pair prices to names by the order of OVH's lines",
        _NUMBERS,
        swap(
            "placed = {place: name for place, (_, name) in enumerate(items, 1)}",
            "seen = [number for number in dict.fromkeys(numbers) if number]\n"
            "placed = {number: name for number, (_, name) in zip(seen, items, strict=False)}",
        ),
        _QUOTED,
    ),
    Mutation(
        "show prices of which one may be another name's",
        "registrars.ovh.carts.quotes:_owners",
        swap("unpaired or contradicted", "unpaired and contradicted"),
        _QUOTED,
    ),
    Mutation(
        "believe numbers that do not fit the cart's items",
        _NUMBERS,
        swap("named.keys() != placed.keys()", "False"),
        _QUOTED,
    ),
    Mutation(
        "let the offer's price stand in for one that OVH does not pair",
        "ordering.model.cost:cost_of",
        swap("quote and quote.lines", "quote and quote.price_of(line.domain)"),
        "tests/ordering/test_cost.py",
    ),
    Mutation(
        "build a cart with a key that cannot list orders",
        "registrars.ovh.adapter:OvhGateway.prepare",
        drop("self._orders.must_be_listable()"),
        _DRAFTS,
    ),
    Mutation(
        "leave a half-built cart at OVH",
        "registrars.ovh.carts.carts:OvhCarts.prepare",
        uncaught("Exception"),
        f"{_DRAFTS}::test_gives_back_a_half_built_cart",
    ),
    Mutation(
        "leave the cart of a checkout that failed before its intent",
        "ordering.process.checkout:Checkout._order",
        drop("self._registrar.discard(prepared.registrar_cart)"),
        "tests/ordering/test_fulfilment.py::test_a_checkout_that_fails_before_its_intent_leaves_no_cart",
    ),
    Mutation(
        "take a name that renews itself for one that has not arrived",
        "registrars.ovh.orders:_WORKING",
        swap("{'ok', 'autorenew_in_progress', 'autorenew_registry_in_progress'}", "{'ok'}"),
        "tests/registrars/ovh/test_orders.py",
    ),
)
