"""What the registries of the sandbox ask, and how OVH complains of what was answered."""

import json
from typing import Any

import pytest
from ovh.exceptions import BadParametersError, ResourceNotFoundError

from sandbox.ovh.extensions import EXTENSIONS
from sandbox.ovh.questions import Question
from sandbox.ovh.registries import registries, registry_of
from tests.registry_owners import OWNERS
from tests.sandbox.ovh.schema import Schema

# What answers each question that an extension adds.
GOOD = {
    "OWNER_LEGAL_AGE": "true", "ACCEPT_CONDITIONS": "true", "DNS": "ns1.example.net,ns2.example.net",
    "REASON": "The mayor of this town asks for it", "CLAIMS_NOTICE": "acknowledged", "PROTECTED_CODE": "ABC123",
    "DOMAIN_CONFIG": json.dumps({"audience": "all", "represent": "a council", "reason": "its site"}),
}  # fmt: skip
# OVH's guide on eligibility rules calls this list exhaustive; its guide on ordering adds DNS.
LABELS = {
    "ACCEPT_CONDITIONS", "ADMIN_ACCOUNT", "AUTH_INFO", "CLAIMS_NOTICE", "DNS", "DOMAIN_CONFIG", "OWNER_CONTACT",
    "OWNER_LEGAL_AGE", "PROTECTED_CODE", "REASON", "TECH_ACCOUNT",
}  # fmt: skip

# The account is a French company. These registries want nothing more of it.
ACCOUNT_MAY_OWN = {
    "fr", "re", "pm", "tf", "wf", "yt", "uk", "co.uk", "org.uk", "me.uk", "fi", "dk", "ro", "us",
}  # fmt: skip


class Cart:
    """A cart at the simulated OVH that holds one name."""

    def __init__(self, client: Any, call: Any) -> None:
        self._client, self._call = client, call
        self.path = self.item = ""

    async def fill(self, name: str, **how: Any) -> "Cart":
        made = await self._call(self._client.post, "/order/cart", ovhSubsidiary="FR")
        self.path = f"/order/cart/{made['cartId']}"
        await self._call(self._client.post, f"{self.path}/assign")
        added = await self._call(self._client.post, f"{self.path}/domain", domain=name, **how)
        self.item = f"{self.path}/item/{added['itemId']}"
        return self

    async def answer(self, **answers: str) -> None:
        for label, value in answers.items():
            await self._call(self._client.post, f"{self.item}/configuration", label=label, value=value)

    async def asked(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = await self._call(self._client.get, f"{self.item}/requiredConfiguration")
        return listed

    async def dry_run(self) -> Any:
        return await self._call(self._client.get, f"{self.path}/checkout")

    async def check_out(self) -> Any:
        return await self._call(self._client.post, f"{self.path}/checkout")


@pytest.fixture
def cart(client, call) -> Cart:
    return Cart(client, call)


def needed(extension: str) -> list[Question]:
    return [question for question in EXTENSIONS[extension].questions("blue-otter") if question.needed]


def test_the_table_is_long_and_its_rules_differ():
    assert len(EXTENSIONS) >= 50
    rules = {(e.asks, e.area, str(registry_of(e.name)), e.years, e.promotion) for e in EXTENSIONS.values()}
    assert len(rules) >= 35


def test_labels_are_only_those_of_ovhs_closed_list():
    assert {question.label for e in EXTENSIONS.values() for question in e.questions("paris")} <= LABELS


def test_owner_fields_exist_for_the_listed_extensions_only():
    """Fields of owners are simulated for many extensions and no others."""
    assert len(registries()) >= 30
    assert set(registries()) <= set(EXTENSIONS)
    assert set(OWNERS) <= set(registries()) | {"berlin"}


@pytest.mark.parametrize("extension", sorted(EXTENSIONS))
async def test_each_extension_needs_its_answers(client, call, cart, extension):
    """Each extension is bought by answering what it needs and not without."""
    await cart.fill(f"blue-otter.{extension}")
    listed = {entry["label"]: entry for entry in await cart.asked()}
    assert list(Schema().faults("order.cart.ConfigurationRequirements[]", list(listed.values()), extension)) == []
    wanted = [question.label for question in needed(extension)]
    assert set(wanted) <= set(listed)
    with pytest.raises(BadParametersError) as refusal:
        await cart.dry_run()
    for label in wanted:
        assert f"Custom field {label} is mandatory for product domain" in str(refusal.value)
    await cart.answer(**{label: GOOD[label] for label in wanted})
    if extension in OWNERS:
        if extension not in ACCOUNT_MAY_OWN:
            with pytest.raises(BadParametersError, match="not respected"):
                await cart.dry_run()
        made = await call(client.post, "/domain/contact", **OWNERS[extension])
        await cart.answer(OWNER_CONTACT=f"/domain/contact/{made['id']}")
    assert (await cart.dry_run())["orderId"] is None
    assert (await cart.check_out())["orderId"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("paris.fr", "REASON"),
        ("lyon.fr", "REASON"),
        ("reason-x.com", "REASON"),
        ("claims-x.com", "CLAIMS_NOTICE"),
        ("protected-x.com", "PROTECTED_CODE"),
    ],
)
async def test_some_questions_depend_on_the_name(cart, name, label):
    await cart.fill(name)
    assert label in {entry["label"] for entry in await cart.asked()}
    await cart.answer(OWNER_LEGAL_AGE="true")
    with pytest.raises(BadParametersError, match=f"{label} is mandatory"):
        await cart.dry_run()
    await cart.answer(**{label: GOOD[label]})
    await cart.dry_run()


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("x.dev", "ACCEPT_CONDITIONS", "false"),
        ("council.gov.uk", "DOMAIN_CONFIG", "not json"),
        ("council.gov.uk", "DOMAIN_CONFIG", '{"audience": "all"}'),
        ("protected-x.com", "PROTECTED_CODE", "?"),
        ("reason-x.com", "REASON", "  "),
        ("x.com", "OWNER_CONTACT", "Ada"),
        ("x.com", "OWNER_CONTACT", "/me/contact/1"),
        ("x.com", "ADMIN_ACCOUNT", "zz99999-ovh"),
        ("x.ch", "DNS", "not a host"),
    ],
)
async def test_a_wrong_answer_is_refused_at_the_dry_run(cart, name, label, value):
    """An answer that does not fit is taken and refused at the dry run."""
    await cart.fill(name, duration="P2Y" if "gov" in name else "P1Y")
    wanted = [question.label for question in needed(name.partition(".")[2])]
    await cart.answer(**({other: GOOD[other] for other in wanted} | {label: value}))
    with pytest.raises(BadParametersError, match=f"Custom field {label}"):
        await cart.dry_run()
    with pytest.raises(BadParametersError, match=f"Custom field {label}"):
        await cart.check_out()


async def test_a_label_not_required_is_refused_if_ovh_is_strict(simulator, cart):
    """A label that was not asked is refused where OVH is strict."""
    await cart.fill("x.com")
    await cart.answer(OWNER_LEGAL_AGE="true", SHOE_SIZE="43")
    with pytest.raises(BadParametersError, match="SHOE_SIZE is unknown"):
        await cart.dry_run()
    simulator.carts.refuses_unknown_labels = False
    await cart.dry_run()


async def test_legal_age_blocks_only_where_ovh_is_strict(simulator, cart):
    simulator.carts.legal_age_blocks = False
    await (await cart.fill("x.com")).dry_run()


async def test_required_is_wrong_in_both_directions(cart):
    for name, label, says in (("x.tech", "REASON", True), ("x.store", "REASON", False)):
        await cart.fill(name)
        entry = next(entry for entry in await cart.asked() if entry["label"] == label)
        assert entry["required"] is says
        demanded = {question.label for question in needed(name.partition(".")[2])}
        assert (label in demanded) is not says


async def test_an_owner_with_named_fields_may_be_left_out(cart):
    """Fields that matter of an owner may be named and an owner left out all the same."""
    await cart.fill("x.eu")
    entry = next(entry for entry in await cart.asked() if entry["label"] == "OWNER_CONTACT")
    assert (entry["required"], entry["fields"][0]) == (True, "firstName")
    await cart.answer(OWNER_LEGAL_AGE="true")
    await cart.dry_run()


async def test_an_answer_may_be_there_from_the_start(simulator, client, call, cart):
    simulator.carts.prefills = True
    await cart.fill("x.com")
    (number,) = await call(client.get, f"{cart.item}/configuration", label="OWNER_LEGAL_AGE")
    assert (await call(client.get, f"{cart.item}/configuration/{number}"))["value"] == "true"


@pytest.mark.parametrize(("reason", "state"), [("Please", "error"), ("The mayor asks for it", "done")])
async def test_a_poor_reason_for_a_city_fails_after_the_payment(simulator, client, call, cart, reason, state):
    await cart.fill("lyon.fr")
    await cart.answer(OWNER_LEGAL_AGE="true", REASON=reason)
    order = (await cart.check_out())["orderId"]
    await call(client.post, f"/me/order/{order}/pay", paymentMethod={"id": 8120045})
    simulator.deliver_now()
    assert await call(client.get, f"/me/order/{order}/status") == "delivered"
    (number,) = await call(client.get, "/me/task/domain", domain="lyon.fr")
    task = await call(client.get, f"/me/task/domain/{number}")
    assert (task["status"], task["canRelaunch"]) == (state, state == "error")
    assert ("lyon.fr" in await call(client.get, "/domain")) is (state == "done")


async def test_an_orders_line_tells_what_was_answered(client, call, cart):
    await cart.fill("x.com", pricingMode="create-default", duration="P2Y")
    await cart.answer(OWNER_LEGAL_AGE="true")
    order = f"/me/order/{(await cart.check_out())['orderId']}/details"
    first = (await call(client.get, order))[0]
    told = (await call(client.get, f"{order}/{first}/extension"))["order"]
    assert (told["plan"]["code"], told["plan"]["duration"]) == ("com", "P2Y")
    assert told["configurations"] == [{"label": "OWNER_LEGAL_AGE", "value": "true"}]


@pytest.mark.parametrize("extension", sorted(EXTENSIONS))
async def test_a_registrys_configuration_is_that_of_its_offers(simulator, client, call, extension):
    told = await call(client.get, f"/domain/extensions/{extension}/registryConfigurations")
    (offer, *_) = simulator.names.offers(f"blue-otter.{extension}")
    assert [f"P{months // 12}Y" for months in told["lifecycle"]["create"]["allowedPeriodsInMonths"]] == offer[
        "duration"
    ]
    assert told["domain"]["label"]["isIDNSupported"] is EXTENSIONS[extension].idn


async def test_an_unknown_extension_has_no_configuration(client, call):
    with pytest.raises(ResourceNotFoundError):
        await call(client.get, "/domain/extensions/zz/registryConfigurations")


async def test_lists_of_extensions_come_from_the_table(client, call):
    assert set(await call(client.get, "/domain/extensions")) == set(EXTENSIONS)
    promoted = await call(client.get, "/domain/extensions/highlighted")
    assert promoted[:3] == ["ovh", "com", "fr"]
    assert set(promoted) < set(EXTENSIONS)
