"""Reads what can be read of a damaged file into a new one. The damaged one is only copied, never opened, never written.

Rows are gathered from its pages (`remnants.py`) into a file of their own, since they come in no order; then the best
log of each debate is made (`mending.py`) and written as any imported one.
"""

from __future__ import annotations

import mmap
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from upverdict.core.store import aside, backing, duplicating, live, migrations, pages
from upverdict.core.store.errors import StoreError, explain, explain_os, foreign
from upverdict.core.store.ids import is_id
from upverdict.core.store.mending import Head, Remains, Ruled, Said, in_order, mend
from upverdict.core.store.packing import EventRow
from upverdict.core.store.ready import ready
from upverdict.core.store.remnants import Found, remnants, survey
from upverdict.core.store.transacting import transaction

_BATCH = 200
"""Debates in one transaction."""
_COPY = "damaged.db"
_FOLDER = ".upverdict-rescue-"
_BESIDE = ("-wal", "-journal")

Log = Literal["none", "used", "foreign", "doubtful"]
"""The write-ahead log beside a file: `used`; `foreign` when the file is sound without it only, so that it adds what
there is in it, and stands in for nothing; `doubtful` when it is sound neither with it nor without it.
"""
Data = bytes | mmap.mmap


class Rescued(NamedTuple):
    """What became of one debate. `lost` says in a few words what of it could not be had."""

    id: str
    question: str
    state: Literal["whole", "partly", "lost"]
    lost: str


class Rescue(NamedTuple):
    """What became of a file. `sound`: nothing of it was damaged; `readable`: nothing but what is made anew in the new
    one, such as an index. `unread` are the rows that could not be read.
    """

    debates: tuple[Rescued, ...]
    drafts: int
    log: Log
    sound: bool
    readable: bool
    unread: int


def rescue(path: Path, target: Path, on_debate: Callable[[int], object] = lambda _: None) -> Rescue:
    """Write all that can be read of the file at `path` to a new file at `target`. `on_debate` counts as it goes.

    Raises StoreError: there is no such file or nothing to be rescued in it, it is another program's or a newer one's,
    somebody is at it, or the new one can't be written. Nothing is left of that one then.
    """
    path, target = path.absolute(), target.absolute()
    part = target.with_name(target.name + ".part")
    with ExitStack() as closing:
        try:
            _check(path, target)
            folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=target.parent))
            closing.callback(shutil.rmtree, folder, ignore_errors=True)
            closing.callback(_remove, part)
            return _rescue(path, target, folder, part, on_debate)
        except sqlite3.Error as e:
            raise explain(e, target) from e
        except OSError as e:
            named = Path(e.filename) if isinstance(e.filename, str) else target
            ours = named.name.startswith((_FOLDER, part.name))  # what a person has not named tells nothing
            raise explain_os(e, target if ours else named) from e


def _check(path: Path, target: Path) -> None:
    try:
        if path.exists() or not Path(f"{path}-wal").exists():
            with path.open("rb"):
                pass
    except FileNotFoundError as e:
        raise StoreError(f"{path} is not there: there is nothing to rescue.", "unreadable") from e
    if not target.parent.exists():
        raise StoreError(f"The folder of {target} is not there: nothing was written. Make it first.", "unreadable")
    if os.path.lexists(target):
        raise StoreError(f"{target} is there already. Nothing was changed; name another file with --to.", "exists")
    if held := live.held(path):
        raise StoreError(
            f"Debate {min(held)} in {path} is being held in another window. Close it there and try again.", "live"
        )


def _rescue(path: Path, target: Path, folder: Path, part: Path, on_debate: Callable[[int], object]) -> Rescue:
    data, log = _copied(path, folder)
    _check_whose(path, bytes(data[:100]))
    gathered = sqlite3.connect(folder / "rows.db", isolation_level=None)
    try:
        which, readable, unread = _gather(gathered, data, log)
        debates, drafts = _write(gathered, path, part, on_debate)
    finally:
        gathered.close()
    if not debates and not drafts and not readable:
        raise _nothing(path)
    sound = readable and pages.Image(data, log).free() is not None and _is_sound(folder / _COPY)
    duplicating.sync(part)
    os.replace(part, target)
    duplicating.sync_folder(target.parent)
    return Rescue(tuple(debates), drafts, which, sound, readable, unread)


def _copied(path: Path, folder: Path) -> tuple[Data, bytes]:
    """The bytes of the file and of its write-ahead log; a change that was broken off is taken back by SQLite, in the
    copy (https://www.sqlite.org/lockingv3.html#hot_journals).
    """
    real = Path(os.path.realpath(path))
    copy = folder / _COPY
    if real.exists():
        shutil.copyfile(real, copy)
    else:
        copy.touch()
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            shutil.copyfile(f"{real}{suffix}", f"{copy}{suffix}")
    log = Path(f"{copy}-wal")
    found = log.read_bytes() if log.exists() else b""
    journal = Path(f"{copy}-journal")
    if journal.exists() and journal.stat().st_size and not found:
        conn = sqlite3.connect(copy)
        with suppress(sqlite3.Error):  # then it stays as it is
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        conn.close()
    with copy.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b"", found


def _check_whose(path: Path, head: bytes) -> None:
    if not pages.is_database(head) or len(head) < 100:
        return  # damaged there, too: what is in it will tell
    owner, version = int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big")
    if owner not in (0, migrations.APPLICATION_ID):  # nothing was ever brought into a file with 0
        raise foreign(path)
    if owner and version > len(migrations.STEPS):
        raise StoreError(
            f"{path} was written by a newer upverdict. It was left as it is; update upverdict to rescue it.", "version"
        )


def _is_sound(copy: Path) -> bool:
    """Whether SQLite finds nothing wrong, in the copy, which it may change now: nobody reads it any more."""
    conn = sqlite3.connect(copy)
    try:
        return bool(conn.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
    finally:
        conn.close()


# -- gathering ------------------------------------------------------------------------------------------------------

_ROWS = """
CREATE TABLE events (debate, seq, count, at, kind, body, doubt, PRIMARY KEY (debate, seq, doubt));
CREATE TABLE statements (debate, statement, voice, name, round, number, state, at, text, doubt,
                         PRIMARY KEY (debate, statement, doubt));
CREATE TABLE verdicts (debate, version, cause, at, ruling, doubt, PRIMARY KEY (debate, version, doubt));
CREATE TABLE debates (id PRIMARY KEY, number, question, background, state, created_at, updated_at, last_seq, deleted);
CREATE TABLE drafts (key PRIMARY KEY, text);
CREATE TABLE unclean (what PRIMARY KEY);
"""
_COLUMNS = {
    "events": ("debate", "seq", "count", "at", "kind", "body"),
    "statements": ("debate", "statement", "voice", "name", "round", "number", "state", "at", "text"),
    "verdicts": ("debate", "version", "cause", "at", "ruling"),
    "debates": ("id", "number", "question", "background", "state", "created_at", "updated_at", "last_seq"),
    "drafts": ("key", "text"),
    "unclean": ("what",),
}
_HIDDEN = "debate "


def _gather(conn: sqlite3.Connection, data: Data, log: bytes) -> tuple[Log, bool, int]:
    """Have all rows in tables. What the log was good for, whether every row could be read, how many could not."""
    conn.execute("PRAGMA journal_mode = OFF").fetchone()
    conn.execute("PRAGMA synchronous = OFF")
    both = pages.Image(data, log)
    known = survey(both)
    trouble = _read(conn, both, known)
    if not both.laid_over:
        return "none", trouble == 0 and pages.is_database(bytes(data[:16])), trouble
    if trouble == 0:
        return "used", pages.is_database(bytes(data[:16])), 0
    alone = pages.Image(data)
    without = survey(alone)
    if (less := _read(conn, alone, without)) == 0:
        _read(conn, both, known, doubt=1)
        return "foreign", False, 0
    _read(conn, both, known)
    _read(conn, alone, without, doubt=1)
    return "doubtful", False, min(trouble, less)


def _read(conn: sqlite3.Connection, image: pages.Image, known: Found, doubt: int = 0) -> int:
    """Read every row into the tables: in place of what is in them, or beside it, in doubt. How many could not be."""
    unread = len(known.unread)
    conn.execute("BEGIN")
    if not doubt:
        for (table,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            conn.execute(f"DROP TABLE {table}")
        for statement in filter(str.strip, _ROWS.split(";")):
            conn.execute(statement)
    for remnant in remnants(image, known):
        if remnant is None:
            unread += 1
            continue
        table, record, stray = remnant
        unread += stray
        values: list[Any] = [record.get(column) for column in _COLUMNS[table]]
        if table == "debates":
            values.append(record.get("deleted_at") is not None)
        elif table in ("events", "statements", "verdicts"):
            values.append(doubt)
        conn.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    orphaned = "SELECT count(DISTINCT debate) FROM events WHERE debate NOT IN (SELECT id FROM debates)"
    unread += int(conn.execute(orphaned).fetchone()[0])
    conn.execute("COMMIT")
    return unread


# -- writing --------------------------------------------------------------------------------------------------------


def _write(
    conn: sqlite3.Connection, path: Path, part: Path, on_debate: Callable[[int], object]
) -> tuple[list[Rescued], int]:
    """The new file, whole and checked but for its name; what became of each debate, and how many drafts there are."""
    _remove(part)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    new = sqlite3.connect(part, isolation_level=None)
    try:
        new.execute("PRAGMA journal_mode = OFF").fetchone()  # whoever is killed leaves a part, which is no file
        new.execute("PRAGMA synchronous = OFF")
        migrations.migrate(new, part)
        found: list[Rescued] = []
        waiting: list[Remains] = []
        for remains in _remains(conn):
            waiting.append(remains)
            if len(waiting) == _BATCH:
                found += _write_some(new, waiting)
                waiting = []
                on_debate(len(found))
        found += _write_some(new, waiting)
        on_debate(len(found))
        found = _with_aside(new, path, part, found)
        drafts = conn.execute("SELECT key, text FROM drafts").fetchall()
        new.executemany("INSERT INTO drafts (key, text) VALUES (?, ?)", drafts)
        (sound,) = new.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(f"database disk image is malformed: {sound}")
        new.execute("PRAGMA journal_mode = WAL").fetchone()
    finally:
        new.close()
    return found, len(drafts)


def _with_aside(new: sqlite3.Connection, path: Path, part: Path, found: list[Rescued]) -> list[Rescued]:
    """With what was put aside when the damaged file could not be written any more."""
    states = {one.id: one for one in found}
    for debate, rows in aside.waiting(path):
        if is_id(debate) and aside.add(new, part, debate, rows) and debate not in states:
            (question,) = new.execute("SELECT question FROM debates WHERE id = ?", (debate,)).fetchone()
            states[debate] = Rescued(debate, question, "whole", "")
    return list(states.values())


def _write_some(new: sqlite3.Connection, some: list[Remains]) -> list[Rescued]:
    with transaction(new):
        return [_write_one(new, remains) for remains in some]


def _write_one(new: sqlite3.Connection, remains: Remains) -> Rescued:
    mended = mend(remains)
    question = remains.head.question if remains.head else ""
    if mended is None:
        return Rescued(remains.id, question, "lost", _left(remains))
    try:
        made, debate = ready(mended.events)
    except ValueError as e:
        return Rescued(remains.id, question, "lost", str(e))
    made.write(new)
    return Rescued(remains.id, debate.question, "partly" if mended.lost else "whole", mended.lost)


def _left(remains: Remains) -> str:
    return f"all but {len(remains.rows):,} rows of its log, which tell nothing" if remains.rows else "its log"


def _remains(conn: sqlite3.Connection) -> Iterator[Remains]:
    """What there is of each debate that was not deleted, in the order in which they were begun."""
    hidden = {what.removeprefix(_HIDDEN) for (what,) in conn.execute("SELECT what FROM unclean")}
    heads = {
        id: (deleted, Head(*head))
        for id, deleted, *head in conn.execute(
            "SELECT id, deleted, question, background, state, created_at, updated_at, last_seq FROM debates"
        )
    }
    ids = conn.execute(
        "SELECT debate, min(at) FROM (SELECT id AS debate, created_at AS at, number FROM debates"
        " UNION ALL SELECT debate, at, NULL FROM events WHERE seq = 1 OR debate NOT IN (SELECT id FROM debates)"
        " UNION ALL SELECT debate, at, NULL FROM statements WHERE debate NOT IN (SELECT id FROM debates))"
        " GROUP BY debate ORDER BY coalesce(max(number), 1 << 62), min(at)"
    )
    for id, _ in ids.fetchall():
        deleted, head = heads.get(id, (False, None))
        if not deleted and id not in hidden and is_id(id):
            yield Remains(id, list(in_order(_events(conn, id))), head, _said(conn, id), _ruled(conn, id))


def _events(conn: sqlite3.Connection, id: str) -> list[EventRow]:
    sql = "SELECT seq, count, at, kind, body FROM events WHERE debate = ? ORDER BY doubt, seq"
    return [EventRow._make(row) for row in conn.execute(sql, (id,))]


def _said(conn: sqlite3.Connection, id: str) -> list[Said]:
    sql = (
        "SELECT statement, voice, name, round, number, state, at, text FROM statements WHERE debate = ?"
        " ORDER BY doubt DESC, rowid"
    )
    return list({row[0]: Said(*row) for row in conn.execute(sql, (id,))}.values())


def _ruled(conn: sqlite3.Connection, id: str) -> list[Ruled]:
    sql = "SELECT version, cause, at, ruling FROM verdicts WHERE debate = ? ORDER BY doubt DESC, version"
    return list({row[0]: Ruled(*row) for row in conn.execute(sql, (id,))}.values())


def _remove(part: Path) -> None:
    for file in (part, *(part.with_name(part.name + suffix) for suffix in (*_BESIDE, "-shm"))):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _nothing(path: Path) -> StoreError:
    copies = backing.copies(path)
    hint = f" There is a copy of before an update beside it: {copies[-1].name}." if copies else ""
    return StoreError(
        f"Nothing of a debate can be read in {path}. It was left as it is; restore it from a copy.{hint}", "damaged"
    )
