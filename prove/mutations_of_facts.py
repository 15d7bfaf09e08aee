"""Mutations of the guards on the audit log's kinds and data, and on what is steered by kinds and codes."""

from __future__ import annotations

from prove.mutation import Mutation

_CHAIN, _AUDIT = "ordering/record/hash_chain.py", "ordering/record/verification.py"
_MIGRATION, _DELIVERY = "store/migrations/versions/0015_facts.py", "ordering/process/delivery.py"
OF_FACTS = (
    Mutation(
        "leave the kind and data out of the digest",
        _CHAIN,
        "        text = canonical([_SECOND_FORM, *told, entry.kind, entry.data, *links])\n",
        "        text = canonical([_SECOND_FORM, *told, *links])\n",
    ),
    Mutation(
        "accept an old form after a new one",
        _AUDIT,
        "        elif self._kinds_since is not None:\n",
        "        elif self._kinds_since == -1:\n",
    ),
    Mutation(
        "accept data that the first form does not cover",
        _AUDIT,
        " and not (entry.is_of_first_form and entry.data is not None)\n",
        "\n",
    ),
    Mutation(
        "accept a new event without a kind",
        _CHAIN,
        "    if event.kind is None or event.data is None:\n",
        "    if event.id < 0 or event.kind is None:\n",
    ),
    Mutation(
        "let an older process write events after the upgrade",
        _MIGRATION,
        "    for guard in SQLITE_GUARDS if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL_GUARDS:\n",
        "    for guard in ():\n",
    ),
    Mutation(
        "take a late delivery for one that arrived",
        _DELIVERY,
        "        if not (was_late or is_late):\n",
        "        if not is_late:\n",
    ),
    Mutation(
        "forget the kind of a late delivery in the upgrade",
        _MIGRATION,
        "    op.execute(LATE)\n",
        "",
    ),
    Mutation(
        "report the same trouble of a delivery again and again",
        _DELIVERY,
        "        elif trouble is not None and not trouble.fact.is_same_as(cart.fact):\n",
        "        elif trouble is not None:\n",
    ),
    Mutation(
        "take every error of OVH's for the one that is known",
        "ordering/process/transitions.py",
        "        if known is not None and known.code == error.code and canonical(known.data) ==",
        "        if known is not None or error.code ==",
    ),
)
