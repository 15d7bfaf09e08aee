"""Asking OVH for names: many at once, each failing alone, searches taking turns."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import structlog

from bot.ovh import reading
from bot.ovh.client import Client, segment
from bot.ovh.errors import LATER, NotThere, Silent, readable
from bot.ovh.lane import Priority
from ordering.domain_name import DomainName
from ordering.errors import RegistrarError, RegistrarRefused
from ordering.offer import Availability, Verdict

_CART_LIFE = timedelta(hours=20)  # OVH's own default is a day
_SILENCES_IN_A_ROW = 3  # then the names that wait are not asked one by one in vain
_HUSH = 10.0  # seconds
_log = structlog.get_logger()
_Inbox = SimpleQueue[Availability]


@dataclass(eq=False)
class _Question:
    """One name that somebody waits for; all who ask for it meanwhile read the same answer."""

    name: DomainName
    readers: list[_Inbox] = field(default_factory=list)
    turn: int = 0
    begun: bool = False


class Search:
    """Look-ups in one signed cart that never holds an item. The same name asked twice at once is asked once.

    `home` tells the account's subsidiary. A search's first names come before another's later ones, so that
    a long search makes nobody else wait for its end.
    """

    def __init__(self, client: Client, *, home: Callable[[], str], threads: int) -> None:
        self._client = client
        self._home = home
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ovh-search")
        self._guard = threading.Lock()
        self._open: dict[DomainName, _Question] = {}
        self._waiting: list[tuple[int, int, _Question]] = []
        self._asked = 0
        self._closed = False
        self._cart_guard = threading.Lock()
        self._cart: tuple[str, datetime] | None = None
        self._silences = 0
        self._hushed_until = 0.0

    def look_up(self, names: Sequence[DomainName]) -> Iterator[Availability]:
        """Yield answers as they come; giving up reading drops what was not asked yet."""
        inbox: _Inbox = SimpleQueue()
        questions = [self._join(name, turn, inbox) for turn, name in enumerate(dict.fromkeys(names))]
        try:
            for _ in questions:
                yield inbox.get()
        finally:
            self._leave(questions, inbox)

    def close(self) -> None:
        """Tell everybody who still waits that no answer will come."""
        with self._guard:
            self._closed = True
            left, self._open = list(self._open.values()), {}
        for question in left:
            self._tell(question, _unknown(question.name, "the desk is stopping"))
        self._pool.shutdown(wait=False, cancel_futures=True)

    # Who asks for what

    def _join(self, name: DomainName, turn: int, inbox: _Inbox) -> _Question:
        with self._guard:
            question = self._open.get(name) or _Question(name, turn=turn)
            question.readers.append(inbox)
            question.turn = min(question.turn, turn)
            if self._closed:
                inbox.put(_unknown(name, "the desk is stopping"))
                return question
            self._open[name] = question
            self._asked += 1
            heapq.heappush(self._waiting, (turn, self._asked, question))
            self._pool.submit(self._answer_next)
        return question

    def _leave(self, questions: Sequence[_Question], inbox: _Inbox) -> None:
        with self._guard:
            for question in questions:
                if inbox in question.readers:
                    question.readers.remove(inbox)
                if not question.readers and not question.begun:
                    self._open.pop(question.name, None)

    def _answer_next(self) -> None:
        """Take the fairest question that somebody still waits for; each asking made one job, so none is left over."""
        with self._guard:
            question = heapq.heappop(self._waiting)[2]
            if question.begun or not question.readers:
                return
            question.begun = True
        answer = self._ask_safely(question)
        with self._guard:
            if self._open.get(question.name) is question:
                del self._open[question.name]
        self._tell(question, answer)

    def _tell(self, question: _Question, answer: Availability) -> None:
        with self._guard:
            readers, question.readers = question.readers, []
        for inbox in readers:
            inbox.put(answer)

    # Asking one name

    def _ask_safely(self, question: _Question) -> Availability:
        try:
            return self._ask(question)
        except Exception as bug:  # noqa: BLE001 - whatever fails, its reader must not wait for ever
            _log.error("look_up_failed", domain=question.name.ascii, exc_info=bug)
            return _unknown(question.name, "the desk could not read OVH's answer")

    def _ask(self, question: _Question) -> Availability:
        name = question.name
        try:
            with readable():
                found = reading.offers(name, self._offers(question))
        except RegistrarRefused as refusal:
            self._silences = 0
            if "Check failed" in str(refusal):
                return Availability(name, Verdict.NOT_SOLD)
            return _unknown(name, str(refusal))
        except RegistrarError as error:
            self._count(error)
            return _unknown(name, str(error))
        self._silences = 0
        return Availability.of(name, found)

    def _offers(self, question: _Question) -> Sequence[reading.Json]:
        cart = self._search_cart()
        try:
            return self._in_cart(cart, question)
        except NotThere:  # the cart expired or was removed
            with self._cart_guard:
                if self._cart and self._cart[0] == cart:
                    self._cart = None
            return self._in_cart(self._search_cart(), question)

    def _in_cart(self, cart: str, question: _Question) -> Sequence[reading.Json]:
        if time.monotonic() < self._hushed_until:
            raise Silent(LATER)
        path = f"/order/cart/{segment(cart)}/domain"
        query = {"domain": question.name.ascii}
        return reading.listed(self._client.ask(path, query=query, priority=Priority.PEOPLE, turn=question.turn))

    def _search_cart(self) -> str:
        with self._cart_guard:
            now = datetime.now(UTC)
            if self._cart is None or self._cart[1] <= now:
                if time.monotonic() < self._hushed_until:
                    raise Silent(LATER)
                self._cart = (self._new_cart(), now + _CART_LIFE)
            return self._cart[0]

    def _new_cart(self) -> str:
        body = {"ovhSubsidiary": self._home(), "description": "Domain Desk search"}
        cart = str(self._client.build("POST", "/order/cart", body, priority=Priority.PEOPLE)["cartId"])
        try:
            self._client.build("POST", f"/order/cart/{segment(cart)}/assign", None, priority=Priority.PEOPLE)
        except RegistrarError as error:
            # It was made with our key, which was enough wherever this was seen; the look-up tells if not.
            _log.debug("assign_refused", why=str(error))
        return cart

    def _count(self, error: RegistrarError) -> None:
        if not isinstance(error, Silent) or time.monotonic() < self._hushed_until:
            return
        self._silences += 1
        if self._silences >= _SILENCES_IN_A_ROW:
            self._silences = 0
            self._hushed_until = time.monotonic() + _HUSH


def _unknown(name: DomainName, reason: str) -> Availability:
    """The reason stands inside a sentence of the reader's, so it ends like a part of one."""
    return Availability(name, Verdict.UNKNOWN, reason=reason.removesuffix(" Try again in a minute.").rstrip("."))
