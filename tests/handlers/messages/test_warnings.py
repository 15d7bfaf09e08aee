"""Warnings about a name are sentences, also those that an earlier version stored."""

import pytest

from handlers.messages.catalogue import needed
from handlers.messages.en.warnings import WARNINGS, warning
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data, amount
from ordering.model.homographs import warnings_about
from ordering.model.line_warnings import LineWarning
from ordering.model.line_warnings import WarningKind as W
from tests.builders import euros

N = DomainName.parse
OWNED, IN_CARTS = (N("coco.com"), N("modern.ovh")), (N("café.fr"),)
EXAMPLES: list[tuple[LineWarning, str]] = [
    (LineWarning(W.MIXED_SCRIPTS, {"scripts": ["Cyrillic", "Latin"]}), "Mixes Cyrillic and Latin letters."),
    (
        LineWarning(W.LOOKS_LATIN, {"scripts": ["Cyrillic"], "like": "coco"}),
        "Is written in Cyrillic letters that look like “coco”.",
    ),
    (
        LineWarning(W.LIKE_AN_OWNED_NAME, {"twin": "xn--caf-dma.fr"}),
        "Looks like café.fr (xn--caf-dma.fr), which this OVH account owns.",
    ),
    (
        LineWarning(W.LIKE_A_NAME_IN_A_CART, {"twin": "other.ovh"}),
        "Looks like other.ovh, which is in one of the team's carts.",
    ),
    (
        LineWarning(W.PRICE_CHANGED, {"price": amount(euros("0.99")), "renewal": amount(euros("3.59"))}),
        "Was €0.99, then €3.59 a year, when it was added.",
    ),
    (LineWarning.earlier("Looks like other.ovh."), "Looks like other.ovh."),
]


@pytest.mark.parametrize(("told", "said"), EXAMPLES)
def test_each_warning_is_a_sentence(told: LineWarning, said: str) -> None:
    """The kinds that the model can give each have one."""
    assert warning(told) == said


def test_each_kind_has_a_sentence() -> None:
    """A kind of a newer version says that there is something, and nothing false."""
    assert {told.kind for told, _ in EXAMPLES} == set(W) - {W.UNKNOWN} == WARNINGS.sentences.keys()
    assert "newer version" in warning(LineWarning(W("a_kind_of_tomorrow")))


def test_a_price_without_a_renewal_is_told_alone() -> None:
    """OVH does not list every renewal price."""
    was: Data = {"price": amount(euros("0.99")), "renewal": None}
    assert warning(LineWarning(W.PRICE_CHANGED, was)) == "Was €0.99 when it was added."


@pytest.mark.parametrize("name", ["pаypal.com", "сосо.com", "c0co.net", "rnodern.com", "cafe.com"])  # noqa: RUF001 - letters of the same look
def test_what_the_model_finds_has_all_that_its_sentence_needs(name: str) -> None:
    """No warning lacks data at the place that makes it."""
    found = warnings_about(N(name), owned=OWNED, in_carts=IN_CARTS)
    assert found
    assert all(needed(WARNINGS.sentences[told.kind]) <= told.data.keys() for told in found)
