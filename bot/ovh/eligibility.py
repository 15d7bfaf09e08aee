"""Whether a registry would take a name's owner and answers, as far as OVH's rule engine can judge them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.ovh.contacts import Contacts
from bot.ovh.reading import Json
from bot.ovh.rules import Rules
from ordering.cart_line import Line
from ordering.question import OWNER_CONTACT

# Whose data only their own OVH account shows: a name that others administer cannot be judged from here.
_OTHER_ACCOUNTS = ("ADMIN_ACCOUNT", "TECH_ACCOUNT")


class Eligibility:
    """Judges lines by their answers; `owner` is the contact's number that owns a name where nobody chose another."""

    def __init__(self, rules: Rules, contacts: Contacts, *, owner: str | None) -> None:
        self._rules = rules
        self._contacts = contacts
        self._owner = owner

    def faults(self, line: Line) -> Mapping[str, str]:
        """What breaks the rule of the line's registry, by field; empty where nothing does.

        Raises `RegistrarError` where OVH does not tell.
        """
        if any(line.answer(label) for label in _OTHER_ACCOUNTS):
            return {}
        chosen = line.answer(OWNER_CONTACT)
        owner = self._contacts.owner(chosen.value if chosen else self._owner)
        account = self._contacts.account()
        return self._rules.broken_by(line.domain, owner=owner, account=account, answers=_answers(line))


def _answers(line: Line) -> Json:
    """The two answers that a check has room for, in its own form."""
    given: dict[str, object] = {}
    if accepted := line.answer("ACCEPT_CONDITIONS"):
        given["extras"] = {"acceptCondition": accepted.value == "true"}
    if record := line.answer("DOMAIN_CONFIG"):
        given["domain"] = json.loads(record.value)
    return given
