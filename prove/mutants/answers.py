"""Mutations of the deletion of private answers: what is deleted, when, and what still proves it."""

from __future__ import annotations

from prove.mutants.changes import never, swap, without_item, without_keyword, without_part
from prove.mutants.mutation import Mutation

_TESTS = "tests/store/test_answer_deletion.py"
_GONE = f"{_TESTS}::test_answers_go_after_their_time"
_DELETE = "ordering.process.answer_deletion:AnswerDeletion.delete"
_CART = "ordering.model.cart:Cart.without_private_answers"

OF_ANSWERS = (
    Mutation(
        "delete the answers of a request that is still to be ordered",
        _DELETE,
        without_part("cart.state not in ENDED"),
        f"{_TESTS}::test_a_live_request_keeps_its_answers",
    ),
    Mutation(
        "let a live cart lose its answers",
        _CART,
        never("self.state not in ENDED"),
        f"{_TESTS}::test_a_live_request_keeps_its_answers",
    ),
    Mutation(
        "delete answers before their time by the database's clock",
        _DELETE,
        swap("min(self._clock(), carts.clock())", "self._clock()"),
        f"{_TESTS}::test_one_clock_ahead_deletes_nothing",
    ),
    Mutation(
        "delete answers without a look at the time",
        _DELETE,
        without_part("now - cart.since < self._kept"),
        f"{_TESTS}::test_one_clock_ahead_deletes_nothing",
    ),
    Mutation(
        "delete answers in recover mode",
        _DELETE,
        without_part("carts.standing().recovery is not None"),
        f"{_TESTS}::test_recover_mode_deletes_nothing",
    ),
    Mutation(
        "delete the same answers twice",
        _DELETE,
        without_part("not cart.has_private_answers"),
        f"{_TESTS}::test_a_second_process_deletes_nothing_twice",
    ),
    Mutation(
        "keep the salt of deleted answers",
        _CART,
        swap("replace(self.seal, salt=None)", "self.seal"),
        _GONE,
    ),
    Mutation(
        "keep the answers in the quote",
        _CART,
        swap("self.quote and self.quote.without_private_answers(self.answer_digest)", "self.quote"),
        _GONE,
    ),
    Mutation(
        "leave the answer out of its digest",
        "ordering.model.answer_digests:salted",
        without_item("value"),
        f"{_TESTS}::test_answers_of_another_birthday_void_it",
    ),
    Mutation(
        "leave the salt out of the digest of an answer",
        "ordering.model.answer_digests:salted",
        without_item("salt"),
        f"{_TESTS}::test_changed_digests_are_found",
    ),
    Mutation(
        "seal private answers in clear",
        "ordering.model.seal:_configuration",
        never("salt and is_private(label)"),
        _GONE,
    ),
    Mutation(
        "take deleted answers to another cart as answered",
        "ordering.model.cart_line:Line.copied",
        without_keyword("deleted"),
        f"{_TESTS}::test_a_copied_name_asks_again",
    ),
    Mutation(
        "let the author of a deleted answer approve it alone",
        "ordering.model.cart_line:Line.shapers",
        swap("{gone.by for gone in self.deleted}", "set()"),
        f"{_GONE} {_TESTS}::test_a_copied_name_asks_again",
    ),
    Mutation(
        "check no seal of a request with deleted answers",
        "ordering.record.verification:_was_sealed_in_clear",
        without_part("all((form is DigestForm.EARLIER for form in deleted))"),
        f"{_TESTS}::test_changed_digests_are_found",
    ),
    Mutation(
        "leave deleted answers in free parts of the file",
        "store.engine:_PRAGMAS",
        without_item("'secure_delete=ON'"),
        f"{_TESTS}::test_no_byte_of_an_answer_stays_in_the_file",
    ),
)
