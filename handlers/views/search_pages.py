"""A search at one moment, and the layout of its answers on pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, partial
from itertools import groupby

from slack_sdk.models.blocks import Block

from handlers.messages import words
from handlers.messages.en.unknown_names import why_unknown
from handlers.text.mrkdwn import cut, escape, escape_markup
from handlers.toolkit.blocks import section
from handlers.views.offers import add_button, open_cart_button, side_by_side
from ordering.model.cart import MOST_LINES, Cart
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.offer import Availability, Verdict
from ordering.model.offer_selection import only_usual

_OLD = timedelta(minutes=1)
_PAGE = 24  # lines of text, about one screen
_PARAGRAPH = 700  # characters
_LINE = 90  # characters, about
_YEARS_COMPARED = 3
V = Verdict
_MOST_INSTEAD = 3  # names that are offered in place of one that cannot be had
Piece = Callable[[], Block]


class Standing(StrEnum):
    """The progress of a search."""

    ASKING = "asking"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Surroundings:
    """What is known around a search: where it was typed, who typed it, and what the team has already.

    `in_cart` are the names of the channel's open cart, with its number. `ours` are names of the account, each with the
    cart that bought it; None if there is none, or if it is private to others. `barred` are names that a rule of the
    team refuses, each with the reason. `may_not_add` is why this person cannot add names, as a sentence; else empty.
    `sold` are the extensions that OVH sells, as far as known.
    """

    in_cart: Mapping[DomainName, CartId] = field(default_factory=dict)
    ours: Mapping[DomainName, Cart | None] = field(default_factory=dict)
    barred: Mapping[DomainName, str] = field(default_factory=dict)
    may_not_add: str = ""
    sold: frozenset[str] = frozenset()

    def takes_no_accents(self, answer: Availability) -> bool:
        """Whether OVH sells the extension, and only the accents of this name are in the way."""
        is_refused = answer.verdict in {V.NOT_SOLD, V.NOT_OFFERED} and answer.domain.is_idn
        return is_refused and answer.domain.extension in self.sold


@dataclass(frozen=True)
class Found:
    """A search at one moment. `seconds_left` is an estimate, `page` counts from 0.

    `refreshing` counts the old answers that are being looked up again. `left_out` are the extensions that did not fit
    into the search, `skipped` words of a pasted list that were not searched, `notes` what else to say about it.
    `alternatives` are answers for names in place of a single one that cannot be had.
    """

    id: str
    names: tuple[DomainName, ...]
    answers: Sequence[Availability]
    now: datetime
    standing: Standing = Standing.DONE
    unreadable: Sequence[str] = ()
    left_out: Sequence[str] = ()
    refreshing: int = 0
    seconds_left: float = 0.0
    page: int = 0
    allow_premium: bool = False
    skipped: Sequence[str] = ()
    notes: Sequence[str] = ()
    under: Decimal | None = None
    cheapest_first: bool = False
    alternatives: Sequence[Availability] = ()
    around: Surroundings = field(default_factory=Surroundings)

    @cached_property
    def buyable(self) -> list[Availability]:
        """The names that can be added to a cart, in the order typed, or by what they cost over three years."""
        return self._ranked([answer for answer in self.answers if self._is_buyable(answer)])

    @cached_property
    def instead(self) -> list[Availability]:
        """The names to offer in place of a single one that cannot be had."""
        return [answer for answer in self.alternatives if self._is_buyable(answer)][:_MOST_INSTEAD]

    @cached_property
    def dearer(self) -> frozenset[DomainName]:
        """The names that can be bought, but cost more than the search asked for."""
        return frozenset(a.domain for a in self.answers if self._can_be_bought(a) and not self._is_cheap_enough(a))

    def _is_buyable(self, answer: Availability) -> bool:
        return self._can_be_bought(answer) and self._is_cheap_enough(answer)

    def _can_be_bought(self, answer: Availability) -> bool:
        is_free = answer.verdict is V.AVAILABLE or (answer.verdict is V.PREMIUM and self.allow_premium)
        return is_free and answer.domain not in {*self.around.barred, *self.around.ours}

    def _is_cheap_enough(self, answer: Availability) -> bool:
        """Return whether a name costs less than the limit a year, now and later: a first year may be a teaser."""
        if self.under is None or answer.offer is None:
            return True
        now = answer.offer.price.amount / answer.offer.years[0]
        later = answer.offer.renewal.amount if answer.offer.renewal else now
        return max(now, later) < self.under

    def _ranked(self, answers: list[Availability]) -> list[Availability]:
        place = {name: number for number, name in enumerate(self.names)}
        if self.cheapest_first:
            return sorted(answers, key=lambda a: (_over_three_years(a), place.get(a.domain, 0)))
        return sorted(answers, key=lambda a: place.get(a.domain, 0))

    @cached_property
    def free(self) -> dict[DomainName, str | None]:
        """What *Add all* adds, as shown: up to a full cart, each name with its offer's fingerprint."""
        standard = (answer for answer in self.buyable if answer.verdict is V.AVAILABLE)
        free = [answer for answer in standard if answer.domain not in self.around.in_cart][:MOST_LINES]
        usual = {answer.domain: only_usual(answer.to_buy(allow_premium=self.allow_premium)) for answer in free}
        return {name: only.mark if only else None for name, only in usual.items()}

    @property
    def free_mark(self) -> str:
        """The fingerprint of the available names: a button carries it, so it adds exactly what it shows.

        Like an offer's fingerprint, it is only compared, never trusted as input.
        """
        seen = [f"{name.ascii} {mark}" for name, mark in self.free.items()]
        return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:12]

    @cached_property
    def unasked(self) -> list[DomainName]:
        known = {answer.domain for answer in self.answers}
        return [name for name in self.names if name not in known]

    @cached_property
    def old(self) -> list[Availability]:
        """Answers that are at least a minute old."""
        return [a for a in self.answers if a.asked_at is not None and self.now - a.asked_at >= _OLD]

    @property
    def done(self) -> int:
        """The number of names whose answer has arrived."""
        return len(self.answers) - self.refreshing

    @property
    def to_ask(self) -> list[DomainName]:
        """The names that are unknown or were not looked up; empty while the search runs."""
        if self.standing is Standing.ASKING:
            return []
        unknown = {a.domain for a in self.answers if a.verdict is V.UNKNOWN}.union(self.unasked)
        return [name for name in self.names if name in unknown]

    @property
    def to_refresh(self) -> list[DomainName]:
        """The names whose old answer may have changed; empty while a search runs."""
        if self.standing is Standing.ASKING:
            return []
        return [answer.domain for answer in self.old if answer.verdict is not V.UNKNOWN]


def pages(found: Found) -> list[list[Piece]]:
    """Return all answers in pages of one screen: available names in rows, the others in lists with the reason.

    Only the page that is viewed is rendered.
    """
    made: list[list[Piece]] = [[]]
    lines = 0
    for height, block in _pieces(found):
        if made[-1] and lines + height > _PAGE:
            made.append([])
            lines = 0
        made[-1].append(block)
        lines += height
    return made


def first_page_of_others(found: Found) -> int:
    """Return the page on which the names begin that cannot be added."""
    lines = page = 0
    for number, (height, _) in enumerate(_pieces(found)):
        if lines and lines + height > _PAGE:
            page, lines = page + 1, 0
        if number == len(found.buyable):
            return page
        lines += height
    return page


def _pieces(found: Found) -> Iterator[tuple[int, Piece]]:
    for answer in found.buyable:
        offers = answer.to_buy(allow_premium=found.allow_premium)
        yield 1 + max(len(offers), 1), partial(row, found, answer, title=f"*{answer.domain}*")
    for number, paragraph in enumerate(_paragraphs([escape(problem) for problem in found.unreadable], "\n")):
        title = words.search.not_understood(len(found.unreadable))
        heading = title if not number else words.search.continued(title)
        yield 2 + len(paragraph) // _LINE, partial(section, f"{heading}\n{paragraph}")
    bought = {answer.domain for answer in found.buyable}
    for title, names in _others(found, [a for a in found.answers if a.domain not in bought]):
        for number, paragraph in enumerate(_paragraphs(names, ", ")):
            heading = title if not number else words.search.continued(title)
            yield 2 + len(paragraph) // _LINE, partial(section, f"{heading}\n{paragraph}")


def row(found: Found, answer: Availability, *, title: str) -> Block:
    """Return a name that can be bought, with its price, and a button if this person may add it."""
    offers = answer.to_buy(allow_premium=found.allow_premium)
    unusual = f" · {words.prices.unusual(answer.offer.kind)}" if answer.verdict is V.PREMIUM and answer.offer else ""
    cart = found.around.in_cart.get(answer.domain)
    inside = f" · {words.search.in_cart(cart)}" if cart is not None else ""
    text = f"{title}{unusual}\n{side_by_side(offers)}{inside}"
    if cart is not None:
        return section(text, accessory=open_cart_button(cart))
    if found.around.may_not_add:
        return section(text)
    return section(text, accessory=add_button(answer.domain, offers, search=found.id))


def _others(found: Found, answers: Sequence[Availability]) -> Iterator[tuple[str, list[str]]]:
    around = found.around
    if around.ours:
        ours = [words.search.ours_in_list(domain, cart) for domain, cart in around.ours.items()]
        yield words.search.ours(len(ours)), ours
    if barred := [escape(around.barred[a.domain]) for a in answers if a.domain in around.barred]:
        yield words.search.barred(len(barred)), barred
    if found.dearer and found.under is not None:
        yield words.search.dearer(len(found.dearer), found.under), [str(name) for name in sorted(found.dearer)]
    accented = [answer.domain for answer in answers if around.takes_no_accents(answer)]
    if accented:
        yield words.search.no_accents(len(accented)), [str(name) for name in accented]
    explained = {*around.ours, *around.barred, *found.dearer, *accented}
    answers = [answer for answer in answers if answer.domain not in explained]
    order = [V.PREMIUM, V.AFTERMARKET, V.TAKEN, V.NOT_OFFERED, V.NOT_SOLD, V.UNKNOWN]
    ranked = sorted(answers, key=lambda a: (order.index(a.verdict), _reason(a) or ""))
    for (verdict, reason), group in groupby(ranked, key=lambda a: (a.verdict, _reason(a))):
        listed = sorted(group, key=lambda a: a.domain)
        names = [_priced(answer) for answer in listed]
        yield words.search.title(verdict, len(names), escape_markup(cut(reason or "", 200))), names
    if found.standing is Standing.STOPPED and (unasked := found.unasked):
        yield words.search.not_asked(len(unasked)), [str(name) for name in unasked]


def _reason(answer: Availability) -> str | None:
    return why_unknown(answer) if answer.verdict is V.UNKNOWN else None


def _priced(answer: Availability) -> str:
    if answer.offer and answer.verdict in {V.PREMIUM, V.AFTERMARKET}:
        return f"{answer.domain} ({answer.offer.price})"
    return str(answer.domain)


def _over_three_years(answer: Availability) -> int:
    """Return what a name costs over three years, in the currency's smallest unit: by this the cheapest is found."""
    offer = answer.offer
    if offer is None:
        return 0
    renewal = offer.renewal.minor if offer.renewal else offer.price.minor // offer.years[0]
    return offer.price.minor + renewal * max(_YEARS_COMPARED - offer.years[0], 0)


def _paragraphs(parts: Sequence[str], separator: str) -> Iterator[str]:
    """Join the parts into one text, and split it into paragraphs between parts."""
    kept = ""
    for part in parts:
        if kept and len(kept) + len(separator) + len(part) > _PARAGRAPH:
            yield kept
            kept = part
        else:
            kept = f"{kept}{separator}{part}" if kept else part
    if kept:
        yield kept
