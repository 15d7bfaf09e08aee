"""A name one letter away from another is asked about once, and only once."""

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.typing_slips import NameNearlyThere, near, near_in_text, nearly_the_same
from ordering.workflow.approval_requests import purpose_mark
from tests.refusing import refuses

N = DomainName.parse


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("blue-otter", "blue-oter"),
        ("blue-otter", "blue-ottter"),
        ("blue-otter", "blue-ottar"),
        ("blue-otter", "blue-otetr"),
        ("blue-otter", "lue-otter"),
        ("blue-otter", "blue-otters"),
        ("café-bleu", "cafè-bleu"),
    ],
)
def test_one_letter_away_is_a_slip(one, other):
    assert nearly_the_same(one, other)
    assert nearly_the_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("otter", "otter"),
        ("shop1", "shop2"),
        ("shop", "shop2"),
        ("blue-otter", "blueotter"),
        ("blue-otter", "blue-badger"),
        ("blue-otter", "bleu-oter"),
        ("cat", "bat"),
        ("team-a", "team-b"),
        ("a-team", "b-team"),
        ("otter", "ot"),
        ("", "otter"),
    ],
)
def test_other_differences_are_meant(one, other):
    """Digits, hyphens, short words and two letters are no slip."""
    assert not nearly_the_same(one, other)
    assert not nearly_the_same(other, one)


def test_a_label_that_somebody_meant_before_is_not_asked_about():
    others = [N("blue-otter.com"), N("blue-oter.com")]
    assert near(N("blue-oter.fr"), others[:1]) == N("blue-otter.com")
    assert near(N("blue-oter.fr"), others) is None
    assert near(N("blue-otter.fr"), others[:1]) is None


def test_words_of_a_purpose_are_compared():
    assert near_in_text([N("blue-oter.com")], "Landing page of Blue-Otter.com, soon!") == (
        N("blue-oter.com"),
        "blue-otter",
    )
    assert near_in_text([N("blue-otter.com")], "Landing page of blue-otter and blue-oter") is None
    assert near_in_text([N("blue-otter.com")], "For the launch") is None


def test_the_cart_asks_once(rules):
    """The person is asked; when they are sure the name goes in, and the same word is not asked about again."""
    editing = rules.workflow.cart_editing
    editing.add("C1", N("blue-otter.ovh"), by=rules.ada)
    with refuses("name_nearly_there", NameNearlyThere, name="blue-oter.ovh", other="blue-otter.ovh", where="cart"):
        editing.add("C1", N("blue-oter.ovh"), by=rules.ada)
    editing.add("C1", N("blue-oter.ovh"), by=rules.ada, sure=True)
    cart = editing.add("C1", N("blue-oter.com"), by=rules.ada)
    assert len(cart.lines) == 3


def test_what_the_account_owns_is_compared(rules):
    rules.registrar.names.add(N("blue-otter.com"))
    with refuses("name_nearly_there", NameNearlyThere, where="account"):
        rules.workflow.cart_editing.add("C1", N("blue-oter.ovh"), by=rules.ada)


def test_of_many_names_those_in_doubt_are_left_out(rules):
    seen = {N(name): None for name in ("blue-otter.ovh", "blue-oter.ovh", "badger.ovh")}
    cart, new, refused = rules.workflow.cart_editing.add_all("C1", seen, by=rules.ada)
    assert new == [line.domain for line in cart.lines] == [N("blue-otter.ovh"), N("badger.ovh")]
    assert [(type(each), each.params["name"]) for each in refused] == [(NameNearlyThere, "blue-oter.ovh")]


def test_a_request_asks_about_its_purpose_once(rules):
    """The same purpose sent again is meant; another one is asked about again."""
    cart = rules.workflow.cart_editing.add("C1", N("blue-oter.ovh"), by=rules.ada)

    def request(purpose, sure=""):
        asked = rules.workflow.approval_requests
        return asked.request(cart.id, requester=rules.ada, purpose=purpose, sure=sure)

    with refuses("name_nearly_there", NotPossible, name="blue-oter.ovh", other="blue-otter", where="purpose"):
        request("The blue-otter page")
    with refuses("name_nearly_there", NotPossible):
        request("Pages of blue-otter", sure=purpose_mark("The blue-otter page"))
    assert request("The blue-otter page", sure=purpose_mark("The blue-otter page")).purpose == "The blue-otter page"
