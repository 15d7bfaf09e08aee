"""What goes wrong in one run: drawn from its seed alone, so that a seed replays it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from sandbox.ovh.faults import Kind as OvhKind
from sandbox.slack.faults import Kind as SlackKind
from sandbox.stage import Stage

_MONEY = [("POST", "/order/cart/*/checkout"), ("POST", "/me/order/*/pay")]
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
NAME = "name.ovh"  # what is bought in a run
_SLOW = 0.7  # seconds: what left in time arrives within the settling time, which the desk counts on
_ELSE = 1.5  # seconds
# A request's own dry run is call 17 of an undisturbed way, the checkout call 28, the last one 48.
_PRICED, _ORDERED, _DONE = 17, 28, 48
_STEPS = ("1.00", "0.10", "0.10", "-1.00")
_MOST_BOUNDARIES = 200  # of an undisturbed way, counted: 180 on SQLite, more where processes claim their carts


@dataclass(frozen=True, slots=True)
class Trouble:
    """`deaths` are boundaries, one for each life but the last; `faults` are (method, path, kind) at OVH.

    `others_deaths` are those of a second process that shares the work, where there is one.
    With `race` people decide all at once; `chance` is the seed of what they do. `price` is by how much the name gets
    dearer or cheaper, and before which call to OVH; `settle_after` are the seconds in which the bank says nothing.
    With `approver_asks` it is an approver who asks, and who tries to approve that, too. With
    `refuse` the approver says no.
    """

    deaths: tuple[int, ...]
    faults: tuple[tuple[str, str, OvhKind], ...]
    slack: tuple[tuple[str, SlackKind], ...]
    twice: bool
    details_late: bool
    race: bool
    chance: int
    others_deaths: tuple[int, ...] | None
    price: tuple[str, int] | None
    settle_after: float
    approver_asks: bool
    refuse: bool

    @classmethod
    def drawn(cls, chance: Random) -> Trouble:
        """Draw the trouble of one run: nearly always a death, mostly a fault on a call about money."""
        deaths = _deaths(chance)
        routes = [
            chance.choice(_MONEY if chance.random() < 0.6 else _AROUND) for _ in range(chance.choice([0, 1, 1, 2]))
        ]
        slack = tuple(
            (chance.choice(_SLACK_METHODS), chance.choice(_SLACK_FAULTS)) for _ in range(chance.choice([0, 0, 1]))
        )
        return cls(
            deaths=deaths,
            faults=tuple((*route, chance.choice(OVH_FAULTS)) for route in routes),
            slack=slack,
            twice=chance.random() < 0.25,
            details_late=chance.random() < 0.2,
            race=chance.random() < 0.3,
            chance=chance.randrange(1 << 30),
            others_deaths=_deaths(chance) if chance.random() < 0.4 else None,
            price=_price(chance) if chance.random() < 0.4 else None,
            settle_after=chance.uniform(0.2, 3.0) if chance.random() < 0.5 else 0.0,
            approver_asks=chance.random() < 0.25,
            refuse=chance.random() < 0.1,
        )

    def befall(self, stage: Stage) -> Met:
        """Bring all of it upon a stage; what of it was met is to be asked at the end."""
        for method, path, kind in self.faults:
            stage.ovh.faults.add(method, path, kind, seconds=_SLOW if kind == "slow" else _ELSE)
        for api_method, stumble in self.slack:
            stage.slack.faults.add(api_method, stumble, seconds=_ELSE)
        met = Met(self, stage)
        if self.price is not None:
            amount, call = self.price
            stage.ovh.faults.later[call] = lambda: met.change_price(amount)
        stage.slack.delivery.twice = self.twice
        stage.ovh.orders.details_after = 1.5 if self.details_late else 0.0
        stage.ovh.payments.settle_after = self.settle_after
        return met


@dataclass
class Met:
    """What of a trouble really happened in a run: a bot that had died before, or a call that never came, met none."""

    drawn: Trouble
    stage: Stage
    deaths: int = field(default=0, init=False)  # counted by whoever lets bots die
    price_changed: bool = field(default=False, init=False)

    def change_price(self, amount: str) -> None:
        self.stage.ovh.names.rise(NAME, amount)
        self.price_changed = True

    @property
    def faults(self) -> Counter[str]:
        """What a call to OVH met, by its kind."""
        waiting = Counter(str(fault.kind) for fault in self.stage.ovh.faults.waiting)
        met = Counter(str(kind) for _, _, kind in self.drawn.faults) - waiting
        late = self.drawn.details_late and self.stage.ovh.orders.withheld > 0
        return met + Counter({"details late": 1} if late else {})

    @property
    def stumbles(self) -> int:
        """How often Slack stumbled."""
        return len(self.drawn.slack) - len(self.stage.slack.faults.waiting)

    @property
    def bank_slow(self) -> bool:
        return bool(self.drawn.settle_after and self.stage.ovh.payments.wishes)

    @property
    def is_any(self) -> bool:
        """Whether there was a death or a fault."""
        return bool(self.deaths or self.faults or self.stumbles or self.drawn.twice)


def _deaths(chance: Random) -> tuple[int, ...]:
    return tuple(chance.randint(1, _MOST_BOUNDARIES) for _ in range(chance.choice([0, 1, 1, 1, 2])))


def _price(chance: Random) -> tuple[str, int]:
    """Mostly dearer, and mostly between the request and the order: there it matters."""
    return chance.choice(_STEPS), chance.randint(_PRICED, chance.choice([_ORDERED, _ORDERED, _DONE]))
