"""The seam to the registrar: the real `OvhGateway` on a client that calls the simulated OVH.

Answers are classified by the real rules of `registrars.ovh.api.errors`. The rest of the real client (rate limit,
retries of reads, signing) is tested on the wire, in tests/registrars.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qsl

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotSent, OutcomeUnknown, RegistrarError, RegistrarRefused, RegistrarUnavailable
from ordering.model.facts import Data
from ordering.model.offer import Availability, Verdict
from prove.explorer.deviations import (
    ANSWER,
    BUILD,
    CALL,
    LIST,
    MADE_AS,
    MARK,
    ORDER_SHOWS,
    PAY_ANSWER,
    PAYMENT_SHOWS,
    READ,
    READY,
    TWO_NAMES_SHOW,
    WIRE,
    number_in,
)
from prove.explorer.routes import shape_of
from registrars.ovh import adapter
from registrars.ovh.api import errors
from registrars.ovh.api import schemas as reading
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.errors import Answer
from registrars.ovh.api.session import CLOCK
from registrars.ovh.api.wire.offers import OFFERS
from registrars.ovh.markers import MARKER
from registrars.ovh.throttling.scheduler import Priority

if TYPE_CHECKING:
    from prove.explorer.processes import Process

ROUND_TRIP = 0.2  # seconds of the world that one call takes
TIME_OUT = 10.0  # seconds until a sender times out
FRESH_FOR = 30.0  # seconds between opening the connection and comparing the clock, as in the real call
CONNECTION_LIVES = 3600.0  # seconds; an idle connection is closed much sooner, and a closed one carries nothing to OVH
_PEOPLE = Priority.PEOPLE
_LISTS = {"me/order/*/paymentMethods", "order/cart"}  # that may be empty for a moment
_NAMES = {"checkout": "CHECKOUT", "pay": "PAY", "payWithRegisteredPaymentMean": "PAY"}
_ANSWERS = {
    400: {"class": "Client::BadRequest", "message": "This cannot be done"},
    403: {"class": "Client::Forbidden", "message": "You are not allowed"},
    404: {"class": "Client::NotFound", "message": "The requested object does not exist"},
    409: {"class": "Client::Conflict", "message": "Another operation is under way"},
    429: {"class": "Client::TooManyRequests", "message": "Too many requests"},
}


class SimulatedClient:
    """`registrars.ovh.api.client.Client` for one process of the world: the same methods, no network."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._world = process.world
        self.answered_at = 0.0
        self._ahead: timedelta | None = None
        self.secrets: tuple[str, ...] = ()
        self.is_service_account = self.money_is_service_account = False
        self.has_money_key = False

    def time(self) -> datetime:
        """Return OVH's time, read now."""
        return datetime.fromtimestamp(int(self.ask(CLOCK, priority=Priority.MONEY)), UTC)

    def clock_ahead(self) -> timedelta:
        now = int(self.ask(CLOCK, priority=Priority.MONEY))
        self._ahead = timedelta(seconds=now - int(self._process.now().timestamp()))
        return self._ahead

    def known_clock_ahead(self) -> timedelta | None:
        """Return how far OVH's clock is ahead, as last read; None if it was never read."""
        return self._ahead

    def time_as_known(self) -> datetime:
        """Return OVH's time by the last read of its clock; the process's own time if it was never read."""
        return self._process.now() + (self._ahead or timedelta())

    def ask(
        self,
        path: str,
        *,
        priority: Priority,  # noqa: ARG002 - the real client's signature; nothing queues here
        query: Mapping[str, str] | None = None,
        permit: object = None,  # noqa: ARG002 - the same
        tries: int | None = None,  # noqa: ARG002 - the same
        for_money: bool = False,  # noqa: ARG002 - the same; one key has all rights here
    ) -> Any:  # noqa: ANN401 - decoded JSON
        shape, _ = shape_of(path)
        what = self._process.place(f"GET {shape}", LIST if shape in _LISTS else READ)
        if what in {"busy", "forbidden"}:
            self._world.failed_reads.append((shape, self._world.now))
        if what == "busy":
            raise RegistrarUnavailable
        if what == "forbidden":
            rejection: Data = {"status": 403, "code": "NOT_GRANTED_CALL", "said": "This call has not been granted"}
            raise RegistrarRefused(code="ovh_right_missing", ovh=rejection)
        answer = self._read(self._answer("GET", path, query or {}, {}))
        if what == "empty":
            return [] if isinstance(answer, list) else {key: [] for key in answer}
        return answer

    def build(self, method: str, path: str, body: Mapping[str, Any] | None, *, priority: Priority) -> Any:  # noqa: ANN401, ARG002 - as the real one
        path, _, text = path.partition("?")
        shape, _ = shape_of(path)
        what = self._process.place(f"{method} {shape}", MARK if _leaves_a_marker(body) else BUILD) or "fine"
        if what == "busy":
            raise RegistrarUnavailable
        if what == "outsider":
            self._world.outsider()
        if what.startswith("lists-"):
            self._world.routes.lists_after = number_in(what)
        answer = self._answer(method, path, dict(parse_qsl(text)), body or {})
        if what == "lost":
            raise RegistrarUnavailable
        return self._read(answer)

    @contextmanager
    def money_call(self, path: str, body: Mapping[str, Any]) -> Iterator[SimulatedCall]:
        """Yield a POST that buys or pays, with its permit and its connection."""
        kind = _NAMES[path.rpartition("/")[2]]
        what = self._process.place(f"{kind} ready", READY)
        if what == "busy":
            raise RegistrarUnavailable
        if what is not None:
            self._world.event(what, self._process)
        self._world.pass_by(ROUND_TRIP)
        yield SimulatedCall(self._process, kind, path, body)

    def close(self) -> None:
        """Do nothing: no connection is open."""

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> Answer:
        self._world.pass_by(ROUND_TRIP)
        status, answer_body = self._world.routes.answer(method, path, query, body, self._world.now)
        return Answer(status, answer_body)

    def _read(self, answer: Answer) -> Any:  # noqa: ANN401 - decoded JSON
        if not answer.ok:
            raise errors.of_read(answer)
        return answer.body


class SimulatedCall:
    """`registrars.ovh.api.client.ReadyCall`: one call that buys or pays, on a connection that was opened earlier."""

    def __init__(self, process: Process, kind: str, path: str, body: Mapping[str, Any]) -> None:
        self._process = process
        self._world = process.world
        self._kind = kind
        self._path = path
        self._body = body
        self._opened_at = self._world.now

    def send(self, *, not_after: datetime, signed_at: datetime | None = None) -> Any:  # noqa: ANN401, ARG002 - as the real one; nothing is signed
        """Write once. The places: before the clock comparison, before the write, its late display, its answer."""
        self._process.place(f"{self._kind} call", CALL)
        if self._process.now() >= not_after or self._world.now - self._opened_at >= FRESH_FOR:
            self._process.was_sent = False
            raise NotSent(code="too_late_to_send")
        compared_at = self._world.now
        with self._world.on_the_wire(self._path, CONNECTION_LIVES):
            self._process.place(f"{self._kind} wire", WIRE)
        is_open = self._world.now - compared_at < CONNECTION_LIVES
        self._process.was_sent = True
        return self._exchange(is_open=is_open)

    def _exchange(self, *, is_open: bool) -> Any:  # noqa: ANN401 - decoded JSON
        world = self._world
        done = world.at_ovh(self._path, self._body, world.place(f"{self._kind} shows", self._showing()))
        what = world.place(f"{self._kind} answer", PAY_ANSWER if self._kind == "PAY" else ANSWER) or "fine"
        what = what if is_open else "gone"
        answer: Answer | None = None
        if what.startswith("no-"):
            answer = _falsified(what)
        elif what.startswith("arrives-"):
            world.arrives(self._path, number_in(what), done)
        elif what != "gone":
            true = done()
            answer = None if what.startswith("lost") else _falsified(what) if what.startswith("again-") else true
        if what.endswith("-removed"):
            world.routes.removed = self._body["paymentMethod"]["id"] if "paymentMethod" in self._body else None
        if what == "crash":
            self._process.die()
        world.pass_by(TIME_OUT if answer is None else ROUND_TRIP)
        if answer is None:
            raise OutcomeUnknown(code="answer_lost")
        if not answer.ok or answer.body == "":
            raise errors.of_money_call(answer)
        return answer.body

    def _showing(self) -> tuple[str, ...]:
        if self._kind == "PAY":
            return PAYMENT_SHOWS
        options = (*ORDER_SHOWS, *MADE_AS)
        return options if len(self._world.names) == 1 else (*options, *TWO_NAMES_SHOW)


def _leaves_a_marker(body: Mapping[str, Any] | None) -> bool:
    return MARKER.fullmatch(str((body or {}).get("description"))) is not None


def _falsified(what: str) -> Answer:
    """Return the answer that replaces OVH's true one."""
    status = int(number_in(what))
    return Answer(status, _ANSWERS.get(status))


class SimulatedSearch:
    """`registrars.ovh.availability.lookup.Search` without its threads: each name is looked up on demand."""

    def __init__(self, client: SimulatedClient) -> None:
        self._client = client

    def look_up(
        self,
        names: Sequence[DomainName],
        *,
        recent: bool = False,  # noqa: ARG002 - the real one's signature; nothing is cached
        urgent: bool = False,  # noqa: ARG002 - the same
    ) -> Iterator[Availability]:
        for name in names:
            try:
                offered = self._client.ask("/order/cart/search/domain", query={"domain": name.ascii}, priority=_PEOPLE)
            except RegistrarError as error:
                yield Availability(name, Verdict.UNKNOWN, reason=error.code)
            else:
                yield Availability.of(name, reading.offers(name, OFFERS.read(offered)))

    def forget(self, names: Sequence[DomainName]) -> None:
        """Do nothing: nothing is cached."""

    def close(self) -> None:
        """Do nothing: no thread runs."""


def gateway(process: Process) -> adapter.OvhGateway:
    """Build the real gateway on a simulated client, with a search that needs no threads."""
    client = SimulatedClient(process)
    with (
        patch.object(adapter, "Client", lambda *_, **__: client),
        patch.object(adapter, "Search", lambda _client, **_: SimulatedSearch(client)),
    ):
        return adapter.OvhGateway(OvhConfig(subsidiary="FR", concurrency=1))
