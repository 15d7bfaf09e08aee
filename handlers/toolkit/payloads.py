"""What buttons and forms carry through Slack: each kind of payload is written and read here, and nowhere else.

A payload holds numbers, names and fingerprints, never a price or a state. Its text is a button's value, an option's
value or a form's private metadata. Older messages stay in Slack, so `read` understands every text that an older version
wrote, or refuses it: it raises `NotPossible` and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Protocol, Self

from handlers.toolkit.interaction import cart_number
from ordering.model.domain_name import DomainName
from ordering.model.errors import CardOutdated, InvalidName, NotPossible
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp

LONGEST_VALUE, LONGEST_METADATA = 2_000, 3_000  # characters, Slack's limits for a button's value and a form's metadata
_COUNT = re.compile("[0-9]{1,9}")
_COMPARED = re.compile("([0-9]{1,15}) ([0-9]{1,15})")


class Payload(Protocol):
    """A frozen value with a compact text. `str(payload)` writes it; `read` returns an equal payload."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse the text. Raises `NotPossible` if this version cannot read it."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """The payload of a button that only says that it was pressed."""

    def __str__(self) -> str:
        return "now"  # Slack refuses an empty value

    @classmethod
    def read(cls, _text: str) -> Self:
        return cls()


@dataclass(frozen=True, slots=True)
class CartNumber:
    """A cart."""

    cart_id: CartId

    def __str__(self) -> str:
        return str(self.cart_id)

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(_cart(text))


@dataclass(frozen=True, slots=True)
class CartAsShown:
    """A cart, and the fingerprint of what its card showed; empty if it does not matter."""

    cart_id: CartId
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.cart_id} {self.mark}".rstrip()

    @classmethod
    def read(cls, text: str) -> Self:
        number, *rest = text.split() or [""]
        return cls(_cart(number), rest[0] if rest else "")


@dataclass(frozen=True, slots=True)
class Decision:
    """The payload of a button that decides, or of the form that it opens: also the newest event when it was rendered.

    `mark` is the card's seal or fingerprint; empty without one.
    """

    cart_id: CartId
    mark: str
    stamp: Stamp

    def __str__(self) -> str:
        return f"{CartAsShown(self.cart_id, self.mark)} {self.stamp}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse the text. Raises `CardOutdated` if it has no stamp, because an older version rendered the card."""
        number, *rest = text.split() or [""]
        cart_id, stamp = _cart(number), Stamp.parse(rest[-1]) if rest else None
        if stamp is None:
            raise CardOutdated(cart_id)
        return cls(cart_id, rest[0] if len(rest) > 1 else "", stamp)


@dataclass(frozen=True, slots=True)
class CartPage:
    """A page of a cart's details, from 0."""

    cart_id: CartId
    page: int = 0

    def __str__(self) -> str:
        return f"{self.cart_id} {self.page}"

    @classmethod
    def read(cls, text: str) -> Self:
        number, _, page = text.partition(" ")
        return cls(_cart(number), _count_or_zero(page))


@dataclass(frozen=True, slots=True)
class NameInCart:
    """One name of a cart."""

    cart_id: CartId
    domain: DomainName

    def __str__(self) -> str:
        return f"{self.cart_id} {self.domain.ascii}"

    @classmethod
    def read(cls, text: str) -> Self:
        number, _, name = text.partition(" ")
        return cls(_cart(number), _name(name))


@dataclass(frozen=True, slots=True)
class QuestionsAbout:
    """A cart, and the name that the questions are about; None for all of its names."""

    cart_id: CartId
    domain: DomainName | None = None

    def __str__(self) -> str:
        return str(CartNumber(self.cart_id) if self.domain is None else NameInCart(self.cart_id, self.domain))

    @classmethod
    def read(cls, text: str) -> Self:
        number, _, name = text.partition(" ")
        return cls(_cart(number), _name(name) if name else None)


@dataclass(frozen=True, slots=True)
class NameOffered:
    """A name, and the fingerprint of the one offer that was shown; None if a choice follows."""

    domain: DomainName
    mark: str | None = None

    def __str__(self) -> str:
        return f"{self.domain.ascii} {self.mark or ''}".rstrip()

    @classmethod
    def read(cls, text: str) -> Self:
        name, _, mark = text.partition(" ")
        return cls(_name(name), mark or None)


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """The form that asks for one of a name's offers; the name goes into the cart of `channel`."""

    channel: str
    domain: DomainName

    def __str__(self) -> str:
        return f"{self.channel} {self.domain.ascii}"

    @classmethod
    def read(cls, text: str) -> Self:
        channel, _, name = text.partition(" ")
        return cls(channel, _name(name))


@dataclass(frozen=True, slots=True)
class YearsForm:
    """The form for a cart's years; `channel` gets the answer, because the form closes."""

    cart_id: CartId
    channel: str

    def __str__(self) -> str:
        return f"{self.cart_id} {self.channel}"

    @classmethod
    def read(cls, text: str) -> Self:
        number, _, channel = text.partition(" ")
        return cls(_cart(number), channel)


@dataclass(frozen=True, slots=True)
class YearsOption:
    """An option of a name's years: what the form showed, and what this option means.

    An untouched select must not undo what another user chose since.
    """

    before: int
    chosen: int

    def __str__(self) -> str:
        return f"{self.before} {self.chosen}"

    @classmethod
    def read(cls, text: str) -> Self:
        before, _, chosen = text.partition(" ")
        return cls(_count(before), _count(chosen))


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """A page of the questions about a cart's name; it came `from_list`, and there are `more` pages after it.

    `seen` are the fingerprints of the answers that it showed when it was rendered.
    """

    cart_id: CartId
    domain: DomainName
    page: int = 0
    from_list: bool = False
    more: bool = False
    seen: frozenset[str] = frozenset()

    def __str__(self) -> str:
        parts = (self.cart_id, self.domain.ascii, self.page, int(self.from_list), int(self.more), *sorted(self.seen))
        return " ".join(map(str, parts))

    @classmethod
    def read(cls, text: str) -> Self:
        number, name, page, from_list, more, *seen = [*text.split(" "), "", "", "", ""]
        if not more:
            raise _unreadable()
        marks = frozenset(filter(None, seen))
        return cls(_cart(number), _name(name), _count(page), from_list == "1", more == "1", marks)


@dataclass(frozen=True, slots=True)
class NewContact:
    """Where a new contact goes: the page below, its view, and what was typed there, by label.

    `kept` is what was typed for this contact in fields that its form does not show now, by the field's name. `others`
    is how many other names of the cart have no owner yet.
    """

    at: AnswersPage
    view: str
    typed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    others: int = 0

    def __str__(self) -> str:
        # Keep as much as fits: Slack's clients keep what was typed in the form below, but nothing keeps the rest.
        less = (self, replace(self, typed={}), replace(self, kept={}), replace(self, typed={}, kept={}))
        rendered = [json.dumps({**asdict(each), "at": str(each.at)}) for each in less]
        return next((text for text in rendered if len(text) <= LONGEST_METADATA), rendered[-1])

    @classmethod
    def read(cls, text: str) -> Self:
        try:
            held = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable() from error
        match held:
            case {"at": str(at), "view": str(view)}:
                typed, kept = _texts(held.get("typed", {})), _texts(held.get("kept", {}))
                return cls(AnswersPage.read(at), view, typed, kept, _count(str(held.get("others", 0))))
            case _:
                raise _unreadable()


@dataclass(frozen=True, slots=True)
class Completion:
    """A contact to complete, for a name of a cart."""

    cart_id: CartId
    domain: DomainName
    contact: str

    def __str__(self) -> str:
        return f"{self.cart_id} {self.domain.ascii} {self.contact}"

    @classmethod
    def read(cls, text: str) -> Self:
        number, name, contact = [*text.split(" ", 2), "", ""][:3]
        return cls(_cart(number), _name(name), contact)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A search, the page that is shown, and the fingerprint of what its button would add."""

    search: str
    page: int = 0
    mark: str = ""

    def __str__(self) -> str:
        return f"{self.search} {self.page} {self.mark}".rstrip()

    @classmethod
    def read(cls, text: str) -> Self:
        search, page, mark = [*text.split(), "", "", ""][:3]
        return cls(search, _count_or_zero(page), mark)


@dataclass(frozen=True, slots=True)
class Compared:
    """The statement of an operator: the epoch that they compared in, and the newest event about money then."""

    epoch: int
    newest: int

    def __str__(self) -> str:
        return f"{self.epoch} {self.newest}"

    @classmethod
    def read(cls, text: str) -> Self:
        carried = _COMPARED.fullmatch(text)
        if carried is None:
            raise NotPossible(code="comparison_of_older_version")
        return cls(int(carried[1]), int(carried[2]))


def cart_of(text: str) -> CartId:
    """Return the cart's number with which a payload begins; 0 if there is none, which the rules refuse."""
    try:
        return CartAsShown.read(text).cart_id
    except NotPossible:
        return CartId(0)


def _unreadable() -> NotPossible:
    return NotPossible(code="old_button")


def _cart(text: str) -> CartId:
    try:
        return cart_number(text)
    except NotPossible as error:
        raise _unreadable() from error


def _name(text: str) -> DomainName:
    try:
        return DomainName.parse(text)
    except InvalidName as error:
        raise _unreadable() from error


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise _unreadable()
    return int(text)


def _count_or_zero(text: str) -> int:
    return int(text) if _COUNT.fullmatch(text) else 0


def _texts(held: object) -> dict[str, str]:
    if not isinstance(held, dict) or not all(isinstance(text, str) for pair in held.items() for text in pair):
        raise _unreadable()
    return held
