"""Ideas are sensible, can be bought, and come in the team's order with the short ones first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordering.model import name_suggestions as rules
from ordering.model.domain_name import DomainName, Word
from ordering.model.errors import InvalidName
from ordering.model.name_suggestions import MOST_IDEAS, ideas


def ideas_for(typed: str, extensions=("ovh", "com", "io"), sold=("ovh", "com", "io", "us", "co.uk")) -> list[str]:
    words = [Word.parse(word) for word in typed.split()]
    return [name.unicode for name in ideas(words, extensions, sold)]


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (rules.hyphen, ["blue", "otter"], ["blue-otter"]),
        (rules.hyphen, ["otter"], []),
        (rules.joined, ["blue", "otter"], ["blueotter"]),
        (rules.prefix, ["getaway"], ["trygetaway", "mygetaway"]),
        (rules.suffix, ["otterapp"], ["otterapphq", "otterapphub"]),
        (rules.plural, ["otter"], ["otters"]),
        (rules.plural, ["otters"], ["otter"]),
        (rules.plural, ["box"], ["boxes"]),
        (rules.plural, ["city"], ["cities"]),
        (rules.plural, ["day"], ["days"]),
        (rules.plural, ["glass"], ["glasses"]),
        (rules.plural, [], []),
        (rules.abbreviation, ["blue", "otter"], ["blttr", "bo"]),
        (rules.abbreviation, ["sky"], ["sk"]),
        (rules.abbreviation, ["bcd"], []),
    ],
)
def test_each_kind_has_its_rule(kind, typed, expected):
    assert list(kind(typed))[: max(len(expected), 1)] == expected


def test_an_extension_can_end_the_word():
    assert "delicio.us" in ideas_for("delicious")
    assert "taco.co.uk" in ideas_for("tacocouk")


def test_a_word_typed_with_a_hyphen_is_several():
    assert "blueotter.ovh" in ideas_for("blue-otter")


def test_what_was_typed_is_no_idea():
    assert not [name for name in ideas_for("otter") if name.split(".")[0] == "otter"]


def test_the_teams_order_and_short_ones_come_first():
    found = ideas_for("blue otter")
    assert len(found) == MOST_IDEAS
    assert [name for name in found if name.endswith(".ovh")] == found[: sum(n.endswith(".ovh") for n in found)]
    assert found.index("bo.ovh") < found.index("blue-otter.ovh")


def test_every_kind_gets_its_share():
    labels = {name.split(".")[0] for name in ideas_for("blue otter")}
    assert {"blue-otter", "blueotter", "blueotters", "bo"} <= labels
    assert any(label.startswith(rules.PREFIXES) for label in labels)
    assert any(label.endswith(rules.SUFFIXES) for label in labels)


def test_under_one_extension_the_short_ones_come_first():
    found = ideas([Word.parse("otter")], ("com",), ("com",))
    lengths = [len(name.ascii) for name in found]
    assert lengths == sorted(lengths)


@given(st.lists(st.text(min_size=1, max_size=70), max_size=4))
def test_any_words_give_names_that_can_exist(typed):
    words = []
    for text in typed:
        try:
            words.append(Word.parse(text))
        except InvalidName:
            continue
    found = ideas(words, ("com", "co.uk"), ("com", "us", "co.uk"))
    assert len(set(found)) == len(found) <= MOST_IDEAS
    assert all(DomainName.parse(name.ascii) == name for name in found)
