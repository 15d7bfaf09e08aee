"""Mutations of the guards on the age of decisions, on Stop, and on the inbox of clicks."""

from __future__ import annotations

from prove.mutation import Mutation

_AGE, _STANDING = "ordering/process/age.py", "ordering/process/standing.py"
_FULFILMENT, _INTENT = "ordering/process/fulfilment.py", "ordering/process/intent.py"
_DECIDING, _INBOX, _ROWS = "ordering/workflow/deciding.py", "ordering/process/inbox.py", "store/inbox.py"
OF_DECISIONS = (
    Mutation(
        "carry out a decision of any age by the database's clock",
        _AGE,
        "        if now - decided.at > decided.life:\n            return True\n",
        "",
    ),
    Mutation(
        "carry out a decision of any age by OVH's clock",
        _AGE,
        "        return bool(decided.at_ovh and now_at_ovh and now_at_ovh - decided.at_ovh > decided.life)\n",
        "        return bool(now_at_ovh is None and decided.at_ovh)\n",
    ),
    Mutation(
        "let Try again renew an approval",
        _AGE,
        "cart.approved_at or cart.since, cart.approved_at_ovh,",
        "cart.since, None,",
    ),
    Mutation(
        "check the age only before the step, not with the intent",
        _FULFILMENT,
        "[allowed_or_on_hold, self._age, Limits(policy, clock)]",
        "[allowed_or_on_hold, Limits(policy, clock)]",
    ),
    Mutation(
        "check no limit with the intent",
        _FULFILMENT,
        "[allowed_or_on_hold, self._age, Limits(policy, clock)]",
        "[allowed_or_on_hold, self._age]",
    ),
    Mutation(
        "check the age only with the intent, and not while OVH is away",
        _FULFILMENT,
        "            if not self._is_void(cart):\n",
        "            if cart:\n",
    ),
    Mutation(
        "read no right again before the intent",
        _FULFILMENT,
        ", reading=[self._standing.read])",
        ")",
    ),
    Mutation(
        "take a right that nobody can read for one that is held",
        _STANDING,
        "        if Right.UNREADABLE in rights.values():\n",
        "        if Right.UNREADABLE in rights:\n",
    ),
    Mutation(
        "take a payer's right that nobody can read for a no",
        _STANDING,
        "        if right is Right.UNREADABLE:\n",
        "        if right is Right.HELD and payer.unread_groups:\n",
    ),
    Mutation(
        "order with fewer valid approvals than the rules ask for",
        _STANDING,
        "            if len(valid) >= self._policy.approvals_needed(now.seal.total):\n",
        "            if valid:\n",
    ),
    Mutation(
        "leave an order alone after its payment lapsed",
        _INTENT,
        "due_at=at if instead.state is CartState.CHECKED_OUT else None)",
        "due_at=None)",
    ),
    Mutation(
        "let anybody stop a decision",
        _DECIDING,
        "            self.policy.may_stop(cart, by)\n",
        "",
    ),
    Mutation(
        "stop a payment that was sent",
        _DECIDING,
        "            if cart.payment_is_unsent:\n",
        "            if cart.state is S.PAYING:\n",
    ),
    Mutation(
        "decide once more by a click that has ended",
        _ROWS,
        "    if not _end(connection, key, ClickOutcome.DECIDED):\n",
        "    if not _end(connection, key, ClickOutcome.DECIDED) and not key:\n",
    ),
    Mutation(
        "end a click in another transaction than its decision",
        _INBOX,
        "        if events and self._key is not None:\n",
        "        if not events and self._key is not None:\n",
    ),
    Mutation(
        "decide older clicks after a Stop",
        _INBOX,
        "overtaking=cart.id if self._overtakes else None",
        "overtaking=None",
    ),
    Mutation(
        "write a redelivered click down once more",
        _ROWS,
        '"key": click.key,',
        '"key": click.key + str(now),',
    ),
    Mutation(
        "acknowledge a click that was not written down",
        "handlers/toolkit/inbox.py",
        "            return False\n",
        "            return True\n",
    ),
    Mutation(
        "work off nothing that another process left",
        "store/inbox.py",
        ".limit(_AT_ONCE)",
        ".limit(0)",
    ),
    Mutation(
        "keep what people typed after the decision",
        _ROWS,
        '    return {"outcome": outcome.value, "content": None}\n',
        '    return {"outcome": outcome.value}\n',
    ),
)
