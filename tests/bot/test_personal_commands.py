"""`erase`, `export --person` and `verify --head` as an operator runs them."""

import json
from pathlib import Path

import pytest

from ordering.model.witness import Witness
from store.engine import open_engines
from store.transactions import SqlStore
from tests.bot.commands import run_privileged
from tests.conftest import Rules
from tests.databases import new_sqlite

KEY = "fake-key-of-a-test"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database in which Cleo rejected Ada's request."""
    engines = open_engines(new_sqlite(tmp_path))
    rules = Rules(SqlStore(engines))
    rules.workflow.approvals.reject(rules.requested().id, approver=rules.cleo, reason="no")
    engines.close()
    return tmp_path


def bot(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    done = run_privileged("-m", "bot", *arguments, cwd=folder, **environment)
    return done.returncode, done.stdout, done.stderr


def test_a_person_is_exported_erased_and_the_record_verifies(folder):
    code, out, _ = bot(folder, "export", "--person", "U0ADA")
    assert (code, [each["requester"] for each in json.loads(out)]) == (0, ["U0ADA"])
    code, out, _ = bot(folder, "erase", "--person", "U0ADA", "--yes")
    assert code == 0
    assert out.startswith("U0ADA is erased from 1 requests. In their place stands person:")
    code, out, _ = bot(folder, "verify")
    assert (code, out.partition(":")[0]) == (0, "The record is whole")
    code, out, _ = bot(folder, "export")
    (left,) = json.loads(out)
    assert "U0ADA" not in out
    assert (left["purpose"], left["reason"], left["rejected_by"]) == ("(erased)", "no", "U0CLEO")
    assert json.loads(bot(folder, "export", "--person", "U0ADA")[1]) == []


def test_a_wrong_id_is_no_erasure(folder):
    assert bot(folder, "erase", "--person", "ada", "--yes") == (
        2,
        "",
        "--person ada: write a Slack id, such as U012AB3CD.\n",
    )


def test_a_line_of_the_channel_is_checked(folder):
    """The bot's own line passes, a forged one does not, and a line of another chain is a fault."""
    _, out, _ = bot(folder, "verify")
    honest = Witness(4, out.strip().rpartition(" ")[2], 1_790_000_000).signed(KEY)
    forged = Witness(4, "0" * 64, 1_790_000_000)
    assert bot(folder, "verify", "--head", str(honest), DESK_WITNESS_KEY=KEY)[0] == 0
    assert bot(folder, "verify", "--head", str(honest))[0] == 0
    code, out, _ = bot(folder, "verify", "--head", str(forged), DESK_WITNESS_KEY=KEY)
    assert (code, "not signed with DESK_WITNESS_KEY" in out) == (1, True)
    code, out, _ = bot(folder, "verify", "--head", str(forged.signed(KEY)), DESK_WITNESS_KEY=KEY)
    assert (code, "is not in the chain" in out) == (1, True)
