"""Whatever is drawn fits Slack's limits, pings nobody, and makes sense alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import blocked
from handlers.messages import words as catalogue
from handlers.messages.en.question_labels import summary
from handlers.messages.en.warnings import warning
from handlers.text.mrkdwn import cut, escape
from handlers.toolkit import modals as forms
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.payloads import Decision, OfferChoice
from handlers.views import approval, cart, details, home, offers, requests, years
from handlers.views import recovery as attention
from handlers.views.card_rules import CardRules
from handlers.views.help import help_message, unknown_command
from ordering.model.cart import MOST_LINES, BlockedReason, Cart, CartState
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.facts import EARLIER_TEXT, EventKind
from ordering.model.ids import CartId, OrderId
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.overview import Overview
from ordering.model.policy import Membership, Person
from ordering.model.preflight_findings import Finding, FindingCode, Fix
from ordering.model.quote import Configuration, Contract
from ordering.model.recovery import Stamp
from ordering.model.sales_order import Attempt, OrderStatus, Payment, PaymentMethod, SalesOrder
from ordering.model.seal import differences, seal
from sandbox.slack.block_kit import faults_of_view
from sandbox.slack.messages import words
from tests.builders import NOW, POLICY, a_line, a_quote, a_quoted, euros
from tests.handlers.rendering import EVIL, LONG, blocks_of, check, labels, offer, words_of
from tests.saying import HOLE, after_hole

S, K = CartState, EventKind
ADDRESS = f"https://otter.slack.com/archives/C0APPROVALS/p{'1' * 16}"
STAMP = Stamp("3f2a9c1b7d4e")
OF_AGE = summary("OWNER_LEGAL_AGE", value="true", by="")
BLOCKED = BlockedReason(NOW, EARLIER_TEXT, {"text": "OVH does <not> answer."})


MANY_OFFERS = tuple(
    replace(
        offer(f"{LONG}.ovh", "1250.00"), phase=EVIL, pricing_mode=f"create-{EVIL}", renewal=euros("9999999.99"),
        years=(1 + n,), regular=euros("99999.00"),
    )
    for n in range(12)
)  # fmt: skip


def a_cart(state: CartState, lines=None, **more) -> Cart:
    lines = lines or [a_line()]
    quote = a_quote(contracts=tuple(Contract(EVIL, "https://contracts.example/x.pdf") for _ in range(30)))
    order = SalesOrder(
        OrderId(256900123), euros("3.59"), euros("0.60"), OrderStatus.NOT_PAID, NOW + timedelta(days=14),
        tuple(PaymentMethod(n, "x" * 200, default=n == 3) for n in range(150)),
    )  # fmt: skip
    late = state in {S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED}
    made = Cart(
        CartId(12), "C1", "U0ADA", state, NOW, tuple(lines), requester="U0ADA", purpose=EVIL, quote=quote,
        seal=seal(lines, quote, waive_retraction=True), reason=EVIL, rejected_by="U0CLEO",
        approved_by=("U0CLEO", "U0DAN"), note=EVIL, order=order if late else None,
        payment=Payment(3, "U0DAN", NOW) if late else None,
    )  # fmt: skip
    return replace(made, **more)


def card(shown: Cart):
    return approval.card(
        shown, CardRules(approvals_needed=2, waive_retraction=True, approvers=POLICY.approvers, payers=POLICY.payers)
    )


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("count", [1, MOST_LINES])
def test_every_card_and_cart_fits_one_message(state, count):
    shown = a_cart(state, [a_line(f"{LONG}-{n}.ovh") for n in range(count)])
    check(card(shown))
    check(cart.shared_cart(shown))
    check(requests.request(shown, [Event(CartId(12), state, NOW, "U0ADA", EVIL)] * 100))


def words_of_details(shown: Cart) -> str:
    """What the form behind the Details button says, on all its pages."""
    pages = [
        details.details_modal(shown, waive_retraction=True, sees_owners=False, page=page).to_dict() for page in range(9)
    ]
    once = {str(page): page for page in pages}.values()  # a number above the last page shows that page again
    return "\n".join(text for page in once for text in words(page["blocks"]))


def test_the_card_shows_all_terms_and_no_personal_data():
    """The card and its details say everything that the approval covers and no personal data."""
    lines = [
        a_line().answered({"REASON": "Ours", "BIRTH": "1970-01-01"}, by="U0BEN"),
        a_line("b.ovh").answered({"OLD": "no longer asked"}, by="U0BEN"),
    ]
    given = [
        Configuration(line.domain, label, value)
        for line, label, value in [
            (lines[0], "OWNER_CONTACT", "/me/contact/21003400"),
            (lines[0], "OWNER_LEGAL_AGE", "true"),
            (lines[0], "REASON", "Ours"),
            (lines[0], "BIRTH", "1970-01-01"),
            (lines[1], "OWNER_LEGAL_AGE", "true"),
        ]
    ]
    shown = a_cart(S.SUBMITTED, lines, quote=replace(a_quote(), configuration=tuple(given)))
    words = words_of(card(shown))
    owner = summary("OWNER_CONTACT", value="21003400", by="")
    reason = summary("REASON", value="Ours", by="")
    private = catalogue.questions.private_answers(1, ["<@U0BEN>"], alone=False)
    assert f"*name.ovh*  {reason}, {private}\n" in words
    in_details = words_of_details(shown)
    assert f"*{catalogue.questions.EACH_NAME}*  {OF_AGE}\n" in in_details
    assert f"*name.ovh*  {owner}, {reason}, {private}\n" in in_details
    assert f"*b.ovh*  {catalogue.questions.OWN_DATA}" in in_details
    for read in (words, in_details):
        assert "1970" not in read
        assert "no longer asked" not in read


def test_equal_answers_of_forty_names_are_one_line():
    """What is the same for forty names is one line in the details."""
    lines = [a_line(f"n{number}.ovh") for number in range(MOST_LINES)]
    given = tuple(Configuration(line.domain, "OWNER_LEGAL_AGE", "true") for line in lines)
    read = words_of_details(a_cart(S.SUBMITTED, lines, quote=replace(a_quote(), configuration=given)))
    assert read.count(f"{catalogue.questions.OWN_DATA}, {OF_AGE}") == 1


def test_forty_of_the_longest_reasons_can_all_be_read():
    """Slack takes no message of 17,000 characters: what the card folds is behind its Details button, in full."""
    reasons = [f"{number} " + "a reason & more " * 31 for number in range(MOST_LINES)]
    lines = [a_line(f"name-{number}.fr") for number in range(MOST_LINES)]
    told = tuple(Configuration(line.domain, "REASON", reason) for line, reason in zip(lines, reasons, strict=True))
    shown = a_cart(S.SUBMITTED, lines, quote=replace(a_quote(), configuration=told), purpose="x", note=None)
    rendered = card(shown)
    check(rendered)
    assert {"Approve", "Details"} <= labels(rendered)
    more = after_hole(catalogue.grammar.more(HOLE, catalogue.approving.MORE_ANSWERS))
    assert more in words_of(rendered)
    read = words_of_details(shown)
    assert all(reason.strip().replace("&", "&amp;") in read for reason in reasons)


def test_a_claim_notice_is_told_alike_wherever_a_channel_reads():
    claimed = a_cart(S.OPEN, [a_line().answered({"CLAIMS_NOTICE": "true"}, by="U0BEN")], quote=None)
    assert summary("CLAIMS_NOTICE", value="true", by="<@U0BEN>") in words_of(requests.request(claimed, []))
    quotes = [
        replace(a_quote(), configuration=(Configuration(a_line().domain, "CLAIMS_NOTICE", value),))
        for value in ("false", "true")
    ]
    told = {"label": "CLAIMS_NOTICE", "name": "name.ovh", "value": "true"}
    assert {"kind": "answer_new", **told} in differences(*quotes)


def test_what_a_new_try_cannot_fix_has_its_way_told():
    assert catalogue.recovering.SAME_AGAIN in words_of(card(a_cart(S.NEEDS_ATTENTION)))


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        (S.SUBMITTED, ["Approve", "Details", "Ask for changes", "Reject"]),
        (S.APPROVED, ["Stop"]),
        (S.CHECKED_OUT, ["Pay", "Open order", "Show owner"]),
        (S.PAID, ["Open order"]),
        (S.DELIVERED, ["Open order"]),
        (S.REJECTED, ["Copy to a new cart"]),
        (S.NEEDS_ATTENTION, ["Try again", "Close without ordering"]),
    ],
)
def test_each_state_has_its_buttons_and_no_others(state, labels):
    found = [
        element["text"]["text"]
        for block in blocks_of(card(a_cart(state)))
        for element in block.get("elements", [])
        if element["type"] == "button"
    ]
    assert found == labels


def test_an_unclear_order_is_for_a_person_to_settle():
    undecided = a_cart(S.NEEDS_ATTENTION, attempt=Attempt(1, "cart", NOW))
    words = str(blocks_of(card(undecided)))
    assert "It is this order…" in words
    assert "Nothing was ordered, try again" in words
    assert "Close" not in words
    assert (
        faults_of_view(attention.adopt_modal(undecided, clicked=Decision(CartId(12), undecided.mark, STAMP)).to_dict())
        == []
    )


def test_a_cancelled_order_can_be_closed_a_wrong_one_opened():
    """A cancelled order can be closed and a wrong one only looked at."""
    order = SalesOrder(OrderId(7), euros("9.99"), euros("1.67"))
    assert "Close" not in str(blocks_of(card(a_cart(S.NEEDS_ATTENTION, order=order))))
    over = replace(order, status=OrderStatus.CANCELLED)
    assert catalogue.recovering.CLOSE_TITLE in str(blocks_of(card(a_cart(S.NEEDS_ATTENTION, order=over))))


ANOTHER_TRY = Attempt(1, "cart", NOW)
UNPAID = SalesOrder(OrderId(7), euros("3.59"), euros("0.60"))


@pytest.mark.parametrize(
    ("shown", "deciding"),
    [
        (a_cart(S.CHECKED_OUT), {"pay"}),
        (a_cart(S.NEEDS_ATTENTION), {"try_again", "give_up"}),
        (a_cart(S.NEEDS_ATTENTION, attempt=ANOTHER_TRY), {"adopt_order", "nothing_ordered"}),
        (a_cart(S.NEEDS_ATTENTION, order=UNPAID, payment=Payment(3, "U0DAN", NOW)), {"it_was_paid", "not_paid"}),
        (a_cart(S.NEEDS_ATTENTION, order=replace(UNPAID, status=OrderStatus.CANCELLED)), {"give_up"}),
    ],
)
def test_each_deciding_button_carries_the_cards_mark(shown, deciding):
    """Each button that decides carries the mark of what its card shows."""
    assert deciding_values(shown) == dict.fromkeys(deciding, f"12 {shown.mark}")
    later = replace(shown, since=NOW + timedelta(seconds=1))
    assert set(deciding_values(later).values()).isdisjoint(deciding_values(shown).values())
    is_blocked = replace(shown, blocked=BLOCKED, version=9, note="As before.")
    assert deciding_values(is_blocked) == deciding_values(shown)


def deciding_values(shown: Cart) -> dict[str, str]:
    """What the buttons of a card carry, but those that only open a page or a form."""
    elements = [element for block in blocks_of(card(shown)) for element in block.get("elements", [])]
    return {
        element["action_id"]: element["value"]
        for element in elements
        if element["type"] == "button" and not element["action_id"].startswith(("open_", "show_"))
    }


def test_forms_that_decide_keep_what_the_clicked_button_carried():
    """A form is submitted later than its button was clicked, and must be about the same card."""
    undecided = a_cart(S.NEEDS_ATTENTION, attempt=ANOTHER_TRY)
    for form in (
        attention.adopt_modal(undecided, clicked=Decision(CartId(12), "abc", STAMP)),
        approval.reject_modal(undecided, clicked=Decision(CartId(12), "abc", STAMP)),
    ):
        assert form.to_dict()["private_metadata"] == f"12 abc {STAMP}"


def test_a_trouble_that_lasts_is_on_the_card():
    shown = a_cart(S.APPROVED, blocked=BLOCKED)
    assert blocked(BLOCKED) == "OVH does <not> answer."
    assert catalogue.card.retrying("OVH does &lt;not&gt; answer.", BLOCKED.since) in str(blocks_of(card(shown)))


def test_the_default_payment_method_is_chosen_at_first():
    [select] = [
        element
        for block in blocks_of(card(a_cart(S.CHECKED_OUT)))
        for element in block.get("elements", [])
        if element["type"] == "static_select"
    ]
    assert select["action_id"] == "payment_method"
    assert select["initial_option"]["value"] == "3"


def test_an_order_without_an_end_can_be_paid():
    made = a_cart(S.CHECKED_OUT)
    assert made.order
    shown = str(blocks_of(card(replace(made, order=replace(made.order, expires_at=None)))))
    assert "payment_method" in shown
    assert catalogue.paying.KEEPS_OPEN not in shown


def test_an_order_whose_ways_to_pay_are_not_known_can_be_opened():
    made = a_cart(S.CHECKED_OUT)
    assert made.order
    shown = str(blocks_of(card(replace(made, order=replace(made.order, expires_at=None, methods=())))))
    assert catalogue.paying.NOT_READ_YET in shown
    assert "Open order" in shown


def test_figures_are_aligned():
    shown = a_cart(S.SUBMITTED, [a_line("a.ovh", price="2.99"), a_line("much-longer.ovh", price="1250.00")])
    rows = next(b["text"]["text"] for b in blocks_of(card(shown)) if "```" in b["text"]["text"]).strip("`").split("\n")
    assert len({len(row) for row in rows if "€" in row}) == 1
    assert len(rows[0]) <= 40  # what a phone shows


def test_forms_and_homes_fit():
    full = a_cart(S.OPEN, [a_line(f"{LONG}-{n}.ovh") for n in range(MOST_LINES)])
    waiting = tuple(a_cart(S.SUBMITTED) for _ in range(20))
    overview = Overview(waiting, waiting, waiting, waiting[:10], waiting[:5])
    views = [
        cart.request_modal(full, purpose=EVIL, problem="No."),
        forms.checking(),
        forms.outdated(),
        forms.note(RenderedMessage.from_text(EVIL)),
        cart.request_modal(full, findings=[said_no(EVIL, line.domain, Fix.REMOVE) for line in full.lines]),
        years.years_modal(replace(full, lines=tuple(replace(n, offered_years=(1, 2, 10)) for n in full.lines))),
        years.years_modal(full),
        offers.asking(DomainName.parse(f"{LONG}.ovh")),
        offers.offer_modal(OfferChoice("C1", DomainName.parse(f"{LONG}.ovh")), MANY_OFFERS, problem=EVIL),
        approval.reject_modal(full, clicked=Decision(CartId(12), "", STAMP)),
        home.home(
            overview,
            [card(shown).blocks for shown in waiting],
            policy=POLICY,
            reader=Person("U0ADA", Membership.MEMBER),
        ),
        home.home(Overview((), (), (), (), ()), [], policy=POLICY, reader=Person("U0ADA", Membership.MEMBER)),
    ]
    for view in views:
        assert faults_of_view(view.to_dict()) == []


def test_a_choice_among_offers_fits_a_message():
    check(offers.choice(EVIL, DomainName.parse(f"{LONG}.ovh"), MANY_OFFERS))


def test_warnings_stand_on_the_cart_and_on_the_card():
    like = LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": "other.ovh"})
    shown = a_cart(S.SUBMITTED, [replace(a_line(), warnings=(like, LineWarning.earlier(EVIL)))])
    check(card(shown))
    assert warning(like) in str(blocks_of(card(shown)))
    assert warning(like) in str(blocks_of(cart.shared_cart(replace(shown, state=S.OPEN))))


def test_without_a_waiver_the_card_says_what_that_means():
    shown = a_cart(S.SUBMITTED)
    kept = approval.card(
        shown, CardRules(approvals_needed=1, waive_retraction=False, approvers=POLICY.approvers, payers=POLICY.payers)
    )
    assert catalogue.approving.REFUND in str(blocks_of(kept))
    assert catalogue.approving.NO_REFUND in str(blocks_of(card(shown)))


def said_no(words: str, name: DomainName | None = None, fix: Fix | None = None) -> Finding:
    return Finding(FindingCode.REFUSED_BY_OVH, name, fix, {"ovh": {"said": words}})


def test_each_finding_has_the_button_that_fixes_it():
    open_cart = a_cart(S.OPEN, [replace(a_line(), years=1, offered_years=(2, 3))])
    name = open_cart.lines[0].domain
    found = [said_no("a", name, Fix.REMOVE), said_no("b", name, Fix.YEARS), said_no("c")]
    view = cart.request_modal(open_cart, findings=found).to_dict()
    labels = [block["accessory"]["text"]["text"] for block in view["blocks"] if "accessory" in block]
    assert labels == ["Remove", "Years"]


def test_lists_fit():
    many = [a_cart(S.SUBMITTED, [a_line(f"{LONG}-{n}.ovh") for n in range(5)]) for _ in range(30)]
    cleo = Person("U0CLEO", Membership.MEMBER)
    places = requests.Places({many[0].id: ADDRESS}, {many[0].id: ADDRESS})
    check(requests.pending(many, cleo, POLICY, places))
    check(requests.history(many[:20], places, more=True))
    check(requests.pending([], cleo, POLICY, places))
    check(help_message())
    check(unknown_command(EVIL, meant=EVIL, search="y" * 400))


@given(st.text(max_size=300))
def test_foreign_text_is_one_harmless_line(text):
    safe = escape(text)
    assert not set("<>\n\r`") & set(safe)
    assert "\u202e" not in safe


@given(st.text(alphabet="ab&;<>@U", max_size=60), st.integers(2, 40))
def test_what_is_cut_is_short_enough(text, limit):
    assert len(cut(text, limit)) <= limit


def test_the_card_says_where_no_price_belongs_to_a_name():
    """The total stands, no name has a price, and the approver reads why."""
    lines = [a_line("name.ovh"), a_line("b.ovh", price="149.98")]
    told = tuple(replace(a_quoted(line.domain.ascii, "149.98"), domain=None) for line in lines)
    words = words_of(card(a_cart(S.SUBMITTED, lines, quote=replace(a_quote("359.95", "59.99"), lines=told))))
    assert catalogue.prices.PRICES_UNASSIGNED in words
    assert "€359.95" in words
    assert "149.98" not in words
