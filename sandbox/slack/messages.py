"""Messages and views as the workspace stores them, and functions to read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.elements import initial_state
from sandbox.slack.world import BOT_USER


@dataclass
class Message:
    """A message; `only_for` is the one user who sees an ephemeral one."""

    ts: str
    channel: str
    text: str
    blocks: list[dict[str, Any]]
    thread_ts: str | None = None
    only_for: str | None = None
    author: str = BOT_USER
    edited: int = 0
    chosen: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    attachments: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    def plain_text(self) -> str:
        """Return all text that a user sees."""
        return "\n".join(words(self.blocks)) or self.text

    def to_json(self) -> dict[str, Any]:
        body = {"type": "message", "ts": self.ts, "text": self.text, "blocks": self.blocks, "user": self.author}
        body |= {"attachments": self.attachments} if self.attachments else {}
        return body | ({"thread_ts": self.thread_ts} if self.thread_ts else {})


@dataclass
class OpenView:
    """A view on a user's screen: a modal or their Home. `below` is the modal that it was pushed on."""

    id: str
    user: str
    view: dict[str, Any]
    hash: str
    chosen: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    below: OpenView | None = None

    @property
    def root(self) -> OpenView:
        """The bottom view of its stack."""
        return self.below.root if self.below else self

    @property
    def external_id(self) -> str:
        return str(self.view.get("external_id") or "")

    def plain_text(self) -> str:
        title = (self.view.get("title") or {}).get("text", "")
        return "\n".join([title, *words(self.view["blocks"])])

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.view["blocks"])

    def to_json(self, team: str, app: str) -> dict[str, Any]:
        return self.view | {
            "id": self.id, "team_id": team, "hash": self.hash, "state": {"values": self.chosen}, "app_id": app,
            "previous_view_id": self.below.id if self.below else None, "root_view_id": self.root.id,
            "external_id": self.external_id, "app_installed_team_id": team,
            "bot_id": "B0SANDBOX", "private_metadata": self.view.get("private_metadata", ""),
            "callback_id": self.view.get("callback_id", ""),
        }  # fmt: skip


_READ = ("text", "label", "fields", "elements", "element", "accessory", "initial_option", "hint")


def words(part: Any) -> Iterator[str]:  # noqa: ANN401 - any piece of JSON
    """Yield every text in blocks, in reading order; of a select the chosen option, of a confirm dialog nothing."""
    if isinstance(part, list):
        for each in part:
            yield from words(each)
    elif isinstance(part, dict):
        if part.get("type") in {"mrkdwn", "plain_text"}:
            yield str(part["text"])
        else:
            for name in _READ:
                yield from words(part.get(name))


def elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all interactive elements with the id of their block."""
    for block in blocks:
        parts = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
        for part in parts:
            if isinstance(part, dict) and part.get("action_id"):
                yield str(block.get("block_id")), part


def initial_values(blocks: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the state of a view or message before any input."""
    values: dict[str, dict[str, dict[str, Any]]] = {}
    for block_id, element in elements(blocks):
        state = initial_state(element)
        if state is not None:
            values.setdefault(block_id, {})[element["action_id"]] = state
    return values
