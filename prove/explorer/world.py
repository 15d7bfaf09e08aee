"""One run: workers, users and OVH on simulated time, with the deviations of one schedule.

Workers and users run in greenlets, so that a process can sleep in the middle of a job while others go on. Everything
else is sequential: two runs of one schedule are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from ordering.model.errors import CartChanged, OrderingError, RegistrarError
from ordering.process.leases import LEASE
from prove.explorer.deviations import COMMIT, STEP, Options, is_open, lateness, number_in
from prove.explorer.graph import Graph, abstract
from prove.explorer.laws import LawBroken, Laws
from prove.explorer.ledger import AT_ONCE, DEARER, Lateness, Ledger, moment
from prove.explorer.operators import Operators
from prove.explorer.people import People
from prove.explorer.processes import Died, Process, Sleeper, WatchedStore
from prove.explorer.routes import NO, Routes
from prove.explorer.snapshot import Snapshot
from registrars.ovh.api.errors import Answer

Schedule = Mapping[int, str]
Choose = Callable[[int, Options], str | None]  # returns the deviation at a place, by its number
REPEATS = 2  # a place that recurs in the same abstract state counts as a place of the search this many times
# A wait of eight days is polled 264 times at `PACE`. Each new state begins a wait that is dense at first: 72 polls
# until they are an hour apart. Ten such waits are more than any request needs; a longer run is a break.
MOST_STEPS = 1000
HORIZON = 8 * 86_400.0  # seconds
_REQUESTS: dict[tuple[str, ...], tuple[Snapshot, Ledger, float]] = {}  # by names: the store, the truth, and the time
SUPERVISOR = 2.0  # seconds until a dead process is restarted


class World:
    """The whole state of one run. Places are numbered in the order in which the run reaches them."""

    def __init__(
        self,
        schedule: Schedule | Choose,
        *,
        names: tuple[str, ...] = ("name.ovh",),
        only_held: bool = False,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        self._choose: Choose = schedule if callable(schedule) else lambda number, _: schedule.get(number)
        self._tell = tell
        self.deviated: dict[int, str] = {}
        self.names = names
        self.now = 0.0
        self.places: list[tuple[str, Options]] = []
        self.routes = Routes(Ledger())
        self._watching = False
        self.store = WatchedStore(self)
        self.laws = Laws(self)
        self.graph = Graph()
        self.words: tuple[Snapshot, int, str] | None = None  # the graph's state, for the newest commit and the ledger
        self.steps = 0
        self.broken: LawBroken | None = None
        self.lost_commits = 0
        self._only_held = only_held
        self._seen: dict[tuple[str, str], int] = {}
        self._arriving: list[tuple[float, Callable[[], object]]] = []
        self._sleepers: list[Sleeper] = []
        self._main = getcurrent()
        self._processes = 1
        self._process = self._current = Process(self, "p1")
        self._lease_until = 0.0
        self.acting: str = "start"
        self.operators = Operators(self)
        self.people = People(self)
        self._request()
        self._watching = True
        self.laws.committed()
        self.graph.reach(abstract(self), "start")

    def _request(self) -> None:
        """Submit the request to the approver: it is the same in every run, so it is made once."""
        if self.names not in _REQUESTS:
            self.people.request(self._process)
            _REQUESTS[self.names] = (self.store.kept, self.ledger.copy(), self.now)
        kept, ledger, self.now = _REQUESTS[self.names]
        self.routes.ledger = ledger.copy()
        self.store.kept = kept
        self.store.history = ()  # a run can lose no commit from before the request
        self._process = self._current = Process(self, "p1")

    @property
    def ledger(self) -> Ledger:
        return self.routes.ledger

    # The run

    def run(self) -> LawBroken | None:
        """Run to the end; return the law that broke, if one did."""
        try:
            while self._next():
                self.steps += 1
                if self.steps > MOST_STEPS:
                    self.laws.too_many_steps()
            self.laws.at_the_end(is_over=self.is_over)
        except LawBroken as broken:
            self.broken = broken
        finally:
            for sleeper in self._sleepers:
                sleeper.thread.throw(GreenletExit)
        return self.broken

    @property
    def is_asleep(self) -> bool:
        return bool(self._sleepers)

    @property
    def is_over(self) -> bool:
        return not (self._sleepers or self._arriving) and self.laws.is_ended

    def _next(self) -> bool:
        """Run the next event in time; return False if there is none."""
        coming: list[tuple[float, int, Callable[[], None]]] = []
        if self._arriving:
            coming.append((min(at for at, _ in self._arriving), 0, self._arrive))
        if self._sleepers:
            coming.append((min(sleeper.wakes_at for sleeper in self._sleepers), 1, self._wake))
        if not self.laws.is_ended:
            clicks = filter(None, (self.people.next(), self.operators.next()))
            coming += [(at, 2, self._in_thread(act)) for at, act in clicks]
            due = self._next_due()
            if due is not None:
                coming.append((due, 3, self._in_thread(self._step)))
        if not coming:
            return False
        at, _, act = min(coming, key=lambda one: one[:2])
        if at > HORIZON:
            return False
        self.now = max(self.now, at)
        act()
        return True

    def _next_due(self) -> float | None:
        with self.store.read() as carts:
            due, overdue = carts.next_due(), carts.due(self.worker.now())
        if due is None:
            return None
        at = self.now if overdue else (due - moment(self.worker.ahead)).total_seconds()
        return max(at, self._lease_until)

    @property
    def worker(self) -> Process:
        """The process that works now: a new one if the last one died or sleeps."""
        if self._process.dead or self._process.sleeps:
            self._processes += 1
            self._process = Process(self, f"p{self._processes}")
        return self._process

    def _in_thread(self, act: Callable[[Process], None]) -> Callable[[], None]:
        def run() -> None:
            self._current = self.worker
            greenlet(self._guarded).switch(act, self._current)

        return run

    def _guarded(self, act: Callable[[Process], None], process: Process) -> None:
        try:
            act(process)
        except Died:
            self._lease_until = max(self._lease_until, self.now + SUPERVISOR)
            self.reach("crash")

    def _step(self, process: Process) -> None:
        """Run the due jobs as the worker pool does: a job that fails because of a bug is postponed and reported."""
        self.acting = "worker"
        for cart_id in process.fulfilment.due():
            self._event(process, cart_id)
            process.step_began_at = self.now
            try:
                process.fulfilment.advance(cart_id)
            except (RegistrarError, CartChanged):
                continue
            except (OrderingError, Exception) as error:  # noqa: BLE001 - as the worker pool: no job stops the others
                self.laws.a_step_failed(error)
                process.fulfilment.put_off(cart_id, "0000")

    def _event(self, process: Process, cart_id: int) -> None:
        """Let the world change before a job, if the schedule says so."""
        with self.store.read() as carts:
            state = carts.cart(cart_id).state
        what = self.place(f"step {state}", STEP)
        if what is not None:
            self._events[what](process)
            self.reach("elsewhere")

    @property
    def _events(self) -> Mapping[str, Callable[[Process], object]]:
        """The events elsewhere that may come before a job of this process."""
        unpaid, pays, routes = self._for_unpaid, self.ledger.pay_on_page, self.routes
        return {
            "price-up": lambda _: setattr(self.ledger, "price", DEARER),
            "renewal-up": lambda _: routes.raise_renewal(self.now),
            "outsider": lambda _: self._outsider(AT_ONCE),
            "outsider-600": lambda _: self._outsider(Lateness(lines=600.0)),
            "outsider-cancels": lambda _: self.later(600.0, self._outsider(AT_ONCE)),
            "page-pays": lambda _: unpaid(lambda number: pays(number, self.now)),
            "page-slow": lambda _: unpaid(lambda number: pays(number, self.now, bank=600.0)),
            "page-cancels": lambda _: unpaid(lambda number: self.ledger.cancel(number, self.now)),
            "order-dearer": lambda _: unpaid(lambda number: self.ledger.change_total(number, self.now)),
            "clock+3600": lambda process: process.set_clock(3600.0),
            "clock+90000": lambda process: process.set_clock(90_000.0),
            "clock-600": lambda process: process.set_clock(-600.0),
            "server+90000": lambda _: self.store.set_clock(90_000.0),
            "server-600": lambda _: self.store.set_clock(-600.0),
            "delete-ordered": lambda _: setattr(routes, "refuses_ordered", False),
            "closed-unlisted": lambda _: setattr(routes, "lists_closed", False),
            "unfiltered": lambda _: setattr(routes, "filters", False),
            "summary-tells": lambda _: setattr(routes, "tells_order", True),
            "others-commit": self.people.fill_another_cart,
            "stop": self.people.stop,
        }

    def _outsider(self, late: Lateness) -> Callable[[], None]:
        """Add a foreign order of a name of the request; return the function that cancels it."""
        number = self.ledger.new_order(self.names[:1], self.now, late=late, foreign=True).id
        return lambda: self.ledger.cancel(number, self.now)

    def _for_unpaid(self, do: Callable[[int], None]) -> None:
        for order in self.ledger.ours:
            do(order.id)

    # Inside a job

    def place(self, label: str, options: Options) -> str | None:
        """Number this place, and return its deviation in the schedule."""
        if not self._watching:
            return None
        if self._only_held:
            options = tuple(what for what in options if not is_open(label, what))
        key = (label, abstract(self))
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] > REPEATS:
            return None
        number = len(self.places)
        self.places.append((label, options))
        what = self._choose(number, options)
        if what is not None:
            self.deviated[number] = what
            self.tell(f"DEVIATES {number}: {what} at {label}")
        return what

    def tell(self, what: str) -> None:
        if self._tell is not None:
            self._tell(f"{self.now:9.1f} s  {what}")

    def pass_by(self, seconds: float) -> None:
        self.now += seconds

    def later(self, seconds: float, do: Callable[[], object]) -> None:
        """Schedule an arrival at OVH."""
        self._arriving.append((self.now + seconds, do))

    def freeze(self, process: Process, seconds: float, *, clock_stands: bool) -> None:
        """Suspend a process here. Another one takes over its work when the lease ends."""
        process.sleeps = True
        self._lease_until = max(self._lease_until, self.now + min(seconds, LEASE.total_seconds()))
        self._sleepers.append(Sleeper(self.now + seconds, process, getcurrent(), clock_stands, seconds))
        self.reach(f"sleep in {self.acting}")
        acting = self.acting
        self._main.switch()
        self.acting = acting

    def at_ovh(self, path: str, body: Mapping[str, Any], shows: str | None) -> Callable[[], Answer]:
        """Return the function that carries out the call at OVH, now or later, completely or never."""
        step_began_at = self._current.step_began_at

        def done() -> Answer:
            late, parts = lateness(shows), path.strip("/").split("/")
            told: Any
            if parts[-1] == "checkout":
                self.laws.order_begins(parts[2], step_began_at)
                self.ledger.price = DEARER if shows == "dearer" else self.ledger.price
                status = self.ledger.check_out(parts[2], self.now, late)
                cart = self.ledger.carts.get(parts[2])
                order = self.ledger.orders.get(cart.order or 0) if cart else None
                told = self.routes.quote(order.total, len(order.names), order.id) if status == 200 and order else NO
            else:
                method = body["paymentMethod"]["id"] if "paymentMethod" in body else body["paymentMean"]
                bank = number_in(shows) if shows and shows.startswith("bank-") else 0.0
                refused = bool(shows and shows.startswith("refused"))
                bank = number_in(shows) if shows == "refused-600" else bank
                status = self.ledger.pay(int(parts[2]), method, self.now, late=late, bank=bank, refused=refused)
                if status == 200:
                    self.laws.payment_taken(self.ledger.orders[int(parts[2])], step_began_at)
                told = (
                    {"class": "Client::BadRequest", "message": "This order cannot be paid"} if status != 200 else None
                )
            self.reach(f"OVH {parts[-1]} {status}")
            self.laws.of_the_ledger()
            return Answer(status, told)

        return done

    def committed(self) -> None:
        """Check the laws, then let the commit be lost, or the process die or sleep after it."""
        if not self._watching:
            return
        self.laws.committed()
        self.reach(self.acting)
        process = self._current
        with self.store.read() as carts:
            state = carts.cart(1).state
        what = process.place(f"commit {state}", COMMIT)
        if what is None:
            return
        count = len(self.store.history) if what == "restore" else int(number_in(what))
        self.lost_commits += self.store.lose(count)
        if what == "restore":
            self.store.mark_as_copy()
        self.laws.went_back()
        self.people.keep_old_cards()
        self.reach(what)
        if what.endswith("cold") or what == "restore":
            process.die()

    def acts(self, who: str) -> None:
        """Record who acts now, for the graph."""
        self.acting = who

    def reach(self, by: str) -> None:
        state = abstract(self)
        self.tell(f"{state}   ({by})")
        self.graph.reach(state, by)

    def _wake(self) -> None:
        sleeper = min(self._sleepers, key=lambda one: one.wakes_at)
        self._sleepers.remove(sleeper)
        if sleeper.clock_stands:
            sleeper.process.ahead -= sleeper.slept
        sleeper.process.sleeps = False
        self._current = sleeper.process
        sleeper.thread.switch()

    def _arrive(self) -> None:
        first = min(self._arriving, key=lambda one: one[0])
        self._arriving.remove(first)
        first[1]()
