"""Searches for names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import takewhile

from ordering.model.domain_name import DomainName, Word, plain_spelling
from ordering.model.errors import InvalidName, NotPossible, RegistrarError
from ordering.model.name_suggestions import ideas
from ordering.model.offer import Availability, Effort
from ordering.model.policy import Policy
from ordering.ports.names import Names

MOST_LOOKUPS = 500
_MOST_ALTERNATIVES = 5  # extensions that are tried for a name that cannot be had


@dataclass(frozen=True, slots=True)
class Query:
    """A user's search: full names, bare words, and where to try those.

    Words are tried under `extensions`, those of the team's named `lists`, all extensions, or else the team's own. With
    `ideas`, names that the words suggest are searched instead. `after_extensions` are those words that were typed after
    the extensions, where a comma may have been forgotten. `perhaps_extensions` are extensions if OVH sells them, else
    names. `skipped` are words of a pasted list of names, which are not searched. Names that cost `under` or more a
    year, now or later, are not offered; without `cheapest_first` names are shown in this order.
    """

    names: tuple[DomainName, ...] = ()
    words: tuple[Word, ...] = ()
    extensions: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    every_extension: bool = False
    ideas: bool = False
    after_extensions: tuple[Word, ...] = ()
    perhaps_extensions: tuple[DomainName, ...] = ()
    skipped: tuple[Word, ...] = ()
    under: Decimal | None = None
    cheapest_first: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The lookups of a search: `names`, each once, those under the first extensions first.

    `left_out` are the extensions that do not fit into a search over all of them; `perhaps_extensions` are words that
    are searched as such, and may have been meant as extensions. `inside` maps each name that lies within another one,
    as www.name.ovh does, to the one that is searched.
    """

    names: tuple[DomainName, ...]
    left_out: tuple[str, ...] = ()
    perhaps_extensions: tuple[str, ...] = ()
    inside: tuple[tuple[DomainName, DomainName], ...] = ()


class NameSearch:
    """Looks names up at OVH."""

    def __init__(self, registrar: Names, policy: Policy) -> None:
        self._registrar = registrar
        self._policy = policy

    def plan_of(self, query: Query) -> Plan:
        """Expand a query into names; one over every extension uses as many of them as fit.

        Raises `NotPossible` above the maximum number of lookups.
        """
        query = self._with_extensions(query)
        inside = self._inside(query.names)
        names = [inside.get(name, name) for name in query.names]
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
        return Plan(asked, left_out, self._perhaps_extensions(query), tuple(inside.items()))

    def registrable(self, names: Sequence[DomainName]) -> list[DomainName]:
        """Return these names without what stands before a name that can be registered: www.name.ovh is name.ovh."""
        inside = self._inside(names)
        return [inside.get(name, name) for name in names]

    def alternatives(self, domain: DomainName) -> tuple[DomainName, ...]:
        """Return names to offer in place of one that cannot be had, best first.

        The plain spelling comes first where there is one, then the same word under the team's extensions, then close
        variants under the extension that was typed.
        """
        label = domain.ascii.partition(".")[0]
        others = [f"{label}.{extension}" for extension in self._registrar.extensions()[:_MOST_ALTERNATIVES]]
        variants = [f"{variant}.{domain.extension}" for variant in (f"get-{label}", f"{label}-hq", f"my-{label}")]
        wanted = [plain_spelling(domain), *map(_name_or_none, [*others, *variants])]
        allowed = (name for name in wanted if name and name != domain and not self._policy.naming.refusal_of(name))
        return tuple(dict.fromkeys(allowed))

    def owned(self) -> frozenset[DomainName] | None:
        """Return the names of the account, for display; None if OVH does not return them."""
        try:
            return self._registrar.owned()
        except RegistrarError:
            return None

    def sold(self) -> frozenset[str]:
        """Return the extensions that OVH sells, as far as known without waiting for OVH."""
        try:
            return frozenset(self._registrar.prices(at_once=True))
        except RegistrarError:
            return frozenset()

    def _with_extensions(self, query: Query) -> Query:
        """Sort what may be extensions into extensions and names, by OVH's list."""
        if not query.perhaps_extensions:
            return query
        sold = set(self._registrar.every_extension())
        extensions = [each.ascii for each in query.perhaps_extensions if each.ascii in sold]
        names = [each for each in query.perhaps_extensions if each.ascii not in sold]
        return replace(query, names=(*query.names, *names), extensions=(*query.extensions, *extensions))

    def _inside(self, names: Sequence[DomainName]) -> dict[DomainName, DomainName]:
        """Return which of these names lie within one that can be registered, and that one.

        The longest extension that OVH sells decides. If OVH does not return its list, no name is cut.
        """
        deep = [name for name in names if name.ascii.count(".") > 1]
        if not deep:
            return {}
        try:
            sold = frozenset(self._registrar.every_extension())
        except RegistrarError:
            return {}
        within = {name: name.within(sold) for name in deep}
        return {name: found for name, found in within.items() if found is not None and found != name}

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
        return ideas(words, self._extensions(query), sold)

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


def _name_or_none(text: str) -> DomainName | None:
    try:
        return DomainName.parse(text)
    except InvalidName:  # too long
        return None
