"""Another file of ours, from which debates are taken over. It is only read, whoever else is at it.

An older one is brought up to date in a copy that nobody else sees.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from upverdict.core import events as ev
from upverdict.core.store import migrations
from upverdict.core.store.errors import damaged, explain, explain_os, foreign, not_a_database
from upverdict.core.store.logged import logged
from upverdict.core.store.opening import look


def is_sqlite(head: bytes) -> bool:
    """Whether a file that begins so is one of SQLite's, of whatever program."""
    return head.startswith(b"SQLite format 3\0")


class Other:
    """What is in it: `count` debates, and `debates` hands them out in the order in which they came into it."""

    def __init__(self, path: Path, conn: sqlite3.Connection) -> None:
        self._path = path
        self._conn = conn
        sql = "SELECT count(*) FROM debates WHERE deleted_at IS NULL"
        self.count = int(conn.execute(sql).fetchone()[0])

    def debates(self) -> Iterator[tuple[str, list[ev.Event]]]:
        """Every debate that is not deleted: its id, and its log. Raises StoreError where the file is damaged."""
        after = 0
        sql = "SELECT number, id FROM debates WHERE deleted_at IS NULL AND number > ? ORDER BY number LIMIT 200"
        try:
            while found := self._conn.execute(sql, (after,)).fetchall():
                for _, id in found:
                    yield id, self._log(id)
                after = found[-1][0]
        except sqlite3.Error as e:
            raise explain(e, self._path) from e

    def _log(self, id: str) -> list[ev.Event]:
        try:
            return list(logged(self._conn, id))
        except ValueError as e:
            raise damaged(self._path, id, str(e)) from e


@contextmanager
def opened(path: Path) -> Iterator[Other]:
    """The file, open for reading. Raises StoreError when it is of another program, newer, or can't be read."""
    path = path.absolute()
    with ExitStack() as closing:
        try:
            conn = _open(path, closing)
            yield Other(path, conn)
        except sqlite3.Error as e:
            raise explain(e, path) from e
        except OSError as e:
            raise explain_os(e, path) from e


def _open(path: Path, closing: ExitStack) -> sqlite3.Connection:
    with migrations.OPENING:
        try:
            found = migrations.recognise(path)
        except ValueError as e:
            raise not_a_database(path) from e
        if found != migrations.APPLICATION_ID:
            raise foreign(path)
        conn, version = look(path)
    closing.callback(conn.close)
    migrations.check_version(version, path)
    return conn if version == len(migrations.STEPS) else _newer(conn, closing)


def _newer(conn: sqlite3.Connection, closing: ExitStack) -> sqlite3.Connection:
    """A copy of an older file, brought up to date."""
    folder = tempfile.mkdtemp(prefix="upverdict-")
    closing.callback(shutil.rmtree, folder, ignore_errors=os.name == "nt")
    copy = sqlite3.connect(Path(folder, "copy.db"), isolation_level=None)
    closing.callback(copy.close)
    conn.backup(copy)
    migrations.lift(copy)
    return copy
