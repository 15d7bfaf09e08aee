"""Each finding of the pre-flight is a sentence, made from what the place that found it hands over."""

from dataclasses import replace

import pytest

from handlers.messages.catalogue import Hint, needed
from handlers.messages.en.findings import FINDINGS, all_of, finding
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, RegistrarRefused
from ordering.model.ids import CartId
from ordering.model.offer import Action, Offer
from ordering.model.preflight_findings import Finding, Fix, LinesRefused, NotReady
from ordering.model.preflight_findings import FindingCode as F
from ordering.model.question import OWNER_CONTACT, Answer, Kind, Question
from registrars.ovh.api.errors import CartRejected
from registrars.ovh.carts import rejections
from tests.builders import POLICY, a_line, euros
from tests.conftest import Rules

NAME, OTHER = DomainName("name.ovh"), DomainName("xn--caf-dma.fr")
USUAL = Offer(NAME, Action.CREATE, "create-default", orderable=True, price=euros("2.99"))
TRANSFER = replace(USUAL, action=Action.TRANSFER, pricing_mode="transfer-default")
ALLOWING = replace(POLICY, allow_premium=True)


class NoProbe:
    """A rejected cart that nobody needs to probe."""

    def without(self, lines: object) -> list[str]:
        raise AssertionError(lines)

    def eligibility(self, line: Line) -> dict[str, str]:
        raise AssertionError(line)


def rejected(*said: str, line: Line, **details: str) -> Finding:
    """The only finding of a dry run that OVH rejected."""
    refusal = CartRejected(lines=said, details=details, ovh={"said": "; ".join(said)})
    questions = {line.domain: line.questions or ()}
    [found] = rejections.of_dry_run(refusal, [line], questions, NoProbe()).findings
    return found


def found_by_the_registrar() -> list[Finding]:
    """One finding of each kind that OVH's answers lead to."""
    asked = a_line().asked([Question("REASON", required=True), Question(OWNER_CONTACT, Kind.CONTACT)])
    answered = replace(asked, answers=(Answer("REASON", "Ours", "U0ADA"),))
    no_owner = a_line().asked([Question("DNS")])
    [refused] = rejections.of_line(CartRejected(ovh={"said": "gone"}), asked, {}, Fix.REMOVE).findings
    return [
        *rejections.open_questions([asked], {}),
        rejected("Custom field REASON is too short for product domain", line=answered),
        rejected("Something else", line=answered),
        rejected("1 error", line=answered, **{"owner.birth_day": 'Field "birth_day" is required'}),
        rejected("1 error", line=no_owner, **{"owner.birthDay": "is required"}),
        rejected("1 error", line=answered, **{"adminAccount.city": "should be Berlin."}),
        rejected("2 errors", line=answered, **{"domain.audience": "is short", "domain": "is odd"}),
        refused,
    ]


def refused(rules: Rules, cart: Cart) -> Finding:
    """The only finding of a pre-flight."""
    with pytest.raises(NotReady) as refusal:
        rules.workflow.approval_requests.request(cart.id, requester=rules.ada, purpose="x")
    [found] = refusal.value.findings
    return found


def found_by_the_pre_flight(rules: Rules) -> list[Finding]:
    """One finding of each kind that the pre-flight makes by itself."""
    rules.restart(ALLOWING)
    offers = {"standard": USUAL, "premium": replace(USUAL, pricing_mode="create-premium")}
    offers["special"] = replace(USUAL, phase="landrush")

    def cart_of(channel: str, offer: Offer) -> Cart:
        rules.registrar.offers = {"name.ovh": (offer,)}
        return rules.workflow.cart_editing.add(channel, NAME, by=rules.ada, seen=offer.mark)

    premium, special, standard = (cart_of(f"C-{kind}", offers[kind]) for kind in ("premium", "special", "standard"))
    rules.restart(POLICY)
    found = [refused(rules, premium), refused(rules, special)]
    for offered in (TRANSFER, offers["premium"], replace(USUAL, years=(2, 3))):
        rules.registrar.offers = {"name.ovh": (offered,)}
        found.append(refused(rules, standard))
    rules.registrar.offers = {}
    rules.registrar.names.add(NAME)
    found.append(refused(rules, standard))
    rules.registrar.names.clear()
    rules.workflow.approval_requests.request(cart_of("C-first", USUAL).id, requester=rules.ada, purpose="x")
    found.append(refused(rules, standard))
    return found


def test_each_finding_is_a_sentence_made_from_all_that_it_needs(rules: Rules) -> None:
    """No finding lacks data at the place that makes it, and no code is without a sentence."""
    found = [*found_by_the_pre_flight(rules), *found_by_the_registrar()]
    assert {each.code for each in found} == set(F) == FINDINGS.sentences.keys()
    assert [each.code for each in found if not needed(FINDINGS.sentences[each.code]) <= each.data.keys()] == []
    assert [finding(each.data).text for each in found] == [
        "name.ovh is premium, and this team does not buy premium names.",
        "name.ovh is offered on special terms, and this team does not buy those.",
        "name.ovh is not free any more.",
        "OVH offers name.ovh on other terms now. Remove it, then add it again to see them.",
        "OVH no longer offers name.ovh for 1 year. Choose another number.",
        "name.ovh is already in this OVH account.",
        "name.ovh is already in cart #4, which is under way.",
        "name.ovh: the registry asks for the reason.",
        "name.ovh: the reason is too short.",
        "name.ovh: OVH said no: “Something else”.",
        (
            "name.ovh: the owner's “Date of birth” is required. Choose another owner, or fill in what this one lacks. "
            "Then request approval again."
        ),
        (
            "name.ovh: the owner's “Date of birth” is required. Nobody can choose an owner here: OVH takes the account "
            "that I order with. The owner of that account can complete its data at OVH. Then request approval again."
        ),
        (
            "name.ovh: the administrative account's city should be Berlin. That is data of the OVH account that I "
            "order with. The owner of that account can complete its data at OVH. Then request approval again."
        ),
        "name.ovh: the registry's record is odd, the registry's record's audience is short.",
        "name.ovh: OVH said no: “gone”.",
    ]


def test_a_name_in_another_cart_leads_there() -> None:
    """The hint is a command to type."""
    held = Finding(F.NAME_HELD, OTHER, Fix.REMOVE, {"cart": 7})
    assert finding(held.data).hint == Hint("show 7")
    free = Finding(F.NAME_NOT_FREE, NAME)
    both = all_of([free.data, held.data])
    assert (
        both.text
        == "name.ovh is not free any more. café.fr (xn--caf-dma.fr) is already in cart #7, which is under way."
    )
    assert both.hint == Hint("show 7")


def test_a_refusal_within_a_finding_has_its_own_sentence() -> None:
    """A name that the sentence already has is not put before it again."""
    taken = Finding.of_refusal(NotPossible(code="name_taken", name=NAME.ascii), NAME)
    assert finding(taken.data).text == "name.ovh is taken: someone has already registered it."
    gone = Finding.of_refusal(NotPossible(code="answer_not_visible"), OTHER)
    assert finding(gone.data).text.startswith("café.fr (xn--caf-dma.fr): ")
    silent = Finding.of_refusal(RegistrarRefused(code="a_code_of_tomorrow"))
    assert finding(silent.data).text == "OVH said no, without a reason."


def test_a_finding_of_a_newer_version_says_that_there_is_one() -> None:
    """The person is not left without a word."""
    assert finding({"finding": "a_code_of_tomorrow", "name": "name.ovh"}).text.endswith(".")


def test_what_is_refused_lists_its_findings_as_data() -> None:
    """Errors hand over names, codes and OVH's words, so that events and cards can word them later."""
    held, free = Finding(F.NAME_HELD, NAME, Fix.REMOVE, {"cart": 7}), Finding(F.NAME_NOT_FREE, OTHER)
    listed = [
        {"finding": "name_held", "name": "name.ovh", "cart": 7},
        {"finding": "name_not_free", "name": "xn--caf-dma.fr"},
    ]
    assert NotReady(CartId(3), [held, free]).data == {"error": "cart_not_ready", "cart": 3, "findings": listed}
    names = ["name.ovh", "xn--caf-dma.fr"]
    assert LinesRefused([held, free], {}).data == {"error": "lines_refused", "names": names, "findings": listed}
