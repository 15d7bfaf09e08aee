"""Each notice reaches operators once, by whichever process sends it, on both databases."""

from datetime import UTC, datetime, timedelta

from store.operator_notices import OperatorNotices


def test_a_notice_is_sent_once(engines):
    """One process tells; a restart and another process find it on record."""
    first, second = OperatorNotices(engines), OperatorNotices(engines)
    assert first.begin("key first 2026-12-01 3")
    assert not second.begin("key first 2026-12-01 3")
    first.reached("key first 2026-12-01 3")
    assert not OperatorNotices(engines).begin("key first 2026-12-01 3")
    assert second.begin("key first 2026-12-01 1")


def test_another_process_tells_if_the_first_reached_nobody(engines, monkeypatch):
    """It died, or Slack took no message: after two minutes it is tried again."""
    notices = OperatorNotices(engines)
    assert notices.begin("alarm ovh")
    later = datetime.now(UTC) + timedelta(minutes=3)
    monkeypatch.setattr("store.operator_notices.server_time", lambda _connection: later)
    assert OperatorNotices(engines).begin("alarm ovh")
    assert not notices.begin("alarm ovh")


def test_what_is_over_is_news_when_it_comes_back(engines):
    notices = OperatorNotices(engines)
    assert notices.begin("alarm ovh")
    notices.reached("alarm ovh")
    notices.over("alarm ovh")
    assert notices.begin("alarm ovh")
