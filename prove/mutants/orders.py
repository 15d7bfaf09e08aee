"""Mutations of the guards on orders: the intent, the proof that none was made, whose carts and orders are touched."""

from __future__ import annotations

from prove.mutants.changes import always, drop, never, returns, swap, without_part
from prove.mutants.mutation import Mutation

_MARKERS, _FOREIGN = "tests/ordering/test_money_markers.py", "tests/ordering/test_foreign_orders.py"
_PROOF, _CALLS = "tests/ordering/test_proof_of_no_order.py", "tests/ordering/test_money_calls.py"
_ADOPTED, _ADOPTION = "tests/ordering/test_adopted_orders.py", "tests/registrars/ovh/test_adoption.py"
_DRAFTS, _SEARCH = "registrars.ovh.carts.carts:Drafts", "ordering.process.order_search:OrderSearch"
_ANNOUNCE, _JUDGED = "ordering.process.money_markers:MoneyMarkers.announce", "registrars.ovh.orders:Orders._judged"
_CHECKOUT, _HINDRANCE = "ordering.process.checkout:Checkout", "ordering.process.foreign_orders:ForeignOrders.hindrance"

OF_ORDERS = (
    Mutation(
        "skip the seal before the checkout",
        f"{_CHECKOUT}._still_sealed",
        always("prepared.quote.total"),
        "tests/ordering/test_fulfilment.py",
    ),
    Mutation(
        "forget the intent to order",
        f"{_CHECKOUT}._commit_intent",
        swap("self._intents.commit", "(lambda cart, *_, **__: cart)"),
        _CALLS,
    ),
    Mutation(
        "buy and pay without an intent on record",
        "ordering.process.intent:Intents.commit",
        swap(
            "carts.save(intent, *events, due_at=due_at)", "carts.save(carts.cart(intent.id), due_at=due_at) and intent"
        ),
        _CALLS,
    ),
    Mutation(
        "let a dearer quote pass under the seal",
        f"{_CHECKOUT}._still_sealed",
        without_part("prepared.quote.total.is_within(cart.seal.total)"),
        "tests/ordering/test_fulfilment.py",
    ),
    Mutation(
        "take every total for one that was approved",
        "ordering.model.cart:Cart.covers",
        without_part("total.is_within(self.seal.total)"),
        "tests/ordering/test_fulfilment.py",
    ),
    Mutation(
        "order again while the first try may still come through",
        f"{_SEARCH}._withdraw",
        never("self._registrar.discard(attempt.registrar_cart)"),
        _PROOF,
    ),
    Mutation(
        "pay before comparing what OVH ordered",
        f"{_SEARCH}.found",
        never("cart.covers(order.total)"),
        "tests/ordering/test_fulfilment.py",
    ),
    Mutation(
        "believe OVH's no to a checkout without a look",
        f"{_CHECKOUT}._send",
        swap(
            "self._search.refused(begun, refusal)",
            "self._book.needs_attention(begun, K.CHECKOUT_REFUSED, refusal.sentence, attempt=None)",
        ),
        _PROOF,
    ),
    Mutation(
        "find a marker of a lost attempt without switching recover mode on",
        _ANNOUNCE,
        drop("self._recover.begin(Cause.MARKERS)"),
        _MARKERS,
    ),
    Mutation("stop for a marker that an operator has compared", _ANNOUNCE, swap("compared", "set()"), _MARKERS),
    Mutation(
        "ignore a marker that is not on record",
        _ANNOUNCE,
        never("len(unknown)"),
        _MARKERS,
    ),
    Mutation(
        "list the markers before this attempt's own is on record",
        _ANNOUNCE,
        swap("self._registrar.leave_marker(call.subject)", "None"),
        _MARKERS,
    ),
    Mutation(
        "forget an attempt that has no intent on record",
        "ordering.process.money_markers:MoneyMarkers.left_over",
        returns("None"),
        _MARKERS,
    ),
    Mutation(
        "keep the markers of a comparison outside recover mode",
        "ordering.process.comparison:_markers",
        always("mode.is_on"),
        _MARKERS,
    ),
    Mutation(
        "trust OVH's filter of carts",
        "registrars.ovh.markers:Markers.described",
        swap("self._description(cart) == description", "True"),
        "tests/registrars/ovh/test_markers.py",
    ),
    Mutation(
        "take another process's checkout of a moment ago for interrupted",
        f"{_CHECKOUT}._was_interrupted",
        never("is_over(self._registrar, call.started_at, self._settle)"),
        _MARKERS,
    ),
    Mutation(
        "believe at once that a deleted cart ordered nothing",
        f"{_SEARCH}._floor_is_over",
        swap("is_over(self._registrar, attempt.withdrawn_at, floor)", "True"),
        _PROOF,
    ),
    Mutation(
        "begin the floor by the clock of this machine",
        f"{_SEARCH}._withdraw",
        swap("self._registrar.time()", "self._book.now()"),
        _PROOF,
    ),
    Mutation(
        "believe a refusal of the checkout without the floor",
        f"{_SEARCH}._floor_is_over",
        without_part("self._floors.delete_is_proof"),
        _PROOF,
    ),
    Mutation(
        "order again on a person's word before an order would show",
        f"{_SEARCH}.look_again",
        without_part("is_proven"),
        _PROOF,
    ),
    Mutation(
        "delete a cart of another desk",
        f"{_DRAFTS}.discard",
        never("self._descriptions.is_ours(description)"),
        "tests/registrars/ovh/test_cart_ownership.py",
    ),
    Mutation(
        "take a draft that is gone for a refusal",
        f"{_DRAFTS}.prepare",
        never("self._description(cart) is None"),
        "tests/registrars/ovh/test_cart_ownership.py",
    ),
    Mutation(
        "adopt an order with another total",
        _JUDGED,
        swap("(*cost, *compared.different)", "compared.different"),
        _ADOPTION,
    ),
    Mutation(
        "adopt an order with other years, mode, plan or owner",
        _JUDGED,
        swap("(*cost, *compared.different)", "cost"),
        _ADOPTION,
    ),
    Mutation("adopt an order that does not show its terms", _JUDGED, never("compared.hidden"), _ADOPTION),
    Mutation(
        "adopt one of two orders with the same names",
        "registrars.ovh.orders:Orders.find",
        swap("len(ours) == 1", "ours"),
        _ADOPTION,
    ),
    Mutation(
        "take an owner that nobody asked for",
        "registrars.ovh.order_terms:_Seen.different",
        never("OWNER_CONTACT not in self._given"),
        _ADOPTION,
    ),
    Mutation(
        "believe any order that a person names",
        "registrars.ovh.orders:Orders._with_names",
        swap("shown == names", "shown"),
        _ADOPTION,
    ),
    Mutation(
        "take an order that does not show all its names yet for another's",
        "registrars.ovh.orders:Orders._with_names",
        swap("not details or (shown and shown < names)", "not details"),
        _ADOPTION,
    ),
    Mutation("order beside an order made elsewhere", _HINDRANCE, never("fresh.is_over"), _FOREIGN),
    Mutation("order beside an order that shows no lines yet", _HINDRANCE, never("order.is_read"), _FOREIGN),
    Mutation(
        "look at the account's orders only before the cart is built",
        f"{_CHECKOUT}.check_out",
        without_part("self._is_free(cart, prepared)"),
        _FOREIGN,
    ),
    Mutation(
        "let a yes to one order count for all",
        _HINDRANCE,
        swap("order.number in cart.foreign_allowed", "cart.foreign_allowed"),
        _FOREIGN,
    ),
    Mutation(
        "pay an adopted order beside a second one of its names",
        "ordering.process.adoption:Adoptions.has_second",
        returns("False"),
        _ADOPTED,
    ),
    Mutation(
        "take another desk for this one",
        "ordering.process.presence:Presence.find_others",
        swap("seen - self._own()", "seen - seen"),
        "tests/ordering/test_recovery.py",
    ),
    Mutation(
        "pay an adopted order whose owner is hidden",
        "ordering.process.adoption:Adoptions.holds",
        always("order.owner_hidden"),
        _ADOPTED,
    ),
    Mutation(
        "commit the intent to pay an order whose owner is hidden",
        "ordering.process.adoption:owner_is_shown",
        returns("None"),
        _ADOPTED,
    ),
)
