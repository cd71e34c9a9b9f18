"""A new file that holds what another one holds, and what puts a file on the disk. Knows no table of ours."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Literal

Check = Literal["quick_check", "integrity_check"]
"""Of these two of SQLite's, the second looks into the indexes too."""


def fill(
    source: sqlite3.Connection,
    path: Path,
    part: Path,
    check: Check,
    pages: int = -1,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> None:
    """Make the file `part`, with the rights of the one at `path` (but writable), of one committed state of `source`:
    whole, checked, on the disk, and in need of no other file beside it. In steps of so many `pages`, between which it
    is told how far it is.

    Raises OSError, and sqlite3.Error where it can't be made or the source is damaged; `part`, of whatever is in it, is
    the caller's to remove then.
    """
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    # Before there is a word in it. Whoever makes it may write it, also where the other one is read-only.
    part.chmod(path.stat().st_mode & 0o777 | 0o600)
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        # Whoever is killed meanwhile leaves a part, which nobody takes for a copy: it needs no journal.
        target.execute("PRAGMA journal_mode = OFF").fetchone()
        target.execute("PRAGMA synchronous = OFF")
        # One state for all steps: without it each word that somebody writes would make SQLite begin from the start.
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master").fetchone()

        def copied(_status: int, remaining: int, total: int) -> None:
            tell("Copying pages", total - remaining, total)

        source.backup(target, pages=pages, progress=copied, sleep=0)
        source.execute("ROLLBACK")
        # The write-ahead log is a mark in the copied header; without it nothing has to be made beside the copy.
        target.execute("PRAGMA journal_mode = DELETE").fetchone()
        tell("Checking the copy", 0, 0)
        (found,) = target.execute(f"PRAGMA {check}(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(f"database disk image is malformed: {' '.join(found.split())}")
    sync(part)


def sync(file: Path) -> None:
    """Have all of it on the disk. Raises OSError."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have a new name on the disk as well. Windows opens no folder, and needs no such thing. Raises OSError."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
