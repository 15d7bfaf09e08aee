"""Who may own a name: contacts, the rules of registries, and the check of both."""

from typing import Any

import pytest
from ovh.exceptions import BadParametersError, ResourceNotFoundError

from sandbox.ovh.extensions import EXTENSIONS
from sandbox.ovh.rules import rule_of
from tests.registry_owners import OWNERS
from tests.sandbox.ovh.schema import Schema

ADA: dict[str, Any] = {
    "firstName": "Ada", "lastName": "Sandbox", "email": "ada@example.com", "phone": "+33.123456789",
    "language": "fr_FR", "legalForm": "individual",
    "address": {"line1": "1 Example Street", "zip": "75001", "city": "Paris", "country": "FR"},
}  # fmt: skip
IN_BERLIN = ADA | {"address": ADA["address"] | {"city": "Berlin", "country": "DE"}}
IN_AUSTIN = ADA | {"address": ADA["address"] | {"city": "Austin", "country": "US"}}
BERLIN_ACCOUNT = {"city": "Berlin", "country": "DE", "legalform": "individual"}

EVERYTHING: dict[str, Any] = {
    "accreditationCountry": "FR", "accreditationId": "4711", "accreditationOrganism": "Bar of Paris",
    "accreditationYear": 2001, "birthDay": "1990-04-30", "enterpriseId": "CHE-123.456.788", "gender": "female",
    "insee": "75056", "legalFormCategory": "CCO", "nationality": "FR", "organisationAccountable": "The town",
    "organisationFunding": "public", "organisationFundingOther": "a", "organisationRole": "b",
    "organisationRoleOther": "c", "organisationStaffStatus": "d", "organisationStaffStatusOther": "e",
    "organisationTypeOther": "f", "registrantDocumentType": "BR", "registrantDocumentTypeOther": "g",
    "roleInOrganisation": "h", "trademarkId": "018123456", "vat": "FR40303265045", "website": "https://example.com",
}  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema()


@pytest.fixture
def check(client, call):
    async def refused(name: str, **body: Any) -> dict[str, str]:
        """The `details` of the check, empty where the data is fine."""
        try:
            await call(client.post, f"/domain/configurationRule/check?domain={name}&action=create", **body)
        except BadParametersError as error:
            answer = error.response.json()
            assert answer["class"] == "Client::BadRequest::DOMDOCRuleNotRespected"
            details: dict[str, str] = answer["details"]
            assert answer["message"] == f"{len(details) - 1} constraints of rules are not respected"
            return details
        return {}

    return refused


@pytest.mark.parametrize("action", ["create", "update"])
@pytest.mark.parametrize("extension", sorted(EXTENSIONS))
def test_each_rule_has_ovhs_recursive_form(extension, action):
    rule = rule_of(EXTENSIONS[extension], "blue-otter", action)
    assert list(Schema().faults("domain.configuration.rules.Rule", rule, extension)) == []


async def test_the_rule_of_a_name_is_read_without_a_signature(client, call):
    answer = await call(client.call, "GET", "/domain/configurationRule?domain=paris.fr&action=create", None, False)  # noqa: FBT003 - the package's own signature
    labels = [part["label"] for part in answer["and"]]
    assert labels == ["OWNER_CONTACT", "OWNER_LEGAL_AGE", "REASON"]


@pytest.mark.parametrize(
    "query", ["domain=x.com", "action=create", "domain=x.com&action=eat", "domain=x.zz&action=create"]
)
async def test_a_rule_is_asked_for_a_name_that_is_sold_and_an_action(client, call, query):
    with pytest.raises(BadParametersError):
        await call(client.get, f"/domain/configurationRule?{query}")


async def test_data_that_keeps_the_rule_is_answered_with_nothing(check):
    assert await check("x.com", owner=ADA) == {}


async def test_what_is_missing_is_named_as_ovh_names_it(check):
    details = await check("x.com", owner={"firstName": "Ada", "lastName": "Sandbox"})
    named = ("city", "country", "email", "language", "legal_form", "line1", "phone")
    assert {f"owner.{name}" for name in named} <= set(details)
    assert details["owner.city"] == 'Field "city" is required'


async def test_nobody_at_all_is_no_owner(check):
    assert (await check("x.com"))["owner"] == 'Field "owner" is required'


async def test_an_organisation_has_a_name_and_a_person_has_two(check):
    assert "owner.organisation_name" in await check("x.com", owner=ADA | {"legalForm": "corporation"})
    assert "owner.first_name" in await check("x.com", owner=ADA | {"firstName": None})
    firm = ADA | {"legalForm": "corporation", "organisationName": "Sandbox Ltd", "firstName": None}
    assert await check("x.com", owner=firm) == {}


async def test_a_zip_is_asked_where_a_country_has_such(check):
    assert "owner.zip" in await check("x.com", owner=ADA | {"address": ADA["address"] | {"zip": None}})
    dublin = {"line1": "1 Example Street", "city": "Dublin", "country": "IE"}
    assert await check("x.com", owner=ADA | {"address": dublin}) == {}


async def test_an_eu_name_has_an_owner_in_the_eu(check):
    assert await check("x.eu", owner=ADA) == {}
    assert "owner.country" in await check("x.eu", owner=IN_AUSTIN)


async def test_a_berlin_name_has_its_owner_or_its_admin_in_berlin(check):
    admin_elsewhere = {"city": "Paris", "country": "FR"}
    assert await check("x.berlin", owner=IN_BERLIN, adminAccount=admin_elsewhere) == {}
    assert await check("x.berlin", owner=ADA, adminAccount=BERLIN_ACCOUNT) == {}
    assert {"owner.city", "adminAccount.city"} <= set(await check("x.berlin", owner=ADA, adminAccount=admin_elsewhere))


async def test_special_conditions_are_part_of_the_check(check):
    assert "extras.accept_condition" in await check("x.dev", owner=ADA)
    assert await check("x.dev", owner=ADA, extras={"acceptCondition": True}) == {}
    assert "domain.audience" in await check("council.gov.uk", owner=ADA, domain={"represent": "a council"})


async def test_contacts_are_listed_by_two_doors(client, call):
    ids = await call(client.get, "/me/contact")
    assert [contact["id"] for contact in await call(client.get, "/domain/contact")] == ids
    mine, theirs = [await call(client.get, f"/{door}/contact/{ids[0]}") for door in ("me", "domain")]
    assert {field for field in mine if mine[field] != theirs.get(field, "missing")} == {"spareEmail"}
    assert (len(mine), len(theirs), len(set(theirs) - set(mine))) == (22, 41, 20)
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, "/me/contact/1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"firstName": ""}, "firstName"),
        ({"email": "ada"}, "email"),
        ({"phone": "0123456789"}, "phone"),
        ({"language": "xx_XX"}, "language"),
        ({"legalForm": "club"}, "legalForm"),
        ({"legalForm": "association"}, "organisationName"),
        ({"birthDay": "31/01/1990"}, "birthDay"),
        ({"address": ADA["address"] | {"country": "XX"}}, "address.country"),
        ({"address": ADA["address"] | {"zip": ""}}, "address.zip"),
        ({"address": None}, "address.line1"),
    ],
)
async def test_a_rejected_contact_names_its_field(simulator, client, call, change, field):
    """A contact that does not fit is refused by the name of its field."""
    before = len(simulator.contacts.all)
    with pytest.raises(BadParametersError, match=field):
        await call(client.post, "/me/contact", **(ADA | change))
    assert len(simulator.contacts.all) == before


async def test_a_contact_is_made_changed_and_owns(client, call):
    made = await call(client.post, "/me/contact", **ADA)
    changed = await call(client.put, f"/me/contact/{made['id']}", address={"city": "Lyon"})
    assert (changed["address"]["city"], changed["address"]["country"]) == ("Lyon", "FR")
    assert made["id"] in await call(client.get, "/me/contact")


async def test_fields_say_what_a_legal_form_needs(client, call):
    firm, person = [
        {entry["fieldName"] for entry in await call(client.get, f"/me/contact/{number}/fields") if entry["mandatory"]}
        for number in (21003344, 21003345)
    ]
    assert firm - person == {"organisationName"}


async def test_the_dry_run_judges_the_owner_too(client, call):
    made = await call(client.post, "/order/cart", ovhSubsidiary="FR")
    path = f"/order/cart/{made['cartId']}"
    await call(client.post, f"{path}/assign")
    item = f"{path}/item/{(await call(client.post, f'{path}/domain', domain='x.eu'))['itemId']}"
    for label, value in (("OWNER_LEGAL_AGE", "true"), ("OWNER_CONTACT", "/me/contact/21003347")):
        await call(client.post, f"{item}/configuration", label=label, value=value)
    with pytest.raises(BadParametersError, match="1 constraints of rules") as refusal:
        await call(client.get, f"{path}/checkout")
    assert "owner.country" in refusal.value.response.json()["details"]


async def test_every_field_of_a_contact_for_domains_is_kept(client, call, schema):
    wanted = {
        "id",
        *(name for name, facts in schema.models["domain.Contact"]["fields"].items() if not facts.get("readOnly")),
    }
    made = await call(client.post, "/domain/contact", **(ADA | EVERYTHING))
    assert set(made) == wanted
    for field, value in EVERYTHING.items():
        assert made[field] == value
    assert (await call(client.get, "/domain/contact"))[-1] == made


@pytest.mark.parametrize("field", sorted(EVERYTHING.keys() - {"birthDay", "gender", "nationality", "vat"}))
async def test_a_field_for_domains_is_unknown_to_the_other_door(client, call, field):
    with pytest.raises(BadParametersError, match=field):
        await call(client.post, "/me/contact", **ADA, **{field: EVERYTHING[field]})


@pytest.mark.parametrize("change", [{"accreditationYear": "2001"}, {"accreditationCountry": "XX"}, {"shoeSize": "43"}])
async def test_a_contact_for_domains_has_the_types_of_the_description(client, call, change):
    with pytest.raises(BadParametersError, match=next(iter(change))):
        await call(client.post, "/domain/contact", **(ADA | change))


async def test_a_holders_read_only_fields_do_not_change(simulator, client, call):
    """Only the owner of names has fields that are read-only, and only those that its registries name."""
    simulator.names.owned.add("ours.it")
    holder = (await call(client.get, "/domain/ours.it"))["whoisOwner"]
    rule = await call(client.get, "/domain/configurationRule?domain=ours.it&action=update")
    fields = rule["and"][0]["fields"]["and"]
    assert [f["label"] for f in fields if {"operator": "readonly"} in f["constraints"]] == [
        "nationalIdentificationNumber"
    ]
    with pytest.raises(BadParametersError, match="nationalIdentificationNumber is read only"):
        await call(client.put, f"/domain/contact/{holder}", nationalIdentificationNumber="1")
    assert (await call(client.put, f"/domain/contact/{holder}", vat="IT00743110157"))["vat"] == "IT00743110157"
    await call(client.put, "/domain/contact/21003344", nationalIdentificationNumber="1")


@pytest.mark.parametrize("extension", sorted(set(OWNERS) - {"berlin"}))  # .berlin judges the account, too
async def test_the_check_judges_owners_of_each_extension(check, extension):
    name = f"council.{extension}"
    extras: dict[str, Any] = {"extras": {"acceptCondition": True}}
    if extension in {"gov.uk", "ac.uk"}:
        extras |= {"domain": {"audience": "all", "represent": "a council", "reason": "its site"}}
    assert await check(name, owner=OWNERS[extension], **extras) == {}


@pytest.mark.parametrize(
    ("extension", "change", "field"),
    [
        ("ca", {"legalFormCategory": None}, "legal_form_category"),
        ("ca", {"legalFormCategory": "CCT"}, "legal_form_category"),
        ("hk", {"registrantDocumentType": "OTHIDV"}, "registrant_document_type_other"),
        ("hk", {"birthDay": None}, "birth_day"),
        ("com.au", {"companyNationalIdentificationNumber": "123456789"}, "company_national_identification_number"),
        ("com.au", {"registrantDocumentType": "TM"}, "trademark_id"),
        ("swiss", {"enterpriseId": "CHE-1"}, "enterprise_id"),
        ("it", {"vat": "IT1"}, "vat"),
        ("law", {"accreditationYear": 1850}, "accreditation_year"),
        ("gov.uk", {"organisationType": "other"}, "organisation_type_other"),
    ],
)
async def test_a_missing_or_wrong_field_of_an_owner_is_named(check, extension, change, field):
    assert f"owner.{field}" in await check(f"council.{extension}", owner=OWNERS[extension] | change)
