"""A job makes progress while its calls end, and while it waits for a permit."""

from datetime import timedelta

import pytest

from ordering.process.progress import STUCK_AFTER, Progress, current_progress


@pytest.mark.parametrize("queued", [False, True])
def test_two_minutes_without_a_call_are_no_progress(queued):
    """The wait in the rate limiter's queue counts as progress, however long it is."""
    now = [0.0]
    progress = Progress(clock=lambda: now[0])
    assert timedelta(minutes=2) == STUCK_AFTER
    if queued:
        with progress.queued():
            now[0] = 600.0
            assert not progress.is_stuck(STUCK_AFTER)
        now[0] = 719.0
        assert not progress.is_stuck(STUCK_AFTER)
        now[0] = 720.0
    else:
        now[0] = 119.0
        assert not progress.is_stuck(STUCK_AFTER)
        now[0] = 120.0
    assert progress.is_stuck(STUCK_AFTER)


def test_only_what_runs_in_the_block_reports_to_a_job():
    progress = Progress()
    assert current_progress() is None
    with progress.followed():
        assert current_progress() is progress
    assert current_progress() is None
