"""`docs/doctor.md` is made from the table that the tests run."""

from tools.doctor_table import PAGE, page


def test_the_page_is_current():
    """Run `python -m tools.doctor_table` after a change of the table or of a code."""
    assert PAGE.read_text(encoding="utf-8") == page()
