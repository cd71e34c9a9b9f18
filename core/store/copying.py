"""A copy of the file while others write in it, and the file without its empty pages. Knows no event."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from upverdict.core.store import cleaning, duplicating, live, migrations
from upverdict.core.store.errors import StoreError, explain, explain_os, foreign, not_a_database
from upverdict.core.store.opening import look

_PAGES = 2_000
"""Pages in one step of a copy: some megabytes, between which is told how far it is."""


def copy(path: Path, part: Path, tell: Callable[[str, int, int], None], target: Path | None = None) -> None:
    """Make a new file that holds all that is committed in the one at `path` now: whole, checked and on the disk. What
    it will be called then is `target`; errors name that.

    Others go on writing: it is a copy of one state. Needs no other file beside it. Raises StoreError; then `part`, of
    whatever is in it, is the caller's to remove.
    """
    try:
        with migrations.OPENING:
            if (found := migrations.recognise(path)) is None:
                raise StoreError(f"{path} is not there: there is nothing to copy.", "unreadable")
            if found != migrations.APPLICATION_ID:
                raise foreign(path)
            source, _ = look(path)
    except ValueError as e:
        raise not_a_database(path) from e
    except OSError as e:
        raise explain_os(e, path) from e
    except sqlite3.Error as e:
        raise explain(e, path) from e
    with closing(source):
        try:
            duplicating.fill(source, path, part, "integrity_check", _PAGES, tell)
        except sqlite3.Error as e:
            raise explain(e, path if "malformed" in str(e) else target or part) from e
        except OSError as e:
            raise explain_os(e, target or part) from e


class Vacuumed(NamedTuple):
    """Bytes before and after, of the file and what stands beside it. `waits`: it shrinks when others close it."""

    before: int
    after: int
    waits: bool


def vacuum(conn: sqlite3.Connection, path: Path) -> Vacuumed:
    """Write the file anew without its empty pages, and without what was deleted. Nobody else can write meanwhile.

    Raises StoreError while a debate is held or an import runs, and sqlite3.Error.
    """
    held = [f"{debate} is being debated" for debate in sorted(live.held(path))]
    if busy := [*held, *["an import is running"] * live.is_importing(path)]:
        raise StoreError(
            f"{path} is written anew only while nobody has to wait for it, and {busy[0]} in another window. Nothing "
            "was changed; close it there and try again.",
            "live",
        )
    before = _size(path)
    while cleaning.step(conn):
        pass
    conn.execute("VACUUM")
    conn.execute("PRAGMA busy_timeout = 500")  # who reads just now is not waited for
    blocked = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return Vacuumed(before, _size(path), bool(blocked))


def _size(path: Path) -> int:
    beside = path.with_name(path.name + "-wal")
    return path.stat().st_size + (beside.stat().st_size if beside.exists() else 0)
