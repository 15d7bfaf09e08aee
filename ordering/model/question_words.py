"""The registrar's labels in plain words.

Source: OVH's guides on ordering names and on eligibility rules, which explain these labels.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """A question, a help text, and the requested thing as a noun.

    `said` renders the answer in a channel, with its `{value}` or its author, `{by}`. Without it only the author reads
    the answer, which may contain a birthday, an identity number or a code.
    """

    title: str
    help: str
    noun: str
    said: str | None = None


WORDS: dict[str, Words] = {
    "OWNER_CONTACT": Words(
        "Who will own the name?",
        "The registry records this contact as the owner. OVH makes a copy of it for the name.",
        "the owner",
        "owner: contact {value}",
    ),
    "ADMIN_ACCOUNT": Words(
        "Which OVH account administers it?",
        "Such as ab12345-ovh. Left empty, it is the account that the desk orders with.",
        "the administrative account",
        "administered by {value}",
    ),
    "TECH_ACCOUNT": Words(
        "Which OVH account is its technical contact?",
        "Such as ab12345-ovh. Left empty, it is the account that the desk orders with.",
        "the technical account",
        "technical contact {value}",
    ),
    "DNS": Words(
        "Which name servers?",
        "Two or more, with commas between them, such as ns1.example.net, ns2.example.net. Left empty, OVH's own.",
        "the name servers",
        "name servers {value}",
    ),
    "OWNER_LEGAL_AGE": Words(
        "Is the owner of legal age?",
        "OVH asks this for every name, of companies as well.",
        "the owner's legal age",
        "owner of legal age: {value}",
    ),
    "ACCEPT_CONDITIONS": Words(
        "Do you accept the registry's own conditions?",
        "Read them on the registry's site first. Yes is a legal statement, and it is recorded as yours.",
        "a yes to its conditions",
        "the registry's conditions accepted by {by}",
    ),
    "REASON": Words(
        "Why does the team want this name?",
        "The registry decides by it, for a city's name for example. The approver reads it, too.",
        "the reason",
        "reason: “{value}”",
    ),
    "CLAIMS_NOTICE": Words(
        "Do you take note of the trademark claim?",
        "Somebody holds a trademark like this name, and may object to it. Your answer is a legal statement, "
        "and it is recorded as yours.",
        "a yes to the trademark notice",
        "the trademark notice acknowledged by {by}",
    ),
    "PROTECTED_CODE": Words(
        "Which code did the registry give you?",
        "The registry protects this name, and gives a code to whoever may have it.",
        "the registry's code",
    ),
    "DOMAIN_CONFIG": Words(
        "What does the registry want to know about the name, as JSON?",
        'Such as {"reason": "…", "audience": "…"}: this registry wants a small record, not a text.',
        "the registry's record",
    ),
}
