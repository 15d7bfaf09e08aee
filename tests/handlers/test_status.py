"""The status message says at each state what happened, who acts next, and what can be done, and pings nobody twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.messages import words as catalogue
from handlers.messages.en import states, status
from handlers.messages.en.phrases import short_method
from handlers.views import requests
from handlers.views.status import status as shown_as
from handlers.views.status import without_mentions
from ordering.model.cart import MOST_LINES, BlockedReason, Cart, CartState
from ordering.model.facts import EARLIER_TEXT, EventKind, Fact
from ordering.model.ids import CartId, OrderId
from ordering.model.policy import Membership, Person
from ordering.model.sales_order import OrderStatus, Payment, PaymentMethod, SalesOrder
from ordering.model.seal import Seal
from tests.builders import NOW, POLICY, a_line, a_quote, euros
from tests.handlers.rendering import EVIL, LONG, check, labels, words_of

S, K = CartState, EventKind
ADDRESS = "https://otter.slack.com/archives/C9/p1"
ORDER = SalesOrder(
    OrderId(256900123), euros("3.59"), euros("0.60"), OrderStatus.NOT_PAID, NOW + timedelta(days=14),
    (PaymentMethod(3, "VISA 4970 XXXX XXXX 1234", default=True),),
)  # fmt: skip
PAID = replace(ORDER, status=OrderStatus.DOCUMENTS_REQUESTED)
LATE = {S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED}


def a_cart(state: CartState, **more) -> Cart:
    cart = Cart(
        CartId(12), "C1", "U0ADA", state, NOW, (a_line("sea-otter.com"), a_line("sea-otter.fr")), requester="U0ADA",
        quote=a_quote(), reason="Too dear", rejected_by="U0CLEO", approved_by=("U0CLEO",) if state in LATE else (),
        approved_at=NOW, order=ORDER if state in LATE else None,
        payment=Payment(3, "U0DAN", NOW) if state in LATE else None,
    )  # fmt: skip
    return replace(cart, **more)


def lines(cart: Cart, **more) -> list[str]:
    return str(words_of(shown_as(cart, POLICY, **more))).split("\n")


@pytest.mark.parametrize("state", list(S))
def test_each_state_has_a_dot_a_title_and_lines(state: CartState):
    """A new state fails here until the tables have its words."""
    assert states.WORDS.keys() == set(CartState)
    dot, title = states.title(a_cart(state))
    assert title[0].isupper()
    assert lines(a_cart(state))[0].startswith(f"{dot} *#12 · {title}")
    assert status.below(a_cart(state), status.Known()), "nothing stands below the first line"


@pytest.mark.parametrize("state", list(S))
def test_no_status_shows_the_name_of_a_state(state: CartState):
    """The names are for the record; people read sentences."""
    text = "".join(words_of(shown_as(a_cart(state), POLICY, on_hold=on_hold)) for on_hold in (False, True))
    assert not any(each.value in text.split() for each in (S.SUBMITTED, S.CHECKED_OUT, S.CHECKING_OUT, S.DELIVERED))
    assert "_" not in text.replace("date_short_pretty", "")


@pytest.mark.parametrize("state", list(S))
def test_every_status_fits_and_is_harmless(state: CartState):
    """Forty long names, and what people wrote, fit Slack and ping nobody."""
    many = tuple(a_line(f"{LONG}-{n}.ovh") for n in range(MOST_LINES))
    wild = a_cart(state, lines=many, reason=EVIL, note=EVIL, blocked=BlockedReason(NOW, EARLIER_TEXT, {"text": EVIL}))
    check(shown_as(wild, POLICY, ended_by="U0DAN", card=ADDRESS))


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        (S.SUBMITTED, {"Details", "Withdraw"}),
        (S.RETURNED, {"Edit request", "Details", "Withdraw"}),
        (S.APPROVED, {"Details"}),
        (S.CHECKED_OUT, {"Details"}),
        (S.REJECTED, {"Copy to a new cart", "Details"}),
        (S.CANCELLED, {"Copy to a new cart", "Details"}),
        (S.DELIVERED, {"Details"}),
    ],
)
def test_it_offers_what_the_team_can_do(state: CartState, buttons: set[str]):
    """Withdraw while nobody decided, a copy once it ended without being bought; what approvers do is on the card."""
    assert labels(shown_as(a_cart(state), POLICY)) == buttons


def test_a_returned_request_says_who_wants_what_changed():
    """Those who may edit it are named, and no approver is."""
    total = {"amount": "79.73", "currency": "EUR"}
    fact = Fact(K.CHANGES_REQUESTED, {"by": "U0CLEO", "reason": "Fewer names", "total": total})
    text = lines(a_cart(S.RETURNED, quote=None, fact=fact))
    assert text[:2] == ["🟠 *#12 · Changes requested · €79.73*", "<@U0CLEO>: “Fewer names”"]
    assert text[2].startswith("Next: <@U0ADA> edits the request and sends it again.")


@pytest.mark.parametrize("state", sorted(set(S) - {S.OPEN, S.RETURNED}))
def test_a_request_of_the_trial_says_so_at_each_state(state: CartState):
    """Also on hold, and after the trial."""
    cart = a_cart(state, seal=Seal("trial-digest", euros("3.59")))
    for rendered in (shown_as(cart, POLICY), shown_as(cart, POLICY, on_hold=True)):
        assert catalogue.trial.SHORT in words_of(rendered)
        assert catalogue.trial.SHORT in rendered.text


def test_a_returned_request_says_that_the_trial_is_on():
    """It has no terms: requested again, it is one of the trial."""
    on = shown_as(a_cart(S.RETURNED), replace(POLICY, trial=True))
    assert catalogue.trial.SHORT in words_of(on)
    assert catalogue.trial.BEFORE not in words_of(on)
    assert catalogue.trial.SHORT not in words_of(shown_as(a_cart(S.RETURNED), POLICY))


@pytest.mark.parametrize("state", sorted(set(S) - {S.OPEN}))
def test_a_private_request_is_a_number_and_an_amount(state: CartState):
    """In every list: no name, no person of it, and nothing that its reader could press."""
    hidden = a_cart(state, purpose="secret things").without_contents()
    eve, places = Person("U0EVE", Membership.MEMBER), requests.Places()
    for listed in (requests.pending([hidden], eve, POLICY, places), requests.history([hidden], places, more=False)):
        text = words_of(listed)
        assert "#12" in text
        assert catalogue.status.PRIVATE in text
        assert not [word for word in ("sea-otter", "secret", "U0ADA", "Nobody has to act") if word in text]
        assert labels(listed) == set()


def test_it_names_only_those_who_may_approve():
    """The requester, and who added a name, are not asked; nor is who approved already."""
    policy = replace(POLICY, approvers=frozenset({"U0ADA", "U0BEN", "U0CLEO", "U0DAN"}))
    cart = a_cart(S.SUBMITTED, lines=(a_line(by="U0BEN"),), approved_by=("U0CLEO",))
    text = words_of(shown_as(cart, policy))
    assert "Approved by <@U0CLEO>. One more approval: <@U0DAN>, since" in text


def test_the_end_says_who_did_it():
    """Each way to end has its title, and its person."""
    ways = {K.REQUEST_WITHDRAWN: "Withdrawn", K.ORDER_STOPPED: "Stopped", K.CLOSED: "Closed"}
    for kind, title in ways.items():
        cart = a_cart(S.CANCELLED, fact=Fact(kind, {"order": None} if kind is K.CLOSED else {}))
        first, second, *_ = lines(cart, ended_by="U0DAN")
        assert first == f"⚪ *#12 · {title}*"
        assert second.startswith("<@U0DAN> ")
        assert second.endswith("Nothing was ordered.")


def test_a_refused_payment_says_who_pays_another_way():
    fact = Fact(K.PAYMENT_REFUSED, {"method_name": "VISA", "ovh": {"said": "not enough funds"}})
    text = lines(a_cart(S.CHECKED_OUT, fact=fact))
    assert text[0] == "🟠 *#12 · Payment refused · €3.59*"
    assert text[1] == "VISA was refused: not enough funds. Nothing was paid."
    assert text[2].startswith("Next: <@U0DAN> chooses another way to pay, by ")


def test_a_payment_shows_the_last_digits_alone():
    """The channel reads which way it is paid, and no longer part of the number."""
    assert "<@U0DAN> by VISA •••• 1234" in words_of(shown_as(a_cart(S.PAYING), POLICY))
    assert short_method("SEPA FR76 3000 4000") == "SEPA •••• 4000"
    assert short_method("ovhAccount") == "Prepaid OVH account"
    assert short_method("x" * 200) == "x" * 59 + "…"


def test_trouble_says_what_who_and_that_the_requester_may_rest():
    """The requester may not open the order, so nothing asks them to."""
    cart = a_cart(S.NEEDS_ATTENTION, order=PAID, fact=Fact(K.DOCUMENTS_REQUESTED, {"order": 256900123}))
    assert lines(cart)[:3] == [
        "🟠 *#12 · Needs attention · €3.59 paid*",
        "OVH asks for documents about an owner.",
        "Next: <@U0DAN> sends them to OVH. Nothing for you to do, <@U0ADA>.",
    ]


def test_on_hold_a_request_can_only_be_withdrawn():
    """In recover mode every open request says so; withdrawing sends nothing to OVH."""
    held = shown_as(a_cart(S.SUBMITTED), POLICY, on_hold=True)
    assert labels(held) == {"Details", "Withdraw"}
    assert labels(shown_as(a_cart(S.CHECKED_OUT), POLICY, on_hold=True)) == {"Details"}
    assert catalogue.on_hold.card_head(12, euros("3.59")) in words_of(held)
    assert labels(shown_as(a_cart(S.REJECTED), POLICY, on_hold=True)) == {"Copy to a new cart", "Details"}


def test_the_last_line_links_to_the_card():
    assert lines(a_cart(S.SUBMITTED), card=ADDRESS)[2].endswith(f" · <{ADDRESS}|card>")
    assert "archives" not in words_of(shown_as(a_cart(S.SUBMITTED), POLICY))


@pytest.mark.parametrize("state", list(S))
def test_the_first_post_mentions_nobody(state: CartState):
    """Slack notifies each user whom a new message mentions: the card does that already."""
    quiet = without_mentions(shown_as(a_cart(state), replace(POLICY, payers=frozenset({"S0PAY"}))))
    check(quiet)
    assert "<@" not in words_of(quiet) + quiet.text
    assert "<!subteam" not in words_of(quiet)
    assert words_of(quiet).split("\n")[0] == lines(a_cart(state))[0]


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["sea-otter.com"], "sea-otter.com"),
        (["sea-otter.com", "sea-otter.co.uk", "sea-otter.fr"], "sea-otter.com, .co.uk and .fr"),
        (["sea-otter.com", "otter.fr"], "sea-otter.com, otter.fr"),
    ],
)
def test_names_that_begin_alike_are_shortened(names: list[str], short: str):
    assert status.names_in_short(a_cart(S.SUBMITTED, lines=tuple(map(a_line, names)))) == short
