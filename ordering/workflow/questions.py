"""The questions of registries about the names in an open cart or a returned request, and the users' answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line, as_asked
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer, NotPossible
from ordering.model.events import Event, happened
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.policy import Person, Policy
from ordering.model.preflight_findings import LinesRefused
from ordering.model.question import AnsweredMeanwhile, Question, WrongAnswers, mark
from ordering.model.question_sheet import Typed
from ordering.ports.carts import RegistrarCarts
from ordering.ports.store import Store
from ordering.workflow.decisions import read_cart

S = CartState
_MOST_AT_ONCE = 10  # names; each costs two of the sixty calls a minute that OVH accepts


class Questions:
    """Reads the questions, and stores the answers."""

    def __init__(self, store: Store, registrar: RegistrarCarts, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._registrar = registrar
        self._policy = policy
        self._clock = clock

    def learn(self, cart_id: CartId, *, first: DomainName | None = None) -> Cart:
        """Read OVH's questions for a few names of a cart that have none yet, starting with `first`.

        Questions that were read are stored. Raises `LinesRefused` if OVH refuses `first`, or if no name has known
        questions.
        """
        cart = read_cart(self._store, cart_id)
        unknown = sorted((line for line in cart.lines if line.questions is None), key=lambda line: line.domain != first)
        unknown = unknown[:_MOST_AT_ONCE]
        if not cart.is_editable or not unknown:
            return cart
        try:
            return keep_questions(self._store, cart_id, self._registrar.questions(unknown))
        except LinesRefused as refusal:
            cart = keep_questions(self._store, cart_id, refusal.asked)
            about = [finding for finding in refusal.findings if finding.domain == first]
            if about or all(line.questions is None for line in cart.lines):
                raise LinesRefused(about or refusal.findings, refusal.asked) from refusal
            return cart

    def may_answer(self, cart_id: CartId, *, by: Person) -> Cart:
        """Return the cart if this person may answer for its names; raises if they may not."""
        cart = read_cart(self._store, cart_id)
        self._policy.may_change(cart, by)
        return cart

    def answer(
        self, cart_id: CartId, answers: Typed, *, by: Person, seen: Mapping[DomainName, Collection[str]] | None = None
    ) -> Cart:
        """Store a user's answers for names of a cart, by label; an empty text removes an answer.

        `seen` are the fingerprints of what the form showed for each name. Raises `WrongAnswers` with an error for each
        label, and `AnsweredMeanwhile` if it would overwrite another user's answer.
        """
        now = self._clock()
        with self._store.begin() as carts:
            cart = carts.cart(cart_id)
            self._policy.may_change(cart, by)
            for domain in answers:
                if cart.line(domain) is None:
                    raise NotPossible(code="name_not_in_cart", cart=cart_id, name=domain.ascii)
            values = _every_value(cart.lines, answers, seen)
            lines = tuple(
                line.answered(values[line.domain], by=by.id) if line.domain in values else line for line in cart.lines
            )
            if lines == cart.lines:
                return cart
            changed = replace(cart, lines=lines)
            return carts.save(changed, _answered(cart, changed, now, by=by))


def keep_questions(store: Store, cart_id: CartId, asked: Mapping[DomainName, tuple[Question, ...]]) -> Cart:
    """Store OVH's questions; the users' answers stay unchanged."""
    with store.begin() as carts:
        cart = carts.cart(cart_id)
        lines = as_asked(cart.lines, asked)
        if not cart.is_editable or lines == cart.lines:
            return cart
        return carts.save(replace(cart, lines=lines))


def _answered(before: Cart, after: Cart, at: datetime, *, by: Person) -> Event:
    """Return the event of new answers. It has the names, never the answers, which may be personal data."""
    names = [line.domain for line in after.lines if line not in before.lines]
    data = {"names": [name.ascii for name in names]}
    return happened(after, at, EventKind.QUESTIONS_ANSWERED, data=data, by=by.id)


def _every_value(
    lines: Iterable[Line], answers: Typed, seen: Mapping[DomainName, Collection[str]] | None
) -> dict[DomainName, dict[str, str | None]]:
    """Return the answers for each name as OVH takes them; raises with the faults of all names at once."""
    asked = [line for line in lines if line.domain in answers]
    meant = answers if seen is None else _as_meant(asked, answers, seen)
    values: dict[DomainName, dict[str, str | None]] = {}
    wrong: dict[DomainName, dict[str, InvalidAnswer]] = {}
    for line in asked:
        values[line.domain], faults = _checked(line, meant[line.domain])
        wrong |= {line.domain: faults} if faults else {}
    if wrong:
        raise WrongAnswers(wrong)
    return values


def _as_meant(
    lines: Iterable[Line], typed: Typed, seen: Mapping[DomainName, Collection[str]]
) -> dict[DomainName, dict[str, str]]:
    """Return the user's input; where they left the form's value unchanged, the current answer."""
    meant: dict[DomainName, dict[str, str]] = {}
    touched: dict[DomainName, dict[str, str]] = {}
    undone: dict[DomainName, tuple[str, ...]] = {}
    for line in lines:
        domain, marks = line.domain, seen.get(line.domain, ())
        stands = {question.label: line.text_for(question) for question in line.questions or ()}
        touched[domain] = {label: text for label, text in typed[domain].items() if mark(label, text) not in marks}
        if overwritten := tuple(
            label
            for label, text in touched[domain].items()
            if label in stands and mark(label, stands[label]) not in {mark(label, text), *marks}
        ):
            undone[domain] = overwritten
        meant[domain] = {
            label: touched[domain].get(label, stands.get(label, text)) for label, text in typed[domain].items()
        }
    if undone:
        raise AnsweredMeanwhile(undone, touched)
    return meant


def _checked(line: Line, typed: Mapping[str, str]) -> tuple[dict[str, str | None], dict[str, InvalidAnswer]]:
    """Return the answers as OVH takes them, and the faults; None for an answer that is empty or the bot's default."""
    known = {question.label: question for question in line.questions or ()}
    values: dict[str, str | None] = {}
    wrong: dict[str, InvalidAnswer] = {}
    for label, text in typed.items():
        question = known.get(label)
        if question is None:
            raise NotPossible(code="questions_changed", name=line.domain.ascii)
        try:
            value = question.checked(text) if text.strip() else None
        except InvalidAnswer as error:
            wrong[label] = error
        else:
            values[label] = None if value == question.standing else value
    return values, wrong
