"""Names that people wait for: each is asked once however many want it, and searches take turns."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from queue import SimpleQueue

from ordering.domain_name import DomainName
from ordering.offer import Availability

Inbox = SimpleQueue[Availability]


@dataclass(eq=False)
class Question:
    """One name; all who ask for it before it is answered read the same answer."""

    name: DomainName
    readers: list[Inbox] = field(default_factory=list)
    begun: bool = False

    @property
    def is_wanted(self) -> bool:
        return not self.begun and bool(self.readers)


class Questions:
    """What is to be asked, a line for each search; urgent ones before the others.

    `unasked` makes what a reader is told when all is closed.
    """

    def __init__(self, unasked: Callable[[DomainName], Availability]) -> None:
        self._unasked = unasked
        self._guard = threading.Lock()
        self._open: dict[DomainName, Question] = {}
        self._urgent: deque[deque[Question]] = deque()
        self._lines: deque[deque[Question]] = deque()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many names are not asked yet."""
        with self._guard:
            return sum(question.is_wanted for question in self._open.values())

    def answers(
        self, names: Sequence[DomainName], *, urgent: bool, asked: Callable[[int], None]
    ) -> Iterator[Availability]:
        """Yield answers as they come, having told how many are `asked`; giving up reading drops what was not yet."""
        inbox: Inbox = SimpleQueue()
        line = self._join(names, inbox, self._urgent if urgent else self._lines)
        asked(len(line))
        try:
            for _ in line:
                yield inbox.get()
        finally:
            self._leave(line, inbox)

    def any_wanted(self) -> bool:
        with self._guard:
            lines = chain(self._urgent, self._lines)
            return any(question.is_wanted for line in lines for question in line)

    def take(self) -> Question | None:
        """The next name of the search whose turn it is; from then on it is the caller's to answer."""
        with self._guard:
            question = _next_in(self._urgent) or _next_in(self._lines)
            if question is not None:
                question.begun = True
            return question

    def tell(self, question: Question, answer: Availability) -> None:
        with self._guard:
            if self._open.get(question.name) is question:
                del self._open[question.name]
            readers, question.readers = question.readers, []
        for inbox in readers:
            inbox.put(answer)

    def close(self) -> None:
        """Tell everybody who waits that no answer will come."""
        with self._guard:
            self._closed = True
            left = list(self._open.values())
        for question in left:
            self.tell(question, self._unasked(question.name))

    def _join(self, names: Sequence[DomainName], inbox: Inbox, lines: deque[deque[Question]]) -> list[Question]:
        with self._guard:
            line = [self._open.get(name) or Question(name) for name in dict.fromkeys(names)]
            for question in line:
                question.readers.append(inbox)
                if self._closed:
                    inbox.put(self._unasked(question.name))
                else:
                    self._open[question.name] = question
            if not self._closed:
                lines.append(deque(line))
        return line

    def _leave(self, line: Sequence[Question], inbox: Inbox) -> None:
        with self._guard:
            for question in line:
                if inbox in question.readers:
                    question.readers.remove(inbox)
                if question.is_wanted or question.begun or self._open.get(question.name) is not question:
                    continue
                del self._open[question.name]


def _next_in(lines: deque[deque[Question]]) -> Question | None:
    """Take the first wanted question of the first line, which then is the last one."""
    while lines:
        line = lines.popleft()
        while line and not line[0].is_wanted:
            line.popleft()
        if line:
            lines.append(line)
            return line.popleft()
    return None
