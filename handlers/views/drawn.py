"""What a view returns, and the few blocks that all of them are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    MarkdownTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement

from handlers.views.text import cut

MOST_BLOCKS = 50
_SECTION = 3000
_TEXT = 3000  # of a message's own text; Slack cuts at 40,000, people long before


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message: its blocks, and a text that makes sense alone (for notifications and screen readers)."""

    text: str
    blocks: Sequence[Block]

    @classmethod
    def of(cls, text: str, blocks: Iterable[Block]) -> Drawn:
        kept = list(blocks)
        if len(kept) > MOST_BLOCKS:
            raise ValueError(f"{len(kept)} blocks do not fit a message")
        return cls(cut(text, _TEXT), kept)

    @classmethod
    def saying(cls, sentence: str) -> Drawn:
        return cls.of(sentence, [section(sentence)])


@dataclass(frozen=True, slots=True)
class Secret:
    """An answer with a bearer link or personal data: only a form or an ephemeral message may show it.

    It is not a `Drawn`, so nothing that posts lasting messages accepts it. `otherwise` is the message without the
    secret, for a person whom neither a form nor an ephemeral message reaches: it says so, and what to do.
    """

    drawn: Drawn
    otherwise: Drawn


def section(text: str, *, accessory: InteractiveElement | None = None) -> SectionBlock:
    """A paragraph. Verbatim, so that Slack makes no links of names that may not even exist."""
    return SectionBlock(text=_markdown(cut(text, _SECTION)), accessory=accessory)


def context(text: str) -> ContextBlock:
    return ContextBlock(elements=[_markdown(cut(text, _SECTION))])


def sections(lines: Iterable[str], *, fence: bool = False) -> list[Block]:
    """As few paragraphs as hold these lines; with `fence`, in a typewriter's letters so that columns align."""
    wrap = "```{}```" if fence else "{}"
    room = _SECTION - len(wrap)
    drawn, kept = [], ""
    for line in (cut(line, room) for line in lines):
        if kept and len(kept) + 1 + len(line) > room:
            drawn.append(wrap.format(kept))
            kept = line
        else:
            kept = f"{kept}\n{line}" if kept else line
    if kept:
        drawn.append(wrap.format(kept))
    # Figures are never folded away behind a "see more".
    return [SectionBlock(text=_markdown(text), expand=fence or None) for text in drawn]


def buttons(*elements: InteractiveElement | None) -> list[Block]:
    shown = [element for element in elements if element is not None]
    return [ActionsBlock(elements=shown)] if shown else []


def button(
    label: str,
    act: str,
    value: str | int,
    *,
    style: str | None = None,
    about: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """A button; `about` is what a screen reader says of it where the label alone is bare."""
    return ButtonElement(
        text=label,
        action_id=act,
        value=str(value),
        style=style,
        accessibility_label=cut(about, 75) if about else None,
        confirm=confirm,
    )


def confirm(title: str, text: str, yes: str) -> ConfirmObject:
    return ConfirmObject(title=title, text=_markdown(cut(text, 300)), confirm=yes, deny="Not now")


def _markdown(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)
