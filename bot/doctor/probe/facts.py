"""What the probe settles: each fact, what the simulated OVH assumes, and what depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How an answer compares with the assumption."""

    AS_ASSUMED = "as assumed"
    DIFFERS = "differs"
    NOT_SETTLED = "not settled"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about OVH.

    `assumed` is what the simulation does, empty if any answer fits; `matters` is what depends on it in the bot.
    """

    question: str
    assumed: str
    matters: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the probe saw; `found` is None if it could not be settled, for the reason `why`."""

    code: str
    found: str | None
    why: str = ""

    @property
    def fact(self) -> Fact:
        return FACTS[self.code]

    @property
    def outcome(self) -> Outcome:
        if self.found is None:
            return Outcome.NOT_SETTLED
        is_assumed = not self.fact.assumed or self.found == self.fact.assumed
        return Outcome.AS_ASSUMED if is_assumed else Outcome.DIFFERS


_BY_LIST = "The bot trusts what the list shows and never what it leaves out, so either is safe."
FACTS: Mapping[str, Fact] = {
    "new_cart_listed": Fact(
        "When does the list show a new cart?",
        "at once",
        "A marker of a money call is found by the list. A list that is late makes a lost call be noticed later.",
    ),
    "list_filter": Fact(
        "How does the list filter by description?",
        "the whole text",
        "The bot reads each listed cart's description, so another filter costs calls and no safety.",
    ),
    "closed_cart_listed": Fact("Does the list show carts that were ordered?", "yes", _BY_LIST),
    "expired_cart_listed": Fact("Does the list show expired carts?", "yes", _BY_LIST),
    "expired_cart_answer": Fact(
        "What does an expired cart answer?", "404", "404 and 460 both count as gone. Another answer would not."
    ),
    "oldest_cart_listed": Fact(
        "How old is the oldest empty cart of this bot in the list?",
        "",
        "Markers must stay listed for 30 days. A probe a month after the first start can show that they do.",
    ),
    "longest_life": Fact(
        "How long may a cart live?",
        "365 days or more",
        "Markers ask for 30 days, then for 2 days, then for OVH's own time: they adapt by themselves.",
    ),
    "longest_description": Fact(
        "How long may a cart's description be?",
        "255 characters or more",
        "The bot's descriptions have fewer than 60 characters.",
    ),
    "delete_ends_a_cart": Fact(
        "Is a deleted cart gone?",
        "yes",
        "Before it believes that nothing was ordered, the bot deletes the cart. If that did not end the cart, a late "
        "checkout could still order.",
    ),
    "delete_of_an_ordered_cart": Fact(
        "Does OVH delete a cart that was ordered?",
        "yes",
        "If OVH refuses, a successful delete proves that nothing was ordered, and 15 minutes of waiting could be two. "
        "No part of the bot reads this yet.",
    ),
    "ordered_cart_names_its_order": Fact(
        "Which calls name the order of an ordered cart?",
        "none",
        "If one does, a checkout without an answer can be resolved by its own cart.",
    ),
    "unknown_extension": Fact(
        "What does OVH answer to an extension that it does not sell?",
        "400 Client::BadRequest",
        "A 4xx in OVH's own form is a clear no; anything else is tried again.",
    ),
    "malformed_name": Fact(
        "What does OVH answer to a name that cannot exist?",
        "400 Client::BadRequest",
        "A 4xx in OVH's own form is a clear no; anything else is tried again.",
    ),
    "same_name_twice": Fact(
        "What becomes of the same name twice in a cart?",
        "two items",
        "The bot adds each name once and never repeats that call.",
    ),
    "labels": Fact(
        "Which labels do carts ask for, in the team's extensions?",
        "only known ones",
        "A label that the bot does not know is asked with OVH's own words.",
    ),
    "owner_fields": Fact(
        "Which fields of an owner do registries ask for, in the team's extensions?",
        "only known ones",
        "A field that the bot does not know is left to OVH's site.",
    ),
    "late_signature": Fact(
        "How old may a call's signature be?",
        "45 to 90 s",
        "OVH refuses a call for money that a proxy delivers later than this.",
    ),
    "late_signature_answer": Fact(
        "What does OVH answer to an old signature?",
        "QUERY_TIME_OUT",
        "The bot then reads OVH's clock again. It never repeats a call for money.",
    ),
    "star_in_the_middle": Fact(
        "Does OVH honour a * in the middle of a rule?",
        "yes",
        "If not, a key that may order but not pay cannot be made by rules such as POST /me/order/*/pay.",
    ),
    "terms_of_past_orders": Fact(
        "What do past orders show of their terms?",
        "all terms",
        "An order without an answer is adopted only if its plan, years and pricing mode show.",
    ),
    "pages": Fact(
        "Can the names of the account be read with all details in one list?",
        "yes",
        "The bot reads names one by one. If it can, it could spend fewer calls.",
    ),
}
