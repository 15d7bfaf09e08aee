"""Who takes part in a run, and what the team allows."""

from __future__ import annotations

from ordering.model.policy import Person, Policy

ADA, CLEO, DAN = Person("U0ADA"), Person("U0CLEO"), Person("U0DAN")
POLICY = Policy(approvers=frozenset({CLEO.id, DAN.id}), payers=frozenset({DAN.id}))
