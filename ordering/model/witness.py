"""A witness: the head of the audit log at a moment, in a line that is kept outside the database."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace

from ordering.model.facts import canonical

_LINE = re.compile(r"([0-9]{1,15})\.([0-9a-f]{64})\.([0-9]{1,12})(?:\.([0-9a-f]{64}))?")


@dataclass(frozen=True, slots=True)
class Witness:
    """The number and digest of the newest event at a time, in seconds since 1970.

    The digest covers all events before it, so nobody can rewrite one of them and keep it. With a key that is not in the
    database, a signature (HMAC-SHA256, hex) proves that the bot itself said so; without one it is empty.
    """

    number: int
    digest: str
    at: int
    signature: str = ""

    def __str__(self) -> str:
        return ".".join(filter(None, (str(self.number), self.digest, str(self.at), self.signature)))

    def signed(self, key: str) -> Witness:
        """Return the witness with its signature."""
        return replace(self, signature=self._signature(key))

    def is_signed_with(self, key: str) -> bool:
        return hmac.compare_digest(self.signature, self._signature(key))

    def _signature(self, key: str) -> str:
        content = canonical(["head 1", self.number, self.digest, self.at])
        return hmac.new(key.encode(), content.encode(), hashlib.sha256).hexdigest()

    @classmethod
    def parse(cls, text: str) -> Witness | None:
        """Parse the output of `str`; None for any other text."""
        found = _LINE.fullmatch(text)
        return None if found is None else cls(int(found[1]), found[2], int(found[3]), found[4] or "")
