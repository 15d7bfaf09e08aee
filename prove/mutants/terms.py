"""Mutations of the guards on terms: pricing modes, phases, renewal prices."""

from __future__ import annotations

from prove.mutants.changes import instead, never, swap, without_part
from prove.mutants.mutation import Mutation

_TERMS, _SEAL = "tests/ordering/test_terms.py", "tests/ordering/test_seal.py"

OF_TERMS = (
    Mutation(
        "take every pricing mode that creates a name for the usual one",
        "ordering.model.offer:OfferKind.of",
        swap("pricing_mode in STANDARD_MODES", "'premium' not in pricing_mode"),
        _TERMS,
    ),
    Mutation(
        "take every launch phase for the usual one",
        "ordering.model.offer:OfferKind.of",
        without_part("phase in USUAL_PHASES"),
        _TERMS,
    ),
    Mutation(
        "offer unusual terms without the operator's permission",
        "ordering.model.offer:Availability.to_buy",
        swap("o.kind is OfferKind.USUAL", "o.kind is not OfferKind.PREMIUM"),
        _TERMS,
    ),
    Mutation(
        "let a line on unusual terms through the pre-flight",
        "ordering.workflow.preflight:Inspection._look",
        swap("line.kind is not OfferKind.USUAL", "line.kind is OfferKind.PREMIUM"),
        _TERMS,
    ),
    Mutation(
        "leave the renewal out of the seal",
        "ordering.model.seal:seal",
        never("form is not SealForm.WITHOUT_RENEWALS"),
        "tests/ordering/test_terms.py::test_the_button_of_a_card_covers_its_renewals",
    ),
    Mutation(
        "order without looking at the renewal again",
        "ordering.process.checkout:Checkout._prepared",
        without_part("self._renewals_hold(cart, prepared)"),
        f"{_TERMS}::test_a_renewal_that_rose_asks_again",
    ),
    Mutation(
        "take a renewal that is not shown for one that holds",
        "ordering.model.seal:_renewal_holds",
        swap("approved is now", "True"),
        _TERMS,
    ),
    Mutation(
        "let a renewal rise",
        "ordering.model.seal:_renewal_holds",
        swap("now.is_within(approved)", "now.currency == approved.currency"),
        _TERMS,
    ),
    Mutation(
        "take no answer about a renewal for a renewal that holds",
        "ordering.process.renewals:_now",
        instead("answer is None", "return line"),
        f"{_TERMS}::test_silence_about_a_renewal_waits",
    ),
)
