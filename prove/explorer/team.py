"""The users of a run, and the team's rules."""

from __future__ import annotations

from ordering.model.policy import Person, Policy
from ordering.model.question import Answer

ADA, CLEO, DAN = Person("U0ADA"), Person("U0CLEO"), Person("U0DAN")
ANSWER = Answer("BIRTH_DATE", "1815-12-10", ADA.id)  # which nobody else may read
POLICY = Policy(approvers=frozenset({CLEO.id, DAN.id}), payers=frozenset({DAN.id}), operators=frozenset({CLEO.id}))
