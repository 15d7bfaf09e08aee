"""Mutations of the guards on orders: what proves that none was made, whose carts and orders are touched."""

from __future__ import annotations

from prove.mutation import Mutation

_SEARCH, _CARTS = "ordering/process/order_search.py", "registrars/ovh/carts/carts.py"
_ORDERS, _TERMS = "registrars/ovh/orders.py", "registrars/ovh/order_terms.py"
OF_FOREIGN = (
    Mutation(
        "find a marker of a lost attempt without switching recover mode on",
        "ordering/process/money_markers.py",
        "            self._recover.begin(Cause.MARKERS)\n",
        "",
    ),
    Mutation(
        "stop for a marker that an operator has compared",
        "ordering/process/money_markers.py",
        "        unknown = seen - {known.marker for known in recorded} - compared\n",
        "        unknown = seen - {known.marker for known in recorded} - (compared & set())\n",
    ),
    Mutation(
        "keep the markers of a comparison outside recover mode",
        "ordering/process/comparison.py",
        "    if mode.is_on:\n",
        "    if unknown:\n",
    ),
    Mutation(
        "take another process's checkout of a moment ago for interrupted",
        "ordering/process/checkout.py",
        "        if not is_over(self._registrar, call.started_at, self._settle):\n",
        "        if call.attempt < 0:\n",
    ),
    Mutation(
        "take another process's payment of a moment ago for interrupted",
        "ordering/process/payment.py",
        "        if not is_over(self._registrar, left.started_at, self._settle):\n",
        "        if left.attempt < 0:\n",
    ),
    Mutation(
        "believe at once that a deleted cart ordered nothing",
        _SEARCH,
        "        return is_over(self._registrar, attempt.withdrawn_at, floor)\n",
        "        return bool(floor)\n",
    ),
    Mutation(
        "begin the floor by the clock of this machine",
        _SEARCH,
        "        withdrawn_at = self._registrar.time()\n",
        "        withdrawn_at = self._book.now()\n",
    ),
    Mutation(
        "believe a refusal of the checkout without the floor",
        _SEARCH,
        "        if self._floors.delete_is_proof and attempt.refusal is not None:\n",
        "        if attempt.refusal is not None:\n",
    ),
    Mutation(
        "order again on a person's word before an order would show",
        _SEARCH,
        "        elif attempt.denied_by is not None and is_proven and not",
        "        elif attempt.denied_by is not None and not",
    ),
    Mutation(
        "delete a cart of another desk",
        _CARTS,
        "                if not self._descriptions.is_ours(description):\n",
        "                if not description:\n",
    ),
    Mutation(
        "take a draft that is gone for a refusal",
        _CARTS,
        "            if self._description(cart) is None:\n                self._made",
        "            if self._description(cart) == cart:\n                self._made",
    ),
    Mutation(
        "adopt an order with another total",
        _ORDERS,
        "        if different := (*cost, *compared.different):\n",
        "        if different := compared.different:\n",
    ),
    Mutation(
        "adopt an order with other years, mode, plan or owner",
        _ORDERS,
        "        if different := (*cost, *compared.different):\n",
        "        if different := cost:\n",
    ),
    Mutation(
        "adopt an order that does not show its terms",
        _ORDERS,
        "        elif compared.hidden:\n",
        "        elif compared.hidden and not order.id:\n",
    ),
    Mutation(
        "adopt one of two orders with the same names",
        _ORDERS,
        "        if len(ours) == 1:\n",
        "        if ours:\n",
    ),
    Mutation(
        "take an owner that nobody asked for",
        _TERMS,
        "        if OWNER_CONTACT not in self._given and OWNER_CONTACT in self._answers:\n",
        "        if not self._line:\n",
    ),
    Mutation(
        "order beside an order made elsewhere",
        "ordering/process/foreign_orders.py",
        "                if not fresh.is_over:\n                    return Hindrance",
        "                if fresh.is_over:\n                    return Hindrance",
    ),
    Mutation(
        "order beside an order that shows no lines yet",
        "ordering/process/foreign_orders.py",
        "            elif not order.is_read and order.may_hold(cart):\n",
        "            elif order.is_read and not order.may_hold(cart):\n",
    ),
    Mutation(
        "look at the account's orders only before the cart is built",
        "ordering/process/checkout.py",
        "        if self._is_free(cart, prepared) and self._renewals_hold(cart, prepared):\n",
        "        if self._renewals_hold(cart, prepared):\n",
    ),
    Mutation(
        "let the requester order beside another order",
        "ordering/workflow/settling.py",
        "            self.policy.may_approve(cart, by)\n            if not cart.can_be_ordered_anyway",
        "            if not cart.can_be_ordered_anyway",
    ),
    Mutation(
        "let a yes to one order count for all",
        "ordering/process/foreign_orders.py",
        "            if order.number in cart.foreign_allowed:\n",
        "            if cart.foreign_allowed:\n",
    ),
    Mutation(
        "pay an adopted order beside a second one of its names",
        "ordering/process/adoption.py",
        "        if second is None:\n            return False\n",
        "        if second is None or second:\n            return False\n",
    ),
    Mutation(
        "ignore a marker that is not on record",
        "ordering/process/money_markers.py",
        "        if len(unknown) > sum(known.marker is None for known in recorded):\n",
        "        if len(unknown) > len(recorded) + len(seen):\n",
    ),
    Mutation(
        "forget an attempt that has no intent on record",
        "ordering/process/money_markers.py",
        "if call.cart_id == cart.id and call.state is CallState.ANNOUNCED]\n        return",
        "if call.cart_id == cart.id and call.state is CallState.UNSENT]\n        return",
    ),
    Mutation(
        "list the markers before this attempt's own is on record",
        "ordering/process/money_markers.py",
        "            call = replace(call, marker=self._registrar.leave_marker(call.subject))\n",
        "            call = replace(call, marker=None)\n",
    ),
    Mutation(
        "take another desk for this one",
        "ordering/process/presence.py",
        "        return seen - self._own()",
        "        return seen - seen",
    ),
    Mutation(
        "trust OVH's filter of carts",
        "registrars/ovh/markers.py",
        "for cart in map(str, listed) if self._description(cart) == description)\n",
        "for cart in map(str, listed))\n",
    ),
    Mutation(
        "pay an adopted order whose owner is hidden",
        "ordering/process/adoption.py",
        "        if not order.owner_hidden:\n            return False\n        status",
        "        if order:\n            return False\n        status",
    ),
    Mutation(
        "commit the intent to pay an order whose owner is hidden",
        "ordering/process/adoption.py",
        "    if intent.state is not S.PAYING or intent.order is None or not intent.order.owner_hidden:\n",
        "    if intent.state is S.PAYING or intent.order is None or not intent.order.owner_hidden:\n",
    ),
)
