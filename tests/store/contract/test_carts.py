"""The database keeps what it is given, and lets only the newest version be changed: on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.toolkit.interaction import Interaction
from ordering.model.cart import BlockedReason, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartChanged, NoSuchCart
from ordering.model.events import Event, happened
from ordering.model.facts import Data, EventKind, Fact
from ordering.model.ids import OrderId
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.money import Money
from ordering.model.sales_order import Attempt, OrderStatus, Payment, PaymentMethod, SalesOrder, Statement
from ordering.model.seal import seal
from ordering.ports.store import MessageRole
from tests.builders import NOW, a_line, a_quote, euros, in_state
from tests.refusing import refuses

S, K = CartState, EventKind
LIKE = LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": "other.ovh"})
ORDER = SalesOrder(
    OrderId(256900123),
    euros("3.59"),
    euros("0.60"),
    OrderStatus.DELIVERING,
    NOW,
    (PaymentMethod(7, "VISA", default=True),),
)


def opened(store, channel="C1", *lines):
    with store.begin() as carts:
        cart = carts.open(channel, by="U0ADA", at=NOW)
        return carts.save(replace(cart, lines=lines or (a_line(),)))


def saved(store, cart, *events, due_at=None):
    with store.begin() as carts:
        return carts.save(cart, *events, due_at=due_at)


def submitted(store, channel="C1", name="name.ovh", total="3.59", at=NOW):
    cart = opened(store, channel, a_line(name))
    quote = a_quote(total)
    sealed = seal(cart.lines, quote, waive_retraction=True)
    return saved(store, in_state(cart, S.SUBMITTED, at=at, requester="U0ADA", purpose="x", quote=quote, seal=sealed))


def typed(text: str) -> str:
    """As a form hands it in."""
    state = {"values": {"purpose": {"purpose": {"value": text}}}}
    return Interaction.of_form({"user": {"id": "U0ADA"}, "view": {"id": "V1", "state": state}}).typed("purpose")


@pytest.mark.parametrize("odd", ["\x00", "\ud800"])
def test_whatever_is_typed_can_be_kept(store, odd):
    text = typed(f"Our{odd} launch")
    line = a_line().answered({"REASON": text}, by="U0ADA")
    cart = opened(store, "C1", line)
    sealed = seal(cart.lines, a_quote(), waive_retraction=True)
    asked = in_state(cart, S.SUBMITTED, at=NOW, requester="U0ADA", purpose=text, quote=a_quote(), seal=sealed)
    stored = saved(store, asked, happened(asked, NOW, K.APPROVAL_REQUESTED, by="U0ADA"))
    assert stored.purpose == stored.lines[0].answers[0].value == "Our launch"


def test_a_cart_comes_back_as_it_was_saved(store):
    cart = replace(
        opened(store, "C1", replace(a_line(), warnings=(LIKE,)), a_line("café.fr", by="U0BEN", mode="create-premium")),
        state=S.PAYING,
        requester="U0ADA",
        purpose="For “us” 🦦",
        quote=a_quote(),
        seal=seal([a_line()], a_quote(), waive_retraction=True),
        approved_by=("U0CLEO", "U0DAN"),
        rejected_by="U0DAN",
        reason="later",
        attempt=Attempt(2, "registrar-cart", NOW),
        order=replace(ORDER, opened_at=NOW, missing_since=NOW, explained=2),
        payment=Payment(
            7,
            "U0DAN",
            NOW,
            sent_at=NOW + timedelta(seconds=1),
            accepted_at=NOW + timedelta(seconds=2),
            sent_at_ovh=NOW + timedelta(seconds=3),
            ended_at=NOW + timedelta(seconds=4),
            ended_at_ovh=NOW + timedelta(seconds=5),
            refusal="OVH said no.",
            statement=Statement(paid=False, by="U0CLEO", at=NOW),
            waits_until_ovh=NOW + timedelta(seconds=6),
            notified_at_ovh=NOW + timedelta(seconds=7),
            unexplained=3,
        ),
        note="A sentence of an earlier version.",
        fact=Fact(K.DELIVERY_LATE, {"order": 7, "ovh": {"states": {"name.ovh": "dispute"}}}),
        blocked=BlockedReason(NOW, "ovh_unavailable", {"ovh": {"status": 503}}),
    )
    stored = saved(store, cart)
    with store.read() as carts:
        assert carts.cart(cart.id) == stored == replace(cart, version=cart.version + 1)


def test_what_is_given_up_is_gone(store):
    cart = saved(store, replace(opened(store), quote=a_quote(), attempt=Attempt(1, "x", NOW), note="x"))
    plain = saved(store, replace(cart, quote=None, attempt=None, note=None, lines=()))
    with store.read() as carts:
        assert carts.cart(cart.id) == plain


def test_an_old_version_cannot_be_saved(store):
    cart = opened(store)
    saved(store, replace(cart, purpose="first"))
    with pytest.raises(CartChanged):
        saved(store, replace(cart, purpose="late"))
    with store.read() as carts:
        assert carts.cart(cart.id).purpose == "first"


def test_a_failed_transaction_writes_nothing(store):
    cart = opened(store)

    def fails_at_last() -> None:
        with store.begin() as carts:
            carts.save(replace(cart, purpose="x"), happened(cart, NOW, K.CLOSED))
            raise KeyError

    with pytest.raises(KeyError):
        fails_at_last()
    with store.read() as carts:
        assert carts.cart(cart.id) == cart


def test_a_cart_that_is_not_there_is_said(store):
    with store.read() as carts, pytest.raises(NoSuchCart):
        carts.cart(99)


def test_events_come_back_in_order_and_are_told_once(store):
    cart = opened(store)
    data: Data = {"names": 2, "ovh": {"said": "nö 🦦 \x00", "orders": [1, None, True]}}
    one = Event(cart.id, S.SUBMITTED, NOW, "U0ADA", "one", kind=K.APPROVAL_REQUESTED, data=data)
    saved(store, cart, one, Event(cart.id, S.APPROVED, NOW, kind=K.APPROVED, data={}))
    with store.begin() as carts:
        events = carts.events(cart.id)
        assert [(e.state, e.by, e.note, e.at, e.kind, e.data) for e in events[1:]] == [
            (S.SUBMITTED, "U0ADA", "one", NOW, K.APPROVAL_REQUESTED, data),
            (S.APPROVED, None, None, NOW, K.APPROVED, {}),
        ]
        for event in events[:2]:
            carts.record_delivered(event)
        assert [e.state for e in carts.undelivered(cart.id)] == [S.APPROVED]


def test_a_message_is_outdated_until_it_shows_the_newest_version(store):
    with store.begin() as carts:
        cart = carts.open("C1", by="U0ADA", at=NOW)
        message = carts.show_in(cart.id, MessageRole.CART, "C1")
        assert carts.show_in(cart.id, MessageRole.CART, "C1") == message
        for event in carts.undelivered(cart.id):
            carts.record_delivered(event)
        assert carts.outdated() == [cart.id]
        carts.record_rendered(message, cart, ts="1.2")
        assert carts.outdated() == []
        carts.save(cart.with_line(a_line()), happened(cart, NOW, K.CLOSED, by="U0ADA"))
        assert carts.outdated() == [cart.id]
        carts.forget(message)
        assert carts.messages(cart.id) == []


def test_the_driver_is_told_what_is_due_longest_due_first(store):
    late = saved(store, opened(store, "C1"), due_at=NOW)
    later = saved(store, opened(store, "C2", a_line("b.ovh")), due_at=NOW - timedelta(seconds=5))
    saved(store, opened(store, "C3", a_line("c.ovh")), due_at=NOW + timedelta(hours=1))
    with store.begin() as carts:
        assert carts.due(NOW) == [later.id, late.id]
        assert carts.next_due() == NOW - timedelta(seconds=5)
        carts.postpone(later, due_at=NOW + timedelta(hours=2))
        carts.postpone(replace(late, version=late.version - 1), due_at=NOW + timedelta(hours=2))
        assert carts.due(NOW) == [late.id]


def test_names_under_way_are_held_and_free_again_after(store):
    cart = submitted(store)
    name = DomainName("name.ovh")
    with store.read() as carts:
        assert carts.holding([name, DomainName("free.ovh")]) == {name: cart.id}
    saved(store, in_state(cart, S.REJECTED, at=NOW))
    with store.read() as carts:
        assert carts.holding([name]) == {}


def test_what_a_month_costs_counts_what_was_approved_in_it(store):
    first = submitted(store, "C1", "a.ovh", "10.00")
    second = submitted(store, "C2", "b.ovh", "5.00")
    saved(store, in_state(first, S.APPROVED, at=NOW, approved_at=NOW))
    saved(store, in_state(second, S.APPROVED, at=NOW, approved_at=NOW - timedelta(days=40)))
    submitted(store, "C3", "c.ovh", "99.00")
    month = NOW.replace(day=1)
    with store.read() as carts:
        assert carts.committed(month, "EUR", without=0) == euros("10.00")
        assert carts.committed(month, "EUR", without=first.id) == euros("0.00")
        assert carts.committed(month, "GBP", without=0) == Money(0, "GBP")


def test_an_order_belongs_to_one_cart(store):
    first, second = opened(store, "C1"), opened(store, "C2", a_line("b.ovh"))
    saved(store, replace(first, order=ORDER))
    with store.read() as carts:
        assert carts.known_orders([ORDER.id, ORDER.id + 1]) == {ORDER.id}
    with refuses("order_of_other_cart"), store.begin() as carts:
        carts.save(replace(second, order=replace(ORDER, id=ORDER.id)))
    with store.read() as carts:
        assert carts.cart(first.id).order == ORDER
        assert carts.cart(second.id).order is None


def test_lists_are_newest_first_and_paged_by_number(store):
    for number in range(5):
        submitted(store, f"C{number}", f"n{number}.ovh")
    with store.read() as carts:
        page = carts.carts(states={S.SUBMITTED}, limit=2)
        assert [cart.id for cart in page] == [5, 4]
        assert [cart.id for cart in carts.carts(states={S.SUBMITTED}, before=page[-1].id, limit=9)] == [3, 2, 1]
        assert [cart.id for cart in carts.carts(person="U0ADA", limit=1)] == [5]
        assert carts.carts(person="U0EVE") == []


def test_the_record_is_read_oldest_first_from_a_day_on(store):
    old, new = submitted(store, "C1", "a.ovh"), submitted(store, "C2", "b.ovh")
    saved(store, new, happened(new, NOW + timedelta(days=2), K.CLOSED))
    with store.read() as carts:
        assert [cart.id for cart in carts.every_cart()] == [old.id, new.id]
        assert [cart.id for cart in carts.every_cart(since=NOW + timedelta(days=1))] == [new.id]


def test_payments_of_other_orders_for_the_same_total_are_found(store):
    """Only those that were sent since, by OVH's clock, and in the same currency: each explains one transaction."""
    ours = replace(ORDER, id=OrderId(1), total=euros("3.59"))
    for number, (total, currency, sent) in enumerate(
        [("3.59", "EUR", 0), ("3.59", "EUR", 60), ("3.58", "EUR", 60), ("3.59", "PLN", 60), ("3.59", "EUR", None)], 2
    ):
        at = None if sent is None else NOW + timedelta(seconds=sent)
        payment = Payment(7, "U0DAN", NOW, sent_at=NOW, sent_at_ovh=at)
        order = replace(ORDER, id=OrderId(number), total=Money.of(total, currency))
        saved(store, replace(opened(store, f"C{number}"), state=S.PAYING, order=order, payment=payment))
    mean = replace(opened(store, "C9"), state=S.PAID, order=replace(ORDER, id=OrderId(9)))
    saved(store, replace(mean, payment=Payment("ovhAccount", "U0DAN", NOW, NOW, sent_at_ovh=NOW)))
    with store.read() as carts:
        found = carts.sent_alike(ours, since=NOW)
        assert {(sent.order, sent.method) for sent in found} == {(2, 7), (3, 7), (9, "ovhAccount")}
        later = carts.sent_alike(ours, since=NOW + timedelta(seconds=1))
        assert [(sent.order, sent.sent_at) for sent in later] == [(3, NOW + timedelta(seconds=60))]
        assert 3 not in {sent.order for sent in carts.sent_alike(replace(ours, id=OrderId(3)), since=NOW)}


def test_carts_are_found_by_a_name_and_by_a_word_in_it(store):
    """A name is found as it is written in ASCII, a word wherever it stands, and no character of it is special."""
    with store.begin() as carts:
        first = carts.open("C1", by="U0ADA", at=NOW)
        first = carts.save(replace(first, lines=(a_line("sea-otter.com"), a_line("café.fr"))))
        second = carts.save(replace(carts.open("C2", by="U0BEN", at=NOW), lines=(a_line("otter-pup.fr"),)))
    with store.read() as carts:
        assert [cart.id for cart in carts.carts(name=DomainName.parse("CAFÉ.fr"))] == [first.id]
        assert [cart.id for cart in carts.carts(word="OTTER")] == [second.id, first.id]
        assert [cart.id for cart in carts.carts(word="sea", before=second.id)] == [first.id]
        assert carts.carts(word="%") == carts.carts(word="_") == carts.carts(name=DomainName.parse("pup.fr")) == []


def test_messages_of_several_carts_are_read_at_once(store):
    """Oldest first, and of no other cart."""
    with store.begin() as carts:
        numbers = [carts.open(channel, by="U0ADA", at=NOW).id for channel in ("C1", "C2", "C3")]
        for number in numbers:
            carts.show_in(number, MessageRole.STATUS, "C9", ts=f"{number}.0")
    with store.read() as carts:
        assert [(m.cart_id, m.role, m.ts) for m in carts.messages_of(numbers[:2])] == [
            (number, MessageRole.STATUS, f"{number}.0") for number in numbers[:2]
        ]
        assert carts.messages_of([]) == []
