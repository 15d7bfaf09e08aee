"""What a registry's rule needs of an owner: by legal form and country, and whatever the rule looks like."""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ordering.model.domain_name import DomainName
from ordering.model.owner_needs import OwnerNeeds
from registrars.ovh.api.wire.contacts import Contact, Owner
from registrars.ovh.carts.contact_fields import body_of, label_of, our_name, values_of
from registrars.ovh.carts.field_words import words_for
from registrars.ovh.carts.owner_rules import needs
from sandbox.ovh.contacts import DOMAIN_FIELDS
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.ovh.registries import registries
from sandbox.ovh.rules import checked_rule_of, faults, rule_of
from tests.registry_owners import OWNERS
from tests.sandbox.ovh.schema import Schema

NAME = DomainName("otter.ca")
BASE = {
    "first_name": "Ada", "last_name": "Otter", "email": "ada@example.com", "phone": "+33.123456789",
    "language": "en_GB", "line1": "1 Example Street", "zip": "75001", "city": "Paris", "organisation": "Otter",
}  # fmt: skip
REQUIRED = {"operator": "required"}
ENDLESS, LONG = "^(a|aa)+$", "a" * 60 + "!"  # matching one with the other takes indefinitely


def of(extension: str, form: str, country: str, **more: str) -> OwnerNeeds:
    values = {**BASE, "legal_form": form, "country": country, **more}
    rule, update = (rule_of(EXTENSIONS[extension], "otter", action) for action in ("create", "update"))
    return needs(rule, DomainName(f"otter.{extension}"), values, update=update)


def owner_rule(*fields: Any) -> Any:
    return {"and": [{"label": "OWNER_CONTACT", "fields": {"and": list(fields)}}]}


@pytest.mark.parametrize(
    ("extension", "form", "country", "wrong"),
    [
        ("com", "corporation", "FR", set()),
        ("com", "administration", "FR", {"legal_form"}),
        ("ca", "corporation", "CA", {"legal_form_category", "province"}),
        ("ca", "individual", "FR", {"legal_form_category"}),
        ("hk", "individual", "HK", {"registrant_document_type", "national_number", "birth_day"}),
        ("hk", "association", "HK", {"registrant_document_type", "company_number"}),
        ("com.au", "other", "AU", {"registrant_document_type"}),
        ("swiss", "corporation", "CH", {"enterprise_id"}),
        ("swiss", "corporation", "FR", {"enterprise_id", "country"}),
        ("it", "individual", "IT", {"national_number", "nationality", "province"}),
        ("it", "personalcorporation", "DE", {"vat"}),
        ("es", "individual", "ES", {"national_number"}),
        ("co.uk", "corporation", "GB", {"company_number"}),
        ("co.uk", "corporation", "FR", set()),
        ("fr", "individual", "FR", {"birth_day", "birth_city", "birth_country"}),
        ("law", "personalcorporation", "US",
         {"accreditation_id", "accreditation_organism", "accreditation_year", "accreditation_country"}),
    ],
)  # fmt: skip
def test_needs_depend_on_legal_form_and_country(extension, form, country, wrong):
    found = of(extension, form, country)
    assert set(found.wrong) == wrong
    assert found.undecided == ()


def test_a_field_may_depend_on_another_answer():
    chosen = of("com.au", "other", "AU", registrant_document_type="TM")
    assert set(chosen.wrong) == {"trademark_id"}
    wrong = of("com.au", "other", "AU", registrant_document_type="ABN", company_number="12")
    assert wrong.wrong["company_number"].data == {"error": "field_not_taken", "example": "83914571673"}


def test_options_are_those_of_the_legal_form():
    options = {form: _field(of("ca", form, "CA"), "legal_form_category").allowed for form in ("individual", "other")}
    assert options["individual"] == ("CCT", "RES", "ABO", "LGR")
    assert "CCO" in options["other"]
    assert not set(options["individual"]) & set(options["other"])


def test_a_change_of_holder_is_marked():
    assert _field(of("it", "individual", "IT"), "national_number").read_only
    assert not _field(of("it", "individual", "IT"), "nationality").read_only


def test_several_names_need_each_field_once():
    both = OwnerNeeds.of_all([of("es", "individual", "ES"), of("pt", "individual", "ES")])
    assert _field(both, "national_number").domains == (DomainName("otter.es"), DomainName("otter.pt"))
    assert len({field.name for field in both.fields}) == len(both.fields)


@pytest.mark.parametrize("extension", sorted(set(OWNERS) - {"berlin"}))
def test_what_ovh_takes_needs_nothing_more(extension):
    """An owner whom the check accepts lacks nothing here, and each field less is noticed by both."""
    body = OWNERS[extension]
    kept = Owner.read(body)
    values = values_of(kept) | {"legal_form": str(kept.legal_form)}
    rule = rule_of(EXTENSIONS[extension], "otter")
    assert needs(rule, NAME, values).wrong == {}
    judged = checked_rule_of(EXTENSIONS[extension], "otter")
    for name in values:
        less = {key: value for key, value in values.items() if key != name}
        smaller = body_of(less.pop("legal_form", ""), less)
        told = faults(judged, {"OWNER_CONTACT": smaller})
        objections = {key for key in told if key.startswith("owner.")}
        found = needs(rule, NAME, {**less, "legal_form": str(smaller.get("legalForm") or "")})
        assert bool(found.wrong) is bool(objections), (name, objections)


def test_every_field_has_words_and_a_name_of_ours():
    parts = ("line1", "line2", "line3", "zip", "city", "country", "province", "otherDetails")
    labels = {*DOMAIN_FIELDS, *(f"address.{part}" for part in parts)} - {"address"}
    for label in labels:
        name = our_name(label)
        assert name
        assert label_of(name) == label
        assert words_for(label, "com").label
    assert len(Contact.model_fields) == 41


def test_options_of_the_sandbox_for_ca_hk_and_au_have_words():
    for extension in ("ca", "hk", "com.au"):
        for told in registries()[extension].fields:
            words = words_for(told["label"], extension)
            for each in (
                told.get("contains", ()) if told["label"] in {"legalFormCategory", "registrantDocumentType"} else ()
            ):
                assert set(each["values"]) <= set(words.options)


def test_the_wire_model_is_that_of_the_description():
    described = Schema().models["domain.Contact"]["fields"]
    assert {field.alias for field in Contact.model_fields.values()} == set(described)


@pytest.mark.parametrize(
    "field",
    [
        {"label": "vat", "constraints": [{"operator": "between", "value": "1"}]},
        {"label": "vat", "constraints": [{"value": "1"}]},
        {"label": "vat", "constraints": "required"},
        {"label": "vat", "constraints": [None]},
        {"label": "vat", "constraints": [{"operator": "contains"}]},
        {"label": "vat", "constraints": [{"operator": "match", "value": "(?<broken"}]},
        {"label": "vat", "constraints": [{"operator": "match", "value": ENDLESS}]},
        {"label": "vat", "constraints": [REQUIRED | {"conditions": {"label": "ADMIN_ACCOUNT", "fields": {}}}]},
        {"label": "vat", "constraints": [REQUIRED | {"conditions": {"label": "vat", "constraints": [{}]}}]},
        {"label": "shoeSize", "constraints": [REQUIRED]},
        {"or": [{"label": "vat", "constraints": [REQUIRED]}, {"label": "insee", "constraints": [REQUIRED]}]},
    ],
)
def test_what_cannot_be_read_is_left_to_the_dry_run(field):
    assert needs(owner_rule(field), NAME, BASE | {"vat": LONG}).undecided == (NAME,)


@pytest.mark.parametrize("rule", [None, 1, "x", [], {"and": 1}, {"and": [None]}, {"and": [{"label": "OWNER_CONTACT"}]}])
def test_a_rule_of_any_shape_raises_nothing(rule):
    assert needs(rule, NAME, BASE).fields == ()


def _field(found: OwnerNeeds, name: str) -> Any:
    return next(field for field in found.fields if field.name == name)


LABELS = st.sampled_from(
    ["vat", "legalForm", "address.country", "birthDay", "shoeSize", "OWNER_CONTACT", "ADMIN_ACCOUNT"]
)
PATTERNS = st.one_of(
    st.sampled_from([ENDLESS, r"^(\w+\s?)*$", r"(?P<x", r"^\p{L}+$", "[", r"(?R)", "a{99999999999}", r"\1", "(?i)^x$"]),
    st.text(alphabet=r"ab^$()[]{}*+?|\d,1", max_size=30),
)
ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.none(), max_size=2))
OPERATORS = st.one_of(
    st.sampled_from(sorted(Schema().models["domain.configuration.rules.OperatorEnum"]["enum"])),
    st.text(max_size=5),
    ODD,
)


def _constraints(rules: Any) -> Any:
    return st.fixed_dictionaries(
        {},
        optional={
            "operator": OPERATORS,
            "value": st.one_of(PATTERNS, ODD),
            "values": st.one_of(st.lists(st.text(max_size=5), max_size=5), ODD),
            "conditions": st.one_of(rules, ODD),
        },
    )


RULES = st.recursive(
    ODD,
    lambda rules: st.fixed_dictionaries(
        {},
        optional={
            "label": st.one_of(LABELS, ODD),
            "and": st.one_of(st.lists(rules, max_size=3), ODD),
            "or": st.one_of(st.lists(rules, max_size=3), ODD),
            "fields": rules,
            "conditions": rules,
            "constraints": st.one_of(st.lists(_constraints(rules), max_size=3), ODD),
            "description": ODD,
            "placeholder": ODD,
        },
    ),
    max_leaves=20,
)
VALUES = st.dictionaries(
    st.sampled_from(["vat", "legal_form", "country", "birth_day"]),
    st.one_of(st.text(max_size=20), st.just("a" * 60 + "!")),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(RULES, RULES.map(lambda rule: owner_rule(rule, rule))), VALUES)
@example(
    owner_rule({"label": "vat", "constraints": [{"operator": "match", "value": ENDLESS}] * 50}), {"vat": "a" * 60 + "!"}
)
def test_any_rule_is_evaluated_in_bounded_time_and_the_same_way(rule, values):
    """Whatever OVH lists: an answer comes soon, names each field once, and never changes the rule."""
    before = json.dumps(rule)
    started = time.monotonic()
    found = needs(rule, NAME, values, update=rule)
    assert time.monotonic() - started < 3
    assert json.dumps(rule) == before
    assert len({field.name for field in found.fields}) == len(found.fields)
    for field in found.fields:
        assert field.domains == (NAME,)
        assert field.words.label
        assert field.wrong is None or field.wrong.code in {
            "field_empty", "field_not_taken", "field_too_long", "answer_not_in_list"
        }  # fmt: skip


def test_a_rule_of_any_depth_ends():
    deep: Any = {"label": "vat", "constraints": [REQUIRED]}
    for _ in range(5_000):
        deep = {"and": [deep]}
    assert needs({"and": [{"label": "OWNER_CONTACT", "fields": deep}]}, NAME, BASE).undecided == (NAME,)
    condition: Any = {"label": "vat", "constraints": [REQUIRED]}
    for _ in range(500):
        condition = {"label": "vat", "constraints": [REQUIRED | {"conditions": condition}]}
    nested = {"label": "insee", "constraints": [REQUIRED | {"conditions": condition}]}
    assert needs(owner_rule(nested), NAME, BASE).undecided == (NAME,)
