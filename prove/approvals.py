"""Check that an authorised approver approved exactly what was ordered, by the approval's own event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ordering.model.cart import CartState
from ordering.model.money import Money
from ordering.record.hash_chain import Entry, read
from sandbox.ovh.orders import Order
from sandbox.slack.world import TEAM
from sandbox.stage import Stage

_S = CartState


def objections(order: Order, entries: Sequence[Entry], stage: Stage) -> Iterator[str]:
    """Yield each part of an order that no approval covers. `entries` is the audit log of the cart it was made for.

    The approved terms are read from the approval's event, never from the cart, which holds only the current state.
    """
    began = next((place for place, entry in enumerate(entries) if _is_intent(entry, order)), None)
    if began is None:
        yield "no intent to order it is on record"
        return
    approval = _in_force(entries[:began])
    if approval is None:
        yield "nobody's approval was in force when it was made"
        return
    facts = _facts(approval)
    yield from _of_terms(order, facts)
    yield from _of_total(order, facts, stage)
    for user in {approval.by or "nobody", *facts.get("approved_by", [])}:
        yield from _of_person(user, facts, stage)


def intents(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the OVH carts of all recorded intents to order."""
    for entry in entries:
        attempt = _facts(entry).get("attempt")
        if entry.state == _S.CHECKING_OUT and isinstance(attempt, list):
            yield str(attempt[1])


def _is_intent(entry: Entry, order: Order) -> bool:
    """Return whether an entry is the intent to order: the bot records the OVH cart before it checks it out."""
    attempt = _facts(entry).get("attempt")
    return entry.state == _S.CHECKING_OUT and isinstance(attempt, list) and attempt[1] == order.cart


def _in_force(entries: Sequence[Entry]) -> Entry | None:
    """Return the last approval, unless approval was requested again since.

    A retry also moves a cart to approved, but it decides nothing: only a request can be approved.
    """
    approval = before = None
    for entry in entries:
        if entry.state == _S.SUBMITTED:
            approval = None
        elif entry.state == _S.APPROVED and entry.by and before is not None and before.state == _S.SUBMITTED:
            approval = entry
        before = entry
    return approval


def _of_terms(order: Order, facts: dict[str, Any]) -> Iterator[str]:
    approved = sorted(tuple(line[:3]) for line in facts.get("lines", []))
    ordered = sorted((item.domain, item.years, item.mode) for item in order.items)
    if ordered != approved:
        yield f"ordered was {ordered}, approved {approved}"


def _of_total(order: Order, facts: dict[str, Any], stage: Stage) -> Iterator[str]:
    """Check the total. If OVH makes an order dearer than its dry run just before, it only must not be paid."""
    minor, currency = facts["seal"][1].split()
    approved = Money(int(minor), currency)
    if order.currency == currency and order.total <= approved.amount:
        return
    tried = any(call.order == order.id for call in stage.ovh.payments.calls)
    if (
        order.currency != currency
        or order.dry_run_total is None
        or order.dry_run_total > approved.amount
        or tried
        or order.payments
    ):
        yield f"it is for {order.total} {order.currency}, its dry run {order.dry_run_total}; approved was {approved}"


def _of_person(user: str, facts: dict[str, Any], stage: Stage) -> Iterator[str]:
    settings, world = stage.environment, stage.slack.state.world
    named = set(settings["DESK_APPROVERS"].split(","))
    approvers = named.union(*(members for group, members in world.groups.items() if group in named))
    if user not in approvers:
        yield f"{user}, who approved it, is no approver"
    known = world.users.get(user)
    if known is None or known.guest or known.bot or known.deleted or known.team != TEAM:
        yield f"{user}, who approved it, is no full member"
    if settings.get("DESK_SELF_APPROVAL", "false") == "false":
        if user == facts.get("requester"):
            yield f"{user} approved their own request"
        if user in {line[4] for line in facts.get("lines", [])}:
            yield f"{user} approved a name that they added"


def _facts(entry: Entry) -> dict[str, Any]:
    return read(entry.facts or "", entry.cart_id)
