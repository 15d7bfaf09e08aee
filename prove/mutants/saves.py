"""Mutations of the guards against what was read before a restore: versions and numbers repeat, save ids do not."""

from __future__ import annotations

from prove.mutants.changes import drop, returns, swap, without_item, without_part
from prove.mutants.mutation import Mutation

_SQL, _READ = "store.transactions:SqlTransaction", "store.as_read"
_BACK, _RESTORED = "tests/store/contract/test_went_back.py", "tests/store/test_restored.py"
_CALL = "tests/store/contract/test_went_back.py::test_an_attempt_that_got_a_lost_ones_number_stays"

OF_SAVES = (
    Mutation(
        "save a cart whose version alone is the one that was read",
        f"{_READ}:is_cart",
        swap("col(CartRow.save_id) == cart.save_id", "col(CartRow.version) == cart.version"),
        f"{_BACK}::test_a_version_of_the_lost_time_is_not_saved",
    ),
    Mutation(
        "take a version that is reached again for the same save",
        "ordering.model.cart:Cart.is_same_save",
        swap("(self.id, self.version, self.save_id)", "(self.id, self.version, other.save_id)"),
        "tests/prove/test_explorer.py::test_known_schedules_keep_every_law",
    ),
    Mutation(
        "save a cart under the id of the save before",
        f"{_SQL}._compare_and_set",
        swap('{"version": saved.version, "save_id": saved.save_id}', '{"version": saved.version}'),
        f"{_BACK}::test_each_save_has_its_own_id",
    ),
    Mutation(
        "give every save the same id",
        f"{_READ}:new_save_id",
        returns("'0' * 16"),
        f"{_BACK}::test_a_version_of_the_lost_time_is_not_saved",
    ),
    Mutation(
        "give the carts of an older version no save id",
        "store.migrations.versions.0023_save_ids:upgrade",
        swap("secrets.token_hex(8)", "''"),
        "tests/store/test_upgrade.py::test_carts_have_save_ids_after_an_upgrade",
    ),
    Mutation(
        "let what was read in recover mode be saved after it",
        "ordering.process.recovery:RecoverMode.end_if_due",
        drop("carts.renew_live()"),
        f"{_RESTORED}::test_what_was_read_in_recover_mode_saves_nothing_after_it",
    ),
    Mutation(
        "record that a message shows a save of the lost time",
        f"{_SQL}.record_rendered",
        swap("case((is_in_line(cart), cart.version), else_=NOTHING_RENDERED)", "cart.version"),
        f"{_BACK}::test_a_message_of_the_lost_time_stays_outdated "
        f"{_BACK}::test_a_later_version_of_the_lost_time_hides_no_change",
    ),
    Mutation(
        "take a message for the lost one whose number it got",
        f"{_READ}:is_message",
        swap("col(MessageRow.channel) == message.channel", "col(MessageRow.id) == message.id"),
        f"{_BACK}::test_a_message_that_got_a_lost_ones_number_is_left_alone",
    ),
    Mutation(
        "count an event as reported whose number a lost one had",
        f"{_SQL}.record_delivered",
        without_part("personal.readable(self._session, [mapping.event_from(row)]) == [event]"),
        f"{_BACK}::test_an_event_that_got_a_lost_ones_number_is_reported",
    ),
    Mutation(
        "end an attempt for the lost one whose number it got",
        f"{_READ}:is_call",
        swap("col(MoneyCallRow.attempt) == call.attempt", "col(MoneyCallRow.id) == call.id"),
        _CALL,
    ),
    Mutation(
        "end the announcement of another process for a lost one",
        f"{_SQL}.end_presence",
        without_item("col(row.expires_at) == call.expires_at"),
        f"{_BACK}::test_a_presence_call_that_got_a_lost_ones_number_stays",
    ),
    Mutation(
        "confirm a comparison of the lost time",
        "ordering.process.recovery:RecoverMode.confirm",
        without_part("stamp.is_gone(now, partial(carts.knows, stamp))"),
        f"{_RESTORED}::test_a_comparison_of_the_lost_time_is_refused",
    ),
    Mutation(
        "post in the message of another cart that had its number",
        "handlers.toolkit.retries:message_key",
        returns("f'message {message.id}'"),
        "tests/handlers/test_reported_once.py::test_a_message_with_a_lost_ones_number_is_posted",
    ),
    Mutation(
        "keep an event from people for a lost one of its number",
        "handlers.toolkit.retries:event_key",
        returns("f'{owner(event.cart_id)}event {event.id}'"),
        "tests/handlers/test_announce.py::test_an_event_with_a_lost_ones_number_is_news",
    ),
)
