"""The measure of the code's shape: parts, arrows and circles of a folder."""

import pytest

from tools.shape import Shape, folders, longest_function, shape, sources

MODULES = {
    "bot.app": "from handlers.cart import add\nimport ordering.cart\n",
    "handlers.cart": "from handlers.views.cart import card\nfrom handlers.views import cart\n",
    "handlers.views": "",
    "handlers.views.cart": "def card():\n    from ordering.cart import Cart\n    return Cart()\n",
    "ordering.cart": "import os\n",
}


@pytest.mark.parametrize(
    ("folder", "parts", "arrows"), [("", 3, 3), ("handlers", 2, 1), ("handlers.views", 1, 0), ("ordering", 1, 0)]
)
def test_counts_parts_and_arrows(folder: str, parts: int, arrows: int):
    """Files and subfolders, and which of them import which, once each and also inside functions."""
    assert shape(folder, MODULES) == Shape(folder, parts, arrows, ())


def test_finds_a_circle_by_way_of_others():
    """Parts that lead back to themselves; a part that only uses them is none."""
    around = {"a.x": "import a.y", "a.y": "import a.z", "a.z": "import a.x", "a.top": "import a.x"}
    assert shape("a", around).circle == ("x", "y", "z")


def test_names_the_longest_function():
    """With its module."""
    assert longest_function(MODULES) == (3, "handlers.views.cart.card")


def test_the_program_has_no_circle_of_packages():
    """Adapters and rules are layers."""
    modules = sources()
    assert len(folders(modules)) > 20
    assert shape("", modules).circle == ()
    assert shape("ordering", modules).circle == ()
    assert shape("registrars.ovh", modules).circle == ()
