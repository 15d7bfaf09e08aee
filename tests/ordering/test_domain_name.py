"""A name parses to itself, however it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidName


@pytest.mark.parametrize(
    "typed",
    ["name.ovh", "NAME.OVH", "name.ovh.", "<http://name.ovh|name.ovh>", "<http://name.ovh>", "https://name.ovh/"],
)
def test_every_way_to_write_a_name_is_understood(typed):
    assert DomainName.parse(typed) == DomainName("name.ovh")


def test_both_spellings_are_one_name():
    assert DomainName.parse("café.fr") == DomainName.parse("xn--caf-dma.fr")


@given(st.text(max_size=80))
def test_any_input_parses_to_itself_or_is_refused(typed):
    """Anything typed is a name that parses to itself or is refused."""
    try:
        name = DomainName.parse(typed)
    except InvalidName as refusal:
        assert refusal.code.startswith("name_")  # noqa: PT017 - either outcome is right
    else:
        assert DomainName.parse(name.ascii) == DomainName.parse(name.unicode) == name
