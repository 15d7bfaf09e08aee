"""Registered names, the registry's tasks, and the rule engine."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from registrars.ovh.api.wire.base import Listed, Text, Value, Wire, Word


class Domain(Wire):
    """A name of the account."""

    state: Word | None = None


class Task(Wire):
    """What a registry is asked to do."""

    domain: Text | None = None
    status: Word | None = None
    comment: Text | None = None


class Constraint(Wire):
    """What a value must be; `conditions` say when."""

    operator: Word | None = None
    conditions: Any = None
    values: Listed[Value] = Field(default_factory=list)


class Rule(Wire):
    """A node of a registry's rule: a label with its constraints, or a group of nodes."""

    label: Word | None = None
    description: Text | None = None
    constraints: Listed[Constraint] = Field(default_factory=list)
    all_of: Listed[Rule] = Field(default_factory=list, alias="and")
    any_of: Listed[Rule] = Field(default_factory=list, alias="or")
