"""A request with long answers, and with prices that moved, can be shown and told: nothing in it makes a card raise."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.notifier import approval_card
from handlers.toolkit.folding import MESSAGE
from handlers.views.cart import shared_cart
from handlers.views.home import CARD
from handlers.views.requests import request
from ordering.model.cart import MOST_LINES, BlockedReason, Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.facts import EARLIER_TEXT
from ordering.model.ids import CartId, OrderId
from ordering.model.line_warnings import LineWarning
from ordering.model.money import Money
from ordering.model.offer import Action, Offer
from ordering.model.question import Answer, Kind, Question
from ordering.model.quote import Configuration
from ordering.model.recovery import Stamp
from ordering.model.sales_order import Attempt, Payment, PaymentMethod, SalesOrder
from ordering.model.seal import seal
from sandbox.slack import limits
from sandbox.slack.block_kit import faults_of
from tests.builders import NOW, POLICY, a_quote, euros
from tests.conftest import Rules

LONGEST = Stamp("f" * 12, 10**15 - 1, 10**15 - 1, "f" * 12, 10**15 - 1)
LONG = "x" * 55 + "-{n:02}"
PLAIN = (
    "We run shops in this town and want to tell its people about them in their own words, every day of the year. " * 5
)
AMPERSANDS = "R&D & M&A, " * 60
SERVERS = ",".join(f"ns{k}-{{n}}." + "a" * 50 + ".example" for k in range(13))


def requested(rules: Rules, *, reason: str, dns: str | None, long_names: bool, dearer: bool = False) -> Cart:
    """Forty names, each with answers of its own, requested by the rules themselves."""
    rules.registrar.asks["fr"] = (
        Question("REASON", Kind.TEXT, required=True),
        Question("DNS", Kind.NAME_SERVERS),
        Question("ADMIN_ACCOUNT", Kind.ACCOUNT),
    )
    names = [DomainName.parse(f"{LONG.format(n=n) if long_names else f'n{n:02}'}.fr") for n in range(MOST_LINES)]
    for name in names:
        cart = rules.workflow.cart_editing.add("C1", name, by=rules.ada)
    for _ in range(5):
        rules.workflow.questions.learn(cart.id)
    for n, name in enumerate(names):
        typed = {"REASON": f"{n:02}{reason}"[:500]} | ({"DNS": dns.format(n=n)} if dns else {})
        rules.workflow.questions.answer(cart.id, {name: typed}, by=rules.ada)
    cart = rules.workflow.queries.cart(cart.id)
    given_ = tuple(Configuration(line.domain, a.label, a.value) for line in cart.lines for a in line.answers)
    rules.registrar.quote = replace(a_quote("200.00", "33.33"), configuration=given_)
    if dearer:  # OVH raised its prices since the names were added: each line carries a warning
        for name in names:
            offer = Offer(name, Action.CREATE, "create-default", orderable=True, price=Money(399, "EUR"))
            rules.registrar.offers[name.ascii] = (offer,)
    return rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="For the launch")


def fits(rendered) -> None:
    blocks = [block.to_dict() for block in rendered.blocks]
    assert faults_of(blocks) == []
    assert limits.weight(blocks) <= MESSAGE.size
    assert len(blocks) <= 50
    assert rendered.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reason", "dns", "long_names", "dearer"),
    [
        (PLAIN, None, False, False), (AMPERSANDS, SERVERS, True, False), (PLAIN, None, False, True),
        (AMPERSANDS, SERVERS, True, True),
    ],
)  # fmt: skip
def test_every_cart_that_can_be_requested_is_shown(rules, reason, dns, long_names, dearer):
    """Forty names with long answers and moved prices were 52 blocks, which raised indefinitely."""
    cart = requested(rules, reason=reason, dns=dns, long_names=long_names, dearer=dearer)
    fits(approval_card(cart, POLICY, stamp=LONGEST))
    fits(approval_card(cart, POLICY, CARD, stamp=LONGEST))
    fits(request(*rules.workflow.queries.timeline(cart.id, by=rules.ada)))


@pytest.mark.slow
def test_a_card_whose_total_rose_is_shown(rules):
    """The card that asks again names the differences of forty names, and fits."""
    cart = requested(rules, reason=AMPERSANDS, dns=SERVERS, long_names=True, dearer=True)
    assert cart.seal is not None
    rules.workflow.approvals.approve(cart.id, approver=rules.cleo, mark=cart.request_mark)
    rules.registrar.quote = replace(rules.registrar.quote, total=a_quote("300.00").total)
    cart = rules.run_worker(cart.id, steps=1)
    assert cart.state is CartState.SUBMITTED
    fits(approval_card(cart, POLICY, stamp=LONGEST))


texts = st.text(max_size=60).map(lambda text: text * 9)
some_names = st.integers(1, 60).map(lambda n: tuple(f"{'y' * (n % 50)}{k}.com" for k in range(n)))


@pytest.mark.slow
@given(
    names=some_names, state=st.sampled_from(CartState), note=texts, answer=texts, warning=texts, tries=st.booleans(),
    methods=st.integers(0, 120), approvers=st.integers(1, 40),
)  # fmt: skip
@settings(max_examples=60)
def test_every_generated_cart_fits(names, state, note, answer, warning, tries, methods, approvers):
    """Whatever stands in a cart: at most 50 blocks, each text within Slack's limits, and no exception."""
    lines = tuple(
        Line(
            DomainName.parse(name), 1, "create-default", euros("2.99"), added_by=f"U{n % 30}", renewal=euros("9.99"),
            answers=(Answer("REASON", answer, "U1"),), warnings=(LineWarning.earlier(warning),) if warning else (),
        )
        for n, name in enumerate(names)
    )  # fmt: skip
    given_ = tuple(Configuration(line.domain, "REASON", answer) for line in lines)
    quote = replace(a_quote(), configuration=given_)
    ways = tuple(PaymentMethod(n, note[:40] or "VISA", default=n == 0) for n in range(methods))
    ordered = state not in {CartState.OPEN, CartState.SUBMITTED, CartState.REJECTED, CartState.APPROVED}
    cart = Cart(
        CartId(12), "C1", "U0ADA", state, NOW, lines, requester="U0ADA", purpose=note, quote=quote,
        seal=seal(lines, quote, waive_retraction=True), approved_by=tuple(f"U{n}" for n in range(approvers)),
        rejected_by="U0CLEO", reason=note, note=note, attempt=Attempt(1, "x", NOW),
        order=SalesOrder(OrderId(7), euros("3.59"), euros("0.60"), expires_at=NOW, methods=ways) if ordered else None,
        payment=Payment(1, "U0DAN", NOW) if ordered else None,
        blocked=BlockedReason(NOW, EARLIER_TEXT, {"text": note}) if tries else None,
    )  # fmt: skip
    many = replace(POLICY, approvers=frozenset(f"U{n}" for n in range(approvers)))
    for rendered in (
        approval_card(cart, many, stamp=LONGEST),
        approval_card(cart, many, CARD, stamp=LONGEST),
        shared_cart(cart),
    ):
        fits(rendered)
