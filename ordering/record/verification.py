"""The audit: reads the whole audit log and names each event and cart at fault."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ordering.model.answer_digests import DigestForm
from ordering.model.cart import Cart
from ordering.model.facts import canonical
from ordering.model.seal import form_of
from ordering.record.hash_chain import Entry, Link, digest, facts, read
from ordering.record.pseudonyms import Kept as KeptText
from ordering.record.pseudonyms import unveiled


@dataclass(frozen=True, slots=True)
class Fault:
    """A detected fault, in words. `cart` and `event` are None if it concerns none in particular."""

    what: str
    cart: int | None = None
    event: int | None = None

    def __str__(self) -> str:
        cart = f"cart #{self.cart}" if self.cart is not None else ""
        event = f"event {self.event}" if self.event is not None else ""
        return f"{', '.join(filter(None, (cart, event))) or 'the record'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A cart as stored next to its events; `cart` is None if its row cannot be read."""

    id: int
    events: int
    cart: Cart | None


@dataclass(frozen=True, slots=True)
class Record:
    """The input of an audit. `entries` come in order of number; `guarded`: the database refuses changes of events.

    `personal` are the texts of the pseudonyms in the chain.
    """

    entries: Iterable[Entry]
    carts: Iterable[Kept]
    head: Link | None
    guarded: bool
    personal: Iterable[KeptText] = ()


def readable_entries(record: Record) -> list[Entry]:
    """Return the events with the texts that stand next to the chain, to be read: their digests no longer fit."""
    texts = {kept.pseudonym: kept.text for kept in record.personal}
    return [
        replace(entry, by=unveiled(entry.by, texts), facts=entry.facts and _unveiled_text(entry.facts, texts))
        for entry in record.entries
    ]


def _unveiled_text(facts: str, texts: Mapping[str, str | None]) -> str:
    try:
        return canonical(unveiled(json.loads(facts), texts))
    except ValueError:
        return facts


@dataclass(frozen=True, slots=True)
class _Gap:
    """Missing events of one cart; in the chain over all they can only be missing between `after` and `before`."""

    cart: int
    first: int
    last: int
    after: int
    before: int | None

    @property
    def many(self) -> int:
        return self.last - self.first + 1

    def within(self, numbers: Iterable[int]) -> list[int]:
        return [n for n in numbers if n > self.after and (self.before is None or n < self.before)]

    def fault(self, fitting: Sequence[int]) -> Fault:
        if self.many == 1 and len(fitting) == 1:
            return Fault("was removed", self.cart, fitting[0])
        which = f"its event {self.first} was" if self.many == 1 else f"its events {self.first} to {self.last} were"
        among = "" if len(fitting) == self.many else "among "
        where = f" ({among}events {fitting[0]} to {fitting[-1]} over all)" if fitting else ""
        return Fault(f"{which} removed{where}", self.cart)


@dataclass
class Audit:
    """Walks the chain once. `known_head` is a digest that an operator noted earlier: it must still be in the chain."""

    record: Record
    known_head: str | None = None
    events: int = field(default=0, init=False)
    carts: int = field(default=0, init=False)
    _last: Entry | None = field(default=None, init=False)
    _newest: dict[int, Entry] = field(default_factory=dict, init=False)
    _missing: list[int] = field(default_factory=list, init=False)
    _gaps: list[_Gap] = field(default_factory=list, init=False)
    _changed: bool = field(default=False, init=False)
    _named: set[int] = field(default_factory=set, init=False)  # events with a fault: one fault per event is enough
    _head_seen: bool = field(default=False, init=False)
    _texts: dict[str, str | None] = field(default_factory=dict, init=False)  # next to the chain, by pseudonym
    _kinds_since: int | None = field(default=None, init=False)  # the first event that has a kind

    def faults(self) -> Iterator[Fault]:
        """Yield the faults, at most one per event as far as they can be told apart."""
        yield from self._check_personal()
        for entry in self.record.entries:
            yield from self._entry(entry)
        yield from self._end()
        for kept in self.record.carts:
            yield from self._cart(kept)
        for cart_id, newest in sorted(self._newest.items()):
            yield Fault(f"is gone, but {newest.number} of its events are on record", cart_id)
        yield from self._lost()
        if self.known_head is not None and not self._head_seen:
            yield Fault(f"{self.known_head} is not in the chain: it was rewritten or cut after that was noted")
        if not self.record.guarded:
            yield Fault("the database no longer refuses changes of events: their triggers are gone")

    def summary(self, faults: int) -> str:
        """Return one line on what was read and found, with the head to note. Call it after `faults`."""
        read = f"{self.events} events of {self.carts} carts"
        head = self.record.head.digest if self.record.head else None
        found = f"{faults} fault{'s' if faults > 1 else ''}" if faults else "The record is whole"
        return f"{found}: {read}. Head: {head or 'none yet'}"

    def _check_personal(self) -> Iterator[Fault]:
        """Read the texts next to the chain, and check that each is the one that its pseudonym was made of."""
        for kept in self.record.personal:
            self._texts[kept.pseudonym] = kept.text
            if not kept.is_intact:
                yield Fault(f"a text next to the chain was changed: that of {kept.pseudonym[:20]}…")

    # Events, one after the other

    def _entry(self, entry: Entry) -> Iterator[Fault]:
        self.events += 1
        # The first form covers no data.
        intact = digest(entry) == entry.digest and not (entry.is_of_first_form and entry.data is not None)
        if not intact:
            self._changed = True
            yield from self._blame(entry, "was changed after it was written")
        elif entry.digest == self.known_head:
            self._head_seen = True
        yield from self._in_its_form(entry)
        yield from self._in_the_chain_over_all(entry, intact=intact)
        yield from self._in_its_cart(entry, intact=intact)
        self._last = entry

    def _in_its_form(self, entry: Entry) -> Iterator[Fault]:
        """Check that no entry without a kind follows one with a kind: only old entries have none."""
        if not entry.is_of_first_form:
            self._kinds_since = self._kinds_since or entry.id
        elif self._kinds_since is not None:
            yield from self._blame(
                entry, f"lost its kind, or was inserted: all events since {self._kinds_since} have one"
            )

    def _in_the_chain_over_all(self, entry: Entry, *, intact: bool) -> Iterator[Fault]:
        last, number = self._last, self._last.id if self._last else 0
        head = self.record.head
        if entry.id <= number:
            yield from self._blame(entry, "was inserted: its number does not follow")
        elif head is not None and entry.id > head.number:
            yield from self._blame(entry, "was inserted, or the chain's head was set back: it stands after the head")
        elif entry.id > number + 1:
            self._missing += range(number + 1, entry.id)
        elif intact and not _follows(last, entry.previous):
            yield from self._blame(last or entry, _rewritten(entry))

    def _in_its_cart(self, entry: Entry, *, intact: bool) -> Iterator[Fault]:
        before = self._newest.get(entry.cart_id)
        expected = before.number + 1 if before else 1
        # A tampered event may name another cart or number, so it proves nothing about other events.
        if intact and entry.number > expected:
            self._gaps.append(
                _Gap(entry.cart_id, expected, entry.number - 1, before.id if before else 0, before=entry.id)
            )
        elif intact and entry.number < expected:
            yield from self._blame(entry, f"was inserted: its cart had {expected - 1} events already")
        elif intact and not _follows(before, entry.previous_in_cart):
            yield from self._blame(before or entry, _rewritten(entry))
        if intact or (before is not None and entry.number == expected):
            self._newest[entry.cart_id] = entry

    def _end(self) -> Iterator[Fault]:
        head, last = self.record.head, self._last
        if head is None:
            yield Fault("the chain's head is gone")
            return
        number = last.id if last else 0
        if head.number > number:
            self._missing += range(number + 1, head.number + 1)
        elif head.number == number and not _follows(last, head.digest):
            if last is None:
                yield Fault("the chain's head was changed")
            else:
                yield from self._blame(last, "was rewritten, or the chain's head was: that remembers another digest")

    # The carts' own rows

    def _cart(self, kept: Kept) -> Iterator[Fault]:
        self.carts += 1
        newest = self._newest.pop(kept.id, None)
        number = newest.number if newest else 0
        if kept.events > number:
            self._gaps.append(_Gap(kept.id, number + 1, kept.events, newest.id if newest else 0, before=None))
        elif kept.events < number or newest is None:
            yield from self._miscounted(kept, newest)
        elif newest.id not in self._named:
            yield from _against(newest, kept, self._texts)

    def _miscounted(self, kept: Kept, newest: Entry | None) -> Iterator[Fault]:
        if newest is None:
            yield Fault("was inserted: nothing is on record of it", kept.id)
        elif newest.id not in self._named:
            yield Fault(f"counts {kept.events} events, but {newest.number} are on record", kept.id, newest.id)

    # Removed events

    def _lost(self) -> Iterator[Fault]:
        """Name the removed events: always by the number in the cart, by the number over all if it is unambiguous."""
        explained: set[int] = set()
        for gap in self._gaps:
            fitting = gap.within(self._missing)
            explained.update(fitting)
            # If no number is missing over all, the cause is a changed event that now names another cart or number.
            if fitting or not self._changed:
                yield gap.fault(fitting)
        for number in self._missing:
            if number not in explained:
                yield Fault("was removed, and all that could tell of which cart it was", event=number)

    def _blame(self, entry: Entry, what: str) -> Iterator[Fault]:
        if entry.id not in self._named:
            self._named.add(entry.id)
            yield Fault(what, entry.cart_id, entry.id)


def _follows(before: Entry | None, remembered: str | None) -> bool:
    """Return whether `remembered` is the previous entry's digest, stored or recomputed: it may have been changed."""
    return remembered in ({before.digest, digest(before)} if before else {None})


def _rewritten(witness: Entry) -> str:
    return f"was rewritten or put in another's place: event {witness.id} remembers another digest"


def _against(newest: Entry, kept: Kept, texts: Mapping[str, str | None]) -> Iterator[Fault]:
    """Compare a cart's row with the facts of its newest event."""
    cart = kept.cart
    if cart is None:
        yield Fault("its row cannot be read any more: somebody changed it", kept.id, newest.id)
        return
    changed = ["state"] if cart.state.value != newest.state else []
    if newest.facts is not None:
        then, now = read(_unveiled_text(newest.facts, texts), kept.id), read(facts(cart), kept.id)
        if "fact" not in then:
            now.pop("fact", None)  # events of earlier versions do not cover it
        changed += [name for name, value in now.items() if then.get(name) != value and name not in changed]
    if changed:
        yield Fault(f"its row was changed after that: {', '.join(changed)}", kept.id, newest.id)
    elif not _keeps_its_seal(cart):
        yield Fault("its terms are not those that were sealed", kept.id, newest.id)


def _keeps_its_seal(cart: Cart) -> bool:
    if cart.seal is None or cart.quote is None or _was_sealed_in_clear(cart):
        return True
    return any(form_of(cart.seal, cart.lines, cart.quote, waive_retraction=waived) for waived in (True, False))


def _was_sealed_in_clear(cart: Cart) -> bool:
    """Return whether an earlier version sealed the request with answers that are deleted now.

    Nobody can check that seal. The events hold the digests of the lines' answers, and those have that form, too.
    """
    deleted = [gone.digest.form for line in cart.lines for gone in line.deleted]
    return bool(deleted) and all(form is DigestForm.EARLIER for form in deleted)
