"""An order is covered by what the approval's own event bears witness to, and by nothing else."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ordering.record.hash_chain import Entry
from prove.approvals import objections
from sandbox.ovh.carts import Item
from sandbox.ovh.names import Names
from sandbox.ovh.orders import Order, PaymentCall
from sandbox.stage import Stage

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ADA, BEN, CLEO, DAN, GWEN = "U0ADA", "U0BEN", "U0CLEO", "U0DAN", "U0GWEN"
SUBMITTED, APPROVED = {"state": "submitted", "by": ADA}, {"state": "approved", "by": CLEO}
INTENT = {"state": "checking_out", "attempt": [1, "cart-1", "then"]}
STUCK, AGAIN = {"state": "needs_attention"}, {"state": "approved", "by": DAN}


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


def audit_entries(*events: dict[str, Any], **facts: object) -> list[Entry]:
    """The record of a cart; what all its events bear witness to can be said once."""
    told = {
        "requester": ADA,
        "approved_by": [],
        "lines": [["name.ovh", 1, "create-default", "299 EUR", ADA]],
        "seal": ["digest", "359 EUR"],
        "attempt": None,
    }
    return [
        Entry(
            id=number,
            cart_id=1,
            number=number,
            state=event["state"],
            at=NOW,
            by=event.get("by"),
            note=None,
            kind=None,
            data=None,
            facts=json.dumps(told | facts | {"attempt": event.get("attempt")}),
            previous_in_cart=None,
            previous=None,
        )
        for number, event in enumerate(events, 1)
    ]


def an_order(stage: Stage, *, total: str = "3.59", told: str = "3.59", years: int = 1, mode: str = "create-default"):
    (offer,) = Names(stage.ovh.clock).offers_for("name.ovh")
    return Order(
        id=7,
        cart="cart-1",
        description="Domain Desk #1 attempt 1",
        domains=["name.ovh"],
        total=Decimal(total),
        tax=Decimal("0.60"),
        made_at=NOW,
        url="",
        items=[Item(1, "name.ovh", "ovh", mode, f"P{years}Y", offer)],
        dry_run_total=Decimal(told),
    )


def test_what_was_approved_is_covered_and_so_is_less(stage):
    entries = audit_entries(SUBMITTED, APPROVED, INTENT)
    assert list(objections(an_order(stage), entries, stage)) == []
    assert list(objections(an_order(stage, total="3.00", told="3.00"), entries, stage)) == []


def test_an_approval_holds_when_somebody_has_it_tried_again(stage):
    entries = audit_entries(SUBMITTED, APPROVED, STUCK, AGAIN, INTENT)
    assert list(objections(an_order(stage), entries, stage)) == []


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((), "no intent"),
        ((SUBMITTED, APPROVED), "no intent"),
        ((SUBMITTED, INTENT), "nobody's approval"),
        ((SUBMITTED, APPROVED, {"state": "submitted"}, INTENT), "nobody's approval"),
        ((SUBMITTED, STUCK, AGAIN, INTENT), "nobody's approval"),
        ((SUBMITTED, INTENT, APPROVED), "nobody's approval"),
        ((SUBMITTED, {"state": "approved"}, INTENT), "nobody's approval"),
    ],
)
def test_an_order_needs_an_approval_and_an_intent(stage, events, said):
    """An order needs an approval in force and an intent on record."""
    (found,) = objections(an_order(stage), audit_entries(*events), stage)
    assert said in found


@pytest.mark.parametrize("ordered", [{"years": 2}, {"mode": "create-premium"}])
def test_other_years_or_another_offer_than_was_approved_is_seen(stage, ordered):
    (found,) = objections(an_order(stage, **ordered), audit_entries(SUBMITTED, APPROVED, INTENT), stage)
    assert "approved [('name.ovh', 1, 'create-default')]" in found


def test_a_dearer_order_is_seen_though_somebody_approved_once(stage):
    (found,) = objections(an_order(stage, total="4.79", told="4.79"), audit_entries(SUBMITTED, APPROVED, INTENT), stage)
    assert "for 4.79 EUR" in found


def test_an_order_dearer_than_its_dry_run_is_not_paid(stage):
    """An order that OVH made dearer than it had told must not be paid."""
    entries, order = audit_entries(SUBMITTED, APPROVED, INTENT), an_order(stage, total="4.79")
    assert list(objections(order, entries, stage)) == []
    stage.ovh.payments.calls.append(PaymentCall(order.id, 8120045, NOW, beside=False))
    assert len(list(objections(order, entries, stage))) == 1


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (BEN, f"{BEN}, who approved it, is no approver"),
        (GWEN, f"{GWEN}, who approved it, is no full member"),
        (ADA, f"{ADA} approved their own request"),
        (ADA, f"{ADA} approved a name that they added"),
    ],
)
def test_who_had_no_right_to_approve_is_seen(stage, by, said):
    entries = audit_entries(SUBMITTED, APPROVED | {"by": by}, INTENT)
    assert said in list(objections(an_order(stage), entries, stage))


def test_an_approver_who_added_a_name_or_left_the_team_is_seen(stage):
    added = audit_entries(SUBMITTED, APPROVED, INTENT, lines=[["name.ovh", 1, "create-default", "299 EUR", CLEO]])
    assert list(objections(an_order(stage), added, stage)) == [f"{CLEO} approved a name that they added"]
    stage.slack.state.world.users[CLEO].deleted = True
    found = list(objections(an_order(stage), audit_entries(SUBMITTED, APPROVED, INTENT), stage))
    assert found == [f"{CLEO}, who approved it, is no full member"]


def test_events_without_facts_prove_nothing(stage):
    entries = [replace(entry, facts=None) for entry in audit_entries(SUBMITTED, APPROVED, INTENT)]
    assert list(objections(an_order(stage), entries, stage)) == ["no intent to order it is on record"]
