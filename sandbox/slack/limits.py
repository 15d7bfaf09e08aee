"""Limits of a whole message or view, as others measured them against the real Slack.

If measurements differ, the smaller one counts: the simulation must never be kinder than Slack. The sources:
slackapi/bolt-js issues 2509 and 2867 (all blocks of a post), the method pages of chat.postMessage and views.open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

POST_TEXT = 40_000  # characters; a longer text is cut, with a warning
UPDATE_TEXT = 4_000  # bytes of UTF-8, for chat.update and chat.postEphemeral
BLOCKS_TEXT = 13_200  # characters, and bytes of UTF-8, over all blocks
MARKDOWN_TEXT = 12_000  # characters
VIEW = 250_000  # bytes of JSON
ATTACHMENTS = 100
_HEADER = 100  # bytes that a header takes in addition to its text


def weight(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Return the bytes of UTF-8 of all texts in these blocks, which are never fewer than the characters."""
    headers = [block for block in blocks if block.get("type") == "header"]
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in _texts(blocks)) + _HEADER * len(headers)


def blocks_are_too_long(blocks: Sequence[Mapping[str, Any]]) -> bool:
    return weight(blocks) > BLOCKS_TEXT


def text_is_too_long(text: str) -> bool:
    """Whether chat.update would refuse this text."""
    return len(text.encode("utf-8", "surrogatepass")) > UPDATE_TEXT


def view_is_too_large(view: Mapping[str, Any]) -> bool:
    return len(json.dumps(view)) > VIEW


def _texts(part: Any) -> Iterator[str]:  # noqa: ANN401 - any piece of JSON
    if isinstance(part, list | tuple):
        for each in part:
            yield from _texts(each)
    elif isinstance(part, Mapping):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
