"""What buttons and forms carry through Slack: each kind of payload is written and read here, and nowhere else.

A payload holds numbers, names and fingerprints, never a price or a state. Its text is a button's value, an option's
value or a form's private metadata. Older messages stay in Slack, so `read` understands every text that an older version
wrote, or refuses it: it raises `NotPossible` and nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

from handlers.toolkit.interaction import cart_number
from ordering.model.domain_name import DomainName
from ordering.model.errors import CardOutdated, InvalidName, NotPossible
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp

LONGEST_VALUE, LONGEST_METADATA = 2_000, 3_000  # characters, Slack's limits for a button's value and a form's metadata
_COUNT = re.compile("[0-9]{1,9}")
_MASK = re.compile("[0-9a-f]{1,12}")
_TEXTS = ("focus", "first", "below", "purpose", "checked")  # of a form with questions
_COMPARED = re.compile("([^ ]+) ([0-9]{1,15})")


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
class Typed:
    """What a person typed, for a button that does something with it; cut to what a button can carry."""

    text: str

    def __str__(self) -> str:
        return self.text[:LONGEST_VALUE]

    @classmethod
    def read(cls, text: str) -> Self:
        return cls(text)


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
    """A cart, and the fingerprint of what its card showed; empty if it does not matter.

    `asked` is the fingerprint of a purpose that a user was asked about; only a cart with a `mark` has it.
    """

    cart_id: CartId
    mark: str = ""
    asked: str = ""

    def __str__(self) -> str:
        return f"{self.cart_id} {self.mark} {self.asked}".rstrip()

    @classmethod
    def read(cls, text: str) -> Self:
        number, mark, asked, *_ = [*text.split(), "", "", ""]
        return cls(_cart(number), mark, asked)


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
    """A name, and the fingerprint of the one offer that was shown; None if a choice follows.

    `search` is the search that shows it; empty if it is shown elsewhere, or by an earlier version.
    """

    domain: DomainName
    mark: str | None = None
    search: str = ""

    def __str__(self) -> str:
        return f"{self.domain.ascii} {self.mark or ''} {self.search if self.mark else ''}".rstrip()

    @classmethod
    def read(cls, text: str) -> Self:
        name, mark, search = [*text.split(" "), "", "", ""][:3]
        return cls(_name(name), mark or None, search)


@dataclass(frozen=True, slots=True)
class NamesToBuy:
    """Names to request in one go: the fingerprint of each one's offer, the purpose, whether the channel is private."""

    seen: Mapping[DomainName, str]
    purpose: str
    private: bool = True

    def __str__(self) -> str:
        names = {name.ascii: mark for name, mark in self.seen.items()}
        return json.dumps({"names": names, "for": self.purpose, "public": not self.private}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        try:
            held = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable() from error
        match held:
            case {"names": names, "for": str(purpose)}:
                seen = {_name(name): mark for name, mark in _texts(names).items()}
                return cls(seen, purpose, private=held.get("public") is not True)
            case _:
                raise _unreadable()


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """The form that asks for one of a name's offers; the name goes into the cart of `channel`.

    `private` is whether the channel is; a form of an earlier version does not say so.
    """

    channel: str
    domain: DomainName
    private: bool = True

    def __str__(self) -> str:
        return f"{self.channel} {self.domain.ascii}{'' if self.private else ' public'}"

    @classmethod
    def read(cls, text: str) -> Self:
        channel, _, rest = text.partition(" ")
        name, _, place = rest.partition(" ")
        return cls(channel, _name(name), private=place != "public")


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
class Asked:
    """One input of a form with questions: the names that it is for, by their places in the form.

    `key` is a digest of its action id, `mark` the fingerprint of the answer that it showed.
    """

    key: str
    places: frozenset[int]
    mark: str

    def __str__(self) -> str:
        return f"{self.key}.{sum(1 << place for place in self.places):x}.{self.mark}"

    @classmethod
    def read(cls, text: str) -> Self:
        key, _, rest = text.partition(".")
        mask, _, mark = rest.partition(".")
        if not _MASK.fullmatch(mask):
            raise _unreadable()
        bits = int(mask, 16)
        return cls(key, frozenset(place for place in range(bits.bit_length()) if bits >> place & 1), mark)


@dataclass(frozen=True, slots=True)
class AnswersSheet:
    """The form with the questions about a cart's names.

    `names` are the names of its inputs, in ASCII or as digests, and `asked` the inputs. `more`: the options are open,
    from the one at `start`. `goes_on`: not everything had room. `focus` is the name whose answers are asked again,
    `first` the one that a new owner is for first. `below` is the view and hash of the request form under it, with the
    `purpose` that was typed there. `checked` is the fingerprint of numbers that a user saves although they look wrong.
    """

    cart_id: CartId
    names: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    more: bool = False
    start: int = 0
    goes_on: bool = False
    focus: str = ""
    first: str = ""
    below: str = ""
    purpose: str = ""
    checked: str = ""

    def __str__(self) -> str:
        held = {
            "cart": self.cart_id, "names": " ".join(self.names), "asked": " ".join(map(str, self.asked)),
            "more": int(self.more), "start": self.start, "on": int(self.goes_on), "focus": self.focus,
            "first": self.first, "below": self.below, "purpose": self.purpose, "checked": self.checked,
        }  # fmt: skip
        return json.dumps({key: value for key, value in held.items() if value or key == "cart"}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        try:
            held = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable() from error
        if not isinstance(held, dict) or "cart" not in held:
            raise _unreadable()
        texts = {
            key: str(held.get(key, "")) for key in ("names", "asked", "focus", "first", "below", "purpose", "checked")
        }
        return cls(
            _cart(str(held["cart"])),
            tuple(texts["names"].split()),
            tuple(map(Asked.read, texts["asked"].split())),
            more=held.get("more") == 1,
            start=_count(str(held.get("start", 0))),
            goes_on=held.get("on") == 1,
            **{key: texts[key] for key in _TEXTS},
        )


@dataclass(frozen=True, slots=True)
class NewContact:
    """Where a new contact goes: the form below, its view, the name that it is for, and what was typed there.

    `typed` is by name and label. `kept` is what was typed for this contact in fields that its form does not show now,
    by the field's name. `others` is how many other names of the cart have no owner yet. `checked` is the fingerprint of
    numbers that a user saves although they look wrong.
    """

    at: AnswersSheet
    view: str
    domain: DomainName
    typed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    others: int = 0
    checked: str = ""

    def __str__(self) -> str:
        # Keep as much as fits: Slack's clients keep what was typed in the form below, but nothing keeps the rest.
        bare = replace(self, at=replace(self.at, purpose=""), typed={}, kept={})
        less = (self, replace(self, typed={}), replace(self, kept={}), replace(self, typed={}, kept={}), bare)
        rendered = [each.in_json() for each in less]
        return next((text for text in rendered if len(text) <= LONGEST_METADATA), rendered[-1])

    def in_json(self) -> str:
        """Return everything as JSON, however long."""
        held = {
            "at": str(self.at), "view": self.view, "name": self.domain.ascii, "typed": dict(self.typed),
            "kept": dict(self.kept), "others": self.others, "checked": self.checked,
        }  # fmt: skip
        return json.dumps(held, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> Self:
        try:
            held = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _unreadable() from error
        match held:
            case {"at": str(at), "view": str(view), "name": str(name)}:
                typed, kept = _texts(held.get("typed", {})), _texts(held.get("kept", {}))
                others, checked = _count(str(held.get("others", 0))), str(held.get("checked", ""))
                return cls(AnswersSheet.read(at), view, _name(name), typed, kept, others, checked)
            case _:
                raise _unreadable()


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
    """The statement of an operator: what the database held when they compared, and the newest event about money."""

    stamp: Stamp
    newest: int

    def __str__(self) -> str:
        return f"{self.stamp} {self.newest}"

    @classmethod
    def read(cls, text: str) -> Self:
        carried = _COMPARED.fullmatch(text)
        stamp = Stamp.parse(carried[1]) if carried else None
        if carried is None or stamp is None:
            raise NotPossible(code="comparison_of_older_version")
        return cls(stamp, int(carried[2]))


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
