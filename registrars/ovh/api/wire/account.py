"""The account, and what its key may do."""

from __future__ import annotations

from pydantic import Field

from registrars.ovh.api.wire.base import Flag, Moment, Text, Wire, Word
from registrars.ovh.api.wire.prices import Price


class Account(Wire):
    """The part of the account that determines catalogue, currency and tax."""

    ovh_subsidiary: Word = Field(min_length=1)


class Currency(Wire):
    """The account's currency."""

    code: Word


class AccountState(Wire):
    """What decides whether the account can buy. An incomplete account lacks data about its owner."""

    nichandle: Word
    ovh_subsidiary: Word | None = None
    currency: Currency | None = None
    state: Word | None = None


class PrepaidAccount(Wire):
    """The prepaid account."""

    balance: Price
    is_active: Flag | None = None


class AccessRule(Wire):
    """A call that a key may make; the path may be a pattern."""

    method: Word
    path: Text


class Credential(Wire):
    """An application key's own state and rules."""

    status: Word | None = None
    expiration: Moment | None = None
    rules: list[AccessRule]


class AuthDetails(Wire):
    """A service account's routes; null stands for all."""

    allowed_routes: list[AccessRule] | None = None
