"""Forms that only show a message."""

from __future__ import annotations

from slack_sdk.models.views import View

from handlers.messages import words
from handlers.toolkit.action_ids import Form
from handlers.toolkit.blocks import Drawn


def note(drawn: Drawn) -> View:
    """Return a form that shows a message."""
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.failures.APP,
        close=words.buttons.CLOSE,
        blocks=drawn.blocks,
    )


def checking() -> View:
    """Return the form that is shown while OVH checks a cart."""
    return note(Drawn.saying(words.cart.CHECKING))


def outdated() -> View:
    """Return the form that replaces one from an older version of the bot."""
    return note(Drawn.saying(words.failures.OLD_FORM))
