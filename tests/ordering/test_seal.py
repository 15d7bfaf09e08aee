"""An approval covers exactly what was shown, and a lower price."""

from dataclasses import replace

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.quote import Configuration, Contract
from ordering.model.seal import differences, seal
from tests.builders import a_line, a_quote, a_quoted

SEALED = seal([a_line()], a_quote(), waive_retraction=True)


def test_the_same_terms_hold():
    assert SEALED.holds_for(seal([a_line(by="U0BEN")], a_quote(), waive_retraction=True))


def test_a_lower_total_holds():
    assert SEALED.holds_for(seal([a_line()], a_quote("3.58"), waive_retraction=True))


@pytest.mark.parametrize(
    ("lines", "quote", "waive"),
    [
        ([a_line("other.ovh")], a_quote(), True),
        ([a_line(), a_line("other.ovh")], a_quote(), True),
        ([replace(a_line(), years=2)], a_quote(), True),
        ([a_line(mode="create-premium")], a_quote(), True),
        ([a_line()], a_quote("3.60"), True),
        ([a_line()], replace(a_quote(), total=Money(359, "GBP")), True),
        ([a_line()], a_quote(contracts=()), True),
        ([a_line()], a_quote(contracts=(Contract("Terms", "https://contracts.example/new.pdf"),)), True),
        ([a_line()], replace(a_quote(), configuration=()), True),
        (
            [a_line()],
            replace(a_quote(), configuration=(Configuration(DomainName("name.ovh"), "OWNER_LEGAL_AGE", "false"),)),
            True,
        ),
        ([a_line()], a_quote(), False),
    ],
)
def test_anything_else_voids_it(lines, quote, waive):
    assert not SEALED.holds_for(seal(lines, quote, waive_retraction=waive))


def test_differences_are_told_in_words():
    now = replace(a_quote("5.00"), contracts=(Contract("New terms", "https://contracts.example/n.pdf"),))
    assert differences(a_quote(), now) == [
        "Contract gone: Terms.",
        "Contract new: New terms.",
        "Total with tax: was €3.59, now €5.00.",
    ]


def test_differences_of_price_are_told_name_by_name():
    before, after = (
        replace(a_quote(), lines=(a_quoted("name.ovh", price), a_quoted("other.ovh", "1.00")))
        for price in ("2.99", "4")
    )
    assert differences(before, after) == ["name.ovh: was €2.99 without tax, now €4.00."]


def test_a_quote_without_prices_per_name_differs_by_its_total():
    before = replace(a_quote(), lines=(a_quoted("name.ovh", "2.99"),))
    after = replace(a_quote("5.00"), lines=(replace(a_quoted("name.ovh", "4.17"), domain=None),))
    assert differences(before, after) == ["Total with tax: was €3.59, now €5.00."]


def test_a_contract_that_moved_and_an_answer_that_changed_are_told():
    moved = replace(
        a_quote(contracts=(Contract("Terms", "https://contracts.example/other.pdf"),)),
        configuration=(Configuration(DomainName("name.ovh"), "OWNER_LEGAL_AGE", "false"),),
    )
    assert differences(a_quote(), moved) == [
        "Answer to OVH gone: OWNER_LEGAL_AGE = true for name.ovh.",
        "Answer to OVH new: OWNER_LEGAL_AGE = false for name.ovh.",
        "Contract Terms has another address.",
    ]


def test_a_button_speaks_for_the_total_that_stood_beside_it():
    dearer = seal([a_line()], a_quote("9.59"), waive_retraction=True)
    assert dearer.digest == SEALED.digest
    assert dearer.short != SEALED.short
