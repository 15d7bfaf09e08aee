"""Parses OVH's dry run into a quote, with each price paired to its name.

Before the order exists a line carries a placeholder instead of a name: ``*001`` is the cart's first item, ``*001.001``
an extra of it. OVH gives the cart item of some lines, and its own guide shows lines without any and in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ordering.model.domain_name import DomainName
from ordering.model.quote import Configuration, Contract, Quote, QuotedLine
from registrars.ovh.api.schemas import names_of
from registrars.ovh.api.wire.checkouts import DryRun, QuotedDetail

_PLACEHOLDER = re.compile(r"\*(\d+)((?:\.\d+)*)")
Items = Sequence[tuple[int, DomainName]]


def quote(checkout: DryRun, configuration: tuple[Configuration, ...], items: Items = ()) -> Quote:
    """Return a dry run as a quote; `items` are the cart's items in the order of their creation, each with its name."""
    prices = checkout.prices
    return Quote(
        total=prices.with_tax.money,
        tax=prices.tax.money,
        without_tax=prices.without_tax.money,
        contracts=tuple(Contract(contract.name, contract.url) for contract in checkout.contracts),
        configuration=configuration,
        lines=_lines(checkout.details, items),
        before=None if prices.original_without_tax is None else prices.original_without_tax.money,
        reduction=None if prices.reduction is None else prices.reduction.money,
    )


def _lines(details: Sequence[QuotedDetail], items: Items) -> tuple[QuotedLine, ...]:
    places = [_PLACEHOLDER.fullmatch(line.domain or "") for line in details]
    owners = _owners(details, [int(place[1]) if place else None for place in places], items)
    return tuple(
        QuotedLine(
            domain=owner,
            label=line.description or "",
            price=line.total_price.money,
            before=(line.original_total_price or line.total_price).money,
            extra=bool(place and place[2]),
        )
        for line, place, owner in zip(details, places, owners, strict=True)
    )


def _owners(
    details: Sequence[QuotedDetail], numbers: Sequence[int | None], items: Items
) -> Sequence[DomainName | None]:
    """Return the name that each line belongs to: by its cart item, else by the number in its placeholder.

    All are None if one line cannot be paired: a price at the wrong name is worse than none. A line without an item and
    without a placeholder is about the whole order, and belongs to no name.
    """
    names = dict(items)
    by_item = [names.get(line.cart_item_id or 0) for line in details]
    by_number = _by_number(by_item, numbers, items)
    found = [name or by_number.get(number or 0) for name, number in zip(by_item, numbers, strict=True)]
    unpaired = any(number is not None and name is None for name, number in zip(found, numbers, strict=True))
    contradicted = any(_names_another(line, name, names.values()) for line, name in zip(details, found, strict=True))
    if unpaired or contradicted:
        return [None] * len(details)
    return found


def _by_number(
    by_item: Sequence[DomainName | None], numbers: Sequence[int | None], items: Items
) -> Mapping[int, DomainName]:
    """Return the name of each placeholder's number: from its lines' items, else from the item at that position.

    `*001` is the first item. The position counts only if each item has its number, and no line's item contradicts it.
    """
    placed = {place: name for place, (_, name) in enumerate(items, 1)}
    named: dict[int, set[DomainName]] = {number: set() for number in numbers if number is not None}
    for name, number in zip(by_item, numbers, strict=True):
        if name is not None and number is not None:
            named[number].add(name)
    single = {number: next(iter(found)) for number, found in named.items() if len(found) == 1}
    if named.keys() != placed.keys() or any(found - {placed[number]} for number, found in named.items()):
        return single
    return placed | single


def _names_another(line: QuotedDetail, name: DomainName | None, names: Iterable[DomainName]) -> bool:
    """Return whether a line's description, as in "name.ovh - .ovh registration", names only other names of the cart."""
    named = names_of((line.description or "").split()) & set(names)
    return name is not None and bool(named) and name not in named
