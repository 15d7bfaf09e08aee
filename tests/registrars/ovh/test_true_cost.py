"""The card's figures are OVH's to the cent, whatever is in the cart; what OVH does not sum is summed here again."""

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from handlers.views.approval import card
from handlers.views.card_rules import CardRules
from handlers.views.details import details_modal
from handlers.views.price_table import every_price
from handlers.views.receipt import disagreements
from ordering.model.cart import Cart, CartState
from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.model.money import Money
from ordering.model.quote import Quote
from ordering.model.seal import seal
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.wire.checkouts import DryRun
from registrars.ovh.api.wire.offers import OFFERS
from registrars.ovh.carts.quotes import quote
from sandbox.ovh import OvhSimulator
from sandbox.ovh.carts import Cart as OvhCart
from sandbox.ovh.extensions import EXTENSIONS
from sandbox.ovh.offers import Offer
from sandbox.ovh.prices import MARKETS
from sandbox.slack.block_kit import faults_of
from tests.builders import NOW, POLICY

CARTS = 1000
KINDS = ("", "", "promo-", "premium-", "gift-", "launch-")


@dataclass
class Bought:
    """A line next to what the simulated OVH itself knows of it."""

    line: Line
    offer: Offer

    @property
    def total(self) -> Decimal:
        return self.offer.total(self.line.years)


def on_the_wire(answer: object) -> Any:
    """As the bot's own session decodes it."""
    return json.loads(json.dumps(answer), parse_float=Decimal)


def a_random_cart(ovh: OvhSimulator, chance: random.Random) -> tuple[OvhCart, list[Bought]]:
    ovh.carts.gifts, ovh.names.ucents = chance.random() < 0.5, chance.random() < 0.5
    ovh.names.negative_discount = chance.random() < 0.5
    made = ovh.carts.create({"ovhSubsidiary": chance.choice(sorted(MARKETS))})
    cart = ovh.carts.get(made["cartId"])
    bought = []
    for place in range(chance.choice((1, 1, 2, 3, 5, 8, 12, 40))):
        extension = chance.choice(sorted(EXTENSIONS))
        name = DomainName.parse(f"{chance.choice(KINDS)}otter{place}.{extension}")
        if chance.random() < 0.2:
            ovh.names.rise(name.ascii, str(chance.randrange(1, 999) / 100))
        offers = reading.offers(name, OFFERS.read(on_the_wire(ovh.names.offers(name.ascii, cart.market))))
        offer = chance.choice([offer for offer in offers if offer.registers])
        line = Line.of(offer, added_by="U0ADA").with_years(chance.choice(offer.years), by="U0ADA")
        body = {"domain": name.ascii, "pricingMode": offer.pricing_mode, "duration": f"P{line.years}Y"}
        item = ovh.carts.add(cart, body)
        bought.append(Bought(line, cart.items[item["itemId"]].offer))
    return cart, bought


def read(ovh: OvhSimulator, cart: OvhCart) -> Quote:
    items = [(number, DomainName(item.domain)) for number, item in cart.items.items()]
    return quote(DryRun.read(on_the_wire(ovh.carts.summary(cart))), (), items)


def money(amount: Decimal, offer: Offer) -> str:
    return str(Money.of(amount, offer.currency))


def expected(bought: Bought) -> Iterator[str]:
    """What the table of prices must have for a name, by the simulated OVH's own arithmetic."""
    line, offer = bought.line, bought.offer
    years = f" · {line.years} yr" if line.years > 1 else ""
    yield from (f"{line.domain}{years}", money(bought.total, offer), money(offer.renewal, offer))
    if offer.discount:
        before = money(offer.before_discount(line.years) + offer.fee, offer)
        ends = f" until {offer.ends.day} {offer.ends:%b %Y}" if offer.ends else ""
        yield f"instead of {before}{ends}"
    if offer.mode == "create-premium":
        yield "premium: the registry's own price"


def expected_later(bought: Bought) -> Iterator[str]:
    """What the table of the costs over the years must have for it."""
    line, offer = bought.line, bought.offer
    yield f"{line.domain}{f' · {line.years} yr' if line.years > 1 else ''}"
    for span in (1, 3, 5):
        yield money(bought.total + max(0, span - line.years) * offer.renewal, offer)


def words(text: str) -> str:
    return " ".join(text.split())


def rendered(bought: list[Bought], told: Quote) -> str:
    """What the card and its details show in a monospaced font."""
    lines = tuple(each.line for each in bought)
    shown = Cart(
        CartId(1), "C1", "U0ADA", CartState.SUBMITTED, NOW, lines, requester="U0ADA", purpose="x", quote=told,
        seal=seal(lines, told, waive_retraction=True),
    )  # fmt: skip
    message = card(
        shown, CardRules(approvals_needed=1, waive_retraction=True, approvers=POLICY.approvers, payers=POLICY.payers)
    )
    more = details_modal(shown, waive_retraction=True, sees_owners=True)
    blocks = [block.to_dict() for block in message.blocks]
    assert faults_of(blocks) == []
    assert str(told.total) in blocks[0]["text"]["text"]
    every = [*blocks, *(block.to_dict() for block in more.blocks)]
    return "\n".join(block["text"]["text"].strip("`") for block in every if "```" in str(block.get("text")))


@pytest.mark.parametrize("part", range(10))
def test_the_card_matches_ovh_in_a_thousand_random_carts(part):
    """The figures of the card and its details are OVH's to the cent in a thousand random carts."""
    for seed in range(part, CARTS, 10):
        ovh, chance = OvhSimulator(), random.Random(seed)
        cart, bought = a_random_cart(ovh, chance)
        told = read(ovh, cart)
        shown = words(rendered(bought, told))
        for each in bought:
            assert " ".join(expected(each)) in shown, f"cart of seed {seed}"
            assert " ".join(expected_later(each)) in shown, f"cart of seed {seed}"
        currency, prices = cart.market.currency, ovh.carts.summary(cart)["prices"]
        without, total = (Money.of(str(prices[name]["value"]), currency) for name in ("withoutTax", "withTax"))
        tables = 2 if len(bought) > 1 else 1  # a card of one name has none; the sum over the first year is the bot's
        assert shown.count(f"Sum {without} ") >= tables, f"cart of seed {seed}"
        assert shown.count(f"With tax {total} ") >= tables, f"cart of seed {seed}"
        assert disagreements([each.line for each in bought], told) == []


def test_a_phone_shows_forty_names_without_broken_rows():
    """A phone shows the figures of forty names without breaking a row."""
    ovh = OvhSimulator()
    cart, bought = a_random_cart(ovh, random.Random(7))
    rows = "\n".join(every_price([each.line for each in bought], read(ovh, cart))).split("\n")
    figures = [row for row in rows if any(letter.isdigit() for letter in row.rpartition("  ")[2])]
    assert max(map(len, figures)) <= 48


def test_figures_that_do_not_fit_each_other_are_told():
    ovh = OvhSimulator()
    cart, bought = a_random_cart(ovh, random.Random(3))
    answer = on_the_wire(ovh.carts.summary(cart))
    answer["details"][0]["totalPrice"]["value"] += 1
    answer["prices"]["tax"]["value"] += 2
    told = quote(DryRun.read(answer), (), [(number, DomainName(item.domain)) for number, item in cart.items.items()])
    lines, tax = disagreements([each.line for each in bought], told)
    assert lines.startswith("OVH's lines add up to ")
    assert tax.startswith(f"OVH's total is {told.total}, though {told.without_tax} and {told.tax} tax are not that")


@pytest.mark.parametrize("seed", range(5))
async def test_over_the_wire_the_figures_are_the_same(ovh, gateway, seed):
    chance = random.Random(seed)
    names = [f"{chance.choice(KINDS[:-1])}otter{place}.{chance.choice(('com', 'net', 'org'))}" for place in range(4)]
    found = await asyncio.to_thread(lambda: list(gateway.look_up([DomainName.parse(name) for name in names])))
    lines = [Line.of(each.offer, added_by="U0ADA") for each in found if each.offer]
    lines = [line.with_years(chance.choice(line.offered_years), by="U0ADA") for line in lines]
    prepared = await asyncio.to_thread(gateway.prepare, lines)
    told, cart = prepared.quote, ovh.carts.all[prepared.registrar_cart]
    assert told.total == Money.of(str(ovh.carts.summary(cart)["prices"]["withTax"]["value"]), "EUR")
    for line, item in zip(lines, cart.items.values(), strict=True):
        assert told.price_of(line.domain) == Money.of(item.offer.total(item.years), "EUR")
