"""A user who is asked what became of an order or a payment says what OVH shows, or for once what it does not."""

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.messages import words
from prove.oracle import IT_IS, NOT_PAID, NOTHING, PAID, Oracle
from sandbox.ovh.orders import Order, Try
from sandbox.slack import Message, NoSuchButton
from sandbox.stage import Stage
from tests.prove.test_prove import an_order


class Somebody:
    """Remembers what it did with a card whose buttons are all there, but those that are named as missing."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.missing: set[str] = set()
        self.modal = None

    def close_modal(self) -> None:
        self.modal = None

    async def click(self, _card: Message, button: str) -> None:
        if button in self.missing:
            raise NoSuchButton(button)
        self.did.append(button)
        self.modal = SimpleNamespace() if button == IT_IS else None  # type: ignore[assignment] # a stand-in for a form

    async def submit(self, *, order: str) -> None:
        self.did.append(order)


@pytest.fixture
def stage(tmp_path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def order(stage) -> Order:
    made = an_order(1)
    made.payments = []
    stage.ovh.orders.all[1] = made
    return made


def a_card(*buttons: str, cart: int = 7) -> Message:
    names = {7: "name.ovh", 8: "other.ovh"}
    elements = [{"type": "button", "text": {"type": "plain_text", "text": button}} for button in buttons]
    told = {
        "type": "section",
        "text": {"type": "mrkdwn", "text": f"{words.card.head(cart, words.card.NEEDS_ATTENTION)}: {names[cart]}"},
    }
    return Message("1.1", "C0APPROVALS", "", [told, {"type": "actions", "elements": elements}])


OF_ORDER, OF_PAYMENT = a_card(IT_IS, NOTHING), a_card(PAID, NOT_PAID)


def an_oracle(stage: Stage, *, untrue: float = 0.0, seed: int = 1) -> tuple[Oracle, Any]:
    who: Any = Somebody()
    return Oracle(stage, who, Random(seed), untrue=untrue), who


async def test_the_order_that_ovh_has_for_the_cart_is_named(stage, order):
    oracle, who = an_oracle(stage)
    await oracle.answers(OF_ORDER)
    assert who.did == [IT_IS, "1"]
    await oracle.answers(a_card(IT_IS, NOTHING, cart=8))
    assert who.did[2:] == [NOTHING]
    assert (oracle.answers_given, oracle.answered_untruly) == (2, 0)


@pytest.mark.parametrize(("taken", "said"), [(True, PAID), (False, NOT_PAID)])
async def test_of_a_payment_is_said_whether_ovh_took_it(stage, order, taken, said):
    order.payments = [1] * taken
    oracle, who = an_oracle(stage)
    await oracle.answers(OF_PAYMENT)
    assert who.did == [said]


async def test_an_honest_answer_waits_for_the_bank(stage, order):
    """A user who is honest waits for the bank and a user who is not does not."""
    order.pending.append(Try(order.made_at, 1))
    oracle, who = an_oracle(stage)
    await oracle.answers(OF_PAYMENT)
    assert (who.did, oracle.answers_given) == ([], 0)
    said = set()
    for seed in range(20):
        liar, who = an_oracle(stage, untrue=1.0, seed=seed)
        await liar.answers(OF_PAYMENT)
        said.update(who.did)
        assert liar.answered_untruly == 1
    assert said == {PAID, NOT_PAID}


async def test_what_is_not_so_is_said_once(stage, order):
    order.payments = [1]
    oracle, who = an_oracle(stage, untrue=1.0)
    await oracle.answers(OF_PAYMENT)
    await oracle.answers(OF_PAYMENT)
    assert who.did == [NOT_PAID, PAID]
    said = set()
    for seed in range(20):
        liar, who = an_oracle(stage, untrue=1.0, seed=seed)
        await liar.answers(OF_ORDER)
        said.add(who.did[-1])
    assert said == {NOTHING, "256900001"}


async def test_what_no_button_took_was_not_said(stage, order):
    oracle, who = an_oracle(stage, untrue=1.0)
    who.missing = {NOTHING, IT_IS}
    await oracle.answers(OF_ORDER)
    assert (oracle.answers_given, oracle.answered_untruly) == (0, 0)


def test_only_a_card_that_asks_is_answered(stage):
    oracle, _ = an_oracle(stage)
    asks = [oracle.is_asked(card.plain_text()) for card in (OF_ORDER, OF_PAYMENT, a_card("Try again"))]
    assert asks == [True, True, False]
