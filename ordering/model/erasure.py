"""What is left of a cart when a person is erased from it: everything but who they were and what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ordering.model.cart import ENDED, Cart
from ordering.model.cart_line import Line
from ordering.model.facts import Fact

ERASED = "(erased)"  # in place of a text that an erased person wrote


def without_person(cart: Cart, person: str, pseudonym: str) -> Cart:
    """Return the ended cart with a pseudonym in place of the person, and without what they wrote or answered.

    One pseudonym stands for one person everywhere, so the record still shows that two people decided.
    """
    if cart.state not in ENDED:
        raise AssertionError(f"cart #{cart.id} is {cart.state.in_words}, so its people are needed")
    if any(answer.by == person for line in cart.lines for answer in line.answers):
        cart = cart.without_private_answers()
    payment, attempt = cart.payment, cart.attempt
    statement = payment.statement if payment else None
    if payment is not None and statement is not None and statement.by == person:
        payment = replace(payment, statement=replace(statement, by=pseudonym))
    if payment is not None and payment.by == person:
        payment = replace(payment, by=pseudonym)
    if attempt is not None and attempt.denied_by == person:
        attempt = replace(attempt, denied_by=pseudonym)
    return replace(
        cart,
        created_by=pseudonym if cart.created_by == person else cart.created_by,
        requester=pseudonym if cart.requester == person else cart.requester,
        purpose=ERASED if cart.requester == person and cart.purpose is not None else cart.purpose,
        approved_by=tuple(pseudonym if each == person else each for each in cart.approved_by),
        rejected_by=pseudonym if cart.rejected_by == person else cart.rejected_by,
        reason=ERASED if cart.rejected_by == person and cart.reason is not None else cart.reason,
        note=cart.note and cart.note.replace(person, pseudonym),
        payment=payment,
        attempt=attempt,
        lines=tuple(_line(line, person, pseudonym) for line in cart.lines),
        fact=cart.fact and Fact(cart.fact.kind, _replaced(cart.fact.data, person, pseudonym)),
    )


def _line(line: Line, person: str, pseudonym: str) -> Line:
    def named(by: str) -> str:
        return pseudonym if by == person else by

    return replace(
        line,
        added_by=named(line.added_by),
        shaped_by=frozenset(map(named, line.shaped_by)),
        answers=tuple(replace(answer, by=named(answer.by)) for answer in line.answers),
        deleted=tuple(replace(gone, by=named(gone.by)) for gone in line.deleted),
    )


def _replaced(content: Any, person: str, pseudonym: str) -> Any:  # noqa: ANN401 - any part of a fact's data
    if isinstance(content, str):
        return pseudonym if content == person else content
    if isinstance(content, list | tuple):
        return [_replaced(each, person, pseudonym) for each in content]
    if isinstance(content, Mapping):
        return {key: _replaced(value, person, pseudonym) for key, value in content.items()}
    return content
