"""What people read about a checkout and its order: on the card while it holds, and in the thread when it happens."""

from __future__ import annotations

from typing import Any

from handlers.messages.en import evidence as shown
from handlers.messages.en.data import day, names, sentence, why
from handlers.messages.en.events import both, event, remark
from handlers.messages.en.evidence import seen
from handlers.messages.en.phrases import money
from handlers.messages.en.terms import differences
from ordering.model.facts import Data
from ordering.model.facts import EventKind as K


def owner_hidden(order: int) -> str:
    """Return why an order that was found cannot be paid yet."""
    return (
        f"OVH doesn't show yet who will own the names, so order {order} may be someone else's. Payers: please don't "
        "pay it yet. I'll offer *Pay* in 15 minutes at most."
    )


@both(K.TERMS_CHANGED)
def _(changes: list[Any]) -> str:
    return "\n".join(["OVH's terms changed, so nothing was ordered. Please decide again.", *differences(changes)])


@both(K.CHECKOUT_STARTED)
def _(ovh: dict[str, Any], approved: Data | None = None) -> str:
    if approved is None or money(ovh["total"]) == money(approved):
        return ""
    return f"OVH asks {money(ovh['total'])} with tax now, less than the {money(approved)} that was approved."


@both(K.CHECKOUT_REFUSED)
def _(**data: Any) -> str:
    return f"{why(data)} Nothing was ordered."


@both(K.CHECKOUT_CALL_REFUSED)
def _(**data: Any) -> str:
    return f"{why(data)} I'm checking that no order was made, for about 15 minutes. Nobody needs to act yet."


@both(K.CHECKOUT_RESCHEDULED)
def _(**data: Any) -> str:
    return f"{_why_again(data)} I'm trying again."


@both(K.CHECKOUT_ATTEMPTS_EXHAUSTED)
def _(attempt: int, **data: Any) -> str:
    return f"{_why_again(data)} That was try {attempt}, so I stopped."


@both(K.CHECKOUT_INTERRUPTED)
def _() -> str:
    return "I was interrupted before I could order. I'm checking whether an order was made. Nobody needs to act."


@both(K.ATTEMPT_NOT_ON_RECORD)
def _(order: int | None = None) -> str:
    if order is None:
        return (
            "I may have tried to order these names before: OVH shows a try that my database doesn't have. Perhaps the "
            "database was restored. I ordered nothing now, and I'm on hold until an operator has compared with OVH. "
            "Then look at OVH's orders: if none has these names, an approver can press *Order anyway*."
        )
    return (
        f"I may have paid order {order} before: OVH shows a try to pay that my database doesn't have. Perhaps the "
        "database was restored. I paid nothing now, and I'm on hold until an operator has compared with OVH. Then look "
        "at the order at OVH and at the account that pays, and press *It was paid* or *It was not paid*."
    )


@both(K.ORDER_FOUND)
def _(order: int, found: str, owner_hidden: bool = False) -> str:
    when = "The order was found at OVH after all."
    if found == "after_lost_answer":
        when = "OVH didn't confirm the order, but I found it there."
    return sentence(when, _owner_hidden(order) if owner_hidden else "")


_owner_hidden = owner_hidden


@both(K.ORDER_UNKNOWN)
def _(refusal: Data | None = None, evidence: Data | None = None, **data: Any) -> str:
    if "error" in data:
        return f"OVH doesn't tell whether it made the order. {why(data)} I keep looking."
    asked = why(refusal) if refusal else "OVH didn't say whether it made the order."
    return sentence(asked, seen(evidence), "I keep looking.")


@both(K.FOREIGN_ORDER_FOUND)
def _(order: int, is_clear: bool, ovh: dict[str, Any]) -> str:
    total = f" for {money(ovh['total'])}" if ovh["total"] else ""
    about = f"order {order}{total} of {day(ovh['made_at'])}" if ovh.get("made_at") else f"order {order}{total}"
    if not is_clear:
        return (
            f"OVH doesn't show which names {about} is for. It may be the same ones, so I ordered nothing. Open it at "
            "OVH. If it's for something else, an approver can press *Order anyway*. If it has these names, close this "
            "request."
        )
    has = f"The OVH account already has {about}, with {names(ovh['names'])}."
    if ovh["status"] != "notPaid":
        return (
            f"{has} It's paid. No open request of mine has it, so I ordered nothing. Ordering anyway buys the names "
            "twice."
        )
    return (
        f"{has} It isn't paid. No open request of mine has it, so I ordered nothing. If you want that order, close "
        "this request. If nobody will pay it, an approver can press *Order anyway*."
    )


@both(K.SECOND_ORDER_FOUND)
def _(order: int, second: int) -> str:
    return (
        f"The account has two orders for these names: {order} and {second}. I won't pay either. Payers: open both at "
        "OVH. If one is paid, leave the other unpaid. If neither is, pay one there, and OVH cancels the other."
    )


@both(K.ORDER_TERMS_DIFFER)
def _(order: int, evidence: dict[str, Any]) -> str:
    different = shown.differences(evidence["different"])
    return (
        f"Order {order} has other terms than were approved: {different}. I won't pay it. Payers: if you want it as it "
        "is, pay it at OVH. If not, leave it unpaid: OVH cancels it. Then close this request."
    )


def too_dear(order: int, approved: Data | None, ovh: dict[str, Any]) -> str:
    """Return that an order costs more than was approved."""
    allowed = money(approved) if approved else "nothing"
    return (
        f"OVH made order {order} for {money(ovh['total'])}, but {allowed} was approved. It isn't paid, and I won't pay "
        "it. OVH cancels it if nobody pays."
    )


both(K.ORDER_EXCEEDS_APPROVAL)(too_dear)


def order_changed(order: int, before: Data, ovh: dict[str, Any]) -> str:
    """Return that an order has another total."""
    return f"OVH changed order {order}: {money(before)} before, {money(ovh['total'])} now."


event(K.ORDER_CHANGED)(order_changed)


@both(K.ORDER_CANCELLED)
def _(order: int) -> str:
    return f"OVH cancelled order {order}: nothing was paid."


@both(K.ORDER_CANCELLED_AFTER_PAYMENT)
def _(order: int, while_paying: bool = False, evidence: Data | None = None) -> str:
    if not while_paying:
        return f"OVH cancelled order {order} after it was paid. Ask OVH's support about the refund."
    findings = seen(evidence, "It had accepted the payment.")
    return f"OVH cancelled order {order}. {findings} If the money was taken, ask OVH's support to give it back."


@both(K.ORDER_MISSING)
def _(order: int) -> str:
    return (
        f"OVH has not known order {order} for a day, so nobody can pay it here. Look whether it is at OVH. If it "
        "isn't, close this. I keep looking."
    )


@both(K.ORDER_SHOWN_AGAIN)
def _(order: int) -> str:
    return f"OVH shows order {order} again."


@event(K.INVOICE_RECEIVED)
def _(ovh: dict[str, Any]) -> str:
    return f"OVH's invoice is {ovh['invoice']}."


@remark(K.DECLARED_NOT_ORDERED)
def _() -> str:
    return (
        "I was told that nothing was ordered. I'll keep looking for about 15 minutes. If OVH shows no order by then, "
        "I'll order again. If OVH shows one that may be yours, this can take a day."
    )


@remark(K.ORDER_ADOPTED)
def _(order: int, payable: bool, ovh: dict[str, Any], approved: Data | None = None, owner_hidden: bool = False) -> str:
    if not payable:
        return too_dear(order, approved, ovh)
    return _owner_hidden(order) if owner_hidden else ""


def _why_again(data: Data) -> str:
    if data.get("denied_by"):
        return "Nothing was ordered."
    if data.get("error") == "outcome_unknown":
        return "OVH didn't confirm the order, and none was made."
    return f"{why(data)} Nothing was ordered."
