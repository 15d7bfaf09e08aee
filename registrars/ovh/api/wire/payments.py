"""Payment methods, transactions and payments of orders."""

from __future__ import annotations

from registrars.ovh.api.wire.base import Flag, Id, Moment, Shape, Text, Wire, Word
from registrars.ovh.api.wire.prices import Price


class UsableMethods(Wire):
    """The numbers of the registered methods that can pay an order."""

    registered: list[Id] | None = None


class Mean(Wire):
    """A means of payment by its name, such as the prepaid account."""

    payment_mean: Word


class Method(Wire):
    """A registered payment method."""

    payment_method_id: Id
    status: Word | None = None
    payment_type: Word | None = None
    payment_sub_type: Word | None = None
    label: Text | None = None
    description: Text | None = None
    default: Flag | None = None
    expiration_date: Moment | None = None


class Transaction(Wire):
    """A movement of money by a registered method. It names no order."""

    transaction_id: Id
    payment_method_id: Id | None = None
    status: Word
    type: Word = "DEBIT"
    amount: Price
    creation_date: Moment
    last_update: Moment | None = None

    @property
    def changed_at(self) -> Moment:
        return self.last_update or self.creation_date


class OrderPayment(Wire):
    """When an order was paid."""

    payment_date: Moment


MEANS = Shape[list[Mean]](list[Mean], "means")
