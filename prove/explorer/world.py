"""One run: workers, users and OVH on simulated time, with the deviations of one schedule.

Workers and users run in greenlets, so that a process can sleep in the middle of a job while others go on. Everything
else is sequential: two runs of one schedule are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from ordering.model.cart import CartState
from ordering.model.errors import CartChanged, OrderingError, RegistrarError
from ordering.model.ids import CartId
from ordering.model.recovery import Cause
from ordering.process.leases import LEASE
from prove.explorer.deviations import COMMIT, STEP, Options, lateness, number_in
from prove.explorer.graph import Graph, abstract
from prove.explorer.law_names import LawBroken
from prove.explorer.laws import Laws
from prove.explorer.ledger import AT_ONCE, DEARER, PRICE, SEPA, VISA, Lateness, Ledger, moment
from prove.explorer.operators import Operators
from prove.explorer.people import People
from prove.explorer.processes import Died, Process, Sleeper, Unanswered, WatchedStore
from prove.explorer.routes import NO, Routes
from prove.explorer.snapshot import Snapshot
from registrars.ovh.api.errors import Answer

Schedule = Mapping[int, str]
Choose = Callable[[int, Options], str | None]  # returns the deviation at a place, by its number
REPEATS = 2  # a place that recurs in the same abstract state counts as a place of the search this many times
# A wait of eight days is polled 264 times at `POLL_SCHEDULE`. Each new state begins a wait that is dense at first: 72
# polls until they are an hour apart. Ten such waits are more than any request needs; a longer run is a break.
MOST_STEPS = 1000
HORIZON = 8 * 86_400.0  # seconds
_REQUESTS: dict[tuple[str, ...], tuple[Snapshot, Ledger, float]] = {}  # by names: the store, the truth, and the time
_NEVER = Lateness(lines=1e6)
_LISTED_NOW = Lateness(all=7200.0, lines=1e6)  # of an order that is two hours old
SUPERVISOR = 2.0  # seconds until a dead process is restarted


class World:
    """The whole state of one run. Places are numbered in the order in which the run reaches them."""

    def __init__(
        self,
        schedule: Schedule | Choose,
        *,
        names: tuple[str, ...] = ("name.ovh",),
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
        self.losses = 0
        self.written: set[str] = set()  # the paths of the calls that bought or paid, or may have
        self.failed_reads: list[tuple[str, float]] = []  # the shapes of their paths, and when
        self._under_way: list[tuple[str, float]] = []  # such calls that may still reach OVH, and until when
        self._seen: dict[tuple[str, str], int] = {}
        self._arriving: list[tuple[float, Callable[[], object]]] = []
        self._sleepers: list[Sleeper] = []
        self._main = getcurrent()
        self.processes: list[Process] = []
        self._process = self._current = self._new_process()
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
        self.processes.clear()
        self._process = self._current = self._new_process()

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
    def current(self) -> Process:
        """The process that acts."""
        return self._current

    @property
    def step_began_at(self) -> float:
        """When the job of the process that acts began."""
        return self._current.step_began_at

    @property
    def worker(self) -> Process:
        """The process that works now: a new one if the last one died or sleeps."""
        if self._process.dead or self._process.sleeps:
            self._process = self._new_process()
            self.laws.process_started()
        return self._process

    def _new_process(self) -> Process:
        process = Process(self, f"p{len(self.processes) + 1}")
        self.processes.append(process)
        return process

    def _in_thread(self, act: Callable[[Process], None]) -> Callable[[], None]:
        def run() -> None:
            self._current = self.worker
            greenlet(self._guarded).switch(act, self._current)

        return run

    def _guarded(self, act: Callable[[Process], None], process: Process) -> None:
        try:
            act(process)
        except Unanswered:
            self.reach("unanswered")
        except Died:
            self._lease_until = max(self._lease_until, self.now + SUPERVISOR)
            self.reach("crash")

    def _step(self, process: Process) -> None:
        """Run the due jobs as the worker pool does: a job that fails because of a bug is postponed and reported."""
        self.acting = "worker"
        self._delete_answers(process)
        for cart_id in process.fulfilment.due():
            self._event(process, cart_id)
            process.step_began_at, process.intent, process.was_sent = self.now, None, None
            try:
                process.fulfilment.advance(cart_id)
            except (CartChanged, Unanswered):
                continue
            except RegistrarError as error:
                self.laws.refused(error)
            except (OrderingError, Exception) as error:  # noqa: BLE001 - as the worker pool: no job stops the others
                self.laws.a_step_failed(error)
                process.fulfilment.postpone(cart_id, "0000")
            self.laws.step_ended(process)

    def _delete_answers(self, process: Process) -> None:
        """Have the process delete the request's answers, as if it had been listed before: only its end allows that."""
        try:
            with process.store.begin() as carts:
                process.deletion.delete(carts, CartId(1))
        except Unanswered:
            return
        except Exception as error:  # noqa: BLE001 - as below
            self.laws.a_step_failed(error)

    def _event(self, process: Process, cart_id: int) -> None:
        """Let the world change before a job, if the schedule says so."""
        with self.store.read() as carts:
            state = carts.cart(CartId(cart_id)).state
        what = self.place(f"step {state}", STEP)
        if what is not None:
            self.event(what, process)
            self.reach("elsewhere")

    def event(self, what: str, process: Process) -> None:
        """Let this happen elsewhere, now."""
        self._events[what](process)

    @property
    def _events(self) -> Mapping[str, Callable[[Process], object]]:
        """The events elsewhere that may come before a job of this process."""
        unpaid, pays, routes, people = self._for_unpaid, self.ledger.pay_on_page, self.routes, self.people
        return {
            "price-up": lambda _: setattr(self.ledger, "price", DEARER),
            "renewal-up": lambda _: routes.raise_renewal(self.now),
            "outsider": lambda _: self.outsider(),
            "outsider-600": lambda _: self.outsider(Lateness(lines=600.0)),
            "outsider-cancels": lambda _: self.later(600.0, self.outsider()),
            "outsider-old": lambda _: self.outsider(_LISTED_NOW, made=-7200.0),
            "outsider-hides": lambda _: self.outsider(_NEVER, guise="hides"),
            "outsider-bare": lambda _: self.outsider(guise="bare"),
            "outsider-cheaper": lambda _: self.outsider(guise="alike", total=PRICE - 100),
            "outsider-twin": lambda _: self._twin(),
            "page-visa": lambda _: unpaid(
                lambda number: pays(number, self.now, method=VISA, late=Lateness(order=2000.0))
            ),
            "page-sepa": lambda _: unpaid(
                lambda number: pays(number, self.now, method=SEPA, late=Lateness(order=600.0), bank=600.0)
            ),
            "page-opens": people.open_page,
            "page-refused": lambda process: people.try_page(process, "page"),
            "page-refused-visa": lambda process: people.try_page(process, VISA),
            "page-refused-mail": lambda process: people.try_page(process, "page", mail=True),
            "page-refused-mail-sepa": lambda process: people.try_page(process, SEPA, mail=True),
            "page-refused-mail-visa": lambda process: people.try_page(process, VISA, mail=True),
            "page-refused-twice": lambda process: people.try_page(process, "page", VISA, mail=True),
            "hold": lambda process: process.workflow.recover_mode.begin(Cause.OPERATOR),
            "compare": self.operators.look,
            "markers": self.operators.watch_markers,
            "lost-card": people.click_lost_card,
            "page-pays": lambda _: unpaid(lambda number: pays(number, self.now)),
            "page-slow": lambda _: unpaid(lambda number: pays(number, self.now, bank=600.0)),
            "page-cancels": lambda _: unpaid(lambda number: self.ledger.cancel(number, self.now)),
            "order-dearer": lambda _: unpaid(lambda number: self.ledger.change_total(number, self.now)),
            "clock+3600": lambda process: process.set_clock(3600.0),
            "clock+90000": lambda process: process.set_clock(90_000.0),
            "clock-600": lambda process: process.set_clock(-600.0),
            "server+90000": lambda _: self.store.set_clock(90_000.0),
            "server-600": lambda _: self.store.set_clock(-600.0),
            "server-90000": lambda _: self.store.set_clock(-90_000.0),
            "delete-ordered": lambda _: setattr(routes, "refuses_ordered", False),
            "closed-unlisted": lambda _: setattr(routes, "lists_closed", False),
            "unfiltered": lambda _: setattr(routes, "filters", False),
            "summary-tells": lambda _: setattr(routes, "tells_order", True),
            "others-commit": self.people.fill_another_cart,
            "stop": self.people.stop,
        }

    def outsider(
        self, late: Lateness = AT_ONCE, *, made: float = 0.0, guise: str = "", total: int = PRICE
    ) -> Callable[[], None]:
        """Add a foreign order of a name of the request; return the function that cancels it."""
        names = self.names if guise else self.names[:1]
        number = self.ledger.new_foreign(names, self.now + made, late=late, guise=guise, total=total).id
        return lambda: self.ledger.cancel(number, self.now)

    def _twin(self) -> None:
        """Add a foreign order that only its date tells from ours: it is from before the attempt, and shows later."""
        if self.laws.cart.state is CartState.APPROVED:
            self.outsider(Lateness(all=360.0), made=-60.0, guise="alike")

    def _for_unpaid(self, do: Callable[[int], None]) -> None:
        for order in self.ledger.ours:
            do(order.id)

    # Inside a job

    def place(self, label: str, options: Options) -> str | None:
        """Number this place, and return its deviation in the schedule."""
        if not self._watching:
            return None
        key = (label, abstract(self))
        self._seen[key] = self._seen.get(key, 0) + 1
        if self._seen[key] > REPEATS:
            return None
        number = len(self.places)
        self.places.append((label, options))
        what = self._choose(number, options)
        what = what if what in options else None  # another course of the run may number another place so
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

    @contextmanager
    def on_the_wire(self, path: str, seconds: float) -> Iterator[None]:
        """Keep a call in mind while its sender is about to write it, for so long at most."""
        call = (path, self.now + seconds)
        self._under_way.append(call)
        try:
            yield
        finally:
            self._under_way.remove(call)
        self.written.add(path)

    def arrives(self, path: str, seconds: float, do: Callable[[], object]) -> None:
        """Let a call reach OVH later."""
        self._under_way.append((path, self.now + seconds))
        self.later(seconds, do)

    def has_failed_to_read(self, shapes: tuple[str, ...], since: float) -> bool:
        """Return whether a read of a path of one of these shapes, by its beginning, failed since then."""
        return any(shape.startswith(shapes) and at >= since for shape, at in self.failed_reads)

    def may_still_come(self, path: str) -> bool:
        """Return whether a call may still reach OVH."""
        return any(path in known and until > self.now for known, until in self._under_way)

    def freeze(self, process: Process, seconds: float, *, clock_stands: bool) -> None:
        """Suspend a process here. Another one takes over its work when the lease ends."""
        process.sleeps = True
        self._lease_until = max(self._lease_until, self.now + min(seconds, LEASE.total_seconds()))
        self._sleepers.append(Sleeper(self.now + seconds, process, getcurrent(), clock_stands, seconds))
        self.reach(f"sleep in {self.acting}")
        acting = self.acting
        self._main.switch()
        self.acting = acting

    def end_sleepers(self) -> None:
        """End each process that sleeps: it carries out nothing any more."""
        sleepers, self._sleepers = self._sleepers, []
        for sleeper in sleepers:
            sleeper.process.dead = True
            sleeper.thread.parent = getcurrent()  # it comes back here, not to the main loop
            sleeper.thread.throw(Died)

    def at_ovh(self, path: str, body: Mapping[str, Any], shows: str | None) -> Callable[[], Answer]:
        """Return the function that carries out the call at OVH, now or later, completely or never."""
        step_began_at = self._current.step_began_at

        def done() -> Answer:
            late, parts = lateness(shows), path.strip("/").split("/")
            answer_body: Any
            if parts[-1] == "checkout":
                self.laws.order_begins(parts[2], step_began_at)
                self.ledger.price = DEARER if shows == "dearer" else self.ledger.price
                status = self.ledger.check_out(parts[2], self.now, late)
                cart = self.ledger.carts.get(parts[2])
                order = self.ledger.orders.get(cart.order or 0) if cart else None
                answer_body = (
                    self.routes.quote(order.total, len(order.names), order.id) if status == 200 and order else NO
                )
            else:
                method = body["paymentMethod"]["id"] if "paymentMethod" in body else body["paymentMean"]
                bank = number_in(shows) if shows and shows.startswith(("bank-", "held-", "refused-")) else 0.0
                refused = bool(shows and shows.startswith("refused"))
                status = self.ledger.pay(int(parts[2]), method, self.now, late=late, bank=bank, refused=refused)
                if status == 200:
                    self.laws.payment_taken(self.ledger.orders[int(parts[2])], step_began_at)
                answer_body = (
                    {"class": "Client::BadRequest", "message": "This order cannot be paid"} if status != 200 else None
                )
            self.reach(f"OVH {parts[-1]} {status}")
            self.laws.of_the_ledger()
            return Answer(status, answer_body)

        return done

    def committed(self) -> None:
        """Check the laws, then let the commit be lost, or the process die or sleep after it."""
        if not self._watching:
            return
        self.laws.committed()
        self.reach(self.acting)
        process = self._current
        with self.store.read() as carts:
            state = carts.cart(CartId(1)).state
        what = process.place(f"commit {state}", COMMIT)
        if what is None:
            return
        if what == "unanswered":
            raise Unanswered
        count = len(self.store.history) if what == "restore" else int(number_in(what))
        self.lost_commits += self.store.lose(count)
        self.losses += 1
        if what == "restore":
            self.store.mark_as_copy()
        for each in self.processes:
            each.intent, each.forgot = None, each.forgot or each.lost_an_event()
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
