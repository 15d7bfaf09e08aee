"""Run the probe: every question once, whatever becomes of the others, and leave nothing at OVH."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.doctor.probe import carts, key, names, orders
from bot.doctor.probe.carts import KnownCarts
from bot.doctor.probe.facts import Answer, Outcome
from bot.doctor.probe.lab import Lab, Unsettled
from ordering.model.errors import RegistrarError
from registrars.ovh import OvhConfig
from registrars.ovh.api.client import Client
from registrars.ovh.api.wire.account import AccountState
from registrars.ovh.api.wire.base import TEXTS
from registrars.ovh.throttling.scheduler import Priority

_BURST = 20  # calls at once: a running bot shares OVH's limit
_EXTENSIONS = ("com", "fr", "eu")  # if neither the team nor OVH names some
Question = Callable[[Lab], Iterator[Answer]]
FIRST_QUESTION = (
    "The probe makes some 60 calls to OVH. It makes carts, puts made-up names into them and deletes them. It orders "
    "nothing and pays nothing. Go on?"
)
SECOND_QUESTION = (
    "May it also delete the cart of a request that was delivered? The order and its names stay. This shows whether "
    "OVH deletes carts that were ordered."
)


@dataclass(frozen=True, slots=True)
class Findings:
    """The answers, the calls in a form without private data, and how many carts OVH did not delete."""

    answers: Sequence[Answer]
    evidence: Sequence[dict[str, Any]] = field(default_factory=tuple)
    left_over: int = 0

    def of(self, outcome: Outcome) -> list[Answer]:
        return [answer for answer in self.answers if answer.outcome is outcome]


def probe(
    config: OvhConfig,
    known: KnownCarts,
    *,
    may_delete: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> Findings:
    """Settle what can be settled; raises `RegistrarError` if OVH does not even show the account."""
    with closing(Client(replace(config, burst=min(config.burst, _BURST)))) as client:
        client.clock_ahead()
        account = AccountState.read(client.ask("/me", priority=Priority.PEOPLE, tries=2))
        lab = Lab(client, home=config.subsidiary or account.ovh_subsidiary or "FR", sleep=sleep)
        extensions = config.extensions or _highlighted(client)
        answers: list[Answer] = []
        left_over = 0
        try:
            for codes, question in _questions(known, extensions, may_delete=may_delete):
                answers += _settle(lab, codes, question)
        finally:
            left_over = _clean_up(lab)
        return Findings(answers, lab.evidence, left_over)


def _questions(
    known: KnownCarts, extensions: Sequence[str], *, may_delete: bool
) -> list[tuple[tuple[str, ...], Question]]:
    """Return each question with the facts that it settles."""
    return [
        (("new_cart_listed", "list_filter"), carts.new_cart),
        (("expired_cart_answer", "expired_cart_listed"), carts.expired_cart),
        (("longest_life",), carts.life),
        (("longest_description",), carts.description),
        (("delete_ends_a_cart",), carts.deletion),
        (("oldest_cart_listed",), partial(carts.oldest_cart, known=known)),
        (
            ("closed_cart_listed", "ordered_cart_names_its_order", "delete_of_an_ordered_cart"),
            partial(carts.ordered_carts, known=known, may_delete=may_delete),
        ),
        (("unknown_extension", "malformed_name"), names.refused_names),
        (("same_name_twice",), partial(names.repeated_name, extensions=extensions)),
        (("labels",), partial(names.labels, extensions=extensions)),
        (("owner_fields",), partial(names.owner_fields, extensions=extensions)),
        (("late_signature", "late_signature_answer"), key.late_signature),
        (("star_in_the_middle",), key.star_in_the_middle),
        (("terms_of_past_orders",), orders.terms),
        (("pages",), orders.pages),
    ]


def _settle(lab: Lab, codes: Sequence[str], question: Question) -> list[Answer]:
    """Return an answer for each code: what cannot be settled comes with the reason."""
    found: dict[str, Answer] = {}
    why = "the account has nothing to see it by"
    try:
        for answer in question(lab):
            found[answer.code] = answer
    except Unsettled as error:
        why = str(error)
    except RegistrarError:
        why = "OVH did not answer"
    return [found.get(code) or Answer(code, None, why) for code in codes]


def _highlighted(client: Client) -> tuple[str, ...]:
    try:
        listed = TEXTS.read(client.ask("/domain/extensions/highlighted", priority=Priority.PEOPLE, tries=1))
    except RegistrarError:
        return _EXTENSIONS
    return tuple(listed) or _EXTENSIONS


def _clean_up(lab: Lab) -> int:
    try:
        return lab.clean_up()
    except RegistrarError:
        return lab.left
