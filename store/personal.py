"""The texts next to the chain in SQL: each pseudonym of the audit log with its text and salt, until they are erased."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import and_, delete, insert, or_, select, text, update
from sqlmodel import Session, col

from ordering.model.cart import Cart
from ordering.model.events import Event
from ordering.record.pseudonyms import (
    Kept,
    Subject,
    Text,
    people_of,
    personal_texts,
    pseudonyms_in,
    unveiled,
    veiled,
    veiled_facts,
)
from store.tables import InboxRow, PersonalRow, RecoveryRow, SearchRow

_AT_ONCE = 500
_NAMED = "SELECT count(*) FROM events WHERE by = :person OR facts LIKE :quoted OR data LIKE :quoted OR note LIKE :any"
_ALL_CARTS = 0  # a person's pseudonym is the same in every cart


def veil(session: Session, cart: Cart, facts: str, events: Sequence[Event]) -> tuple[str, list[Event]]:
    """Return a cart's facts and its events as they stand in the chain; store what is new next to it.

    Call it with the chain's head locked, so that no other transaction gives the same text another pseudonym.
    """
    content = json.loads(facts)
    pseudonyms = _pseudonyms(session, cart, personal_texts(content, events, people_of(cart)))
    return veiled_facts(content, pseudonyms), [veiled(event, pseudonyms) for event in events]


def _pseudonyms(session: Session, cart: Cart, texts: Collection[Text]) -> dict[Text, str]:
    row = PersonalRow
    mine = col(row.cart_id).in_([_ALL_CARTS, cart.id])
    found = select(col(row.subject), col(row.text), col(row.pseudonym)).where(
        mine, col(row.text).in_({t for _, t in texts})
    )
    known = {(Subject(subject), said): pseudonym for subject, said, pseudonym in session.execute(found)}
    for subject, said in sorted(set(texts) - known.keys()):
        kept = Kept.new(subject, said)
        known[subject, said] = kept.pseudonym
        session.execute(insert(row).values(_columns(subject, kept, cart)))
    return known


def _columns(subject: Subject, kept: Kept, cart: Cart) -> dict[str, str | int | None]:
    by = {Subject.PURPOSE: cart.requester, Subject.REASON: cart.rejected_by}.get(subject)
    number = _ALL_CARTS if subject is Subject.PERSON else int(cart.id)
    return {
        "pseudonym": kept.pseudonym, "subject": subject.value, "text": kept.text, "salt": kept.salt,
        "cart_id": number, "by": by,
    }  # fmt: skip


def texts_of(session: Session, pseudonyms: Collection[str]) -> dict[str, str | None]:
    """Return the texts of these pseudonyms; None for what was erased."""
    row, found = PersonalRow, dict[str, str | None]()
    listed = sorted(pseudonyms)
    for start in range(0, len(listed), _AT_ONCE):
        page = listed[start : start + _AT_ONCE]
        query = select(col(row.pseudonym), col(row.text)).where(col(row.pseudonym).in_(page))
        found.update((pseudonym, said) for pseudonym, said in session.execute(query))
    return found


def readable(session: Session, events: Iterable[Event]) -> list[Event]:
    """Return events as people know them, with the texts that stand next to the chain."""
    listed = list(events)
    wanted = set[str]().union(*(pseudonyms_in(f"{event.by} {json.dumps(event.data)}") for event in listed))
    if not wanted:
        return listed
    texts = texts_of(session, wanted)
    return [
        replace(event, by=event.by and unveiled(event.by, texts), data=unveiled(event.data, texts)) for event in listed
    ]


def kept(session: Session) -> Iterator[Kept]:
    """Read everything next to the chain, exactly as stored."""
    for pseudonym, said, salt in session.execute(text("SELECT pseudonym, text, salt FROM personal ORDER BY pseudonym")):
        yield Kept(str(pseudonym), None if said is None else str(said), None if salt is None else str(salt))


def erase(session: Session, person: str) -> str:
    """Erase a person, and what they wrote, next to the chain and from clicks and searches; return their pseudonym."""
    row = PersonalRow
    theirs = and_(col(row.subject) == Subject.PERSON.value, col(row.text) == person)
    known: str | None = session.execute(select(col(row.pseudonym)).where(theirs)).scalar_one_or_none()
    if known is None:  # only events of earlier versions name them
        new = Kept.new(Subject.PERSON, person)
        known = new.pseudonym
        values = {"pseudonym": known, "subject": Subject.PERSON.value, "cart_id": _ALL_CARTS}
        session.execute(insert(row).values(values))
    session.execute(update(row).where(or_(theirs, col(row.by) == person)).values(text=None, salt=None, by=None))
    session.execute(delete(InboxRow).where(col(InboxRow.by) == person, col(InboxRow.outcome).is_not(None)))
    session.execute(delete(SearchRow).where(col(SearchRow.content).contains(person, autoescape=True)))
    confirmed = col(RecoveryRow.confirmed_by) == person
    session.execute(update(RecoveryRow).where(confirmed).values(confirmed_by=known))
    return known


def events_that_name(session: Session, person: str) -> int:
    """Return how many events of the chain hold a person's Slack id itself: those of earlier versions."""
    values = {"person": person, "quoted": f'%"{person}"%', "any": f"%{person}%"}
    return int(session.execute(text(_NAMED), values).scalar_one())
