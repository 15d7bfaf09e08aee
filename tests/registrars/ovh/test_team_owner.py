"""A new cart takes the team's owner contact of `[owners]`, on the wire."""

import asyncio
from dataclasses import replace

import pytest

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.money import Money
from ordering.model.question import OWNER_CONTACT
from registrars.ovh import OvhGateway

BERLIN, TEAM, OTHER = "21003345", "21003344", "21003346"


def owner_sent(ovh, cart: str) -> dict[str, str | None]:
    """What OVH got for each name's owner; None if nothing."""
    items = ovh.carts.all[cart].items.values()
    return {item.domain: dict(item.configurations.values()).get(OWNER_CONTACT) for item in items}


def a_line(name: str) -> Line:
    return Line(DomainName.parse(name), 1, "create-default", Money(299, "EUR"), added_by="U0ADA")


@pytest.mark.parametrize(
    ("default", "owner_of_others"), [(None, None), (TEAM, f"/me/contact/{TEAM}"), (f"/me/contact/{TEAM}",) * 2]
)
async def test_a_new_cart_takes_the_owner_of_its_extension(ovh, ovh_config, default, owner_of_others):
    """The extension's own owner goes first, then the default one, then the account's data; a user's choice wins."""
    gateway = OvhGateway(replace(ovh_config, owners={"com": BERLIN}, owner_contact=default))
    chosen = a_line("chosen-otter.com").answered({OWNER_CONTACT: OTHER}, by="U0ADA")
    lines = [a_line("otter.com"), a_line("otter.ovh"), chosen]
    try:
        prepared = await asyncio.to_thread(gateway.prepare, lines)
    finally:
        gateway.close()
    assert owner_sent(ovh, prepared.registrar_cart) == {
        "otter.com": f"/me/contact/{BERLIN}",
        "otter.ovh": owner_of_others,
        "chosen-otter.com": f"/me/contact/{OTHER}",
    }
    told = {(c.domain.ascii, c.value) for c in prepared.quote.configuration if c.label == OWNER_CONTACT}
    assert ("otter.com", f"/me/contact/{BERLIN}") in told
