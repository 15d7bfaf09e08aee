"""A click that was acknowledged to Slack is on record: whatever happens to the process, it is decided once."""

import asyncio
import json
import sqlite3
from contextlib import closing

import psycopg
import pytest

from handlers.messages import words as catalogue
from ordering.model.facts import EventKind
from sandbox.slack import NotAcknowledged
from sandbox.stage import Stage
from tests.scenarios.conftest import Scenario
from tests.scenarios.saying import on_card


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "sqlite":
        return {}
    return {"DATABASE_URL": str(request.getfixturevalue("postgres_url"))}


@pytest.fixture
async def started(stage: Stage) -> Scenario:
    await stage.bot.start()
    return Scenario(stage)


async def states(scenario: Scenario) -> list[str]:
    """The states that the record tells of the first cart, in order."""
    record = json.loads(await scenario.stage.bot.run_command("export"))
    return [entry["state"] for entry in record[0]["history"]]


def hang_the_database(scenario: Scenario):
    """Have another program lock the inbox until it gets the signal to end."""
    url = scenario.stage.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        busy = sqlite3.connect(scenario.stage.folder / "desk.db", isolation_level=None)
        busy.execute("BEGIN IMMEDIATE")
        return busy
    locked = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
    locked.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
    return locked


class TestAKill:
    """`kill -9` between the acknowledgement and the decision."""

    async def test_an_approval_is_decided_by_the_next_process(self, started: Scenario):
        """Slack hangs while the approver is read: the click is acknowledged, and its process dies."""
        scenario = started
        card = await scenario.requested()
        await asyncio.sleep(0.2)
        await scenario.stage.bot.kill()
        await scenario.stage.bot.start()  # the request has read who approves, and a new process knows nobody
        scenario.slack.faults.add("users.info", "hang", seconds=30)
        await scenario.cleo.click(card, "Approve")  # acknowledged: else this raises
        await scenario.slack_hangs()
        await scenario.stage.bot.kill()
        assert "approved" not in await states(scenario)
        scenario.slack.faults.clear()
        await scenario.stage.bot.start()
        await scenario.payable(seconds=30)
        assert (await states(scenario)).count("approved") == 1
        assert scenario.checkouts() == 1

    async def test_a_rejection_keeps_its_reason_until_then(self, started: Scenario):
        """What was typed in the form is in the row, and gone once it is decided."""
        scenario = started
        card = await scenario.requested()
        await scenario.cleo.click(card, "Reject")
        await scenario.slack.until(lambda: scenario.cleo.modal)
        await asyncio.sleep(0.2)
        await scenario.stage.bot.kill()
        await scenario.stage.bot.start()
        scenario.slack.faults.add("users.info", "hang", seconds=30)
        assert await scenario.cleo.submit(reason="Too many names already") == {}
        await scenario.slack_hangs()
        await scenario.stage.bot.kill()
        scenario.slack.faults.clear()
        await scenario.stage.bot.start()
        await scenario.card("Too many names already", seconds=30)
        assert (await states(scenario))[-1] == "rejected"


async def test_a_database_that_hangs_gets_no_answer(started: Scenario):
    """Slack is not answered where the click could not be written; the next click counts."""
    scenario = started
    card = await scenario.requested()
    busy = hang_the_database(scenario)
    with pytest.raises(NotAcknowledged):
        await scenario.cleo.click(card, "Approve")
    busy.rollback()
    busy.close()
    assert not [m for m in scenario.cleo.messages("approvals") if m.only_for]  # nor told anything else
    assert "approved" not in await states(scenario)
    await scenario.cleo.click(card, "Approve")
    await scenario.payable()
    assert (await states(scenario)).count("approved") == 1


async def test_what_was_acknowledged_is_on_record(started: Scenario):
    """A writer holds the database for a moment, and the process dies right after the acknowledgement."""
    scenario = started
    card = await scenario.requested()
    busy = hang_the_database(scenario)
    acknowledged = True
    try:
        await scenario.cleo.click(card, "Approve")
    except NotAcknowledged:
        acknowledged = False
    await scenario.stage.bot.kill()
    busy.rollback()
    busy.close()
    await scenario.stage.bot.start()
    if acknowledged:
        await scenario.payable(seconds=30)
    else:
        await asyncio.sleep(6)
        assert (await states(scenario))[-1] == "submitted"


class TestARedelivery:
    @pytest.fixture
    def settings(self, postgres_url: str) -> dict[str, str]:
        return {"DATABASE_URL": postgres_url}

    @pytest.fixture
    def mode(self) -> str:
        return "http"

    async def test_to_another_process_decides_once(self, stage: Stage):
        """Every click comes twice, to two processes in turn: one approval, one order, one payment."""
        await asyncio.gather(stage.bot.start(), stage.another_bot().start())
        scenario = Scenario(stage)
        card = await scenario.requested()
        scenario.slack.delivery.twice = True
        await scenario.cleo.click(card, "Approve")
        card = await scenario.payable()
        await scenario.dan.click(card, "Pay")
        await scenario.card(catalogue.card.DELIVERED, seconds=40)
        assert (await states(scenario)).count("approved") == 1
        assert [order.payments for order in scenario.orders] == [[8120045]]


class TestStop:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {}

    async def test_an_approved_cart_is_stopped_while_ovh_hangs(self, scenario: Scenario):
        """While OVH is away an approver stops what was approved: nothing is ordered when it is back."""
        card = await scenario.requested()
        scenario.ovh.faults.add("POST", "/order/cart", "slow", times=99, seconds=3)
        await scenario.cleo.click(card, "Approve")
        card = await scenario.card(catalogue.card.ORDERING)
        await scenario.dan.click(card, "Stop")
        await scenario.card(catalogue.card.not_bought(on_card(EventKind.ORDER_STOPPED)), seconds=20)
        scenario.ovh.faults.clear()
        await asyncio.sleep(4)
        assert scenario.orders == []

    async def test_a_lapsed_click_is_told_to_its_person(self, started: Scenario):
        """A click on Pay that no process carried out for 15 minutes is reported, and pays nothing."""
        scenario = started
        card = await scenario.ordered()
        await asyncio.sleep(0.2)
        await scenario.stage.bot.kill()
        await scenario.stage.bot.start()
        scenario.slack.faults.add("users.info", "hang", seconds=30)
        await scenario.dan.click(card, "Pay")
        await scenario.slack_hangs()
        await scenario.stage.bot.kill()
        with closing(sqlite3.connect(scenario.stage.folder / "desk.db")) as database, database:
            database.execute("UPDATE inbox SET at = datetime(at, '-16 minutes'), next_at = at WHERE kind = 'pay'")
        scenario.slack.faults.clear()
        await scenario.stage.bot.start()
        told = scenario.slack.state.messages[card.channel]
        await scenario.slack.until(lambda: [m for m in told if m.text == catalogue.failures.lapsed(1)], 30)
        assert [order.payments for order in scenario.orders] == [[]]
