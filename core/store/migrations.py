"""Tells a file of ours from any other, and takes the steps (`steps.py`) that one lacks. Knows nothing of events.

The writer runs it, and the reader with a file that is behind.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from upverdict.core.store import live, notices
from upverdict.core.store.errors import StoreError, way_out
from upverdict.core.store.steps import STEPS as STEPS
from upverdict.core.store.steps import take
from upverdict.core.store.transacting import transaction

APPLICATION_ID = 0x55705664
"""`UpVd` in the file's header: how a file of ours is told from any other (PRAGMA application_id)."""

_MAGIC = b"SQLite format 3\0"


OPENING = threading.Lock()
"""Held by whoever opens a file, from looking at its header to having it open. See `recognise`."""
_known: set[str] = set()


def recognise(path: Path) -> int | None:
    """As `header`, but a file is looked at only until it is known to be ours; call it with `OPENING` held.

    POSIX drops every lock that a process has on a file when the process closes any descriptor of it. So a look past
    SQLite at a file that SQLite has open here would let another process take itself for the only one, and delete the
    write-ahead log under our connections (https://www.sqlite.org/howtocorrupt.html, 2.2).

    Raises StoreError where the file is gone, and its log is not, or its log is another one's.
    """
    if os.path.realpath(path) in _known:
        found = APPLICATION_ID if path.exists() and path.stat().st_size else None
    else:
        found = header(path)
        if found == APPLICATION_ID:
            _check_pair(path)
    if found == APPLICATION_ID:
        know(path)
    elif found is None:
        check_log(path)
    return found


def _check_pair(path: Path) -> None:
    """Raises StoreError where the write-ahead log beside a file is another one's."""
    log = Path(f"{os.path.realpath(path)}-wal")
    if log.exists():
        from upverdict.core.store import pairing

        if pairing.is_foreign(path):
            raise StoreError(
                f"{log.name} beside {path} is not of this file: opening it would destroy it. Nothing was changed. Move "
                f"{log.name} away; if words are missing then: {way_out()}",
                "damaged",
            )


def check_log(path: Path) -> None:
    """Raises StoreError where a file is missing or empty and its write-ahead log is not: SQLite would take the file for
    a new one, and delete the log with all that is in it.
    """
    log = Path(f"{os.path.realpath(path)}-wal")
    try:
        size = log.stat().st_size
    except OSError:
        return
    if size > _LOG_HEAD:
        raise StoreError(
            f"{path} is {'empty' if path.exists() else 'missing'}, but {log.name} is beside it and holds what was "
            f"written last. Nothing was changed. {way_out()} To begin anew, move {log.name} away.",
            "damaged",
        )


_LOG_HEAD = 32
"""Bytes of a log in which nothing is (https://www.sqlite.org/fileformat2.html#walformat)."""


def know(path: Path) -> None:
    """The file is ours, and open or about to be: it is not looked at past SQLite any more."""
    _known.add(os.path.realpath(path))


def header(path: Path) -> int | None:
    """The application id in the file's header, read without SQLite, which would leave files beside a foreign one.

    None when there is no file or an empty one.

    Raises OSError, and ValueError when the file is not an SQLite file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return None
    if not head:
        return None
    if not head.startswith(_MAGIC) or len(head) < 100:
        raise ValueError("not an SQLite file")
    return int.from_bytes(head[68:72], "big")  # https://www.sqlite.org/fileformat2.html#application_id


def is_ours(conn: sqlite3.Connection) -> bool:
    """Whether the file is ours, or empty and can become ours."""
    # In this order: another process of ours may be making it just now, and marks it with the tables.
    if conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None:
        return True
    return bool(conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)


READER = "reader"
"""The row of `counts` by which a step tells older programs that they must not even read the file: how many steps a
program has to know for that. A file without the row is read by whoever knows a part of it: so a step that only adds
tables, columns or kinds of events writes none, and one that takes away or changes the sense of what is there does.
"""


def check_version(found: int, path: Path) -> None:
    """Raises StoreError when a newer program wrote the file, so that nothing may be written to it."""
    if found > len(STEPS):
        raise newer(found, path)


def newer(found: int, path: Path) -> StoreError:
    """Why nothing is written to a file that has taken more steps than there are here."""
    return StoreError(
        f"{path} was written by a newer upverdict (version {found} of the file, this one knows {len(STEPS)}). It can "
        "be read here, but nothing is written to it; update upverdict to go on in it.",
        "version",
    )


def check_readable(conn: sqlite3.Connection, path: Path) -> StoreError | None:
    """Why nothing may be written to a file that can be read: a newer program wrote it. None where that is not so.

    Raises StoreError when that program has said that this one can't read it, and sqlite3.Error.
    """
    found = version_of(conn)
    if found <= len(STEPS):
        return None
    try:
        needed = conn.execute("SELECT count FROM counts WHERE what = ?", (READER,)).fetchone()
    except sqlite3.OperationalError as e:
        if e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
            raise
        raise beyond(path, found) from e
    if needed and needed[0] > len(STEPS):
        raise beyond(path, found)
    return newer(found, path)


def beyond(path: Path, found: int) -> StoreError:
    """What is to be said of a newer file that can't be read here, or a part of it."""
    return StoreError(
        f"{path} was written by a newer upverdict (version {found} of the file, this one knows {len(STEPS)}), which "
        "keeps this in a way that can't be read here. It was left as it is; update upverdict to read it.",
        "version",
    )


def outdated(path: Path) -> StoreError:
    """What is to be said of an older file that can't be written."""
    return StoreError(
        f"{path} was written by an older upverdict and has to be brought up to date before it can be read, but it may "
        f"not be written here. It was left as it is; make it, {path.name}-wal and {path.name}-shm if they are beside "
        "it, and the folder writable, or open a copy of them in a folder that is.",
        "readonly",
    )


def migrate(conn: sqlite3.Connection, path: Path) -> None:
    """Bring the file to the newest version, each step in one transaction. Two processes may try at once.

    A copy of an older file is made beside it first (`backing.py`); without one no step is taken.

    Raises StoreError when the file is newer or the copy can't be made, and sqlite3.Error.
    """
    version = version_of(conn)
    if 0 < version < len(STEPS):
        with _alone(conn, path) as alone:
            if alone:
                if path.stat().st_size > _LONG_BYTES:
                    notices.tell(
                        f"{path} is being brought up to date for this version of upverdict; that takes a while."
                    )
                copy = _climb(conn, path)
                if copy is not None:
                    notices.tell(_brought(path, copy))
    else:
        _climb(conn, path)
    check_version(version_of(conn), path)


def lift(conn: sqlite3.Connection) -> None:
    """Bring a copy that nobody else sees to the newest version: none is made of it. Raises sqlite3.Error."""
    _climb(conn, None)


def _climb(conn: sqlite3.Connection, path: Path | None) -> Path | None:
    """Take the steps that lack; the copy that was made before the first of them, where there is a path for one."""
    from upverdict.core.store import backing

    copy = None
    conn.execute("PRAGMA foreign_keys = OFF")  # a table that is written anew takes nothing with it that points to it
    conn.execute("PRAGMA secure_delete = ON")  # what a step drops may be words that are deleted later
    while (version := version_of(conn)) < len(STEPS):
        with transaction(conn):
            if version_of(conn) == version:
                conn.execute(f"PRAGMA user_version = {version}")  # refused where nothing can be written
                if version and path is not None and copy is None:
                    copy = backing.keep(conn, path, version)
                take(conn, STEPS[version])
                conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                conn.execute(f"PRAGMA user_version = {version + 1}")
    return copy


@contextmanager
def _alone(conn: sqlite3.Connection, path: Path) -> Iterator[bool]:
    """Held while a file is brought up to date: copying a great one takes longer than anybody waits for a lock of
    SQLite's. Gives False when another process has done it meanwhile.

    Raises StoreError when the folder can't be written.
    """
    begun = time.monotonic()
    try:
        while (lock := live.take(path, _UPGRADE)) is None:  # which waits a little itself
            if version_of(conn) >= len(STEPS):
                yield False
                return
            if time.monotonic() - begun > _PATIENCE_SECONDS:
                notices.tell(f"Another window is bringing {path} up to date. This one goes on when that is done.")
    except StoreError as e:
        raise outdated(path) if e.kind == "readonly" else e from e
    try:
        yield True
    finally:
        live.release(path, _UPGRADE, lock)


_UPGRADE = "upgrade.file"
"""The name of the lock, which no debate has."""
_PATIENCE_SECONDS = 2.0
_LONG_BYTES = 20 << 20
"""A file of this size takes more than a moment to copy and to change."""


def _brought(path: Path, copy: Path) -> str:
    return (
        f"{path} was brought up to date for this version of upverdict. As it was before, it is kept in {copy.name} "
        f"beside it ({copy.stat().st_size / 1e6:,.1f} MB), which you can delete when you don't want to go back."
    )


def try_to_write(conn: sqlite3.Connection) -> None:
    """Raises sqlite3.Error when the file can't be written: better known before anybody speaks. Changes nothing."""
    conn.execute("BEGIN IMMEDIATE")  # which is granted on a read-only file too
    try:
        conn.execute(f"PRAGMA user_version = {len(STEPS)}")
    finally:
        conn.execute("ROLLBACK")


def version_of(conn: sqlite3.Connection) -> int:
    """How many steps the file has taken."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])
