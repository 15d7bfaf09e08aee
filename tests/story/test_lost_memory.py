"""A database that went back in time, or an order made elsewhere, never leads to a second order or payment."""

import asyncio
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import Data, EventKind
from ordering.model.recovery import FLOOR
from sandbox.ovh.orders import Order
from sandbox.stage import Stage
from tests.refusing import said
from tests.story.conftest import Story
from tests.story.saying import in_trouble, on_card

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
async def desk(stage: Stage) -> Story:
    """The bot as a process of its own, so that it can be killed."""
    await stage.bot.start()
    return Story(stage)


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


async def approve_again(desk: Story) -> None:
    """The restored bot asks again, in Home; an approver says yes, and the bot does what it then does."""
    await desk.cleo.open_home()
    home = await desk.home_says(desk.cleo, catalogue.card.TO_APPROVE)
    await desk.cleo.click(home, "Approve")
    with suppress(TimeoutError):
        await desk.slack.until(lambda: desk.checkouts() > 1 or None, 8)


async def test_an_order_is_not_made_again_after_a_restore(desk: Story):
    """Backed up before the approval, ordered, restored, approved again: a person is asked."""
    card = await desk.requested()
    backup = back_up(desk.stage)
    await desk.cleo.click(card, "Approve")
    await desk.payable()
    await restore(desk.stage, backup)
    await desk.stage.bot.start()
    await approve_again(desk)
    await desk.card(already_there(desk.orders[0]))
    assert len(desk.orders) == 1, f"ordered twice: {[order.id for order in desk.orders]}"


async def test_an_order_is_not_paid_again_after_a_restore(desk: Story):
    """The first order is paid and still being delivered, as a registry's check takes a day or two."""
    desk.ovh.orders.deliver_after = 86_400.0
    card = await desk.requested()
    backup = back_up(desk.stage)
    await desk.cleo.click(card, "Approve")
    await desk.dan.click(await desk.payable(), "Pay")
    await desk.card(catalogue.card.REGISTERING)
    await restore(desk.stage, backup)
    await desk.stage.bot.start()
    await approve_again(desk)
    await desk.card(already_there(desk.orders[0], status="delivering"))
    assert [len(order.payments) for order in desk.orders] == [1]


async def test_an_order_is_not_made_again_after_a_failover(desk: Story):
    """The intent was lost with an asynchronous replica; OVH lists the order, and shows its lines a minute later."""
    card = await desk.requested()
    held = desk.ovh.faults.add("POST", "/order/cart", "slow", seconds=3)
    await desk.cleo.click(card, "Approve")
    await desk.ovh_hangs()
    backup = back_up(desk.stage)  # approved, nothing of an attempt
    with sqlite3.connect(backup) as copy:
        assert copy.execute("SELECT state, attempt_cart FROM carts").fetchall() == [("approved", None)]
    desk.ovh.orders.late, desk.ovh.orders.details_after = "details", 40.0
    assert held not in desk.ovh.faults.waiting
    await desk.card(catalogue.card.TO_PAY, seconds=30)
    await restore(desk.stage, backup)
    await desk.stage.bot.start()
    await desk.card(in_trouble("foreign_order_unclear", order=desk.orders[0].id), seconds=20)
    with suppress(TimeoutError):
        await desk.slack.until(lambda: desk.checkouts() > 1 or None, 8)
    assert len(desk.orders) == 1, f"ordered twice within seconds: {[order.id for order in desk.orders]}"


async def test_a_failover_while_ovh_lists_the_order_late(desk: Story):
    """OVH does not list the order yet, either: the marker alone tells of the lost attempt."""
    card = await desk.requested()
    backup = back_up(desk.stage)
    await desk.cleo.click(card, "Approve")
    await desk.payable()
    desk.orders[0].shows_after = 600.0
    await restore(desk.stage, backup)
    await desk.stage.bot.start()
    await approve_again(desk)
    await desk.card(catalogue.on_hold.card_head(1))
    desk.ovh.clock.put(FLOOR.total_seconds() + 60)
    printed = await desk.stage.bot.run_command("recover", "--yes", "--all-stopped")
    assert "a try to order names that no request has" in printed
    assert "Recover mode is over" in printed
    card = await desk.card(on_card(EventKind.ATTEMPT_NOT_ON_RECORD), seconds=20)
    await desk.clicks_in_vain(desk.ada, card, "Order anyway", said("not_approver"))
    assert len(desk.orders) == 1


async def test_a_colleague_ordered_the_name(desk: Story):
    """The card names the other order; an approver orders anyway, the requester cannot."""
    theirs = desk.ovh.outsider.order("name.ovh", ago=HOUR)
    card = await desk.requested()
    await desk.cleo.click(card, "Approve")
    card = await desk.card(f"order {theirs.id}", seconds=20)
    assert desk.checkouts() == 0
    await desk.clicks_in_vain(desk.ada, card, "Order anyway", said("not_approver"))
    await desk.cleo.click(card, "Order anyway")
    await desk.payable(seconds=20)
    assert len(desk.ovh.orders.ours()) == 1


async def test_a_second_desk_on_the_account(desk: Story):
    """Its order of the name, with our price, is not adopted, and nothing is ordered beside it."""
    desk.ovh.outsider.cart("Domain Desk other orders 1234")
    theirs = desk.ovh.outsider.order("name.ovh", total="3.59", owner=None)
    card = await desk.requested()
    await desk.cleo.click(card, "Approve")
    await desk.card(already_there(theirs), seconds=20)
    await asyncio.sleep(1)
    assert desk.checkouts() == 0
