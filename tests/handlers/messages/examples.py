"""Facts and evidence as the rules write them, with what their sentences must not lose."""

from ordering.model.facts import Data, EventKind, amount, earlier
from tests.builders import NOW, euros

K = EventKind
PRICE, DEARER = amount(euros("3.59")), amount(euros("9.00"))
TRANSACTION: Data = {"transaction": 7, "amount": PRICE, "status": "success"}

# What the rules write, and facts that the sentences must not lose. Each event of a kind is here at least once.
METHOD: Data = {"order": 7, "method": 1, "method_name": "VISA"}
FOREIGN: Data = {
    "status": "notPaid",
    "names": ["name.ovh", "xn--caf-dma.fr"],
    "total": PRICE,
    "made_at": NOW.isoformat(),
}
OTHER_YEARS: Data = {"name": "name.ovh", "term": "duration", "shown": ["P2Y"], "approved": "P1Y"}
DIFFERS: Data = {"seen": "order_differs", "order": 7, "different": [OTHER_YEARS]}
BOTH: list[tuple[EventKind, Data, tuple[str, ...]]] = [
    (
        K.TERMS_CHANGED,
        {"changes": [], "approved": {"total": PRICE}, "ovh": {"total": DEARER}},
        ("nothing was ordered",),
    ),
    (K.CHANGES_REQUESTED, {"by": "U0CLEO", "reason": "Fewer names", "total": PRICE}, ("Fewer names",)),
    (K.TRIAL_ENDED, {"total": PRICE}, ("nothing is ordered", "€3.59")),
    (K.CHECKOUT_STARTED, {"attempt": 1, "approved": DEARER, "ovh": {"total": PRICE}}, ("€3.59", "€9.00")),
    (K.CHECKOUT_REFUSED, {"error": "cart_changed", "cart": 12}, ("#12", "Nothing was ordered.")),
    (K.CHECKOUT_REFUSED, {**earlier("OVH said no."), "attempt": 1, "call_was_refused": True}, ("OVH said no.",)),
    (K.CHECKOUT_CALL_REFUSED, {"attempt": 1, "error": "cart_changed", "cart": 12}, ("#12", "15 minutes")),
    (K.CHECKOUT_RESCHEDULED, {"attempt": 1, "error": "outcome_unknown"}, ("none was made", "trying again")),
    (K.CHECKOUT_RESCHEDULED, {"attempt": 1, "denied_by": "U0DAN"}, ("Nothing was ordered.", "trying again")),
    (K.CHECKOUT_RESCHEDULED, {"attempt": 1, "error": "cart_changed", "cart": 12}, ("#12", "Nothing was ordered.")),
    (K.CHECKOUT_ATTEMPTS_EXHAUSTED, {"attempt": 5, "error": "outcome_unknown"}, ("none was made", "try 5")),
    (K.CHECKOUT_INTERRUPTED, {"attempt": 1}, ("interrupted",)),
    (K.ATTEMPT_NOT_ON_RECORD, {"markers": ["m"]}, ("*Order anyway*",)),
    (K.ATTEMPT_NOT_ON_RECORD, {"order": 7, "method": 1, "markers": ["m"]}, ("order 7", "*It was paid*")),
    (K.ORDER_FOUND, {"order": 7, "found": "later", "owner_hidden": False, "ovh": {"total": PRICE}}, ("after all",)),
    (
        K.ORDER_FOUND,
        {"order": 7, "found": "after_lost_answer", "owner_hidden": True},
        ("didn't confirm", "order 7", "*Pay*"),
    ),
    (K.ORDER_UNKNOWN, {"attempt": 1, "error": "cart_changed", "cart": 12}, ("#12", "keep looking")),
    (K.ORDER_UNKNOWN, {"refusal": None, "evidence": {"seen": "cart_open"}}, ("still open", "keep looking")),
    (
        K.ORDER_UNKNOWN,
        {"refusal": earlier("OVH said no."), "evidence": {"seen": "cart_open"}},
        ("OVH said no.", "still open"),
    ),
    (
        K.FOREIGN_ORDER_FOUND,
        {"order": 9, "is_clear": True, "ovh": FOREIGN},
        ("order 9", "€3.59", "24 November", "café.fr", "isn't paid"),
    ),
    (
        K.FOREIGN_ORDER_FOUND,
        {"order": 9, "is_clear": True, "ovh": {**FOREIGN, "status": "delivering"}},
        ("buys the names twice",),
    ),
    (
        K.FOREIGN_ORDER_FOUND,
        {"order": 9, "is_clear": False, "ovh": {**FOREIGN, "total": None}},
        ("order 9 of", "*Order anyway*"),
    ),
    (K.SECOND_ORDER_FOUND, {"order": 7, "second": 9}, ("7 and 9",)),
    (K.ORDER_TERMS_DIFFER, {"order": 7, "evidence": DIFFERS}, ("rder 7", "name.ovh is for 2 years, not 1")),
    (
        K.ORDER_EXCEEDS_APPROVAL,
        {"order": 7, "approved": PRICE, "ovh": {"total": DEARER}},
        ("order 7", "€9.00", "€3.59"),
    ),
    (K.ORDER_CANCELLED, {"order": 7}, ("order 7", "nothing was paid")),
    (K.ORDER_CANCELLED_AFTER_PAYMENT, {"order": 7, "ovh": {"status": "cancelled"}}, ("order 7", "refund")),
    (K.ORDER_CANCELLED_AFTER_PAYMENT, {"order": 7, "while_paying": True, "evidence": None}, ("order 7", "accepted")),
    (
        K.ORDER_CANCELLED_AFTER_PAYMENT,
        {"order": 7, "while_paying": True, "evidence": {"seen": "order_paid", "order": 7}},
        ("is paid",),
    ),
    (K.ORDER_MISSING, {"order": 7, "since": NOW.isoformat()}, ("order 7",)),
    (K.ORDER_SHOWN_AGAIN, {"order": 7}, ("order 7",)),
    (K.PAYMENT_STOPPED, {}, ("nothing was paid",)),
    (K.APPROVAL_LAPSED, {"seconds": 72 * 3600}, ("72 hours", "approve again")),
    (K.PAYMENT_LAPSED, {"seconds": 900}, ("15 minutes", "Press Pay again")),
    (K.PAYMENT_LAPSED, {"seconds": 3600}, ("1 hour of",)),
    (K.APPROVAL_VOID, {"approvals": 0, "lost": 1}, ("lost the right", "nothing was ordered")),
    (K.APPROVAL_VOID, {"approvals": 1, "lost": 0}, ("more approvals", "nothing was ordered")),
    (K.APPROVAL_VOID, {"error": "cart_changed", "cart": 12}, ("#12", "Nothing was ordered.")),
    (K.PAYMENT_VOID, {}, ("no longer a payer", "nothing was paid")),
    (K.PAYMENT_VOID, {"error": "cart_changed", "cart": 12}, ("#12", "Nothing was paid.")),
    (K.PAYMENT_NOT_SENT, {"order": 7, "error": "owner_not_shown"}, ("order 7", "who will own")),
    (
        K.PAYMENT_NOT_SENT,
        {"order": 7, "reason": "order_not_known", "error": "cart_changed", "cart": 12},
        ("#12", "Nothing was paid."),
    ),
    (
        K.PAYMENT_NOT_SENT,
        {"order": 7, "reason": "order_changed", "before": PRICE, "ovh": {"total": DEARER}},
        ("€3.59 before, €9.00 now", "Nothing was paid"),
    ),
    (
        K.PAYMENT_NOT_SENT,
        {**METHOD, "reason": "payment_open", "evidence": {"seen": "payment_begun", "order": 7}},
        ("has begun a payment of order 7", "I sent none"),
    ),
    (K.PAYMENT_NOT_SENT, {**METHOD, "reason": "method_gone"}, ("no longer takes VISA", "Nothing was sent")),
    (K.PAYMENT_NOT_SENT, {"order": 7, "reason": "not_sent", **earlier("Cut.")}, ("Cut. Nothing was sent",)),
    (K.PAYMENT_CALL_REFUSED, {**METHOD, "turned_away": False, **earlier("No.")}, ("No. That does not prove",)),
    (
        K.PAYMENT_CALL_REFUSED,
        {**METHOD, "turned_away": True, "error": "throttled"},
        ("turned the payment away", "not prove"),
    ),
    (
        K.PAYMENT_REFUSED,
        {**METHOD, "all_refused": False, "ovh": {"said": "Blocked"}},
        ("VISA was refused. OVH says: Blocked.", "another way"),
    ),
    (
        K.PAYMENT_REFUSED,
        {**METHOD, "all_refused": True, "ovh": {"said": None}},
        ("VISA was refused. Nothing", "*Open order*"),
    ),
    (K.PAYMENT_REFUSED, {**METHOD, "is_gone": True, **earlier("No.")}, ("No. OVH no longer takes VISA",)),
    (
        K.PAYMENT_NOT_SEEN,
        {**METHOD, "evidence": {"seen": "no_payment"}, "ovh": {"failed": False}},
        ("VISA", "still shows no payment"),
    ),
    (
        K.PAYMENT_NOT_SEEN,
        {**METHOD, "evidence": {"seen": "transaction_failed", **TRANSACTION}, "ovh": {"failed": True}},
        ("transaction 7 failed",),
    ),
    (
        K.PAYMENT_UNKNOWN,
        {**METHOD, "evidence": {"seen": "transaction_booked", **TRANSACTION}},
        ("order 7", "VISA", "Transaction 7 took €3.59"),
    ),
    (K.PAYMENT_UNKNOWN, {**METHOD, **earlier("OVH is away.")}, ("OVH is away.", "say what happened")),
    (K.PAYMENT_QUESTIONED, {"order": 7, "method": 1}, ("order 7", "Was it paid?")),
    (
        K.PAYMENT_QUESTIONED,
        {**METHOD, "evidence": {"seen": "transaction_unexplained", **TRANSACTION}},
        ("Transaction 7 for €3.59", "nothing was sent"),
    ),
    (K.PAYMENT_WAITING, {**METHOD, "until": NOW.isoformat(), "evidence": None}, ("no payment", "wait")),
    (
        K.PAYMENT_WAITING,
        {**METHOD, "until": NOW.isoformat(), "evidence": {"seen": "refused", "said": "No"}},
        ("OVH says: No.", "whether that was this payment", "wait"),
    ),
    (
        K.PAYMENT_PROCESSING,
        {**METHOD, "evidence": {"seen": "payment_begun", "order": 7}},
        ("order 7", "Nobody needs to act"),
    ),
    (K.PAYMENT_RECEIVED, {"order": 7, "amount": PRICE, "seen": "after_denial"}, ("nobody needs to pay again",)),
    (K.PAYMENT_RECEIVED, {"order": 7, "amount": PRICE, "seen": "after_question"}, ("after all",)),
    (K.PAYMENT_RECEIVED, {"order": 7, "amount": PRICE, "seen": "before_sending"}, ("I sent none",)),
    (K.PAYMENT_RECEIVED, {"order": 7, "amount": PRICE, "seen": "paid_at_ovh"}, ("OVH's own page",)),
    (K.PAYMENT_MISSING, {"order": 7, "ovh": {"status": "notPaid"}}, ("order 7", "unpaid")),
    (K.DOCUMENTS_REQUESTED, {"order": 7}, ("order 7", "documents")),
    (
        K.REGISTRATION_FAILED,
        {"order": 7, "name": "xn--caf-dma.fr", "ovh": {"comment": "No"}},
        ("café.fr (xn--caf-dma.fr): No.",),
    ),
    (K.REGISTRATION_FAILED, {"order": 7, "name": "name.ovh", "ovh": {"comment": None}}, ("no reason given",)),
    (
        K.DELIVERY_LATE,
        {"order": 7, "days": 3, "ovh": {"states": {"xn--caf-dma.fr": "dispute"}}},
        ("rder 7", "3 days", "café.fr (xn--caf-dma.fr) as “dispute”"),
    ),
    (K.DELIVERY_LATE, {"order": 7, "days": 3, "ovh": {"states": {}}}, ("has not delivered it",)),
    (K.DELIVERY_UNKNOWN, {"order": 7, "days": 3}, ("rder 7", "3 days")),
    (K.DELIVERY_UNEXPECTED, {"order": 7, "ovh": {"states": {"name.ovh": "dispute"}}}, ("name.ovh as “dispute”",)),
    (K.DELIVERY_RESUMED, {"order": 7}, ("has arrived",)),
]
ONLY_EVENTS: list[tuple[EventKind, Data, tuple[str, ...]]] = [
    (K.NAMES_ADDED, {"names": ["name.ovh", "xn--caf-dma.fr"]}, ("added name.ovh, café.fr",)),
    (K.NAME_REMOVED, {"names": ["name.ovh"]}, ("removed name.ovh",)),
    (K.YEARS_CHOSEN, {"names": ["name.ovh"], "years": {"name.ovh": 2}}, ("name.ovh",)),
    (K.QUESTIONS_ANSWERED, {"names": ["name.ovh"]}, ("answered for name.ovh",)),
    (K.NAMES_COPIED, {"names": ["name.ovh"], "copied_from": 3}, ("copied name.ovh",)),
    (K.PARTLY_APPROVED, {"approvals": 1, "needed": 2, "void": 0}, ("1 of 2",)),
    (K.PARTLY_APPROVED, {"approvals": 1, "needed": 2, "void": 1}, ("1 of 2", "no longer counts")),
    (K.CHANGES_REQUESTED, {"by": "U0CLEO", "reason": "Drop .corsica", "total": PRICE}, ("Drop .corsica",)),
    (K.REQUEST_WITHDRAWN, {}, ("withdrawn",)),
    (K.ORDER_STOPPED, {}, ("stopped",)),
    (K.ORDER_CHANGED, {"order": 7, "before": PRICE, "ovh": {"total": DEARER}}, ("order 7: €3.59 before, €9.00 now",)),
    (K.INVOICE_RECEIVED, {"order": 7, "ovh": {"invoice": "FR7"}}, ("FR7",)),
    (K.PAYMENT_REMINDER, {"order": 7, "amount": PRICE}, ("to be paid",)),
    (K.RETRY_REQUESTED, {"order": None, "missing": False}, ("tried again",)),
    (K.CLOSED, {"order": None, "missing": False}, ("closed",)),
    (K.ORDER_ADOPTED, {"order": 7, "payable": True, "ovh": {"total": PRICE}}, ("order 7",)),
    (K.ORDERED_ANYWAY, {"order": 9}, ("order 9",)),
    (K.ORDERED_ANYWAY, {"order": None}, ("tried before",)),
    (K.DECLARED_NOT_ORDERED, {"attempt": 1}, ("nothing was ordered",)),
    (K.DECLARED_PAID, {"order": 7, "method": 1, "sent": True}, ("was paid",)),
    (K.DECLARED_NOT_PAID, {"order": 7, "method": 1, "sent": True}, ("not paid",)),
]
REQUESTED: Data = {"names": 1, "total": PRICE, "remarks": ["no_payment_method", "owned_names_not_listed"]}
ONLY_REMARKS: list[tuple[EventKind, Data, tuple[str, ...]]] = [
    (K.APPROVAL_REQUESTED, REQUESTED, ("no valid payment method", "list the account's names")),
    (
        K.PARTLY_APPROVED,
        {"void": 1, "before": {"kind": "approval_requested", "data": REQUESTED}},
        ("no valid payment method", "no longer counts"),
    ),
    (K.PARTLY_APPROVED, {"void": 1, "before": {"text": "As it was."}}, ("As it was.\n", "no longer counts")),
    (K.PARTLY_APPROVED, {"void": 1, "before": None}, ("no longer counts",)),
    (K.CHANGES_REQUESTED, {"by": "U0CLEO", "reason": "Drop .corsica", "total": PRICE}, ("Drop .corsica",)),
    (K.REQUEST_WITHDRAWN, {}, ("withdrew",)),
    (K.ORDER_STOPPED, {}, ("nothing was ordered or paid",)),
    (K.CLOSED, {"order": None, "missing": False}, ("without ordering",)),
    (K.CLOSED, {"order": 7, "missing": False}, ("cancelled order 7",)),
    (K.CLOSED, {"order": 7, "missing": True}, ("does not know order 7",)),
    (
        K.ORDER_ADOPTED,
        {"order": 7, "payable": False, "owner_hidden": False, "approved": PRICE, "ovh": {"total": DEARER}},
        ("order 7", "€9.00", "€3.59"),
    ),
    (
        K.ORDER_ADOPTED,
        {"order": 7, "payable": True, "owner_hidden": True, "approved": PRICE, "ovh": {"total": PRICE}},
        ("order 7", "*Pay*"),
    ),
    (K.DECLARED_NOT_ORDERED, {"attempt": 1}, ("15 minutes",)),
]
# Facts without anything to say, though others of their kind have a sentence.
NOTHING_TO_SAY: list[tuple[EventKind, Data]] = [
    (K.CHECKOUT_STARTED, {"attempt": 1, "approved": PRICE, "ovh": {"total": PRICE}}),
    (K.PAYMENT_RECEIVED, {"order": 7, "amount": PRICE, "seen": "after_sending"}),
]


# Data that an earlier version wrote, without the newer keys.
EARLIER: list[tuple[EventKind, Data, tuple[str, ...]]] = [
    (K.CHECKOUT_STARTED, {"attempt": 1, "ovh": {"cart": "x", "total": PRICE}}, ()),
    (K.ORDER_FOUND, {"order": 7, "found": "later", "ovh": {"total": PRICE}}, ("after all",)),
    (
        K.ORDER_UNKNOWN,
        {"attempt": 1, "call_was_refused": False, "ovh": {"orders": [8], "cart_closed": False}},
        ("keep looking",),
    ),
    (
        K.FOREIGN_ORDER_FOUND,
        {"order": 9, "is_clear": False, "ovh": {"status": "notPaid", "names": [], "total": PRICE}},
        ("order 9 for €3.59 is",),
    ),
    (K.ORDER_CANCELLED_AFTER_PAYMENT, {"order": 7, "ovh": {"status": "cancelled"}}, ("order 7",)),
    (K.APPROVAL_VOID, {"approvals": 0}, ("nothing was ordered",)),
    (K.PARTLY_APPROVED, {"approvals": 1, "needed": 2}, ()),
    (K.PAYMENT_QUESTIONED, {"order": 7, "method": 1, "ovh": {"progress": "undecided"}}, ("order 7",)),
    (K.PAYMENT_WAITING, {"order": 7, "method": 1, "until": NOW.isoformat()}, ("wait",)),
    (K.PAYMENT_PROCESSING, {"order": 7, "method": 1}, ("Nobody needs to act",)),
    (K.PAYMENT_CALL_REFUSED, {"order": 7, "method": 1, **earlier("No.")}, ("No.",)),
]
