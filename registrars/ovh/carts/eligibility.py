"""Checks whether a registry would accept a name's owner and answers, using OVH's rule engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.question import OWNER_CONTACT
from registrars.ovh.api.wire.base import Json
from registrars.ovh.carts.contacts import Contacts, as_owner
from registrars.ovh.carts.registry_rules import Rules

# Only these accounts themselves show their data, so a name that another account administers cannot be checked here.
_OTHER_ACCOUNTS = ("ADMIN_ACCOUNT", "TECH_ACCOUNT")


class Eligibility:
    """Checks lines with their answers; reads the account and each owner once.

    `owner` returns the id of the contact that owns a name unless the user chose another; None for the account's data.
    """

    def __init__(self, rules: Rules, contacts: Contacts, *, owner: Callable[[DomainName], str | None]) -> None:
        self._rules = rules
        self._contacts = contacts
        self._owner = owner
        self._account: Json | None = None
        self._owners: dict[str, Json] = {}

    def faults(self, line: Line) -> Mapping[str, str]:
        """Return the violations of the rule of the line's registry, by field; empty if there are none.

        Raises `RegistrarError` if OVH does not check them.
        """
        if any(line.answer(label) for label in _OTHER_ACCOUNTS):
            return {}
        return self._rules.broken_by(
            line.domain, owner=self._owner_of(line), account=self._read_account(), answers=_answers(line)
        )

    def _read_account(self) -> Json:
        # No cached_property: until Python 3.12, one that waits for OVH would block all others of its class.
        if self._account is None:
            self._account = self._contacts.account()
        return self._account

    def _owner_of(self, line: Line) -> Json:
        """Return the chosen contact; without one, or if none can be chosen, the account itself, as OVH does."""
        chosen = line.answer(OWNER_CONTACT)
        number = chosen.value if chosen else self._owner(line.domain)
        if number is None or not line.may_have_another_owner:
            return as_owner(self._read_account())
        if number not in self._owners:
            self._owners[number] = self._contacts.read(number)
        return self._owners[number]


def _answers(line: Line) -> Json:
    """Return the two answers that a check accepts, in its own form."""
    given: dict[str, object] = {}
    if accepted := line.answer("ACCEPT_CONDITIONS"):
        given["extras"] = {"acceptCondition": accepted.value == "true"}
    if record := line.answer("DOMAIN_CONFIG"):
        given["domain"] = json.loads(record.value)
    return given
