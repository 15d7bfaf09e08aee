"""A search at one moment, and the layout of its answers on pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, partial
from itertools import groupby

from slack_sdk.models.blocks import Block

from handlers.messages import words
from handlers.messages.en.unknown_names import why_unknown
from handlers.text.mrkdwn import cut, escape, escape_markup
from handlers.toolkit.blocks import section
from handlers.views.offers import add_button, side_by_side
from ordering.model.cart import MOST_LINES
from ordering.model.domain_name import DomainName
from ordering.model.offer import Action, Availability, Offer, Verdict
from ordering.model.offer_selection import only_usual

_OLD = timedelta(minutes=1)
_PAGE = 24  # lines of text, about one screen
_PARAGRAPH = 700  # characters
_LINE = 90  # characters, about
_PRICED = 12  # taken names; in a longer list no one looks for the cost of a transfer
V = Verdict
Piece = Callable[[], Block]


class Standing(StrEnum):
    """The progress of a search."""

    ASKING = "asking"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Found:
    """A search at one moment. `seconds_left` is an estimate, `page` counts from 0.

    `refreshing` counts the old answers that are being looked up again. `left_out` are the extensions that did not fit
    into the search.
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

    @cached_property
    def buyable(self) -> list[Availability]:
        """The names that can be added to a cart: standard before premium, the cheapest first."""
        found = [a for a in self.answers if a.verdict is V.AVAILABLE or (a.verdict is V.PREMIUM and self.allow_premium)]
        return sorted(found, key=lambda a: (a.verdict is V.PREMIUM, a.offer.price.minor if a.offer else 0, a.domain))

    @cached_property
    def free(self) -> dict[DomainName, str | None]:
        """What *Add all available* adds, cheapest first: up to a full cart, each name with its offer's fingerprint."""
        free = [answer for answer in self.buyable if answer.verdict is V.AVAILABLE][:MOST_LINES]
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


def _pieces(found: Found) -> Iterator[tuple[int, Piece]]:
    for answer in found.buyable:
        offers = answer.to_buy(allow_premium=found.allow_premium)
        yield 1 + max(len(offers), 1), partial(_row, answer, offers)
    bought = {answer.domain for answer in found.buyable}
    for title, names in _others(found, [a for a in found.answers if a.domain not in bought]):
        for number, paragraph in enumerate(_paragraphs(names, ", ")):
            heading = title if not number else words.search.continued(title)
            yield 2 + len(paragraph) // _LINE, partial(section, f"{heading}\n{paragraph}")
    for number, paragraph in enumerate(_paragraphs([escape(problem) for problem in found.unreadable], "\n")):
        title = words.search.not_understood(len(found.unreadable))
        heading = title if not number else words.search.continued(title)
        yield 2 + len(paragraph) // _LINE, partial(section, f"{heading}\n{paragraph}")


def _row(answer: Availability, offers: Sequence[Offer]) -> Block:
    unusual = f" · {words.prices.unusual(answer.offer.kind)}" if answer.verdict is V.PREMIUM and answer.offer else ""
    text = f"*{answer.domain}*{unusual}\n{side_by_side(offers)}"
    return section(text, accessory=add_button(answer.domain, offers))


def _others(found: Found, answers: Iterable[Availability]) -> Iterator[tuple[str, list[str]]]:
    order = [V.PREMIUM, V.AFTERMARKET, V.TAKEN, V.NOT_OFFERED, V.NOT_SOLD, V.UNKNOWN]
    ranked = sorted(answers, key=lambda a: (order.index(a.verdict), _reason(a) or ""))
    for (verdict, reason), group in groupby(ranked, key=lambda a: (a.verdict, _reason(a))):
        listed = sorted(group, key=lambda a: a.domain)
        priced = verdict is not V.TAKEN or len(listed) <= _PRICED
        names = [_priced(answer) if priced else str(answer.domain) for answer in listed]
        yield words.search.title(verdict, len(names), escape_markup(cut(reason or "", 200))), names
    if found.standing is Standing.STOPPED and (unasked := found.unasked):
        yield words.search.not_asked(len(unasked)), [str(name) for name in unasked]


def _reason(answer: Availability) -> str | None:
    return why_unknown(answer) if answer.verdict is V.UNKNOWN else None


def _priced(answer: Availability) -> str:
    if answer.offer and answer.verdict in {V.PREMIUM, V.AFTERMARKET}:
        return f"{answer.domain} ({answer.offer.price})"
    if answer.offer and answer.offer.action is Action.TRANSFER:
        return words.search.transfer_price(answer.domain, answer.offer.price)
    return str(answer.domain)


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
