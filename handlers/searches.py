"""The searches of the last time, so that their buttons find them: pages, Stop, Ask again, Refresh."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from handlers.reply import Reply
from handlers.views.found import Found, Standing
from ordering.domain_name import DomainName
from ordering.errors import NotPossible
from ordering.offer import Availability, Verdict

_MOST_KEPT = 300
_MOST_AT_ONCE = 3  # searches of one person: each holds a thread while it reads


@dataclass(eq=False)
class Search:
    """One person's search. `reply` is the newest way to its message: every click on it brings a fresh one."""

    user: str
    names: tuple[DomainName, ...]
    unreadable: Sequence[str]
    reply: Reply
    allow_premium: bool
    left_out: Sequence[str] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    answers: dict[DomainName, Availability] = field(default_factory=dict)
    standing: Standing = Standing.STOPPED  # it is not under way until somebody runs it
    refreshing: set[DomainName] = field(default_factory=set)  # asked anew; the old answer stays until the new one comes
    page: int = 0
    seconds_left: float = 0.0
    awaited: set[DomainName] = field(default_factory=set)  # until all of these are there, nobody is woken
    is_due: bool = False  # the next answer is to be shown
    news: asyncio.Event = field(default_factory=asyncio.Event)
    show_now: bool = False
    stop_now: bool = False

    @property
    def answered(self) -> int:
        """How many names have the answer that is looked for."""
        return len(self.answers) - len(self.refreshing)

    def lacks(self, name: DomainName) -> bool:
        """Whether the answer for a name is still to come."""
        return name not in self.answers or name in self.refreshing

    def begin(self, names: Sequence[DomainName]) -> None:
        """Ask these: an answer that is known is shown with its age until the new one comes, an unknown one dropped."""
        for name in names:
            if name in self.answers and self.answers[name].verdict is Verdict.UNKNOWN:
                del self.answers[name]
        self.refreshing = {name for name in names if name in self.answers}
        self.standing, self.stop_now = Standing.ASKING, False

    def end(self) -> None:
        """Nobody asks any more, for whatever reason: only what has all its answers is complete."""
        self.refreshing.clear()
        self.standing = Standing.DONE if len(self.answers) == len(self.names) else Standing.STOPPED

    def take(self, answer: Availability) -> None:
        """Keep an answer. Who shows them is woken when it matters, not for each of hundreds.

        That OVH did not tell this time takes nothing from what it told before.
        """
        if answer.verdict is not Verdict.UNKNOWN or answer.domain not in self.refreshing:
            self.answers[answer.domain] = answer
        self.refreshing.discard(answer.domain)
        was_awaited = answer.domain in self.awaited
        self.awaited.discard(answer.domain)
        if self.is_due or (was_awaited and not self.awaited):
            self.news.set()

    def wish(self, reply: Reply, *, stop: bool = False) -> None:
        """Somebody wants to see it now, or to have it end."""
        self.reply = reply
        self.show_now, self.stop_now = True, self.stop_now or stop
        self.news.set()

    def found(self) -> Found:
        """What the view draws of it."""
        return Found(
            id=self.id,
            names=self.names,
            answers=list(self.answers.values()),
            now=datetime.now(UTC),
            standing=self.standing,
            unreadable=self.unreadable,
            left_out=self.left_out,
            refreshing=len(self.refreshing),
            seconds_left=self.seconds_left,
            page=self.page,
            allow_premium=self.allow_premium,
        )


class Searches:
    """A bounded memory of this process alone: of what is gone, or is another's, a click says what it did not do."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Search] = OrderedDict()
        self._running: Counter[str] = Counter()

    def keep(self, search: Search) -> None:
        self._kept[search.id] = search
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def get(self, search_id: str, user: str) -> Search | None:
        """A person's own search, as long as it is kept."""
        search = self._kept.get(search_id)
        return search if search is not None and search.user == user else None

    @contextmanager
    def one_of_a_few(self, user: str) -> Iterator[None]:
        """Hold one of a person's places; raises `NotPossible` where all are taken."""
        if self._running[user] >= _MOST_AT_ONCE:
            raise NotPossible(
                f"{_MOST_AT_ONCE} of your searches are still under way. Search again when one of them ends."
            )
        self._running[user] += 1
        try:
            yield
        finally:
            self._running[user] -= 1
