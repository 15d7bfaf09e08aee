"""What people read about a name that can be mistaken for another, or whose price changed, by the warning's kind."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages.catalogue import Catalogue
from handlers.messages.en.grammar import listed
from handlers.messages.en.phrases import a_year, money
from handlers.messages.en.phrases import domain as named
from ordering.model.facts import Data
from ordering.model.line_warnings import LineWarning
from ordering.model.line_warnings import WarningKind as W

WARNINGS = Catalogue()
_says = WARNINGS.says


def warning(kept_warning: LineWarning) -> str:
    """Return what people read about a name, as plain text."""
    made = WARNINGS.sentence(kept_warning.kind, kept_warning.data)
    return made.text if made else "A newer version of the bot had a warning here."


@_says(W.MIXED_SCRIPTS)
def _(scripts: Sequence[str]) -> str:
    return f"Mixes {listed(scripts)} letters."


@_says(W.LOOKS_LATIN)
def _(scripts: Sequence[str], like: str) -> str:
    return f"Is written in {'/'.join(scripts)} letters that look like “{like}”."


@_says(W.LIKE_AN_OWNED_NAME)
def _(twin: str) -> str:
    return f"Looks like {named(twin)}, which this OVH account owns."


@_says(W.LIKE_A_NAME_IN_A_CART)
def _(twin: str) -> str:
    return f"Looks like {named(twin)}, which is in one of the team's carts."


@_says(W.PRICE_CHANGED)
def _(price: Data, renewal: Data | None) -> str:
    then = f", then {a_year(renewal)}," if renewal else ""
    return f"Was {money(price)}{then} when it was added."


@_says(W.EARLIER_TEXT)
def _(text: str) -> str:
    return text
