"""The log of a debate out of the file. Alone in its module: `show` needs nothing else of what writing needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from upverdict.core import events as ev
from upverdict.core.store.packing import EventRow, unpack


def logged(conn: sqlite3.Connection, debate: str) -> Iterator[ev.Event]:
    """The events in order, those of a debate that nobody knows: none. All rows are read at once.

    Raises sqlite3.Error; `BadEvent` on the way, at a row that is damaged or of a newer version.
    """
    return unpack(debate, logged_rows(conn, debate))


def logged_rows(conn: sqlite3.Connection, debate: str) -> list[EventRow]:
    """The rows of the log, in order. Raises sqlite3.Error."""
    sql = "SELECT seq, count, at, kind, body FROM events WHERE debate = ? ORDER BY seq"
    return [EventRow._make(row) for row in conn.execute(sql, (debate,))]
