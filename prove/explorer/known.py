"""Schedules that the search begins with: each shows a break that few drawn schedules would meet.

A deviation happens at the first place whose name begins so, after the deviation before it. A blank at the end stands
for the end of the name.
"""

from __future__ import annotations

Wanted = tuple[str, str]  # the beginning of a place's name, and the deviation there

_HIDDEN_ORDER: tuple[Wanted, ...] = (("CHECKOUT shows", "late-600"), ("CHECKOUT answer", "lost"))
_DELETED: Wanted = ("step checking_out", "delete-ordered")
_FORGOTTEN: tuple[Wanted, ...] = (("CHECKOUT shows", "late-600"), ("commit checked_out", "lose-4-cold"))
_NOT_DONE: Wanted = ("CHECKOUT answer", "gone")
_HIDDEN_PAYMENT: Wanted = ("PAY shows", "late-600")
_REFUSED: Wanted = ("PAY answer", "again-403")

KNOWN: tuple[tuple[Wanted, ...], ...] = (
    # Payments
    (("person pays", "prepaid"), ("PAY shows", "bank-3600"), _REFUSED, ("step paying", "clock-600")),
    (_HIDDEN_PAYMENT, ("PAY answer", "lost-removed")),
    (_HIDDEN_PAYMENT, ("PAY answer", "again-403-removed")),
    (_HIDDEN_PAYMENT, ("PAY answer", "again-404-removed")),
    (("person pays", "opens"), _HIDDEN_PAYMENT, ("step paying", "page-refused")),
    (("person pays", "opens"), _HIDDEN_PAYMENT, ("step paying", "page-refused-visa")),
    (("person pays", "prepaid"), _HIDDEN_PAYMENT, ("step paying", "page-refused-mail")),
    (_HIDDEN_PAYMENT, ("step paying", "page-refused-mail")),
    (_HIDDEN_PAYMENT, ("step paying", "page-refused-mail-sepa")),
    (("PAY shows", "order-600"), ("step paying", "page-refused-mail-visa")),
    (_HIDDEN_PAYMENT, _REFUSED),
    (_HIDDEN_PAYMENT, _REFUSED, ("step paying", "others-commit"), ("step paying", "clock+90000")),
    (("PAY shows", "held-100000"), _REFUSED),
    (("PAY answer", "arrives-100"), ("step paying", "page-refused-mail")),
    (_HIDDEN_PAYMENT, ("step paying", "page-refused")),
    (
        ("GET me/order/*/paymentMethods", "freeze-30"),
        ("step checked_out", "page-refused"),
        _HIDDEN_PAYMENT,
        ("step paying", "page-refused"),
    ),
    (_HIDDEN_PAYMENT, ("step paying", "page-refused-twice")),
    (("step paying", "page-visa"), ("GET me/order ", "forbidden")),
    # The search for an order
    (*_HIDDEN_ORDER, _DELETED),
    (*_HIDDEN_ORDER, _DELETED, ("step checking_out", "clock-600")),
    (("CHECKOUT shows", "late-600"), ("CHECKOUT answer", "again-403"), _DELETED),
    (_NOT_DONE, ("step checking_out", "clock-600")),
    (
        *_HIDDEN_ORDER,
        _DELETED,
        ("GET auth/time", "freeze-30"),
        ("GET auth/time", "freeze-30"),
        ("GET order/cart/*", "stop"),
        ("GET order/cart/*", "stop"),
        ("GET order/cart/*", "forbidden"),
        ("person says what was ordered", "hasty"),
    ),
    (_NOT_DONE, ("step checking_out", "outsider")),
    (_NOT_DONE, ("step checking_out", "outsider-cheaper")),
    (_NOT_DONE, ("step checking_out", "outsider-bare")),
    (("step approved", "outsider-twin"), _NOT_DONE),
    (("CHECKOUT shows", "lines-600"), ("CHECKOUT answer", "lost"), ("person says what was ordered", "another")),
    (
        ("step approved", "outsider-cheaper"),
        ("person orders anyway", "hasty"),
        ("CHECKOUT shows", "lines-600"),
        ("CHECKOUT answer", "lost"),
        ("person says what was ordered", "another"),
    ),
    (
        ("step approved", "outsider-twin"),
        ("CHECKOUT shows", "lines-600"),
        ("CHECKOUT answer", "lost"),
        ("person says what was ordered", "another"),
    ),
    (("CHECKOUT answer", "lost"), ("step paying", "outsider")),
    (("CHECKOUT shows", "owner-600"), ("CHECKOUT answer", "lost")),
    # Orders made elsewhere
    (("step approved", "outsider"), ("step approved", "outsider")),
    (("step approved", "outsider"), ("person orders anyway", "hasty"), ("CHECKOUT answer", "lost")),
    # Memory that went back
    _FORGOTTEN,
    (*_FORGOTTEN, ("step approved", "compare")),
    (*_FORGOTTEN, ("GET order/cart", "empty")),
    # OVH lists carts late
    (("POST order/cart", "lists-8"), *_FORGOTTEN),
    (("POST order/cart", "lists-60"), *_FORGOTTEN),
    (("POST order/cart", "lists-600"), *_FORGOTTEN),
    (("POST order/cart", "lists-8"), _HIDDEN_PAYMENT, ("commit paying", "lose-4-cold")),
    (("POST order/cart", "lists-60"), _HIDDEN_PAYMENT, ("commit paying", "lose-4-cold")),
    (("POST order/cart", "lists-600"), _HIDDEN_PAYMENT, ("commit paying", "lose-4-cold")),
    (("CHECKOUT ready", "busy"), ("POST order/cart", "lists-8"), *_FORGOTTEN),
    (("CHECKOUT ready", "busy"), ("POST order/cart", "lists-600"), *_FORGOTTEN),
    (("commit checked_out", "lose-4-cold"), ("step approved", "markers")),
    (
        ("POST order/cart/*/domain", "freeze-30"),
        ("GET order/cart/*/domain", "forbidden"),
        ("commit approved", "unanswered"),
        ("commit approved", "restore"),
    ),
    # A process sleeps through the restore, and wakes when the request has reached the same version on another way.
    (
        ("CHECKOUT call", "freeze-90000"),
        ("commit approved", "restore"),
        ("GET order/cart/*/item/*/requiredConfiguration", "stop"),
    ),
    (
        ("GET me/payment/transaction", "freeze-90000"),
        ("commit delivered", "restore"),
        ("POST order/cart/*/assign", "outsider"),
    ),
    (("PAY shows", "refused-3600"), ("step paying", "hold")),
    (("step approved", "outsider-hides"), ("step approved", "hold")),
    (("commit paying", "lose-4-cold"), ("step paying", "lost-card")),
    (
        ("commit approved", "crash"),
        ("commit approved", "crash"),
        ("CHECKOUT answer", "gone"),
        ("CHECKOUT shows", "late-600"),
        ("commit checked_out", "lose-4-cold"),
    ),
    (
        ("commit approved", "crash"),
        ("commit approved", "crash"),
        ("CHECKOUT shows", "late-600"),
        ("commit checked_out", "lose-5-cold"),
    ),
    (("CHECKOUT shows", "late-15"), ("POST order/cart", "busy"), _HIDDEN_PAYMENT, ("commit paying", "lose-4-cold")),
    # Its sender wakes in recover mode, and the operator stops it right after that.
    (
        ("CHECKOUT wire", "freeze-1800"),
        ("commit checking_out", "lose-4-cold"),
        ("CHECKOUT shows", "late-600"),
        ("CHECKOUT answer", "crash"),
        ("operator compares", "all-stopped"),
        ("person orders anyway", "hasty"),
    ),
    # The age of a decision
    (("step paying", "hold"), ("step paying", "server-90000")),
    (
        ("GET order/cart/*/checkout", "forbidden"),
        ("person closes", "after-91000"),
        ("step approved", "server+90000"),
        ("GET order/cart/*/checkout", "forbidden"),
        ("person closes", "after-91000"),
    ),
    (("step approved", "renewal-up"), ("GET order/cart/*/domain", "busy")),
)

# Schedules that break a law of `KNOWN_CASES`, because no client can tell what happened: the search counts them apart.
ALIKE: tuple[Wanted, ...] = (_HIDDEN_PAYMENT, ("step paying", "page-refused-mail-visa"))
