"""An approval covers exactly what was shown, and a lower price."""

from dataclasses import replace

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.facts import amount
from ordering.model.money import Money
from ordering.model.quote import Configuration, Contract
from ordering.model.seal import differences, renewal_differences, seal
from tests.builders import a_line, a_quote, a_quoted, euros

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


def test_differences_are_facts():
    now = replace(a_quote("5.00"), contracts=(Contract("New terms", "https://contracts.example/n.pdf"),))
    assert differences(a_quote(), now) == [
        {"kind": "contract_gone", "ovh": {"contract": "Terms"}},
        {"kind": "contract_new", "ovh": {"contract": "New terms"}},
        {"kind": "total", "approved": amount(euros("3.59")), "ovh": amount(euros("5.00"))},
    ]


def test_differences_of_price_are_told_name_by_name():
    before, after = (
        replace(a_quote(), lines=(a_quoted("name.ovh", price), a_quoted("other.ovh", "1.00")))
        for price in ("2.99", "4")
    )
    prices = {"approved": amount(euros("2.99")), "ovh": amount(euros("4.00"))}
    assert differences(before, after) == [{"kind": "price", "name": "name.ovh", **prices}]


def test_a_quote_without_prices_per_name_differs_by_its_total():
    before = replace(a_quote(), lines=(a_quoted("name.ovh", "2.99"),))
    after = replace(a_quote("5.00"), lines=(replace(a_quoted("name.ovh", "4.17"), domain=None),))
    totals = {"approved": amount(euros("3.59")), "ovh": amount(euros("5.00"))}
    assert differences(before, after) == [{"kind": "total", **totals}]


def test_reports_changed_contracts_and_answers():
    """A contract that moved and an answer that changed are reported."""
    moved = replace(
        a_quote(contracts=(Contract("Terms", "https://contracts.example/other.pdf"),)),
        configuration=(Configuration(DomainName("name.ovh"), "OWNER_LEGAL_AGE", "false"),),
    )
    age = {"label": "OWNER_LEGAL_AGE", "name": "name.ovh"}
    assert differences(a_quote(), moved) == [
        {"kind": "answer_gone", **age, "value": "true"},
        {"kind": "answer_new", **age, "value": "false"},
        {"kind": "contract_moved", "ovh": {"contract": "Terms"}},
    ]


def test_a_private_answer_that_changed_is_told_without_its_value():
    """Events are kept indefinitely and read by channels, so they hold no birthday."""
    was, now = (
        replace(a_quote(), configuration=(Configuration(DomainName("name.ovh"), "BIRTH", day),))
        for day in ("1970-01-01", "1971-01-01")
    )
    assert differences(was, now) == [
        {"kind": kind, "label": "BIRTH", "name": "name.ovh"} for kind in ("answer_gone", "answer_new")
    ]


def test_renewals_that_rose_are_facts_and_lower_ones_hold():
    """A price that is not shown holds only if it was not shown before."""
    approved = [a_line("a.ovh"), a_line("b.ovh"), replace(a_line("c.ovh"), renewal=None)]
    now = [replace(a_line("a.ovh"), renewal=euros("4")), replace(a_line("b.ovh"), renewal=euros("3")), a_line("c.ovh")]
    assert renewal_differences(approved, now) == [
        {"kind": "renewal", "name": "a.ovh", "approved": amount(euros("3.59")), "ovh": amount(euros("4.00"))},
        {"kind": "renewal", "name": "c.ovh", "approved": None, "ovh": amount(euros("3.59"))},
    ]


def test_terms_that_differ_in_nothing_that_is_shown_still_differ():
    """The seal can be broken by something that no difference names."""
    assert differences(a_quote(), a_quote()) == [{"kind": "other"}]


def test_a_button_speaks_for_the_total_that_stood_beside_it():
    dearer = seal([a_line()], a_quote("9.59"), waive_retraction=True)
    assert dearer.digest == SEALED.digest
    assert dearer.short != SEALED.short
