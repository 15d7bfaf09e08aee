"""Mutations of the guards against a silently stalled bot: timers, versions, heartbeats, messages."""

from __future__ import annotations

from prove.mutants.changes import always, drop, never, swap, uncaught, without_item
from prove.mutants.mutation import Mutation

_TIMERS, _STEPS = "tests/store/contract/test_timers.py", "tests/ordering/test_no_writes.py"
_SCHEMA, _RACES = "tests/store/test_schema_guard.py", "tests/store/contract/test_races.py"
_REFUSALS, _ONCE = "tests/handlers/test_unknown_refusals.py", "tests/store/test_outdated.py"
_SET_BY_WRONG_CLOCK = "(col(TimerRow.set_at), col(TimerRow.set_at) > now + _CLOCKS_APART)"
_SQL, _ANNOUNCER = "store.transactions:SqlTransaction", "handlers.notifier:Notifier"

OF_STANDSTILL = (
    Mutation(
        "drop the compare-and-set",
        f"{_SQL}._compare_and_set",
        swap("update(CartRow).where(is_cart(cart))", "update(CartRow).where(col(CartRow.id) == cart.id)"),
        f"{_RACES}::test_one_version_is_saved_once",
    ),
    Mutation(
        "decide about several carts at the same moment",
        f"{_SQL}.decide_alone",
        never("'postgresql'"),
        f"{_RACES}::test_eight_approvals_at_once_stay_within_the_month",
    ),
    Mutation(
        "let a save erase the timer of the next step",
        f"{_SQL}.save",
        swap(
            "if due_at is not KEEP:\n    self.set_timer(cart.id, TimerKind.STEP, due_at)",
            "self.set_timer(cart.id, TimerKind.STEP, None if due_at is KEEP else due_at)",
        ),
        f"{_TIMERS}::test_a_reminder_leaves_the_step_timer",
    ),
    Mutation(
        "count a timer far ahead as due",
        "store.timers:due",
        swap(_SET_BY_WRONG_CLOCK, "(col(TimerRow.due_at), col(TimerRow.due_at) > now + timedelta(hours=7))"),
        f"{_TIMERS}::test_a_timer_far_ahead_is_not_due",
    ),
    Mutation(
        "leave a cart alone whose timer a wrong clock set",
        "store.timers:due",
        without_item(_SET_BY_WRONG_CLOCK),
        f"{_TIMERS}::test_a_timer_of_a_clock_put_back_is_due",
    ),
    Mutation(
        "let an overtaken step move the timer",
        f"{_SQL}.postpone",
        swap("self._hold(is_cart(cart))", "self._hold(col(CartRow.id) == cart.id)"),
        f"{_TIMERS}::test_a_step_that_was_overtaken_moves_no_timer",
    ),
    Mutation(
        "begin a step without a write",
        "ordering.process.transitions:Logbook.begin_step",
        drop("carts.begin_step(cart_id)"),
        _STEPS,
    ),
    Mutation(
        "build a cart for the dry run without a write",
        "ordering.workflow.approval_requests:ApprovalRequests.request",
        swap("carts.begin_step", "carts.cart"),
        _STEPS,
    ),
    Mutation(
        "write into the schema of another version",
        "store.schema:_require_own_schema",
        swap("list(found) != [newest()]", "not found"),
        f"{_SCHEMA}::test_no_write_reaches_another_schema",
    ),
    Mutation(
        "let a migration overtake a write",
        "store.schema:_REVISION",
        swap("'SELECT version_num FROM alembic_version FOR SHARE'", "'SELECT version_num FROM alembic_version'"),
        f"{_SCHEMA}::test_a_migration_waits_for_writers_and_others_for_it",
    ),
    Mutation(
        "decide by what was true before the wait for the lock",
        "store.engine:open_engines",
        swap("'READ COMMITTED'", "'REPEATABLE READ'"),
        f"{_RACES}::test_eight_approvals_at_once_stay_within_the_month",
    ),
    Mutation(
        "migrate under processes of an older version",
        "store.heartbeats:require_no_older_process",
        never("alive"),
        "tests/store/test_heartbeats.py::test_older_processes_are_counted",
    ),
    Mutation(
        "call a database healthy that takes no writes",
        "bot.heartbeat:Pulse.reason",
        swap("silent <= self._within", "silent <= self._within or self._why"),
        "tests/bot/test_pulse.py",
    ),
    Mutation(
        "lose a task where the end of a claim cannot be written",
        "bot.worker_pool:release",
        uncaught("DatabaseError"),
        "tests/bot/test_worker.py::test_a_claim_that_cannot_be_ended_is_a_line_in_the_log",
    ),
    Mutation(
        "believe an unknown refusal within seconds",
        "handlers.toolkit.retries:Retries.are_used_up",
        swap("self._clock() - failed.since >= UNKNOWN_LASTS", "True"),
        _REFUSALS,
    ),
    Mutation(
        "forget a message that Slack refuses with an unknown word",
        f"{_ANNOUNCER}._refused_unknown",
        swap(
            "self._bridge.call(self._outbox.give_up, message, cart)",
            "self._bridge.call(self._outbox.forget, message)",
        ),
        _REFUSALS,
    ),
    Mutation(
        "tell no operator of an unknown refusal",
        f"{_ANNOUNCER}._refused_unknown",
        drop("self.alerts.report(message_key(message), _refused_by_slack(cart, message, refusal.word))"),
        _REFUSALS,
    ),
    Mutation(
        "let a card that cannot be rendered raise", f"{_ANNOUNCER}._render", swap("Exception", "FAILURES"), _REFUSALS
    ),
    Mutation(
        "leave a message as it is when its cart changes",
        f"{_SQL}._compare_and_set",
        drop("self._session.execute(update(MessageRow).where(theirs).values(wanted=saved.version))"),
        f"{_ONCE}::test_a_version_that_was_overtaken_stays_outdated",
    ),
    Mutation(
        "give up a version that was saved in the meantime",
        f"{_SQL}.give_up",
        always("self._hold(is_cart(cart))"),
        f"{_ONCE}::test_a_version_that_came_in_between_is_not_given_up",
    ),
    Mutation(
        "add a message next to a save without waiting for it",
        f"{_SQL}._new_message",
        drop("self._hold(col(CartRow.id) == cart_id)"),
        f"{_ONCE}::test_a_message_added_beside_a_save_wants_it",
    ),
)
