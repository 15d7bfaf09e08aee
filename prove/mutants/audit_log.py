"""Mutations of the audit log: kinds, data, digests, and what the bot decides by them."""

from __future__ import annotations

from prove.mutants.changes import drop, never, swap, without_keyword, without_part
from prove.mutants.mutation import Mutation

_FORMS, _DELIVERY, _FACTS = (
    "tests/store/test_event_forms.py",
    "tests/ordering/test_delivery.py",
    "tests/ordering/test_facts.py",
)
_UPGRADE = "tests/store/test_first_release.py"
_MIGRATION = "store.migrations.versions.0015_facts:upgrade"

OF_AUDIT_LOG = (
    Mutation(
        "leave the kind and data out of the digest",
        "ordering.record.hash_chain:digest",
        swap("[_SECOND_FORM, *content, entry.kind, entry.data, *links]", "[_SECOND_FORM, *content, *links]"),
        f"{_FORMS}::test_a_changed_kind_or_data_is_found",
    ),
    Mutation(
        "accept an old form after a new one",
        "ordering.record.verification:Audit._in_its_form",
        never("self._kinds_since is not None"),
        f"{_FORMS}::test_no_new_event_passes_for_an_old_form",
    ),
    Mutation(
        "accept data that the first form does not cover",
        "ordering.record.verification:Audit._entry",
        without_part("not (entry.is_of_first_form and entry.data is not None)"),
        f"{_FORMS}::test_data_that_the_old_form_does_not_cover_is_found",
    ),
    Mutation(
        "accept a new event without a kind",
        "ordering.record.hash_chain:chained",
        never("event.kind is None"),
        _FORMS,
    ),
    Mutation(
        "let an older process write events after the upgrade",
        _MIGRATION,
        swap("SQLITE_GUARDS if op.get_bind().dialect.name == 'sqlite' else POSTGRESQL_GUARDS", "()"),
        "tests/store/test_event_forms.py::test_the_database_takes_no_event_of_an_old_process",
    ),
    Mutation(
        "forget the kind of a late delivery in the upgrade",
        _MIGRATION,
        drop("op.execute(LATE)"),
        f"{_UPGRADE}::test_a_late_delivery_stays_late_after_an_upgrade",
    ),
    Mutation(
        "take a late delivery for one that arrived",
        "ordering.process.delivery:Deliveries._lateness",
        swap("was_late or is_late", "is_late"),
        _DELIVERY,
    ),
    Mutation(
        "keep a person from an order that never arrives",
        "ordering.process.delivery:Deliveries._lateness",
        swap("not (was_late or is_late)", "was_late or is_late"),
        f"{_DELIVERY}::test_a_slow_delivery_is_reported_once_and_arrives",
    ),
    Mutation(
        "report the same trouble of a delivery again and again",
        "ordering.process.delivery:Deliveries._watch_names",
        without_part("not lateness.is_same_as(cart.fact)"),
        _DELIVERY,
    ),
    Mutation(
        "wait in silence for a name in an unexpected state",
        "ordering.process.delivery:_oddness",
        swap("cart.state is not S.PAID", "cart.state is S.PAID"),
        _DELIVERY,
    ),
    Mutation(
        "take every error of OVH's for the one that is known",
        "ordering.process.transitions:Logbook.try_later",
        swap(
            "known is not None and known.code == error.code and canonical(known.data) == canonical(error.params)",
            "known is not None",
        ),
        f"{_FACTS}::test_the_same_error_is_no_news",
    ),
    Mutation(
        "change an open cart without the person on record",
        "ordering.workflow.cart_editing:_changed",
        without_keyword("by"),
        "tests/ordering/test_open_cart_record.py",
    ),
    Mutation(
        "keep chosen years as another change",
        "ordering.workflow.cart_editing:CartEditing.set_years",
        swap("K.YEARS_CHOSEN", "K.NAMES_ADDED"),
        "tests/ordering/test_open_cart_record.py::test_each_change_of_an_open_cart_names_its_person",
    ),
)
