"""A click, form or command, as Slack sends it."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from ordering.model.errors import NotPossible
from ordering.model.ids import CartId
from ordering.model.text import is_visible

_NUMBER = re.compile(r"#?(\d{1,9})")
_PRIVATE_NAMES = {"privategroup", "directmessage"}
_SEVERAL_PEOPLE = "mpdm-"  # the name of a direct conversation between several people
_LINE_BREAKS = "\n\r\t"
_UNSTORABLE = {"Cc", "Cs"}  # control characters, lone surrogates: PostgreSQL takes no NUL, no database a lone surrogate


@dataclass(frozen=True, slots=True)
class Interaction:
    """One user's interaction. `channel` is None on Home and in forms.

    `form` is a form that was sent or clicked in and stays open. `placeholder` is set if a message stands where the
    answer belongs. `values` are inputs by their action_id: all of a form's inputs, or those next to a clicked button,
    because Home shows many carts. `command` is the name of the slash command, if one was typed. `callback` is the
    form's kind, `form_hash` changes when the bot changes the form, `blocks` maps each input to its block. `clicked_at`
    is when a click that decides was stored, by the database's clock. `private` is whether only some people can read the
    channel; where nothing says so, it is. `lasting`: it was written in the user's own conversation with the bot, so
    answers are messages that stay there; `thread_ts` is the thread it was written in.
    """

    user: str
    trigger: str
    channel: str | None = None
    response_url: str | None = None
    value: str = ""
    values: Mapping[str, str | None] | None = None
    form: str | None = None
    placeholder: bool = False
    metadata: str = ""
    message_ts: str | None = None
    ephemeral: bool = False
    callback: str = ""
    blocks: Mapping[str, str] | None = None
    command: str = ""
    clicked_at: datetime | None = None
    form_hash: str = ""
    private: bool = True
    lasting: bool = False
    thread_ts: str | None = None

    @classmethod
    def of_message(cls, event: Mapping[str, Any]) -> Interaction:
        """Read what a user wrote in their own conversation with the bot; Slack escapes it and marks links."""
        return cls(
            user=event["user"],
            trigger="",
            channel=event["channel"],
            value=_readable(html.unescape(event.get("text") or "")),
            lasting=True,
            thread_ts=event.get("thread_ts"),
        )

    @classmethod
    def of_command(cls, body: Mapping[str, Any]) -> Interaction:
        return cls(
            user=body["user_id"],
            trigger=body.get("trigger_id", ""),
            channel=body["channel_id"],
            response_url=body.get("response_url"),
            value=_readable(body.get("text")) or "",
            command=body.get("command", ""),
            private=_is_private(body["channel_id"], body.get("channel_name")),
        )

    @classmethod
    def of_action(cls, body: Mapping[str, Any]) -> Interaction:
        container, action = body.get("container", {}), body["actions"][0]
        shown_in = body.get("view") or body
        form = shown_in.get("type") == "modal"
        return cls(
            user=body["user"]["id"],
            trigger=body.get("trigger_id", ""),
            channel=(body.get("channel") or {}).get("id"),
            response_url=body.get("response_url"),
            value=action.get("value") or "",
            values=_values(shown_in.get("state"), block=None if form else action.get("block_id")),
            form=shown_in["id"] if form else None,
            metadata=(shown_in.get("private_metadata") or "") if form else "",
            message_ts=container.get("message_ts"),
            ephemeral=bool(container.get("is_ephemeral")),
            callback=(shown_in.get("callback_id") or "") if form else "",
            form_hash=(shown_in.get("hash") or "") if form else "",
            private=_is_private(*map((body.get("channel") or {}).get, ("id", "name"))),
        )

    @classmethod
    def of_form(cls, body: Mapping[str, Any], *, stays: bool = False) -> Interaction:
        view = body["view"]
        return cls(
            user=body["user"]["id"],
            trigger=body.get("trigger_id", ""),
            values=_values(view.get("state")),
            form=view["id"] if stays else None,
            metadata=view.get("private_metadata") or "",
            blocks={action: block for block, actions in _blocks(view.get("state")).items() for action in actions},
        )

    def kept(self) -> str:
        """Return what is stored until the click is decided: everything except the response URL, which is a secret."""
        return json.dumps(asdict(replace(self, response_url=None)))

    @classmethod
    def of_kept(cls, kept: str) -> Interaction:
        return cls(**json.loads(kept))

    @property
    def stays(self) -> bool:
        """Whether a message that stays in the user's own conversation with the bot was clicked in."""
        return bool(self.message_ts and not self.ephemeral and (self.channel or "").startswith("D"))

    @property
    def payload(self) -> str:
        """What the button or form carries, as `handlers.toolkit.payloads` reads it."""
        return self.value or self.metadata

    def block_of(self, action_id: str) -> str:
        """Return the block of an input, where its errors are shown."""
        return (self.blocks or {}).get(action_id, action_id)

    def typed(self, action_id: str) -> str:
        """Return what was typed or chosen in an input; empty if nothing was."""
        return (self.values or {}).get(action_id) or ""


def cart_number(text: str) -> CartId:
    """Read ``12`` or ``#12``; raises `NotPossible`."""
    if found := _NUMBER.fullmatch(text.strip()):
        return CartId(int(found[1]))
    raise NotPossible(code="number_missing")


def _is_private(channel: str | None, name: str | None) -> bool:
    """Return whether only some people can read a channel.

    For a private channel or a direct conversation Slack's payloads have a fixed word in place of the name.
    """
    if not channel or not name or channel[0] in "DG":
        return True
    return name in _PRIVATE_NAMES or name.startswith(_SEVERAL_PEOPLE)


def _readable(text: str | None) -> str:
    """Return the text without characters that cannot be stored; empty if nothing visible is left."""
    kept = "".join(c if c in _LINE_BREAKS or _is_storable(c) else " " if c.isspace() else "" for c in text or "")
    return kept if is_visible(kept) else ""


def _is_storable(character: str) -> bool:
    return unicodedata.category(character) not in _UNSTORABLE


def _values(state: Mapping[str, Any] | None, *, block: str | None = None) -> dict[str, str | None]:
    blocks = _blocks(state)
    if block is not None:
        blocks = {block: blocks.get(block, {})}
    return {
        action_id: _readable(found.get("value")) or (found.get("selected_option") or {}).get("value")
        for actions in blocks.values()
        for action_id, found in actions.items()
    }


def _blocks(state: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return dict((state or {}).get("values") or {})
