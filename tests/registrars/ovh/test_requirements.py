"""Whatever OVH lists becomes questions that a person can answer; its no becomes findings at their lines."""

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data
from ordering.model.money import Money
from ordering.model.preflight_findings import Finding, Fix
from ordering.model.preflight_findings import FindingCode as F
from ordering.model.question import OWNER_CONTACT, Answer, Kind, Question
from registrars.ovh.api.errors import CartRejected
from registrars.ovh.api.wire.carts import REQUIREMENTS
from registrars.ovh.api.wire.domains import Rule
from registrars.ovh.carts import rejections, requirements


def faults(*named: tuple[str, ...]) -> Data:
    """Return a finding's data; the fields of an owner have labels in words."""
    return {"ovh": {"faults": [dict(zip(("field", "said", "label"), each, strict=False)) for each in named]}}


def read(*entries, **standing):
    return requirements.questions(REQUIREMENTS.read(list(entries)), standing=standing)


def line(name: str, *answers: Answer) -> Line:
    return Line(DomainName(name), 1, "create-default", Money(649, "EUR"), added_by="U0ADA", answers=answers)


class Probe:
    """A cart whose lines each have complaints of their own."""

    def __init__(self, said=None, owners=None):
        self.said, self.owners = said or {}, owners or {}

    def without(self, lines):
        for gone in lines:
            self.said.pop(gone.domain.ascii, None)
        return [error for complaints in self.said.values() for error in complaints]

    def eligibility(self, line):
        return self.owners.get(line.domain.ascii, {})


def broken(lines, found, *said, probe=None, **details):
    refusal = CartRejected(lines=said, details=details)
    return rejections.of_dry_run(refusal, lines, found, probe or Probe())


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ({"label": "OWNER_CONTACT", "type": "/me/contact"}, Kind.CONTACT),
        ({"label": "LOCAL_PRESENCE", "type": "/domain/contact"}, Kind.CONTACT),
        ({"label": "ADMIN_ACCOUNT", "type": "Nichandle"}, Kind.ACCOUNT),
        ({"label": "DNS", "type": "String"}, Kind.NAME_SERVERS),
        ({"label": "ACCEPT_CONDITIONS", "type": "bool"}, Kind.YES_NO),
        ({"label": "CLAIMS_NOTICE", "type": "string"}, Kind.TEXT),
        ({"label": "DOMAIN_CONFIG", "type": "json"}, Kind.JSON),
        ({"label": "OF_TOMORROW", "type": "hologram"}, Kind.TEXT),
        ({"label": "WITHOUT_TYPE"}, Kind.TEXT),
        ({"label": "SIZE", "type": "string", "allowedValues": ["S", "M", "S", " ", None, 3]}, Kind.CHOICE),
        ({"label": "SURE", "type": "string", "allowedValues": [True, False]}, Kind.YES_NO),
    ],
)
def test_every_type_becomes_a_kind_of_answer(entry, kind):
    assert [question.kind for question in read(entry)] == [kind]


def test_allowed_values_stay_as_ovh_writes_them_each_once():
    assert read({"label": "SIZE", "type": "string", "allowedValues": ["S", " M ", "S", 3]})[0].allowed == (
        "S",
        " M ",
        "3",
    )


@pytest.mark.parametrize(
    ("entry", "must"),
    [
        ({"label": "OF_TOMORROW", "type": "string", "required": True}, True),
        ({"label": "OF_TOMORROW", "type": "string"}, False),
        ({"label": "REASON", "type": "string", "required": False}, True),
        ({"label": "OWNER_CONTACT", "type": "/me/contact", "required": True}, False),
        ({"label": "OWNER_LEGAL_AGE", "type": "bool", "required": True}, False),
    ],
)
def test_decides_what_is_required_despite_ovhs_flag(entry, must):
    """What must be answered is decided where OVH's flag cannot be trusted."""
    assert [q.must_be_answered for q in read(entry, OWNER_LEGAL_AGE="true")] == [must]


def test_the_rule_explains_what_nobody_has_words_for():
    rule = requirements.by_label(Rule.read(
        {"and": [
            {"label": "OWNER_CONTACT", "fields": {"and": [{"label": "city"}]}},
            {"or": [{"label": "MOTTO", "description": "The motto.",
                     "constraints": [{"operator": "contains", "values": ["Onward", "Upward"]}]}]},
        ]}
    ))  # fmt: skip
    (question,) = requirements.questions(
        REQUIREMENTS.read([{"label": "MOTTO", "type": "string"}]), standing={}, rule=rule
    )
    assert (question.explanation, question.kind, question.allowed) == ("The motto.", Kind.CHOICE, ("Onward", "Upward"))
    assert "city" not in rule


def test_a_persons_answer_goes_before_the_standing_one():
    question = Question("OWNER_CONTACT", Kind.CONTACT, standing="1")
    assert requirements.sent(question, None) == "/me/contact/1"
    assert requirements.sent(question, Answer("OWNER_CONTACT", "2", "U0ADA")) == "/me/contact/2"
    assert requirements.sent(Question("DNS"), None) is None


def test_a_missing_answer_is_found_at_its_lines():
    """What the dry run misses is found at the lines that lack it."""
    answered, bare = line("one.fr", Answer("COLOUR", "red", "U0ADA")), line("two.fr")
    found = {each.domain: (Question("COLOUR"),) for each in (answered, bare)}
    refused = broken([answered, bare], found, "Custom field COLOUR is mandatory for product domain")
    assert refused.findings == (Finding(F.QUESTION_OPEN, bare.domain, Fix.ANSWER, {"label": "COLOUR"}),)


def test_what_nothing_listed_is_asked_as_a_text():
    refused = broken([line("one.fr")], {}, "Custom field HAT is mandatory for product domain")
    assert refused.asked == {DomainName("one.fr"): (Question("HAT", insisted=True),)}


def test_an_owner_who_may_not_have_the_name_is_told_at_the_line():
    found = {DomainName("one.eu"): (Question(OWNER_CONTACT, Kind.CONTACT),)}
    refused = broken([line("one.eu")], found, "1 error", **{"owner.address.country": "should be in the EU"})
    told = faults(("owner.address.country", "should be in the EU", "Country"))
    assert refused.findings == (Finding(F.OWNER_BREAKS_RULE, DomainName("one.eu"), Fix.ANSWER, told),)


def test_an_owner_that_cannot_be_chosen_has_no_button():
    """An owner that nobody can choose is fixed at OVH and by no button."""
    found = {DomainName("one.es"): (Question("DNS", Kind.NAME_SERVERS),)}
    wrong = {"owner.birthDay": "is required", "owner.birthCity": "is required"}
    refused = broken([line("one.es")], found, "2 errors", **wrong)
    told = faults(
        ("owner.birthCity", "is required", "City of birth"), ("owner.birthDay", "is required", "Date of birth")
    )
    assert refused.findings == (Finding(F.BOTS_ACCOUNT_AS_OWNER_BREAKS_RULE, DomainName("one.es"), None, told),)


@pytest.mark.parametrize("whose", ["adminAccount", "techAccount"])
def test_account_data_is_fixed_at_ovh_without_a_button(whose):
    """Data of the OVH account is fixed at OVH and by no button."""
    (found,) = rejections.of_rule(line("one.berlin"), {f"{whose}.city": "should be Berlin"})
    told = faults((f"{whose}.city", "should be Berlin"))
    assert found == Finding(F.BOTS_ACCOUNT_BREAKS_RULE, DomainName("one.berlin"), None, told)


def test_of_several_names_the_rule_tells_whose_owner_it_is():
    lines = [line("one.com"), line("two.eu")]
    wrong = {"owner.address.country": "should be in the EU"}
    refused = broken(lines, {}, "1 error", probe=Probe(owners={"two.eu": wrong}), **wrong)
    assert [f.domain for f in refused.findings] == [DomainName("two.eu")]


def test_a_no_that_fits_nowhere_is_told_for_the_whole_cart():
    refused = broken([line("one.com"), line("two.eu")], {}, "Something else")
    assert refused.findings == (Finding(F.REFUSED_BY_OVH, params={"ovh": {"said": "Something else"}}),)


def test_finds_the_name_that_ovh_means():
    """Of several names that lack the same the one is found that OVH means."""
    lines = [line("one.com"), line("two.ch"), line("three.net")]
    found = {each.domain: (Question("DNS", Kind.NAME_SERVERS),) for each in lines}
    error = "Custom field DNS is mandatory for product domain"
    refused = broken(lines, found, error, probe=Probe({"two.ch": [error]}))
    assert refused.findings == (Finding(F.QUESTION_OPEN, lines[1].domain, Fix.ANSWER, {"label": "DNS"}),)


def test_a_rejected_answer_is_reported_at_its_line():
    """An answer that OVH does not take is reported where it was given."""
    given = line("one.fr", Answer("COMPANY", "12", "U0ADA"))
    found = {given.domain: (Question("COMPANY"),)}
    refused = broken([given, line("two.com")], found, "Custom field COMPANY is invalid for product domain")
    said: Data = {"label": "COMPANY", "ovh": {"said": "is invalid"}}
    assert refused.findings == (Finding(F.ANSWER_REFUSED, given.domain, Fix.ANSWER, said),)
