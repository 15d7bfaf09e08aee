"""A catalogue has one sentence a code, and gives it the data that it names."""

import pytest

from handlers.messages.catalogue import Catalogue, Wording, needed


def test_two_sentences_of_one_code_are_refused() -> None:
    """One of them would never be said."""
    catalogue = Catalogue()
    catalogue.says("code")(str)
    with pytest.raises(ValueError, match="two sentences for code"):
        catalogue.says("code")(str)


def test_a_sentence_gets_the_data_that_it_names() -> None:
    """What it does not name is left out, unless it takes all; what has a default may be missing."""
    catalogue = Catalogue()

    @catalogue.says("some")
    def _(order: int, days: int = 3) -> str:
        return f"{order} {days}"

    @catalogue.says("every")
    def _(order: int, **more: int) -> Wording:
        return Wording(f"{order} {more}")

    assert catalogue.sentence("some", {"order": 7, "more": 1}) == Wording("7 3")
    assert catalogue.sentence("every", {"order": 7, "more": 1}) == Wording("7 {'more': 1}")
    assert needed(catalogue.sentences["every"]) == {"order"}
    assert catalogue.sentence("every", {}) is None
    assert catalogue.sentence("unheard_of", {}) is None
