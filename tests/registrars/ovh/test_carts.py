"""A cart at OVH holds what was asked for, answered once, and nothing that nobody agreed to."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused, RegistrarUnavailable
from ordering.model.money import Money
from ordering.model.preflight_findings import Finding, FindingCode, Fix, LinesRefused
from ordering.model.question import Question
from registrars.ovh import OvhConfig
from registrars.ovh.api.errors import CartRejected, Unreadable
from registrars.ovh.carts.carts import OvhCarts
from registrars.ovh.markers import Descriptions

DESCRIPTIONS = Descriptions("d35c")
LINE = Line(DomainName.parse("name.ovh"), 2, "create-default", Money(299, "EUR"), added_by="U0ADA")
EUR = {"currencyCode": "EUR", "value": Decimal(1)}


class PaperOvh:
    """A client that writes down what is built, and asks for what the test configures."""

    def __init__(self) -> None:
        self.built: list[tuple[str, str, Any]] = []
        self.required: list[dict[str, Any]] = []
        self.item: dict[str, Any] = {"itemId": 7, "configurations": []}
        self.refuses: dict[str, Exception] = {}
        self.asked: list[str] = []
        self.me: dict[str, Any] = {}
        self.contact: dict[str, Any] = {}

    def time_as_known(self) -> datetime:
        return datetime.now(UTC)

    def ask(self, path: str, **_more: object) -> object:
        self.asked.append(path)
        kind = path.rpartition("/")[2]
        if error := self.refuses.get(kind):
            raise error
        totals = {"prices": {"withTax": EUR, "tax": EUR, "withoutTax": EUR}, "contracts": None}
        cart = {"description": DESCRIPTIONS.scratch}
        answers = {"fake": cart, "requiredConfiguration": self.required, "configuration": [41, 42], "checkout": totals}
        return (answers | {"me": self.me, "9": self.contact}).get(kind)

    @contextmanager
    def deletes_nothing(self) -> Iterator[None]:
        self.refuses["DELETE"] = RegistrarUnavailable()
        yield
        del self.refuses["DELETE"]

    def build(self, method: str, path: str, body: Mapping[str, Any] | None, **_more: object) -> object:
        kind = path.rpartition("/")[2]
        self.built.append((method, path, body))
        named = (kind, method, str((body or {}).get("domain")))
        if error := next((self.refuses[name] for name in named if name in self.refuses), None):
            raise error
        return {"cart": {"cartId": "fake"}, "domain": self.item}.get(kind)


@pytest.fixture
def ovh():
    return PaperOvh()


def prepare(ovh: PaperOvh, **ovh_config: Any):
    carts = OvhCarts(ovh, OvhConfig(**ovh_config), DESCRIPTIONS, home=lambda: "FR")  # type: ignore[arg-type] # it behaves like the client
    return carts.prepare([LINE])


def answers(ovh: PaperOvh) -> list[tuple[str, str]]:
    return [(b["label"], b["value"]) for m, p, b in ovh.built if m == "POST" and p.endswith("/configuration")]


def test_the_item_is_what_was_approved(ovh):
    prepare(ovh)
    assert ovh.built[2][2] == {
        "domain": "name.ovh",
        "planCode": "ovh",
        "quantity": 1,
        "pricingMode": "create-default",
        "duration": "P2Y",
    }


@pytest.mark.parametrize("odd", [{"duration": "P1Y"}, {"settings": {"pricingMode": "create-premium"}}])
def test_an_item_that_differs_from_what_was_asked_is_refused(ovh, odd):
    ovh.item |= odd
    with pytest.raises(RegistrarRefused) as refused:
        prepare(ovh)
    assert (refused.value.code, refused.value.params["name"]) == ("ovh_cart_differs", "name.ovh")
    assert {"value": "P1Y" if "duration" in odd else "create-premium"} == refused.value.params["ovh"]


def test_what_the_team_has_settled_is_answered_where_it_is_asked(ovh):
    ovh.required = [{"label": "OWNER_LEGAL_AGE"}, {"label": "OWNER_CONTACT"}, {"label": "DNS"}]
    prepared = prepare(ovh, owner_contact="21003344")
    assert answers(ovh) == [("OWNER_LEGAL_AGE", "true"), ("OWNER_CONTACT", "/me/contact/21003344")]
    assert [(c.label, c.value) for c in prepared.quote.configuration] == answers(ovh)


def test_nothing_is_answered_that_is_not_asked(ovh):
    prepare(ovh, owner_contact="21003344")
    assert answers(ovh) == []


def test_an_answer_that_is_there_already_is_replaced_not_doubled(ovh):
    ovh.item["configurations"] = [41]
    ovh.required = [{"label": "OWNER_LEGAL_AGE"}, {"label": "OWNER_LEGAL_AGE"}]
    prepare(ovh)
    assert [path[-2:] for method, path, _ in ovh.built if method == "DELETE"] == ["41", "42"]
    assert len(answers(ovh)) == 1


def unanswered(label: str) -> Finding:
    return Finding(FindingCode.QUESTION_OPEN, LINE.domain, Fix.ANSWER, {"label": label})


def test_an_open_question_names_domain_and_label(ovh):
    """A required question that nobody answered names the domain and the label."""
    ovh.required = [{"label": "REASON", "required": True}]
    with pytest.raises(LinesRefused) as refused:
        prepare(ovh)
    assert refused.value.findings == (unanswered("REASON"),)


def test_what_ovh_fills_in_itself_is_not_taken_for_open(ovh):
    ovh.required = [{"label": "OWNER_CONTACT", "required": True}, {"label": "ADMIN_ACCOUNT", "required": True}]
    assert prepare(ovh).registrar_cart == "fake"


def test_a_question_of_the_dry_run_names_the_domain(ovh):
    """A question that only the dry run insists on names the domain too."""
    ovh.required = [{"label": "COLOUR", "required": False}]
    ovh.refuses["checkout"] = CartRejected(
        ovh={"said": "no"}, lines=["Custom field COLOUR is mandatory for product domain"]
    )
    with pytest.raises(LinesRefused) as refused:
        prepare(ovh)
    assert refused.value.findings == (unanswered("COLOUR"),)
    assert refused.value.asked[LINE.domain] == (Question("COLOUR", insisted=True),)


def test_a_cart_that_counts_as_ours_already_is_used(ovh):
    ovh.refuses["assign"] = RegistrarRefused(ovh={"said": "This cart is already assigned"})
    assert prepare(ovh).registrar_cart == "fake"


FAILURES = [RegistrarUnavailable(), CartRejected(ovh={"said": "OVH said no."}), KeyError("itemId")]


@pytest.mark.parametrize(
    ("step", "error"),
    [("assign", FAILURES[0]), *product(["domain", "requiredConfiguration", "checkout"], FAILURES)],
)
def test_gives_back_a_half_built_cart(ovh, step, error):
    """Whichever step fails, and however, no cart stays at OVH."""
    ovh.refuses[step] = error
    with pytest.raises((RegistrarUnavailable, RegistrarRefused, KeyError)):
        prepare(ovh)
    assert ovh.built[-1] == ("DELETE", "/order/cart/fake", None)


def several(*names: str) -> list[Line]:
    return [replace(LINE, domain=DomainName(name)) for name in names]


@pytest.mark.parametrize(
    "no",
    [
        CartRejected(ovh={"said": "it is taken"}),
        RegistrarRefused(ovh={"said": "OVH does not allow this."}),
    ],
)
def test_an_unavailable_name_hides_no_requirement(ovh, no):
    """A name that cannot be had keeps nothing back of what is asked of the others."""
    ovh.required = [{"label": "REASON"}]
    ovh.refuses["gone.ovh"] = no
    with pytest.raises(LinesRefused) as refused:
        OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR").questions(several("one.ovh", "gone.ovh", "two.ovh"))
    [finding] = refused.value.findings
    assert (finding.domain, finding.code) == (DomainName("gone.ovh"), FindingCode.REFUSED)
    assert finding.params == {"refusal": no.data}
    assert {name.ascii: [q.label for q in asked] for name, asked in refused.value.asked.items()} == {
        "one.ovh": ["REASON"],
        "two.ovh": ["REASON"],
    }
    assert ovh.built[-1] == ("DELETE", "/order/cart/fake", None)


def test_what_ovh_told_before_it_fell_silent_is_kept(ovh):
    ovh.refuses["two.ovh"] = RegistrarUnavailable()
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")
    assert carts.questions(several("one.ovh", "two.ovh", "three.ovh")) == {DomainName("one.ovh"): ()}
    assert not any((body or {}).get("domain") == "three.ovh" for _, _, body in ovh.built)
    with pytest.raises(RegistrarUnavailable):
        carts.questions(several("two.ovh", "three.ovh"))


def test_an_unreadable_answer_hides_no_other_name(ovh, monkeypatch):
    """An answer that cannot be read hides nothing of the other names."""
    answers: Iterator[object] = iter(["odd", []])
    ask = ovh.ask
    monkeypatch.setattr(
        ovh, "ask", lambda path, **more: next(answers) if path.endswith("requiredConfiguration") else ask(path, **more)
    )
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")
    with pytest.raises(LinesRefused) as refused:
        carts.questions(several("one.ovh", "two.ovh"))
    [finding] = refused.value.findings
    unread = Finding(FindingCode.REFUSED, DomainName("one.ovh"), params={"refusal": {"error": "ovh_unreadable"}})
    assert finding == unread
    assert refused.value.asked == {DomainName("two.ovh"): ()}


def objections(ovh: PaperOvh, line: Line, **ovh_config: Any) -> list[Finding]:
    carts = OvhCarts(ovh, OvhConfig(**ovh_config), DESCRIPTIONS, home=lambda: "FR")  # type: ignore[arg-type] # it behaves like the client
    return list(carts.objections([line]))


CHECK = "check?domain=name.ovh&action=create"
BROKEN = CartRejected(
    details={"_message": "no", "owner.country": 'Field "country" is odd', "domain.audience": "is short"},
    kind="Client::BadRequest::DOMDOCRuleNotRespected",
)


def objection(code: FindingCode, field: str, said: str, **label: str) -> Finding:
    return Finding(code, LINE.domain, Fix.ANSWER, {"ovh": {"faults": [{"field": field, "said": said, **label}]}})


def test_what_breaks_a_rule_is_told_by_field_with_ovhs_reason(ovh):
    ovh.refuses[CHECK] = BROKEN
    assert objections(ovh, LINE) == [
        objection(FindingCode.ANSWERS_BREAK_RULE, "domain.audience", "is short"),
        objection(FindingCode.OWNER_BREAKS_RULE, "owner.country", 'Field "country" is odd', label="Country"),
    ]


def asked_about(ovh: PaperOvh, kind: str) -> int:
    return sum(path.rpartition("/")[2] == kind for path in ovh.asked)


def test_a_fixed_account_passes_the_next_check(ovh):
    """A user who fixed the account at OVH is believed at the next check."""
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")
    two = [LINE, replace(LINE, domain=DomainName.parse("other.ovh"))]
    carts.objections(two)
    assert asked_about(ovh, "me") == 1
    ovh.me = {"city": "Berlin"}
    carts.objections(two)
    assert [body["adminAccount"] for _, _, body in ovh.built] == [{}, {}, {"city": "Berlin"}, {"city": "Berlin"}]


class HangingOvh(PaperOvh):
    """Says nothing of the account until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs, self.let_go = threading.Event(), threading.Event()

    def ask(self, path: str, **more: object) -> object:
        if path == "/me":
            self.hangs.set()
            assert self.let_go.wait(10)
        return super().ask(path, **more)


def test_a_check_that_waits_for_ovh_holds_up_no_other(ovh):
    hanging = HangingOvh()
    with ThreadPoolExecutor(2) as people:
        first = people.submit(objections, hanging, LINE)
        assert hanging.hangs.wait(5)
        second = people.submit(objections, ovh, LINE)
        try:
            assert second.result(5) == []
        finally:
            hanging.let_go.set()
        assert first.result(5) == []


def test_a_fixed_owner_passes_the_next_check(ovh):
    """A user who fixed an owner at OVH is believed at the next check."""
    carts = OvhCarts(ovh, OvhConfig(owner_contact="/me/contact/9"), DESCRIPTIONS, home=lambda: "FR")
    carts.objections([LINE, replace(LINE, domain=DomainName.parse("other.ovh"))])
    assert asked_about(ovh, "9") == 1
    ovh.contact = {"birthCity": "Paris"}
    carts.objections([LINE])
    assert ovh.built[-1][2]["owner"] == {"birthCity": "Paris"}


def test_without_a_chosen_owner_the_account_is_checked(ovh):
    """Where no owner can be chosen the account itself is judged."""
    ovh.me = {"firstname": "Ada"}
    objections(ovh, replace(LINE, questions=(Question("DNS"),)), owner_contact="/me/contact/9")
    assert ovh.built[-1][2]["owner"] == {"firstName": "Ada", "address": {}}


def test_a_rule_judges_the_answers_that_it_has_room_for(ovh):
    given = {"ACCEPT_CONDITIONS": "true", "DOMAIN_CONFIG": '{"audience": "all"}', "REASON": "Ours"}
    assert objections(ovh, LINE.answered(given, by="U0ADA")) == []
    [(_, _, body)] = ovh.built
    assert (body["extras"], body["domain"]) == ({"acceptCondition": True}, {"audience": "all"})
    assert "Ours" not in str(body)


def test_an_unchecked_line_hides_no_other(ovh):
    """A line that OVH does not judge keeps no other from being judged."""
    other = replace(LINE, domain=DomainName.parse("other.ovh"))
    ovh.refuses["check?domain=other.ovh&action=create"] = CartRejected(ovh={"said": "odd"})
    ovh.refuses[CHECK] = BROKEN
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")
    assert {finding.domain for finding in carts.objections([other, LINE])} == {LINE.domain}


def test_a_rule_whose_answer_nobody_can_read_hinders_nobody(ovh):
    ovh.refuses[CHECK] = Unreadable()
    assert objections(ovh, LINE) == []


def test_a_name_of_another_account_is_left_to_the_dry_run(ovh):
    """A name that another account administers is left to the dry run."""
    ovh.refuses[CHECK] = BROKEN
    assert objections(ovh, LINE.answered({"ADMIN_ACCOUNT": "ab12345-ovh"}, by="U0ADA")) == []
    assert ovh.built == []


@pytest.mark.parametrize(
    "error",
    [RegistrarUnavailable(), CartRejected(ovh={"said": "odd"}, details={"adminAccount.legalForm": "Invalid enum"})],
)
def test_a_rule_that_ovh_does_not_tell_hinders_nobody(ovh, error):
    ovh.refuses[CHECK] = error
    assert objections(ovh, LINE) == []


def test_discarding_never_fails(ovh):
    carts = OvhCarts(ovh, OvhConfig(), DESCRIPTIONS, home=lambda: "FR")
    with ovh.deletes_nothing():
        assert carts.discard("fake") is False
    assert ovh.built == [("DELETE", "/order/cart/fake", None)]
    ovh.refuses["fake"] = RegistrarUnavailable()
    assert carts.discard("fake") is False
