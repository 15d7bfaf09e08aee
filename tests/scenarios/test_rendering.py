"""The drawing board can say no."""

from tests.scenarios.rendering import Board


def test_what_the_page_does_not_know_comes_out_as_a_box(chromium: str, board: Board):
    known = {"type": "section", "text": {"type": "mrkdwn", "text": "*Fine*"}}
    strange = {"type": "hologram", "text": {"type": "mrkdwn", "text": "Boo"}}
    assert board.unknowns([[known]]) == []
    (box,) = board.unknowns([[known, strange]])
    assert "Unknown block: hologram" in box
