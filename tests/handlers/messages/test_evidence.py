"""What OVH showed is said in whole sentences, made of the data that the registrar gives."""

import pytest

from handlers.messages.en.evidence import EVIDENCE, seen
from ordering.model.facts import Data
from tests.handlers.messages.examples import DEARER, OTHER_YEARS, PRICE, TRANSACTION

DIFFERENCES: list[tuple[Data, str]] = [
    ({"term": "total", "shown": DEARER, "approved": PRICE}, "it costs €9.00, not €3.59"),
    (OTHER_YEARS, "name.ovh is for 2 years, not 1"),
    ({**OTHER_YEARS, "shown": ["P2Y", "P3Y"]}, "name.ovh is for 2 and 3 years, not 1"),
    (
        {"name": "name.ovh", "term": "code", "shown": ["a", "b"], "approved": "c"},
        "name.ovh has another plan: a, b, not c",
    ),
    (
        {"name": "name.ovh", "term": "pricingMode", "shown": ["a"], "approved": "c"},
        "name.ovh has another kind of price: a, not c",
    ),
    ({"name": "name.ovh", "term": "owner", "label": "OWNER_CONTACT"}, "name.ovh has another owner"),
    (
        {"name": "name.ovh", "term": "owner_not_chosen", "label": "OWNER_CONTACT"},
        "name.ovh has an owner, though none was chosen",
    ),
    ({"name": "name.ovh", "term": "answer", "label": "REASON"}, "name.ovh has another answer for REASON"),
]
EXAMPLES: list[tuple[Data, tuple[str, ...]]] = [
    ({"seen": "cart_open"}, ("open",)),
    ({"seen": "order_made_before", "cart": "gone", "order": 7}, ("cart is gone", "order 7", "before this try")),
    ({"seen": "several_orders", "cart": "closed", "orders": [7, 8]}, ("closed the cart", "7, 8")),
    ({"seen": "order_unclear", "cart": "closed", "order": 7}, ("order 7", "all its names")),
    ({"seen": "no_order_fits", "cart": "gone", "orders": 3}, ("(3)",)),
    ({"seen": "no_new_order", "cart": "gone", "orders": 0}, ("no new order",)),
    (
        {
            "seen": "terms_hidden",
            "cart": "closed",
            "order": 7,
            "hidden": [{"name": "name.ovh", "terms": ["code", "duration", "pricingMode"]}],
        },
        ("plan, years and kind of price of name.ovh",),
    ),
    ({"seen": "order_found", "cart": "closed", "order": 7}, ("Order 7",)),
    ({"seen": "order_has_other_names", "order": 7}, ("Order 7",)),
    ({"seen": "cart_names_order", "order": 7}, ("order 7",)),
    ({"seen": "cart_names_order_of_another", "order": 7}, ("order 7", "another request")),
    ({"seen": "cart_names_hidden_order", "order": 7}, ("order 7", "not show yet")),
    ({"seen": "order_cancelled", "order": 7}, ("order 7",)),
    ({"seen": "order_paid", "order": 7}, ("Order 7",)),
    ({"seen": "payment_received", "order": 7}, ("order 7",)),
    ({"seen": "payment_begun", "order": 7}, ("order 7",)),
    ({"seen": "refused", "said": "Blocked"}, ("OVH says: Blocked.",)),
    ({"seen": "refused", "said": None}, ("refused",)),
    ({"seen": "some_payment_failed"}, ("failed",)),
    ({"seen": "no_payment"}, ("no payment",)),
    ({"seen": "no_payment_at_the_order"}, ("no payment",)),
    ({"seen": "transaction_unexplained", **TRANSACTION}, ("Transaction 7 for €3.59",)),
    ({"seen": "transaction_open", **TRANSACTION}, ("Transaction 7 for €3.59", "(success)")),
    ({"seen": "transaction_booked", **TRANSACTION}, ("Transaction 7 took €3.59", "(success)")),
    ({"seen": "transaction_failed", **TRANSACTION}, ("transaction 7",)),
    ({"seen": "transactions_not_read", "refusal": {"error": "cart_changed", "cart": 12}}, ("#12",)),
]


@pytest.mark.parametrize(("different", "words"), DIFFERENCES)
def test_each_difference_is_said(different: Data, words: str) -> None:
    """What the order shows, and what was approved."""
    said = seen({"seen": "order_differs", "cart": "closed", "order": 7, "different": [different]})
    assert said == f"OVH closed the cart, and order 7 has its names, but {words}."
    assert seen({"seen": "order_differs", "order": 7, "different": [different]}).startswith("Order 7 has its names")


@pytest.mark.parametrize(("evidence", "facts"), EXAMPLES)
def test_evidence_says_what_was_seen(evidence: Data, facts: tuple[str, ...]) -> None:
    """Order numbers, transactions and amounts stand in the sentence."""
    said = seen(evidence)
    assert [fact for fact in facts if fact not in said] == []
    assert "None" not in said


def test_all_evidence_was_seen_above() -> None:
    """Each code that the registrar gives has a sentence and an example."""
    assert {str(evidence["seen"]) for evidence, _ in EXAMPLES} | {"order_differs"} == set(EVIDENCE.sentences)
