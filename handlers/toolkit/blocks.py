"""The value that a view returns, and the blocks that all views share."""

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

from handlers.messages import words
from handlers.text.mrkdwn import cut, cut_bytes
from handlers.toolkit.folding import MESSAGE, Part, Room, fold
from handlers.toolkit.payloads import Payload

_SECTION = 3000
_TEXT = 3_800  # bytes of a message's own text: Slack refuses an update above 4,000


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """A message that fits Slack: its blocks, and a text that makes sense alone (notifications, screen readers).

    `is_complete` is False if parts of it were folded.
    """

    text: str
    blocks: Sequence[Block]
    is_complete: bool = True

    @classmethod
    def of(cls, text: str, parts: Iterable[Block | Part], room: Room = MESSAGE) -> RenderedMessage:
        """Render parts in reading order, folded to the room if they are too long."""
        folded = fold(parts, room)
        return cls(cut_bytes(text, _TEXT), folded.blocks, folded.is_complete)

    @classmethod
    def from_text(cls, sentence: str) -> RenderedMessage:
        return cls.of(sentence, [section(sentence)])


@dataclass(frozen=True, slots=True)
class Secret:
    """An answer with a bearer link or personal data: only a form or an ephemeral message may show it.

    It is not a `RenderedMessage`, so nothing that posts lasting messages accepts it. `otherwise` is the message without
    the secret, if neither a form nor an ephemeral message reaches the person: it says so, and what to do next.
    """

    rendered: RenderedMessage
    otherwise: RenderedMessage


def section(text: str, *, accessory: InteractiveElement | None = None) -> SectionBlock:
    """Return a paragraph. It is verbatim, so Slack does not turn names that may not even exist into links."""
    return SectionBlock(text=_markdown(cut(text, _SECTION)), accessory=accessory)


def context(text: str) -> ContextBlock:
    return ContextBlock(elements=[_markdown(cut(text, _SECTION))])


def rows(
    lines: Sequence[str],
    *,
    rank: int,
    more: str,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
    fence: bool = False,
) -> Part:
    """Return a part that shows as many lines as fit, between lines that are always shown.

    `more` names the hidden lines: ``more="names"`` with 34 of them hidden renders “and 34 more names”.
    """

    def render(number: int) -> list[Block]:
        left = len(lines) - number
        others = [words.grammar.more(left, more, after=bool(number))] if left else []
        return sections([*before, *lines[:number], *others, *after], fence=fence)

    return Part(render, len(lines), rank)


def sections(lines: Iterable[str], *, fence: bool = False) -> list[Block]:
    """Return as few paragraphs as hold these lines; with `fence`, in a monospaced font so that columns align."""
    wrap = "```{}```" if fence else "{}"
    room = _SECTION - len(wrap)
    rendered, kept = [], ""
    for line in (cut(line, room) for line in lines):
        if kept and len(kept) + 1 + len(line) > room:
            rendered.append(wrap.format(kept))
            kept = line
        else:
            kept = f"{kept}\n{line}" if kept else line
    if kept:
        rendered.append(wrap.format(kept))
    # Slack never folds figures away behind a "see more".
    return [SectionBlock(text=_markdown(text), expand=fence or None) for text in rendered]


def buttons(*elements: InteractiveElement | None) -> list[Block]:
    visible = [element for element in elements if element is not None]
    return [ActionsBlock(elements=visible)] if visible else []


def button(
    label: str,
    act: str,
    payload: Payload,
    *,
    style: str | None = None,
    about: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    """Return a button. `about` is its screen-reader text if the label alone is not enough."""
    return ButtonElement(
        text=label,
        action_id=act,
        value=str(payload),
        style=style,
        accessibility_label=cut(about, 75) if about else None,
        confirm=confirm,
    )


def link_button(label: str, act: str, address: str, *, about: str) -> ButtonElement:
    """Return a button that opens a link; `about` is its screen-reader text. Slack tells of its clicks, too."""
    return ButtonElement(text=label, action_id=act, url=address, accessibility_label=cut(about, 75))


def confirm(title: str, text: str, yes: str) -> ConfirmObject:
    return ConfirmObject(title=title, text=_markdown(cut(text, 300)), confirm=yes, deny=words.buttons.NOT_NOW)


def _markdown(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)
