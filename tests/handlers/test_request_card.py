"""The card of a request that is waiting: what it folds, and what it asks before that is approved."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.messages import words as catalogue
from handlers.views.approval import card
from handlers.views.card_rules import CardRules
from handlers.views.details import details_modal
from ordering.model.cart import MOST_LINES, Cart, CartState
from ordering.model.facts import EventKind, Fact
from ordering.model.ids import CartId
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.money import Money
from ordering.model.seal import seal
from sandbox.slack.messages import words
from tests.builders import NOW, POLICY, a_line, a_quote, a_quoted, euros
from tests.handlers.rendering import blocks_of, check, words_of

LIKE = LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": "other.ovh"})


def requested(count: int, *, warned: tuple[int, ...] = (), **more) -> Cart:
    lines = tuple(replace(a_line(f"name-{n}.ovh"), warnings=(LIKE,) if n in warned else ()) for n in range(count))
    net = euros("2.99") * count
    tax = Money.rounded(net.amount / 5, "EUR")
    quote = replace(
        a_quote(str((net + tax).amount), str(tax.amount)),
        lines=tuple(a_quoted(line.domain.ascii, "2.99") for line in lines),
    )
    made = Cart(
        CartId(12), "C1", "U0ADA", CartState.SUBMITTED, NOW, lines, requester="U0ADA", purpose="A launch", quote=quote,
        seal=seal(lines, quote, waive_retraction=True),
    )  # fmt: skip
    return replace(made, **more)


def shown(cart: Cart, *, needed: int = 1, shared: bool = False):
    rendered = card(
        cart,
        CardRules(
            approvals_needed=needed,
            waive_retraction=True,
            approvers=POLICY.approvers,
            payers=POLICY.payers,
            shared=shared,
        ),
    )
    check(rendered)
    return rendered


def approve(cart: Cart) -> dict[str, Any]:
    elements = (element for block in blocks_of(shown(cart)) for element in block.get("elements", []))
    return next(element for element in elements if element.get("action_id") == "approve")


def test_one_name_needs_no_table():
    read = words_of(shown(requested(1)))
    assert "```" not in read
    assert "*name-0.ovh* requested by <@U0ADA>" in read
    assert "with tax, 1 year · then €4.31 a year" in read


def test_twenty_names_have_a_line_each():
    """No name is folded, and Approve asks nothing more."""
    read = words_of(shown(requested(20)))
    assert all(f"name-{n}.ovh " in read for n in range(20))
    assert "confirm" not in approve(requested(20))


def test_of_forty_names_warned_ones_are_shown():
    """The first fifteen and each with a warning have a line, the rest a sum, and Approve asks about those."""
    cart = requested(MOST_LINES, warned=(37,))
    read = words_of(shown(cart))
    assert "name-37.ovh " in read
    assert "name-20.ovh " not in read
    assert "and 24 more" in read
    asked = approve(cart)["confirm"]
    hidden = euros("71.76")
    assert asked["text"]["text"] == catalogue.approving.confirm(24, hidden)
    assert str(hidden) in read


def test_all_folded_names_are_in_the_details():
    """What the card folds is one click away, with the terms that the seal covers."""
    cart = requested(MOST_LINES)
    modal = details_modal(cart, waive_retraction=True, sees_owners=True).to_dict()
    read = "\n".join(words(modal["blocks"]))
    assert all(f"name-{n}.ovh " in read for n in range(MOST_LINES))
    assert "https://contracts.example/terms.pdf" in str(modal)
    assert catalogue.prices.RETRACTION_WAIVED in read
    assert "€3.59" in read


@pytest.mark.parametrize(
    ("more", "question"),
    [
        ({}, "Approve €3.59?"),
        ({"approved_by": ("U0CLEO",)}, "Approve €3.59 too?"),
        ({"fact": Fact(EventKind.TERMS_CHANGED, {"changes": []})}, "Approve the new total, €3.59?"),
    ],
)
def test_the_heading_is_the_question_of_this_round(more, question):
    cart = replace(requested(1), quote=a_quote(), **more)
    assert blocks_of(shown(cart, needed=2))[0]["text"]["text"] == question


def test_withdraw_stands_where_the_requester_sees_it():
    """A card in the cart's own channel has it, one in the approvers' channel has not."""
    assert "Withdraw" in words_of(shown(requested(1), shared=True))
    assert "Withdraw" not in words_of(shown(requested(1)))


def test_the_notification_is_the_whole_story():
    read = shown(requested(2)).text
    assert read == "Approve €7.18? #12: name-0.ovh, name-1.ovh for <@U0ADA>, “A launch”. Then €8.62 a year."
