"""Mutations of the guards on prices per name, on carts at OVH before the intent, and on names in odd states."""

from __future__ import annotations

from prove.mutation import Mutation

_QUOTES, _DELIVERY = "registrars/ovh/carts/quotes.py", "ordering/process/delivery.py"
OF_QUOTES = (
    Mutation(
        "pair prices to names by the order of OVH's lines",
        _QUOTES,
        "    placed = {place: name for place, (_, name) in enumerate(items, 1)}\n",
        "    seen = [number for number in dict.fromkeys(numbers) if number]\n"
        "    placed = {number: name for number, (_, name) in zip(seen, items, strict=False)}\n",
    ),
    Mutation(
        "show prices of which one may be another name's",
        _QUOTES,
        "    if unpaired or contradicted:\n",
        "    if unpaired and contradicted:\n",
    ),
    Mutation(
        "believe numbers that do not fit the cart's items",
        _QUOTES,
        "    if named.keys() != placed.keys() or any(",
        "    if named.keys() <= placed.keys() and any(",
    ),
    Mutation(
        "let the offer's price stand in for one that OVH does not pair",
        "ordering/model/cost.py",
        "if quote and quote.lines else offered\n",
        "if quote and quote.price_of(line.domain) else offered\n",
    ),
    Mutation(
        "build a cart with a key that cannot list orders",
        "registrars/ovh/adapter.py",
        "            self._orders.must_be_listable()  # before OVH has a cart that could not be checked out\n",
        "",
    ),
    Mutation(
        "leave a half-built cart at OVH",
        "registrars/ovh/carts/carts.py",
        "        except Exception:\n            self.discard(cart)\n            raise\n",
        "        except Exception:\n            raise\n",
    ),
    Mutation(
        "leave the cart of a checkout that failed before its intent",
        "ordering/process/checkout.py",
        "            self._registrar.discard(prepared.registrar_cart)  # the next try builds another one\n",
        "",
    ),
    Mutation(
        "take a name that renews itself for one that has not arrived",
        "registrars/ovh/orders.py",
        '_WORKING = {"ok", "autorenew_in_progress", "autorenew_registry_in_progress"}\n',
        '_WORKING = {"ok"}\n',
    ),
    Mutation(
        "wait in silence for a name in an unexpected state",
        _DELIVERY,
        "    if not odd or cart.state is not S.PAID or not order.status.is_paid:\n",
        "    if not odd or cart.state is S.PAID or not order.status.is_paid:\n",
    ),
    Mutation(
        "keep a person from an order that never arrives",
        _DELIVERY,
        "        if not (was_late or is_late):\n",
        "        if was_late or is_late:\n",
    ),
)
