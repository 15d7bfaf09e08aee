"""OVH's dry run into a quote: whose line is whose.

Before the order is made a line names no domain but a placeholder, such as ``*001`` for the first name and ``*001.001``
for what comes with it; its cart item is given for some lines and missing for others (contracts/ovh.md 2.6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ordering.model.domain_name import DomainName
from ordering.model.quote import Configuration, Contract, Quote, QuotedLine
from registrars.ovh.api.schemas import Json, money

_PLACEHOLDER = re.compile(r"\*(\d+)((?:\.\d+)*)")
Items = Sequence[tuple[int, DomainName]]


def quote(checkout: Json, configuration: tuple[Configuration, ...], items: Items = ()) -> Quote:
    """Read a dry run; `items` are the cart's, in the order in which they were put there, each with its name."""
    prices = checkout["prices"]
    return Quote(
        total=money(prices["withTax"]),
        tax=money(prices["tax"]),
        without_tax=money(prices["withoutTax"]),
        contracts=tuple(Contract(c["name"], c["url"]) for c in checkout.get("contracts") or ()),
        configuration=configuration,
        lines=_lines(checkout.get("details") or (), items),
        before=money(prices["originalWithoutTax"]) if prices.get("originalWithoutTax") else None,
        reduction=money(prices["reduction"]) if prices.get("reduction") else None,
    )


def _lines(details: Sequence[Json], items: Items) -> tuple[QuotedLine, ...]:
    places = [_PLACEHOLDER.fullmatch(str(line.get("domain") or "")) for line in details]
    groups = [place[1] if place else None for place in places]
    owners = _owners(details, groups, items)
    names = dict(items)
    return tuple(
        QuotedLine(
            domain=names.get(line.get("cartItemID") or 0) or owners.get(group or ""),
            said=str(line.get("description") or ""),
            price=money(line["totalPrice"]),
            before=money(line.get("originalTotalPrice") or line["totalPrice"]),
            extra=bool(place and place[2]),
        )
        for line, place, group in zip(details, places, groups, strict=True)
    )


def _owners(details: Sequence[Json], groups: Sequence[str | None], items: Items) -> Mapping[str, DomainName]:
    """Whose each placeholder is: by a cart item among its lines, or by the order, where no line names an item.

    What stays unclear has no owner: a price at the wrong name would be worse than none.
    """
    names = dict(items)
    named: dict[str, set[DomainName]] = {group: set() for group in groups if group}
    for line, group in zip(details, groups, strict=True):
        if group and (name := names.get(line.get("cartItemID") or 0)):
            named[group].add(name)
    if not any(named.values()) and len(named) == len(items):
        return {group: name for group, (_, name) in zip(named, items, strict=True)}
    return {group: found.pop() for group, found in named.items() if len(found) == 1}
