"""The sentences of refusals that depend on what they are given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import Hint, blocked, refusal, words
from ordering.model.cart import BlockedReason, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidName, NotAllowed, NotPossible, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import EARLIER_TEXT, Data, amount
from ordering.model.money import Money
from tests.builders import NOW


@given(st.text(max_size=80))
def test_whatever_was_typed_is_quoted_safely(typed: str) -> None:
    """A wrong name is shown on one line, without a control or direction character, a backtick or a long tail."""
    try:
        DomainName.parse(typed)
    except InvalidName as wrong:
        said = refusal(wrong).text
        assert said.isprintable()
        assert "`" not in said
        assert len(said) < 250


def test_a_name_in_another_script_is_shown_in_both_spellings() -> None:
    """People read the Unicode spelling; the ASCII one tells homographs apart."""
    said = refusal(NotPossible(code="name_already_in_cart", cart=1, name="xn--caf-dma.fr")).text
    assert said == "café.fr (xn--caf-dma.fr) is already in cart #1."


def test_amounts_are_shown_with_their_currency() -> None:
    """Amounts are data, and sentences show them as the cards do."""
    total, limit = amount(Money(359, "EUR")), amount(Money(300, "EUR"))
    assert (
        "costs €3.59 with tax; one order may cost €3.00."
        in refusal(NotPossible(code="order_limit_exceeded", total=total, limit=limit)).text
    )


@pytest.mark.parametrize("state", CartState)
def test_no_sentence_shows_the_name_of_a_state(state: CartState) -> None:
    """People read what is going on with a cart."""
    for code in ("cart_closed", "already_decided", "too_late_to_stop", "not_payable", "not_withdrawable"):
        said = refusal(NotPossible(code=code, cart=1, state=state.value)).text
        assert "moved on" not in said
        assert "tell the operator this word" not in said
        assert not {"checking", "checked", "submitted"} & set(said.lower().replace("_", " ").split())


@pytest.mark.parametrize(("there", "fit", "too_many"), [(5, "only 35", 5), (40, "none", 40)])
def test_a_copy_without_room_says_how_many_would_fit(there: int, fit: str, too_many: int) -> None:
    """The person reads what to do, in numbers."""
    full = NotPossible(code="no_room_in_cart", cart=2, names=there, most=40, source=1, wanted=40)
    said = refusal(full).text
    assert f"{there} of the 40 names" in said
    assert f"{fit} of the 40 from cart #1" in said
    assert f"remove {too_many} of its names" in said


def test_advice_to_try_again_is_for_people_who_can() -> None:
    """A card that says why the bot tries again leaves the advice out."""
    away = RegistrarUnavailable()
    in_full, alone = refusal(away).text, blocked(BlockedReason(NOW, away.code, away.params))
    assert in_full == f"{alone} {words.refusals.TRY_AGAIN}"


def test_a_trouble_of_an_older_version_keeps_its_words() -> None:
    """The store reads a row with a sentence as one; a parameter that is missing takes no words away."""
    assert blocked(BlockedReason(NOW, EARLIER_TEXT, {"text": "OVH was away."})) == "OVH was away."
    assert blocked(BlockedReason(NOW, "foreign_order_unclear", {}))


def test_the_words_of_ovh_are_in_quotation_marks() -> None:
    """What OVH said is not taken for ours; without words its status is named."""
    said = [
        refusal(RegistrarRefused(code="ovh_refused", ovh={"status": 400, "said": words})).text
        for words in ("Invalid domain.", "")
    ]
    assert said == ["OVH said no: “Invalid domain”.", "OVH said no: status 400."]


def test_a_cause_is_told_with_its_own_sentence() -> None:
    """A refusal that another one caused has both sentences; several are reported line by line."""
    late = NotPossible(code="form_too_late", button="Pay")
    caused = refusal(NotPossible(code="link_not_shown", reason=late.data)).text
    assert caused == f"I couldn't show you the link. {refusal(late).text}"
    owned = NotPossible(code="name_already_owned", name="name.ovh")
    several = refusal(NotPossible(code="no_name_added", reasons=[owned.data, late.data])).text
    assert several.split("\n")[1:] == [refusal(owned).text, refusal(late).text]
    ovh: Data = {"status": 403, "said": "This call has not been granted"}
    no = RegistrarRefused(code="ovh_right_missing", ovh=ovh)
    unlistable = RegistrarRefused(code="orders_not_listable", reason=no.code, ovh=ovh)
    assert refusal(unlistable).text.endswith(refusal(no).text)


def test_a_hidden_group_says_who_may_and_which_group() -> None:
    """The first sentence is that of the right which the person lacks, as far as the bot knows."""
    hidden = NotAllowed(code="group_hidden", why="not_payer", groups=["S0PAY"])
    assert refusal(hidden).text.startswith(f"{refusal(NotAllowed(code='not_payer')).text} ")
    assert "user group S0PAY." in refusal(hidden).text


def test_a_command_is_hinted_where_one_helps() -> None:
    """A hint is a command and what it does."""
    assert refusal(NotPossible(code="name_held", name="name.ovh", cart=7)).hint == Hint("show 7")
    assert refusal(NotPossible(code="name_missing", command="add")).hint is None
    assert refusal(NotPossible(code="name_missing", command="remove")).hint == Hint("cart", "shows what is in it")
