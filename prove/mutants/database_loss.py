"""Mutations of the guards against a restored database: stamps, heads, epochs, recover mode."""

from __future__ import annotations

from prove.mutants.changes import always, drop, never, returns, swap, without_item, without_part
from prove.mutants.mutation import Mutation

_RECOVERY, _ENDS, _RESTORED = (
    "tests/ordering/test_recovery.py",
    "tests/ordering/test_recovery_ends.py",
    "tests/store/test_restored.py",
)
_CURRENT, _MODE = "ordering.process.recovery:must_be_current", "ordering.process.recovery:RecoverMode"
_WATCH = "tests/handlers/test_recovery_mode.py"
_DECISION = "ordering.workflow.decisions:Decisions.begin"

OF_DATABASE_LOSS = (
    Mutation(
        "decide by a card that shows more than is on record",
        _DECISION,
        never("stamp is not None"),
        "tests/ordering/test_recovery.py::TestStamps",
    ),
    Mutation(
        "believe a card of another database",
        _CURRENT,
        never("stamp.database != now.database"),
        "tests/ordering/test_recovery.py::TestStamps",
    ),
    Mutation(
        "believe a card from before a restore",
        _CURRENT,
        never("stamp.epoch < now.epoch"),
        "tests/ordering/test_recovery.py::TestStamps",
    ),
    Mutation(
        "compare no epoch: a copy from before an earlier recover mode passes",
        _CURRENT,
        without_part("stamp.epoch > now.epoch"),
        "tests/ordering/test_recovery.py::TestStamps",
    ),
    Mutation(
        "take another event of the same number for the one that was lost",
        "store.recovery:holds",
        without_part("digest[:DIGITS] == seen.digest"),
        f"{_RESTORED}::test_events_of_others_that_took_the_place_are_noticed",
    ),
    Mutation(
        "check no head that this process committed",
        "ordering.model.recovery:Stamp.is_gone",
        swap("self.epoch == now.epoch and not holds()", "False"),
        "tests/store/test_restored.py::test_a_failover_under_a_living_process_is_noticed",
    ),
    Mutation(
        "remember a head before COMMIT has answered",
        "store.transactions:SqlTransaction._append",
        swap("self.appended = appended", "self.appended = appended\nself._head.committed(appended, self.found)"),
        "tests/store/contract/test_recovery.py::test_a_transaction_that_fails_is_not_remembered",
    ),
    Mutation(
        "let a later event hide that an earlier one is gone",
        "store.head:NewestHead.found",
        returns("frozenset(self.stamps)"),
        "tests/store/contract/test_recovery.py::test_later_events_hide_no_loss",
    ),
    Mutation(
        "let an event of another thread hide that one is gone",
        "store.head:NewestHead.committed",
        swap("seen not in found", "False"),
        f"{_RESTORED}::test_the_newest_heads_are_kept",
    ),
    Mutation(
        "read no recover row in the transaction of an intent",
        "ordering.process.fulfilment:Fulfilment.__init__",
        without_item("allowed_or_on_hold"),
        "tests/ordering/test_recovery.py::TestHeld::test_what_was_approved_is_not_ordered",
    ),
    Mutation(
        "read no recover row in the transaction of a decision",
        _DECISION,
        never("sends"),
        "tests/ordering/test_recovery.py::TestHeld::test_nothing_is_approved_paid_or_requested",
    ),
    Mutation(
        "refuse, and let others go on: recover mode does not begin",
        f"{_MODE}.noticing",
        drop("self.begin(_cause_of(proof), number=number, lost_at=proof.lost_at)"),
        "tests/ordering/test_recovery.py::TestStamps::test_every_decision_checks_the_stamp_of_its_button",
    ),
    Mutation(
        "end recover mode before its floor is over",
        f"{_MODE}.end_if_due",
        without_part("not mode.is_floor_over(ovh_time)"),
        "tests/ordering/test_recovery_ends.py::TestReleased::test_it_takes_an_operator_and_the_floor",
    ),
    Mutation(
        "end recover mode though money moved since the comparison",
        f"{_MODE}.end_if_due",
        never("carts.newest_about_money() != mode.compared"),
        "tests/ordering/test_recovery_ends.py::TestReleased::test_money_that_moves_after_the_comparison_voids_it",
    ),
    Mutation(
        "keep the epoch at the end of recover mode",
        f"{_MODE}.end_if_due",
        drop("carts.raise_epoch(max(int(ovh_time.timestamp()), carts.stamp().epoch + 1))"),
        "tests/ordering/test_recovery_ends.py::TestReleased::test_the_epoch_is_ovhs_time_and_always_rises",
    ),
    Mutation(
        "wait a quarter of an hour where a process of the lost state may live",
        "ordering.model.recovery:Recovery.ends_at",
        never("self.processes_may_live"),
        "tests/ordering/test_recovery_ends.py::TestReleased::test_a_process_of_the_lost_state_makes_it_a_day",
    ),
    Mutation(
        "count the shorter floor from the begin, not from the last stop",
        f"{_MODE}.all_stopped",
        swap("ovh_time()", "mode.floor_from or ovh_time()"),
        f"{_ENDS}::TestReleased::test_the_shorter_floor_counts_from_the_word",
    ),
    Mutation(
        "start a floor from before another loss",
        f"{_MODE}._count_from",
        swap("(now.began_at, now.floor_from) == (mode.began_at, mode.floor_from)", "True"),
        f"{_ENDS}::TestReleased::test_a_floor_does_not_count_from_before_another_loss",
    ),
    Mutation(
        "keep the floor and the comparison of an earlier loss",
        f"{_MODE}.begin_within",
        without_part("_is_another_loss(before, mode, cause, lost_at)"),
        f"{_ENDS}::TestAnotherLoss::test_a_later_loss_begins_it_anew",
    ),
    Mutation(
        "begin the floor again at each notice of one loss",
        "ordering.process.recovery:_is_another_loss",
        without_part("lost_at > mode.began_at"),
        f"{_ENDS}::TestAnotherLoss::test_the_same_loss_noticed_again_changes_nothing",
    ),
    Mutation(
        "keep a comparison that did not show a marker",
        "ordering.process.recovery:_is_another_loss",
        swap("mode.confirmed_by is not None", "False"),
        f"{_ENDS}::TestAnotherLoss::test_markers_that_the_comparison_did_not_show_void_it",
    ),
    Mutation(
        "confirm a comparison that was shown before another loss",
        f"{_MODE}.begin_within",
        drop("carts.raise_epoch(carts.stamp().epoch + 1)"),
        f"{_ENDS}::TestAnotherLoss::test_a_later_loss_begins_it_anew",
    ),
    Mutation(
        "end recover mode though this process knows of a later loss",
        f"{_MODE}.end_if_due",
        drop("must_have_lost_nothing(carts)"),
        f"{_ENDS}::TestAnotherLoss::test_a_copy_from_recover_mode_is_another_loss",
    ),
    Mutation(
        "give a number to a request that stands on an old button",
        "store.transactions:SqlTransaction.open",
        swap("recovery.next_number(self._session)", "None"),
        "tests/store/contract/test_recovery.py::test_numbers_above_those_on_buttons_survive",
    ),
    Mutation(
        "pass over an order that OVH lists and does not show",
        "ordering.process.comparison:_hidden",
        returns("()"),
        f"{_ENDS}::TestCompared::test_an_order_that_ovh_never_shows_ends_nothing_for_ever",
    ),
    Mutation(
        "compare nothing while OVH does not show an order",
        "registrars.ovh.account:OrdersOfAccount._read",
        always("refusal.code in OF_THE_KEY"),
        "tests/registrars/ovh/test_account.py::test_an_order_that_is_listed_and_not_shown_is_told",
    ),
    Mutation(
        "take an OVH that is away for an order that it does not show",
        "registrars.ovh.account:OrdersOfAccount._read",
        drop("self._client.time()"),
        "tests/registrars/ovh/test_account.py::test_an_ovh_that_is_away_hides_no_order",
    ),
    Mutation(
        "start a backup's copy as if it were the database itself",
        f"{_MODE}.begin_if_copied",
        never("self.standing().is_copy"),
        "tests/ordering/test_recovery_ends.py::TestCopies",
    ),
    Mutation(
        "take a user group that cannot be read for an empty one",
        "handlers.toolkit.user_groups:people_in",
        swap("all_read and found is not None", "True"),
        f"{_WATCH}::test_operators_in_a_group_that_cannot_be_read_are_told_later",
    ),
    Mutation(
        "count operators as told whom no message reached",
        "handlers.recovery_mode:RecoverWatch._follow",
        swap("self._reached and all_read", "all_read"),
        f"{_WATCH}::test_nobody_reached_is_not_told",
    ),
    Mutation(
        "count a loss as told that no message reached anybody of",
        "handlers.recovery_mode:RecoverWatch._notify_loss",
        swap("bool(channel or waiting) and not self._reached", "False"),
        f"{_WATCH}::test_a_loss_that_nobody_read_is_told_again",
    ),
    Mutation(
        "work on in a backup's copy under a running process",
        "ordering.process.recovery:must_have_lost_nothing",
        never("standing.is_copy"),
        f"{_ENDS}::TestCopies::test_a_copy_under_a_process_holds_the_next_decision",
    ),
    Mutation(
        "believe that an order was read in full whatever the database holds",
        "ordering.process.transitions:RecentReads.are_enough",
        swap("(since, order) == (cart.since, cart.order)", "since == cart.since"),
        "tests/store/test_restored.py::test_an_order_read_in_the_lost_time_is_read_again",
    ),
    Mutation(
        "make a backup that does not know that it is a copy",
        "store.backup:_mark",
        swap("copy.execute(_MARK).rowcount == 1", "True"),
        "tests/store/test_backup.py",
    ),
    Mutation(
        "keep the epoch of a SQLite database that moves to PostgreSQL",
        "store.relocation:_begin_epoch",
        drop("recovery.raise_epoch(session, max(int(now.timestamp()), recovery.stamp(session).epoch + 1))"),
        "tests/store/test_relocation.py",
    ),
    Mutation(
        "begin on a moved database before the old one is closed",
        "store.relocation:_begin_epoch",
        drop('session.execute(_IS_COPY, {"is_copy": True})'),
        "tests/store/test_relocation.py",
    ),
    Mutation(
        "start on a SQLite database whose data moved to PostgreSQL",
        "store.relocation:close_for_good",
        drop('connection.execute(_CLOSE, {"revision": f"{MOVED}{newest()}"})'),
        "tests/store/test_relocation.py",
    ),
)
