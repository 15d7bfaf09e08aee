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

    `allowed` are the only possible values, if there are any. `wrong` says why some of them do not take the owner's
    value, a missing one included; `refused_by` are those names. `read_only`: its change is a change of holder.
    """

    name: str
    words: FieldWords
    domains: tuple[DomainName, ...]
    allowed: tuple[str, ...] = ()
    longest: int = LONGEST_FIELD
    read_only: bool = False
    wrong: InvalidAnswer | None = None
    refused_by: tuple[DomainName, ...] = ()

    @property
    def lacking(self) -> tuple[DomainName, ...]:
        """The names whose registry does not take the value."""
        return self.refused_by or (self.domains if self.wrong else ())

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
            refused_by=(*self.lacking, *other.lacking),
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
    """What an owner lacks: `missing` can be filled in.

    `stuck` cannot be changed here: a value that registries do not take, one whose change is a change of holder, or data
    of the account itself. `is_account`: OVH uses the account's own data, because no contact was chosen.
    """

    contact: Contact
    missing: OwnerNeeds
    stuck: tuple[NeededField, ...]
    is_account: bool = False

    @classmethod
    def of(cls, contact: Contact, needs: OwnerNeeds, *, is_account: bool = False) -> OwnerGaps:
        """Sort what registries need of a contact."""
        empty = [each for each in needs.fields if each.name not in contact.values and each.name != "legal_form"]
        fixed = [each for each in needs.fields if each not in empty or each.read_only or is_account]
        missing = tuple(each for each in empty if each not in fixed)
        stuck = tuple(each for each in fixed if each.wrong is not None)
        return cls(contact, OwnerNeeds(missing, needs.undecided), stuck, is_account)

    def concerns(self, domains: Iterable[DomainName]) -> bool:
        """Return whether one of these names lacks something of this owner, also while a form holds it."""
        stuck = {domain for each in self.stuck for domain in each.lacking}
        return not stuck.union(*(each.domains for each in self.missing.fields)).isdisjoint(domains)
