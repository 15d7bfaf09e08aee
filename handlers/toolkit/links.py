"""Links to messages: built from the workspace's address, because `chat.getPermalink` would cost a call for each."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https://[a-z0-9.-]+/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Links:
    """Builds links for one workspace; `address` is the `url` of `auth.test`, such as ``https://otter.slack.com/``.

    Without an address there are no links.
    """

    address: str | None = None

    def to_message(self, channel: str, ts: str | None) -> str | None:
        """Return the link to a message, as Slack's own *Copy link* makes it; None if it cannot be made."""
        if ts is None or self.address is None or not _ADDRESS.fullmatch(self.address):
            return None
        return f"{self.address}archives/{channel}/p{ts.replace('.', '')}"

    def to_channel(self, channel: str) -> str | None:
        """Return the link to a channel or conversation; None if it cannot be made."""
        if self.address is None or not _ADDRESS.fullmatch(self.address):
            return None
        return f"{self.address}archives/{channel}"
