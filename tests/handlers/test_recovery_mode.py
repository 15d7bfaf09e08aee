"""Recover mode in Slack: cards on hold, operators told once, people told what is forgotten."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError

from handlers.messages import words as catalogue
from handlers.notifier import approval_card
from handlers.recovery_mode import RecoverWatch
from handlers.text.mrkdwn import when
from handlers.toolkit.action_ids import Act
from handlers.toolkit.payloads import Decision
from handlers.toolkit.slack_errors import SlackAlerts
from handlers.views import recovery_mode as views
from ordering.model.cart import WAITING, CartState
from ordering.model.domain_name import DomainName
from ordering.model.errors import RegistrarUnavailable
from ordering.model.ids import CartId, OrderId
from ordering.model.recovery import (
    FLOOR,
    AccountOrder,
    Cause,
    Comparison,
    HiddenOrder,
    Loss,
    Marker,
    Recovery,
    Stamp,
    Unknown,
)
from ordering.model.sales_order import OrderStatus
from sandbox.slack.messages import elements
from tests.builders import NOW, POLICY, euros
from tests.handlers.rendering import EVIL, blocks_of, check, labels, words_of
from tests.handlers.test_views import a_cart

S = CartState
STAMP = Stamp("3f2a9c1b7d4e", 7, 512, "9f8e7d6c5b4a", 1)
MODE = Recovery(Cause.CARD, NOW, NOW)
ONLY_LOOK = {Act.DETAILS, Act.EDIT, Act.OPEN_ORDER, Act.OPEN_INVOICE, Act.SHOW_OWNER}
FOUND = Comparison(
    512,
    NOW,
    tuple(
        Unknown(
            AccountOrder(OrderId(n), euros("3.59"), OrderStatus.NOT_PAID, frozenset({DomainName(f"n{n}.ovh")})),
            fits=(CartId(n),),
        )
        for n in range(1, 90)
    ),
    more=4,
    markers=(Marker(EVIL),),
)


@pytest.mark.parametrize("state", sorted(WAITING))
def test_every_open_card_is_on_hold(state):
    """It says so first, and offers nothing that can send or approve."""
    rendered = approval_card(a_cart(state), POLICY, stamp=STAMP, on_hold=MODE)
    check(rendered)
    assert catalogue.on_hold.card_head(12) in words_of(rendered)
    ends = {S.SUBMITTED: {"Reject", "Withdraw"}, S.RETURNED: {"Withdraw"}}
    assert labels(rendered) == {"Details", *ends.get(state, ())}


@pytest.mark.parametrize("state", sorted(set(S) - WAITING - {S.OPEN}))
def test_a_card_that_waits_for_nobody_stays_as_it_is(state):
    """What is paid or over is not held."""
    assert catalogue.on_hold.card_head(12) not in words_of(
        approval_card(a_cart(state), POLICY, stamp=STAMP, on_hold=MODE)
    )


@pytest.mark.parametrize("on_hold", [None, MODE])
@pytest.mark.parametrize("state", sorted(WAITING))
def test_every_button_that_decides_carries_the_stamp(state, on_hold):
    """On cards as always and on cards on hold."""
    rendered = approval_card(a_cart(state), POLICY, stamp=STAMP, on_hold=on_hold)
    check(rendered)
    for _, element in elements(blocks_of(rendered)):
        if element["type"] == "button" and element["action_id"] not in ONLY_LOOK:
            assert Decision.read(element["value"]).stamp == STAMP


def test_the_operators_message_asks_to_compare_first():
    """Only the comparison offers to release, and neither button is green."""
    rendered = views.begun(MODE)
    check(rendered)
    assert labels(rendered) == {"Compare now"}
    assert "domain-desk recover" in words_of(rendered)
    found = views.compared(FOUND, STAMP, MODE)
    check(found)
    assert labels(found) == {"I have compared", "Compare now"}
    assert "style" not in str(blocks_of(found))
    words = words_of(found)
    assert "fits #1" in words
    assert catalogue.on_hold.more_unknown(89 - 20 + 4) in words
    assert labels(views.compared(FOUND, STAMP, None)) == set()


def test_an_order_that_ovh_does_not_show_is_listed():
    """With its number, and since when it is known; such a comparison is not empty."""
    hidden = (HiddenOrder(OrderId(7), NOW), *(HiddenOrder(OrderId(number)) for number in range(100, 160)))
    rendered = views.compared(replace(FOUND, hidden=hidden), STAMP, MODE)
    check(rendered)
    assert labels(rendered) == {"I have compared", "Compare now"}
    words = words_of(rendered)
    assert catalogue.on_hold.hidden_order(7, when(NOW)) in words
    assert catalogue.on_hold.hidden_order(100, None) in words
    unread = words_of(views.compared(Comparison(1, NOW, unread=("a",)), STAMP, MODE))
    assert catalogue.on_hold.unread_carts(["a"]) in unread
    alone = words_of(views.compared(Comparison(1, NOW, hidden=hidden[:1]), STAMP, MODE))
    assert catalogue.on_hold.unknown_orders(1) in alone


def test_an_empty_comparison_says_so():
    """Nothing unknown is an answer, too."""
    assert catalogue.on_hold.no_unknown_order(NOW) in words_of(views.compared(Comparison(1, NOW), STAMP, MODE))


@pytest.mark.parametrize("loss", [Loss(NOW, NOW), Loss(None, NOW)])
@pytest.mark.parametrize("request_number", [None, 12])
def test_people_read_what_is_forgotten(loss, request_number):
    """With the request's number where it is for its requester."""
    rendered = views.forgotten(loss, request=request_number)
    check(rendered)
    assert catalogue.on_hold.BACK in rendered.text
    assert ("#12" in rendered.text) is (request_number is not None)


class PaperSlack:
    """Takes messages, and refuses those to the channels of `fails`."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, str]] = []
        self.fails: dict[str, str] = {}

    async def chat_postMessage(self, *, channel: str, text: str, **_more: object) -> dict[str, str]:  # noqa: N802 - Slack's name
        if word := self.fails.get(channel):
            raise SlackApiError("no", {"ok": False, "error": word})
        self.posted.append((channel, text))
        return {"ts": "1.0", "channel": channel}

    def to(self, words: str) -> list[str]:
        return [channel for channel, text in self.posted if words in text]


class Death(BaseException):
    """The process dies here."""


class AtOnce:
    async def call(self, function, *arguments, **more):
        return function(*arguments, **more)


class Watched:
    """The watch over one database, with a clock of its own for OVH."""

    def __init__(self, rules) -> None:
        rules.restart(replace(rules.policy, approval_channel="C9"))
        self.rules, self.slack = rules, PaperSlack()
        self.woken = self.asked = 0
        self.silent = False
        self.watch = RecoverWatch(
            rules.workflow,
            self.slack,  # type: ignore[arg-type] # it posts, and that is all
            AtOnce(),  # type: ignore[arg-type] # no threads
            self.ovh_time,
            alerts=SlackAlerts(),
            wake=self.wake,
            clock=lambda: rules.clock().timestamp(),
        )

    def ovh_time(self):
        self.asked += 1
        if self.silent:
            raise RegistrarUnavailable
        return self.rules.clock()

    def wake(self) -> None:
        self.woken += 1

    def confirm(self) -> None:
        found, stamp = self.rules.workflow.comparisons.compare(by=self.rules.cleo)
        self.rules.workflow.comparisons.confirm(by=self.rules.cleo, stamp=stamp, compared=found.newest)

    async def check(self, times: int = 1) -> str | None:
        said = None
        for _ in range(times):
            said = await self.watch.check()
        return said


@pytest.fixture
def watched(rules) -> Watched:
    return Watched(rules)


def each(people: Iterable[str]) -> list[str]:
    return sorted(people)


async def test_nothing_is_asked_or_told_without_recover_mode(watched):
    """Every second, for years."""
    assert await watched.check(5) is None
    assert (watched.asked, watched.slack.posted) == (0, [])


async def test_operators_are_told_once_and_health_says_why(watched):
    """Each of them by a direct message; OVH's clock is read once."""
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    said = await watched.check(5)
    assert "domain-desk recover" in said
    assert each(watched.slack.to(catalogue.on_hold.BEGUN_ALONE)) == ["U0CLEO", "U0DAN"]
    assert watched.asked == 1
    assert watched.rules.workflow.recover_mode.standing().recovery.ends_at == watched.rules.clock() + FLOOR


async def test_operators_are_told_later_where_slack_is_away(watched):
    """A message that did not go out is sent again; one that reached an operator is not repeated."""
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    watched.slack.fails = {"U0CLEO": "internal_error", "U0DAN": "internal_error"}
    await watched.check(3)
    watched.slack.fails = {}
    watched.rules.clock.pass_by(60)
    await watched.check(3)
    assert each(watched.slack.to(catalogue.on_hold.BEGUN_ALONE)) == ["U0CLEO", "U0DAN"]


async def test_operators_in_a_group_that_cannot_be_read_are_told_later(rules, monkeypatch):
    """An unreadable group is not an empty one; who was reached before does not get it again."""
    rules.restart(replace(rules.policy, operators=frozenset({"S0GROUP", "U0BEN"})))
    watched, away = Watched(rules), [True]

    async def members(**_):
        if away[0]:
            raise SlackApiError("", {"ok": False, "error": "internal_error"})
        return {"ok": True, "users": ["U0CLEO", "U0BEN"]}

    monkeypatch.setattr(watched.slack, "usergroups_users_list", members, raising=False)
    rules.workflow.recover_mode.begin(Cause.OPERATOR)
    await watched.check(3)
    assert watched.slack.to(catalogue.on_hold.BEGUN_ALONE) == ["U0BEN"]
    away[0] = False
    rules.clock.pass_by(60)
    await watched.check(3)
    assert watched.slack.to(catalogue.on_hold.BEGUN_ALONE) == ["U0BEN", "U0CLEO"]
    assert rules.workflow.recover_mode.standing().recovery.notified


async def test_nobody_reached_is_not_told(watched):
    """Also where Slack refuses for good: health says so, and it is tried again."""
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    watched.slack.fails = {"U0CLEO": "account_inactive", "U0DAN": "channel_not_found"}
    said = await watched.check(3)
    began_at = watched.rules.workflow.recover_mode.standing().recovery.began_at
    assert said == catalogue.on_hold.health(began_at, undelivered=True)
    assert not watched.rules.workflow.recover_mode.standing().recovery.notified
    watched.slack.fails = {}
    watched.rules.clock.pass_by(60)
    assert await watched.check() == catalogue.on_hold.health(began_at)
    assert watched.rules.workflow.recover_mode.standing().recovery.notified


async def test_a_crash_before_the_message_loses_none(watched, monkeypatch):
    """It is on record as told only after it went out."""
    watched.rules.workflow.recover_mode.begin(Cause.CARD)

    async def dies(**_):
        raise Death

    monkeypatch.setattr(watched.slack, "chat_postMessage", dies)
    with pytest.raises(Death):
        await watched.check()
    assert not watched.rules.workflow.recover_mode.standing().recovery.notified


async def test_a_loss_that_nobody_read_is_told_again(watched):
    """Health says so until a user is reached."""
    watched.rules.requested()
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    await watched.check()
    watched.confirm()
    watched.rules.clock.pass_by(FLOOR.total_seconds())
    watched.slack.fails = {"C9": "channel_not_found", "U0ADA": "account_inactive"}
    assert await watched.check(3) == catalogue.on_hold.LOSS_UNDELIVERED
    watched.slack.fails = {}
    watched.rules.clock.pass_by(60)
    assert await watched.check(3) is None
    assert watched.slack.to(catalogue.on_hold.BACK) == ["C9", "U0ADA"]


async def test_while_ovh_times_out_the_floor_does_not_start(watched):
    """No time is better than a wrong one."""
    watched.silent = True
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    assert await watched.check(20)
    assert watched.asked == 1
    assert watched.rules.workflow.recover_mode.standing().recovery.floor_from is None
    watched.silent = False
    watched.rules.clock.pass_by(30)
    await watched.check()
    assert watched.rules.workflow.recover_mode.standing().recovery.floor_from == watched.rules.clock()


async def test_ends_after_the_floor_and_notifies_once(watched):
    """The approval channel and the requesters of open requests read it, and the worker goes on."""
    request = watched.rules.requested()
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    await watched.check()
    watched.confirm()
    assert await watched.check(3) is not None
    watched.rules.clock.pass_by(FLOOR.total_seconds())
    assert await watched.check(3) is None
    assert watched.slack.to(catalogue.on_hold.BACK) == ["C9", "U0ADA"]
    assert any(f"#{request.id}" in text for channel, text in watched.slack.posted if channel == "U0ADA")
    assert watched.woken == 1


async def test_people_are_told_later_where_slack_is_away(watched):
    """The loss stays to be reported until a user could be reached."""
    watched.rules.requested()
    watched.rules.workflow.recover_mode.begin(Cause.CARD)
    await watched.check()
    watched.confirm()
    watched.rules.clock.pass_by(FLOOR.total_seconds())
    watched.slack.fails = {"C9": "internal_error", "U0ADA": "internal_error"}
    await watched.check(3)
    watched.slack.fails = {}
    watched.rules.clock.pass_by(60)
    await watched.check(3)
    assert watched.slack.to(catalogue.on_hold.BACK) == ["C9", "U0ADA"]
