"""Fills the readable tables and the indexes anew from the log, where they say otherwise. Knows no event loop.

In steps, each of short transactions, so that others can write meanwhile; broken off, it goes on where it was.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from upverdict.core.store import live, tables
from upverdict.core.store.arriving import STEP_SECONDS
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.journal import Journal
from upverdict.core.store.logged import logged
from upverdict.core.store.reindexing import INDEXES
from upverdict.core.store.soundness import differing, index_is_sound, known
from upverdict.core.store.transacting import transaction

_QUICK = 5_000
"""Statements that are indexed in about a second: more are not while somebody debates, who would have to wait."""
_MARK = "rebuilt "
_MARK_SECONDS = 1.0
"""How often it is noted how far it is."""


class Rebuilt(NamedTuple):
    """What was filled anew: tables of a debate, or without one the `index`, `counts`, or rows that belonged to nothing.
    `error` says why nothing was.
    """

    debate: str
    changed: list[str]
    error: str = ""


class Rebuilding:
    """Of all debates, or of one. Call `some` until all is done. Raises StoreError and sqlite3.Error."""

    def __init__(self, path: Path, debate: str | None = None) -> None:
        self.results: list[Rebuilt] = []
        self.done = 0
        self.of = 0
        self.after = ""
        """The debate behind which an earlier rebuild, which was broken off, is taken up."""
        self.took = 0.0  # seconds of the latest step
        self._path = path
        self._debate = debate
        self._steps: Iterator[None] | None = None
        self._indexed = False
        self._marked = time.monotonic()

    def some(self, conn: sqlite3.Connection) -> bool:
        """Do a part of it; whether that was the last one."""
        begun = time.monotonic()
        if self._steps is None:
            self._steps = self._all(conn) if self._debate is None else self._single(conn, self._debate)
        for _ in self._steps:
            self.took = time.monotonic() - begun
            if self.took > STEP_SECONDS:
                return False
        return True

    def _single(self, conn: sqlite3.Connection, debate: str) -> Iterator[None]:
        kept = "SELECT 1 FROM debates WHERE id = ?1 UNION SELECT 1 FROM events WHERE debate = ?1"
        if conn.execute(kept, (debate,)).fetchone() is None:
            raise NoSuchDebate(debate)
        if live.lives(self._path, debate):
            raise live.busy(debate)
        self._one(conn, debate)
        yield

    def _all(self, conn: sqlite3.Connection) -> Iterator[None]:
        self._index(conn)
        yield
        self._orphans(conn)
        yield
        self.of = int(conn.execute("SELECT count(*) FROM debates").fetchone()[0])
        found = conn.execute(f"SELECT max(what) FROM unclean WHERE what GLOB '{_MARK}*'").fetchone()[0]
        self.after = found.removeprefix(_MARK) if found else ""
        for debate in known(conn):
            self.done += 1
            if debate > self.after:
                self._one(conn, debate)
                self._mark(conn, debate)
            yield
        self._recount(conn)
        with transaction(conn):
            conn.execute(f"DELETE FROM unclean WHERE what GLOB '{_MARK}*'")

    def _one(self, conn: sqlite3.Connection, debate: str) -> None:
        try:
            wrong = differing(conn, self._path, debate)
        except ValueError as e:
            self.results.append(Rebuilt(debate, [], f"its log can't be read ({e}): its tables were left as they are"))
            return
        if wrong == ["log"]:
            self.results.append(Rebuilt(debate, [], "nothing is left of its log: its tables were left as they are"))
        elif wrong:
            if not {"debates", "statements"}.isdisjoint(wrong):
                self._index(conn)
            with transaction(conn):
                journal = Journal(self._path, debate)
                journal.replay(logged(conn, debate))
                if not live.lives(self._path, debate):
                    journal.interrupt()
                journal.rewrite(conn)
            self.results.append(Rebuilt(debate, wrong))

    def _index(self, conn: sqlite3.Connection) -> None:
        """Once, and before a table: words are taken out of an index only as they went in."""
        if self._indexed:
            return
        self._indexed = True
        if all(index_is_sound(conn, name) for name in INDEXES):
            return
        (statements,) = conn.execute("SELECT count(*) FROM statements").fetchone()
        if statements > _QUICK and (held := live.held(self._path)):
            raise StoreError(
                f"The full-text index has to be made anew, for which nobody may write for a while, and {min(held)} is "
                "being debated in another window. Nothing was changed; close it there and try again.",
                "live",
            )
        with transaction(conn):
            tables.rebuild_index(conn)
        self.results.append(Rebuilt("", ["index"]))

    def _orphans(self, conn: sqlite3.Connection) -> None:
        """Rows of debates of which nothing else is left."""
        every = " UNION ".join(f"SELECT debate FROM {table}" for table in tables.COLUMNS if table != "debates")
        gone = f"SELECT debate FROM ({every}) EXCEPT SELECT id FROM debates EXCEPT SELECT debate FROM events"
        if not (found := conn.execute(gone).fetchall()):
            return
        with transaction(conn):
            for (debate,) in found:
                tables.prune(conn, debate)
                conn.execute("DELETE FROM citations WHERE debate = ?", (debate,))
                conn.execute("DELETE FROM quotes WHERE debate = ?", (debate,))
        self.results.append(Rebuilt("", ["rows that belonged to nothing"]))

    def _recount(self, conn: sqlite3.Connection) -> None:
        before = conn.execute("SELECT * FROM counts ORDER BY what").fetchall()
        with transaction(conn):
            tables.recount(conn)
        if conn.execute("SELECT * FROM counts ORDER BY what").fetchall() != before:
            self.results.append(Rebuilt("", ["counts"]))

    def _mark(self, conn: sqlite3.Connection, debate: str) -> None:
        if (now := time.monotonic()) - self._marked < _MARK_SECONDS:
            return
        self._marked = now
        with transaction(conn):
            conn.execute(f"DELETE FROM unclean WHERE what GLOB '{_MARK}*'")
            conn.execute("INSERT INTO unclean (what) VALUES (?)", (_MARK + debate,))
