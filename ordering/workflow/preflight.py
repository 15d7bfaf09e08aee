"""The pre-flight: checks a whole cart with OVH before approval is requested, however old the cart is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from ordering.model.cart import Cart
from ordering.model.cart_line import Line, as_asked
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, RegistrarRefused
from ordering.model.facts import Data, amount
from ordering.model.homographs import warnings_about
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.offer import Availability, Offer, OfferKind, Verdict
from ordering.model.policy import Policy
from ordering.model.preflight_findings import Finding, FindingCode, Fix, LinesRefused, NotReady, Remark
from ordering.model.quote import Quote
from ordering.ports.carts import Prepared, RegistrarCarts
from ordering.ports.names import Names
from ordering.ports.payments import OrderPayments


class PreflightPort(Names, RegistrarCarts, OrderPayments, Protocol):
    """The part of the registrar port that the pre-flight uses."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A cart's lines as OVH offers them now, its quote, and remarks for approvers."""

    lines: tuple[Line, ...]
    quote: Quote
    owned: frozenset[DomainName]
    remarks: tuple[Remark, ...] = ()

    def with_warnings(self, in_carts: Iterable[DomainName]) -> tuple[Line, ...]:
        """Return the lines with a warning on each that looks like an owned name or one in a cart."""
        known = tuple(in_carts)
        return tuple(
            replace(line, warnings=(*warnings_about(line.domain, owned=self.owned, in_carts=known), *line.warnings))
            for line in self.lines
        )


class Inspection:
    """Looks every name up again, has OVH dry-run the cart, and checks each registry's rules."""

    def __init__(self, registrar: PreflightPort, policy: Policy) -> None:
        self._registrar = registrar
        self._policy = policy

    def check(self, cart: Cart) -> Checked:
        """Return what approvers are to see; raises `NotReady` with everything that must be fixed first.

        Raises `LinesRefused` if a registry has an unanswered question.
        """
        owned = self._owned()
        names = [line.domain for line in cart.lines]
        if barred := list(filter(None, map(self._policy.naming.refusal_of, names))):
            raise NotReady(cart.id, [_against_rule(refusal) for refusal in barred])
        answers = {answer.domain: answer for answer in self._registrar.look_up(names, urgent=True)}
        looked = [self._look(line, answers.get(line.domain), owned or frozenset()) for line in cart.lines]
        if findings := [found for found in looked if isinstance(found, Finding)]:
            raise NotReady(cart.id, findings)
        lines = tuple(found for found in looked if isinstance(found, Line))
        prepared = self._prepare(cart, lines)
        if objections := self._registrar.objections(as_asked(lines, prepared.asked)):
            raise NotReady(cart.id, objections)
        remarks = [Remark.NAMES_NOT_LISTED] if owned is None else []
        remarks += [Remark.NO_PAYMENT_METHOD] if self._lacks_method() else []
        return Checked(lines, prepared.quote, owned or frozenset(), tuple(remarks))

    def _owned(self) -> frozenset[DomainName] | None:
        """Return the owned names; None if the API key has no right to list them."""
        try:
            return self._registrar.owned()
        except RegistrarRefused:
            return None

    def _lacks_method(self) -> bool:
        """Return whether the account lacks a payment method.

        False if the API key has no right to read them: the order itself lists its methods later.
        """
        try:
            return not self._registrar.can_be_paid()
        except RegistrarRefused:
            return False

    def _look(self, line: Line, answer: Availability | None, owned: frozenset[DomainName]) -> Line | Finding:
        """Return the line with today's offer, or a finding why it cannot be bought.

        Without an answer the line stays unchanged, as the dry run checks it too.
        """
        if line.domain in owned:
            return Finding(FindingCode.NAME_OWNED, line.domain, Fix.REMOVE)
        if line.kind is not OfferKind.USUAL and not self._policy.allow_premium:
            is_premium = line.kind is OfferKind.PREMIUM
            code = FindingCode.PREMIUM_NOT_BOUGHT if is_premium else FindingCode.SPECIAL_NOT_BOUGHT
            return Finding(code, line.domain, Fix.REMOVE)
        if answer is None or answer.verdict is Verdict.UNKNOWN:
            return replace(line, warnings=())
        offer = line.offer_in(answer.offers)
        if offer is None:
            code = FindingCode.TERMS_CHANGED if answer.can_be_added else FindingCode.NAME_NOT_FREE
            return Finding(code, line.domain, Fix.REMOVE)
        if line.years not in offer.years:
            return Finding(FindingCode.YEARS_NOT_OFFERED, line.domain, Fix.YEARS, {"years": line.years})
        return replace(line.as_in(offer), warnings=tuple(_moved(line, offer)))

    def _prepare(self, cart: Cart, lines: tuple[Line, ...]) -> Prepared:
        try:
            prepared = self._registrar.prepare(lines)
        except LinesRefused as refusal:
            raise self._with_objections(refusal, lines) from refusal
        except RegistrarRefused as refusal:
            raise NotReady(cart.id, [_refused(refusal, lines)]) from refusal
        self._registrar.discard(prepared.registrar_cart)
        return prepared

    def _with_objections(self, refusal: LinesRefused, lines: Iterable[Line]) -> LinesRefused:
        """Return the refusal with the objections to the other lines, so that all can be fixed at once."""
        named = {finding.domain for finding in refusal.findings}
        others = [line for line in as_asked(lines, refusal.asked) if line.domain not in named]
        return LinesRefused([*refusal.findings, *self._registrar.objections(others)], refusal.asked)


def _against_rule(refusal: NotPossible) -> Finding:
    return Finding.of_refusal(refusal, DomainName(str(refusal.params["name"])), Fix.REMOVE)


def _moved(line: Line, offer: Offer) -> Iterator[LineWarning]:
    if (offer.price, offer.renewal) != (line.price, line.renewal):
        before: Data = {"price": amount(line.price), "renewal": amount(line.renewal) if line.renewal else None}
        yield LineWarning(WarningKind.PRICE_CHANGED, before)


def _refused(refusal: RegistrarRefused, lines: Iterable[Line]) -> Finding:
    """Attach a refusal to the line that it is about, or that OVH's own words name; else to none."""
    words, about = refusal.ovh_said, refusal.params.get("name")
    named = next((n.domain for n in lines if n.domain.ascii == about), None) or next(
        (n.domain for n in lines if str(n.domain) in words or n.domain.ascii in words), None
    )
    return Finding.of_refusal(refusal, named, Fix.REMOVE if named else None)
