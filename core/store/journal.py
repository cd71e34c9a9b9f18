"""One debate that is being written: its fold, its rows that wait, its lock. Belongs to the writer's thread."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.store import live, tables
from upverdict.core.store.errors import NoSuchDebate, StoreError, damaged
from upverdict.core.store.logged import logged
from upverdict.core.store.packing import EventRow, Packer
from upverdict.core.store.readable import NOTHING, Readable

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Journal:
    """What is to be written of one debate. Rows that could not be written stay until they can be."""

    def __init__(self, path: Path, debate: str, lock: BaseFileLock | None = None) -> None:
        self.path = path
        self.debate = debate
        self.error: StoreError | None = None  # why the latest attempt to write failed
        self.refused: StoreError | None = None  # an event that does not fit the log: nothing after it is taken
        self.failing_since = 0.0  # when the first of the attempts failed that did since one succeeded (monotonic)
        self.told = ""  # the failure that was reported last
        self._lock = lock
        self._packer = Packer()
        self._readable = Readable()
        self._rows: list[EventRow] = []
        self._changes = NOTHING

    def load(self, conn: sqlite3.Connection) -> None:
        """Take up what is stored already.

        Raises StoreError when it is damaged or deleted, and sqlite3.Error.
        """
        found = conn.execute("SELECT deleted_at FROM debates WHERE id = ?", (self.debate,)).fetchone()
        if found is not None and found[0] is not None:
            raise NoSuchDebate(self.debate)
        try:
            for event in logged(conn, self.debate):
                self._readable.apply(event)
                self._packer.add(event)
        except ValueError as e:
            self._packer, self._readable = Packer(), Readable()
            raise damaged(self.path, self.debate, str(e)) from e
        self._packer.take()
        self._readable.take()

    def replay(self, events: Iterable[ev.Event]) -> None:
        """Fold a log that is stored already, so that its readable rows are written anew, its events not."""
        for event in events:
            self._readable.apply(event)
        self._collect()

    def add(self, event: ev.Event) -> None:
        """Take one event. One that does not fit its log is refused, and so is everything after it."""
        if self.refused is not None:
            return
        try:
            if event.debate != self.debate:
                raise ValueError(f"event {event.seq} belongs to debate {event.debate}")
            if event.seq == 1 and not isinstance(event, ev.DebateStarted):
                raise ValueError("a log begins with debate_started")
            self._readable.apply(event)
            self._packer.add(event)
        except ValueError as e:
            self.refused = StoreError(
                f"Debate {self.debate} can't be written on: {e}. What was written before is safe; perhaps it was "
                "continued in another window meanwhile.",
                "refused",
            )

    def interrupt(self) -> None:
        """No process is at it any more: whatever was being said is cut off here."""
        if self._readable.debate.seq:
            self._readable.interrupt()

    @property
    def debate_now(self) -> Debate:
        """The fold of all that was taken."""
        return self._readable.debate

    @property
    def running(self) -> bool:
        """Whether the log ends in the middle of the debate."""
        return self._readable.debate.seq > 0 and self._readable.debate.outcome == "running"

    @property
    def waiting(self) -> bool:
        """Whether there is something to be written."""
        self._collect()
        return bool(self._rows or any(self._changes))

    def left(self) -> list[EventRow]:
        """The rows of the log that could not be written yet."""
        self._collect()
        return list(self._rows)

    @property
    def weighty(self) -> bool:
        """Whether more waits than words of unfinished statements: then it is worth being proof against a power cut."""
        return self._changes.debate is not None

    def write(self, conn: sqlite3.Connection) -> None:
        """Write what waits, in the caller's transaction. Call `written` when that is committed.

        Raises StoreError for what no table can hold, and sqlite3.Error.
        """
        self._collect()
        try:
            tables.write(conn, self.debate, self._rows, self._changes)
        except (OverflowError, UnicodeError) as e:
            raise StoreError(f"Debate {self.debate} holds what can't be stored: {e}.", "refused") from e

    def rewrite(self, conn: sqlite3.Connection) -> None:
        """Write the readable rows of the whole log, and take out those that it gives no ground for."""
        self._collect()
        tables.prune(conn, self.debate, self._changes)
        tables.write(conn, self.debate, (), self._changes)

    def give_up(self, why: StoreError) -> None:
        """Nothing more is taken, and what waits is dropped."""
        self.written()
        self.refused = why

    def failed(self, error: StoreError) -> None:
        """What waits could not be written; it goes on waiting."""
        if self.error is None:
            self.failing_since = time.monotonic()
        self.error = error

    def written(self) -> None:
        self._rows = []
        self._changes = NOTHING
        self.error = None
        self.told = ""

    def release(self) -> None:
        if self._lock is not None:
            live.release(self.path, self.debate, self._lock)
            self._lock = None

    def _collect(self) -> None:
        self._rows += self._packer.take()
        new = self._readable.take()
        old = self._changes
        self._changes = old | new
