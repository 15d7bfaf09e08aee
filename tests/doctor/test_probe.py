"""The probe against each way in which OVH may behave; the simulated OVH has a switch for each."""

import asyncio
import json
import re
from datetime import timedelta

import ovh as ovh_package
import pytest

from bot.doctor.probe import FACTS, KnownCarts, Outcome, probe, report
from bot.doctor.probe.redaction import path_without_ids, shape, words_without_ids
from registrars.ovh import OvhConfig
from registrars.ovh.api.client import Client
from sandbox.ovh import OvhSimulator
from tests.builders import NOW
from tests.doctor.setup import readme_rules
from tests.sandbox.ovh.buying import checked_out

DAY = 86_400.0


class World:
    """An account with a delivered order, and the probe on it. Time passes as the probe waits."""

    def __init__(self, ovh: OvhSimulator, url: str) -> None:
        self.ovh = ovh
        keys = ovh.credentials
        keys.rules = readme_rules()
        self.client = ovh_package.Client(
            "ovh-eu", keys.application_key, keys.application_secret, keys.consumer_key, timeout=5
        )
        self.client._endpoint = url  # noqa: SLF001 - the package accepts its own regions only
        self.config = OvhConfig(
            application_key=keys.application_key, application_secret=keys.application_secret,
            consumer_key=keys.consumer_key, api_url=url, requests_per_second=1000, burst=1000,
            read_timeout=5.0, extensions=("ovh", "fr", "com"),
        )  # fmt: skip
        self.known = KnownCarts()

    async def buy(self) -> None:
        """Make an order by hand and pay it, so that there is a past to look at."""
        number = await checked_out(self.client, asyncio.to_thread, "bought.ovh")
        self.ovh.pay_on_the_page(number)
        self.ovh.deliver_now()
        cart = self.ovh.orders.all[number].cart
        self.known = KnownCarts((cart,), (cart,))

    async def probe(self, *, may_delete=True):
        return await asyncio.to_thread(
            probe, self.config, self.known, may_delete=may_delete, sleep=self.ovh.clock.advance
        )

    async def found(self, code: str, *, may_delete=True):
        findings = await self.probe(may_delete=may_delete)
        return next(answer for answer in findings.answers if answer.code == code)


@pytest.fixture
async def world():
    simulator = OvhSimulator()
    opened = World(simulator, await simulator.start())
    await opened.buy()
    yield opened
    await simulator.stop()


def _carts(**switches):
    def turn(ovh):
        for name, value in switches.items():
            assert hasattr(ovh.carts, name)
            setattr(ovh.carts, name, value)

    return turn


def _orders(extensions):
    return lambda ovh: setattr(ovh.orders, "extensions", extensions)


def _tolerance(seconds):
    return lambda ovh: setattr(ovh.credentials, "tolerance", seconds)


def _star(*, honours):
    def turn(ovh):
        rules = [rule for rule in ovh.credentials.rules if rule != ("GET", "/me/order/*")]
        ovh.credentials.rules = (*rules, ("GET", "/me/order/*/status"))
        ovh.credentials.honours_middle = honours

    return turn


def _pages(ovh):
    ovh.lists_objects = False


def _field(ovh):
    ovh.unknown_field = "shoeSize"


SWITCHES = [
    ("new_cart_listed", _carts(lists_after=2.0), "within 4 s"),
    ("new_cart_listed", _carts(lists_after=60.0), "not within 10 s"),
    ("list_filter", _carts(matches="prefix"), "the beginning of the text"),
    ("list_filter", _carts(matches="ignored"), "not at all"),
    ("closed_cart_listed", _carts(lists_closed=False), "no"),
    ("expired_cart_listed", _carts(lists_expired=False), "no"),
    ("expired_cart_answer", _carts(expired_status=460), "460"),
    ("longest_life", _carts(longest_life=30 * DAY), "30 days"),
    ("longest_life", _carts(longest_life=30 * DAY, cuts=True), "cut to 30 days"),
    ("longest_life", _carts(longest_life=DAY), "less than 2 days"),
    ("longest_description", _carts(longest_description=100), "100 characters"),
    ("longest_description", _carts(longest_description=60, cuts=True), "cut to 60 characters"),
    ("longest_description", _carts(longest_description=50), "fewer than 64 characters"),
    ("delete_ends_a_cart", _carts(keeps_deleted=True), "no, it answers 200"),
    ("delete_of_an_ordered_cart", _carts(deletes_closed=False), "no, it refuses"),
    ("ordered_cart_names_its_order", _carts(names_order={"checkout"}), "checkout"),
    ("ordered_cart_names_its_order", _carts(names_order={"checkout", "summary"}), "checkout and summary"),
    ("unknown_extension", _carts(refuses_items_as=(404, "Client::NotFound")), "404 Client::NotFound"),
    ("same_name_twice", _carts(takes_twice=False), "the second is refused (409 Client::Conflict)"),
    ("labels", _carts(unknown_label="SHOE_SIZE"), "also SHOE_SIZE (.com), SHOE_SIZE (.fr), SHOE_SIZE (.ovh)"),
    ("owner_fields", _field, "also shoeSize (.com), shoeSize (.fr), shoeSize (.ovh)"),
    ("late_signature", _tolerance(30.0), "less than 45 s"),
    ("late_signature", _tolerance(120.0), "90 to 300 s"),
    ("late_signature", _tolerance(10_000.0), "more than 900 s"),
    ("star_in_the_middle", _star(honours=True), "yes"),
    ("star_in_the_middle", _star(honours=False), "no"),
    ("terms_of_past_orders", _orders("missing"), "nothing (404)"),
    ("terms_of_past_orders", _orders("null"), "only empty fields"),
    ("terms_of_past_orders", _orders("no owner"), "no owner"),
    ("pages", _pages, "no"),
]


async def test_the_simulation_is_what_is_assumed(world):
    """The facts name what the simulated OVH does by default: else the report would call a difference what is none."""
    findings = await world.probe()
    assert [answer.code for answer in findings.of(Outcome.DIFFERS)] == []
    unsettled = {answer.code for answer in findings.of(Outcome.NOT_SETTLED)}
    assert unsettled == {"star_in_the_middle", "oldest_cart_listed"}
    assert {answer.code for answer in findings.answers} == set(FACTS)


@pytest.mark.parametrize(("code", "turn", "found"), SWITCHES, ids=[f"{c}-{f[:20]}" for c, _, f in SWITCHES])
async def test_finds_out_how_ovh_behaves(world, code, turn, found):
    """Each switch of the simulation is told apart."""
    turn(world.ovh)
    answer = await world.found(code)
    assert answer.found == found
    assert (answer.outcome is Outcome.DIFFERS) == (found != FACTS[code].assumed)


async def test_a_cart_that_cannot_expire_soon_settles_nothing(world):
    """OVH may give each cart at least an hour."""
    world.ovh.carts.shortest_life = 3600.0
    answer = await world.found("expired_cart_answer")
    assert answer.outcome is Outcome.NOT_SETTLED
    assert "within seconds" in answer.why


async def test_an_older_cart_is_deleted_only_by_agreement(world):
    """Without it the carts of past orders stay as they are."""
    cart = world.known.delivered[0]
    assert (await world.found("delete_of_an_ordered_cart", may_delete=False)).outcome is Outcome.NOT_SETTLED
    assert cart in world.ovh.carts.all
    await world.probe()
    assert cart not in world.ovh.carts.all


async def test_orders_nothing_and_leaves_no_cart(world):
    """No order, no payment, and the carts of before are the carts of after."""
    carts, orders = set(world.ovh.carts.all), dict(world.ovh.orders.all)
    world.ovh.calls.clear()
    findings = await world.probe(may_delete=False)
    assert set(world.ovh.carts.all) - carts == _expired(world.ovh)
    assert world.ovh.orders.all == orders
    assert world.ovh.payments.calls == []
    posts = {re.sub(r"/cart/[^/]+", "/cart/{id}", c.path) for c in world.ovh.calls if c.method not in {"GET", "DELETE"}}
    assert posts <= {"/order/cart", "/order/cart/{id}/assign", "/order/cart/{id}/domain"}
    assert findings.left_over == 0
    assert len(findings.evidence) <= 65


def _expired(ovh):
    """What OVH keeps of a cart that expired: nobody can delete it any more."""
    return {cart.id for cart in ovh.carts.all.values() if cart.expire <= ovh.clock.now()}


async def test_carts_are_deleted_when_a_question_fails(world):
    """A timeout in the middle costs one answer, and no cart."""
    carts = set(world.ovh.carts.all)
    world.ovh.faults.add("POST", "/order/cart/*/domain", "hang", times=1, seconds=5.0)
    findings = await world.probe(may_delete=False)
    answers = {answer.code: answer for answer in findings.answers}
    assert answers["unknown_extension"].why == "OVH did not answer"
    assert answers["same_name_twice"].outcome is Outcome.AS_ASSUMED
    assert set(world.ovh.carts.all) - carts == _expired(world.ovh)


@pytest.mark.parametrize("fault", ["rate_limit", "error500", "html502", "check_timeout"])
async def test_an_overload_settles_nothing(world, fault):
    """A busy OVH is no fact about it."""
    world.ovh.faults.add("GET", "/order/cart", fault)
    world.ovh.faults.add("POST", "/order/cart/*/domain", fault)
    findings = await world.probe(may_delete=False)
    answers = {answer.code: answer for answer in findings.answers}
    for code in ("new_cart_listed", "unknown_extension"):
        assert answers[code].outcome is Outcome.NOT_SETTLED
        assert "overloaded" in answers[code].why
    assert answers["delete_ends_a_cart"].outcome is Outcome.AS_ASSUMED


async def test_says_how_many_carts_ovh_kept(world):
    """They are empty or unpaid, and expire."""
    world.ovh.faults.add("DELETE", "/order/cart/*", "refuse", times=99)
    findings = await world.probe(may_delete=False)
    assert findings.left_over > 0
    assert any("did not delete" in line for line in report.lines(findings))


@pytest.mark.parametrize(
    "path",
    [
        "/order/cart/a-b/checkout",
        "/me/order/1/pay",
        "/me/order/1/payWithRegisteredPaymentMean",
        "/service/1/renew",
        "/me",
    ],
)
async def test_no_call_that_costs_can_be_tried_out(world, path):
    """The probe's own way of calling refuses them before anything is sent."""
    client = Client(world.config)
    world.ovh.calls.clear()
    for method in ("POST", "PUT", "DELETE"):
        with pytest.raises(ValueError, match="is not for trying out"):
            await asyncio.to_thread(client.try_out, method, path)
    assert world.ovh.calls == []
    client.close()


async def test_the_report_has_no_private_data(world, tmp_path):
    """No key, no name, no number, no address of the account: a bug report attaches it."""
    findings = await world.probe(may_delete=False)
    path = report.write(report.as_json(findings, endpoint="ovh-eu", at=NOW), tmp_path, at=NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    text = path.read_text()
    private = [
        world.config.application_key, world.config.application_secret, world.config.consumer_key,
        world.ovh.contacts.own, "bought.ovh", *map(str, world.ovh.orders.all), *world.ovh.carts.all, "example.com",
    ]  # fmt: skip
    assert [value for value in private if value in text] == []
    written = json.loads(text)
    assert written["probe"] == 1
    assert {fact["code"] for fact in written["facts"]} == set(FACTS)
    assert written["calls"]


def test_keeps_forms_and_drops_values():
    """Keys and types stay, and OVH's own words; what people wrote does not."""
    body = {"label": "REASON", "domain": "secret.fr", "items": [1, 2, 3, 4], "total": {"value": 1.5}, "none": None}
    assert shape(body) == {
        "label": "REASON", "domain": "<str>", "items": ["<int>", "<int>", "<int>", "…"], "total": {"value": "<float>"},
        "none": None,
    }  # fmt: skip
    assert path_without_ids("/me/order/256900123/details/700/extension") == "/me/order/{id}/details/{id}/extension"
    said = words_without_ids("probe-abc.fr of ab12345-ovh by ada@example.com costs 12345", "abc")
    assert "ab12345" not in said
    assert "example" not in said
    assert "12345" not in said


async def test_reads_how_old_its_own_carts_are(world):
    """A probe weeks after the first start shows that empty carts stay listed."""
    made = await asyncio.to_thread(
        world.client.post, "/order/cart", ovhSubsidiary="FR", description="Domain Desk",
        expire=(world.ovh.clock.now() + timedelta(days=30)).isoformat(timespec="seconds"),
    )  # fmt: skip
    await asyncio.to_thread(world.client.post, f"/order/cart/{made['cartId']}/assign")
    world.known = KnownCarts(markers=frozenset({made["cartId"]}))
    world.ovh.clock.advance(12 * DAY)
    answer = await world.found("oldest_cart_listed", may_delete=False)
    assert answer.found == "up to 12 days"
