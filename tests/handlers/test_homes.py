"""One Home that fails, with whatever error, keeps no other from being current."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from slack_sdk.errors import SlackApiError

from handlers import home as homes_module
from handlers import notifier
from handlers.home import Homes
from handlers.messages import words as catalogue
from handlers.toolkit.links import Links
from ordering.model.cart import Cart, CartState
from ordering.model.ids import CartId
from ordering.model.overview import Overview
from ordering.model.policy import Membership, Person
from ordering.model.recovery import Stamp
from store.errors import DatabaseAway
from tests.builders import NOW, POLICY, a_line, a_quote
from tests.saying import HOLE, before_hole

SUBMITTED = Cart(CartId(12), "C1", "U0ADA", CartState.SUBMITTED, NOW, (a_line(),), requester="U0ADA", quote=a_quote())
FAILS = [
    ValueError("52 blocks"), KeyError("a"), AssertionError(), RecursionError(), DatabaseAway("away"), OSError(),
    TimeoutError(), SlackApiError("no", {"ok": False, "error": "internal_error"}),
]  # fmt: skip


class PaperSlack:
    def __init__(self) -> None:
        self.published: dict[str, str] = {}

    async def views_publish(self, *, user_id: str, view) -> None:
        self.published[user_id] = str(view.to_dict())


def services_with(overview):
    async def who(user: str, _team: str | None = None) -> Person:
        return Person(user, Membership.MEMBER)

    async def call(function, *arguments):
        return function(*arguments)

    slack = PaperSlack()
    services = SimpleNamespace(
        members=SimpleNamespace(who=who), bridge=SimpleNamespace(call=call), client=slack,
        workflow=SimpleNamespace(
            policy=POLICY, queries=SimpleNamespace(overview=overview, messages_of=lambda _ids: []),
            cards=SimpleNamespace(rendering=lambda: (Stamp("0" * 12), None)),
        ),
        command_names=SimpleNamespace(in_use=nullcontext), links=Links(),
    )  # fmt: skip
    homes = Homes(services)  # type: ignore[arg-type] # what Homes needs of it
    homes._published.update({"U1": "", "U2": "", "U3": ""})  # noqa: SLF001 - as if they had opened them
    return homes, slack


@pytest.mark.parametrize("error", FAILS, ids=lambda error: type(error).__name__)
async def test_one_home_that_fails_stops_none_behind_it(error: Exception):
    """The first viewer's Home fails in its overview; the two behind it are published."""

    def overview(person: Person) -> Overview:
        if person.id == "U1":
            raise error
        return Overview((), (), (), (), ())

    homes, slack = services_with(overview)
    await homes.refresh()
    assert set(slack.published) == {"U2", "U3"}


async def test_a_card_that_fails_leaves_the_home(monkeypatch):
    """A cart that cannot be rendered is named in its viewer's Home; the other carts stand there as ever."""
    real = notifier.approval_card

    def card(cart: Cart, *about, **more):
        if cart.id == SUBMITTED.id:
            raise ValueError("52 blocks")
        return real(cart, *about, **more)

    monkeypatch.setattr(homes_module, "approval_card", card)
    other = Cart(
        CartId(13), "C1", "U0ADA", CartState.SUBMITTED, NOW, (a_line("b.ovh"),), requester="U0ADA", quote=a_quote()
    )
    homes, slack = services_with(lambda _person: Overview((SUBMITTED, other), (), (), (), ()))
    await homes.refresh()
    assert before_hole(catalogue.cart.unshown(12, HOLE)) in slack.published["U1"]
    assert "#13" in slack.published["U1"]
