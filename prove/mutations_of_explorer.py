"""Mutations of guards that the explorer alone catches within seconds: intents, and totals beyond what was approved."""

from __future__ import annotations

from prove.mutation import Mutation

OF_EXPLORER = (
    Mutation(
        "buy and pay without an intent on record",
        "ordering/process/intent.py",
        "                return carts.save(intent, *events, due_at=due_at)\n",
        "                return carts.save(carts.cart(intent.id), due_at=due_at) and intent\n",
    ),
    Mutation(
        "take every total for one that was approved",
        "ordering/model/cart.py",
        "        return self.seal is not None and total.is_within(self.seal.total)\n",
        "        return self.seal is not None and total.minor >= 0\n",
    ),
    Mutation(
        "let a dearer quote pass under the seal",
        "ordering/process/checkout.py",
        "        if self._form_of_seal(cart, prepared) and prepared.quote.total.is_within(cart.seal.total):\n",
        "        if self._form_of_seal(cart, prepared):\n",
    ),
)
