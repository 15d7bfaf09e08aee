"""Whether a registry would take a name's owner and answers, as far as OVH's rule engine can judge them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ordering.model.cart_line import Line
from ordering.model.question import OWNER_CONTACT
from registrars.ovh.api.schemas import Json
from registrars.ovh.carts.contacts import Contacts, as_owner
from registrars.ovh.carts.registry_rules import Rules

# Whose data only their own OVH account shows: a name that others administer cannot be judged from here.
_OTHER_ACCOUNTS = ("ADMIN_ACCOUNT", "TECH_ACCOUNT")


class Eligibility:
    """Judges the lines of one check by their answers; reads the account and each owner once, as they are now.

    `owner` is the contact's number that owns a name where nobody chose another.
    """

    def __init__(self, rules: Rules, contacts: Contacts, *, owner: str | None) -> None:
        self._rules = rules
        self._contacts = contacts
        self._owner = owner
        self._account: Json | None = None
        self._owners: dict[str, Json] = {}

    def faults(self, line: Line) -> Mapping[str, str]:
        """What breaks the rule of the line's registry, by field; empty where nothing does.

        Raises `RegistrarError` where OVH does not tell.
        """
        if any(line.answer(label) for label in _OTHER_ACCOUNTS):
            return {}
        return self._rules.broken_by(
            line.domain, owner=self._owner_of(line), account=self._read_account(), answers=_answers(line)
        )

    def _read_account(self) -> Json:
        # No cached_property: until Python 3.12 one that waits for OVH would hold up all others of its class.
        if self._account is None:
            self._account = self._contacts.account()
        return self._account

    def _owner_of(self, line: Line) -> Json:
        """The contact that was chosen; where none was or can be, OVH takes the account itself."""
        chosen = line.answer(OWNER_CONTACT)
        number = chosen.value if chosen else self._owner
        if number is None or not line.may_have_another_owner:
            return as_owner(self._read_account())
        if number not in self._owners:
            self._owners[number] = self._contacts.read(number)
        return self._owners[number]


def _answers(line: Line) -> Json:
    """The two answers that a check has room for, in its own form."""
    given: dict[str, object] = {}
    if accepted := line.answer("ACCEPT_CONDITIONS"):
        given["extras"] = {"acceptCondition": accepted.value == "true"}
    if record := line.answer("DOMAIN_CONFIG"):
        given["domain"] = json.loads(record.value)
    return given
