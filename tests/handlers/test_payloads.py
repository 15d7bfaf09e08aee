"""What buttons and forms carry is read as it was written, fits Slack, and nothing else breaks the reader."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.toolkit import payloads
from handlers.toolkit.payloads import (
    LONGEST_METADATA,
    LONGEST_VALUE,
    AnswersSheet,
    Asked,
    CartAsShown,
    CartNumber,
    CartPage,
    Compared,
    Decision,
    NameInCart,
    NameOffered,
    NamesToBuy,
    NewContact,
    Nothing,
    OfferChoice,
    QuestionsAbout,
    SearchPage,
    Typed,
    YearsForm,
    YearsOption,
    cart_of,
)
from ordering.model.domain_name import DomainName
from ordering.model.errors import CardOutdated, NotPossible
from ordering.model.ids import CartId
from ordering.model.question import mark
from ordering.model.recovery import Stamp
from tests.refusing import refuses

STAMP = Stamp("f" * 12, 10**15 - 1, 10**15 - 1, "f" * 12, 10**15 - 1)
LONGEST_NAME = DomainName.parse(".".join(["x" * 63] * 3 + ["x" * 57, "fr"]))

carts = st.integers(0, 10**9 - 1)
counts = st.integers(0, 10**9 - 1)
long_counts = st.integers(0, 10**15 - 1)
marks = st.text("0123456789abcdef-", min_size=1, max_size=40)
ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=20)
digests = st.text("0123456789abcdef", min_size=12, max_size=12)
labels = st.sampled_from(["name", "otter-2", "café", "例え", "straße", "n" * 63])
names = st.builds("{}.{}".format, labels, st.sampled_from(["ovh", "co.uk"])).map(DomainName.parse)
stamps = st.builds(Stamp, digests, long_counts, st.integers(1, 10**15 - 1), digests, long_counts) | st.builds(
    Stamp, digests, long_counts
)
short = st.text("0123456789abcdef", min_size=8, max_size=8)
inputs = st.builds(Asked, short, st.frozensets(st.integers(0, 39), min_size=1), digests)
sheets = st.builds(
    AnswersSheet, carts, st.lists(names.map(lambda name: name.ascii), max_size=9).map(tuple),
    st.lists(inputs, max_size=9).map(tuple), st.booleans(), counts, st.booleans(), ids, ids, ids, st.text(max_size=9),
    digests,
)  # fmt: skip
typed = st.dictionaries(st.text(max_size=9), st.text(max_size=40), max_size=5)

KINDS = {
    Nothing: st.builds(Nothing),
    CartNumber: st.builds(CartNumber, carts),
    CartAsShown: st.builds(CartAsShown, carts, marks | st.just("")),
    Decision: st.builds(Decision, carts, marks | st.just(""), stamps),
    CartPage: st.builds(CartPage, carts, counts),
    NameInCart: st.builds(NameInCart, carts, names),
    QuestionsAbout: st.builds(QuestionsAbout, carts, names | st.none()),
    NameOffered: st.builds(NameOffered, names, marks | st.none()) | st.builds(NameOffered, names, marks, marks),
    NamesToBuy: st.builds(NamesToBuy, st.dictionaries(names, marks, max_size=5), st.text(max_size=300), st.booleans()),
    Typed: st.builds(Typed, st.text(min_size=1, max_size=LONGEST_VALUE)),
    OfferChoice: st.builds(OfferChoice, ids | st.just(""), names, st.booleans()),
    YearsForm: st.builds(YearsForm, carts, ids | st.just("")),
    YearsOption: st.builds(YearsOption, counts, counts),
    Asked: inputs,
    AnswersSheet: sheets,
    NewContact: st.builds(NewContact, sheets, ids, names, typed, typed, counts, digests),
    SearchPage: st.builds(SearchPage, ids, counts, marks | st.just("")),
    Compared: st.builds(Compared, stamps, long_counts),
}
# A form has at most 40 questions, and a cart 40 names.
FULL = AnswersSheet(
    CartId(10**9 - 1), ("x" * 14 + ".fr",) * 40, (Asked("f" * 8, frozenset(range(40)), mark("Q", "x")),) * 40,
    more=True, start=99, goes_on=True, below="V" * 12 + " " + "f" * 20, checked="f" * 12,
)  # fmt: skip
LONGEST = {
    Decision: Decision(CartId(10**9 - 1), "f" * 64, STAMP),
    NameInCart: NameInCart(CartId(10**9 - 1), LONGEST_NAME),
    NameOffered: NameOffered(LONGEST_NAME, "f" * 64, "f" * 12),
    Typed: Typed("x" * LONGEST_VALUE),
    OfferChoice: OfferChoice("C" * 40, LONGEST_NAME),
    SearchPage: SearchPage("f" * 64, 10**9 - 1, "f" * 64),
}


def test_every_kind_of_payload_is_in_the_table():
    """A new kind is tested from its first day."""
    ours = (each for each in vars(payloads).values() if isinstance(each, type) and each.__module__ == payloads.__name__)
    assert {each for each in ours if each is not payloads.Payload} == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_payload_is_read_as_it_was_written(kind):
    @given(KINDS[kind])
    def check(payload):
        assert str(payload)
        if kind is not NewContact or len(str(payload)) <= LONGEST_METADATA:
            assert kind.read(str(payload)) == payload

    check()


TEXTS = st.one_of(
    st.text(max_size=300),
    st.text('0123456789 .#abcx-"{}[]:,', max_size=60),
    st.lists(st.one_of(st.just("12"), st.just("name.ovh"), st.just(str(STAMP)), st.text(max_size=9)), max_size=8).map(
        " ".join
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["at", "view", "typed", "kept", "x"]), inner),
        max_leaves=9,
    ).map(json.dumps),
    st.sampled_from(["9" * 5_000, "12 " + "9" * 5_000, "[" * 100_000, "#", "٣", "12\x00", "xn--a", "12 xn--zzzz.fr"]),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_any_other_text_is_read_or_refused_and_nothing_else(kind):
    @given(TEXTS)
    def check(text):
        try:
            read = kind.read(text)
        except NotPossible as refusal:
            assert refusal.code in {"old_button", "card_outdated", "comparison_of_older_version"}  # noqa: PT017 - or read
        else:
            assert isinstance(read, kind)

    check()


@pytest.mark.parametrize("kind", LONGEST, ids=lambda kind: kind.__name__)
def test_the_longest_payload_fits_a_button(kind):
    assert len(str(LONGEST[kind])) <= LONGEST_VALUE
    assert kind.read(str(LONGEST[kind])) == LONGEST[kind]


def test_what_was_typed_is_cut_to_what_a_button_carries():
    assert str(Typed("x" * 5_000)) == "x" * LONGEST_VALUE


@given(typed, st.integers(0, 4_000), st.integers(0, 4_000))
def test_what_a_contacts_form_keeps_always_fits_its_metadata(few, below, here):
    """Whatever was typed: what has no room is left out."""
    back = NewContact(FULL, "V" * 20, LONGEST_NAME, {**few, "REASON": "r" * below}, {"organisation": "o" * here})
    assert len(str(back)) <= LONGEST_METADATA
    read = NewContact.read(str(back))
    assert (read.at, read.view, read.domain) == (FULL, "V" * 20, LONGEST_NAME)


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (CartNumber(CartId(12)), "12"),
        (CartAsShown(CartId(12)), "12"),
        (CartAsShown(CartId(12), "3fa29c"), "12 3fa29c"),
        (Decision(CartId(12), "3fa29c", STAMP), f"12 3fa29c {STAMP}"),
        (Decision(CartId(12), "", STAMP), f"12 {STAMP}"),
        (CartPage(CartId(12), 2), "12 2"),
        (NameInCart(CartId(12), DomainName("name.ovh")), "12 name.ovh"),
        (QuestionsAbout(CartId(12)), "12"),
        (QuestionsAbout(CartId(12), DomainName("name.ovh")), "12 name.ovh"),
        (NameOffered(DomainName("name.ovh"), "3fa29c"), "name.ovh 3fa29c"),
        (NameOffered(DomainName("name.ovh")), "name.ovh"),
        (OfferChoice("C1", DomainName("name.ovh")), "C1 name.ovh"),
        (OfferChoice("C1", DomainName("name.ovh"), private=False), "C1 name.ovh public"),
        (OfferChoice("", DomainName("name.ovh")), " name.ovh"),
        (YearsForm(CartId(12), "C1"), "12 C1"),
        (YearsOption(1, 2), "1 2"),
        (Asked("3d79", frozenset({0, 2}), "e508fb1ea8ae"), "3d79.5.e508fb1ea8ae"),
        (AnswersSheet(CartId(12), ("name.ovh",), more=True), '{"cart": 12, "names": "name.ovh", "more": 1}'),
        (SearchPage("5f2c", 1, "3fa29c"), "5f2c 1 3fa29c"),
        (Compared(STAMP, 512), f"{STAMP} 512"),
    ],
)
def test_the_texts_stay_those_of_older_versions(payload, text):
    """Messages stay in Slack for years, and two versions run side by side during an upgrade."""
    assert str(payload) == text
    assert type(payload).read(text) == payload


def test_texts_that_only_older_versions_write_are_read():
    """The first page of details and of a search had no number; a contact's form had nothing kept."""
    assert CartPage.read("12") == CartPage(CartId(12), 0)
    assert SearchPage.read("5f2c") == SearchPage("5f2c", 0, "")
    sheet, name = AnswersSheet(CartId(12)), DomainName("name.ovh")
    held = {"at": str(sheet), "view": "V1", "name": "name.ovh"}
    assert NewContact.read(json.dumps(held)) == NewContact(sheet, "V1", name)


@pytest.mark.parametrize("text", ["1764300000 512", "", "512", f"{STAMP}", f"{STAMP} x", f"{STAMP} 5 12"])
def test_an_older_comparison_has_to_be_repeated(text):
    """It carried an epoch in place of a stamp: after a restore that may be another one's."""
    with refuses("comparison_of_older_version"):
        Compared.read(text)


def test_an_older_cards_decision_is_outdated():
    """So that card is rendered again."""
    with pytest.raises(CardOutdated) as outdated:
        Decision.read("12 3fa29c")
    assert outdated.value.cart_id == 12


@pytest.mark.parametrize(
    ("kind", "text"),
    [(CartNumber, "12 3fa29c"), (NameInCart, "12"), (NameOffered, "name"), (OfferChoice, "C1"), (YearsOption, "1"),
     (AnswersSheet, "12 name.ovh 0"), (Asked, "3d79"), (NewContact, "12"), (NewContact, "[]"),
     (Decision, f"twelve {STAMP}")],
)  # fmt: skip
def test_what_lacks_a_part_is_from_an_older_message(kind, text):
    with refuses("old_button", NotPossible):
        kind.read(text)


def test_the_inbox_finds_the_cart_of_every_payload_that_decides():
    """Clicks on one cart are decided one after the other."""
    assert cart_of(str(Decision(CartId(12), "3fa29c", STAMP))) == 12
    assert cart_of(str(CartNumber(CartId(12)))) == 12
    assert [cart_of(text) for text in ("", "twelve", "now")] == [0, 0, 0]


def test_answers_give_way_to_the_forms_own_fields():
    """Fewer answers are kept before the fields of the form itself."""
    full = NewContact(FULL, "V1", LONGEST_NAME, {"REASON": "r" * 2_900}, {"organisation": "o"})
    assert NewContact.read(str(full)) == replace(full, typed={})
