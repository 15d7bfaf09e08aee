"""Single flight for lookups: each name is looked up once for all readers, and searches take turns."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from queue import SimpleQueue

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability
from ordering.process.progress import queued

_URGENT_IN_A_ROW = 3  # names; then a search gets its turn, so one user's adds never starve another's search
Inbox = SimpleQueue[Availability]


@dataclass(eq=False)
class Lookup:
    """A lookup of one name. All readers that join before it is answered get the same answer."""

    name: DomainName
    readers: list[Inbox] = field(default_factory=list)
    begun: bool = False

    @property
    def is_wanted(self) -> bool:
        return not self.begun and bool(self.readers)


class SingleFlight:
    """Pending lookups in one queue per search. Urgent names go first, but every fourth one is a search's.

    `unasked` makes the answer that readers get after closing.
    """

    def __init__(self, unasked: Callable[[DomainName], Availability]) -> None:
        self._unasked = unasked
        self._guard = threading.Lock()
        self._open: dict[DomainName, Lookup] = {}
        self._urgent: deque[deque[Lookup]] = deque()
        self._lines: deque[deque[Lookup]] = deque()
        self._urgent_in_a_row = 0
        self._closed = False

    @property
    def waiting(self) -> int:
        """The number of names that wait for a lookup."""
        with self._guard:
            return sum(lookup.is_wanted for lookup in self._open.values())

    def answers(
        self, names: Sequence[DomainName], *, urgent: bool, asked: Callable[[int], None]
    ) -> Iterator[Availability]:
        """Yield answers as they arrive, after calling `asked` with their number.

        A reader that stops early drops its pending lookups.
        """
        inbox: Inbox = SimpleQueue()
        line = self._join(names, inbox, self._urgent if urgent else self._lines)
        asked(len(line))
        try:
            for _ in line:
                with queued():
                    answer = inbox.get()
                yield answer
        finally:
            self._leave(line, inbox)

    def any_wanted(self) -> bool:
        with self._guard:
            lines = chain(self._urgent, self._lines)
            return any(lookup.is_wanted for line in lines for lookup in line)

    def take(self) -> Lookup | None:
        """Return the next name in turn. The caller must answer it from then on."""
        with self._guard:
            is_a_searchs_turn = self._urgent_in_a_row >= _URGENT_IN_A_ROW
            lookup = _next_in(self._lines) if is_a_searchs_turn else None
            if lookup is None and (lookup := _next_in(self._urgent)) is not None:
                self._urgent_in_a_row += 1
            else:
                self._urgent_in_a_row = 0
                lookup = lookup or _next_in(self._lines)
            if lookup is not None:
                lookup.begun = True
            return lookup

    def resolve(self, lookup: Lookup, answer: Availability) -> None:
        with self._guard:
            if self._open.get(lookup.name) is lookup:
                del self._open[lookup.name]
            readers, lookup.readers = lookup.readers, []
        for inbox in readers:
            inbox.put(answer)

    def close(self) -> None:
        """End all pending lookups: their readers get the `unasked` answer."""
        with self._guard:
            self._closed = True
            left = list(self._open.values())
        for lookup in left:
            self.resolve(lookup, self._unasked(lookup.name))

    def _join(self, names: Sequence[DomainName], inbox: Inbox, lines: deque[deque[Lookup]]) -> list[Lookup]:
        with self._guard:
            line = [self._open.get(name) or Lookup(name) for name in dict.fromkeys(names)]
            for lookup in line:
                lookup.readers.append(inbox)
                if self._closed:
                    inbox.put(self._unasked(lookup.name))
                else:
                    self._open[lookup.name] = lookup
            if not self._closed:
                lines.append(deque(line))
        return line

    def _leave(self, line: Sequence[Lookup], inbox: Inbox) -> None:
        with self._guard:
            for lookup in line:
                if inbox in lookup.readers:
                    lookup.readers.remove(inbox)
                if lookup.is_wanted or lookup.begun or self._open.get(lookup.name) is not lookup:
                    continue
                del self._open[lookup.name]


def _next_in(lines: deque[deque[Lookup]]) -> Lookup | None:
    """Take the first pending lookup of the first queue, and move that queue to the end."""
    while lines:
        line = lines.popleft()
        while line and not line[0].is_wanted:
            line.popleft()
        if line:
            lines.append(line)
            return line.popleft()
    return None
