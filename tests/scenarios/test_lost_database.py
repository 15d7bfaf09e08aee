"""A database that went back in time, or an order made elsewhere, never leads to a second order or payment."""

import asyncio
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import Data, EventKind
from ordering.model.recovery import FLOOR, Marker
from sandbox.ovh.orders import Order
from sandbox.stage import Stage
from tests.refusing import said
from tests.saying import HOLE, before_hole
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import in_trouble, on_card

HOUR = 3600


def already_there(order: Order, status: str = "notPaid") -> str:
    """What the card says of an order for the same names that no request has."""
    total = {"amount": str(order.total), "currency": order.currency}
    shown: Data = {"status": status, "names": order.domains, "total": total, "made_at": order.made_at.isoformat()}
    return on_card(EventKind.FOREIGN_ORDER_FOUND, order=order.id, is_clear=True, ovh=shown)


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture
def settings() -> dict[str, str]:
    return {"DESK_SETTLE_SECONDS": "3"}


@pytest.fixture
async def scenario(stage: Stage) -> Scenario:
    """The bot as a process of its own, so that it can be killed."""
    await stage.bot.start()
    return Scenario(stage)


def back_up(stage: Stage) -> Path:
    """Copy the database as an operator does: by SQLite's own backup, while the bot runs."""
    copy = stage.folder / "backup.db"
    with sqlite3.connect(stage.folder / "desk.db") as live, sqlite3.connect(copy) as to:
        live.backup(to)
    return copy


async def restore(stage: Stage, backup: Path) -> None:
    await stage.bot.kill()
    for old in stage.folder.glob("desk.db*"):
        old.unlink()
    shutil.copy(backup, stage.folder / "desk.db")


async def approve_again(scenario: Scenario) -> None:
    """The restored bot asks again, in Home; an approver says yes, and the bot does what it then does."""
    await scenario.cleo.open_home()
    home = await scenario.home_says(scenario.cleo, catalogue.card.TO_APPROVE)
    await scenario.cleo.click(home, "Approve")
    with suppress(TimeoutError):
        await scenario.slack.until(lambda: scenario.checkouts() > 1 or None, 8)


async def test_an_order_is_not_made_again_after_a_restore(scenario: Scenario):
    """Backed up before the approval, ordered, restored, approved again: a person is asked."""
    card = await scenario.requested()
    backup = back_up(scenario.stage)
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    await restore(scenario.stage, backup)
    await scenario.stage.bot.start()
    await approve_again(scenario)
    await scenario.card(already_there(scenario.orders[0]))
    assert len(scenario.orders) == 1, f"ordered twice: {[order.id for order in scenario.orders]}"


async def test_an_order_is_not_paid_again_after_a_restore(scenario: Scenario):
    """The first order is paid and still being delivered, as a registry's check takes a day or two."""
    scenario.ovh.orders.deliver_after = 86_400.0
    card = await scenario.requested()
    backup = back_up(scenario.stage)
    await scenario.cleo.click(card, "Approve")
    await scenario.dan.click(await scenario.payable(), "Pay")
    await scenario.card(catalogue.card.REGISTERING)
    await restore(scenario.stage, backup)
    await scenario.stage.bot.start()
    await approve_again(scenario)
    await scenario.card(already_there(scenario.orders[0], status="delivering"))
    assert [len(order.payments) for order in scenario.orders] == [1]


async def test_an_order_is_not_made_again_after_a_failover(scenario: Scenario):
    """The intent was lost with an asynchronous replica; OVH lists the order, and shows its lines a minute later."""
    card = await scenario.requested()
    held = scenario.ovh.faults.add("POST", "/order/cart", "slow", seconds=3)
    await scenario.cleo.click(card, "Approve")
    await scenario.ovh_hangs()
    backup = back_up(scenario.stage)  # approved, nothing of an attempt
    with sqlite3.connect(backup) as copy:
        assert copy.execute("SELECT state, attempt_cart FROM carts").fetchall() == [("approved", None)]
    scenario.ovh.orders.late, scenario.ovh.orders.details_after = "details", 40.0
    assert held not in scenario.ovh.faults.waiting
    await scenario.card(catalogue.card.TO_PAY, seconds=30)
    await restore(scenario.stage, backup)
    await scenario.stage.bot.start()
    await scenario.card(in_trouble("foreign_order_unclear", order=scenario.orders[0].id), seconds=20)
    with suppress(TimeoutError):
        await scenario.slack.until(lambda: scenario.checkouts() > 1 or None, 8)
    assert len(scenario.orders) == 1, f"ordered twice within seconds: {[order.id for order in scenario.orders]}"


async def test_a_failover_while_ovh_lists_the_order_late(scenario: Scenario):
    """OVH does not list the order yet, either: the marker alone tells of the lost attempt."""
    card = await scenario.requested()
    backup = back_up(scenario.stage)
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    scenario.orders[0].shows_after = 600.0
    await restore(scenario.stage, backup)
    await scenario.stage.bot.start()
    await approve_again(scenario)
    await scenario.card(catalogue.on_hold.card_head(1))
    scenario.ovh.clock.put(FLOOR.total_seconds() + 60)
    printed = await scenario.stage.bot.run_command("recover", "--yes", "--all-stopped")
    assert before_hole(catalogue.on_hold.marker(Marker(about="orders names", id=HOLE))) in printed
    assert "Recover mode is over" in printed
    card = await scenario.card(on_card(EventKind.ATTEMPT_NOT_ON_RECORD), seconds=20)
    await scenario.clicks_in_vain(scenario.ada, card, "Order anyway", said("not_approver"))
    assert len(scenario.orders) == 1


async def test_a_colleague_ordered_the_name(scenario: Scenario):
    """The card names the other order; an approver orders anyway, the requester cannot."""
    theirs = scenario.ovh.outsider.order("name.ovh", ago=HOUR)
    card = await scenario.requested()
    await scenario.cleo.click(card, "Approve")
    card = await scenario.card(f"order {theirs.id}", seconds=20)
    assert scenario.checkouts() == 0
    await scenario.clicks_in_vain(scenario.ada, card, "Order anyway", said("not_approver"))
    await scenario.cleo.click(card, "Order anyway")
    await scenario.payable(seconds=20)
    assert len(scenario.ovh.orders.ours()) == 1


async def test_a_second_desk_on_the_account(scenario: Scenario):
    """Its order of the name, with our price, is not adopted, and nothing is ordered next to it."""
    scenario.ovh.outsider.cart("Domain Desk other orders 1234")
    theirs = scenario.ovh.outsider.order("name.ovh", total="3.59", owner=None)
    card = await scenario.requested()
    await scenario.cleo.click(card, "Approve")
    await scenario.card(already_there(theirs), seconds=20)
    await asyncio.sleep(1)
    assert scenario.checkouts() == 0
