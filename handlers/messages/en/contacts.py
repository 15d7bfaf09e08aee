"""What a person reads when they list contacts, or create one that can own a name."""

from __future__ import annotations

from handlers.messages.en.grammar import counted
from ordering.model.domain_name import DomainName

NEW_CONTACT = "New contact"  # the form
CREATE = "Create contact"
WHO_IS_IT = "Type of owner"
WHERE_IT_GOES = "OVH keeps this contact, and hands it to the registries of the names that it owns."
AT_OVH = "Contacts at OVH"  # the list
ASKING = "Asking OVH for the contacts…"
CREATING = "Creating the contact at OVH…"
LIST_CLOSED = "The list was closed. Open it again."
ONLY_YOU = "Only you see this."
FORM_CLOSED = "The form was closed. Open it again."
REFUSED_AFTER_CLOSING = (
    "OVH refused the contact, so none was created. The form closed before I could show why. Please try again."
)


def not_created(problem: str) -> str:
    """Return why a contact was not created; `problem` is a sentence, escaped."""
    return f"*Not created yet.* {problem}"


def created(contact: str, domain: DomainName) -> str:
    """Return that a contact was created, and selected in the form below."""
    return f"Contact {contact} is created, and chosen for {domain}. Go back and save that."


def created_only(contact: str, problem: str) -> str:
    """Return that a contact was created, and why it was not selected; `problem` is a sentence, escaped."""
    return f"Contact {contact} is created. {problem}"


def all_of_them(number: int, shown: int) -> str:
    """Return the first line of the list, which has room for the `shown` newest."""
    more = f" The newest {shown} of them:" if number > shown else ""
    return f"The account has {counted(number, 'contact')}. {ONLY_YOU}{more}"


def older(number: int) -> str:
    """Return how many older contacts have no room."""
    return f"and {counted(number, 'older contact')}, in OVH's control panel"
