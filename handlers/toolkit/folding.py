"""Fit messages and views into Slack's limits: space goes to parts by rank, and the remaining rows are only counted.

A view lists its parts in reading order. A plain block always stays: the total, the buttons, who is next. A `Part` can
be shortened. Parts with a lower rank number get space first, so details fold first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock
from slack_sdk.models.blocks.basic_components import TextObject

from handlers.text.mrkdwn import cut_bytes

_FENCE = "```"
_HEADER = 100  # bytes that a header takes in addition to its text, as others measured
_INTERACTIVE = {"actions", "input"}
_SHORTEST = 120  # bytes that a text keeps at least


@dataclass(frozen=True, slots=True)
class Room:
    """The space of a surface: `size` in bytes of UTF-8 over all texts, and a number of `blocks`."""

    size: int
    blocks: int


# Slack refuses a message above about 13,200 characters; others measured 10,600 bytes. A view may have 250 kB of JSON,
# in which a character of three bytes takes six and one of four takes twelve.
MESSAGE = Room(9_000, 45)
VIEW = Room(45_000, 90)


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be shortened.

    `render(n)` returns its blocks with `n` of its `most` rows, `render(0)` the minimum.
    """

    render: Callable[[int], Sequence[Block]]
    most: int
    rank: int


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks that fit, and whether they hold every part in full."""

    blocks: list[Block]
    is_complete: bool


def optional(blocks: Iterable[Block], *, rank: int) -> Part:
    """Return a part that is shown in full or not at all."""
    kept = list(blocks)
    return Part(lambda n: kept if n else [], 1 if kept else 0, rank)


def listed(rows: Sequence[Block], *, rank: int, more: Callable[[int], Block]) -> Part:
    """Return a part that shows the first rows; `more(n)` is the block about the `n` others."""
    return Part(lambda n: [*rows[:n], *([more(len(rows) - n)] if n < len(rows) else [])], len(rows), rank)


def fold(parts: Iterable[Block | Part], room: Room) -> Folded:
    """Render as much of these parts as fits the room. Never raises, and never exceeds the room."""
    every = [part if isinstance(part, Part) else _always(part) for part in parts]
    scale = _Scale()
    visible = [list(part.render(0)) for part in every]
    costs = [scale.weight(blocks) for blocks in visible]
    is_complete = True
    for place in sorted(range(len(every)), key=lambda i: every[i].rank):
        part = every[place]
        size = room.size - sum(cost.size for cost in costs) + costs[place].size
        blocks = room.blocks - sum(cost.blocks for cost in costs) + costs[place].blocks
        rows = _most_that_fit(part, Room(size, blocks), scale)
        is_complete = is_complete and rows == part.most
        visible[place] = list(part.render(rows))
        costs[place] = scale.weight(visible[place])
    rendered = [block for blocks in visible for block in blocks]
    fitted = _squeezed(rendered, room, scale)
    return Folded(fitted, is_complete and fitted == rendered)


def weight(blocks: Iterable[Block]) -> Room:
    """Return the space that these blocks take."""
    return _Scale().weight(blocks)


class _Scale:
    """Measures each block only once, because the search for what fits renders many of them repeatedly."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Block, int]] = {}  # with the block, so that its id is not reused

    def weight(self, blocks: Iterable[Block]) -> Room:
        sizes = [self._size(block) for block in blocks]
        return Room(sum(sizes), len(sizes))

    def _size(self, block: Block) -> int:
        if id(block) not in self._known:
            self._known[id(block)] = (block, _size_of(block))
        return self._known[id(block)][1]


def _size_of(block: Block) -> int:
    """Return the bytes of a block's texts. A section is read directly: to_dict takes ten times as long."""
    if isinstance(block, SectionBlock) and isinstance(block.text, TextObject) and not block.fields:
        accessory = block.accessory.to_dict() if block.accessory else None
        return _bytes(block.text.text) + sum(_bytes(text) for text in _texts(accessory))
    found = block.to_dict()
    return sum(_bytes(text) for text in _texts(found)) + (_HEADER if found.get("type") == "header" else 0)


def _always(block: Block) -> Part:
    return Part(lambda _n: [block], 0, 0)


def _most_that_fit(part: Part, room: Room, scale: _Scale) -> int:
    """Return the largest number of rows that fit. All rows are tried first, as they need no row about others."""

    def fits(rows: int) -> bool:
        taken = scale.weight(part.render(rows))
        return taken.size <= room.size and taken.blocks <= room.blocks

    if fits(part.most):
        return part.most
    low, high = 0, part.most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _squeezed(blocks: list[Block], room: Room, scale: _Scale) -> list[Block]:
    """Shorten blocks if even the minimum of all parts is too large: texts go first, buttons stay."""
    kept = list(blocks)
    while len(kept) > room.blocks:
        words = [i for i, block in enumerate(kept) if i and block.type not in _INTERACTIVE]
        del kept[words[-1] if words else -1]
    while (over := scale.weight(kept).size - room.size) > 0:
        longest = max(range(len(kept)), key=lambda i: _longest_text(kept[i]))
        size = _longest_text(kept[longest])
        if size <= _SHORTEST:
            break  # only labels of buttons and options are left, which views keep short
        kept[longest] = _cut_down(kept[longest], max(_SHORTEST, size - over, size // 2))
    return kept


def _longest_text(block: Block) -> int:
    return max((_bytes(text.text) for text in _words_of(block)), default=0)


def _words_of(block: Block) -> list[TextObject]:
    """Return the texts of a block that may be cut."""
    if isinstance(block, SectionBlock):
        return [block.text] if isinstance(block.text, TextObject) else []
    if isinstance(block, ContextBlock):
        return [element for element in block.elements if isinstance(element, TextObject)]
    return []


def _cut_down(block: Block, size: int) -> Block:
    """Return a copy of the block with each text cut to `size` bytes."""
    made = copy(block)
    if isinstance(made, SectionBlock) and isinstance(made.text, TextObject):
        made.text = _shorter(made.text, size)
    elif isinstance(made, ContextBlock):
        made.elements = [_shorter(e, size) if isinstance(e, TextObject) else e for e in made.elements]
    return made


def _shorter(text: TextObject, size: int) -> TextObject:
    made = copy(text)
    if text.text.startswith(_FENCE) and text.text.endswith(_FENCE):
        inner = text.text[len(_FENCE) : -len(_FENCE)]
        made.text = f"{_FENCE}{cut_bytes(inner, size - 2 * len(_FENCE))}{_FENCE}"
    else:
        made.text = cut_bytes(text.text, size)
    return made


def _texts(part: Any) -> Iterator[str]:  # noqa: ANN401 - any piece of JSON
    if isinstance(part, list):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, Mapping):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
