"""Turn a refusal into the sentence that a user reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from slack_sdk.models.blocks import Block

from handlers import messages
from handlers.toolkit.blocks import Drawn, context, section, sections
from handlers.toolkit.command_name import code
from handlers.toolkit.folding import listed
from handlers.toolkit.mrkdwn import cut, escape, escape_markup, group_or_person, hinted, plain
from ordering.model.errors import Hint, NotAllowed, OrderingError

_WHAT, _LINE = 100, 400  # characters
_MOST_HANDED_BACK = 10  # paragraphs for each text: more than Slack lets a user type


def sentence(refusal: OrderingError) -> str:
    """Return the refusal as a sentence that names who has the right, ready for mrkdwn."""
    if not refusal.sentence:
        told = messages.refusal(refusal)
        hint = Hint(told.hint.words, told.hint.effect) if told.hint else None
        advice = str(refusal)  # all that it says without a sentence
        return " ".join(filter(None, [escape_markup(told.text), advice, hinted(hint) if hint else ""]))
    said = escape_markup(str(refusal))
    if isinstance(refusal, NotAllowed) and refusal.ask:
        who = ", ".join(group_or_person(i) for i in sorted(refusal.ask))
        said = f"{said} Ask {who}."
    return f"{said} {hinted(refusal.hint)}" if refusal.hint else said


def refused(refusal: OrderingError) -> Drawn:
    return Drawn.saying(sentence(refusal))


def handed_back(refusal: OrderingError, typed: Mapping[str, str]) -> Drawn:
    """Return the refusal with the text that the user typed, each part under a heading such as “Your reason”."""
    said = sentence(refusal)
    given = [block for what, text in typed.items() if text for block in _under(what, text)]
    return Drawn.of(said, [section(said), listed(given, rank=1, more=_too_long)])


def _under(what: str, text: str) -> Sequence[Block]:
    return [section(f"{escape(cut(plain(what), _WHAT))}:"), *_typed(text)]


def _too_long(_paragraphs: int) -> Block:
    return context("The rest of what you typed does not fit here.")


def _typed(text: str) -> Sequence[Block]:
    """Return the whole text for copying; the longest lines are broken between words."""
    lines = (part for line in text.split("\n") for part in wrap(line, _LINE) or [""])
    return sections(map(escape, lines), fence=True)[:_MOST_HANDED_BACK]


def unforeseen(reference: str) -> Drawn:
    """Return the message for a bug in the bot."""
    return Drawn.saying(
        "Something went wrong on my side, so that may not have worked. "
        f"Look at {code('pending')} before you try again. "
        f"If it happens twice, give the operator this reference: `{reference}`"
    )


def goes_on() -> Drawn:
    """Return the message for a user whose click is on record and waits for the next process."""
    return Drawn.saying("The desk is restarting. Your click is on record, and I'll go on with it in a moment.")


def cut_short() -> Drawn:
    """Return the message for a user whose request was running when the bot stopped."""
    return Drawn.saying(
        f"The desk is restarting. Look at {code('pending')} in a moment, and ask again if it is not there."
    )
