"""What people read about a request and the decisions on it."""

from __future__ import annotations

from typing import Any

from handlers.messages.en.data import names, sentence, why
from handlers.messages.en.events import REMARKS, both, event, remark
from handlers.messages.en.terms import remarks as _remarks
from ordering.model.facts import EventKind as K

_HOUR, _MINUTE = 3600, 60  # seconds
_VOID = "An earlier approval no longer counts: that approver lost the right to approve."


@event(K.NAMES_ADDED)
def _(names: list[str]) -> str:
    return f"added {_names(names)}"


@event(K.NAME_REMOVED)
def _(names: list[str]) -> str:
    return f"removed {_names(names)}"


@event(K.YEARS_CHOSEN)
def _(names: list[str]) -> str:
    return f"chose the years of {_names(names)}"


@event(K.QUESTIONS_ANSWERED)
def _(names: list[str]) -> str:
    return f"answered for {_names(names)}"


@event(K.NAMES_COPIED)
def _(names: list[str]) -> str:
    return f"copied {_names(names)}"


_names = names


@remark(K.APPROVAL_REQUESTED)
def _(remarks: list[str], asked: dict[str, str] | None = None) -> str:
    return "\n".join([*([f"Changed after approvers asked: “{asked['reason']}”"] if asked else []), *_remarks(remarks)])


@event(K.CHANGES_REQUESTED)
def _(reason: str) -> str:
    return f"“{reason}”"


@remark(K.CHANGES_REQUESTED)
def _(reason: str) -> str:
    return f"“{reason}”"


@event(K.PARTLY_APPROVED)
def _(approvals: int, needed: int, void: int = 0) -> str:
    return sentence(f"approved, {approvals} of {needed}.", _VOID if void else "")


@remark(K.PARTLY_APPROVED)
def _(void: int = 0, before: dict[str, Any] | None = None) -> str:
    return "\n".join(filter(None, [_said_before(before), _VOID if void else ""]))


def _said_before(before: dict[str, Any] | None) -> str:
    if not before:
        return ""
    if "text" in before:
        return str(before["text"])  # of an earlier version
    made = REMARKS.sentence(before["kind"], before["data"])
    return made.text if made else ""


@event(K.REQUEST_WITHDRAWN)
def _() -> str:
    return "withdrawn"


@remark(K.REQUEST_WITHDRAWN)
def _() -> str:
    return "The requester withdrew it."


@event(K.ORDER_STOPPED)
def _() -> str:
    return "stopped"


@remark(K.ORDER_STOPPED)
def _() -> str:
    return "It was stopped: nothing was ordered or paid."


@both(K.PAYMENT_STOPPED)
def _() -> str:
    return "The payment was stopped: nothing was paid."


@both(K.APPROVAL_LAPSED)
def _(seconds: int) -> str:
    return (
        f"The approval is more than {_lasting(seconds)} old, so it no longer counts and nothing was ordered. Please "
        "approve again."
    )


@both(K.PAYMENT_LAPSED)
def _(seconds: int) -> str:
    return f"This wasn't paid within {_lasting(seconds)} of the click, so nothing was paid. Press Pay again."


@both(K.APPROVAL_VOID)
def _(lost: int = 1, **data: Any) -> str:
    if "error" in data:
        return f"{why(data)} Nothing was ordered."
    if lost == 0:
        return "This needs more approvals than it has, so nothing was ordered. Please approve it once more."
    return (
        "An approver lost the right to approve before this was ordered, so that approval no longer counts and nothing "
        "was ordered. Please approve again."
    )


@both(K.PAYMENT_VOID)
def _(**data: Any) -> str:
    if "error" in data:
        return f"{why(data)} Nothing was paid."
    return "The person who pressed Pay is no longer a payer, so nothing was paid. Another payer can pay it."


@event(K.RETRY_REQUESTED)
def _() -> str:
    return "to be tried again"


@event(K.CLOSED)
def _() -> str:
    return "closed"


@remark(K.CLOSED)
def _(order: int | None, missing: bool = False) -> str:
    if order is None:
        return "Closed without ordering."
    return f"Closed: {'OVH does not know' if missing else 'OVH cancelled'} order {order}."


@event(K.ORDER_ADOPTED)
def _(order: int) -> str:
    return f"it is order {order}"


@event(K.ORDERED_ANYWAY)
def _(order: int | None) -> str:
    if order is None:
        return "order it anyway, although I may have tried before"
    return f"order it anyway, although the account has order {order}"


@event(K.DECLARED_NOT_ORDERED)
def _() -> str:
    return "nothing was ordered"


@event(K.DECLARED_PAID)
def _() -> str:
    return "It was paid."


@event(K.DECLARED_NOT_PAID)
def _() -> str:
    return "It was not paid."


def _lasting(seconds: int) -> str:
    number, unit = (seconds / _HOUR, "hour") if seconds >= _HOUR else (seconds / _MINUTE, "minute")
    return f"{number:g} {unit}{'' if number == 1 else 's'}"
