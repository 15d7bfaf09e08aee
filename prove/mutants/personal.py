"""Mutations of what stands next to the chain, and of its witness outside."""

from __future__ import annotations

from prove.mutants.changes import drop, never, returns, swap, without_item, without_keyword, without_part
from prove.mutants.mutation import Mutation

_ERASURE, _WITNESS = "tests/store/test_erasure.py", "tests/store/test_head_witness.py"
_ERASED = f"{_ERASURE}::test_a_person_is_erased_and_the_record_is_whole"

OF_PERSONAL_DATA = (
    Mutation(
        "write people's ids into the chain",
        "store.audit_log:append",
        swap("personal.veil(session, cart, facts(cart), events)", "(facts(cart), list(events))"),
        f"{_ERASURE}::test_no_event_holds_a_name_or_what_was_written",
    ),
    Mutation(
        "keep the salt of an erased person",
        "store.personal:erase",
        without_keyword("salt"),
        _ERASED,
    ),
    Mutation(
        "make a pseudonym without a salt",
        "ordering.record.pseudonyms:_pseudonym",
        without_item("salt"),
        f"{_ERASURE}::test_one_person_has_one_pseudonym_each_text_its_own",
    ),
    Mutation(
        "believe any text next to the chain",
        "ordering.record.pseudonyms:Kept.is_intact",
        swap("self.pseudonym == _pseudonym(Subject(self.pseudonym.partition(':')[0]), self.text, self.salt)", "True"),
        f"{_ERASURE}::test_changes_beside_the_chain_are_found",
    ),
    Mutation(
        "erase a person whose request is not over",
        "bot.erasure:erase",
        never("cart.state not in ENDED"),
        f"{_ERASURE}::test_a_person_in_a_live_request_is_not_erased",
    ),
    Mutation(
        "cover up a fault of the record by an erasure",
        "bot.erasure:erase",
        never("next(Audit(carts.record()).faults(), None) is not None"),
        f"{_ERASURE}::test_an_erasure_covers_up_no_fault",
    ),
    Mutation(
        "keep the answers of an erased person",
        "ordering.model.erasure:without_person",
        drop("cart = cart.without_private_answers()"),
        _ERASED,
    ),
    Mutation(
        "keep the witness of each process for itself",
        "ordering.process.head_witness:HeadWitness.kept",
        swap("self._clock() + _EVERY", "self._clock()"),
        f"{_WITNESS}::test_it_is_one_a_day_for_all_processes",
    ),
    Mutation(
        "let two processes keep the same witness",
        "ordering.process.head_witness:_is_later",
        returns("False"),
        f"{_WITNESS}::test_it_is_one_a_day_for_all_processes",
    ),
    Mutation(
        "wait for the timer of a wrong clock",
        "ordering.process.head_witness:_is_later",
        swap("now < due_at <= now + _EVERY", "now < due_at"),
        f"{_WITNESS}::test_a_timer_of_a_wrong_clock_does_not_silence_it",
    ),
    Mutation(
        "accept a signature over another head",
        "ordering.model.witness:Witness._signature",
        without_item("self.digest"),
        f"{_WITNESS}::test_only_the_key_signs",
    ),
    Mutation(
        "take a head that is gone for one that was seen",
        "ordering.record.verification:Audit.faults",
        without_part("not self._head_seen"),
        f"{_WITNESS}::test_every_rewriting_before_a_witness_is_found",
    ),
    Mutation(
        "leave the rules out of an approval",
        "ordering.workflow.approvals:Approvals.approve",
        swap("{**data, **self._rules}", "data"),
        f"{_WITNESS}::test_each_approval_tells_the_rules_of_its_time",
    ),
    Mutation(
        "record changed rules again at each start",
        "ordering.process.policy_watch:PolicyWatch._record",
        swap("{None, now}", "{None}"),
        f"{_WITNESS}::test_changed_rules_are_an_event_of_what_waits",
    ),
)
