"""Makes files as older versions of the program left them: their shape by the first steps alone, whatever came later."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path

from upverdict.core import events as ev
from upverdict.core.store import keeping, migrations, steps


def at_version(path: Path, version: int, debates: Iterable[Iterable[ev.Event]]) -> Path:
    """A file that has taken that many steps, with these debates; nothing is beside it."""
    with tempfile.TemporaryDirectory() as folder:
        newest = Path(folder) / "newest.db"
        conn = sqlite3.connect(newest, isolation_level=None)
        migrations.migrate(conn, newest)
        keeping.import_debates(conn, newest, debates)
        conn.close()
        conn = sqlite3.connect(path, isolation_level=None)
        try:
            conn.execute("PRAGMA journal_mode = WAL").fetchone()
            for step in migrations.STEPS[:version]:
                steps.take(conn, step)
            conn.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
            conn.execute(f"PRAGMA user_version = {version}")
            conn.execute("ATTACH ? AS newest", (str(newest),))
            with conn:
                conn.execute("BEGIN")
                _take_over(conn)
            conn.execute("DETACH newest")
        finally:
            conn.close()
    return path


def _take_over(conn: sqlite3.Connection) -> None:
    """The rows of every table that there was at that version, as far as it had their columns; the index from them."""
    sql = "SELECT name, sql FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = conn.execute(sql).fetchall()
    indexes = [name for name, sql in tables if sql.startswith("CREATE VIRTUAL")]
    plain = [name for name, _ in tables if not name.startswith(tuple(indexes)) and name != "counts"]
    for table in plain:
        columns = [row[1] for row in conn.execute(f"PRAGMA main.table_info({table})")]
        shared = {row[1] for row in conn.execute(f"PRAGMA newest.table_info({table})")}
        if names := ", ".join(f'"{c}"' for c in columns if c in shared):
            conn.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM newest.{table}")
    for index in indexes:
        conn.execute(f"INSERT INTO main.{index} ({index}) VALUES ('rebuild')")
