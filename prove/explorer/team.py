"""The users of a run, and the team's rules."""

from __future__ import annotations

from ordering.model.policy import Person, Policy

ADA, CLEO, DAN = Person("U0ADA"), Person("U0CLEO"), Person("U0DAN")
POLICY = Policy(approvers=frozenset({CLEO.id, DAN.id}), payers=frozenset({DAN.id}), operators=frozenset({CLEO.id}))
