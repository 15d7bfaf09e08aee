"""Which deviations are possible at which place, and which of them the laws must survive today.

A deviation is a word, such as `crash` or `late-90`; its number is in seconds unless it counts commits.
"""

from __future__ import annotations

from dataclasses import replace

from prove.explorer.ledger import AT_ONCE, Lateness

Options = tuple[str, ...]

FREEZES: Options = (
    "freeze-30",
    "freeze-600",
    "freeze-90000",
)  # the last one is longer than the longest floor
# `stop`: a user presses Stop at this moment.
READ: Options = ("crash", *FREEZES, "busy", "forbidden", "stop")
# `empty`: the list is there and names nothing.
LIST: Options = (*READ, "empty")
# `outsider`: a user orders the name elsewhere at this moment.
BUILD: Options = ("crash", *FREEZES, "busy", "lost", "outsider")
# `lists`: from this cart on, OVH lists carts that late, in the order in which they were made.
MARK: Options = (*BUILD, "lists-8", "lists-60", "lists-600")
# `hold`: an operator switches recover mode on at this moment. `server+90000`: the database's clock jumps.
READY: Options = ("crash", *FREEZES, "busy", "stop", "hold", "server+90000")
# Before the sender compares the clock, and between that comparison and the write.
CALL: Options = ("crash", *FREEZES)
WIRE: Options = ("crash", *FREEZES, "freeze-1800", "freeze-still-600")
ORDER_SHOWS: Options = (
    *("late-15", "late-45", "late-90", "late-600", "lines-45", "lines-600"),
    *("closed-45", "closed-600", "owner-600", "owner-90000"),
)
# The price rose between the dry run and the checkout.
MADE_AS: Options = ("dearer",)
TWO_NAMES_SHOW: Options = ("names-45", "names-600")
# `held`: the bank takes so long, and until then the payment shows as a transaction only.
PAYMENT_SHOWS: Options = (
    *("late-15", "late-45", "late-90", "late-600", "order-90", "order-600"),
    *("bank-30", "bank-600", "bank-3600", "held-100000", "refused", "refused-600", "refused-3600"),
)
# `crash`: the call is done and its sender dies. `gone` and `lost`: no answer, and it was not done, or it was.
# `arrives`: no answer, and it is done that many seconds later. `no`: refused or throttled, not done. `again`: a proxy
# repeats the call; the first copy is done, and the second copy gets this answer. OVH never carries out both copies
# here: no client can prevent that, because OVH has no idempotency key.
ANSWER: Options = (
    *("crash", "gone", "lost", "arrives-15", "arrives-45", "arrives-100"),
    *("no-400", "no-403", "no-404", "no-409", "no-429", "no-502"),
    *("again-200", "again-400", "again-403", "again-404", "again-409", "again-429", "again-502"),
)
# `removed`: the payment is done, and a user removes its method at OVH in the meantime.
PAY_ANSWER: Options = (*ANSWER, "lost-removed", "again-403-removed", "again-404-removed")
# `unanswered`: the commit is done, and its process gets no answer. `restore`: all is lost, and the copy of the backup
# says that it is one. `restore-unmarked`: it does not, as after a point-in-time recovery; with an earlier recover mode
# behind it, its end is lost as well, and the epoch with it.
COMMIT: Options = (
    *("crash", *FREEZES, "unanswered"),
    *("lose-1", "lose-2", "lose-1-cold", "lose-2-cold", "lose-4-cold", "lose-5-cold", "restore", "restore-unmarked"),
)
STEP: Options = (
    *("order-dearer", "page-slow", "renewal-up"),
    *("price-up", "outsider", "outsider-600", "outsider-cancels", "page-pays", "page-cancels", "delete-ordered"),
    *("outsider-old", "outsider-hides", "outsider-bare", "outsider-cheaper", "outsider-twin"),
    *(
        "page-visa",
        "page-sepa",
        "page-opens",
        "page-refused",
        "page-refused-visa",
        "page-refused-mail",
        "page-refused-mail-sepa",
        "page-refused-mail-visa",
        "page-refused-twice",
        "hold",
        "compare",
        "markers",
        "lost-card",
    ),
    *("closed-unlisted", "unfiltered", "summary-tells"),
    *("clock+3600", "clock+90000", "clock-600", "server+90000", "server-600", "server-90000", "others-commit", "stop"),
)
# `another`: names the orders first that are known as another user's.
DECIDES: Options = ("wrong", "hasty", "after-91000")
ORDERED: Options = (*DECIDES, "another")
# The operator ends every process of the lost state, and says so.
COMPARES: Options = ("all-stopped",)
# `hasty`: orders although an order of the bot's may still show. `close`: gives up.
ANYWAY: Options = ("hasty", "close", "self", "old-card", "after-91000")
# `opens`: opens the order's page first, leaves it open, and presses Pay.
# `in-trial`: clicks while the bot is in the trial, then again after it. `of-trial`: the request was made in the trial.
PAYS: Options = ("prepaid", "page", "opens", "twice", "old-card", "after-91000", "in-trial")
# `returns`: asks for changes first. `returns-twice`: and the form arrives once more, after the request was sent again.
APPROVES: Options = (
    "self", "twice", "old-card", "returns", "returns-twice", "after-91000", "in-trial", "of-trial",
)  # fmt: skip
# `withdraws`: the requester takes the returned request back. `same`: sends it again without a change.
EDITS: Options = ("withdraws", "same", "twice", "after-91000")

_HIDES = {
    "late": "all",
    "lines": "lines",
    "names": "names",
    "closed": "closed",
    "owner": "owner",
    "order": "order",
    "held": "order",
}


def number_in(what: str) -> float:
    """Return the number of a deviation, such as 90 of `late-90`."""
    return float(next(part for part in what.replace("+", "-").split("-") if part.isdecimal()))


def lateness(what: str | None) -> Lateness:
    """Parse what a `… shows` deviation hides, and for how long."""
    kind, _, seconds = (what or "").partition("-")
    part = _HIDES.get(kind)
    return replace(AT_ONCE, **{part: float(seconds)}) if part else AT_ONCE
