"""The names of the laws, and how one is broken."""

TWO_ORDERS = "carts with more than one order"
TWO_PAYMENTS = "payments beyond one a cart"
NOT_APPROVED = "orders that no approval covers"
NOT_INTENDED = "payments without an intent on record"
NOT_OURS = "payments of an order that another user made"
BESIDE = "orders next to one made elsewhere that nobody allowed"
TOO_DEAR = "payments of more than was approved"
OFFERED = "orders payable again though a payment of them was taken or may still be"
ALIKE = "orders payable again after a refusal elsewhere that looks like the bot's: no client can tell them apart"
SILENCE = "payments given up though nothing says that they failed"
AGAIN = "requests to be ordered again though an order of them was made or may still be"
UNHELD = "lost memory that held nothing"
UNRECORDED = "ends of money calls that are not on record"
INTERRUPTED = "attempts taken for interrupted whose process may live"
SLOW = "checkouts that nobody clears up"
FOR_NO_REASON = "carts left to a person for no reason"
LOST = "decisions lost"
STOPPED = "orders or payments that were stopped before"
STUCK = "carts stuck without a person told"
PAID_AND_CANCELLED = "carts that ended as cancelled though they were paid"
TOO_OLD = "decisions to pay that were carried out after their life"
UNANSWERED = "requests without the answers that their order needs"
RESTLESS = "requests looked at without an end"
A_BUG = "steps that failed for a bug"
LAWS = (
    *(TWO_ORDERS, TWO_PAYMENTS, NOT_APPROVED, NOT_INTENDED, NOT_OURS, BESIDE, TOO_DEAR, STOPPED, TOO_OLD),
    *(OFFERED, SILENCE, AGAIN, UNHELD, UNRECORDED, INTERRUPTED, SLOW),
    *(FOR_NO_REASON, LOST, STUCK, RESTLESS, PAID_AND_CANCELLED, UNANSWERED, A_BUG),
)


KNOWN_CASES = {ALIKE}  # counted apart: docs/safety.md names them under "What no client can promise"


class LawBroken(BaseException):
    """A law does not hold. It ends the run, so no rule may catch it."""

    def __init__(self, law: str, what: str) -> None:
        super().__init__(f"{law}: {what}")
        self.law = law
        self.what = what
