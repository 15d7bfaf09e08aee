"""Makes the probe's calls, records them without private data, and deletes the carts that it made."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.doctor.probe.redaction import path_without_ids, shape, words_without_ids
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.connection import Reply
from registrars.ovh.api.errors import Answer as OvhAnswer

_GONE = frozenset({404, 460})
_OK = 300


class Unsettled(Exception):
    """A fact cannot be settled; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Seen:
    """OVH's reply, decoded; `body` is None if it is no JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_ok(self) -> bool:
        return self.status < _OK

    @property
    def is_gone(self) -> bool:
        return self.status in _GONE

    @property
    def code(self) -> str:
        return str(self.body.get("errorCode") or "") if isinstance(self.body, dict) else ""

    @property
    def refusal(self) -> str:
        """The status, and the class or code of OVH's error, such as ``400 Client::BadRequest``."""
        kind = self.body.get("class") or self.body.get("errorCode") if isinstance(self.body, dict) else None
        return f"{self.status} {kind}" if kind else str(self.status)

    @property
    def message(self) -> str:
        return str(self.body.get("message") or "") if isinstance(self.body, dict) else ""

    def get(self, key: str) -> Any:  # noqa: ANN401 - decoded JSON
        """Return a field of an object; None for any other body."""
        return self.body.get(key) if isinstance(self.body, dict) else None

    def listed(self) -> list[Any]:
        return self.body if isinstance(self.body, list) else []


class Lab:
    """One probe. `home` is the account's subsidiary; `sleep` waits, in seconds."""

    def __init__(self, client: Client, *, home: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._home = home
        self.sleep = sleep
        self.token = secrets.token_hex(4)
        self.evidence: list[dict[str, Any]] = []
        self._open: list[str] = []

    @property
    def is_service_account(self) -> bool:
        return self._client.is_service_account

    @property
    def calls(self) -> int:
        return len(self.evidence)

    @property
    def description(self) -> str:
        """The exact description of this probe's carts; not one of the bot's own markers."""
        return f"Probe {self.token} of Domain Desk"

    @property
    def left(self) -> int:
        """How many of the probe's carts are still there."""
        return len(self._open)

    def now(self) -> datetime:
        """Return OVH's time as it was last read."""
        return self._client.time_as_known()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        late: int = 0,
    ) -> Seen:
        """Make one call, and record its form.

        Raises `RegistrarUnavailable` without an answer, `Unsettled` if OVH is overloaded or its answer is unreadable.
        """
        reply = self._client.try_out(method, path, query=query, body=body, headers=headers, late=late)
        seen = Seen(reply.status, reply.headers, _decoded(reply))
        note: dict[str, Any] = {"call": f"{method} {path_without_ids(path)}", "status": seen.status}
        if query:
            note["query"] = sorted(query)
        if body:
            note["body"] = shape(dict(body))
        if late:
            note["seconds_late"] = late
        if seen.is_ok:
            note["answer"] = shape(seen.body)
        else:
            note["answer"] = {"error": seen.refusal, "message": words_without_ids(seen.message, self.token)}
        self.evidence.append(note)
        if OvhAnswer(seen.status, seen.body, garbled=seen.body is None and not _is_void(reply)).is_busy:
            raise Unsettled(f"OVH was overloaded, or its answer is unreadable ({seen.status})")
        return seen

    def try_cart(self, description: str | None = None, life: timedelta | None = None) -> Seen:
        """Create a cart, and return OVH's answer; a cart that was made is deleted at the end."""
        body: dict[str, Any] = {"ovhSubsidiary": self._home, "description": description or self.description}
        if life is not None:
            body["expire"] = (self.now() + life).isoformat(timespec="seconds")
        seen = self.call("POST", "/order/cart", body=body)
        if seen.is_ok and isinstance(seen.get("cartId"), str):
            self._open.append(seen.get("cartId"))
        return seen

    def open_cart(self, description: str | None = None, life: timedelta | None = None) -> str:
        """Create a cart of the account, as the bot does, and return its id; raises `Unsettled`."""
        seen = self.try_cart(description, life)
        cart = seen.get("cartId")
        if not seen.is_ok or not isinstance(cart, str):
            raise Unsettled(f"OVH makes no such cart ({seen.refusal})")
        self.call("POST", f"/order/cart/{segment(cart)}/assign")
        return cart

    def list_carts(self, description: str | None = None) -> list[Any]:
        """Return the listed ids; raises `Unsettled` if OVH does not list carts."""
        seen = self.call("GET", "/order/cart", query={"description": description} if description else None)
        if not seen.is_ok:
            raise Unsettled(f"OVH does not list carts ({seen.refusal})")
        return seen.listed()

    def read_cart(self, cart: str) -> Seen:
        return self.call("GET", f"/order/cart/{segment(cart)}")

    def delete_cart(self, cart: str) -> Seen:
        seen = self.call("DELETE", f"/order/cart/{segment(cart)}")
        if (seen.is_ok or seen.is_gone) and cart in self._open:
            self._open.remove(cart)
        return seen

    def clean_up(self) -> int:
        """Delete every cart that this probe made; return how many OVH did not delete. They expire by themselves."""
        for cart in list(self._open):
            with suppress(Unsettled):
                self.delete_cart(cart)
        return self.left


def _is_void(reply: Reply) -> bool:
    """Return whether a reply says nothing, as OVH's void routes do."""
    return reply.content.strip() in {b"", b"null"}


def _decoded(reply: Reply) -> Any:  # noqa: ANN401 - decoded JSON
    try:
        return json.loads(reply.content) if reply.content.strip() else None
    except ValueError:
        return None
