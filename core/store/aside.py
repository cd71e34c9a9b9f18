"""Puts words aside that could not be written into the file, and takes them up when it can be written again.

Each debate has a file of its own: beside the database, or where that can't be written either, in a folder of the user's
among the system's temporary ones, which may be on another disk. Knows no thread.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from upverdict.core.store import live, notices
from upverdict.core.store.errors import StoreError
from upverdict.core.store.ids import is_id
from upverdict.core.store.journal import Journal
from upverdict.core.store.logged import logged_rows
from upverdict.core.store.packing import EventRow, unpack
from upverdict.core.store.transacting import transaction

_ENDING = ".rest.json"
_UNFIT = ".unfit"
"""Put behind the name of words that do not follow what the file has: nobody takes them up, but they are not lost."""


def put(journal: Journal, why: StoreError) -> StoreError:
    """Put aside what of the debate waits to be written; why it could not be, and where it is now.

    The error is the same where there was nothing, or nowhere to put it.
    """
    rows = journal.left()
    if not rows:
        return why
    told = json.dumps({"debate": journal.debate, "rows": [list(row) for row in rows]})
    for folder in (_beside(journal.path), _elsewhere(journal.path)):
        with suppress(OSError):
            return StoreError(str(why), why.kind, aside=_write(folder / f"{journal.debate}{_ENDING}", told))
    return why


def forget(path: Path, debate: str) -> None:
    """The debate is removed for good: what was put aside of it goes, too."""
    for file in _files(path):
        if file.name == f"{debate}{_ENDING}":
            with suppress(OSError):
                file.unlink()


def waiting(path: Path) -> Iterator[tuple[str, list[EventRow]]]:
    """What was put aside for the file: debates, and the rows of their logs."""
    for file in _files(path):
        debate = file.name.removesuffix(_ENDING)
        with suppress(ValueError):
            yield debate, _read(file, debate)


def add(conn: sqlite3.Connection, path: Path, debate: str, rows: list[EventRow]) -> bool:
    """Bring such rows into a file at `path` in which nobody else is; whether they follow what is there.

    Raises sqlite3.Error.
    """
    try:
        _take(conn, Journal(path, debate), rows)
    except (ValueError, StoreError):
        return False
    return True


def take_up(conn: sqlite3.Connection, path: Path) -> None:
    """Bring what was put aside into the file, each debate in a transaction; what does not follow what the file has is
    left, and told of. Raises sqlite3.Error.
    """
    for file in _files(path):
        debate = file.name.removesuffix(_ENDING)
        if not is_id(debate) or (lock := live.take(path, debate)) is None:
            continue
        journal = Journal(path, debate, lock)
        try:
            _take(conn, journal, _read(file, debate))
        except (ValueError, StoreError):
            with suppress(OSError):
                os.replace(file, f"{file}{_UNFIT}")
                notices.tell(
                    f"Words of debate {debate} had been put aside, but don't follow what is kept of it. They were left "
                    f"in {file}{_UNFIT}."
                )
        else:
            with suppress(OSError):  # it is taken up once more, which changes nothing
                file.unlink()
        finally:
            journal.release()


def _take(conn: sqlite3.Connection, journal: Journal, rows: list[EventRow]) -> None:
    journal.load(conn)
    here = logged_rows(conn, journal.debate)
    last = here[-1].seq + here[-1].size - 1 if here else 0
    # With the rows before them: pieces of a statement don't say whose they are.
    new = [row for row in rows if row.seq > last]
    for event in unpack(journal.debate, [*here, *new]):
        if event.seq > last:
            journal.add(event)
    if journal.refused is not None:
        raise journal.refused
    if new:
        journal.interrupt()
        with transaction(conn):
            journal.write(conn)


def _read(file: Path, debate: str) -> list[EventRow]:
    """Raises ValueError when it is not what was put there."""
    try:
        told: Any = json.loads(file.read_text("utf-8"))
        if told["debate"] != debate:
            raise ValueError("of another debate")
        rows = [
            EventRow(int(seq), int(size), str(at), str(kind), str(body)) for seq, size, at, kind, body in told["rows"]
        ]
    except (OSError, KeyError, TypeError) as e:
        raise ValueError(f"{type(e).__name__}: {e}") from e
    return rows


def _files(path: Path) -> Iterator[Path]:
    for folder in (_beside(path), _elsewhere(path)):
        if _is_own(folder):
            with suppress(OSError):
                yield from sorted(folder.glob(f"*{_ENDING}"))


def _beside(path: Path) -> Path:
    return live.lock_file(path, "").parent


def _elsewhere(path: Path) -> Path:
    """One folder for each file and user."""
    of = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:16]
    user = os.getuid() if sys.platform != "win32" else "own"
    return Path(tempfile.gettempdir()) / f"upverdict-{user}-{of}"


def _is_own(folder: Path) -> bool:
    """Whether nobody else can have put something there: others may write in the folders around it."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and (
        sys.platform == "win32" or (found.st_uid == os.getuid() and not found.st_mode & stat.S_IWOTH)
    )


def _write(file: Path, text: str) -> Path:
    """Raises OSError, and leaves nothing then."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_own(file.parent):
        raise PermissionError(f"{file.parent} is somebody else's")
    part = file.with_name(file.name + ".part")
    try:
        with open(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        if file.exists():  # words that nobody could take up: they are not those of now
            os.replace(file, f"{file}{_UNFIT}")
        os.replace(part, file)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return file
