"""Maps rows to the domain's types and back, by hand, both ways in one file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from ordering.model.answer_digests import DeletedAnswer, Digest, DigestForm
from ordering.model.cart import AnyCart, BlockedReason, Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.facts import EARLIER_TEXT, Data, EventKind, Fact
from ordering.model.ids import CartId, OrderId
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.money import Money
from ordering.model.question import Answer, Kind, Question
from ordering.model.quote import Configuration, Contract, DeletedConfiguration, Quote, QuotedLine
from ordering.model.sales_order import Attempt, OrderStatus, Payment, PaymentMethod, SalesOrder, SentPayment, Statement
from ordering.model.seal import Seal
from ordering.ports.store import Message, MessageRole
from store.tables import CartRow, EventRow, LineRow, MessageRow, SalesOrderRow

_IN_CLEAR = 3  # parts of a stored answer; a deleted one has four


def cart_from(row: CartRow, lines: Sequence[LineRow], order: SalesOrderRow | None) -> Cart:
    return Cart(
        id=CartId(_known(row.id)),
        channel=row.channel,
        created_by=row.created_by,
        state=CartState(row.state),
        since=utc(row.since),
        lines=tuple(line_from(line) for line in lines),
        requester=row.requester,
        purpose=row.purpose,
        quote=quote_from(row.quote) if row.quote else None,
        seal=_seal_from(row),
        approved_by=tuple(row.approved_by),
        approved_at=utc(row.approved_at) if row.approved_at else None,
        approved_at_ovh=utc(row.approved_at_ovh) if row.approved_at_ovh else None,
        rejected_by=row.rejected_by,
        reason=row.reason,
        attempt=_attempt_from(row),
        order=order_from(order) if order else None,
        payment=_payment_from(row),
        reminded_at=utc(row.reminded_at) if row.reminded_at else None,
        note=row.note,
        foreign_order=None if row.foreign_order is None else OrderId(row.foreign_order),
        foreign_allowed=tuple(map(OrderId, row.foreign_allowed or ())),
        fact=Fact(EventKind(row.note_kind), row.note_data or {}) if row.note_kind else None,
        blocked=_blocked_from(row),
        version=row.version,
    )


def cart_columns(cart: Cart) -> dict[str, Any]:
    """Return all columns of a cart's row except its id and version."""
    seal, attempt = cart.seal, cart.attempt
    return {
        "channel": cart.channel,
        "created_by": cart.created_by,
        "state": cart.state.value,
        "since": cart.since,
        "requester": cart.requester,
        "purpose": cart.purpose,
        "quote": quote_columns(cart.quote) if cart.quote else None,
        "seal_digest": seal.digest if seal else None,
        "seal_minor": seal.total.minor if seal else None,
        "seal_currency": seal.total.currency if seal else None,
        "answers_salt": seal.salt if seal else None,
        "keeps_answers": cart.has_private_answers,
        "approved_by": list(cart.approved_by),
        "approved_at": cart.approved_at,
        "approved_at_ovh": cart.approved_at_ovh,
        "rejected_by": cart.rejected_by,
        "reason": cart.reason,
        "attempt_number": attempt.number if attempt else None,
        "attempt_cart": attempt.registrar_cart if attempt else None,
        "attempt_at": attempt.started_at if attempt else None,
        "attempt_refusal": attempt.refusal if attempt else None,
        "attempt_withdrawn_at": attempt.withdrawn_at if attempt else None,
        "attempt_deleting": attempt.deleting if attempt else False,
        "attempt_denied_by": attempt.denied_by if attempt else None,
        **_payment_columns(cart.payment),
        "reminded_at": cart.reminded_at,
        "note": cart.note,
        "trouble": None,  # a sentence of earlier versions
        "trouble_since": cart.blocked.since if cart.blocked else None,
        "foreign_order": cart.foreign_order,
        "foreign_allowed": list(cart.foreign_allowed) or None,
        "trouble_code": cart.blocked.code if cart.blocked else None,
        "trouble_data": dict(cart.blocked.data) if cart.blocked else None,
        "note_kind": cart.fact.kind.value if cart.fact else None,
        "note_data": dict(cart.fact.data) if cart.fact else None,
    }


def one_version_up(cart: AnyCart) -> AnyCart:
    """Return the cart as it is after saving."""
    return replace(cart, version=cart.version + 1)


def line_from(row: LineRow) -> Line:
    return Line(
        domain=DomainName(row.domain),
        years=row.years,
        pricing_mode=row.pricing_mode,
        price=Money(row.price_minor, row.currency),
        added_by=row.added_by,
        renewal=_money(row.renewal_minor, row.currency),
        regular=_money(row.regular_minor, row.currency),
        questions=None if row.questions is None else tuple(map(_question_from, row.questions)),
        answers=tuple(Answer(*answer) for answer in row.answers or () if len(answer) == _IN_CLEAR),
        deleted=tuple(_deleted_from(*answer) for answer in row.answers or () if len(answer) != _IN_CLEAR),
        promotion_ends=utc(row.promotion_ends) if row.promotion_ends else None,
        phase=row.phase,
        offered_years=tuple(row.offered_years),
        warnings=tuple(map(_warning_from, row.warnings)),
        shaped_by=frozenset(row.shaped_by),
    )


def line_row(cart_id: CartId, place: int, line: Line) -> LineRow:
    return LineRow(
        cart_id=cart_id,
        place=place,
        domain=line.domain.ascii,
        years=line.years,
        pricing_mode=line.pricing_mode,
        added_by=line.added_by,
        currency=line.price.currency,
        price_minor=line.price.minor,
        renewal_minor=line.renewal.minor if line.renewal else None,
        regular_minor=line.regular.minor if line.regular else None,
        questions=None if line.questions is None else [_question_columns(question) for question in line.questions],
        answers=[*_answer_columns(line), *map(_deleted_columns, line.deleted)] or None,
        promotion_ends=line.promotion_ends,
        phase=line.phase,
        offered_years=list(line.offered_years),
        warnings=[_warning_column(warning) for warning in line.warnings],
        shaped_by=sorted(line.shaped_by),
    )


def _answer_columns(line: Line) -> list[list[str]]:
    return [[answer.label, answer.value, answer.by] for answer in line.answers]


def _deleted_columns(gone: DeletedAnswer) -> list[str]:
    return [gone.label, gone.digest.form.value, gone.digest.text, gone.by]


def _deleted_from(label: str, form: str, digest: str, by: str) -> DeletedAnswer:
    return DeletedAnswer(label, by, Digest(DigestForm(form), digest))


def _warning_from(stored: str | dict[str, Any]) -> LineWarning:
    """Return a warning; earlier versions stored a sentence."""
    if isinstance(stored, str):
        return LineWarning.earlier(stored)
    return LineWarning(WarningKind(stored["kind"]), {name: value for name, value in stored.items() if name != "kind"})


def _warning_column(warning: LineWarning) -> dict[str, Any]:
    return {"kind": warning.kind.value, **warning.data}


def _question_from(stored: dict[str, Any]) -> Question:
    values = dict(stored)
    explanation = values.pop("told", "")  # the name of this field in the first release
    changed = {"kind": Kind(stored["kind"]), "allowed": tuple(stored["allowed"]), "explanation": explanation}
    return Question(**values | changed)


def _question_columns(question: Question) -> dict[str, Any]:
    values = asdict(question)
    values["told"] = values.pop("explanation")
    return values | {"kind": question.kind.value, "allowed": list(question.allowed)}


def quote_from(stored: dict[str, Any]) -> Quote:
    currency = stored["currency"]
    return Quote(
        total=Money(stored["total"], currency),
        tax=Money(stored["tax"], currency),
        without_tax=Money(stored["without_tax"], currency),
        contracts=tuple(Contract(name, url) for name, url in stored["contracts"]),
        configuration=tuple(
            Configuration(DomainName(domain), label, value) for domain, label, value in stored["configuration"]
        ),
        deleted=tuple(
            DeletedConfiguration(DomainName(domain), label, Digest(DigestForm(form), digest))
            for domain, label, form, digest in stored.get("deleted", ())
        ),
        lines=tuple(_quoted_line(line, currency) for line in stored.get("lines", ())),
        before=_money(stored.get("before"), currency),
        reduction=_money(stored.get("reduction"), currency),
    )


def quote_columns(quote: Quote) -> dict[str, Any]:
    return {
        "currency": quote.total.currency,
        "total": quote.total.minor,
        "tax": quote.tax.minor,
        "without_tax": quote.without_tax.minor,
        "contracts": [[contract.name, contract.url] for contract in quote.contracts],
        "configuration": [[c.domain.ascii, c.label, c.value] for c in quote.configuration],
        "deleted": [[d.domain.ascii, d.label, d.digest.form.value, d.digest.text] for d in quote.deleted],
        "lines": [
            [n.domain.ascii if n.domain else None, n.label, n.price.minor, n.before.minor, n.extra] for n in quote.lines
        ],
        "before": quote.before.minor if quote.before else None,
        "reduction": quote.reduction.minor if quote.reduction else None,
    }


def order_from(row: SalesOrderRow) -> SalesOrder:
    return SalesOrder(
        id=OrderId(row.id),
        total=Money(row.total_minor, row.currency),
        tax=Money(row.tax_minor, row.currency),
        status=OrderStatus(row.status),
        expires_at=utc(row.expires_at) if row.expires_at else None,
        methods=tuple(PaymentMethod(m["id"], m["label"], m["default"], m.get("refused", False)) for m in row.methods),
        invoice=row.invoice,
        adopted_at=_moment(row.adopted_at),
        owner_hidden=row.owner_hidden,
        opened_at=_moment(row.opened_at),
        missing_since=_moment(row.missing_since),
        explained=row.explained,
    )


def order_row(cart_id: CartId, order: SalesOrder) -> SalesOrderRow:
    return SalesOrderRow(
        id=order.id,
        cart_id=cart_id,
        status=order.status.value,
        currency=order.total.currency,
        total_minor=order.total.minor,
        tax_minor=order.tax.minor,
        expires_at=order.expires_at,
        methods=[asdict(method) for method in order.methods],
        invoice=order.invoice,
        adopted_at=order.adopted_at,
        owner_hidden=order.owner_hidden,
        opened_at=order.opened_at,
        missing_since=order.missing_since,
        explained=order.explained,
    )


def sent_payment_from(order: int, method: int | None, mean: str | None, sent_at: datetime) -> SentPayment:
    """Return a payment in the form that explains a transaction."""
    return SentPayment(OrderId(order), mean or _known(method), utc(sent_at))


def event_from(row: EventRow) -> Event:
    kind = EventKind(row.kind) if row.kind is not None else None
    cart, data = CartId(row.cart_id), _data_from(row.data)
    return Event(cart, CartState(row.state), utc(row.at), row.by, row.note, row.id, kind, data)


def message_from(row: MessageRow) -> Message:
    is_settled = row.shown >= row.wanted
    cart, role = CartId(row.cart_id), MessageRole(row.role)
    return Message(_known(row.id), cart, role, row.channel, row.ts, row.shown, is_settled)


def utc(at: datetime) -> datetime:
    """Return a time in UTC. Times are stored and returned in UTC, on both databases."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _quoted_line(stored: list[Any], currency: str) -> QuotedLine:
    domain, said, price, before, extra = stored
    return QuotedLine(
        DomainName(domain) if domain else None, said, Money(price, currency), Money(before, currency), extra=extra
    )


def _seal_from(row: CartRow) -> Seal | None:
    if row.seal_digest is None or row.seal_minor is None or row.seal_currency is None:
        return None
    return Seal(row.seal_digest, Money(row.seal_minor, row.seal_currency), row.answers_salt)


def _blocked_from(row: CartRow) -> BlockedReason | None:
    if row.trouble_since is None:
        return None
    since = utc(row.trouble_since)
    if row.trouble is not None or row.trouble_code is None:  # earlier versions stored the sentence
        return BlockedReason(since, EARLIER_TEXT, {"text": row.trouble or ""})
    return BlockedReason(since, row.trouble_code, row.trouble_data or {})


def _data_from(text: str | None) -> Data | None:
    """Parse an event's data; None if there is none, or if it was tampered with and is no JSON object."""
    try:
        found = json.loads(text or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _attempt_from(row: CartRow) -> Attempt | None:
    if row.attempt_number is None or row.attempt_cart is None or row.attempt_at is None:
        return None
    withdrawn_at = utc(row.attempt_withdrawn_at) if row.attempt_withdrawn_at else None
    return Attempt(
        row.attempt_number,
        row.attempt_cart,
        utc(row.attempt_at),
        row.attempt_refusal,
        withdrawn_at,
        deleting=row.attempt_deleting,
        denied_by=row.attempt_denied_by,
    )


def _payment_from(row: CartRow) -> Payment | None:
    method = row.payment_mean or row.payment_method
    if method is None or row.payment_by is None or row.payment_asked_at is None:
        return None
    return Payment(
        method,
        row.payment_by,
        utc(row.payment_asked_at),
        sent_at=_moment(row.payment_sent_at),
        accepted_at=_moment(row.payment_accepted_at),
        sent_at_ovh=_moment(row.payment_sent_at_ovh),
        ended_at=_moment(row.payment_ended_at),
        ended_at_ovh=_moment(row.payment_ended_at_ovh),
        refusal=row.payment_refusal,
        statement=_statement_from(row),
        waits_until_ovh=_moment(row.payment_waits_until_ovh),
        notified_at_ovh=_moment(row.payment_told_at_ovh),
        unexplained=row.payment_unexplained,
        asked_at_ovh=_moment(row.payment_asked_at_ovh),
    )


def _payment_columns(payment: Payment | None) -> dict[str, Any]:
    """Return the columns of a payment; without one, all of them as in a new row."""
    method, statement = (payment.method, payment.statement) if payment else (None, None)
    moments = (
        "asked_at", "sent_at", "accepted_at", "sent_at_ovh", "ended_at", "ended_at_ovh", "waits_until_ovh",
        "asked_at_ovh",
    )  # fmt: skip
    return {
        "payment_method": method if isinstance(method, int) else None,
        "payment_mean": method if isinstance(method, str) else None,
        "payment_by": payment.by if payment else None,
        **{f"payment_{moment}": getattr(payment, moment, None) for moment in moments},
        "payment_told_at_ovh": payment.notified_at_ovh if payment else None,
        "payment_refusal": payment.refusal if payment else None,
        "payment_word_paid": statement.paid if statement else None,
        "payment_word_by": statement.by if statement else None,
        "payment_word_at": statement.at if statement else None,
        "payment_unexplained": payment.unexplained if payment else 0,
    }


def _statement_from(row: CartRow) -> Statement | None:
    if row.payment_word_paid is None or row.payment_word_by is None or row.payment_word_at is None:
        return None
    return Statement(row.payment_word_paid, row.payment_word_by, utc(row.payment_word_at))


def _moment(at: datetime | None) -> datetime | None:
    return None if at is None else utc(at)


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _known(row_id: int | None) -> int:
    if row_id is None:
        raise AssertionError("a row that was read has an id")
    return row_id
