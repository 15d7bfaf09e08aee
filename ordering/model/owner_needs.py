"""What the registries of some names want to know of their owner, beyond what every contact has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ordering.model.contact import LONGEST_FIELD, Contact
from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What is known of a field in words. `options` explain values; `page` is the registry's own page, or empty."""

    label: str
    help: str = ""
    example: str = ""
    page: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeededField:
    """A field that the registries of `domains` need of an owner, by our name for it.

    `allowed` are the only possible values, if there are any. `wrong` says why they do not take the owner's value, a
    missing one included. `read_only`: its change is a change of holder.
    """

    name: str
    words: FieldWords
    domains: tuple[DomainName, ...]
    allowed: tuple[str, ...] = ()
    longest: int = LONGEST_FIELD
    read_only: bool = False
    wrong: InvalidAnswer | None = None

    def together(self, other: NeededField) -> NeededField:
        """Return one field for both, which asks for a value that all registries take, as far as there is one."""
        both = tuple(value for value in self.allowed if value in other.allowed)
        return replace(
            self,
            domains=(*self.domains, *other.domains),
            allowed=both or tuple(dict.fromkeys((*self.allowed, *other.allowed))),
            longest=min(self.longest, other.longest),
            read_only=self.read_only or other.read_only,
            wrong=self.wrong or other.wrong,
        )


@dataclass(frozen=True, slots=True)
class OwnerNeeds:
    """What registries need of an owner. For the names of `undecided` it is not all known: the dry run decides."""

    fields: tuple[NeededField, ...] = ()
    undecided: tuple[DomainName, ...] = ()

    @property
    def wrong(self) -> dict[str, InvalidAnswer]:
        """Why values are not taken, by our name of the field."""
        return {each.name: each.wrong for each in self.fields if each.wrong is not None}

    @classmethod
    def of_all(cls, needs: Iterable[OwnerNeeds]) -> OwnerNeeds:
        """Return what all of them need, each field once."""
        fields: dict[str, NeededField] = {}
        undecided: list[DomainName] = []
        for each in needs:
            undecided += each.undecided
            for needed in each.fields:
                known = fields.get(needed.name)
                fields[needed.name] = needed if known is None else known.together(needed)
        return cls(tuple(fields.values()), tuple(undecided))


@dataclass(frozen=True, slots=True)
class OwnerGaps:
    """What a contact lacks: `missing` can be filled in.

    `stuck` cannot be changed here: a value that registries do not take, or one whose change is a change of holder.
    """

    contact: Contact
    missing: OwnerNeeds
    stuck: tuple[NeededField, ...]

    @classmethod
    def of(cls, contact: Contact, needs: OwnerNeeds) -> OwnerGaps:
        """Sort what registries need of a contact."""
        empty = [each for each in needs.fields if each.name not in contact.values and each.name != "legal_form"]
        stuck = [each for each in needs.fields if each.wrong is not None and (each not in empty or each.read_only)]
        missing = tuple(each for each in empty if not each.read_only)
        return cls(contact, OwnerNeeds(missing, needs.undecided), tuple(stuck))
