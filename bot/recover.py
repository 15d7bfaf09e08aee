"""`domain-desk recover`: compare the database with OVH in a terminal, and end recover mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from handlers import messages
from ordering.model.errors import NotPossible
from ordering.model.recovery import Cause, Comparison, Recovery
from ordering.ports.account import Account
from ordering.ports.store import Store
from ordering.process.comparison import compare
from ordering.process.recovery import RecoverMode

IN_A_TERMINAL = "terminal"  # who compared, for the audit log
_CAUSES = {
    Cause.CARD: "a button in Slack showed more than the database holds",
    Cause.PROCESS: "an event that the bot had committed is gone",
    Cause.MARKERS: "OVH shows a try to order or pay that the database doesn't have",
    Cause.COPY: "the database is a copy from a backup",
    Cause.OPERATOR: "an operator switched it on",
}


class Recover:
    """One run of the command. `say` prints a line, `asks` asks a question and returns whether the answer is yes."""

    def __init__(
        self, store: Store, account: Account, *, say: Callable[[str], None], asks: Callable[[str], bool]
    ) -> None:
        self._store = store
        self._account = account
        self._mode = RecoverMode(store, _now)
        self._say = say
        self._asks = asks

    def run(self, *, begin: bool = False, all_stopped: bool = False) -> bool:
        """Compare, ask, and end recover mode if its minimum wait is over; return whether it is off at the end.

        Raises `RegistrarError` if OVH does not answer.
        """
        if begin:
            self._mode.begin(Cause.OPERATOR)
        mode = self._mode.standing().recovery
        if mode is None:
            self._say("Recover mode is off.")
            return True
        self._say(f"Recover mode is on since {_moment(mode.began_at)}: {_CAUSES[mode.cause]}.")
        self._mode.start_floor(self._ovh_time)
        if all_stopped:
            self._mode.all_stopped(self._ovh_time)
        with self._store.read() as carts:
            stamp = carts.stamp()
        found = compare(self._store, self._account, self._mode)
        for line in _lines(found):
            self._say(line)
        if not self._asks("Have you compared this with OVH's list of orders?"):
            self._say("Recover mode stays on.")
            return False
        try:
            mode = self._mode.confirm(IN_A_TERMINAL, stamp=stamp, compared=found.newest)
        except NotPossible as refusal:
            self._say(messages.refusal(refusal).text)
            return self._mode.standing().recovery is None
        return self._end(mode)

    def _end(self, mode: Recovery) -> bool:
        if self._mode.end_if_due(self._ovh_time()):
            self._say("Recover mode is over. All old buttons are void; the bot renders every open request again.")
            return True
        if self._mode.standing().recovery is None:
            self._say("Recover mode is over.")
            return True
        until = f"at {_moment(mode.ends_at)}" if mode.ends_at else "when OVH's clock can be read"
        self._say(
            f"Confirmed. It ends {until} at the earliest; a running bot ends it by itself, or run this again without "
            "--begin, which begins the wait anew."
        )
        if mode.processes_may_live:
            self._say("If every process from before the restore was stopped, add --all-stopped: 15 minutes are enough.")
        return False

    def _ovh_time(self) -> datetime:
        return _now() + self._account.clock_ahead()


def _lines(found: Comparison) -> Iterator[str]:
    number = len(found.unknown) + len(found.hidden) + found.more
    yield f"Orders at OVH since {_moment(found.since)} that no request knows: {number}"
    for each in found.unknown:
        names = ", ".join(sorted(name.ascii for name in each.order.names)) or "no names shown yet"
        fits = ", ".join(f"#{number}" for number in each.fits)
        yield f"  {each.order.id}  {each.order.total}  {each.order.status}  {names}{f'  fits {fits}' if fits else ''}"
    for hidden in found.hidden:
        since = f"at {_moment(hidden.since)}" if hidden.since else None
        yield f"  {messages.words.on_hold.hidden_order(hidden.id, since)}"
    if found.more:
        yield f"  and {found.more} more, which were not read: look at OVH's list of orders"
    for marker in found.markers:
        yield f"  {messages.words.on_hold.marker(marker)}"
    if found.unread:
        yield messages.words.on_hold.unread_carts(found.unread)
    if found.others:
        yield f"Another Domain Desk uses this account, too. Its {found.others} tries to order or pay are not listed."


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _now() -> datetime:
    return datetime.now(UTC)
