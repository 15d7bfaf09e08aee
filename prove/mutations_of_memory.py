"""Mutations of the guards on a database that went back: stamps, heads, epochs, recover mode."""

from __future__ import annotations

from prove.mutation import Mutation

_RECOVERY, _USE_CASES = "ordering/process/recovery.py", "ordering/workflow/use_cases.py"
OF_MEMORY = (
    Mutation(
        "decide by a card that shows more than is on record",
        _USE_CASES,
        "            if stamp is not None:\n",
        "            if stamp is None and stamp:\n",
    ),
    Mutation(
        "believe a card of another database",
        _RECOVERY,
        "    if stamp.database != now.database:\n        raise CardOfAnotherDesk\n",
        "",
    ),
    Mutation(
        "believe a card from before a restore",
        _RECOVERY,
        "    if stamp.epoch < now.epoch:\n        raise CardBeforeRestore(cart_id)\n",
        "",
    ),
    Mutation(
        "compare no epoch: a copy from before an earlier recover mode passes",
        _RECOVERY,
        "    if stamp.epoch > now.epoch or not carts.knows(stamp):\n",
        "    if not carts.knows(stamp):\n",
    ),
    Mutation(
        "take another event of the same number for the one that was lost",
        "store/recovery.py",
        "    return digest is not None and digest[:DIGITS] == seen.digest\n",
        "    return digest is not None\n",
    ),
    Mutation(
        "check no head that this process committed",
        _RECOVERY,
        "    if seen.database != now.database or seen.epoch > now.epoch or not carts.knows(seen):\n",
        "    if seen.database != now.database:\n",
    ),
    Mutation(
        "remember a head before COMMIT has answered",
        "store/transactions.py",
        "        self.appended = evidence.append(self._session, cart, events) or self.appended\n",
        "        self.appended = evidence.append(self._session, cart, events) or self.appended\n"
        "        if self.appended is not None:\n"
        "            self._head.committed(self.appended)\n",
    ),
    Mutation(
        "read no recover row in the transaction of an intent",
        "ordering/process/fulfilment.py",
        "[allowed_or_on_hold, self._age, Limits(policy, clock)]",
        "[self._age, Limits(policy, clock)]",
    ),
    Mutation(
        "read no recover row in the transaction of a decision",
        _USE_CASES,
        "            if sends:\n                must_allow(carts)\n",
        "",
    ),
    Mutation(
        "refuse, and let others go on: recover mode does not begin",
        _RECOVERY,
        "            self.begin(cause, number=number, lost_at=proof.lost_at)\n",
        "",
    ),
    Mutation(
        "end recover mode before its floor is over",
        _RECOVERY,
        "or not mode.is_floor_over(ovh_time):\n",
        "or not ovh_time:\n",
    ),
    Mutation(
        "end recover mode though money moved since the comparison",
        _RECOVERY,
        "            if carts.newest_about_money() != mode.compared:\n",
        "            if carts.newest_about_money() < 0:\n",
    ),
    Mutation(
        "keep the epoch at the end of recover mode",
        _RECOVERY,
        "            carts.raise_epoch(max(int(ovh_time.timestamp()), carts.stamp().epoch + 1))\n",
        "",
    ),
    Mutation(
        "wait a quarter of an hour where a process of the lost state may live",
        "ordering/model/recovery.py",
        "(FLOOR_WITH_PROCESSES if self.processes_may_live else FLOOR)",
        "FLOOR",
    ),
    Mutation(
        "give a number to a request that stands on an old button",
        "store/transactions.py",
        "        number = recovery.next_number(self._session)\n",
        "        number = None\n",
    ),
    Mutation(
        "start a backup's copy as if it were the database itself",
        _RECOVERY,
        "        if self.standing().is_copy:\n",
        "        if not self.standing():\n",
    ),
)
