"""Every message and view fits Slack, whatever the number of names, the script and the length of what people write."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from handlers.messages import words as catalogue
from handlers.text.mrkdwn import cut_bytes, escape
from handlers.toolkit import error_messages as refusals
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, context, rows, section
from handlers.toolkit.folding import MESSAGE, VIEW, Part, Room, fold, weight
from handlers.toolkit.payloads import AnswersSheet, Decision
from handlers.views import answer_summary as answered
from handlers.views import approval, cart, contacts, details, home, questions, requests, years
from handlers.views import direct_messages as news
from handlers.views.card_rules import CardRules
from ordering.model.cart import BlockedReason, Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.contact import Contact, LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.events import Event
from ordering.model.facts import EARLIER_TEXT
from ordering.model.ids import CartId, OrderId
from ordering.model.overview import Overview
from ordering.model.policy import Membership, Person
from ordering.model.preflight_findings import Finding, FindingCode, Fix
from ordering.model.question import Answer
from ordering.model.quote import Configuration, Contract
from ordering.model.recovery import Stamp
from ordering.model.sales_order import OrderStatus, Payment, PaymentMethod, SalesOrder
from ordering.model.seal import seal
from sandbox.slack import limits
from sandbox.slack.block_kit import faults_of, faults_of_view
from sandbox.slack.messages import elements, words
from tests.builders import NOW, POLICY, a_quote, euros

S = CartState
SCRIPTS = {
    "latin": "a reason",
    "japanese": "日本語の理由",
    "arabic": "سبب الشراء",
    "emoji": "🦦🇫🇷👩‍👩‍👧",
    "accents": "déjà-vu œuvre",
    "combining": "e\u0301a\u0308o\u0302",
    "markup": "&<>`*_~",
    "mentions": "<!channel> <@U1>",
}
LABELS = {"latin": "n", "japanese": "日本語の名前", "arabic": "اسمنطاق", "accents": "éàüö"}


def a_name(script: str, number: int) -> str:
    return f"{LABELS.get(script, 'x' * 50)}{number}.com"


def some_lines(count: int, script: str, length: int) -> tuple[Line, ...]:
    text = (SCRIPTS[script] * length)[:length]
    return tuple(
        Line(
            DomainName.parse(a_name(script, number)), 1, "create-default", euros("2.99"), added_by=f"U{number % 30}",
            renewal=euros("1234.59"), regular=euros("9.99"), promotion_ends=NOW, offered_years=(1, 2, 5, 10),
            answers=(Answer("REASON", text[:500], f"U{number % 7}"),),
        )
        for number in range(count)
    )  # fmt: skip


def a_cart(state: CartState, count: int, script: str, length: int) -> Cart:
    """A cart in which everything that people and OVH write is `length` characters of one script."""
    lines = some_lines(count, script, length)
    text = (SCRIPTS[script] * length)[:length]
    told = tuple(Configuration(line.domain, "REASON", text[:500]) for line in lines)
    quote = replace(a_quote(contracts=(Contract(text or "x", "https://c.example/x"),) * 30), configuration=told)
    late = state in {S.CHECKED_OUT, S.PAYING, S.PAID, S.DELIVERED}
    methods = tuple(PaymentMethod(number, text or "card", default=number == 33) for number in range(40))
    order = SalesOrder(
        OrderId(256900123), euros("3.59"), euros("0.60"), OrderStatus.NOT_PAID, NOW + timedelta(days=14), methods
    )
    return Cart(
        CartId(12), "C1", "U0ADA", state, NOW, lines, requester="U0ADA", purpose=text[:300], quote=quote,
        seal=seal(lines, quote, waive_retraction=True), reason=text, rejected_by="U0CLEO", approved_by=("U0CLEO",),
        note=text, order=order if late else None, payment=Payment(3, "U0DAN", NOW) if late else None,
        blocked=BlockedReason(NOW, EARLIER_TEXT, {"text": text}) if state is S.APPROVED else None,
    )  # fmt: skip


def card(shown: Cart, room: Room = MESSAGE) -> RenderedMessage:
    return approval.card(
        shown,
        CardRules(approvals_needed=2, waive_retraction=True, approvers=POLICY.approvers, payers=POLICY.payers),
        room,
    )


def dicts(blocks) -> list[dict[str, object]]:
    return [block.to_dict() for block in blocks]


def marked_up(part) -> list[str]:
    """The texts in which Slack reads markup; in a plain_text a mention is only letters."""
    if isinstance(part, list):
        return [text for each in part for text in marked_up(each)]
    if not isinstance(part, dict):
        return []
    if part.get("type") == "mrkdwn":
        return [part["text"]]
    return [text for each in part.values() for text in marked_up(each)]


def fits_a_message(rendered: RenderedMessage) -> None:
    blocks = dicts(rendered.blocks)
    assert faults_of(blocks) == []
    assert limits.weight(blocks) <= 9_000
    assert len(blocks) <= 45
    assert 0 < len(rendered.text.encode()) <= 3_800
    assert "<!channel>" not in rendered.text
    assert not [text for text in marked_up(blocks) if "<!channel>" in text]


def fits_a_view(view) -> None:
    shown = view.to_dict()
    assert faults_of_view(shown) == []
    assert len(json.dumps(shown)) <= 250_000


def buttons_of(rendered: RenderedMessage) -> set[str]:
    return {element["action_id"] for _, element in elements(dicts(rendered.blocks))}


CLEO = Person("U0CLEO", Membership.MEMBER)
ADA = Person("U0ADA", Membership.MEMBER)
MUST_STAND = {
    S.SUBMITTED: {Act.APPROVE, Act.ASK_FOR_CHANGES, Act.REJECT},
    S.CHECKED_OUT: {Act.PAY, Act.METHOD, Act.OPEN_ORDER},
    S.PAID: {Act.OPEN_ORDER},
    S.REJECTED: {Act.COPY},
}


def render_all(state: CartState, count: int, script: str, length: int) -> None:
    """Render every message and view of one cart."""
    shown = a_cart(state, count, script, length)
    events = [Event(CartId(12), state, NOW, "U0ADA", shown.note)] * 60
    rendered = card(shown)
    assert MUST_STAND.get(state, set()) <= buttons_of(rendered)
    assert rendered.is_complete or Act.DETAILS in buttons_of(rendered)
    for message in (
        rendered, cart.shared_cart(shown), requests.request(shown, events),
        requests.pending([shown] * 12, CLEO, POLICY, requests.Places()),
        requests.history([shown] * 10, requests.Places(), more=True),
        RenderedMessage.from_text(escape(shown.note or "x")),
        refusals.refused(NotPossible(code="form_needs_operator", fix=shown.note or "x")),
        refusals.handed_back(NotPossible(code="cart_changed", cart=12), {"Your reason": shown.note or "x"}),
        news.news(Event(CartId(12), S.REJECTED, NOW, "U0CLEO", shown.note), shown, before=None),
    ):  # fmt: skip
        assert message is not None
        fits_a_message(message)
    said = {"ovh": {"said": shown.note or "x"}}
    findings = [Finding(FindingCode.REFUSED_BY_OVH, line.domain, Fix.REMOVE, said) for line in shown.lines]
    overview = Overview(
        to_approve=(shown,) * 9, to_pay=(shown,) * 9, needs_attention=(), mine=(shown,) * 12, recent=(shown,) * 10
    )
    for view in (
        cart.request_modal(shown, purpose=shown.purpose or "", findings=findings),
        approval.reject_modal(shown, clicked=Decision(CartId(12), "", Stamp("3f2a9c1b7d4e"))),
        questions.answers_form(questions.Sheet(shown, AnswersSheet(CartId(12)), questions.Reader("U0ADA"))),
        years.years_modal(shown),
        home.home(overview, [card(shown, home.CARD).blocks] * 18, policy=POLICY, reader=ADA),
    ):  # fmt: skip
        fits_a_view(view)


@pytest.mark.slow
@given(
    state=st.sampled_from(list(S)), count=st.integers(1, 500), script=st.sampled_from(list(SCRIPTS)),
    length=st.integers(0, 3000),
)  # fmt: skip
@settings(max_examples=5)
def test_every_message_and_view_fits(state, count, script, length):
    """Carts of 1 to 500 names, in any script and state, fit the budgets in every message and view."""
    render_all(state, count, script, length)


@pytest.mark.parametrize("script", list(SCRIPTS))
@pytest.mark.parametrize(("count", "length"), [(1, 3000), (40, 500)])
def test_the_hardest_request_fits(script, count, length):
    """The request's card fits for the extremes of each parameter."""
    render_all(S.SUBMITTED, count, script, length)


@pytest.mark.slow
@pytest.mark.parametrize("script", ["latin", "japanese"])
def test_five_hundred_names_fit(script):
    """Many more names than a cart takes today."""
    render_all(S.SUBMITTED, 500, script, 3000)


@pytest.mark.parametrize("state", list(S))
def test_forty_japanese_names_fit_in_every_state(state):
    """The finding: forty Japanese names froze the channel's message."""
    render_all(state, 40, "japanese", 300)


@pytest.mark.parametrize("script", list(SCRIPTS))
@pytest.mark.parametrize("count", [40, 137])
def test_details_shows_every_name_and_answer(script, count):
    """No approver approves what they cannot see: over its pages the form holds all of it."""
    shown = a_cart(S.SUBMITTED, count, script, 200)
    read: list[str] = []
    page, more = 0, True
    while more:
        view = details.details_modal(shown, waive_retraction=True, sees_owners=True, page=page)
        fits_a_view(view)
        read += words(view.to_dict()["blocks"])
        more = any(e["text"]["text"] == "Next page" for _, e in elements(view.to_dict()["blocks"]))
        page += 1
    text = "\n".join(read)
    assert all(line.domain.unicode in text for line in shown.lines)
    assert all(line.domain.ascii in text for line in shown.lines)
    assert all(line in text for line in answered.answered(shown.lines, shown.quote))


def test_a_folded_card_counts_what_it_leaves_out():
    """The number of names, the total and who is next stand on every card."""
    shown = a_cart(S.SUBMITTED, 500, "latin", 100)
    text = "\n".join(words(dicts(card(shown).blocks)))
    named = sum(f"n{number}.com" in text.replace("`", " ").split() for number in range(500))
    assert 10 < named < 500
    assert catalogue.approving.more_names(500 - named, after=True) in text
    assert "€3.59" in text
    assert "<@U0CLEO>" in text


def test_a_list_of_carts_hides_none():
    """Where names do not fit, each cart still has its line."""
    carts = [replace(a_cart(S.SUBMITTED, 5, "japanese", 10), id=CartId(number)) for number in range(1, 31)]
    text = "\n".join(words(dicts(requests.pending(carts, CLEO, POLICY, requests.Places()).blocks)))
    assert all(f"*#{number}*" in text for number in range(1, 31))


def test_an_open_cart_keeps_its_buttons():
    """However many names there are, approval can be requested and all names can be seen."""
    shown = cart.shared_cart(a_cart(S.OPEN, 500, "japanese", 500))
    assert {Act.REQUEST, Act.DETAILS} <= buttons_of(shown)


def test_a_home_shows_cards_only_in_full():
    """No card in a Home loses its buttons: what does not fit is counted."""
    shown = a_cart(S.SUBMITTED, 40, "japanese", 300)
    overview = Overview(to_approve=(shown,) * 9, to_pay=(), needs_attention=(), mine=(), recent=())
    view = home.home(overview, [card(shown, home.CARD).blocks] * 9, policy=POLICY, reader=ADA).to_dict()
    approve = [e for _, e in elements(view["blocks"]) if e["action_id"] == Act.APPROVE]
    assert approve
    assert catalogue.home.more_waiting(9 - len(approve)) in "\n".join(words(view["blocks"]))


def test_eighty_contacts_in_the_longest_words_fit():
    """Contacts are as long as OVH lets them be."""
    values = {"first_name": "名" * 250, "last_name": "名" * 250, "line1": "名" * 250, "email": "x" * 250}
    fits_a_view(contacts.contacts_list([Contact(str(n), LegalForm.INDIVIDUAL, values) for n in range(200)]))


@given(st.text(max_size=400), st.integers(3, 200))
def test_bytes_are_cut_on_a_code_point(text, limit):
    """A text that is cut can be encoded, and is no longer than allowed."""
    assert len(cut_bytes(text, limit).encode("utf-8", "surrogatepass")) <= max(limit, len("…".encode()))


@given(
    st.lists(st.text("aé名😀", min_size=1, max_size=300), max_size=60), st.integers(400, 9000), st.integers(4, 45)
)  # fmt: skip
def test_any_parts_fit_any_room(lines, size, blocks):
    """The result fits, keeps its head, and reports correctly whether it is complete."""
    parts: list[Block | Part] = [
        section("head"),
        rows(lines, rank=1, more="lines"),
        *(context(line) for line in lines[:20]),
    ]
    folded = fold(parts, Room(size, blocks))
    taken = weight(folded.blocks)
    assert taken.blocks <= blocks
    assert taken.size <= size or taken.size <= 130 * blocks
    assert folded.blocks[0].to_dict()["text"]["text"] == "head"
    text = "\n".join(words(dicts(folded.blocks)))
    if folded.is_complete:
        assert all(line.strip() in text for line in lines)


def test_a_room_is_smaller_than_what_slack_refuses():
    """The budgets keep their distance from the limits that others measured."""
    assert MESSAGE.size < limits.BLOCKS_TEXT
    assert VIEW.size * 3 < limits.VIEW
