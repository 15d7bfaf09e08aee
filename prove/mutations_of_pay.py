"""Mutations of the guards on a payment whose outcome is not known: floors, refusals, words, explained transactions."""

from __future__ import annotations

from prove.mutation import Mutation

_PAYMENT, _OUTCOME = "ordering/process/payment.py", "ordering/process/payment_outcome.py"
_FLOORS, _OVH = "ordering/process/floors.py", "registrars/ovh/payments.py"
_PAYING, _SETTLING = "ordering/workflow/paying.py", "ordering/workflow/settling.py"
OF_PAY = (
    Mutation(
        "take silence for a payment that was not taken",
        _OUTCOME,
        "        return payment.refusal is not None or payment.is_denied or sighting.progress is P.REFUSED",
        "        return sighting.progress is P.NOT_SEEN or payment.is_denied",
    ),
    Mutation(
        "believe a no to the call at once",
        _OUTCOME,
        "        elif now < self._floor_of(cart):\n",
        "        elif payment.refusal is None and now < self._floor_of(cart):\n",
    ),
    Mutation(
        "forget the intent to pay",
        _PAYMENT,
        "sent = self._intents.commit(sending, standing=standing,",
        "sent = sending or self._intents.commit(sending, standing=standing,",
    ),
    Mutation(
        "take a removed method for a no without a refusal",
        _PAYMENT,
        "        except OutcomeUnknown:\n            self._ended(sent)\n",
        "        except OutcomeUnknown as lost:\n            self._refused(sent, lost.sentence, lost)\n",
    ),
    Mutation(
        "take a list of methods that cannot be read for one without the method",
        _PAYMENT,
        "        except RegistrarError:\n            return True\n",
        "        except RegistrarError:\n            return False\n",
    ),
    Mutation(
        "take an empty list of methods for one without the method",
        _OVH,
        "            return not listed or method in listed\n",
        "            return method in listed\n",
    ),
    Mutation(
        "end a floor by our own clock",
        _OUTCOME,
        "        now = self._registrar.time()\n",
        "        now = self._book.now()\n",
    ),
    Mutation(
        "read OVH's time from a kept difference",
        "registrars/ovh/api/client.py",
        "        return datetime.fromtimestamp(int(self.ask(CLOCK, priority=Priority.MONEY)), UTC)\n",
        "        self._known = getattr(self, '_known', None) or self.clock_ahead()\n"
        "        return datetime.now(UTC) + self._known\n",
    ),
    Mutation(
        "count the floor from the sending where no end is on record",
        _FLOORS,
        "            return sent_at + self.unknown\n",
        "            return sent_at + self.ended\n",
    ),
    Mutation(
        "believe what OVH showed before its time was read",
        _OUTCOME,
        "        sighting = self._registrar.payment(order, payment_of(cart))\n"
        "        if self._is_decided(cart, sighting):\n            return\n"
        "        if sighting.progress is P.UNDER_WAY:\n",
        "        sighting = PaymentSighting(P.NOT_SEEN)\n        if sighting.progress is P.UNDER_WAY:\n",
    ),
    Mutation(
        "believe a refusal after a lost answer",
        _OUTCOME,
        "sighting.progress is P.REFUSED and payment.accepted_at is not None and order.opened_at is None:\n",
        "sighting.progress is P.REFUSED and order.opened_at is None:\n",
    ),
    Mutation(
        "take a refusal on OVH's page for ours",
        _OUTCOME,
        "sighting.progress is P.REFUSED and payment.accepted_at is not None and order.opened_at is None:\n",
        "sighting.progress is P.REFUSED and payment.accepted_at is not None:\n",
    ),
    Mutation(
        "forget that the order's page was opened",
        _PAYING,
        "                carts.save(replace(cart, order=replace(cart.order, opened_at=now)), due_at=now)\n",
        "                carts.save(cart, due_at=now)\n",
    ),
    Mutation(
        "forget an opened page though a payment was begun since",
        _PAYMENT,
        "        order = order_of(cart) if earlier.begun else replace(order_of(cart), opened_at=None)\n",
        "        order = replace(order_of(cart), opened_at=None)\n",
    ),
    Mutation(
        "open the order beside a payment without a question",
        _PAYING,
        '                cart.must_be_as_shown(shown or "")\n',
        "                pass\n",
    ),
    Mutation(
        "take one of two refusals for ours",
        _OVH,
        "        if no and _begun(own) == begun == 1:\n",
        "        if no:\n",
    ),
    Mutation(
        "pay again beside money that nobody explains",
        _OUTCOME,
        "        is_explained = money.unexplained <= order.explained\n",
        "        is_explained = True\n",
    ),
    Mutation(
        "pay again beside a transaction that has not ended",
        _OUTCOME,
        "        if money.unfinished and not is_explained:\n",
        "        if money.unfinished and is_explained:\n",
    ),
    Mutation(
        "pay first what may be paid already",
        _PAYMENT,
        "        elif earlier.unexplained > order.explained:\n",
        "        elif earlier.unexplained < 0:\n",
    ),
    Mutation(
        "let a payment explain a transaction from before it",
        _OVH,
        '        own = [e for e in left if e.get("paymentMethodId") == payment.method and _made_at(e) >= since]\n',
        '        own = [e for e in left if e.get("paymentMethodId") == payment.method or _made_at(e) >= since]\n',
    ),
    Mutation(
        "count only transactions that ended",
        _OVH,
        '    return sorted((e for e in near if _fits(e, total) and e["status"] not in _FAILED), key=_made_at)\n',
        '    return sorted((e for e in near if _fits(e, total) and e["status"] == _ENDED), key=_made_at)\n',
    ),
    Mutation(
        "make an order paid by a word",
        _SETTLING,
        "            moved = cart.to(S.PAYING, at=now, payment=said, order=order)\n",
        "            moved = cart.to(S.PAID if paid else S.PAYING, at=now, payment=said, order=order)\n",
    ),
    Mutation(
        "send a payment of which somebody said that it was made",
        _PAYMENT,
        "        elif payment.is_affirmed:\n",
        "        elif payment.is_denied:\n",
    ),
    Mutation(
        "let an approver answer before the first payment",
        _SETTLING,
        "        if cart.payment.sent_at is None:\n            self.policy.may_pay(by)\n",
        "",
    ),
    Mutation(
        "lose the end of a call beside another change",
        _PAYMENT,
        "            if _is_of(cart, sent):\n"
        "                payment = replace(payment_of(cart), ended_at=now, accepted_at=accepted_at)\n",
        "            if cart.version == sent.version:\n"
        "                payment = replace(payment_of(cart), ended_at=now, accepted_at=accepted_at)\n",
    ),
    Mutation(
        "pay an order that OVH does not know",
        _PAYING,
        "            if cart.order.missing_since is not None:\n",
        "            if cart.order.missing_since is None and cart.state is S.OPEN:\n",
    ),
    Mutation(
        "take OVH's silence for an order that it does not know",
        _PAYMENT,
        "        except NotKnown as unknown:\n            self._missing(",
        "        except RegistrarError as unknown:\n            self._missing(",
    ),
)
