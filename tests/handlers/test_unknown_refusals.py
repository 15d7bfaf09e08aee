"""A word of Slack's that the bot does not know: people get the card another way, and the operator hears of it."""

from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError

from handlers import notifier
from handlers.messages import words as catalogue
from handlers.notifier import Notifier
from handlers.toolkit.retries import UNKNOWN_LASTS
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp
from ordering.ports.store import NOTHING_RENDERED, Message, MessageRole
from tests.builders import NOW, POLICY, a_line
from tests.saying import HOLE, before_hole

CART = Cart(CartId(12), "C1", "U0ADA", CartState.SUBMITTED, NOW, (a_line(),), requester="U0ADA", version=4)
CHANNEL = "C9"
WORDS = ["a_word_of_next_year", "temporarily_frozen", "channel_under_legal_hold"]


def says(word: str) -> SlackApiError:
    return SlackApiError("no", {"ok": False, "error": word})


class PaperSlack:
    """Refuses posts and updates in the configured channels."""

    def __init__(self) -> None:
        self.refuses: dict[str, str] = {}
        self.said: list[tuple[str, str]] = []
        self.tries: list[str] = []

    def _answer(self, channel: str, text: str) -> dict[str, str]:
        self.tries.append(channel)
        if word := self.refuses.get(channel):
            raise says(word)
        self.said.append((channel, text))
        return {"ts": f"{len(self.said)}.0", "channel": channel.replace("U", "D")}

    async def chat_postMessage(self, *, channel: str, text: str, **_more: object) -> dict[str, str]:  # noqa: N802 - Slack's name
        return self._answer(channel, text)

    async def chat_update(self, *, channel: str, ts: str, text: str, **_more: object) -> dict[str, str]:
        return self._answer(channel, text) | {"ts": ts}


class PaperOutbox:
    """One cart, its messages and its undelivered events, as the store keeps them."""

    def __init__(self) -> None:
        self.cart = CART
        self.messages = [Message(1, CartId(12), MessageRole.APPROVAL, CHANNEL)]
        self.undelivered: list[tuple[Event | None, Event]] = []

    def rendering(self) -> tuple[Stamp, None]:
        return Stamp("0" * 12), None

    def to_show(self, _cart_id: CartId) -> tuple[Cart, list[Message], list[tuple[Event | None, Event]]]:
        return self.cart, list(self.messages), list(self.undelivered)

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str) -> Message:
        self.messages.append(Message(len(self.messages) + 10, cart_id, role, channel))
        return self.messages[-1]

    def move(self, message: Message, channel: str) -> Message:
        self.forget(message)
        return self.show_in(message.cart_id, message.role, channel)

    def forget(self, message: Message) -> None:
        self.messages = [each for each in self.messages if each.id != message.id]

    def _change(self, message: Message, **changes) -> None:
        self.messages = [replace(each, **changes) if each.id == message.id else each for each in self.messages]

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        self._change(message, rendered_version=cart.version, ts=ts, is_settled=True)

    def give_up(self, message: Message, cart: Cart) -> None:
        assert cart.version == self.cart.version
        self._change(message, rendered_version=NOTHING_RENDERED, is_settled=True)

    def record_delivered(self, event: Event) -> None:
        self.undelivered = [pair for pair in self.undelivered if pair[1].id != event.id]

    def changes(self) -> None:
        """The cart is saved once more: its messages must show a new version."""
        self.cart = replace(self.cart, version=self.cart.version + 1)
        self.messages = [replace(each, is_settled=False) for each in self.messages]


class AtOnce:
    async def call(self, function, *arguments, **more):
        return function(*arguments, **more)


class NotifierProcess:
    """The announcer of one process, with a clock that only moves when it waits."""

    def __init__(self) -> None:
        self.slack, self.outbox, self.now = PaperSlack(), PaperOutbox(), 0.0
        self.notifier = self.process()

    def process(self) -> Notifier:
        policy = replace(POLICY, approvers=frozenset({"U0CLEO"}), payers=frozenset())
        return Notifier(self.slack, self.outbox, AtOnce(), policy, clock=lambda: self.now)  # type: ignore[arg-type] # papers

    async def works(self, seconds: float) -> bool:
        """Show as the worker does, again after each wait, for so long; returns whether nothing is left to do."""
        end = self.now + seconds
        while (wait := await self.notifier.show(CartId(12))) is not None:
            self.now += wait
            if self.now > end:
                return False
        return True

    def in_channel(self, channel: str = CHANNEL) -> Message:
        return next(message for message in self.outbox.messages if message.channel == channel)

    @property
    def sentences(self) -> list[str]:
        return self.notifier.alerts.sentences()


@pytest.fixture
def process() -> NotifierProcess:
    return NotifierProcess()


@pytest.mark.parametrize("word", WORDS)
async def test_an_unknown_word_is_permanent_after_an_hour(process: NotifierProcess, word: str):
    """Approvers have the card within seconds, the operator hears of it, and after an hour Slack is left alone."""
    process.slack.refuses[CHANNEL] = word
    assert not await process.works(10)
    assert {channel for channel, _ in process.slack.said} == {"U0ADA", "U0CLEO"}
    assert process.sentences == [catalogue.slack.card_refused(12, word, channel=CHANNEL)]
    assert not await process.works(UNKNOWN_LASTS - process.now - 60)
    assert await process.works(UNKNOWN_LASTS)
    assert 3 <= process.slack.tries.count(CHANNEL) <= 8
    assert process.in_channel().is_settled
    assert len(process.sentences) == 1  # /healthz still says so
    assert sorted(channel for channel, _ in process.slack.said) == ["U0ADA", "U0ADA", "U0CLEO"]  # with the explanation


async def test_three_tries_within_an_hour_are_not_enough(process: NotifierProcess):
    """However often something else wakes the cart up: an hour must have passed."""
    process.slack.refuses[CHANNEL] = WORDS[0]
    for _ in range(40):
        process.now += 60
        assert await process.notifier.show(CartId(12)) is not None
    assert not process.in_channel().is_settled


async def test_a_changed_request_is_tried_again(process: NotifierProcess):
    """What Slack refused for good is shown once the cart changes, and the alert ends."""
    process.slack.refuses[CHANNEL] = WORDS[0]
    await process.works(3 * UNKNOWN_LASTS)
    before = len(process.slack.tries)
    assert await process.notifier.show(CartId(12)) is None
    assert len(process.slack.tries) == before
    process.outbox.changes()
    process.slack.refuses.clear()
    assert await process.works(10)
    assert process.in_channel().rendered_version == process.outbox.cart.version
    assert process.sentences == []


async def test_a_word_that_passes_within_the_hour_is_no_refusal(process: NotifierProcess):
    """An incident of Slack's with a word of its own ends, and the channel has its card."""
    process.slack.refuses[CHANNEL] = WORDS[0]
    await process.works(600)
    process.slack.refuses.clear()
    process.now += 3600
    assert await process.works(10)
    assert process.in_channel().rendered_version == CART.version
    assert process.sentences == []


async def test_refused_everywhere_the_operator_knows(process: NotifierProcess):
    """Where neither the channel nor anybody's conversation takes the card, /healthz says that nobody sees it."""
    process.slack.refuses = dict.fromkeys([CHANNEL, "U0ADA", "U0CLEO"], WORDS[0])
    assert await process.works(4 * UNKNOWN_LASTS)
    assert catalogue.slack.card_nowhere(12) in process.sentences
    process.outbox.cart = replace(process.outbox.cart, state=CartState.CANCELLED)
    await process.notifier.show(CartId(12))
    assert process.sentences == []


async def test_an_edit_that_is_refused_is_given_up_too(process: NotifierProcess):
    """The message stays as it was, and is edited again with the next change."""
    await process.works(10)
    process.outbox.changes()
    process.slack.refuses[CHANNEL] = WORDS[1]
    assert await process.works(3 * UNKNOWN_LASTS)
    assert process.in_channel().is_settled
    process.slack.refuses.clear()
    process.outbox.changes()
    assert await process.works(10)
    assert (process.in_channel().rendered_version, process.in_channel().ts) == (process.outbox.cart.version, "1.0")


async def test_another_process_does_not_start_the_hour_again(process: NotifierProcess):
    """Two processes that take turns count the hour from their own first try."""
    process.slack.refuses[CHANNEL] = WORDS[0]
    one, two = process.notifier, process.process()
    for turn in range(80):
        notifier, other = (one, two) if turn % 2 else (two, one)
        if await notifier.show(CartId(12)) is None:
            break
        other.leave(CartId(12))
        process.now += 60
    assert process.in_channel().is_settled
    assert process.now >= UNKNOWN_LASTS


_STUCK = CartState.NEEDS_ATTENTION


async def test_an_event_that_is_refused_holds_up_no_later_one(process: NotifierProcess):
    """A thread that refuses with an unknown word is left after an hour; the requester hears each event at once."""
    process.outbox.messages = [
        Message(1, CartId(12), MessageRole.APPROVAL, CHANNEL, ts="1.0", rendered_version=CART.version)
    ]
    data = {"order": 256}
    missing = [Event(CartId(12), _STUCK, NOW, id=n, kind=EventKind.ORDER_MISSING, data=data) for n in (7, 8)]
    process.outbox.cart = replace(CART, state=_STUCK)
    process.outbox.undelivered = [(None, missing[0]), (None, missing[1])]
    process.slack.refuses[CHANNEL] = WORDS[2]
    assert not await process.works(10)
    assert [channel for channel, _ in process.slack.said] == ["U0ADA", "U0ADA"]
    assert await process.works(3 * UNKNOWN_LASTS)
    assert process.outbox.undelivered == []
    assert [channel for channel, _ in process.slack.said] == ["U0ADA", "U0ADA"]


@pytest.mark.parametrize("error", [ValueError("52 blocks"), KeyError("x"), AssertionError(), RecursionError()])
async def test_a_card_that_cannot_be_rendered_is_named(process: NotifierProcess, monkeypatch, error: Exception):
    """The message says so without a button, the operator has a reference, and nothing is tried indefinitely."""

    def fail(*_about: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(notifier, "card", fail)
        broken.setattr(notifier, "approval_card", fail)
        assert await process.works(10)
    ((channel, text),) = process.slack.said
    assert (channel, before_hole(catalogue.cart.unshown(12, HOLE)) in text) == (CHANNEL, True)
    assert [before_hole(catalogue.slack.card_not_made(12, HOLE)) in said for said in process.sentences] == [True]
    process.outbox.changes()
    assert await process.works(10)
    assert process.slack.said[-1][1].startswith("Approve? #12:")
    assert process.sentences == []
