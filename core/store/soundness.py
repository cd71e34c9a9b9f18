"""Whether a file is whole: its pages, its log, the tables and indexes that follow from the log. Reads only, and holds
up nobody: what SQLite checks only where it may write is checked in a copy that is gone afterwards.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from upverdict.core import events as ev
from upverdict.core import jsonform
from upverdict.core.store import live, tables
from upverdict.core.store.logged import logged
from upverdict.core.store.opening import Connection
from upverdict.core.store.readable import Changes, Readable
from upverdict.core.store.spacing import spaced
from upverdict.core.store.taking_stock import full_text

What = Literal["file", "log", "tables", "index", "count"]
Tell = Callable[[str, int, int], None]
"""Is told what is done, how much of it is, and of how much (0: nobody knows)."""

_MOST = 20
"""Faults of one kind that are told one by one."""


class Finding(NamedTuple):
    """One thing that is wrong, in words. `debate` is empty where it is not of one."""

    what: What
    debate: str
    words: str


def findings(path: Path, tell: Tell) -> Iterator[Finding]:
    """Everything that is wrong with a file. Where its pages are damaged, what can't be read is one of these.

    Raises StoreError when it can't be opened at all.
    """
    connection = Connection(path)
    try:
        with connection.use() as conn:
            if conn is None:
                return
            unread: set[Finding] = set()  # one damaged page stands in the way of several checks
            for check in (_pages, _references, _indexes, _counts, _logs):
                for finding in _readable(check(conn, path, tell)):
                    if finding in unread:
                        continue
                    if finding.what == "file":
                        unread.add(finding)
                    yield finding
    finally:
        connection.close()


def _readable(found: Iterator[Finding]) -> Iterator[Finding]:
    try:
        yield from found
    except sqlite3.DatabaseError as e:
        yield Finding("file", "", f"a part of the file can't be read ({e})")


# -- the file -------------------------------------------------------------------------------------------------------


def _pages(conn: sqlite3.Connection, _: Path, tell: Tell) -> Iterator[Finding]:
    tell("Checking the pages of the file", 0, 0)
    for (words,) in conn.execute(f"PRAGMA integrity_check({_MOST})").fetchall():
        if words != "ok":
            yield Finding("file", "", " ".join(words.split()))


def _references(conn: sqlite3.Connection, _: Path, tell: Tell) -> Iterator[Finding]:
    tell("Checking references", 0, 0)
    lost: dict[str, int] = {}
    for table, *_ in conn.execute("PRAGMA foreign_key_check"):
        lost[table] = lost.get(table, 0) + 1
    for table, count in lost.items():
        what: What = "log" if table == "events" else "tables"
        yield Finding(what, "", f"{count:,} rows of {table} belong to nothing")


def _counts(conn: sqlite3.Connection, _: Path, tell: Tell) -> Iterator[Finding]:
    tell("Checking counts", 0, 0)
    known = dict(conn.execute("SELECT what, count FROM counts"))
    for what, sql in tables.COUNTED.items():
        counted = conn.execute(sql).fetchone()[0]
        if known.get(what) != counted:
            yield Finding("count", "", f"the list says {known.get(what)} {what}, and there are {counted}")


# -- indexes --------------------------------------------------------------------------------------------------------


def _indexes(conn: sqlite3.Connection, _: Path, tell: Tell) -> Iterator[Finding]:
    for name in full_text(conn):
        tell(f"Checking the index {name.removesuffix('_fts')}", 0, 0)
        if not index_is_sound(conn, name):
            yield Finding("index", "", f"the full-text index {name} is not what its table says: searches go wrong")


def index_is_sound(conn: sqlite3.Connection, name: str) -> bool:
    """Whether a full-text index holds just the words of its table, with the letters parted where that is needed.

    FTS5 checks that only where it may write. So its own tables are copied into the connection's temporary database, and
    it checks those against the text that stands in the file: a minute for 100,000 debates, in which nobody waits.
    Raises sqlite3.Error.
    """
    with _snapshot(conn):
        if not _parted_as_needed(conn):
            return False
        sql = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
        content = re.search(r"content='(\w+)'", sql)
        assert content  # ours all have one
        conn.execute(f"CREATE TEMP VIEW {content[1]} AS SELECT * FROM main.{content[1]}")
        conn.execute(re.sub(r"^CREATE VIRTUAL TABLE\s+\S+", f"CREATE VIRTUAL TABLE temp.{name}", sql))
        try:
            for part in ("data", "idx", "docsize", "config"):
                conn.execute(f"DELETE FROM temp.{name}_{part}")
                conn.execute(f"INSERT INTO temp.{name}_{part} SELECT * FROM main.{name}_{part}")
            conn.execute(f"INSERT INTO temp.{name} ({name}, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as e:
            if e.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
                raise
            return False
        return True


def _parted_as_needed(conn: sqlite3.Connection) -> bool:
    conn.create_function("spaced", 1, spaced, deterministic=True)
    wrong = (
        "SELECT 1 FROM statements s LEFT JOIN spaced_statements p ON p.id = s.id WHERE p.text IS NOT spaced(s.text)",
        "SELECT 1 FROM spaced_statements WHERE id NOT IN (SELECT id FROM statements)",
        "SELECT 1 FROM spaced_debates WHERE number NOT IN (SELECT number FROM debates)",
    )
    return not any(conn.execute(f"{sql} LIMIT 1").fetchone() for sql in wrong)


@contextmanager
def _snapshot(conn: sqlite3.Connection) -> Iterator[None]:
    """One state of the file for several looks; what is made meanwhile in the temporary database is gone afterwards."""
    conn.execute("BEGIN")
    try:
        yield
    finally:
        if conn.in_transaction:
            conn.execute("ROLLBACK")


# -- logs and tables ------------------------------------------------------------------------------------------------


def _logs(conn: sqlite3.Connection, path: Path, tell: Tell) -> Iterator[Finding]:
    count = int(conn.execute("SELECT count(*) FROM debates").fetchone()[0])
    for number, debate in enumerate(known(conn), 1):
        tell("Checking debates", number, max(count, number))
        with _snapshot(conn):
            try:
                wrong = differing(conn, path, debate)
            except ValueError as e:
                yield Finding("log", debate, f"its log can't be read ({e})")
                continue
        if wrong == ["log"]:
            yield Finding("log", debate, "nothing is left of its log")
        elif wrong:
            yield Finding("tables", debate, f"what {_listed(wrong)} say is not what its log says")


def known(conn: sqlite3.Connection) -> Iterator[str]:
    """Every debate of which there is a log or a row, by id."""
    after = ""
    while True:
        (after,) = conn.execute(
            "SELECT min(id) FROM (SELECT min(debate) AS id FROM events WHERE debate > ?1"
            " UNION ALL SELECT min(id) FROM debates WHERE id > ?1)",
            (after,),
        ).fetchone()
        if after is None:
            return
        yield after


def differing(conn: sqlite3.Connection, path: Path, debate: str) -> list[str]:
    """The tables that say otherwise than the log of a debate; `log` alone where there is none.

    Nothing is said of one that somebody is at, or was when his process died: what is still being said gets into the
    tables in the end (`keeping.sweep`). Raises ValueError when the log can't be read, and sqlite3.Error.
    """
    readable = Readable()
    for event in logged(conn, debate):
        readable.apply(event)
    if not readable.debate.seq:
        return ["log"]
    row = conn.execute("SELECT state FROM debates WHERE id = ?", (debate,)).fetchone()
    if (row and row[0] == "running") or live.lives(path, debate):
        return []
    readable.interrupt()
    return [table for table, want in _wanted(readable.take()).items() if _rows(conn, table, debate) != want]


def _wanted(changes: Changes) -> dict[str, list[tuple[Any, ...]]]:
    said = changes.statements.values()
    shelf = changes.shelf
    rows: dict[str, list[Any]] = {
        "debates": [changes.debate],
        "statements": [statement for statement, _ in said],
        "citations": [one for _, citations in said for one in citations],
        "sources": list(changes.sources.values()),
        "verdicts": [verdict for verdict, _ in changes.verdicts.values()],
        "quotes": [quote for _, quotes in changes.verdicts.values() for quote in quotes],
        "tags": list({tables.storable(tag) for tag in shelf.tags}) if shelf else [],
        "revisits": list(shelf.revisits) if shelf else [],
    }
    return {table: sorted(map(tuple, map(tables.storable, found)), key=repr) for table, found in rows.items()}


def _rows(conn: sqlite3.Connection, table: str, debate: str) -> list[tuple[Any, ...]]:
    columns = ", ".join(f'"{column}"' for column in tables.COLUMNS[table])
    key = "id" if table == "debates" else "debate"
    found = conn.execute(f"SELECT {columns} FROM {table} WHERE {key} = ?", (debate,)).fetchall()
    if table == "verdicts":
        found = [(*row[:-1], _as_written_now(row[-1])) for row in found]
    return sorted(found, key=repr)


def _as_written_now(ruling: str) -> str:
    """A ruling with the fields that it has by now: what an older program wrote says the same without them."""
    try:
        event = jsonform.from_raw({"kind": ev.VerdictRuled.KIND, "version": 1, "ruling": json.loads(ruling)})
    except ValueError:
        return ruling
    return json.dumps(jsonform.own(event)["ruling"], ensure_ascii=False)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
