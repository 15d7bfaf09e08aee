"""What goes wrong in one run: drawn from its seed alone, so that a seed replays it."""

from __future__ import annotations

from dataclasses import dataclass
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
_MOST_BOUNDARIES = 200  # of an undisturbed way, counted: 180 on SQLite, more where processes claim their carts


@dataclass(frozen=True, slots=True)
class Trouble:
    """`deaths` are boundaries, one for each life but the last; `faults` are (method, path, kind) at OVH.

    `others_deaths` are those of a second process that shares the work, where there is one.
    With `race` people decide all at once; `chance` is the seed of what they do.
    """

    deaths: tuple[int, ...]
    faults: tuple[tuple[str, str, OvhKind], ...]
    slack: tuple[tuple[str, SlackKind], ...]
    twice: bool
    details_late: bool
    race: bool
    chance: int
    others_deaths: tuple[int, ...] | None

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
        )

    def befall(self, stage: Stage) -> None:
        for method, path, kind in self.faults:
            stage.ovh.faults.add(method, path, kind, seconds=1.5)
        for api_method, stumble in self.slack:
            stage.slack.faults.add(api_method, stumble, seconds=1.5)
        stage.slack.delivery.twice = self.twice
        stage.ovh.orders.details_after = 1.5 if self.details_late else 0.0

    @property
    def is_any(self) -> bool:
        return bool(self.deaths or self.faults or self.slack or self.twice or self.details_late)


def _deaths(chance: Random) -> tuple[int, ...]:
    return tuple(chance.randint(1, _MOST_BOUNDARIES) for _ in range(chance.choice([0, 1, 1, 1, 2])))
