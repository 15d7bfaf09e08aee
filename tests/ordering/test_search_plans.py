"""What a search looks up: OVH's list of extensions decides, and a name that cannot be had comes with others."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ordering.model.domain_name import DomainName, Word, plain_spelling
from ordering.model.errors import RegistrarUnavailable
from ordering.model.naming import NamingRules
from ordering.workflow import Query
from tests.builders import POLICY

N = DomainName.parse


@pytest.fixture
def search(rules):
    rules.registrar.sold = ("ovh", "com", "fr", "co.uk", "presse.fr")
    return rules.workflow.search


def test_several_parts_are_an_extension_if_ovh_sells_it(search):
    query = Query(words=(Word.parse("otter"),), extensions=("com",), perhaps_extensions=(N("presse.fr"), N("name.fr")))
    assert [name.ascii for name in search.plan_of(query).names] == ["name.fr", "otter.com", "otter.presse.fr"]


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("www.otter.ovh", "otter.ovh"),
        ("shop.www.otter.com", "otter.com"),
        ("www.otter.co.uk", "otter.co.uk"),
        ("otter.co.uk", "otter.co.uk"),
        ("www.otter.unknown", "www.otter.unknown"),
        ("otter.unknown", "otter.unknown"),
    ],
)
def test_a_name_inside_a_name_is_searched(search, typed, searched):
    """The longest extension that OVH sells decides what is a name; the plan says what was cut."""
    plan = search.plan_of(Query(names=(N(typed),)))
    assert plan.names == (N(searched),)
    assert plan.inside == (() if typed == searched else ((N(typed), N(searched)),))
    assert search.registrable([N(typed)]) == [N(searched)]


def test_without_ovhs_list_no_name_is_cut(search, rules, monkeypatch):
    def silent():
        raise RegistrarUnavailable

    monkeypatch.setattr(rules.registrar, "every_extension", silent)
    assert search.plan_of(Query(names=(N("www.otter.ovh"),))).names == (N("www.otter.ovh"),)


def test_a_taken_name_comes_with_others(search):
    """The team's extensions first, then close variants under the extension that was typed."""
    others = [name.ascii for name in search.alternatives(N("otter.fr"))]
    assert others == ["otter.ovh", "otter.com", "get-otter.fr", "otter-hq.fr", "my-otter.fr"]


def test_the_plain_spelling_is_the_first_of_them(search):
    assert search.alternatives(N("café.ovh"))[0] == N("cafe.ovh")
    assert plain_spelling(N("cafe.ovh")) is None
    assert plain_spelling(N("東京.com")) is None


def test_what_the_team_does_not_buy_is_not_offered(rules, search):
    rules.restart(replace(POLICY, naming=NamingRules(extensions=frozenset({"ovh"}))))
    assert [name.ascii for name in rules.workflow.search.alternatives(N("otter.fr"))] == ["otter.ovh"]


def test_the_limit_and_the_order_are_for_the_view(search):
    query = Query(names=(N("otter.ovh"),), under=Decimal(20), cheapest_first=True)
    assert search.plan_of(query).names == (N("otter.ovh"),)
