"""The one thread that writes: it owns the connection, gathers events and writes them. Knows no event loop.

Failures stay inside: words that could not be written wait in memory and are tried again; the failure is reported.
"""

from __future__ import annotations

import contextvars
import errno
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from upverdict.core import events as ev
from upverdict.core.store import cleaning, migrations
from upverdict.core.store.errors import StoreError, explain, explain_os, foreign, not_a_database, patiently
from upverdict.core.store.journal import Journal
from upverdict.core.store.packing import WORDS
from upverdict.core.store.transacting import transaction

if TYPE_CHECKING:
    from filelock import BaseFileLock
    from sqlite_utils import Database

GATHER_SECONDS = 0.12
"""Words are gathered this long before they are written; anything else is written at once. At most 250 ms of text may
be lost when the process is killed (design.md)."""
RETRY_SECONDS = 1.0
"""After a failure, what waits is tried again this often, besides with every new event."""
IDLE_SECONDS = 0.25
"""When nothing has come for this long, and no debate is held, there is time for what deletions left to be done."""
BUSY_SECONDS = 5.0
"""How long to wait for another process that is writing."""
PATIENCE_SECONDS = 15.0
"""A lock that lasts longer is told: until then what waits is tried again, and whoever debates need not know of it."""
LOG_BYTES = 8 << 20
"""What the write-ahead log may keep of the room that it once took, while the file is open."""

T = TypeVar("T")


class Call(NamedTuple):
    """Something to be done on the thread, after all that was put before it."""

    do: Callable[[Database], Any]
    result: Future[Any]


class Words(NamedTuple):
    """An event to be kept."""

    journal: Journal
    event: ev.Event


class Worker:
    """Start it, `put` events and `call` functions, `stop` it. All three never block."""

    def __init__(self, path: Path, report: Callable[[StoreError], None]) -> None:
        self.path = path
        self.journals: list[Journal] = []
        self.hidden: dict[str, BaseFileLock] = {}  # what was deleted here and can be brought back, with its lock
        self.unclean = True  # whether deleted words may still be in the file: an earlier program may have left some
        self._report = report
        self._queue: SimpleQueue[Call | Words] = SimpleQueue()
        self._urgent = threading.Event()
        self._stopped = threading.Event()
        self._told = ""  # the failed checkpoint that was reported last
        here = contextvars.copy_context()  # what its sentences tell one to type names the file that this run named
        self._thread = threading.Thread(target=here.run, args=(self._run,), name="upverdict-store", daemon=True)
        self._opened: Future[None] = Future()

    def start(self, after: Callable[[Database], Any]) -> Future[None]:
        """Open the file, bring it up to date and do what comes after that; the future tells when it is done."""
        self._after = after
        self._thread.start()
        return self._opened

    def put(self, journal: Journal, event: ev.Event) -> None:
        self._queue.put(Words(journal, event))
        if event.KIND not in WORDS:
            self._urgent.set()

    def call(self, do: Callable[[Database], T]) -> Future[T]:
        """Have `do` done on the thread. The future raises StoreError for every error of the file."""
        result: Future[T] = Future()
        result.set_running_or_notify_cancel()  # once asked for, it is done, whoever has stopped waiting
        if self._stopped.is_set():
            result.set_exception(StoreError(f"{self.path} is closed already.", "closed"))
            return result
        self._queue.put(Call(do, result))
        self._urgent.set()
        return result

    def stop(self, last: Callable[[Database], T]) -> Future[T]:
        """Do `last`, then close the connection and end the thread."""

        def do(db: Database) -> T:
            self._stopped.set()
            return last(db)

        return self.call(do)

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    # -- on the thread ------------------------------------------------------------------------------------------

    def write(self, conn: sqlite3.Connection) -> None:
        """Write all that waits. A failure is noted in its journal, and reported once until one succeeds again."""
        weighty = False
        for journal in self.journals:
            if journal.waiting:
                weighty |= self._write_one(conn, journal)
            error = journal.refused or journal.error
            if error is not None and journal.told != str(error) and not _may_pass(journal, error):
                journal.told = str(error)
                self._report(error)
        if weighty:
            self._checkpoint(conn)

    def _write_one(self, conn: sqlite3.Connection, journal: Journal) -> bool:
        weighty = journal.weighty
        try:
            # A commit that is FULL is on the disk when it returns; one that is NORMAL survives a dead process only.
            conn.execute(f"PRAGMA synchronous = {'FULL' if weighty else 'NORMAL'}")
            with transaction(conn):
                journal.write(conn)
        except sqlite3.Error as e:
            journal.failed(explain(e, self.path, writing=True))
            return False
        except StoreError as e:
            journal.give_up(e)
            return False
        journal.written()
        return weighty

    def _checkpoint(self, conn: sqlite3.Connection) -> None:
        """Bring the write-ahead log into the file itself, as far as nobody reads it: PASSIVE waits for no one."""
        try:
            conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self._told = ""
        except sqlite3.Error as e:
            error = explain(e, self.path)
            if self._told != str(error):
                self._told = str(error)
                self._report(error)

    def _run(self) -> None:
        try:
            db = _open(self.path)
        except BaseException as e:
            self._stopped.set()
            self._opened.set_exception(_as_store_error(e, self.path))
            return
        try:
            self._begin(db)
            while not self._stopped.is_set():
                self._turn(db)
        except BaseException as e:  # a mistake of ours: nobody must believe that words are still kept
            kept = "What was written before is safe; nothing more is kept. Leave and continue the debate."
            self._report(StoreError(f"Writing {self.path} broke off ({type(e).__name__}: {e}). {kept}"))
            raise
        finally:
            self._stopped.set()
            db.close()
            self._refuse_rest()

    def _refuse_rest(self) -> None:
        while True:
            try:
                item = self._queue.get_nowait()
            except Empty:
                return
            if isinstance(item, Call):
                item.result.set_exception(StoreError(f"{self.path} is closed already.", "closed"))

    def _begin(self, db: Database) -> None:
        try:
            self._after(db)
        except BaseException as e:
            self._stopped.set()
            self._opened.set_exception(_as_store_error(e, self.path))
        else:
            self._opened.set_result(None)

    def _turn(self, db: Database) -> None:
        items = self._gather()
        if not items and not self.journals:
            self._clean(db.conn)
        for item in items:
            if isinstance(item, Words):
                item.journal.add(item.event)
            else:
                self.write(db.conn)
                self._perform(db, item)
        self.write(db.conn)

    def _gather(self) -> list[Call | Words]:
        """What has come. Words alone are left to gather for a while; anything else ends the waiting."""
        patience = IDLE_SECONDS if self.unclean and not self.journals else None
        if any(j.error for j in self.journals):
            patience = RETRY_SECONDS
        try:
            items = [self._queue.get(timeout=patience)]
        except Empty:
            return []
        if isinstance(items[0], Words) and items[0].event.KIND in WORDS:
            self._urgent.wait(GATHER_SECONDS)
        # Cleared before the queue is emptied: whatever sets it later has also put something later.
        self._urgent.clear()
        for _ in range(self._queue.qsize()):
            items.append(self._queue.get())
        return items

    def _clean(self, conn: sqlite3.Connection) -> None:
        try:
            self.unclean = cleaning.step(conn)
        except sqlite3.Error as e:
            error = explain(e, self.path)
            self.unclean = error.kind == "locked"  # anything else is tried again by whoever opens the file next
            if not self.unclean:
                self._report(error)

    def _perform(self, db: Database, call: Call) -> None:
        try:
            call.result.set_result(call.do(db))
        except BaseException as e:  # whoever waits for the answer must hear of it
            call.result.set_exception(_as_store_error(e, self.path))


def _may_pass(journal: Journal, error: StoreError) -> bool:
    """Whether the failure is a lock that has not lasted: other windows hold one now and then, not for long."""
    return error.kind == "locked" and time.monotonic() - journal.failing_since < PATIENCE_SECONDS


def _as_store_error(error: BaseException, path: Path) -> BaseException:
    """Errors of the file as sentences; anything else is a mistake of ours and stays what it is."""
    if isinstance(error, sqlite3.Error):
        return explain(error, path)
    return explain_os(error, path) if isinstance(error, OSError) else error


def _open(path: Path) -> Database:
    """The file, made or brought up to date; a foreign file is recognised before SQLite touches it."""
    with migrations.OPENING:
        return patiently(lambda: _open_known(path), BUSY_SECONDS)


def _open_known(path: Path) -> Database:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A journal beside it is what an interrupted writer left: SQLite must restore the file before it can be judged.
    if not Path(os.path.realpath(path) + "-journal").exists():
        try:
            found = migrations.recognise(path)
        except ValueError as e:
            raise not_a_database(path) from e
        if found not in (None, migrations.APPLICATION_ID):
            raise foreign(path)

    from sqlite_utils import Database

    conn = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        db = Database(conn, execute_plugins=False)
        if not migrations.is_ours(conn):
            raise foreign(path)
        migrations.migrate(conn, path)
        db.enable_wal()
        conn.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        conn.execute("PRAGMA secure_delete = ON")  # what is deleted or replaced, now or ever, is overwritten
        conn.execute("PRAGMA foreign_keys = ON")
        migrations.try_to_write(conn)
    except sqlite3.Error as e:
        conn.close()
        if path.exists() and os.access(path, os.R_OK) and not os.access(path.parent, os.W_OK):
            raise explain_os(PermissionError(errno.EACCES, "its folder is read-only"), path) from e
        raise
    except BaseException:
        conn.close()
        raise
    migrations.know(path)
    return db
