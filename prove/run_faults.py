"""The faults of one run: drawn from its seed alone, so that a seed replays them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from prove.extra_faults import EXTRA_FAULTS, ExtraFault
from prove.met import LATE, Met
from sandbox.ovh.faults import Kind as OvhKind
from sandbox.ovh.orders import Late
from sandbox.slack.faults import Kind as SlackKind
from sandbox.stage import Stage

_MONEY = [("POST", "/order/cart/*/checkout"), ("POST", "/me/order/*/pay")]
_A_LOOK = ("GET", "/me/order/*/status")
_AROUND = [
    ("POST", "/order/cart"), ("POST", "/order/cart/*/assign"), ("POST", "/order/cart/*/domain"),
    ("GET", "/order/cart/*/domain"), ("GET", "/order/cart/*/item/*/requiredConfiguration"),
    ("POST", "/order/cart/*/item/*/configuration"), ("GET", "/order/cart/*/checkout"), ("GET", "/order/cart/*"),
    ("DELETE", "/order/cart/*"), ("GET", "/me/order"), ("GET", "/me/order/*"), ("GET", "/me/order/*/status"),
    ("GET", "/me/order/*/details"), ("GET", "/me/order/*/followUp"), ("GET", "/me/order/*/paymentMethods"),
    ("POST", "/me/order/*/payWithRegisteredPaymentMean"), ("GET", "/me/payment/transaction"),
    ("GET", "/domain/*"), ("GET", "/me/task/domain"),
]  # fmt: skip
ROUTES = [*_MONEY, *_AROUND]
OVH_FAULTS: list[OvhKind] = [
    "lost_before", "lost_after", "hang", "slow", "error500", "html502", "rate_limit", "check_timeout", "null",
]  # fmt: skip
_SLACK_METHODS = ["chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.update", "users.info"]
_SLACK_FAULTS: list[SlackKind] = ["500", "lost_after", "ratelimited", "error", "slow"]
NAME, SECOND = "name.ovh", "second-name.com"  # the names that a run buys
_SLOW = 0.7  # seconds: a call that left in time arrives within `DESK_SETTLE_SECONDS`, which the bot relies on
_ELSE = 1.5  # seconds
# In a run without faults the request's own dry run is call 17, the checkout call 28, the last one 48.
_PRICED, _ORDERED, _DONE = 17, 28, 48
_A_NAME_MORE = 11  # calls
_HIDDEN: list[OvhKind] = ["lost_after", "hang", "null"]  # after these the bot reconciles its call
_MOST_APART = 1800.0  # seconds between OVH's clock and ours
_STEPS = ("1.00", "0.10", "0.10", "-1.00")
_MOST_BOUNDARIES = 200  # of a run without faults: 180 on SQLite, more if processes lease their carts


@dataclass(frozen=True, slots=True)
class RunFaults:
    """The faults of one run. `deaths` are boundaries, one for each life but the last.

    `faults` are (method, path, kind) at OVH. `others_deaths` are those of a second process that shares the work, if
    there is one. With `race` all users decide at the same time; `chance` is the seed of their actions. `price` is by
    how much the name gets dearer or cheaper, and before which call to OVH; `settle_after` are the seconds in which the
    bank does not answer. With `approver_asks` an approver requests, and tries to approve that, too. With `refuse` the
    approver rejects. `late` is the part of a new order that OVH shows late, and by how many seconds; `payment_late` are
    the seconds in which an order shows nothing of a payment. `apart` are the seconds by which OVH's clock is ahead of
    ours, `put_right` those by which it jumps, right after the next call of a route. With `twice` Slack delivers each
    click once more, after `again_after` seconds. With `declines` the bank refuses the default card. `untrue` is the
    probability that a user who looks at OVH gives a wrong answer. `extra` is the fault that only some runs have.
    """

    deaths: tuple[int, ...]
    faults: tuple[tuple[str, str, OvhKind], ...]
    slack: tuple[tuple[str, SlackKind], ...]
    twice: bool
    late: tuple[Late, float] | None
    payment_late: float
    race: bool
    chance: int
    others_deaths: tuple[int, ...] | None
    price: tuple[str, int] | None
    settle_after: float
    approver_asks: bool
    refuse: bool
    names: tuple[str, ...]
    apart: float
    put_right: tuple[float, tuple[str, str]] | None
    again_after: float
    declines: bool
    untrue: float
    extra: ExtraFault = field(default_factory=ExtraFault)

    @classmethod
    def of(cls, seed: int) -> RunFaults:
        """Return the faults of a seed: consecutive seeds take the turns in order."""
        return cls.drawn(Random(seed), EXTRA_FAULTS[seed % len(EXTRA_FAULTS)])

    @classmethod
    def drawn(cls, chance: Random, extra: str = EXTRA_FAULTS[0]) -> RunFaults:
        """Draw the faults of one run: nearly always a death, usually a fault on a call about money."""
        deaths = _deaths(chance)
        routes = [
            chance.choice(_MONEY if chance.random() < 0.6 else _AROUND) for _ in range(chance.choice([0, 1, 1, 2]))
        ]
        slack = tuple(
            (chance.choice(_SLACK_METHODS), chance.choice(_SLACK_FAULTS)) for _ in range(chance.choice([0, 0, 1]))
        )
        faults = [(*route, chance.choice(OVH_FAULTS)) for route in routes]
        late = _late(chance) if chance.random() < 0.4 else None
        if late is not None and chance.random() < 0.8:
            faults.insert(0, (*_MONEY[0], chance.choice(_HIDDEN)))
        two = chance.random() < 0.3 or (late is not None and late[0] == "some names")
        names = (NAME, SECOND) if two else (NAME,)
        payment_late = chance.uniform(3.5, 8.0) if chance.random() < 0.12 else 0.0
        own = ExtraFault.drawn(chance, extra)
        put_right = _put_right(chance) if chance.random() < 0.25 and not own.counts_floors else None
        while_paying = put_right is not None and put_right[1] == _MONEY[1]
        if (payment_late or while_paying) and chance.random() < 0.8:
            faults.insert(0, (*_MONEY[1], chance.choice(_HIDDEN)))
        drawn = cls(
            deaths=deaths,
            faults=tuple(faults),
            slack=slack,
            twice=chance.random() < 0.25,
            late=late,
            payment_late=payment_late,
            race=chance.random() < 0.3 and not own.must_buy,  # most races end with nothing bought
            chance=chance.randrange(1 << 30),
            others_deaths=_deaths(chance) if chance.random() < 0.4 or own.freeze is not None else None,
            price=_price(chance, names) if chance.random() < 0.4 else None,
            settle_after=_bank(chance, long=while_paying) if chance.random() < 0.5 or while_paying else 0.0,
            approver_asks=chance.random() < 0.25,
            refuse=chance.random() < 0.1 and not own.must_buy,
            names=names,
            apart=chance.uniform(-_MOST_APART, _MOST_APART) if chance.random() < 0.4 else 0.0,
            put_right=put_right,
            again_after=chance.uniform(1.0, 8.0) if chance.random() < 0.35 else 0.0,
            declines=chance.random() < 0.2,
            untrue=chance.choice([0.0, 0.0, 0.5, 1.0]),
            extra=own,
        )
        return drawn.for_payment() if own.shown_after else drawn

    def for_payment(self) -> RunFaults:
        """Keep only the late display of a payment: nothing may come before it.

        A wrong answer would outlive the floor.
        """
        lost: tuple[tuple[str, str, OvhKind], ...] = ((*_MONEY[1], "lost_after"),) if self.extra.is_lost else ()
        return replace(
            self, deaths=(), others_deaths=None, faults=lost, late=None, price=None, race=False,
            settle_after=0.0 if self.extra.is_lost else self.extra.shown_after + 6.0,
            declines=False, put_right=None, untrue=0.0, payment_late=self.extra.shown_after,
        )  # fmt: skip

    def inject(self, stage: Stage) -> Met:
        """Inject all faults into a stage; the result is asked at the end which of them occurred."""
        for method, path, kind in self.faults:
            stage.ovh.faults.add(method, path, kind, seconds=_SLOW if kind == "slow" else _ELSE)
        for api_method, stumble in self.slack:
            stage.slack.faults.add(api_method, stumble, seconds=_ELSE)
        met = Met(self, stage)
        met.note_extra_fault()
        if self.price is not None:
            amount, call = self.price
            stage.ovh.faults.at(call, lambda: met.change_price(amount))
        stage.slack.delivery.twice = self.twice
        stage.slack.delivery.again_after = self.again_after
        if self.late is not None:
            stage.ovh.orders.late, stage.ovh.orders.details_after = self.late
        stage.ovh.orders.payment_after = self.payment_late
        stage.ovh.clock.put(self.apart)
        if self.put_right is not None:
            seconds, when = self.put_right
            stage.ovh.faults.behind(*when, lambda: met.put_right(seconds))
        if self.declines:
            stage.ovh.refuse_card(next(method.id for method in stage.ovh.payments.methods if method.default))
        stage.ovh.payments.settle_after = self.settle_after
        return met


def _deaths(chance: Random) -> tuple[int, ...]:
    return tuple(chance.randint(1, _MOST_BOUNDARIES) for _ in range(chance.choice([0, 1, 1, 1, 2])))


def _price(chance: Random, names: tuple[str, ...]) -> tuple[str, int]:
    """Draw a price change: usually dearer, and usually between the request and the order, when it matters."""
    more = _A_NAME_MORE * (len(names) - 1)
    return chance.choice(_STEPS), chance.randint(_PRICED, chance.choice([_ORDERED, _ORDERED, _DONE])) + more


def _late(chance: Random) -> tuple[Late, float]:
    return chance.choice(list(LATE)), chance.uniform(2.0, 7.0)


def _put_right(chance: Random) -> tuple[float, tuple[str, str]]:
    """Draw a clock jump some minutes forward, as if the bot's own clock was put back, during a money call or a poll.

    It never jumps back, and never between a read of OVH's time and the call that follows: OVH's own clock runs evenly.
    """
    return chance.uniform(120, 600), chance.choice([*_MONEY, _A_LOOK])


def _bank(chance: Random, *, long: bool) -> float:
    """Draw the bank's delay: usually not longer than the bot waits for a call; sometimes longer."""
    return chance.uniform(3.0, 10.0) if long or chance.random() < 0.15 else chance.uniform(0.2, 3.0)
