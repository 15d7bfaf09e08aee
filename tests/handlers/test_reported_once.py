"""A card that its channel refuses goes to people directly: they hear why once, and how many others got it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError

from handlers.messages import words as catalogue
from handlers.notifier import Notifier
from ordering.model.cart import Cart, CartState
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp
from ordering.ports.store import Message, MessageRole
from tests.builders import NOW, POLICY, a_line

CART = Cart(CartId(12), "C1", "U0ADA", CartState.SUBMITTED, NOW, (a_line(),), requester="U0ADA")
GROUP = "S0APPROVERS"
NOT_SHOWN = catalogue.news.archived("C9", 12)  # why the card came directly


def says(word: str) -> SlackApiError:
    return SlackApiError("no", {"ok": False, "error": word})


class PaperSlack:
    """A workspace whose approval channel C9 is archived; `stumbles` are what the group's next reads raise."""

    def __init__(self, members: list[str]) -> None:
        self.members = members
        self.stumbles: list[Exception] = []
        self.closed = {"C9"}
        self.said: list[tuple[str, str]] = []
        self.updated: list[str] = []

    async def chat_postMessage(self, *, channel: str, text: str, **_more: object) -> dict[str, str]:  # noqa: N802 - Slack's name
        if channel in self.closed:
            raise says("is_archived")
        self.said.append((channel, text))
        return {"ts": f"{len(self.said)}.0", "channel": channel.replace("U", "D")}

    async def chat_update(self, *, channel: str, ts: str, **_more: object) -> dict[str, str]:
        self.updated.append(channel)
        return {"ts": ts, "channel": channel}

    async def usergroups_users_list(self, *, usergroup: str) -> dict[str, object]:
        assert usergroup == GROUP
        if self.stumbles:
            raise self.stumbles.pop(0)
        return {"users": self.members}

    def heard(self, user: str) -> list[str]:
        """The explanations that one person got."""
        return [text for channel, text in self.said if channel == user and text.startswith(NOT_SHOWN)]


class PaperOutbox:
    """The messages of one cart. `fails` names the steps whose next calls raise, one for each entry."""

    def __init__(self) -> None:
        self.messages = [Message(1, CartId(12), MessageRole.APPROVAL, "C9")]
        self.fails: list[str] = []
        self._last = 1

    def _step(self, name: str) -> None:
        if name in self.fails:
            self.fails.remove(name)
            raise OSError("the database is away")

    def to_show(self, _cart_id: CartId) -> tuple[Cart, list[Message], list[object]]:
        return CART, list(self.messages), []

    def rendering(self) -> tuple[Stamp, None]:
        return Stamp("0" * 12), None

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str) -> Message:
        self._step("show_in")
        known = [each for each in self.messages if each.channel == channel]
        if not known:
            self._last += 1
            self.messages.append(Message(self._last, cart_id, role, channel))
        return known[0] if known else self.messages[-1]

    def move(self, message: Message, channel: str) -> Message:
        self._step("move")
        self.forget(message)
        return self.show_in(message.cart_id, message.role, channel)

    def forget(self, message: Message) -> None:
        self._step("forget")
        self.messages = [each for each in self.messages if each.id != message.id]

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        self._step("shown")
        self.messages = [
            replace(m, rendered_version=cart.version, ts=ts) if m.id == message.id else m for m in self.messages
        ]


class AtOnce:
    async def call(self, function: Callable[..., object], *arguments: object, **more: object) -> object:
        return function(*arguments, **more)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def a_notifier(members: list[str], approvers: set[str], payers: set[str] = frozenset()):  # type: ignore[assignment] # empty
    slack, outbox, clock = PaperSlack(members), PaperOutbox(), Clock()
    policy = replace(POLICY, approvers=frozenset(approvers), payers=frozenset(payers))
    return slack, outbox, clock, Notifier(slack, outbox, AtOnce(), policy, clock=clock)  # type: ignore[arg-type] # paper


async def shown(notifier: Notifier, clock: Clock, times: int = 12) -> None:
    """Try as the worker does: again after the wait, also after an error of the database."""
    for _ in range(times):
        try:
            wait = await notifier.show(CartId(12))
        except OSError:
            wait = 1.0
        if wait is None:
            return
        clock.now += wait
    raise AssertionError("it is never shown")


@pytest.mark.parametrize("error", [says("ratelimited"), says("internal_error"), TimeoutError(), OSError()])
async def test_a_stumble_repeats_no_explanation(error):
    """Six failed reads of the approvers' group: the requester hears once why the card came directly."""
    slack, _, clock, notifier = a_notifier(["U0CLEO"], {GROUP})
    slack.stumbles = [error] * 6
    await shown(notifier, clock)
    assert len(slack.heard("U0ADA")) == 1
    assert {channel for channel, _ in slack.said} == {"U0ADA", "U0CLEO"}


@pytest.mark.parametrize(
    "fails", [["show_in"], ["forget"], ["move"], ["shown"], ["show_in", "forget", "move", "shown"], ["shown"] * 3]
)
async def test_a_database_that_is_away_repeats_no_message(fails):
    """What was posted before the database failed is not posted again: neither the explanation nor a card."""
    slack, outbox, clock, notifier = a_notifier([], {"U0CLEO"})
    outbox.fails = list(fails)
    await shown(notifier, clock)
    assert outbox.fails == []
    assert sorted(channel for channel, _ in slack.said) == ["U0ADA", "U0ADA", "U0CLEO"]
    assert len(slack.heard("U0ADA")) == 1


async def test_a_message_with_a_lost_ones_number_is_posted():
    """Slack took the card and the database did not; a restore gives its number to the card in another channel."""
    slack, outbox, clock, notifier = a_notifier([], {"U0CLEO"})
    slack.closed.clear()
    outbox.fails = ["shown"]
    with pytest.raises(OSError, match="the database is away"):
        await notifier.show(CartId(12))
    outbox.messages = [Message(1, CartId(12), MessageRole.APPROVAL, "C8")]
    await shown(notifier, clock)
    assert ([channel for channel, _ in slack.said], slack.updated) == (["C9", "C8"], [])


def people(number: int) -> list[str]:
    return [f"U0P{place:02}" for place in range(number)]


@pytest.mark.parametrize(
    ("members", "told", "rest"),
    [
        (people(1), 1, 0),
        (people(16), 16, 0),
        (people(17), 16, 1),
        (people(40), 16, 24),
        (["U0ADA", *people(3)], 3, 0),
        (["U0ADA", *people(20)], 16, 4),
    ],
)
async def test_the_requester_reads_how_many_got_it(members, told, rest):
    """The number is that of the people who get a message, without the requester; the rest is named, too."""
    for approvers, group in (({GROUP}, members), (set(members), [])):
        slack, _, clock, notifier = a_notifier(group, approvers)
        await shown(notifier, clock)
        assert slack.heard("U0ADA") == [catalogue.news.sent_directly(NOT_SHOWN, told=told, others=rest)]
        assert len({channel for channel, _ in slack.said} - {"U0ADA"}) == told


@pytest.mark.parametrize("word", ["no_such_subteam", "missing_scope", "plan_upgrade_required"])
async def test_a_lost_group_is_not_counted(word):
    """Where the group cannot be read, no number promises anything for its members."""
    slack, _, clock, notifier = a_notifier(people(3), {GROUP})
    slack.stumbles = [says(word)]
    await shown(notifier, clock)
    assert slack.heard("U0ADA") == [catalogue.news.sent_directly(NOT_SHOWN, told=0, others=0)]
