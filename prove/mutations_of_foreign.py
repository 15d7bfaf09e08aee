"""Mutations of the guards on orders: what proves that none was made, whose carts and orders are touched."""

from __future__ import annotations

from prove.mutation import Mutation

_SEARCH, _CARTS = "ordering/process/order_search.py", "registrars/ovh/carts/carts.py"
OF_FOREIGN = (
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
        "        if self._delete_is_proof and attempt.refusal is not None:\n",
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
)
