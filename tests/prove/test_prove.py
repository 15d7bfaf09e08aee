"""The campaign runs, and its laws can be broken."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from prove.laws import broken_laws
from sandbox.ovh.orders import Order
from sandbox.stage import Stage
from store.engine import open_engines
from store.migrate import migrate

_ROOT = Path(__file__).parents[2]


def test_a_run_with_deaths_and_faults_keeps_every_law():
    command = [sys.executable, "-W", "ignore", "-m", "prove", "--replay", "1006"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "| runs | 1 |" in done.stdout


def test_walks_at_random_end_with_every_law_held():
    command = [sys.executable, "-W", "ignore", "-m", "prove.walk", "--walks", "3", "--seed", "7"]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "every law held" in done.stdout


def test_an_order_out_of_nowhere_two_for_one_cart_and_a_second_payment_are_seen(tmp_path):
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    engines = open_engines(database)
    migrate(engines)
    engines.close()
    stage = Stage(tmp_path)
    for number in (1, 2):
        stage.ovh.orders.all[number] = Order(
            id=number,
            cart="made-up",
            description="Domain Desk #7 attempt 1",
            domains=["name.ovh"],
            total=Decimal("3.59"),
            tax=Decimal("0.60"),
            made_at=datetime.now(UTC),
            url="https://order.example",
            payments=[1] * number,
        )
    stage.slack.state.note("message", {"text": "https://order.example?orderPassword=made-up", "only_for": None})
    stage.slack.state.note("message", {"text": "You approved cart #7.", "only_for": "U0CLEO"})
    assert {law for law, _ in broken_laws(stage, database)} == {
        "orders that no approval covers",
        "carts with more than one order",
        "payments beyond one an order",
        "decisions lost",
        "secrets in logs, channels or database",
    }
