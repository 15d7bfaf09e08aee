"""Somebody looks for names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ordering.domain_name import DomainName, Word
from ordering.errors import NotPossible
from ordering.offer import Availability
from ordering.workflow.use_cases import UseCases

MOST_LOOK_UPS = 500


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody searches: full names, bare words, and the extensions to try those under (none: the team's)."""

    names: tuple[DomainName, ...] = ()
    words: tuple[Word, ...] = ()
    extensions: tuple[str, ...] = ()
    every_extension: bool = False


class Searching(UseCases):
    """Looking names up at OVH."""

    def names_of(self, query: Query) -> tuple[DomainName, ...]:
        """Spell a query out, each name once, in the order asked; raises `NotPossible` above the most look-ups."""
        names = list(query.names)
        if query.words:
            extensions = self._extensions(query)
            names += [word.under(extension) for word in query.words for extension in extensions]
        asked = tuple(dict.fromkeys(names))
        if len(asked) > MOST_LOOK_UPS:
            raise NotPossible(
                f"That would be {len(asked)} look-ups; one search may ask {MOST_LOOK_UPS}. "
                "Search fewer names, or fewer extensions with `--tlds com,fr`."
            )
        return asked

    def search(self, names: Sequence[DomainName]) -> Iterator[Availability]:
        """Ask OVH for each name; answers come as they arrive."""
        return self._registrar.look_up(names)

    def _extensions(self, query: Query) -> tuple[str, ...]:
        if query.extensions:
            return query.extensions
        return self._registrar.every_extension() if query.every_extension else self._registrar.extensions()
