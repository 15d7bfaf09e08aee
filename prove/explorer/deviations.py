"""Which deviations are possible at which place, and which of them the laws must survive today.

A deviation is a word, such as `crash` or `late-90`; its number is in seconds unless it counts commits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
# `lost-removed`: a payment is done without an answer, and a user removes its method at OVH in the meantime. A removal
# next to a repeated call is not drawn: the bot takes a refusal and a method that is gone together for a no.
PAY_ANSWER: Options = (*ANSWER, "lost-removed")
# `unanswered`: the commit is done, and its process gets no answer.
COMMIT: Options = (
    *("crash", *FREEZES, "unanswered"),
    *("lose-1", "lose-2", "lose-1-cold", "lose-2-cold", "lose-4-cold", "lose-5-cold", "restore"),
)
STEP: Options = (
    *("order-dearer", "page-slow", "renewal-up"),
    *("price-up", "outsider", "outsider-600", "outsider-cancels", "page-pays", "page-cancels", "delete-ordered"),
    *("outsider-old", "outsider-hides", "outsider-bare", "outsider-cheaper", "outsider-twin"),
    *(
        "page-visa",
        "page-sepa",
        "page-refused",
        "page-refused-mail",
        "page-refused-twice",
        "hold",
        "compare",
        "markers",
        "lost-card",
    ),
    *("closed-unlisted", "unfiltered", "summary-tells"),
    *("clock+3600", "clock+90000", "clock-600", "server+90000", "server-600", "server-90000", "others-commit", "stop"),
)
# `another`: names an order of other names first.
DECIDES: Options = ("wrong", "hasty", "after-91000")
ORDERED: Options = (*DECIDES, "another")
# `hasty`: orders although an order of the bot's may still show. `close`: gives up.
ANYWAY: Options = ("hasty", "close", "self", "old-card", "after-91000")
PAYS: Options = ("prepaid", "page", "twice", "old-card", "after-91000")
APPROVES: Options = ("self", "twice", "old-card", "after-91000")

# The open findings: deviations that break a law under today's rules. `make prove` leaves these out until the rule has
# landed: delete a line here to search them too. `python -m prove.explorer --all` searches them anyway.
# TO WIDEN, DELETE LINES HERE.
OPEN: Mapping[str, Callable[[str, str], bool]] = {}

_HIDES = {
    "late": "all",
    "lines": "lines",
    "names": "names",
    "closed": "closed",
    "owner": "owner",
    "order": "order",
    "held": "order",
}


def is_open(place: str, what: str) -> bool:
    """Whether this deviation belongs to a finding whose rule has not landed."""
    return any(covers(place, what) for covers in OPEN.values())


def number_in(what: str) -> float:
    """Return the number of a deviation, such as 90 of `late-90`."""
    return float(next(part for part in what.replace("+", "-").split("-") if part.isdecimal()))


def lateness(what: str | None) -> Lateness:
    """Parse what a `… shows` deviation hides, and for how long."""
    kind, _, seconds = (what or "").partition("-")
    part = _HIDES.get(kind)
    return replace(AT_ONCE, **{part: float(seconds)}) if part else AT_ONCE
