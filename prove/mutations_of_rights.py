"""Mutations of the guards on who may approve, and on who may say that nothing happened."""

from __future__ import annotations

from prove.mutation import Mutation

_DECIDING, _POLICY, _SETTLING = (
    "ordering/workflow/deciding.py",
    "ordering/model/policy.py",
    "ordering/workflow/settling.py",
)
OF_RIGHTS = (
    Mutation(
        "count an approval whose approver lost the right",
        _DECIDING,
        "        return tuple(user for user, right in rights.items() if right is Right.HELD)\n",
        "        return tuple(rights)\n",
    ),
    Mutation(
        "take a right that cannot be read for a no",
        _DECIDING,
        "        if Right.UNREADABLE in rights.values():\n",
        "        if Right.UNREADABLE in rights:\n",
    ),
    Mutation(
        "take an unread profile for a right",
        _POLICY,
        "        if person.membership in _UNREADABLE:\n            return Right.UNREADABLE\n",
        "        if person.membership in _UNREADABLE:\n            return Right.HELD\n",
    ),
    Mutation(
        "take an unread group for a right that was lost",
        _POLICY,
        "        if person.membership is Membership.MEMBER and hidden and not self.decides(person):\n",
        "        if person.membership is Membership.BOT and hidden:\n",
    ),
    Mutation(
        "check no earlier approval again",
        _DECIDING,
        "            if len(given) + 1 >= needed:\n",
        "            if len(given) > needed:\n",
    ),
    Mutation(
        "let the requester say that nothing was ordered",
        _SETTLING,
        "        self.policy.may_deny(cart, by)\n        attempt = cart.attempt\n",
        "        attempt = cart.attempt\n",
    ),
    Mutation(
        "let the requester say that it was not paid",
        _SETTLING,
        "        if not paid:\n            self.policy.may_deny(cart, by)\n",
        "",
    ),
)
