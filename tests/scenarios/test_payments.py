"""Every way in which a payment can end: the order's number never changes, and the money moves once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import Data, EventKind
from ordering.model.sales_order import SalesOrder
from ordering.process.floors import Floors
from sandbox.ovh.orders import Order, Source, Try
from sandbox.slack import Message
from sandbox.slack.messages import elements
from tests.builders import NOW, euros
from tests.refusing import said
from tests.saying import after_time
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import VISA as VISA_NAME
from tests.scenarios.saying import in_thread, on_card

VISA, SEPA = 8_120_045, 8_120_046
K = EventKind
PAY = "/me/order/*/pay"


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "3"}


@pytest.fixture
def floors() -> Floors:
    return Floors(ended=timedelta(seconds=6), unknown=timedelta(seconds=12))


class Till:
    """One cart's order, as OVH has it, and what must hold of it in the end."""

    def __init__(self, scenario: Scenario, card: Message) -> None:
        self.scenario, self.card = scenario, card
        (self.order,) = scenario.orders

    async def pays(self, method: str | None = None) -> None:
        if method:
            await self.scenario.dan.select(self.card, "payment_method", method)
        await self.scenario.dan.click(self.card, "Pay")

    async def shows(self, words: str, *, seconds: float = 30) -> None:
        self.card = await self.scenario.card(words, seconds=seconds)

    async def ends_paid(self, source: Source, *, method: int | str | None, by: str | None = "U0DAN") -> None:
        """Delivered; the money came from there, once; the record tells the same order, payer, way and invoice."""
        await self.shows(catalogue.card.DELIVERED)
        await self.shows("Open invoice")
        assert self.order.payments == [source]
        record = await self.record()
        assert (record["state"], record["paid_by"], record["payment_method"]) == ("delivered", by, method)
        assert [record["invoice"]] == [bill.id for bill in self.scenario.ovh.bills.all() if bill.order is self.order]

    async def ends_unpaid(self) -> None:
        await self.shows(catalogue.card.NOT_BOUGHT)
        assert self.order.payments == []
        record = await self.record()
        assert (record["state"], record["paid_by"], record["invoice"]) == ("cancelled", None, None)

    async def record(self):
        """The record of the one cart, which has the one order that there is."""
        (told,) = json.loads(await self.scenario.stage.bot.run_command("export"))
        assert told["sales_order"] == self.order.id
        assert self.scenario.checkouts() == 1
        assert "The record is whole" in await self.scenario.stage.bot.run_command("verify")
        return told

    async def refused_call(self):
        """The event of the call that OVH refused; a floor may be over by the time that the export took."""
        (told,) = json.loads(await self.scenario.stage.bot.run_command("export"))
        (refused,) = [event for event in told["history"] if event["kind"] == K.PAYMENT_CALL_REFUSED]
        return refused

    async def newest(self):
        """The newest event of the one cart, as it is exported."""
        (told,) = json.loads(await self.scenario.stage.bot.run_command("export"))
        return told["history"][-1]

    def unknown(self, evidence: Data) -> str:
        """What the card says while nobody knows whether the suggested card paid."""
        return on_card(K.PAYMENT_UNKNOWN, order=self.order.id, method_name=VISA_NAME, evidence=evidence)

    async def offers(self, *labels: str) -> None:
        """The card's select has these ways to pay, in this order."""
        await self.scenario.slack.until(lambda: self._offered() == [*labels], 10)

    async def is_on_record(self, kind: EventKind, **data: str) -> None:
        """The export has this event, with these data."""
        (told,) = json.loads(await self.scenario.stage.bot.run_command("export"))
        found = [event["data"] for event in told["history"] if event["kind"] == kind]
        assert any(data.items() <= each.items() for each in found)

    async def tells(self, line: str) -> None:
        """The card's thread has this line, once."""
        await self.scenario.slack.until(lambda: line in self.thread(), 10)
        assert self.thread().count(line) == 1

    def _offered(self) -> list[str]:
        elements = [e for block in self.card.blocks for e in block.get("elements", []) if e["type"] == "static_select"]
        return [option["text"]["text"] for element in elements for option in element["options"]]

    def thread(self) -> list[str]:
        return [message.text for message in self.scenario.slack.thread(self.card)]


def the_button(card: Message, label: str):
    """A button as it is drawn now, with the id of its block."""
    return next((b, e) for b, e in elements(card.blocks) if (e.get("text") or {}).get("text") == label)


def labels(card: Message) -> list[str]:
    """The words on a card's buttons."""
    texts = [(element.get("text") or {}).get("text") for _, element in elements(card.blocks)]
    return [text for text in texts if text]


async def ordered(scenario: Scenario) -> Till:
    return Till(scenario, await scenario.ordered())


async def test_another_card_pays_the_order_after_a_refusal(scenario: Scenario):
    """A refused card tells why and another pays the same order."""
    scenario.ovh.refuse_card(VISA, "The card is blocked.")
    till = await ordered(scenario)
    await till.pays()
    refused: Data = {"method_name": VISA_NAME, "ovh": {"said": "The card is blocked"}}
    await till.shows(on_card(K.PAYMENT_REFUSED, **refused))
    await till.offers("VISA 4970 XXXX XXXX 1234 (refused)", "SEPA DIRECT DEBIT FR76 XXXX XXXX 4321")
    await till.tells(f"<@U0DAN>: {in_thread(K.PAYMENT_REFUSED, **refused)}")
    await till.pays()  # another one is selected already
    await till.ends_paid(SEPA, method=SEPA)


async def test_a_repeated_click_on_pay_after_a_refusal_pays_nothing(scenario: Scenario):
    """To another process, say, or after a restart: neither knows that it had this click."""
    scenario.ovh.refuse_card(VISA, "The card is blocked.")
    till = await ordered(scenario)
    click = the_button(till.card, "Pay")
    await scenario.dan.press(till.card, *click)
    await till.shows(on_card(K.PAYMENT_REFUSED, method_name=VISA_NAME, ovh={"said": "The card is blocked"}))
    await scenario.dan.press(till.card, *click)
    await scenario.sees(scenario.dan, catalogue.failures.done_already(1), channel="approvals")
    assert (till.order.payments, scenario.ovh.count("POST", PAY)) == ([], 1)
    await till.pays()
    await till.ends_paid(SEPA, method=SEPA)


async def test_an_old_versions_card_is_rendered_at_the_first_click(scenario: Scenario):
    """A card from before an upgrade is rendered again at the first click."""
    till = await ordered(scenario)
    _, old = the_button(till.card, "Pay")
    old["value"] = "1 €3.59"
    await scenario.clicks_in_vain(scenario.dan, till.card, "Pay", said("card_outdated", cart=1))
    await scenario.slack.until(lambda: the_button(till.card, "Pay")[1]["value"] != "1 €3.59", 10)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


async def test_the_prepaid_account_pays(scenario: Scenario):
    scenario.ovh.payments.prepaid = Decimal(20)
    till = await ordered(scenario)
    await till.pays("ovhAccount")
    await till.ends_paid("ovhAccount", method="ovhAccount")
    assert scenario.ovh.payments.prepaid == Decimal(20) - till.order.total


async def test_loyalty_points_pay(scenario: Scenario):
    scenario.ovh.payments.points = 1000
    till = await ordered(scenario)
    await till.pays("fidelityAccount")
    await till.ends_paid("fidelityAccount", method="fidelityAccount")


async def test_too_little_credit_is_told_and_a_card_pays(scenario: Scenario):
    scenario.ovh.payments.prepaid = Decimal(1)
    till = await ordered(scenario)
    await till.pays("ovhAccount")
    await till.shows(after_time(catalogue.paying.again_from(NOW)))
    offered, read = labels(till.card), till.card.plain_text()  # as the card is before the floor is over
    assert "Pay" not in offered
    refused = await till.refused_call()
    assert "The balance of your OVH account is insufficient" in refused["data"]["ovh"]["said"]
    assert on_card(K.PAYMENT_CALL_REFUSED, **refused["data"]) in read
    await till.shows(on_card(K.PAYMENT_NOT_SEEN, method_name="Prepaid OVH account", ovh={"failed": False}))
    assert "Prepaid OVH account (refused)" in str(till.card.blocks)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)
    assert scenario.ovh.payments.prepaid == Decimal(1)


async def test_an_order_over_nothing_is_completed_without_a_choice(scenario: Scenario):
    scenario.ovh.names.rise("name.ovh", "-2.99")
    till = await ordered(scenario)
    assert catalogue.paying.FREE in till.card.plain_text()
    assert "payment_method" not in str(till.card.blocks)
    await till.pays()
    await till.ends_paid("fidelityAccount", method="fidelityAccount")


async def test_without_any_method_the_page_pays_and_the_desk_sees_it(scenario: Scenario):
    scenario.ovh.payments.methods.clear()
    till = await ordered(scenario)
    await till.shows(catalogue.paying.NO_METHOD)
    scenario.ovh.pay_on_the_page(till.order.id)
    await till.ends_paid("page", method=None, by=None)
    await till.is_on_record(K.PAYMENT_RECEIVED, seen="paid_at_ovh")


async def test_a_click_on_pay_after_the_page_was_paid_pays_nothing(scenario: Scenario):
    till = await ordered(scenario)
    scenario.ovh.faults.add("GET", "/me/order/*/status", "slow", seconds=1.5)  # the bot has not seen it yet
    scenario.ovh.pay_on_the_page(till.order.id)
    await till.pays()
    await till.ends_paid("page", method=None, by=None)
    assert scenario.ovh.count("POST", PAY) == 0


async def test_pay_sends_nothing_while_the_page_is_paying(scenario: Scenario):
    """A click on pay while a user pays on the page sends nothing."""
    till = await ordered(scenario)
    scenario.ovh.payments.settle_after = 10.0
    till.order.pending.append(Try(datetime.now(UTC), VISA))
    await till.pays()
    begun = {"seen": "payment_begun", "order": till.order.id}
    await till.shows(on_card(K.PAYMENT_NOT_SENT, order=till.order.id, reason="payment_open", evidence=begun))
    await till.ends_paid(VISA, method=None, by=None)
    assert scenario.ovh.count("POST", PAY) == 0


async def test_an_unpaid_order_reminds_once_until_cancelled(scenario: Scenario, monkeypatch):
    """An unpaid order reminds the payers once and ends when OVH cancels it."""
    monkeypatch.setattr("sandbox.ovh.orders.TWO_WEEKS", 18)
    till = await ordered(scenario)
    reminder = catalogue.thread.reminder(
        {"U0DAN"}, SalesOrder(till.order.id, euros("3.59"), euros("0.60")), NOW
    ).partition("<!date")[0]
    await scenario.slack.until(lambda: [line for line in till.thread() if line.startswith(reminder)], 14)
    await till.ends_unpaid()
    reminders = [line for line in till.thread() if line.startswith(reminder)]
    assert len(reminders) == 1


@pytest.mark.parametrize("kind", ["lost_after", "hang"])
async def test_a_lost_answer_of_a_payment_that_went_through_is_found(scenario: Scenario, kind):
    till = await ordered(scenario)
    scenario.ovh.faults.add("POST", PAY, kind)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


@pytest.mark.parametrize("lost", [False, True])
async def test_a_bank_that_takes_its_time_is_waited_for(scenario: Scenario, *, lost: bool):
    """Longer than the settling time, and a second payment would be taken in the meantime."""
    scenario.ovh.payments.settle_after = 8.0
    till = await ordered(scenario)
    if lost:
        scenario.ovh.faults.add("POST", PAY, "lost_after")
    await till.pays()
    await till.ends_paid(VISA, method=VISA)
    assert scenario.ovh.count("POST", PAY) == 1


async def test_a_lost_payment_is_reported_and_paid_again(scenario: Scenario):
    """A lost answer of a payment that did not go through is reported and paid again."""
    till = await ordered(scenario)
    scenario.ovh.faults.add("POST", PAY, "lost_before")
    await till.pays()
    await till.shows(till.unknown({"seen": "no_payment"}))
    await scenario.clicks_in_vain(scenario.ben, till.card, "It was not paid", said("not_approver_or_payer"))
    await scenario.dan.click(till.card, "It was not paid")
    await till.shows(catalogue.paying.answered("U0DAN", paid=False))
    assert "Pay" not in labels(till.card)
    await till.shows(on_card(K.PAYMENT_NOT_SEEN, method_name=VISA_NAME, ovh={"failed": False}))
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


async def undecided(scenario: Scenario) -> Till:
    """A payment whose answer got lost, while the same card paid as much for an order that is not the bot's."""
    till = await ordered(scenario)
    scenario.ovh.faults.add("POST", PAY, "lost_before")
    await till.pays()
    await scenario.ovh_hangs()
    _pays_elsewhere(scenario, till.order)
    await till.shows("It was not paid")
    asked = await till.newest()
    assert (asked["kind"], asked["data"]["evidence"]["seen"]) == (K.PAYMENT_UNKNOWN, "transaction_booked")
    assert till.unknown(asked["data"]["evidence"]) in till.card.plain_text()
    return till


async def test_money_that_nobody_explains_makes_a_payer_wait_for_a_day(scenario: Scenario):
    """The other order's transaction may be this one's. A floor of a day is twice that of a lost answer here."""
    before = datetime.now(UTC)  # the floor counts from the payment, which a busy machine reads late
    till = await undecided(scenario)
    await scenario.dan.click(till.card, "It was not paid")
    await till.shows(catalogue.paying.KEEPS_OPEN)
    assert datetime.now(UTC) - before > timedelta(seconds=6)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


async def test_a_confirmed_payment_is_followed_until_ovh_shows_it(scenario: Scenario):
    """Only OVH makes it paid: no name counts as bought by a word."""
    till = await undecided(scenario)
    await scenario.dan.click(till.card, "It was paid")
    await till.shows(catalogue.paying.answered("U0DAN", paid=True))
    till.order.paid_at, till.order.payments = datetime.now(UTC), [VISA]  # OVH shows late what the person saw
    await till.ends_paid(VISA, method=VISA)
    assert scenario.ovh.count("POST", PAY) == 1


async def test_an_undecided_payment_that_shows_late_needs_nobody(scenario: Scenario):
    till = await undecided(scenario)
    till.order.paid_at, till.order.payments = datetime.now(UTC), [VISA]
    await till.ends_paid(VISA, method=VISA)
    await till.is_on_record(K.PAYMENT_RECEIVED, seen="after_question")


async def test_asks_about_possible_payments_before_paying(scenario: Scenario):
    """Another user's transaction of the same amount is a question with two answers, and nothing is sent before."""
    till = await ordered(scenario)
    scenario.ovh.outsider.transaction("3.59", VISA)
    await till.pays()
    await till.shows("It was not paid")
    asked = await till.newest()
    assert (asked["kind"], asked["data"]["evidence"]["seen"]) == (K.PAYMENT_QUESTIONED, "transaction_unexplained")
    assert on_card(K.PAYMENT_QUESTIONED, **asked["data"]) in till.card.plain_text()
    assert scenario.ovh.count("POST", PAY) == 0
    await scenario.clicks_in_vain(scenario.cleo, till.card, "It was not paid", said("not_payer"))
    await scenario.dan.click(till.card, "It was not paid")
    await till.ends_paid(VISA, method=VISA)
    assert scenario.ovh.count("POST", PAY) == 1


async def test_opening_the_order_asks_first_while_somebody_pays(scenario: Scenario):
    """Paying on OVH's page next to a payment of ours can pay twice; an older card opens nothing."""
    till = await ordered(scenario)
    before = the_button(till.card, "Open order")
    assert "confirm" not in before[1]
    scenario.ovh.payments.settle_after = 8.0
    await till.pays()
    await till.shows(catalogue.card.BEING_PAID)
    await scenario.slack.until(lambda: "confirm" in the_button(till.card, "Open order")[1], 10)
    question = str(the_button(till.card, "Open order")[1]["confirm"])
    assert catalogue.paying.under_way("U0DAN") in question
    await scenario.dan.press(till.card, *before)
    await scenario.sees(scenario.dan, said("card_outdated", cart=1), channel="approvals")
    await scenario.dan.click(till.card, "Open order")
    await scenario.sees(scenario.dan, f"Open order {till.order.id}", channel="approvals")
    await till.ends_paid(VISA, method=VISA)


async def test_the_invoice_is_for_a_payers_eyes_only(scenario: Scenario):
    till = await ordered(scenario)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)
    await scenario.clicks_in_vain(scenario.ben, till.card, "Open invoice", said("not_payer"))
    await scenario.dan.click(till.card, "Open invoice")
    link = await scenario.sees(scenario.dan, "Open invoice FR", channel="approvals")
    assert link.ephemeral
    assert "passwd=" in str(link.blocks)


def _pays_elsewhere(scenario: Scenario, ours: Order) -> None:
    foreign = replace(ours, id=ours.id + 1000, payments=[VISA], tries=[Try(datetime.now(UTC), VISA)], cart="other")
    scenario.ovh.orders.all[foreign.id] = foreign
