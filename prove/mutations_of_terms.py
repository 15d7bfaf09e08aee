"""Mutations of the guards on terms: pricing modes, phases, renewal prices, and who shaped a name."""

from __future__ import annotations

from prove.mutation import Mutation

_OFFER, _SEAL, _CHECKOUT, _RENEWALS = (
    "ordering/model/offer.py", "ordering/model/seal.py", "ordering/process/checkout.py",
    "ordering/process/renewals.py",
)  # fmt: skip
OF_TERMS = (
    Mutation(
        "take every pricing mode that creates a name for the usual one",
        _OFFER,
        "        if pricing_mode in STANDARD_MODES and phase in USUAL_PHASES:\n",
        '        if "premium" not in pricing_mode and phase in USUAL_PHASES:\n',
    ),
    Mutation(
        "take every launch phase for the usual one",
        _OFFER,
        "        if pricing_mode in STANDARD_MODES and phase in USUAL_PHASES:\n",
        "        if pricing_mode in STANDARD_MODES:\n",
    ),
    Mutation(
        "offer unusual terms without the operator's permission",
        _OFFER,
        "(allow_premium or o.kind is OfferKind.USUAL)",
        "(allow_premium or o.kind is not OfferKind.PREMIUM)",
    ),
    Mutation(
        "let a line on unusual terms through the pre-flight",
        "ordering/workflow/preflight.py",
        "        if line.kind is not OfferKind.USUAL and not self._policy.allow_premium:\n",
        "        if line.kind is OfferKind.PREMIUM and not self._policy.allow_premium:\n",
    ),
    Mutation(
        "leave the renewal out of the seal",
        _SEAL,
        "    if form is SealForm.WITH_RENEWALS:\n",
        "    if form not in SealForm:\n",
    ),
    Mutation(
        "order without looking at the renewal again",
        _CHECKOUT,
        "        if self._is_free(cart, prepared) and self._renewals_hold(cart, prepared):\n",
        "        if self._is_free(cart, prepared):\n",
    ),
    Mutation(
        "take a renewal that is not shown for one that holds",
        _SEAL,
        "        return approved is now\n",
        "        return True\n",
    ),
    Mutation(
        "let a renewal rise",
        _SEAL,
        "    return now.is_within(approved)\n",
        "    return now.currency == approved.currency\n",
    ),
    Mutation(
        "take no answer about a renewal for a renewal that holds",
        _RENEWALS,
        "    if answer is None or answer.verdict is Verdict.UNKNOWN:\n",
        "    if answer is None or answer.verdict is Verdict.UNKNOWN:\n        return line\n",
    ),
)

_LINE = "ordering/model/cart_line.py"
OF_SHAPING = (
    Mutation(
        "let an approver decide alone about a name that they shaped",
        "ordering/model/policy.py",
        "        if person.id in cart.people_who_shaped:\n",
        "        if person.id in cart.people_who_added:\n",
    ),
    Mutation(
        "forget who chose the years",
        _LINE,
        "replace(self, years=years, shaped_by=self.shaped_by | {by})",
        "replace(self, years=years)",
    ),
    Mutation(
        "forget who took an answer back",
        _LINE,
        "replace(self, answers=given, shaped_by=self.shaped_by | {by})",
        "replace(self, answers=given)",
    ),
    Mutation(
        "wash off who shaped a name by copying it",
        _LINE,
        "replace(self, added_by=by, shaped_by=self.shapers)",
        "replace(self, added_by=by, shaped_by=frozenset(), answers=())",
    ),
    Mutation(
        "take an unreadable right for a lost one before a request",
        "ordering/model/policy.py",
        "        return all(self.right_to_approve(asked, person) is Right.LOST for person in approvers)\n",
        "        return all(self.right_to_approve(asked, person) is not Right.HELD for person in approvers)\n",
    ),
)
