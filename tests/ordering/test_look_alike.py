"""Names that can be taken for others are told apart for people."""
# ruff: noqa: RUF001 - letters of the same look are what these tests are about

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.homographs import skeleton, warnings_about
from ordering.model.line_warnings import LineWarning, WarningKind

N = DomainName.parse


def warnings(name: str, *, owned: tuple[str, ...] = (), in_carts: tuple[str, ...] = ()) -> tuple[LineWarning, ...]:
    return warnings_about(N(name), owned=map(N, owned), in_carts=map(N, in_carts))


@pytest.mark.parametrize("name", ["name.ovh", "café.fr", "東京タワー.com", "tokyo東京.com", "москва.com", "서울漢.com"])
def test_scripts_that_belong_together_have_no_warning(name):
    """A name of one script or of scripts that belong together has no warning."""
    assert warnings(name, owned=("other.com",)) == ()


def test_letters_of_two_scripts_in_one_name_are_told():
    assert warnings("pаypal.com") == (LineWarning(WarningKind.MIXED_SCRIPTS, {"scripts": ["Cyrillic", "Latin"]}),)


def test_a_name_that_only_looks_latin_is_told():
    told = LineWarning(WarningKind.LOOKS_LATIN, {"scripts": ["Cyrillic"], "like": "coco"})
    assert warnings("сосо.com") == (told,)


@pytest.mark.parametrize(
    ("name", "owned"),
    [("g00gle.com", "google.fr"), ("paypa1.com", "paypal.com"), ("cafe.fr", "café.fr"), ("rnodern.ovh", "modern.ovh")],
)
def test_a_homograph_is_reported_under_any_extension(name, owned):
    """A homograph of an owned name or of one in a cart is reported whatever its extension."""
    twin = {"twin": N(owned).ascii}
    assert warnings(name, owned=(owned,)) == (LineWarning(WarningKind.LIKE_AN_OWNED_NAME, twin),)
    assert warnings(name, in_carts=(owned,)) == (LineWarning(WarningKind.LIKE_A_NAME_IN_A_CART, twin),)


def test_the_same_word_under_another_extension_is_no_look_alike():
    assert warnings("google.com", owned=("google.fr",), in_carts=("google.com", "google.fr")) == ()


def test_a_skeleton_is_its_own_skeleton():
    for label in ("paypa1", "сосо", "café", "rn", "vv", "0l1i"):
        assert skeleton(skeleton(label)) == skeleton(label)
