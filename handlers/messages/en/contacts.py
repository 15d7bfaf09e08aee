"""What a person reads when they list contacts, or create one that can own a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.messages.en.grammar import counted, few
from handlers.messages.en.phrases import with_full_stop
from ordering.model.domain_name import DomainName

NEW_CONTACT = "New owner"  # the form
CREATE = "Create contact"
CREATE_ANYWAY = "Create anyway"
WHO_IS_IT = "Type of owner"
WHAT_IT_OWNS = "Owner of"
WHERE_IT_GOES = "OVH keeps this contact, and hands it to the registries of the names that it owns."
AT_OVH = "Contacts at OVH"  # the list
ASKING = "Asking OVH for the contacts…"
ASKING_NEEDS = "Asking OVH what the registries want to know of the owner…"
CREATING = "Creating the contact at OVH…"
LIST_CLOSED = "The list was closed. Open it again."
ONLY_YOU = "Only you see this."
FORM_CLOSED = "The form was closed. Open it again."
REFUSED_AFTER_CLOSING = (
    "OVH refused the contact, so none was created. The form closed before I could show why. Please try again."
)


def owns_all(names: int) -> str:
    """Return the choice of every name of the cart that has no owner yet."""
    return f"All {names} names without an owner"


def owns_only(name: str) -> str:
    """Return the choice of one name."""
    return f"Only {name}"


def for_names(names: Sequence[str]) -> str:
    """Return for which names a registry needs a field, as part of a hint."""
    return f"For {few(names)}."


def hint(names: str, told: str, example: str) -> str:
    """Return the hint of a field; `names` is from `for_names`, the others may be empty."""
    like = f"Such as {example}." if example else ""
    return " ".join(filter(None, [with_full_stop(told) if told else "", like, names]))


def pages(addresses: Sequence[str]) -> str:
    """Return links to the registries' own pages."""
    return f"The registries' rules: {', '.join(f'<{address}>' for address in addresses)}"


def undecided(names: Sequence[str]) -> str:
    """Return for which names it is not known what the registry needs; the names are escaped."""
    return f"I could not read all that is needed for {few(names)}. OVH checks it when you request approval."


# When an owner is completed ------------------------------------------------------------------------------------------


def stuck(labels: Sequence[str]) -> str:
    """Return which fields cannot be completed here, by their escaped labels: they are set, or the holder's own."""
    return f"*Not to be changed from here:* {few(labels)}. Choose another owner, or create one."


def account_lacks(labels: Sequence[str]) -> str:
    """Return what the registries need that the account's own data lack, by escaped labels."""
    lacks = few([label.removesuffix("?") for label in labels])  # some labels are questions
    return f"*The account's own data lack:* {lacks}. Choose another owner, or create one."


def wrong_value(reason: str) -> str:
    """Return why the value above is not taken; `reason` is an escaped sentence."""
    return f":warning: {reason}"


def not_completed(problem: str) -> str:
    """Return why an owner was not completed at OVH; `problem` is an escaped sentence."""
    return f"The answers are saved, the owner is *not changed yet.* {problem}"


DOUBTFUL = "The check digits of this number look wrong. Correct it, or save it anyway: OVH decides."
MORE_NEEDED = "With these answers the registries need more. What is new stands below."


def wrong_fields(problems: Mapping[str, str]) -> str:
    """Return what is wrong in fields, by their labels; both are escaped."""
    return "\n".join(f"*{label}*: {problem}" for label, problem in problems.items())


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
