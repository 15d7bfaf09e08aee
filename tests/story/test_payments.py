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
from tests.story.conftest import Story
from tests.story.saying import VISA as VISA_NAME
from tests.story.saying import in_thread, on_card

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

    def __init__(self, story: Story, card: Message) -> None:
        self.story, self.card = story, card
        (self.order,) = story.orders

    async def pays(self, method: str | None = None) -> None:
        if method:
            await self.story.dan.select(self.card, "payment_method", method)
        await self.story.dan.click(self.card, "Pay")

    async def shows(self, words: str, *, seconds: float = 30) -> None:
        self.card = await self.story.card(words, seconds=seconds)

    async def ends_paid(self, source: Source, *, method: int | str | None, by: str | None = "U0DAN") -> None:
        """Delivered; the money came from there, once; the record tells the same order, payer, way and invoice."""
        await self.shows(catalogue.card.DELIVERED)
        await self.shows("Open invoice")
        assert self.order.payments == [source]
        record = await self.record()
        assert (record["state"], record["paid_by"], record["payment_method"]) == ("delivered", by, method)
        assert [record["invoice"]] == [bill.id for bill in self.story.ovh.bills.all() if bill.order is self.order]

    async def ends_unpaid(self) -> None:
        await self.shows(catalogue.card.NOT_BOUGHT)
        assert self.order.payments == []
        record = await self.record()
        assert (record["state"], record["paid_by"], record["invoice"]) == ("cancelled", None, None)

    async def record(self):
        """The record of the one cart, which has the one order that there is."""
        (told,) = json.loads(await self.story.stage.bot.run_command("export"))
        assert told["sales_order"] == self.order.id
        assert self.story.checkouts() == 1
        assert "The record is whole" in await self.story.stage.bot.run_command("verify")
        return told

    async def refused_call(self):
        """The event of the call that OVH refused; a floor may be over by the time that the export took."""
        (told,) = json.loads(await self.story.stage.bot.run_command("export"))
        (refused,) = [event for event in told["history"] if event["kind"] == K.PAYMENT_CALL_REFUSED]
        return refused

    async def newest(self):
        """The newest event of the one cart, as it is exported."""
        (told,) = json.loads(await self.story.stage.bot.run_command("export"))
        return told["history"][-1]

    def unknown(self, evidence: Data) -> str:
        """What the card says while nobody knows whether the suggested card paid."""
        return on_card(K.PAYMENT_UNKNOWN, order=self.order.id, method_name=VISA_NAME, evidence=evidence)

    async def offers(self, *labels: str) -> None:
        """The card's select has these ways to pay, in this order."""
        await self.story.slack.until(lambda: self._offered() == [*labels], 10)

    async def tells(self, line: str) -> None:
        """The card's thread has this line, once."""
        await self.story.slack.until(lambda: line in self.thread(), 10)
        assert self.thread().count(line) == 1

    def _offered(self) -> list[str]:
        elements = [e for block in self.card.blocks for e in block.get("elements", []) if e["type"] == "static_select"]
        return [option["text"]["text"] for element in elements for option in element["options"]]

    def thread(self) -> list[str]:
        return [message.text for message in self.story.slack.thread(self.card)]


def the_button(card: Message, label: str):
    """A button as it is drawn now, with the id of its block."""
    return next((b, e) for b, e in elements(card.blocks) if (e.get("text") or {}).get("text") == label)


def labels(card: Message) -> list[str]:
    """The words on a card's buttons."""
    texts = [(element.get("text") or {}).get("text") for _, element in elements(card.blocks)]
    return [text for text in texts if text]


async def ordered(story: Story) -> Till:
    return Till(story, await story.ordered())


async def test_a_refused_card_tells_why_and_another_pays_the_same_order(story: Story):
    story.ovh.refuse_card(VISA, "The card is blocked.")
    till = await ordered(story)
    await till.pays()
    refused: Data = {"method_name": VISA_NAME, "ovh": {"said": "The card is blocked"}}
    await till.shows(on_card(K.PAYMENT_REFUSED, **refused))
    await till.offers("VISA 4970 XXXX XXXX 1234 (refused)", "SEPA DIRECT DEBIT FR76 XXXX XXXX 4321")
    await till.tells(f"<@U0DAN>: {in_thread(K.PAYMENT_REFUSED, **refused)}")
    await till.pays()  # another one is selected already
    await till.ends_paid(SEPA, method=SEPA)


async def test_a_click_on_pay_that_slack_delivers_again_after_a_refusal_pays_nothing(story: Story):
    """To another process, say, or after a restart: neither knows that it had this click."""
    story.ovh.refuse_card(VISA, "The card is blocked.")
    till = await ordered(story)
    click = the_button(till.card, "Pay")
    await story.dan.press(till.card, *click)
    await till.shows(on_card(K.PAYMENT_REFUSED, method_name=VISA_NAME, ovh={"said": "The card is blocked"}))
    await story.dan.press(till.card, *click)
    await story.sees(story.dan, catalogue.failures.done_already(1), channel="approvals")
    assert (till.order.payments, story.ovh.count("POST", PAY)) == ([], 1)
    await till.pays()
    await till.ends_paid(SEPA, method=SEPA)


async def test_a_card_from_before_an_upgrade_is_rendered_again_at_the_first_click(story: Story):
    till = await ordered(story)
    _, old = the_button(till.card, "Pay")
    old["value"] = "1 €3.59"
    await story.clicks_in_vain(story.dan, till.card, "Pay", said("card_outdated", cart=1))
    await story.slack.until(lambda: the_button(till.card, "Pay")[1]["value"] != "1 €3.59", 10)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


async def test_the_prepaid_account_pays(story: Story):
    story.ovh.payments.prepaid = Decimal(20)
    till = await ordered(story)
    await till.pays("ovhAccount")
    await till.ends_paid("ovhAccount", method="ovhAccount")
    assert story.ovh.payments.prepaid == Decimal(20) - till.order.total


async def test_loyalty_points_pay(story: Story):
    story.ovh.payments.points = 1000
    till = await ordered(story)
    await till.pays("fidelityAccount")
    await till.ends_paid("fidelityAccount", method="fidelityAccount")


async def test_too_little_credit_is_told_and_a_card_pays(story: Story):
    story.ovh.payments.prepaid = Decimal(1)
    till = await ordered(story)
    await till.pays("ovhAccount")
    await till.shows("it can be paid again here.")
    offered, read = labels(till.card), till.card.plain_text()  # as the card is before the floor is over
    assert "Pay" not in offered
    refused = await till.refused_call()
    assert "The balance of your OVH account is insufficient" in refused["data"]["ovh"]["said"]
    assert on_card(K.PAYMENT_CALL_REFUSED, **refused["data"]) in read
    await till.shows(on_card(K.PAYMENT_NOT_SEEN, method_name="Prepaid OVH account", ovh={"failed": False}))
    assert "Prepaid OVH account (refused)" in str(till.card.blocks)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)
    assert story.ovh.payments.prepaid == Decimal(1)


async def test_an_order_over_nothing_is_completed_without_a_choice(story: Story):
    story.ovh.names.rise("name.ovh", "-2.99")
    till = await ordered(story)
    assert "This order costs nothing." in till.card.plain_text()
    assert "payment_method" not in str(till.card.blocks)
    await till.pays()
    await till.ends_paid("fidelityAccount", method="fidelityAccount")


async def test_without_any_method_the_page_pays_and_the_desk_sees_it(story: Story):
    story.ovh.payments.methods.clear()
    till = await ordered(story)
    await till.shows(catalogue.paying.NO_METHOD)
    story.ovh.pay_on_the_page(till.order.id)
    await till.ends_paid("page", method=None, by=None)
    await till.tells(in_thread(K.PAYMENT_RECEIVED, seen="paid_at_ovh"))


async def test_a_click_on_pay_after_the_page_was_paid_pays_nothing(story: Story):
    till = await ordered(story)
    story.ovh.faults.add("GET", "/me/order/*/status", "slow", seconds=1.5)  # the desk has not seen it yet
    story.ovh.pay_on_the_page(till.order.id)
    await till.pays()
    await till.ends_paid("page", method=None, by=None)
    assert story.ovh.count("POST", PAY) == 0


async def test_a_click_on_pay_while_somebody_pays_on_the_page_sends_nothing(story: Story):
    till = await ordered(story)
    story.ovh.payments.settle_after = 10.0
    till.order.pending.append(Try(datetime.now(UTC), VISA))
    await till.pays()
    begun = {"seen": "payment_begun", "order": till.order.id}
    await till.shows(on_card(K.PAYMENT_NOT_SENT, order=till.order.id, reason="payment_open", evidence=begun))
    await till.ends_paid(VISA, method=None, by=None)
    assert story.ovh.count("POST", PAY) == 0


async def test_an_unpaid_order_reminds_the_payers_once_and_ends_when_ovh_cancels_it(story: Story, monkeypatch):
    monkeypatch.setattr("sandbox.ovh.orders.TWO_WEEKS", 18)
    till = await ordered(story)
    reminder = catalogue.card.reminder(
        {"U0DAN"}, SalesOrder(till.order.id, euros("3.59"), euros("0.60")), NOW
    ).partition("<!date")[0]
    await story.slack.until(lambda: [line for line in till.thread() if line.startswith(reminder)], 14)
    await till.ends_unpaid()
    reminders = [line for line in till.thread() if line.startswith(reminder)]
    assert len(reminders) == 1


@pytest.mark.parametrize("kind", ["lost_after", "hang"])
async def test_a_lost_answer_of_a_payment_that_went_through_is_found(story: Story, kind):
    till = await ordered(story)
    story.ovh.faults.add("POST", PAY, kind)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


@pytest.mark.parametrize("lost", [False, True])
async def test_a_bank_that_takes_its_time_is_waited_for(story: Story, *, lost: bool):
    """Longer than the settling time, and a second payment would be taken meanwhile."""
    story.ovh.payments.settle_after = 8.0
    till = await ordered(story)
    if lost:
        story.ovh.faults.add("POST", PAY, "lost_after")
    await till.pays()
    await till.ends_paid(VISA, method=VISA)
    assert story.ovh.count("POST", PAY) == 1


async def test_a_lost_answer_of_a_payment_that_did_not_go_through_is_told_and_paid_again(story: Story):
    till = await ordered(story)
    story.ovh.faults.add("POST", PAY, "lost_before")
    await till.pays()
    await till.shows(till.unknown({"seen": "no_payment"}))
    await story.clicks_in_vain(story.ben, till.card, "It was not paid", said("not_approver_or_payer"))
    await story.dan.click(till.card, "It was not paid")
    await till.tells(f"<@U0DAN>: {in_thread(K.DECLARED_NOT_PAID)}")
    await till.shows("says that no money was taken.")
    assert "Pay" not in labels(till.card)
    await till.shows(on_card(K.PAYMENT_NOT_SEEN, method_name=VISA_NAME, ovh={"failed": False}))
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


async def undecided(story: Story) -> Till:
    """A payment whose answer got lost, while the same card paid as much for an order that is not the desk's."""
    till = await ordered(story)
    story.ovh.faults.add("POST", PAY, "lost_before")
    await till.pays()
    await story.ovh_hangs()
    _pays_elsewhere(story, till.order)
    await till.shows("It was not paid")
    asked = await till.newest()
    assert (asked["kind"], asked["data"]["evidence"]["seen"]) == (K.PAYMENT_UNKNOWN, "transaction_booked")
    assert till.unknown(asked["data"]["evidence"]) in till.card.plain_text()
    return till


async def test_money_that_nobody_explains_makes_a_payer_wait_for_a_day(story: Story):
    """The other order's transaction may be this one's. A floor of a day is twice that of a lost answer here."""
    till = await undecided(story)
    sent_at = datetime.now(UTC)
    await story.dan.click(till.card, "It was not paid")
    await till.shows(catalogue.paying.KEEPS_OPEN)
    assert datetime.now(UTC) - sent_at > timedelta(seconds=6)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)


async def test_a_payment_that_somebody_saw_is_followed_until_ovh_shows_it(story: Story):
    """Only OVH makes it paid: no name counts as bought by a word."""
    till = await undecided(story)
    await story.dan.click(till.card, "It was paid")
    await till.shows("says that the money was taken. I keep looking at OVH.")
    await till.tells(f"<@U0DAN>: {in_thread(K.DECLARED_PAID)}")
    till.order.paid_at, till.order.payments = datetime.now(UTC), [VISA]  # OVH shows late what the person saw
    await till.ends_paid(VISA, method=VISA)
    assert story.ovh.count("POST", PAY) == 1


async def test_an_undecided_payment_that_shows_late_needs_nobody(story: Story):
    till = await undecided(story)
    till.order.paid_at, till.order.payments = datetime.now(UTC), [VISA]
    await till.ends_paid(VISA, method=VISA)
    await till.tells(in_thread(K.PAYMENT_RECEIVED, seen="after_question"))


async def test_money_that_may_have_paid_the_order_is_asked_about_before_paying(story: Story):
    """Somebody else's transaction of the same amount is a question with two answers, and nothing is sent before."""
    till = await ordered(story)
    story.ovh.outsider.transaction("3.59", VISA)
    await till.pays()
    await till.shows("It was not paid")
    asked = await till.newest()
    assert (asked["kind"], asked["data"]["evidence"]["seen"]) == (K.PAYMENT_QUESTIONED, "transaction_unexplained")
    assert on_card(K.PAYMENT_QUESTIONED, **asked["data"]) in till.card.plain_text()
    assert story.ovh.count("POST", PAY) == 0
    await story.clicks_in_vain(story.cleo, till.card, "It was not paid", said("not_payer"))
    await story.dan.click(till.card, "It was not paid")
    await till.ends_paid(VISA, method=VISA)
    assert story.ovh.count("POST", PAY) == 1


async def test_opening_the_order_asks_first_while_somebody_pays(story: Story):
    """Paying on OVH's page beside a payment of ours can pay twice; an older card opens nothing."""
    till = await ordered(story)
    before = the_button(till.card, "Open order")
    assert "confirm" not in before[1]
    story.ovh.payments.settle_after = 8.0
    await till.pays()
    await till.shows(catalogue.card.BEING_PAID)
    await story.slack.until(lambda: "confirm" in the_button(till.card, "Open order")[1], 10)
    question = str(the_button(till.card, "Open order")[1]["confirm"])
    assert catalogue.paying.under_way("U0DAN") in question
    await story.dan.press(till.card, *before)
    await story.sees(story.dan, said("card_outdated", cart=1), channel="approvals")
    await story.dan.click(till.card, "Open order")
    await story.sees(story.dan, f"Open order {till.order.id}", channel="approvals")
    await till.ends_paid(VISA, method=VISA)


async def test_the_invoice_is_for_a_payers_eyes_only(story: Story):
    till = await ordered(story)
    await till.pays()
    await till.ends_paid(VISA, method=VISA)
    await story.clicks_in_vain(story.ben, till.card, "Open invoice", said("not_payer"))
    await story.dan.click(till.card, "Open invoice")
    link = await story.sees(story.dan, "Open invoice FR", channel="approvals")
    assert link.ephemeral
    assert "passwd=" in str(link.blocks)


def _pays_elsewhere(story: Story, ours: Order) -> None:
    foreign = replace(ours, id=ours.id + 1000, payments=[VISA], tries=[Try(datetime.now(UTC), VISA)], cart="other")
    story.ovh.orders.all[foreign.id] = foreign
