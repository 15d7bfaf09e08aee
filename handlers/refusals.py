"""From a refusal to the sentence that a person reads."""

from __future__ import annotations

from handlers.views.drawn import Drawn, section
from handlers.views.text import cut, escape_lines, escape_markup, group_or_person
from ordering.errors import NotAllowed, OrderingError

_HANDED_BACK = 2900  # characters, what a section has room for beside the introduction


def sentence(refusal: OrderingError) -> str:
    """The refusal in words, with those who have the right; ready for mrkdwn."""
    said = escape_markup(str(refusal))
    if isinstance(refusal, NotAllowed) and refusal.ask:
        who = ", ".join(group_or_person(i) for i in sorted(refusal.ask))
        return f"{said} Ask {who}."
    return said


def refused(refusal: OrderingError) -> Drawn:
    return Drawn.saying(sentence(refusal))


def handed_back(refusal: OrderingError, what: str, typed: str) -> Drawn:
    """The refusal, with what somebody typed for nothing: `what` introduces it, as in “Your reason was”."""
    said = sentence(refusal)
    text = cut(escape_lines(typed), _HANDED_BACK)
    return Drawn.of(said, [section(said), section(f"{what}:\n```{text}```")])


def unforeseen(reference: str) -> Drawn:
    """What somebody reads when we made a mistake."""
    return Drawn.saying(
        "Something went wrong on my side, so that may not have worked. Look at `/domain pending` before you try again. "
        f"If it happens twice, give the operator this reference: `{reference}`"
    )


def cut_short() -> Drawn:
    """What somebody reads whose wish was under way when the desk stopped."""
    return Drawn.saying(
        "The desk is restarting. Look at `/domain pending` in a moment, and ask again if it is not there."
    )
