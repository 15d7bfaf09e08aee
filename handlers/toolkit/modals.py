"""Forms that only show a message."""

from __future__ import annotations

from slack_sdk.models.views import View

from handlers.messages import words
from handlers.toolkit.action_ids import Form
from handlers.toolkit.blocks import RenderedMessage


def note(rendered: RenderedMessage) -> View:
    """Return a form that shows a message."""
    return View(
        type="modal",
        callback_id=Form.NOTE,
        title=words.failures.APP,
        close=words.buttons.CLOSE,
        blocks=rendered.blocks,
    )


def checking() -> View:
    """Return the form that is shown while OVH checks a cart."""
    return note(RenderedMessage.from_text(words.cart.CHECKING))


def outdated() -> View:
    """Return the form that replaces one from an older version of the bot."""
    return note(RenderedMessage.from_text(words.failures.OLD_FORM))
