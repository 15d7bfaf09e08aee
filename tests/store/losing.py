"""Take the newest events from a database, as a failover to a replica does."""

from sqlalchemy import text

from store.engine import Engines


def lose_newest_events(engines: Engines, number: int) -> None:
    """Set the chain back to this many events, as a failover to a replica does."""
    with engines.write.begin() as connection:
        off, on = (
            ("ALTER TABLE events DISABLE TRIGGER ALL", "ALTER TABLE events ENABLE TRIGGER ALL")
            if engines.are_shared
            else ("DROP TRIGGER events_keep_delete", "SELECT 1")
        )
        connection.execute(text(off))
        connection.execute(text("DELETE FROM untold WHERE event_id > :number"), {"number": number})
        connection.execute(text("DELETE FROM events WHERE id > :number"), {"number": number})
        connection.execute(
            text("UPDATE chain SET number = :number, digest = (SELECT digest FROM events WHERE id = :number)"),
            {"number": number},
        )
        connection.execute(text(on))
