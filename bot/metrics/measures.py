"""Every measure by name. Labels are words from fixed lists: never a name, an id, a person or an amount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from handlers.toolkit.timing import Acknowledged
from ordering.model.cart import CartState
from registrars.ovh.api.observing import CallOutcome, OvhCall
from registrars.ovh.throttling.scheduler import Priority
from store.figures import Figures

CONTENT_TYPE = CONTENT_TYPE_LATEST
disable_created_metrics()  # type: ignore[no-untyped-call] # one more series for each count, which only OpenMetrics uses
# Slack gives up after 3 seconds.
_ACK_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
# A read may take 10 seconds.
_CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Carts in the other states are over, and only grow in number.
_OVER = frozenset({CartState.CANCELLED, CartState.REJECTED, CartState.DELIVERED})


@dataclass(frozen=True, slots=True)
class Limiter:
    """The state of the rate limiter: calls a second that it allows, seconds until the next call, calls that wait."""

    rate: float
    wait: float
    queue: int


class Measures:
    """Counts and gauges of one process, and the text that Prometheus reads. Thread-safe."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._acknowledged = Histogram(
            "domain_desk_acknowledgement_seconds", "Time from Slack's request to our acknowledgement.",
            ["kind"], buckets=_ACK_BUCKETS, registry=registry,
        )  # fmt: skip
        self._unacknowledged = Counter(
            "domain_desk_unacknowledged", "Slack's requests that got no acknowledgement.", ["kind"], registry=registry
        )
        self._commands = Counter("domain_desk_commands", "Commands, by their first word.", ["word"], registry=registry)
        self._calls = Counter("domain_desk_ovh_calls", "Calls to OVH.", ["priority", "outcome"], registry=registry)
        self._call_seconds = Histogram(
            "domain_desk_ovh_call_seconds", "Time of a call to OVH, without its wait for a permit.",
            ["priority"], buckets=_CALL_BUCKETS, registry=registry,
        )  # fmt: skip
        self._rate = Gauge(
            "domain_desk_ovh_rate_per_second", "Calls a second that the rate limiter allows now.", registry=registry
        )
        self._wait = Gauge(
            "domain_desk_ovh_wait_seconds", "Time until the rate limiter allows the next call.", registry=registry
        )
        self._queue = Gauge("domain_desk_ovh_queue", "Calls that wait for a permit.", registry=registry)
        self._carts = Gauge("domain_desk_carts", "Carts that are not over, by state.", ["state"], registry=registry)
        self._oldest = Gauge(
            "domain_desk_cart_oldest_seconds", "Time since the oldest cart of a state entered it.", ["state"],
            registry=registry,
        )  # fmt: skip
        self._decisions = Gauge(
            "domain_desk_decisions_waiting", "Clicks that are on record and not carried out.", registry=registry
        )
        self._oldest_decision = Gauge(
            "domain_desk_decision_oldest_seconds", "Age of the oldest of these clicks.", registry=registry
        )
        self._needs_person = Gauge(
            "domain_desk_carts_needing_a_person", "Carts in the state needs_attention.", registry=registry
        )
        self._written = Gauge(
            "domain_desk_last_write_seconds", "Time since this process last wrote to the database.", registry=registry
        )
        self._key_days = Gauge(
            "domain_desk_ovh_key_days", "Days until an OVH key ends; +Inf without an end.", ["key"], registry=registry
        )
        self._healthy = Gauge("domain_desk_healthy", "Whether a part is healthy, 1 or 0.", ["part"], registry=registry)
        self._trial = Gauge("domain_desk_trial", "Whether the trial is on, 1 or 0.", registry=registry)
        for kind in Acknowledged.KINDS:
            self._acknowledged.labels(kind)
            self._unacknowledged.labels(kind)
        for priority in Priority:
            for outcome in CallOutcome:
                self._calls.labels(priority.name.lower(), outcome.value)

    def acknowledged(self, request: Acknowledged) -> None:
        """Count a request of Slack's, and how long its acknowledgement took."""
        if not request.in_time:
            self._unacknowledged.labels(request.kind).inc()
            return
        self._acknowledged.labels(request.kind).observe(request.seconds)
        if request.word is not None:
            self._commands.labels(request.word).inc()

    def called(self, call: OvhCall) -> None:
        """Count a call to OVH."""
        priority = call.priority.name.lower()
        self._calls.labels(priority, call.outcome.value).inc()
        if call.seconds is not None:
            self._call_seconds.labels(priority).observe(call.seconds)

    def limited(self, limiter: Limiter) -> None:
        """Set the state of the rate limiter."""
        self._rate.set(limiter.rate)
        self._wait.set(limiter.wait)
        self._queue.set(limiter.queue)

    def counted(self, figures: Figures) -> None:
        """Set what the database holds."""
        for state in set(CartState) - _OVER:
            count, oldest = figures.carts.get(state, (0, 0.0))
            self._carts.labels(state.value).set(count)
            self._oldest.labels(state.value).set(oldest)
        self._needs_person.set(figures.carts.get(CartState.NEEDS_ATTENTION, (0, 0.0))[0])
        self._decisions.set(figures.decisions)
        self._oldest_decision.set(figures.oldest_decision)

    def written(self, seconds: float) -> None:
        """Set how long ago this process last wrote."""
        self._written.set(seconds)

    def key_ends_in(self, days: Mapping[str, float]) -> None:
        """Set how many days each OVH key is still valid; infinity without an end."""
        for key, left in days.items():
            self._key_days.labels(key).set(left)

    def checked(self, checks: Mapping[str, str]) -> None:
        """Set the health of each part, as `/healthz` has it."""
        for part, state in checks.items():
            self._healthy.labels(part).set(state == "ok")

    def in_trial(self, *, is_on: bool) -> None:
        """Set whether the trial is on."""
        self._trial.set(is_on)

    def text(self) -> bytes:
        """Return all measures in Prometheus' text format."""
        return generate_latest(self._registry)
