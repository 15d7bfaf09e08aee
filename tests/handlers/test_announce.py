"""A requester is notified directly: nothing that they should know is lost, and no thread repeats it for their sake."""

from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError

from handlers.messages import words as catalogue
from handlers.notifier import Notifier
from ordering.model.cart import Cart, CartState
from ordering.model.events import Event
from ordering.model.facts import EventKind
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp
from ordering.ports.store import Message, MessageRole
from tests.builders import NOW, POLICY, a_line

CART = Cart(CartId(12), "C1", "U0ADA", CartState.NEEDS_ATTENTION, NOW, (a_line(),), requester="U0ADA")
MISSING = Event(CartId(12), CartState.NEEDS_ATTENTION, NOW, id=7, kind=EventKind.ORDER_MISSING, data={"order": 256})


class PaperSlack:
    """Writes down what is posted where, and fails as configured."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.fails: dict[str, Exception] = {}

    async def chat_postMessage(self, *, channel: str, **_more: object) -> dict[str, str]:  # noqa: N802 - Slack's name
        if error := self.fails.get(channel):
            raise error
        self.posted.append(channel)
        return {"ts": "1.0", "channel": channel}


class PaperOutbox:
    """One event that is not delivered yet, of a card that is up to date."""

    def __init__(self) -> None:
        self.undelivered: list[tuple[Event | None, Event]] = [(None, MISSING)]

    def to_show(self, _cart_id: int) -> tuple[Cart, list[Message], list[tuple[Event | None, Event]]]:
        card = Message(1, CartId(12), MessageRole.APPROVAL, "C9", ts="1.0", rendered_version=CART.version)
        return CART, [card], list(self.undelivered)

    def rendering(self) -> tuple[Stamp, None]:
        return Stamp("0" * 12), None

    def record_delivered(self, _event: Event) -> None:
        self.undelivered.clear()


class AtOnce:
    async def call(self, function, *arguments, **more):
        return function(*arguments, **more)


def says(word: str) -> SlackApiError:
    return SlackApiError("no", {"ok": False, "error": word})


@pytest.fixture
def slack():
    return PaperSlack()


@pytest.fixture
def outbox():
    return PaperOutbox()


@pytest.fixture
def notifier(slack, outbox):
    return Notifier(slack, outbox, AtOnce(), POLICY)  # type: ignore[arg-type] # it behaves like the bridge


async def test_a_requester_is_told_before_the_thread_and_both_once(notifier, slack, outbox):
    await notifier.show(12)
    assert (slack.posted, outbox.undelivered) == (["U0ADA", "C9"], [])


async def test_an_event_with_a_lost_ones_number_is_news(notifier, slack, outbox):
    """The requester heard of an event that a restore took back, before its thread did; another one has its number."""
    slack.fails["C9"] = says("invalid_auth")
    await notifier.show(12)
    assert slack.posted == ["U0ADA"]
    slack.fails.clear()
    outbox.undelivered = [(None, replace(MISSING, at=NOW + timedelta(seconds=1)))]
    await notifier.show(12)
    assert (slack.posted, outbox.undelivered) == (["U0ADA", "U0ADA", "C9"], [])


@pytest.mark.parametrize("error", [says("ratelimited"), says("internal_error"), TimeoutError()])
async def test_a_slack_error_loses_and_repeats_no_thread_line(notifier, slack, outbox, error):
    """A stumble of Slack's loses no news and repeats nothing in the thread."""
    slack.fails["U0ADA"] = error
    assert await notifier.show(12) == 1.0
    assert (slack.posted, len(outbox.undelivered)) == ([], 1)
    slack.fails.clear()
    await notifier.show(12)
    assert (slack.posted, outbox.undelivered) == (["U0ADA", "C9"], [])


@pytest.mark.parametrize("word", ["user_not_found", "user_disabled", "cannot_dm_bot", "ekm_access_denied"])
async def test_an_unreachable_member_keeps_no_other_from_news(notifier, slack, outbox, word):
    """A user who cannot be reached keeps nobody else from being notified."""
    slack.fails["U0ADA"] = says(word)
    await notifier.show(12)
    assert (slack.posted, outbox.undelivered) == (["C9"], [])


@pytest.mark.parametrize("word", ["restricted_action", "restricted_action_thread_locked", "is_archived"])
async def test_a_refused_thread_line_repeats_no_message(notifier, slack, outbox, word):
    """A thread that takes no line has nobody told again and again."""
    slack.fails["C9"] = says(word)
    for _ in range(3):
        await notifier.show(12)
    assert (slack.posted, outbox.undelivered) == (["U0ADA"], [])


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(says("invalid_auth"), 300.0), (SlackApiError("no", "a gateway's page"), 1.0), (TimeoutError(), 1.0)],
)
async def test_a_thread_gets_the_event_once_slack_recovers(notifier, slack, outbox, error, seconds):
    slack.fails["C9"] = error
    assert await notifier.show(12) == seconds
    slack.fails.clear()
    assert await notifier.show(12) is None
    assert (slack.posted, outbox.undelivered) == (["U0ADA", "C9"], [])


async def test_an_unknown_error_is_tried_for_an_hour(slack, outbox):
    """Slack adds words without notice: three tries over an hour make an unknown one a refusal for good."""
    slack.fails["C9"], now, waits = says("a_word_of_next_year"), [0.0], []
    notifier = Notifier(slack, outbox, AtOnce(), POLICY, clock=lambda: now[0])  # type: ignore[arg-type] # as above
    while (wait := await notifier.show(CartId(12))) is not None:
        waits.append(wait)
        now[0] += wait
    assert (waits, outbox.undelivered) == ([1.0, 2.0, 1200.0, 1200.0, 1200.0], [])
    assert slack.posted == ["U0ADA"]


@pytest.mark.parametrize("word", ["token_revoked", "account_inactive", "not_authed"])
async def test_a_refused_token_is_reported(notifier, slack, word):
    """The operator hears which word Slack used for the token, until a message goes well again."""
    slack.fails["C9"] = says(word)
    await notifier.show(12)
    assert notifier.alerts.sentences() == [catalogue.slack.token_refused(word)]
    slack.fails.clear()
    await notifier.show(12)
    assert notifier.alerts.sentences() == []


@pytest.mark.parametrize("word", ["missing_scope", "messages_tab_disabled", "app_access_restricted"])
async def test_what_the_operator_must_fix_holds_no_other_back(notifier, slack, outbox, word):
    """A direct message that waits for the operator is reported, and the thread hears all the same."""
    slack.fails["U0ADA"] = says(word)
    assert await notifier.show(12) is None
    assert (slack.posted, outbox.undelivered) == (["C9"], [])
    assert len(notifier.alerts.sentences()) == 1
