"""The copy of a file that is made beside it before its shape is changed. Knows no step of the change and no event.

It is the file as it was: an older program opens it, and it needs no other file beside it. Nothing ever removes it but
a person; `copies` finds them.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from upverdict.core.store import duplicating
from upverdict.core.store.errors import StoreError, explain, explain_os

_PART = ".part"
"""Ends the name of a copy that is not whole yet. A killed program may leave one; the next one makes it anew."""
_SPARE_BYTES = 1 << 20
"""What has to be free beside the room for the copy: the change itself needs some, too."""


def copies(path: Path) -> list[Path]:
    """The copies beside the file that were made before a change of its shape, the oldest version first."""
    path = _real(path)
    form = re.compile(re.escape(path.stem) + r"\.v(\d+)-backup(?:-(\d+))?" + re.escape(path.suffix))
    found = [(match, file) for file in path.parent.glob("*-backup*") if (match := form.fullmatch(file.name))]
    return [file for match, file in sorted(found, key=lambda f: (int(f[0][1]), int(f[0][2] or 1)))]


def keep(conn: sqlite3.Connection, path: Path, version: int) -> Path | None:
    """Have a copy of the file as it is now, of this version, beside it: made, checked and on the disk. Returns it; None
    for a file in which nothing is kept.

    `conn` has begun to write, so that nobody else can: the copy is of all that was ever committed. Where there is a
    copy of just this already, that one is it; one that holds something else is left alone.

    Raises StoreError when the copy can't be made; nothing is left of it then.
    """
    if not conn.execute("SELECT EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM drafts)").fetchone()[0]:
        return None
    path = _real(path)
    held = _held(conn)
    number = 1
    while (copy := _name(path, version, number)).exists():
        if _holds(copy) == held:
            return copy
        number += 1
    _check_room(conn, path)
    part = copy.with_name(copy.name + _PART)
    try:
        _copy(path, part)
        os.replace(part, copy)
        duplicating.sync_folder(copy.parent)
    except sqlite3.Error as e:
        raise _refused(path, e) from e
    except OSError as e:
        raise explain_os(e, part) from e
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return copy


def _real(path: Path) -> Path:
    """Where SQLite keeps its own files, too, when the path is a link."""
    return Path(os.path.realpath(path))


def _name(path: Path, version: int, number: int) -> Path:
    again = f"-{number}" if number > 1 else ""
    return path.with_name(f"{path.stem}.v{version}-backup{again}{path.suffix}")


_COUNTS = (
    "SELECT count(*), count(deleted_at), max(updated_at) FROM debates",
    "SELECT max(rowid) FROM events",
    "SELECT count(*), total(length(text)) FROM drafts",
    "PRAGMA user_version",
)


def _held(conn: sqlite3.Connection) -> list[object]:
    """What tells one state of a file from a later one."""
    return [conn.execute(sql).fetchone() for sql in _COUNTS]


def _holds(copy: Path) -> list[object]:
    """The same of a copy; nothing where it can't be read, or never was one."""
    try:
        conn = sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)
    except sqlite3.Error:
        return []
    try:
        return _held(conn)
    except sqlite3.Error:
        return []
    finally:
        conn.close()


def _check_room(conn: sqlite3.Connection, path: Path) -> None:
    (pages,), (size,) = (conn.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size"))
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:
        return  # a file system that does not say: it is found out
    if free < pages * size + _SPARE_BYTES:
        raise _no_room(path, pages * size)


def _copy(path: Path, part: Path) -> None:
    """The file's committed state, as one file that needs no other. Raises sqlite3.Error, OSError, and StoreError when
    it is damaged.
    """
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as source:
        duplicating.fill(source, path, part, "quick_check")


def _refused(path: Path, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        try:
            return _no_room(path, path.stat().st_size)
        except OSError as e:
            return explain_os(e, path)
    return explain(error, path)


def _no_room(path: Path, size: int) -> StoreError:
    return StoreError(
        f"{path} was written by an older upverdict. Before it is brought up to date a copy of it is made beside it, "
        f"and there is no room for that. It was left as it is: free {size / 1e6 + 1:,.0f} MB in {path.parent} and try "
        "again, or move the file to where there is room.",
        "full",
    )
