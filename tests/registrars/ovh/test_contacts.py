"""Contacts are read and made by `/domain/contact`, with every field that OVH has."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from ordering.model.contact import LegalForm
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarRefused
from ordering.model.question import Kind, Question
from registrars.ovh.api.wire.contacts import Owner
from registrars.ovh.carts.contact_fields import values_of
from sandbox.ovh.contacts import DOMAIN_FIELDS
from tests.builders import a_line
from tests.registry_owners import OWNERS
from tests.sandbox.ovh.schema import Schema

ADA = {
    "first_name": "Ada", "last_name": "Otter", "email": "ada@example.com", "phone": "+33.123456789",
    "language": "en_GB", "line1": "1 Example Street", "zip": "20000", "city": "Ajaccio", "country": "FR",
}  # fmt: skip
FIRM = ADA | {"organisation": "Otter"}


@pytest.fixture
def bodies(ovh, monkeypatch) -> list[tuple[str, dict[str, Any]]]:
    """The bodies of calls about contacts and rules, as OVH got them."""
    got: list[tuple[str, dict[str, Any]]] = []
    answer = ovh._answer  # noqa: SLF001 - the simulator's one door

    def spy(request: Any, path: str, body: str) -> Any:
        if body and ("contact" in path or "configurationRule" in path):
            got.append((f"{request.method} {path}", json.loads(body)))
        return answer(request, path, body)

    monkeypatch.setattr(ovh, "_answer", spy)
    return got


async def test_a_contact_is_made_with_fields_that_only_this_route_has(ovh, gateway, bodies):
    values = FIRM | {"legal_form_category": "CCO", "accreditation_year": "2001"}
    made = await asyncio.to_thread(gateway.create_contact, LegalForm.CORPORATION, values)
    assert made.values == values
    ((call, body),) = bodies
    assert call == "POST /domain/contact"
    assert list(Schema().faults("domain.Contact", body, "body")) == []
    assert body["accreditationYear"] == 2001
    assert (await asyncio.to_thread(gateway.contact, made.id)).values == values
    assert made in await asyncio.to_thread(gateway.contacts)


async def test_empty_fields_are_filled_in_and_others_stay(ovh, gateway, bodies):
    made = await asyncio.to_thread(gateway.create_contact, LegalForm.CORPORATION, FIRM)
    changed = await asyncio.to_thread(
        gateway.complete_contact, made.id, {"vat": "FR40303265045", "organisation": "Another"}
    )
    assert changed.values == FIRM | {"vat": "FR40303265045"}
    call, body = bodies[-1]
    assert call == f"PUT /domain/contact/{made.id}"
    assert list(Schema().faults("domain.Contact", body, "body")) == []
    with pytest.raises(RegistrarRefused):
        await asyncio.to_thread(gateway.complete_contact, "1", {"vat": "FR40303265045"})


async def test_the_check_gets_only_what_the_description_lets_write(ovh, gateway, bodies):
    """The account's read-only fields, such as its state, are no data to check."""
    line = replace(a_line("otter.it"), questions=(Question("OWNER_CONTACT", Kind.CONTACT),))
    findings = await asyncio.to_thread(gateway.objections, [line])
    assert findings
    ((_, body),) = bodies
    schema = Schema()
    assert list(schema.faults("domain.configuration.rules.RuleData", body, "body")) == []
    for part, model in (("adminAccount", "nichandle.Nichandle"), ("owner", "domain.Contact")):
        fields = schema.models[model]["fields"]
        assert [name for name in body[part] if fields[name].get("readOnly")] == []


async def test_rules_are_read_once_per_extension(ovh, gateway):
    """Rules are read once an extension and evaluated for the owner."""
    names = [DomainName("one.it"), DomainName("two.it"), DomainName("one.ca")]
    first = gateway.owner_needs(names, LegalForm.CORPORATION, FIRM, at_once=True)
    assert (first.fields, set(first.undecided)) == ((), set(names))
    found = await asyncio.to_thread(gateway.owner_needs, names, LegalForm.CORPORATION, FIRM)
    wanted = {field.name: field.domains for field in found.fields if field.wrong}
    assert wanted == {"vat": (names[0], names[1]), "legal_form_category": (names[2],)}
    assert ovh.count("GET", "/domain/configurationRule") == 2
    again = gateway.owner_needs(names, LegalForm.CORPORATION, FIRM, at_once=True)
    assert (again.wrong.keys(), again.undecided) == (found.wrong.keys(), ())


async def test_without_a_rule_the_dry_run_judges_the_name(ovh, gateway):
    """A rule that OVH does not return leaves its name to the dry run."""
    ovh.faults.add("GET", "/domain/configurationRule", "refuse")
    found = await asyncio.to_thread(gateway.owner_needs, [DomainName("one.it")], LegalForm.OTHER, FIRM)
    assert (found.fields, found.undecided) == ((), (DomainName("one.it"),))


@pytest.mark.parametrize("extension", sorted(OWNERS))
async def test_an_owner_of_each_extension_is_read_as_it_was_made(ovh, gateway, extension):
    number = ovh.contacts.create(OWNERS[extension], DOMAIN_FIELDS)["id"]
    read = await asyncio.to_thread(gateway.contact, str(number))
    assert read.values == values_of(Owner.read(OWNERS[extension]))
