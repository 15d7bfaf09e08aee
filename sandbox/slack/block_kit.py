"""Slack's own checks of blocks and views, as far as they are known: the SDK models' checks and those that they miss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

_MOST = {"message": 50, "modal": 100, "home": 100}
_PLAIN_ONLY = {("button", "text"), ("header", "text"), ("input", "label"), ("input", "hint")}
_IN_CONTEXT = {"mrkdwn", "plain_text", "image"}


def faults_of(blocks: Sequence[Mapping[str, Any]], *, surface: str = "message") -> list[str]:
    """Return what Slack would refuse, one sentence each; empty if everything is valid."""
    found = []
    if len(blocks) > _MOST[surface]:
        found.append(f"{len(blocks)} blocks are more than {_MOST[surface]}")
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    found += [f"block_id {twice} is there twice" for twice in sorted({i for i in ids if ids.count(i) > 1})]
    for place, block in enumerate(blocks):
        found += [f"/blocks/{place}: {fault}" for fault in _of_block(block)]
    return found


def faults_of_view(view: Mapping[str, Any]) -> list[str]:
    """Return the faults of a modal or a Home."""
    found = faults_of(view.get("blocks", []), surface=str(view.get("type", "modal")))
    try:
        View(**view).to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        found.append(str(error))
    inputs = any(block.get("type") == "input" for block in view.get("blocks", []))
    if view.get("type") == "modal" and inputs and not view.get("submit"):
        found.append("a modal with inputs needs a submit")
    found += [f"{name} is longer than 24" for name in ("title", "submit", "close") if len(_text(view.get(name))) > 24]  # noqa: PLR2004 - Slack's limit
    return found


def _of_block(block: Mapping[str, Any]) -> Iterator[str]:
    try:
        parsed = Block.parse(dict(block))
        if parsed is None:
            yield f"unknown type {block.get('type')}"
            return
        kept = parsed.to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        yield str(error)
        return
    yield from (f"unknown property {name}" for name in sorted(set(block) - set(kept)))
    yield from _of_parts(block)
    actions = [str(e["action_id"]) for e in block.get("elements", []) if isinstance(e, dict) and e.get("action_id")]
    yield from (f"action_id {twice} is there twice" for twice in sorted({a for a in actions if actions.count(a) > 1}))
    if block.get("type") == "context":
        wrong = [e.get("type") for e in block.get("elements", []) if e.get("type") not in _IN_CONTEXT]
        yield from (f"{kind} is not allowed in a context" for kind in wrong)


def _of_parts(part: Any) -> Iterator[str]:  # noqa: ANN401 - any piece of JSON
    """Yield the faults of elements and texts, wherever they are."""
    if isinstance(part, list):
        for each in part:
            yield from _of_parts(each)
    if not isinstance(part, dict):
        return
    kind = str(part.get("type"))
    for name, value in part.items():
        if (kind, name) in _PLAIN_ONLY and isinstance(value, dict) and value.get("type") != "plain_text":
            yield f"{kind}.{name} must be plain_text"
        yield from _of_parts(value)
    if kind in {"mrkdwn", "plain_text"} and not 1 <= len(str(part.get("text", ""))) <= 3000:  # noqa: PLR2004 - Slack's limit
        yield "a text must have 1 to 3000 characters"
    if kind == "button" and (len(_text(part.get("text"))) > 75 or len(str(part.get("value", ""))) > 2000):  # noqa: PLR2004 - Slack's limits
        yield "a button's text or value is too long"


def _text(value: Any) -> str:  # noqa: ANN401 - a text object, a string or nothing
    return str(value.get("text", "")) if isinstance(value, dict) else str(value or "")
