"""Nobody is asked to approve what cannot be bought, and approvers see what is true now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused
from ordering.model.facts import Data, EventKind, amount
from ordering.model.line_warnings import LineWarning, WarningKind
from ordering.model.offer import Action, Offer
from ordering.model.preflight_findings import Finding, FindingCode, Fix, NotReady
from ordering.model.question import Question
from tests.builders import NOW, POLICY, euros

NAME = DomainName.parse("name.ovh")


def an_offer(price: str = "2.99", *, mode: str = "create-default", years: tuple[int, ...] = (1,), **more) -> Offer:
    return Offer(NAME, Action.CREATE, mode, orderable=True, price=euros(price), years=years, **more)


def asked_for(rules, cart):
    return rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")


def facts_of(rules, cart) -> Data:
    """The data of the cart's newest event."""
    with rules.store.read() as carts:
        data: Data = carts.events(cart.id)[-1].data
    return data


def refused(rules, cart):
    with pytest.raises(NotReady) as refusal:
        asked_for(rules, cart)
    assert rules.workflow.queries.cart(cart.id) == cart
    return refusal.value.findings


def test_an_owned_name_is_neither_added_nor_requested(rules):
    """A name that the account owns is neither added nor asked for."""
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    rules.registrar.names.add(NAME)
    [finding] = refused(rules, cart)
    assert finding == Finding(FindingCode.NAME_OWNED, NAME, Fix.REMOVE)


def test_every_line_with_a_failure_is_named_at_once(rules):
    rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    cart = rules.workflow.cart_editing.add("C1", DomainName.parse("other.ovh"), by=rules.ada)
    transfer = replace(an_offer(), action=Action.TRANSFER, pricing_mode="transfer-default")
    rules.registrar.offers = {"name.ovh": (transfer,), "other.ovh": (transfer,)}
    assert refused(rules, cart) == (
        Finding(FindingCode.NAME_NOT_FREE, NAME, Fix.REMOVE),
        Finding(FindingCode.NAME_NOT_FREE, DomainName("other.ovh"), Fix.REMOVE),
    )


def test_a_name_that_went_premium_is_not_bought_at_that_price(rules):
    rules.restart(replace(POLICY, allow_premium=True))
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    rules.registrar.offers = {"name.ovh": (an_offer("1250", mode="create-premium"),)}
    [finding] = refused(rules, cart)
    assert finding == Finding(FindingCode.TERMS_CHANGED, NAME, Fix.REMOVE)


def test_years_that_are_no_longer_offered_are_to_be_chosen_again(rules):
    rules.registrar.offers = {"name.ovh": (an_offer(years=(2, 3)),)}
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    assert cart.lines[0].years == 2
    rules.registrar.offers = {"name.ovh": (an_offer(years=(3, 5)),)}
    assert refused(rules, cart) == (Finding(FindingCode.YEARS_NOT_OFFERED, NAME, Fix.YEARS, {"years": 2}),)


def test_an_old_cart_is_requested_at_todays_terms(rules):
    """What lay for days is asked for at today's terms and the approver reads what it was."""
    rules.registrar.offers = {"name.ovh": (an_offer("0.99", renewal=euros("3.59")),)}
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    ends = NOW + timedelta(days=9)
    now = an_offer("1.99", renewal=euros("4.59"), regular=euros("5.00"), promotion_ends=ends)
    rules.registrar.offers = {"name.ovh": (now,)}
    [line] = asked_for(rules, cart).lines
    assert (line.price, line.renewal, line.regular) == (euros("1.99"), euros("4.59"), euros("5.00"))
    assert line.promotion_ends == ends
    was = {"price": amount(euros("0.99")), "renewal": amount(euros("3.59"))}
    assert line.warnings == (LineWarning(WarningKind.PRICE_CHANGED, was),)
    assert rules.workflow.queries.cart(cart.id).lines == (line,)


def test_a_rule_about_an_owner_is_reported_at_its_line(rules):
    """What a registry's rule says against an owner is reported at its line."""
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    rules.registrar.objects_to = {"ovh": "should be in the EU"}
    [finding] = refused(rules, cart)
    assert (finding.domain, finding.fix) == (NAME, Fix.ANSWER)


def test_a_rule_is_checked_with_the_newest_requirements(rules, monkeypatch):
    """A rule is asked with what the registry asks now though the cart did not know it."""
    rules.registrar.asks = {"ovh": (Question("DNS"),)}
    cart = rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    judged = []

    def note_down(lines):
        judged.extend(lines)
        return ()

    monkeypatch.setattr(rules.registrar, "objections", note_down)
    asked_for(rules, cart)
    assert [line.questions for line in judged] == [(Question("DNS"),)]


def test_open_questions_and_rules_are_reported_together(rules):
    """What is not answered and what a rule says of other lines is reported at once."""
    rules.registrar.asks = {"fr": (Question("REASON", required=True),)}
    rules.registrar.objects_to = {"ovh": "is odd", "fr": "is odd"}
    rules.workflow.cart_editing.add("C1", NAME, by=rules.ada)
    cart = rules.workflow.cart_editing.add("C1", DomainName.parse("name.fr"), by=rules.ada)
    with pytest.raises(NotReady) as refusal:
        asked_for(rules, cart)
    country = {"ovh": {"faults": [{"field": "owner.country", "said": "is odd"}]}}
    assert refusal.value.findings == (
        Finding(FindingCode.QUESTION_OPEN, DomainName("name.fr"), Fix.ANSWER, {"label": "REASON"}),
        Finding(FindingCode.OWNER_BREAKS_RULE, NAME, Fix.ANSWER, country),
    )


def test_a_key_that_may_not_see_payment_methods_is_no_hindrance(rules, monkeypatch):
    def may_not() -> bool:
        raise RegistrarRefused

    monkeypatch.setattr(rules.registrar, "can_be_paid", may_not)
    assert rules.requested().fact.data["remarks"] == []


def test_an_account_without_a_payment_method_gets_a_warning(rules):
    """An account without a payment method is reported and not refused."""
    rules.registrar.has_method = False
    fact = rules.requested().fact
    assert (fact.kind, fact.data["remarks"]) == (EventKind.APPROVAL_REQUESTED, ["no_payment_method"])


def test_a_key_that_may_not_list_names_is_told_and_not_refused(rules, monkeypatch):
    def forbidden():
        raise RegistrarRefused

    monkeypatch.setattr(rules.registrar, "owned", forbidden)
    fact = rules.requested().fact
    assert (fact.kind, fact.data["remarks"]) == (EventKind.APPROVAL_REQUESTED, ["owned_names_not_listed"])


def test_a_homograph_warning_goes_from_cart_to_card(rules):
    """A homograph of an owned name carries a warning from the cart to the card."""
    rules.registrar.names.add(DomainName.parse("coco.com"))
    cart = rules.workflow.cart_editing.add("C1", DomainName.parse("с0co.ovh"), by=rules.ada)  # noqa: RUF001 - a Cyrillic letter
    expected = (
        LineWarning(WarningKind.MIXED_SCRIPTS, {"scripts": ["Cyrillic", "Latin"]}),
        LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": "coco.com"}),
    )
    assert cart.lines[0].warnings == expected
    assert asked_for(rules, cart).lines[0].warnings == expected


def test_names_requested_in_another_cart_are_listed(rules):
    """Names that another cart was asked for in the meantime are each named."""
    two = [NAME, DomainName.parse("other.ovh")]
    for channel in ("C1", "C2"):
        for name in two:
            rules.workflow.cart_editing.add(channel, name, by=rules.ada)
    asked_for(rules, rules.workflow.queries.open_cart("C1", by=rules.ada))
    found = refused(rules, rules.workflow.queries.open_cart("C2", by=rules.ada))
    assert found == tuple(Finding(FindingCode.NAME_HELD, name, Fix.REMOVE, {"cart": 1}) for name in two)
