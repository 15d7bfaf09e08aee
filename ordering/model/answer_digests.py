"""Digests that stand for private answers where none may be kept in clear, before and after the answers are deleted."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

from ordering.model.facts import canonical

_SALT_BYTES = 32


class DigestForm(StrEnum):
    """How a digest was made. The values are stored, and hashed into the audit log."""

    SALTED = "salted"  # with the request's random salt: without the salt nobody can try answers against it
    EARLIER = "sha256"  # salted with what the answer was given for: a reader can try all birthdays


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A digest of one answer: lower-case hex of a SHA-256."""

    form: DigestForm
    text: str


@dataclass(frozen=True, slots=True)
class DeletedAnswer:
    """A private answer of a user that is deleted, by its digest."""

    label: str
    by: str
    digest: Digest


def new_salt() -> str:
    """Return a new random salt. Only its deletion makes a digest unreadable, so it is stored with the answers alone."""
    return secrets.token_hex(_SALT_BYTES)


def digest_of(cart: int, salt: str | None, name: str, label: str, value: str) -> Digest:
    """Return the digest of an answer in a request with this salt; a request of an earlier version has none."""
    if salt:
        return salted(salt, name, label, value)
    content = canonical([cart, name, label, value])
    return Digest(DigestForm.EARLIER, hashlib.sha256(content.encode()).hexdigest())


def salted(salt: str, name: str, label: str, value: str) -> Digest:
    """Return the digest of an answer for a name, with the salt of its request."""
    content = canonical([salt, name, label, value])
    return Digest(DigestForm.SALTED, hashlib.sha256(content.encode()).hexdigest())
