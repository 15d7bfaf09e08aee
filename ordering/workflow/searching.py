"""Somebody looks for names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ordering.domain_name import DomainName, Word
from ordering.errors import NotPossible
from ordering.ideas import ideas
from ordering.offer import Availability, Effort
from ordering.workflow.use_cases import UseCases

MOST_LOOK_UPS = 500


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody searches: full names, bare words, and where to try those.

    That is under `extensions`, those of the team's named `lists`, all, or else the team's own. With `ideas` names
    that the words suggest are searched in their stead.
    """

    names: tuple[DomainName, ...] = ()
    words: tuple[Word, ...] = ()
    extensions: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    every_extension: bool = False
    ideas: bool = False


class Searching(UseCases):
    """Looking names up at OVH."""

    def names_of(self, query: Query) -> tuple[DomainName, ...]:
        """Spell a query out, each name once, those under the first extensions first.

        Raises `NotPossible` above the most look-ups.
        """
        names = list(query.names)
        if query.ideas:
            names += self._ideas(query)
        elif query.words:
            names += [word.under(extension) for extension in self._extensions(query) for word in query.words]
        asked = tuple(dict.fromkeys(names))
        if len(asked) > MOST_LOOK_UPS:
            raise NotPossible(
                f"That would be {len(asked)} look-ups; one search may ask {MOST_LOOK_UPS}. "
                "Search fewer names, or fewer extensions with `--tlds com,fr`."
            )
        return asked

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        """What it takes to search these, with what is known from the last minutes left out."""
        return self._registrar.effort_of(names)

    def search(self, names: Sequence[DomainName], *, anew: bool = False) -> Iterator[Availability]:
        """Look each name up; answers come as they arrive. Those of the last minutes will do, unless asked `anew`.

        Nobody buys by these, so they wait their turn either way.
        """
        return self._registrar.look_up(names, recent=not anew)

    def _ideas(self, query: Query) -> tuple[DomainName, ...]:
        words = query.words or tuple(Word.parse(name.unicode.partition(".")[0]) for name in query.names)
        sold = self._registrar.every_extension()
        return ideas(words, self._extensions(query), sold, self._registrar.prices())

    def _extensions(self, query: Query) -> tuple[str, ...]:
        chosen = (*query.extensions, *(extension for name in query.lists for extension in self._listed(name)))
        if query.every_extension:
            return tuple(dict.fromkeys((*chosen, *self._registrar.extensions(), *self._registrar.every_extension())))
        return tuple(dict.fromkeys(chosen)) or self._registrar.extensions()

    def _listed(self, name: str) -> tuple[str, ...]:
        if name in self.policy.lists:
            return self.policy.lists[name]
        known = ", ".join(sorted(self.policy.lists))
        there_are = f"There are: {known}." if known else "The operator can add one to desk.toml."
        raise NotPossible(f"The team has no list “{name}”. {there_are}")
