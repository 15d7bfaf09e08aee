"""Erases a person: the record stays whole and readable, and no longer tells who they were or what they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ordering.model.cart import ENDED
from ordering.model.erasure import without_person
from ordering.model.events import happened
from ordering.model.facts import EventKind
from ordering.record.pseudonyms import people_of
from ordering.record.verification import Audit
from store.transactions import SqlStore


class CannotErase(Exception):
    """Nothing was erased; the text is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Erased:
    """In how many requests the person is erased, their pseudonym, and how many events can never be changed."""

    requests: int
    pseudonym: str
    unchangeable: int


def erase(store: SqlStore, person: str, *, at: datetime) -> Erased:
    """Erase a person from every request, in one transaction.

    Raises `CannotErase` while a request of theirs is not over, as its approvals and payments need to know them, and
    where `verify` finds a fault, as an erasure would cover it up.
    """
    with store.begin() as carts:
        carts.decide_alone()
        concerned = [cart for cart in carts.every_cart() if person in people_of(cart)]
        if live := [f"#{cart.id}" for cart in concerned if cart.state not in ENDED]:
            raise CannotErase(f"{person} is in requests or carts that are not over: {', '.join(live)}. End them first.")
        if next(Audit(carts.record()).faults(), None) is not None:
            raise CannotErase("`verify` finds a fault in the record. An erasure would cover it up: look into it first.")
        pseudonym = carts.erase_person(person)
        for cart in concerned:
            erased = without_person(cart, person, pseudonym)
            carts.save(erased, happened(erased, at, EventKind.PERSON_ERASED))
            for event in carts.undelivered(cart.id):
                if event.kind is EventKind.PERSON_ERASED:  # no thread reports it
                    carts.record_delivered(event.id)
        return Erased(len(concerned), pseudonym, carts.events_that_name(person))
