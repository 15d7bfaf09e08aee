"""Forms that only show a message."""

from __future__ import annotations

from slack_sdk.models.views import View

from handlers.toolkit.action_ids import Form
from handlers.toolkit.blocks import Drawn


def note(drawn: Drawn) -> View:
    """Return a form that shows a message."""
    return View(type="modal", callback_id=Form.NOTE, title="Domain Desk", close="Close", blocks=drawn.blocks)


def checking() -> View:
    """Return the form that is shown while OVH checks a cart."""
    return note(Drawn.saying("Checking every name with OVH. This takes a few seconds, for many names a minute or two…"))


def outdated() -> View:
    """Return the form that replaces one from an older version of the bot."""
    return note(Drawn.saying("This form is from an older version of the desk. Close it, then press the button again."))
