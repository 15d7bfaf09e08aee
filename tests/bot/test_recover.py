"""`domain-desk recover` in a terminal."""

import pytest

from bot.recover import Recover
from ordering.model.domain_name import DomainName
from ordering.model.ids import OrderId
from ordering.model.recovery import AccountOrder, Cause
from ordering.model.sales_order import OrderStatus
from tests.bot.commands import run
from tests.builders import euros


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def recover(rules, said, monkeypatch):
    """The command over one database; `answer` is what the operator says."""
    monkeypatch.setattr("bot.recover._now", rules.clock)

    def once(*, answer: bool = True, **options):
        said.clear()
        command = Recover(rules.store, rules.registrar, say=said.append, asks=lambda _: answer)
        return command.run(**options)

    return once


def test_says_that_recover_mode_is_off(recover, said):
    """Without recover mode there is nothing to do."""
    assert recover()
    assert said == ["Recover mode is off."]


def test_lists_what_no_request_knows(rules, recover, said):
    """Orders with what they fit, and money calls that left a marker."""
    cart = rules.requested("lost.ovh")
    rules.registrar.account = [
        AccountOrder(OrderId(900), euros("3.59"), OrderStatus.NOT_PAID, frozenset({DomainName.parse("lost.ovh")}))
    ]
    rules.registrar.leave_marker("pays 900")
    rules.registrar.hidden_orders = [901]
    rules.registrar.others = 2
    rules.registrar.unread_carts = ("a", "b", "c", "d", "e", "f")
    rules.workflow.recover_mode.begin(Cause.CARD)
    assert not recover(answer=False)
    printed = "\n".join(said)
    assert f"900  €3.59  notPaid  lost.ovh  fits #{cart.id}" in printed
    assert "that no request knows: 2" in printed
    assert "  901 · OVH lists it, but I can't read it. Look at it on OVH's site." in printed
    assert "a try to pay order 900" in printed
    assert "Another Domain Desk uses this account, too. Its 2 tries" in printed
    assert "OVH lists 6 carts that my key may not read (a, b, c, d, e and 1 more)." in printed
    assert said[-1] == "Recover mode stays on."


def test_ends_it_when_the_floor_is_over(rules, recover, said):
    """Confirmed first, it takes effect at the floor's end; run again, it ends."""
    rules.workflow.recover_mode.begin(Cause.CARD)
    assert not recover()
    assert "It ends at 2026-11-24 08:15:00 UTC at the earliest" in said[-1]
    rules.clock.pass_by(900)
    assert recover()
    assert "Recover mode is over" in said[-1]
    assert not rules.workflow.recover_mode.is_on


def test_no_answer_leaves_it_on(rules, recover):
    """However long it lasted."""
    rules.workflow.recover_mode.begin(Cause.CARD)
    recover(answer=False)
    rules.clock.pass_by(86_400)
    assert not recover(answer=False)
    assert rules.workflow.recover_mode.is_on


def test_an_operator_can_switch_it_on(rules, recover, said):
    """After a restore by hand, before the bot starts."""
    assert not recover(begin=True)
    assert "an operator switched it on" in said[0]
    assert rules.workflow.recover_mode.is_on


def test_the_command_explains_itself(tmp_path):
    """Its help names the floor and the exit codes."""
    done = run("-m", "bot", "recover", "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "15 minutes" in done.stdout
    assert "--all-stopped" in done.stdout
