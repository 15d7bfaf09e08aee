"""Terms that changed after an approval, and remarks on a request, are sentences."""

from dataclasses import replace

from handlers.messages.catalogue import needed
from handlers.messages.en.terms import DIFFERENCES, REMARKS, differences, remarks
from ordering.model import seal
from ordering.model.domain_name import DomainName
from ordering.model.preflight_findings import Remark
from ordering.model.quote import Configuration, Contract, Quote
from ordering.model.seal import Difference, DifferenceKind
from tests.builders import a_line, a_quote, a_quoted, euros

NAME = DomainName("name.ovh")


def found() -> list[Difference]:
    """One difference of each kind, as the model makes it."""
    before = replace(
        _quote("3.59", "2.99", "true", "https://contracts.example/a.pdf"),
        contracts=(Contract("Old", "https://a.example"), Contract("Terms", "https://contracts.example/a.pdf")),
    )
    now = replace(
        _quote("5.00", "4.00", "false", "https://contracts.example/b.pdf"),
        contracts=(Contract("New", "https://a.example"), Contract("Terms", "https://contracts.example/b.pdf")),
    )
    dearer = [replace(a_line(), renewal=euros("4"))]
    hidden = [replace(a_line("b.ovh"), renewal=None)]
    return [
        *seal.renewal_differences([a_line(), a_line("b.ovh")], dearer + hidden),
        *seal.differences(before, now),
        *seal.differences(a_quote(), a_quote()),
    ]


def _quote(total: str, price: str, age: str, url: str) -> Quote:
    given = (Configuration(NAME, "OWNER_LEGAL_AGE", age), Configuration(NAME, "BIRTH", age))
    return replace(
        a_quote(total, contracts=(Contract("Terms", url),)), configuration=given, lines=(a_quoted("name.ovh", price),)
    )


def test_each_difference_is_a_sentence() -> None:
    """Names, amounts and OVH's titles stand in it; a private answer's value does not."""
    assert differences(found()) == [
        "name.ovh: the renewal was €3.59 a year, now €4.00 a year.",
        "b.ovh: the renewal was €3.59 a year, now not shown.",
        "name.ovh: was €2.99 without tax, now €4.00.",
        "No longer answered for name.ovh: BIRTH.",
        "No longer answered for name.ovh: OWNER_LEGAL_AGE = true.",
        "Newly answered for name.ovh: BIRTH.",
        "Newly answered for name.ovh: OWNER_LEGAL_AGE = false.",
        "No longer a contract: Old.",
        "New contract: New.",
        "The contract Terms has another address.",
        "Total with tax: was €3.59, now €5.00.",
        "Something else in the terms of the order changed.",
    ]


def test_each_kind_of_difference_has_a_sentence_and_its_data() -> None:
    """No difference lacks data at the place that makes it."""
    kinds = {str(change["kind"]) for change in found()}
    assert kinds == set(DifferenceKind) == DIFFERENCES.sentences.keys()
    assert all(needed(DIFFERENCES.sentences[str(change["kind"])]) <= change.keys() for change in found())


def test_a_difference_of_a_newer_version_is_told_as_one() -> None:
    """The approver still reads that something changed."""
    assert differences([{"kind": "a_kind_of_tomorrow"}]) == differences([{"kind": "other"}])


def test_each_remark_has_a_sentence() -> None:
    """Approvers read what the pre-flight could not check; an unknown code says nothing false."""
    assert REMARKS.sentences.keys() == set(Remark)
    assert len(remarks(list(Remark))) == len(Remark)
    assert remarks(["a_code_of_tomorrow"]) == []
