"""Turn a refusal into the sentence that a user reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from slack_sdk.models.blocks import Block

from handlers import messages
from handlers.messages import words
from handlers.messages.hint import hinted
from handlers.text.mrkdwn import cut, escape, escape_markup, group_or_person, plain
from handlers.toolkit.blocks import RenderedMessage, context, section, sections
from handlers.toolkit.folding import listed
from ordering.model.errors import NotAllowed, OrderingError

_WHAT, _LINE = 100, 400  # characters
_MOST_HANDED_BACK = 10  # paragraphs for each text: more than Slack lets a user type


def sentence(refusal: OrderingError) -> str:
    """Return the refusal as a sentence that names who has the right, ready for mrkdwn."""
    rendered = messages.refusal(refusal)
    text = escape_markup(rendered.text)
    if isinstance(refusal, NotAllowed) and refusal.ask:
        text = f"{text} {words.failures.ask([group_or_person(i) for i in sorted(refusal.ask)])}"
    return f"{text} {hinted(rendered.hint)}" if rendered.hint else text


def refused(refusal: OrderingError) -> RenderedMessage:
    return RenderedMessage.from_text(sentence(refusal))


def handed_back(refusal: OrderingError, typed: Mapping[str, str]) -> RenderedMessage:
    """Return the refusal with the text that the user typed, each part under a heading such as “Your reason”."""
    rendered = sentence(refusal)
    given = [block for what, text in typed.items() if text for block in _under(what, text)]
    return RenderedMessage.of(rendered, [section(rendered), listed(given, rank=1, more=_too_long)])


def _under(what: str, text: str) -> Sequence[Block]:
    return [section(words.failures.your_text(escape(cut(plain(what), _WHAT)))), *_typed(text)]


def _too_long(_paragraphs: int) -> Block:
    return context(words.failures.REST_LEFT_OUT)


def _typed(text: str) -> Sequence[Block]:
    """Return the whole text for copying; the longest lines are broken between words."""
    lines = (part for line in text.split("\n") for part in wrap(line, _LINE) or [""])
    return sections(map(escape, lines), fence=True)[:_MOST_HANDED_BACK]


def unforeseen(reference: str) -> RenderedMessage:
    """Return the message for a bug in the bot."""
    return RenderedMessage.from_text(words.failures.unforeseen(reference))


def goes_on() -> RenderedMessage:
    """Return the message for a user whose click is on record and waits for the next process."""
    return RenderedMessage.from_text(words.failures.RESTARTING)


def cut_short() -> RenderedMessage:
    """Return the message for a user whose request was running when the bot stopped."""
    return RenderedMessage.from_text(words.failures.cut_short())
