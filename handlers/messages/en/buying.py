"""What people read when they buy names in one go."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages.en.grammar import counted, listed
from handlers.text.command_name import code
from handlers.text.mrkdwn import escape
from ordering.model.domain_name import DomainName
from ordering.model.money import Money

ABOUT_CART = "Put the names in a cart instead, to change years or owner"


def not_ready() -> str:
    """Return the first line above what must be fixed first."""
    return f"*Not requested yet.* {code('add name.ovh')} puts a name into a cart, where you can fix this:"


def how_to(names: str) -> str:
    """Return what is missing after `buy`; `names` are what was typed before the purpose, escaped."""
    example = code(f"buy {names or 'name.ovh'} for the landing page")
    return f"Say which names, and what for: {example}."


def title(total: Money) -> str:
    """Return the question over the preview."""
    return f"Request approval of {total}?"


def alone(question: str, names: str, purpose: str) -> str:
    """Return the notification's text of the preview."""
    return f"{question} {names} for “{escape(purpose)}”."


def about(number: int, total: Money) -> str:
    """Return what a screen reader says about the button of the preview."""
    return f"Request approval of {counted(number, 'name')}, {total} with tax"


def goes_to(approvers: Sequence[str], channel: str) -> str:
    """Return who decides, and where; both with the total's tax rule."""
    return f"The total is with tax. Goes to {listed(approvers)} in <#{channel}>. I'll message you when it's decided."


def slip(domain: DomainName, word: str) -> str:
    """Return a warning that a name is one letter away from a word of the purpose."""
    return f"⚠️ *{domain}* is one letter away from “{escape(word)}” in the purpose. Is it meant?"
