"""The team's rules, as far as a card shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CardRules:
    """What a card needs to know besides its cart.

    `shared` is whether the requester sees the card where it is, `trial` whether the trial is on, `confirms_payment`
    whether *Pay* asks once more.
    """

    approvals_needed: int
    waive_retraction: bool
    approvers: frozenset[str]
    payers: frozenset[str]
    trial: bool = False
    shared: bool = False
    confirms_payment: bool = True
