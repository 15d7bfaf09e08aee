"""The notifier keeps the status message as it keeps cards: one place each, posted once, however Slack answers."""

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from handlers.notifier import Notifier
from handlers.toolkit.links import Links
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp
from ordering.ports.store import NOTHING_RENDERED, Message, MessageRole
from tests.builders import NOW, POLICY, a_line, a_quote

S, R = CartState, MessageRole
CART = Cart(CartId(12), "C1", "U0ADA", S.SUBMITTED, NOW, (a_line(),), requester="U0ADA", quote=a_quote(), version=3)
CARD = Message(1, CART.id, R.APPROVAL, "C9", ts="9.1", rendered_version=3)


class PaperSlack:
    """Writes down what it is asked, and fails as configured: by the method."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []  # method, channel, ts
        self.texts: list[str] = []
        self.fails: dict[str, Exception] = {}

    async def _answer(self, method: str, channel: str, ts: str, blocks: Any) -> dict[str, str]:
        if error := self.fails.get(method):
            raise error
        self.asked.append((method, channel, ts))
        self.texts.append(str([block.to_dict() for block in blocks or []]))
        return {"ts": ts or "1.1", "channel": channel}

    async def chat_postMessage(self, *, channel: str, blocks: Any = None, **_: object) -> dict[str, str]:  # noqa: N802 - Slack's
        return await self._answer("post", channel, "", blocks)

    async def chat_update(self, *, channel: str, ts: str, blocks: Any, **_: object) -> dict[str, str]:
        return await self._answer("update", channel, ts, blocks)

    async def chat_delete(self, *, channel: str, ts: str) -> dict[str, str]:
        return await self._answer("delete", channel, ts, [])


class PaperOutbox:
    """One cart with its messages, as the store keeps them."""

    def __init__(self, *messages: Message, cart: Cart = CART) -> None:
        self.cart, self.messages, self.again = cart, list(messages), False

    def to_show(self, _cart_id: int) -> tuple[Cart, list[Message], list[tuple[Event | None, Event]]]:
        return self.cart, list(self.messages), []

    def rendering(self) -> tuple[Stamp, None]:
        return Stamp("0" * 12), None

    def record_rendered(self, message: Message, cart: Cart, *, ts: str) -> None:
        self._put(replace(message, ts=ts, rendered_version=cart.version))

    def record_posted(self, message: Message, *, ts: str) -> None:
        self._put(replace(message, ts=ts, rendered_version=NOTHING_RENDERED))

    def show_in(self, cart_id: CartId, role: MessageRole, channel: str) -> Message:
        added = Message(len(self.messages) + 20, cart_id, role, channel)
        self.messages.append(added)
        return added

    def forget(self, message: Message) -> None:
        self.messages = [each for each in self.messages if each.id != message.id]

    def show_again(self, _cart_ids: list[CartId]) -> None:
        self.again = True

    def _put(self, changed: Message) -> None:
        self.messages = [changed if each.id == changed.id else each for each in self.messages]


class AtOnce:
    async def call(self, function, *arguments, **more):
        return function(*arguments, **more)


def notifier(slack: PaperSlack, outbox: PaperOutbox) -> Notifier:
    links = Links("https://otter.slack.com/")
    return Notifier(slack, outbox, AtOnce(), POLICY, links=links)  # type: ignore[arg-type] # they behave like those


def says(word: str) -> SlackApiError:
    return SlackApiError("no", {"ok": False, "error": word})


async def test_it_is_posted_without_mentions_and_then_completed():
    slack, outbox = PaperSlack(), PaperOutbox(CARD, Message(2, CART.id, R.STATUS, "C1"))
    assert await notifier(slack, outbox).show(CART.id) is None
    assert slack.asked == [("post", "C1", ""), ("update", "C1", "1.1")]
    assert ["<@U0CLEO>" in text for text in slack.texts] == [False, True]
    assert "archives/C9/p91|card" in slack.texts[1]


async def test_another_process_completes_what_one_posted():
    """The first process dies between the post and the edit: its successor edits, and posts nothing."""
    slack, outbox = PaperSlack(), PaperOutbox(CARD, Message(2, CART.id, R.STATUS, "C1"))
    slack.fails["update"] = TimeoutError()
    assert await notifier(slack, outbox).show(CART.id) == 1.0
    assert (outbox.messages[1].ts, outbox.messages[1].rendered_version) == ("1.1", NOTHING_RENDERED)
    slack.fails.clear()
    assert await notifier(slack, outbox).show(CART.id) is None
    assert slack.asked == [("post", "C1", ""), ("update", "C1", "1.1")]


async def test_an_earlier_versions_cart_message_becomes_the_status():
    """It has no status message of its own: the cart's message becomes one, and is not deleted."""
    slack, outbox = PaperSlack(), PaperOutbox(Message(2, CART.id, R.CART, "C1", ts="2.1"), CARD)
    await notifier(slack, outbox).show(CART.id)
    assert slack.asked == [("update", "C1", "2.1")]
    assert "Waiting for approval" in slack.texts[0]


async def test_a_cart_leaves_once_its_request_is_shown_there():
    """Not before: a channel never has neither message."""
    cart, status = Message(2, CART.id, R.CART, "C1", ts="2.1"), Message(3, CART.id, R.STATUS, "C1")
    slack, outbox = PaperSlack(), PaperOutbox(cart, CARD, status)
    slack.fails["post"] = says("ratelimited")
    desk = notifier(slack, outbox)
    assert await desk.show(CART.id) is not None
    assert slack.asked == []
    slack.fails.clear()
    await notifier(slack, outbox).show(CART.id)
    assert [method for method, *_ in slack.asked] == ["post", "update", "delete"]
    assert [message.role for message in outbox.messages] == [R.APPROVAL, R.STATUS]


@pytest.mark.parametrize("word", ["is_archived", "not_in_channel", "channel_not_found"])
async def test_a_closed_channel_hands_it_to_the_requester(word: str):
    slack, outbox = PaperSlack(), PaperOutbox(CARD, Message(2, CART.id, R.STATUS, "C1"))
    slack.fails["post"] = says(word)
    desk = notifier(slack, outbox)
    await desk.show(CART.id)
    assert [(m.role, m.channel) for m in outbox.messages] == [(R.APPROVAL, "C9")], "nor does the requester's take it"
    slack.fails.clear()
    outbox.messages.append(Message(4, CART.id, R.STATUS, "U0ADA"))
    await notifier(slack, outbox).show(CART.id)
    assert slack.asked == [("post", "U0ADA", "")]
    assert "<@U0CLEO>" in slack.texts[0], "nobody else is in that conversation"


async def test_a_card_that_was_late_has_the_status_drawn_again():
    slack = PaperSlack()
    late = Message(1, CART.id, R.APPROVAL, "C9")
    outbox = PaperOutbox(late, Message(2, CART.id, R.STATUS, "C1", ts="2.1", rendered_version=3))
    await notifier(slack, outbox).show(CART.id)
    assert outbox.again
