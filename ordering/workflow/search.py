"""Searches for names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ordering.model.domain_name import DomainName, Word
from ordering.model.errors import NotPossible
from ordering.model.name_suggestions import ideas
from ordering.model.offer import Availability, Effort
from ordering.model.policy import Policy
from ordering.ports.names import Names

MOST_LOOKUPS = 500


@dataclass(frozen=True, slots=True)
class Query:
    """A user's search: full names, bare words, and where to try those.

    Words are tried under `extensions`, those of the team's named `lists`, all extensions, or else the team's own. With
    `ideas`, names that the words suggest are searched instead. `after_extensions` are those words that were typed after
    the extensions, where a comma may have been forgotten.
    """

    names: tuple[DomainName, ...] = ()
    words: tuple[Word, ...] = ()
    extensions: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    every_extension: bool = False
    ideas: bool = False
    after_extensions: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The lookups of a search: `names`, each once, those under the first extensions first.

    `left_out` are the extensions that do not fit into a search over all of them; `perhaps_extensions` are words that
    are searched as such, and may have been meant as extensions.
    """

    names: tuple[DomainName, ...]
    left_out: tuple[str, ...] = ()
    perhaps_extensions: tuple[str, ...] = ()


class NameSearch:
    """Looks names up at OVH."""

    def __init__(self, registrar: Names, policy: Policy) -> None:
        self._registrar = registrar
        self._policy = policy

    def plan_of(self, query: Query) -> Plan:
        """Expand a query into names; one over every extension uses as many of them as fit.

        Raises `NotPossible` above the maximum number of lookups.
        """
        names = list(query.names)
        left_out: tuple[str, ...] = ()
        if query.ideas:
            names += self._ideas(query)
        elif query.words:
            if len(query.words) > MOST_LOOKUPS:
                raise NotPossible(code="too_many_words", words=len(query.words), most=MOST_LOOKUPS)
            extensions, left_out = self._that_fit(query, self._extensions(query))
            names += [word.under(extension) for extension in extensions for word in query.words]
        asked = tuple(dict.fromkeys(names))
        if len(asked) > MOST_LOOKUPS:
            raise NotPossible(code="too_many_lookups", lookups=len(asked), most=MOST_LOOKUPS)
        return Plan(asked, left_out, self._perhaps_extensions(query))

    def effort_of(self, names: Collection[DomainName]) -> Effort:
        """Estimate the cost of searching these names, excluding answers cached in the last minutes."""
        return self._registrar.effort_of(names)

    def look_up(self, names: Sequence[DomainName], *, refresh: bool = False) -> Iterator[Availability]:
        """Look each name up and yield answers as they arrive, cached ones included unless `refresh` is set.

        These answers are for display, never to buy by, so the lookups have no priority either way.
        """
        return self._registrar.look_up(names, recent=not refresh)

    def _ideas(self, query: Query) -> tuple[DomainName, ...]:
        words = query.words or tuple(Word.parse(name.unicode.partition(".")[0]) for name in query.names)
        sold = self._registrar.every_extension()
        return ideas(words, self._extensions(query), sold, self._registrar.prices())

    def _that_fit(self, query: Query, extensions: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the extensions that fit into one search, and the others.

        Chosen ones and the team's go first, then cheap ones.
        """
        room = (MOST_LOOKUPS - len(query.names)) // len(query.words)
        if not query.every_extension or len(extensions) <= room or room < 1:
            return extensions, ()
        wanted = {*self._chosen(query), *self._registrar.extensions()}
        prices = self._registrar.prices()

        def rank(extension: str) -> tuple[bool, bool, int]:
            price = None if extension in wanted else prices.get(extension)
            return extension not in wanted, price is None, price.minor if price else 0

        ranked = tuple(sorted(extensions, key=rank))
        return ranked[:room], ranked[room:]

    def _perhaps_extensions(self, query: Query) -> tuple[str, ...]:
        """Return the leading words after the extensions that are known to be sold as extensions: only a hint.

        Uses cached prices only. If the query has no other names, these words are the query.
        """
        if not query.names and len(query.words) == len(query.after_extensions):
            return ()
        sold = self._registrar.prices(at_once=True)
        return tuple(takewhile(sold.__contains__, (word.ascii for word in query.after_extensions)))

    def _extensions(self, query: Query) -> tuple[str, ...]:
        chosen = self._chosen(query)
        if query.every_extension:
            return tuple(dict.fromkeys((*chosen, *self._registrar.extensions(), *self._registrar.every_extension())))
        return tuple(dict.fromkeys(chosen)) or self._registrar.extensions()

    def _chosen(self, query: Query) -> tuple[str, ...]:
        return (*query.extensions, *(extension for name in query.lists for extension in self._listed(name)))

    def _listed(self, name: str) -> tuple[str, ...]:
        if name in self._policy.lists:
            return self._policy.lists[name]
        raise NotPossible(code="no_such_list", wanted=name, lists=sorted(self._policy.lists))
