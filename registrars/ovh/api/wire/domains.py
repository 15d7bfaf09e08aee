"""Registered names, the registry's tasks, and the rule engine."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PlainValidator

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
    """What a value must be, always or under conditions."""

    operator: Word | None = None
    is_conditional: Annotated[bool, PlainValidator(bool)] = Field(default=False, alias="conditions")
    values: Listed[Value] = Field(default_factory=list)


class Rule(Wire):
    """A node of a registry's rule: a label with its constraints, or a group of nodes."""

    label: Word | None = None
    description: Text | None = None
    constraints: Listed[Constraint] = Field(default_factory=list)
    all_of: Listed[Rule] = Field(default_factory=list, alias="and")
    any_of: Listed[Rule] = Field(default_factory=list, alias="or")
