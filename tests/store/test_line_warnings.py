"""Warnings are stored as kinds with data; the sentences of earlier versions are still read."""

from dataclasses import replace

from ordering.model.ids import CartId
from ordering.model.line_warnings import LineWarning, WarningKind
from store.mapping import line_from, line_row
from tests.builders import a_line

LIKE = LineWarning(WarningKind.LIKE_AN_OWNED_NAME, {"twin": "xn--caf-dma.fr"})


def test_a_warning_comes_back_as_it_was_stored() -> None:
    """A stored warning has its kind and its data in one JSON object."""
    line = replace(a_line(), warnings=(LIKE, LineWarning.earlier("Mixes letters.")))
    row = line_row(CartId(1), 0, line)
    assert row.warnings[0] == {"kind": "like_an_owned_name", "twin": "xn--caf-dma.fr"}
    assert line_from(row).warnings == line.warnings


def test_a_sentence_of_an_earlier_version_is_kept_as_text() -> None:
    """A cart that was filled before an upgrade keeps its warnings."""
    row = line_row(CartId(1), 0, a_line())
    row.warnings = ["Looks like other.ovh, which this OVH account owns."]
    earlier = LineWarning.earlier("Looks like other.ovh, which this OVH account owns.")
    assert line_from(row).warnings == (earlier,)


def test_a_kind_of_a_newer_version_is_read() -> None:
    """A database that a newer version wrote does not stop the bot."""
    row = line_row(CartId(1), 0, a_line())
    row.warnings = [{"kind": "a_kind_of_tomorrow", "level": 3}]
    assert line_from(row).warnings == (LineWarning(WarningKind.UNKNOWN, {"level": 3}),)
