"""Rows into the file and out of it: the log, the readable tables, the full-text index. Knows no thread and no lock.

Every function runs inside the caller's transaction and raises sqlite3.Error.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from upverdict.core.store import reindexing
from upverdict.core.store.packing import EventRow
from upverdict.core.store.readable import (
    NOTHING,
    Changes,
    CitationRow,
    DebateRow,
    QuoteRow,
    RevisitRow,
    ShelfRows,
    SourceRow,
    StatementRow,
    TagRow,
    VerdictRow,
)
from upverdict.core.store.reindexing import SOUGHT
from upverdict.core.store.spacing import spaced

_Row = TypeVar("_Row", DebateRow, StatementRow, VerdictRow, QuoteRow, SourceRow, CitationRow, TagRow, RevisitRow)


COLUMNS: dict[str, tuple[str, ...]] = {
    "debates": DebateRow._fields,
    "statements": StatementRow._fields,
    "verdicts": VerdictRow._fields,
    "quotes": QuoteRow._fields,
    "sources": SourceRow._fields,
    "citations": CitationRow._fields,
    "tags": TagRow._fields,
    "revisits": RevisitRow._fields,
}
"""The readable tables, each with the columns that follow from the log."""

COUNTED = {
    "debates": "SELECT count(*) FROM debates WHERE deleted_at IS NULL",
    "archived": "SELECT count(*) FROM debates WHERE deleted_at IS NULL AND archived",
}
"""What is counted in the table `counts`, and how it can be counted anew."""


def write(conn: sqlite3.Connection, debate: str, rows: Sequence[EventRow], changes: Changes) -> None:
    """Append rows to the log of a debate, and bring the readable tables up to them."""
    if changes.debate is not None:
        _write_debate(conn, changes.debate)
    conn.executemany(
        "INSERT INTO events (debate, seq, count, at, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
        [(debate, *row) for row in rows],
    )
    for source in changes.sources.values():
        conn.execute(_insert("sources", source, "INSERT OR REPLACE"), storable(source))
    for statement, citations in changes.statements.values():
        _write_statement(conn, statement)
        conn.execute("DELETE FROM citations WHERE debate = ? AND statement = ?", statement[:2])
        for citation in citations:
            conn.execute(_insert("citations", citation), storable(citation))
    for verdict, quotes in changes.verdicts.values():
        _write_verdict(conn, verdict, quotes)
    if changes.shelf is not None:
        _write_shelf(conn, debate, changes.shelf)


def rebuild_index(conn: sqlite3.Connection) -> None:
    """Both full-text indexes anew from the tables, whatever somebody did with another program."""
    reindexing.fill(conn)


def recount(conn: sqlite3.Connection) -> None:
    """The counts anew from the tables."""
    for what, counted in COUNTED.items():
        conn.execute(f"INSERT OR REPLACE INTO counts (what, count) VALUES (?, ({counted}))", (what,))


def prune(conn: sqlite3.Connection, debate: str, keep: Changes | None = None) -> None:
    """Take out of the readable tables what `keep` does not name: everything, or what a rebuild found no ground for."""
    kept = keep or NOTHING
    _write_shelf(conn, debate, ShelfRows())
    said = conn.execute("SELECT id, statement FROM statements WHERE debate = ?", (debate,)).fetchall()
    for id, statement in said:
        if statement not in kept.statements:
            _unindex_statement(conn, id)
            conn.execute("DELETE FROM statements WHERE id = ?", (id,))
            conn.execute("DELETE FROM citations WHERE debate = ? AND statement = ?", (debate, statement))
    for (source,) in conn.execute("SELECT source FROM sources WHERE debate = ?", (debate,)).fetchall():
        if source not in kept.sources:
            conn.execute("DELETE FROM sources WHERE debate = ? AND source = ?", (debate, source))
    for (version,) in conn.execute("SELECT version FROM verdicts WHERE debate = ?", (debate,)).fetchall():
        if version not in kept.verdicts:
            conn.execute("DELETE FROM quotes WHERE debate = ? AND version = ?", (debate, version))
            conn.execute("DELETE FROM verdicts WHERE debate = ? AND version = ?", (debate, version))


def remove(conn: sqlite3.Connection, debate: str) -> None:
    """Everything of one debate."""
    prune(conn, debate)
    conn.execute("DELETE FROM events WHERE debate = ?", (debate,))
    old = conn.execute("SELECT number FROM debates WHERE id = ?", (debate,)).fetchone()
    if old is not None:
        _unindex_debate(conn, old[0])
        conn.execute("DELETE FROM debates WHERE number = ?", (old[0],))
    # `ID`, and `ID.what` for what is written about it elsewhere; an id has no sign that GLOB reads otherwise.
    conn.execute("DELETE FROM drafts WHERE key = ? OR key GLOB ?", (debate, f"{debate}.*"))


_SOUGHT = ", ".join(SOUGHT)
_PLACES = ", ".join("?" * (1 + len(SOUGHT)))


def _write_debate(conn: sqlite3.Connection, row: DebateRow) -> None:
    row = storable(row)
    sql = f"SELECT number, {', '.join(row._fields)} FROM debates WHERE id = ?"
    old = conn.execute(sql, (row.id,)).fetchone()
    sought = tuple(str(getattr(row, column)) for column in SOUGHT)
    if old is None:
        number = conn.execute("SELECT coalesce(max(number), 0) + 1 FROM debates").fetchone()[0]
        conn.execute(
            f"INSERT INTO debates (number, {', '.join(row._fields)}) VALUES (?{', ?' * len(row)})", (number, *row)
        )
        _index_debate(conn, number, sought)
        return
    number, was = old[0], DebateRow._make(old[1:])
    changed = {column: value for column, value in row._asdict().items() if value != getattr(was, column)}
    if not changed:
        return
    if reindexed := not changed.keys().isdisjoint(SOUGHT):
        _unindex_debate(conn, number)
    setting = ", ".join(f"{column} = ?" for column in changed)
    conn.execute(f"UPDATE debates SET {setting} WHERE number = ?", (*changed.values(), number))
    if reindexed:
        _index_debate(conn, number, sought)


def _index_debate(conn: sqlite3.Connection, number: int | None, sought: tuple[str, ...]) -> None:
    if any(parted := [spaced(text) for text in sought]):
        conn.execute(
            f"INSERT INTO spaced_debates (number, {_SOUGHT}) VALUES ({_PLACES})",
            (number, *(new or old for new, old in zip(parted, sought, strict=True))),
        )
    conn.execute(f"INSERT INTO debates_fts (rowid, {_SOUGHT}) SELECT * FROM debates_sought WHERE number = ?", (number,))


def _unindex_debate(conn: sqlite3.Connection, number: int) -> None:
    # An index over external content takes words out only when it is told the very words that went in.
    conn.execute(
        f"INSERT INTO debates_fts (debates_fts, rowid, {_SOUGHT})"
        " SELECT 'delete', * FROM debates_sought WHERE number = ?",
        (number,),
    )
    conn.execute("DELETE FROM spaced_debates WHERE number = ?", (number,))


def _write_statement(conn: sqlite3.Connection, row: StatementRow) -> None:
    row = storable(row)
    key = (row.debate, row.statement)
    old = conn.execute("SELECT id FROM statements WHERE debate = ? AND statement = ?", key).fetchone()
    if old is None:
        id = conn.execute(_insert("statements", row), row).lastrowid
    else:
        id = old[0]
        _unindex_statement(conn, id)
        conn.execute(f"UPDATE statements SET {', '.join(f'{c} = ?' for c in row._fields)} WHERE id = ?", (*row, id))
    if (parted := spaced(row.text)) is not None:
        conn.execute("INSERT INTO spaced_statements (id, text) VALUES (?, ?)", (id, parted))
    conn.execute("INSERT INTO statements_fts (rowid, text) VALUES (?, ?)", (id, parted or row.text))


def _unindex_statement(conn: sqlite3.Connection, id: int) -> None:
    conn.execute(
        "INSERT INTO statements_fts (statements_fts, rowid, text)"
        " SELECT 'delete', id, text FROM statements_sought WHERE id = ?",
        (id,),
    )
    conn.execute("DELETE FROM spaced_statements WHERE id = ?", (id,))


def _write_verdict(conn: sqlite3.Connection, row: VerdictRow, quotes: Iterable[QuoteRow]) -> None:
    key = (row.debate, row.version)
    conn.execute("DELETE FROM quotes WHERE debate = ? AND version = ?", key)
    conn.execute(_insert("verdicts", row, "INSERT OR REPLACE"), storable(row))
    for quote in quotes:
        conn.execute(_insert("quotes", quote), storable(quote))


def _write_shelf(conn: sqlite3.Connection, debate: str, rows: ShelfRows) -> None:
    conn.execute("DELETE FROM tags WHERE debate = ?", (debate,))
    conn.execute("DELETE FROM revisits WHERE debate = ?", (debate,))
    for tag in rows.tags:
        conn.execute(_insert("tags", tag, "INSERT OR IGNORE"), storable(tag))  # what can't be stored may be alike
    for revisit in rows.revisits:
        conn.execute(_insert("revisits", revisit), storable(revisit))


def _insert(table: str, row: NamedTuple, verb: str = "INSERT") -> str:
    columns = ", ".join(f'"{c}"' for c in row._fields)
    return f"{verb} INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})"


def storable(row: _Row) -> _Row:
    """Lone surrogates, which UTF-8 can't hold, become `?`: the log keeps them, the readable tables need not."""
    odd: dict[str, Any] = {k: utf8(v) for k, v in row._asdict().items() if isinstance(v, str) and not v.isascii()}
    return row._replace(**odd)


def utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
