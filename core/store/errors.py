"""What can go wrong with the file, as sentences for a person. Knows no table and no event; cheap to import."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TypeVar

from upverdict.core import errors
from upverdict.core.way_on import to_type

T = TypeVar("T")
_LOCKS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_WRONG_FILE = frozenset({"readonly", "unreadable", "foreign", "version", "damaged", "exists", "ambiguous"})


def way_out() -> str:
    """What saves a damaged file: typed as it is, it must not go to another file than the one that this run named."""
    return f"{to_type('db rescue', '')} saves what can be read of it in a new file."


class StoreError(errors.UserError):
    """The file could not be used. `str()` says what happened, what was kept and what to do.

    `kind` is one of `full`, `locked`, `readonly`, `unreadable`, `damaged`, `foreign`, `version`, `live`, `exists`,
    `missing`, `ambiguous`, `refused` (an event that does not fit its log), `closed`, `failed`.
    `aside` is the file in which the words that could not be written were put, if they were.
    """

    def __init__(self, message: str, kind: str = "failed", *, aside: Path | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.aside = aside
        if kind in _WRONG_FILE:
            self.exit_code = errors.WRONG_USE


class NoSuchDebate(StoreError, errors.NoSuchDebate):
    """No debate has this id. `near` are ids that look like it, the best first."""

    def __init__(self, wanted: str, near: tuple[str, ...] = ()) -> None:
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no debate {wanted}.{hint}", "missing")
        self.near = near


class AmbiguousDebate(StoreError):
    """Several debates begin with what was given. `matches` are some of them, the newest first."""

    def __init__(self, wanted: str, matches: tuple[str, ...]) -> None:
        super().__init__(f"{wanted} is not enough: it may be {', '.join(matches)} …", "ambiguous")
        self.matches = matches


class Overtaken(Exception):
    """The query was interrupted because nobody waits for its answer any more."""


def patiently(do: Callable[[], T], seconds: float) -> T:
    """Do it, again and again for so long while the file is locked. SQLite itself waits for most locks, but not for that
    of another process that makes the file just now, or brings what is left beside it back into it.

    Raises sqlite3.Error.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            return do()
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode & 0xFF not in _LOCKS or time.monotonic() >= end:
                raise
        time.sleep(0.01)


def explain(error: sqlite3.Error, path: str | PathLike[str], writing: bool = False) -> StoreError:
    """The sentence for an error of SQLite. `writing` says that words were waiting to be written."""
    code = getattr(error, "sqlite_errorcode", 0)
    kind, words = _WORDS.get(code & 0xFF, ("failed", "{path} could not be used ({error})."))
    if code == _INDEX_CORRUPT:
        kind, words = "damaged", _INDEX
    elif isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error):
        kind, words = _WORDS[sqlite3.SQLITE_CORRUPT]
    kept = " " + _KEPT if writing and kind in ("full", "locked", "readonly", "failed") else ""
    told = words.format(path=path, error=error, rescue=way_out(), rebuild=to_type("db rebuild", ""))
    return StoreError(told + kept, kind)


def explain_os(error: OSError, path: str | PathLike[str]) -> StoreError:
    """The sentence for an error of the file system."""
    if error.errno == errno.EISDIR:
        return StoreError(f"{path} is a folder. Name a file in it for the debates; it is made if need be.", "foreign")
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(_WORDS[sqlite3.SQLITE_FULL][1].format(path=path, error=error), "full")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError(
            f"{path} may not be opened: {_reason(error)}. Check its permissions and its folder's.", "readonly"
        )
    return StoreError(f"{path} could not be opened: {_reason(error)}.", "unreadable")


def foreign(path: str | PathLike[str]) -> StoreError:
    return StoreError(
        f"{path} is an SQLite file of another program. It was left as it is; choose another file for the debates.",
        "foreign",
    )


def not_a_database(path: str | PathLike[str]) -> StoreError:
    return StoreError(
        f"{path} is not an SQLite file. It was left as it is; choose another file for the debates. If your debates "
        f"were in it: {way_out()}",
        "foreign",
    )


def damaged(path: str | PathLike[str], debate: str, why: str) -> StoreError:
    return StoreError(
        f"The record of debate {debate} in {path} is damaged ({why}). The other debates are not concerned. {way_out()}",
        "damaged",
    )


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


_INDEX_CORRUPT = 267
"""SQLITE_CORRUPT_VTAB: a full-text index does not fit its table (https://www.sqlite.org/rescode.html)."""
_INDEX = "The full-text index of {path} is damaged. No debate is lost by that: {rebuild} makes it anew."
_KEPT = (
    "What was written before is safe; the words since then are held in memory and are written as soon as that works."
)
_WORDS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("full", "The disk is full: {path} can't grow. Free some space."),
    sqlite3.SQLITE_IOERR: (
        "full",
        "{path} can't be written or read ({error}): the disk may be full or failing. Free some space and check it.",
    ),
    sqlite3.SQLITE_BUSY: (
        "locked",
        "Another program holds {path} locked. Close it, or wait until it is done, and try again.",
    ),
    sqlite3.SQLITE_LOCKED: (
        "locked",
        "Another program holds {path} locked. Close it, or wait until it is done, and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "readonly",
        "{path} is read-only: debates in it can be read, nothing new is kept. Make it and its folder writable.",
    ),
    sqlite3.SQLITE_PERM: ("readonly", "{path} may not be opened. Check its permissions and its folder's."),
    sqlite3.SQLITE_CANTOPEN: (
        "unreadable",
        "{path} can't be opened. Check that it is a file and that it and its folder may be read.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "damaged",
        "{path} is damaged ({error}). It was left as it is. {rescue}",
    ),
    sqlite3.SQLITE_NOTADB: (
        "foreign",
        "{path} is not an SQLite file. It was left as it is; choose another file for the debates. If your debates were "
        "in it: {rescue}",
    ),
    sqlite3.SQLITE_TOOBIG: ("failed", "A text is too large for {path} ({error})."),
}
