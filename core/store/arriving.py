"""Writes debates that are ready so that they appear all at once, and others can write meanwhile. Knows no fold.

What one short transaction can hold is written in it. More is written in many: hidden, under a mark of this import, and
the last transaction lifts the mark from all of them. When the process dies before, the mark tells what is to be taken
out again (`sweep`, then `cleaning.step`): nobody ever sees a part.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from upverdict.core.store import cleaning, live, tables
from upverdict.core.store.errors import StoreError
from upverdict.core.store.ready import Ready
from upverdict.core.store.stage import Stage
from upverdict.core.store.transacting import transaction

if TYPE_CHECKING:
    from filelock import BaseFileLock

STEP_SECONDS = 0.08
"""How long one transaction may hold up others who write: less than the words of a debate may wait for (design.md)."""


class Arrival:
    """One import. Call `some` until all is there, or `withdraw` until nothing of it is left; then `close`.

    All on the thread of the connection. They raise StoreError and sqlite3.Error; then `withdraw`.
    """

    def __init__(self, path: Path, stage: Stage) -> None:
        self.written = 0
        self.done = False
        self.took = 0.0  # seconds of the latest step
        self._path = path
        self._stage = stage
        self._left: Iterator[Ready] = iter(stage)
        self._grown: list[str] = []
        self._token = os.urandom(6).hex()
        self._lock: BaseFileLock | None = None  # says that somebody is still at it

    def some(self, conn: sqlite3.Connection) -> bool:
        """Write some of them, in a transaction; the last one shows all. Whether it was that."""
        begun = time.monotonic()
        held: list[tuple[str, BaseFileLock]] = []
        try:
            conn.execute("PRAGMA synchronous = FULL")
            with transaction(conn):
                done = self._some(conn, begun + STEP_SECONDS, held)
        except (OverflowError, UnicodeError) as e:
            raise StoreError(f"A debate holds what can't be stored: {e}. Nothing was imported.", "refused") from e
        finally:
            for debate, lock in held:
                live.release(self._path, debate, lock)
        self.done = done
        self.took = time.monotonic() - begun
        return done

    def withdraw(self, conn: sqlite3.Connection) -> bool:
        """Take some of what is hidden out again; whether nothing of it is left. Does nothing when all is done."""
        self.took = STEP_SECONDS
        return self.done or self._lock is None or cleaning.take_out(conn, self._token, STEP_SECONDS)

    def close(self) -> None:
        if self._lock is not None:
            live.release(self._path, live.importing(self._token), self._lock)
            self._lock = None

    def _some(self, conn: sqlite3.Connection, end: float, held: list[tuple[str, BaseFileLock]]) -> bool:
        new: list[str] = []
        for one in self._left:
            if one.here:
                self._grown.append(one.debate)
                continue
            _make_room(conn, self._path, one.debate)
            one.write(conn)
            new.append(one.debate)
            self.written += 1
            if time.monotonic() > end:
                self._hide(conn, new)
                return False
        for debate in self._grown:
            self._grow(conn, self._stage.get(debate), held)
        if self._lock is not None:
            cleaning.show_arrived(conn, self._token)
        return True

    def _hide(self, conn: sqlite3.Connection, debates: list[str]) -> None:
        if self._lock is None:
            self._lock = live.take(self._path, live.importing(self._token))
        cleaning.hide_arriving(conn, self._token, debates)

    def _grow(self, conn: sqlite3.Connection, one: Ready, held: list[tuple[str, BaseFileLock]]) -> None:
        """Add to a debate that is here, which nobody may be at. Its lock is held until it is written."""
        if (lock := live.take(self._path, one.debate)) is None:
            raise StoreError(
                f"Debate {one.debate} is being debated in another window: what comes can't be added to it. "
                "Nothing was imported; close it there and try again.",
                "live",
            )
        held.append((one.debate, lock))
        sql = "SELECT seq + count - 1 FROM events WHERE debate = ? ORDER BY seq DESC LIMIT 1"
        if conn.execute(sql, (one.debate,)).fetchone() != (one.here,):
            raise _changed(one.debate)
        one.write(conn)
        self.written += 1


def _make_room(conn: sqlite3.Connection, path: Path, debate: str) -> None:
    """Nothing of this id may be here. What a dead import left is taken out."""
    found = conn.execute("SELECT deleted_at FROM debates WHERE id = ?", (debate,)).fetchone()
    if found is None:
        return
    token = cleaning.token_of(found[0])
    if token is None or live.lives(path, live.importing(token)):
        raise _changed(debate)
    tables.remove(conn, debate)
    cleaning.ask(conn)


def _changed(debate: str) -> StoreError:
    return StoreError(
        f"Debate {debate} was changed by another window meanwhile. Nothing was imported; import once more.", "exists"
    )
