"""A click that Slack was told is taken is on record: whatever happens to the process, it is decided once."""

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
from tests.story.conftest import Story
from tests.story.saying import on_card


@pytest.fixture
def mode() -> str:
    return "socket"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "sqlite":
        return {}
    return {"DATABASE_URL": str(request.getfixturevalue("postgres_url"))}


@pytest.fixture
async def started(stage: Stage) -> Story:
    await stage.bot.start()
    return Story(stage)


async def states(story: Story) -> list[str]:
    """The states that the record tells of the first cart, in order."""
    record = json.loads(await story.stage.bot.run_command("export"))
    return [entry["state"] for entry in record[0]["history"]]


def hang_the_database(story: Story):
    """Have another program lock the inbox until it is told to end."""
    url = story.stage.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        busy = sqlite3.connect(story.stage.folder / "desk.db", isolation_level=None)
        busy.execute("BEGIN IMMEDIATE")
        return busy
    locked = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))
    locked.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
    return locked


class TestAKill:
    """`kill -9` between the acknowledgement and the decision."""

    async def test_an_approval_is_decided_by_the_next_process(self, started: Story):
        """Slack hangs while the approver is read: the click is acknowledged, and its process dies."""
        story = started
        card = await story.requested()
        await asyncio.sleep(0.2)
        await story.stage.bot.kill()
        await story.stage.bot.start()  # the request has read who approves, and a new process knows nobody
        story.slack.faults.add("users.info", "hang", seconds=30)
        await story.cleo.click(card, "Approve")  # acknowledged: else this raises
        await story.slack_hangs()
        await story.stage.bot.kill()
        assert "approved" not in await states(story)
        story.slack.faults.clear()
        await story.stage.bot.start()
        await story.payable(seconds=30)
        assert (await states(story)).count("approved") == 1
        assert story.checkouts() == 1

    async def test_a_rejection_keeps_its_reason_until_then(self, started: Story):
        """What was typed in the form is in the row, and gone once it is decided."""
        story = started
        card = await story.requested()
        await story.cleo.click(card, "Reject")
        await story.slack.until(lambda: story.cleo.modal)
        await asyncio.sleep(0.2)
        await story.stage.bot.kill()
        await story.stage.bot.start()
        story.slack.faults.add("users.info", "hang", seconds=30)
        assert await story.cleo.submit(reason="Too many names already") == {}
        await story.slack_hangs()
        await story.stage.bot.kill()
        story.slack.faults.clear()
        await story.stage.bot.start()
        await story.card("Too many names already", seconds=30)
        assert (await states(story))[-1] == "rejected"


async def test_a_database_that_hangs_gets_no_answer(started: Story):
    """Slack is not answered where the click could not be written; the next click counts."""
    story = started
    card = await story.requested()
    busy = hang_the_database(story)
    with pytest.raises(NotAcknowledged):
        await story.cleo.click(card, "Approve")
    busy.rollback()
    busy.close()
    assert not [m for m in story.cleo.messages("approvals") if m.only_for]  # nor told anything else
    assert "approved" not in await states(story)
    await story.cleo.click(card, "Approve")
    await story.payable()
    assert (await states(story)).count("approved") == 1


async def test_what_was_acknowledged_is_on_record(started: Story):
    """A writer holds the database for a moment, and the process dies right after the acknowledgement."""
    story = started
    card = await story.requested()
    busy = hang_the_database(story)
    acknowledged = True
    try:
        await story.cleo.click(card, "Approve")
    except NotAcknowledged:
        acknowledged = False
    await story.stage.bot.kill()
    busy.rollback()
    busy.close()
    await story.stage.bot.start()
    if acknowledged:
        await story.payable(seconds=30)
    else:
        await asyncio.sleep(6)
        assert (await states(story))[-1] == "submitted"


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
        story = Story(stage)
        card = await story.requested()
        story.slack.delivery.twice = True
        await story.cleo.click(card, "Approve")
        card = await story.payable()
        await story.dan.click(card, "Pay")
        await story.card(catalogue.card.DELIVERED, seconds=40)
        assert (await states(story)).count("approved") == 1
        assert [order.payments for order in story.orders] == [[8120045]]


class TestStop:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {}

    async def test_an_approved_cart_is_stopped_while_ovh_hangs(self, story: Story):
        """While OVH is away an approver stops what was approved: nothing is ordered when it is back."""
        card = await story.requested()
        story.ovh.faults.add("POST", "/order/cart", "slow", times=99, seconds=3)
        await story.cleo.click(card, "Approve")
        card = await story.card("I'm ordering it at OVH")
        await story.dan.click(card, "Stop")
        await story.card(catalogue.card.not_bought(on_card(EventKind.ORDER_STOPPED)), seconds=20)
        story.ovh.faults.clear()
        await asyncio.sleep(4)
        assert story.orders == []

    async def test_a_lapsed_click_is_told_to_its_person(self, started: Story):
        """A click on Pay that no process carried out for 15 minutes is told, and pays nothing."""
        story = started
        card = await story.ordered()
        await asyncio.sleep(0.2)
        await story.stage.bot.kill()
        await story.stage.bot.start()
        story.slack.faults.add("users.info", "hang", seconds=30)
        await story.dan.click(card, "Pay")
        await story.slack_hangs()
        await story.stage.bot.kill()
        with closing(sqlite3.connect(story.stage.folder / "desk.db")) as database, database:
            database.execute("UPDATE inbox SET at = datetime(at, '-16 minutes'), next_at = at WHERE kind = 'pay'")
        story.slack.faults.clear()
        await story.stage.bot.start()
        told = story.slack.state.messages[card.channel]
        await story.slack.until(lambda: [m for m in told if m.text == catalogue.failures.lapsed(1)], 30)
        assert [order.payments for order in story.orders] == [[]]
