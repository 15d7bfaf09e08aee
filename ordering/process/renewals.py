"""Current renewal prices, looked up right before an order, because a renewal is an approved term too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ordering.model.cart_line import Line
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.offer import Availability, Verdict
from ordering.ports.names import Names


def as_offered_now(lines: Sequence[Line], registrar: Names) -> tuple[Line, ...]:
    """Return the lines with OVH's current renewal prices for the same offers, None if it shows none.

    Costs one call per name. Raises `RegistrarUnavailable` if OVH does not answer for one of them, and
    `RegistrarRefused` if one is no longer free.
    """
    answers = {answer.domain: answer for answer in registrar.look_up([line.domain for line in lines], urgent=True)}
    return tuple(_now(line, answers.get(line.domain)) for line in lines)


def _now(line: Line, answer: Availability | None) -> Line:
    if answer is None or answer.verdict is Verdict.UNKNOWN:
        raise RegistrarUnavailable(code="renewal_unknown", name=line.domain.ascii)
    if not answer.can_be_added:
        raise RegistrarRefused(code="name_not_free", name=line.domain.ascii)
    offer = line.offer_in(answer.offers)
    return replace(line, renewal=offer.renewal if offer else None)
