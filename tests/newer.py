"""Makes files as a newer version of the program might leave them: more tables, columns, kinds of events and fields."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.core.test_store_kit import finished
from tests.older import at_version
from upverdict.core.store import migrations

NEWEST = len(migrations.STEPS)
ID = "261124-abcde"


def newer(path: Path, *, reader: int | None = None) -> Path:
    """A file of the version after the newest, with one debate. `reader` is which version it asks of its readers.

    Its third event has a field more; before the last there is one of a kind that nobody here knows.
    """
    at_version(path, NEWEST, [finished().events])
    conn = sqlite3.connect(path)
    try:
        conn.executescript("CREATE TABLE moods (debate TEXT, mood TEXT); ALTER TABLE debates ADD COLUMN mood TEXT;")
        third = "SELECT rowid, body FROM events WHERE kind = 'statement_finished' ORDER BY seq LIMIT 1"
        rowid, body = conn.execute(third).fetchone()
        longer = json.dumps(json.loads(body) | {"mood": {"of": "calm"}})
        conn.execute("UPDATE events SET body = ? WHERE rowid = ?", (longer, rowid))
        last, at = conn.execute("SELECT max(seq), max(at) FROM events").fetchone()
        conn.execute("UPDATE events SET seq = seq + 1 WHERE seq = ?", (last,))
        mood = (ID, last, 1, at, "mood_shown", '{"mood":"calm"}')
        conn.execute("INSERT INTO events (debate, seq, count, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)", mood)
        if reader is not None:
            conn.execute("INSERT INTO counts (what, count) VALUES (?, ?)", (migrations.READER, reader))
        conn.execute(f"PRAGMA user_version = {NEWEST + 1}")
        conn.commit()
    finally:
        conn.close()
    return path
