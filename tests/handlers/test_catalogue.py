"""The catalogue: complete for what the program can say, in the words that people use."""

import ast
import re
from pathlib import Path

import pytest

from handlers.messages import words as catalogue
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.offer import OfferKind, Verdict
from tests.builders import NOW, a_line
from tools.sentences import ROOT, sentences

CATALOGUE = sorted((ROOT / "handlers" / "messages" / "en").glob("*.py"))
_OURS = re.compile("Domain Desk|desk[.]toml|domain-desk")  # names
# Words that nobody says today, or that tell what the program is made of.
CART = Cart(CartId(1), "C1", "U0ADA", CartState.PAID, NOW, (a_line(),))
_UNUSED = {
    "anew", "beside", "desk", "lately", "mend", "mended", "meanwhile", "somebody", "whoever", "whom", "submitted",
    "whence", "wish",
}  # fmt: skip


@pytest.mark.parametrize("file", CATALOGUE, ids=lambda file: file.stem)
def test_speaks_plain_english(file: Path):
    """No word of the house, no state's name, no order “over” an amount."""
    for sentence in sentences(file.read_text()):
        assert not _UNUSED & set(re.findall(r"\w+", _OURS.sub("", sentence.text).lower())), sentence
        assert "checked out" not in sentence.text
        assert "checking out" not in sentence.text
        assert not re.search(r"order(?: \{\})? over \{\}", sentence.text)


@pytest.mark.parametrize("file", CATALOGUE, ids=lambda file: file.stem)
def test_says_what_each_sentence_is_for(file: Path):
    """A translator reads when a sentence is read, and what its data are."""
    tree = ast.parse(file.read_text())
    named = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert all(ast.get_docstring(node) for node in named)


@pytest.mark.parametrize("state", list(CartState))
def test_every_state_has_words(state: CartState):
    """A list, a channel and a story say how far any cart is."""
    assert catalogue.cart.state(state)
    assert catalogue.timeline.happened(Event(CartId(1), state, NOW), "", CART)


@pytest.mark.parametrize("kind", [*EventKind, None])
def test_every_event_has_words(kind: EventKind | None):
    """A kind without words of its own is told by its note, or by the cart's state."""
    event = Event(CartId(1), CartState.PAID, NOW, by="U0DAN", kind=kind)
    for note in ("a note", ""):
        told = catalogue.timeline.happened(event, note, CART)
        assert told or kind in {EventKind.CHECKOUT_STARTED, EventKind.PAYMENT_STARTED, EventKind.INVOICE_RECEIVED}
        assert "_" not in told


def test_a_first_of_two_approvals_is_no_request():
    """What happened counts, not the state, which both events share."""
    asked = Event(CartId(1), CartState.SUBMITTED, NOW, by="U0ADA", kind=EventKind.APPROVAL_REQUESTED)
    half = Event(CartId(1), CartState.SUBMITTED, NOW, by="U0ADA", kind=EventKind.PARTLY_APPROVED)
    half_said = catalogue.timeline.happened(half, "approved, 1 of 2", CART)
    assert catalogue.timeline.happened(asked, "", CART) != half_said


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_words(verdict: Verdict):
    """A search says of each name what it is, alone, in a heading and in the count."""
    for buyable in (False, True):
        assert catalogue.search.verdict_in_words(verdict, special=False, buyable=buyable, has_offers=True)
    if verdict is not Verdict.AVAILABLE:
        assert "(2)" in catalogue.search.title(verdict, 2)
        assert catalogue.search.tally({verdict: 2}).startswith("2 ")


@pytest.mark.parametrize("kind", list(OfferKind))
def test_every_offer_has_words(kind: OfferKind):
    """Offers stand side by side under the name of their kind."""
    assert catalogue.prices.kind(kind)


@pytest.mark.parametrize(
    ("things", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_read_as_one_speaks(things, said):
    """Commas, and one “and” before the last."""
    assert catalogue.grammar.listed(things) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 s"), (8.4, "8 s"), (42, "40 s"), (89, "90 s"), (100, "2 min"), (362, "6 min")]
)
def test_durations_are_rough(seconds, said):
    """Each second counts below ten; above, people round."""
    assert catalogue.grammar.lasting(seconds) == said


def test_one_is_singular():
    """A count agrees with its noun."""
    assert [catalogue.grammar.counted(number, "name") for number in (0, 1, 2)] == ["0 names", "1 name", "2 names"]


@pytest.mark.parametrize("script", ["pictures.py", "rehearsal.py"])
def test_the_sandbox_waits_for_words_that_the_card_has(script: str):
    """It imports nothing of the bot, so it spells out what it waits for."""
    source = (ROOT / "sandbox" / script).read_text()
    assert catalogue.card.TO_PAY in source
    assert (catalogue.card.TO_APPROVE if script == "pictures.py" else catalogue.card.DELIVERED) in source


def test_no_two_states_begin_a_notification_alike():
    """What proves that a card shows a state reads the notification's beginning."""
    carts = [Cart(CartId(1), "C1", "U0ADA", state, NOW, (a_line(),)) for state in CartState]
    for cart in carts:
        assert [other.state for other in carts if catalogue.cart.state_head(cart) in catalogue.card.alone(other)] == [
            cart.state
        ]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("ovhAccount", "Prepaid OVH account"), ("VISA 4970 XXXX", "VISA 4970 XXXX"), ("other", "other"),
        ("SEPA_DIRECT_DEBIT", "Sepa direct debit"),
    ],
)  # fmt: skip
def test_a_payment_method_without_a_label_has_a_name(label, said):
    """OVH names a means of payment only by a code."""
    assert catalogue.paying.method(label) == said
