"""What is in the file, counted. Reads only; knows no event."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

from upverdict.core.store import live, migrations
from upverdict.core.store.reader import STATES, Library


class Stock(NamedTuple):
    """The file in numbers. Sizes are bytes; `indexes` are those of the full-text indexes among `size`.

    `unwritten`: what stands beside the file in its write-ahead log. `free`: pages that hold nothing, each of `page`
    bytes. `oldest` and `newest` are the times of debates, empty where there is none. `held`: the debates at which some
    window is now.
    """

    debates: int
    states: dict[str, int]
    deleted: int
    statements: int
    verdicts: int
    events: int
    drafts: int
    size: int
    unwritten: int
    indexes: int
    page: int
    free: int
    version: int
    newest_version: int
    application_id: int
    sqlite: str
    journal: str
    oldest: str
    newest: str
    held: tuple[str, ...]


def stock(library: Library) -> Stock | None:
    """None where there is no file yet. Looks at every row of the log's index: a second for 100,000 debates.

    Raises StoreError.
    """
    with library.reading() as conn:
        return _stock(conn, library.path) if conn is not None else None


def _stock(conn: sqlite3.Connection, path: Path) -> Stock:
    def one(sql: str) -> int:
        return int(conn.execute(sql).fetchone()[0] or 0)

    held = live.held(path)
    states: dict[str, int] = dict.fromkeys(STATES, 0)
    for state, count in conn.execute("SELECT state, count(*) FROM debates WHERE deleted_at IS NULL GROUP BY state"):
        states[state] = count
    running = conn.execute("SELECT id FROM debates WHERE deleted_at IS NULL AND state = 'running'").fetchall()
    dead = sum(id not in held for (id,) in running)
    states["running"] -= dead
    states["interrupted"] += dead
    oldest, newest = conn.execute(
        "SELECT min(created_at), max(created_at) FROM debates WHERE deleted_at IS NULL"
    ).fetchone()
    return Stock(
        debates=sum(states.values()),
        states=states,
        deleted=one("SELECT count(*) FROM debates WHERE deleted_at IS NOT NULL"),
        statements=one("SELECT count(*) FROM statements"),
        verdicts=one("SELECT count(*) FROM verdicts"),
        events=one("SELECT sum(count) FROM events"),
        drafts=one("SELECT count(*) FROM drafts"),
        size=path.stat().st_size,
        unwritten=_size(path.with_name(path.name + "-wal")),
        indexes=sum(one(f"SELECT sum(length(block)) FROM {name}_data") for name in full_text(conn)),
        page=one("PRAGMA page_size"),
        free=one("PRAGMA freelist_count"),
        version=migrations.version_of(conn),
        newest_version=len(migrations.STEPS),
        application_id=one("PRAGMA application_id"),
        sqlite=sqlite3.sqlite_version,
        journal=str(conn.execute("PRAGMA journal_mode").fetchone()[0]),
        oldest=oldest or "",
        newest=newest or "",
        held=tuple(sorted(held)),
    )


def full_text(conn: sqlite3.Connection) -> list[str]:
    """The full-text indexes of the file, by name."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%' ORDER BY name"
    return [name for (name,) in conn.execute(sql)]


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
