"""Opens a file for reading, and brings an older one up to date first. Knows no table but what tells the version."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from upverdict.core.store import migrations, notices
from upverdict.core.store.errors import Overtaken, StoreError, explain, explain_os, foreign, not_a_database, patiently

_BUSY_SECONDS = 2.0
_UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
"""How SQLite says that it can't write a file, or make its helper files beside it, which it also needs for reading."""
_NO_ROOM = (
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMMAP,
    sqlite3.SQLITE_FULL,
)
"""How it says that there is no room for these."""


class Connection:
    """A connection that is opened when it is first needed, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._conn: sqlite3.Connection | None = None
        self._turn = threading.RLock()
        self.refusal: StoreError | None = None
        """Why nothing can be written to the file; known once it was opened."""

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection | None]:
        """The connection, or None when there is no file yet. Errors of SQLite leave as StoreError or Overtaken."""
        with self._turn:
            try:
                if self._conn is None:
                    self._conn, self.refusal = _open(self._path)
                yield self._conn
            except sqlite3.Error as e:
                code = getattr(e, "sqlite_errorcode", 0)
                if code == sqlite3.SQLITE_INTERRUPT:
                    raise Overtaken from e
                if self.refusal and self._conn is not None and code == sqlite3.SQLITE_ERROR:  # no such table or column
                    raise migrations.beyond(self._path, migrations.version_of(self._conn)) from e
                raise explain(e, self._path) from e

    def interrupt(self) -> None:
        conn = self._conn
        if conn is not None:
            with suppress(sqlite3.ProgrammingError):  # closed at this very moment: nothing runs on it
                conn.interrupt()

    def close(self) -> None:
        with self._turn:
            if self._conn is not None:
                self._conn.close()
                self._conn = None

    def __del__(self) -> None:
        if self._conn is not None:
            self._conn.close()


def _open(path: Path) -> tuple[sqlite3.Connection | None, StoreError | None]:
    with migrations.OPENING:
        return patiently(lambda: _open_known(path), _BUSY_SECONDS)


def _open_known(path: Path) -> tuple[sqlite3.Connection | None, StoreError | None]:
    """The file, or None when there is none yet, and why nothing may be written to it, if a newer program wrote it."""
    try:
        _settle(path)
        found = migrations.recognise(path)
    except OSError as e:
        raise explain_os(e, path) from e
    except ValueError as e:
        raise not_a_database(path) from e
    if found is None:
        return None, None
    if found != migrations.APPLICATION_ID:
        raise foreign(path)
    conn, version = look(path)
    if version < len(migrations.STEPS):
        conn.close()
        _bring_up_to_date(path)
        conn, version = look(path)
    try:
        refusal = migrations.check_readable(conn, path)
    except BaseException:
        conn.close()
        raise
    if refusal is not None:
        notices.tell(str(refusal))
    return conn, refusal


def _settle(path: Path) -> None:
    """Have SQLite take back a change that was broken off: what it left beside the file says how it was before. Only
    one that may write can do it; whoever does not would read half a change.

    Raises StoreError where nothing may be written, OSError and sqlite3.Error.
    """
    journal = _beside(path, "-journal")
    try:
        if not journal.stat().st_size:
            return
    except FileNotFoundError:  # as usual; or whoever makes the file at this moment has just ended
        return
    conn = _connect(path, "mode=rw")
    try:
        conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError as e:
        if e.sqlite_errorcode & 0xFF not in _UNWRITABLE:
            raise
        raise StoreError(
            f"{path} can't be read where it is: it may not be written, and a change of it was broken off, which "
            f"{journal.name} takes back. Copy both to a folder that may be written and open the copy.",
            "readonly",
        ) from e
    finally:
        conn.close()


def _beside(path: Path, suffix: str) -> Path:
    """A file that SQLite keeps beside the real one, when the path is a link."""
    return Path(os.path.realpath(path) + suffix)


def look(path: Path) -> tuple[sqlite3.Connection, int]:
    """The file, open for reading only, and its version."""
    conn = _connect(path, "mode=ro")
    try:
        return conn, migrations.version_of(conn)
    except sqlite3.OperationalError as e:
        conn.close()
        if e.sqlite_errorcode & 0xFF not in _UNWRITABLE and e.sqlite_errorcode not in _NO_ROOM:
            raise
        return _open_unwritable(path)


def _bring_up_to_date(path: Path) -> None:
    """The one thing for which a reader writes: whoever only browses must not have to write a debate first.

    Raises StoreError when the file can't be written, and sqlite3.Error.
    """
    conn = _connect(path, "mode=rw")
    try:
        migrations.migrate(conn, path)
    except sqlite3.OperationalError as e:
        if e.sqlite_errorcode & 0xFF in _UNWRITABLE:
            raise migrations.outdated(path) from e
        raise
    finally:
        conn.close()


def _open_unwritable(path: Path) -> tuple[sqlite3.Connection, int]:
    """A file in a folder that can't be written: SQLite can't make its helper files there, and need not if all is in it.

    Raises StoreError when the newest words are in a file beside it, which then can't be read.
    """
    beside = _beside(path, "-wal")
    if beside.exists() and beside.stat().st_size:
        raise StoreError(
            f"{path} can't be read where it is: nothing can be written beside it, and its newest part is still in "
            f"{beside.name}. Copy both to a folder that may be written and open the copy.",
            "readonly",
        )
    conn = _connect(path, "immutable=1")
    return conn, migrations.version_of(conn)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = path.as_uri()
    if not uri.startswith("file:///"):
        uri = "file:////" + uri.removeprefix("file://")  # a Windows share: SQLite takes no host, but four slashes
    return sqlite3.connect(
        f"{uri}?{mode}", uri=True, timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None
    )
