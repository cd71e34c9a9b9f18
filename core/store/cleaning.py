"""Takes what was deleted out of the file's bytes for good, in steps. Knows no thread.

SQLite overwrites what is deleted (`secure_delete`), but for two places, and for each the table `unclean` has rows.
It also names the debates that are hidden: deleted, but to be brought back as long as the window lives that did it; and
those that an import has written and not shown yet (`arriving.py`), or never will, since its process died.

- The full-text indexes. FTS5 deletes by adding a mark; the words themselves stay until the segment that has them is
  merged with the one that has the mark, which may be never. So all segments are merged into one: some 10,000 pages a
  second, 25 s in all for 100,000 debates, in steps for which nobody has to wait. FTS5's own `secure-delete` would be
  quicker, but SQLite has it since 3.42 only, and once it was used older ones can't read the index any more.
- The pages. When SQLite spreads rows over other pages, copies may stay in the unused middle of the old ones. Only
  VACUUM leaves none, which is done while the file is small.
"""

from __future__ import annotations

import sqlite3
import time

from upverdict.core.store import tables
from upverdict.core.store.reindexing import INDEXES
from upverdict.core.store.transacting import transaction

PAGES = "pages"
_HIDDEN = "debate "
_ARRIVING = "import "
_REMAINS = "remains "
IS_ARRIVING = f"(deleted_at GLOB '{_ARRIVING}*')"
"""SQL: whether an import wrote the debate and has not shown it."""
STEP_SECONDS = 0.05
"""How long one step takes out what an import left."""
STEP_PAGES = 250
"""Pages of an index that one step writes: about 30 ms, in which nobody else can write."""
VACUUM_BYTES = 32 << 20
"""A larger file, of some 800 debates and more, is not written anew: one of this size takes a quarter of a second."""
CLOSING_SECONDS = 1.0
"""How long closing the file may take longer for the indexes: enough for some thousand debates."""


def hide(conn: sqlite3.Connection, debate: str) -> None:
    """Note that a debate is hidden, so that it is found again without a look at every row."""
    conn.execute("INSERT OR IGNORE INTO unclean (what) VALUES (?)", (_HIDDEN + debate,))


def unhide(conn: sqlite3.Connection, debate: str) -> None:
    """It is back, or gone for good."""
    _strike(conn, _HIDDEN + debate)


def hidden(conn: sqlite3.Connection) -> list[str]:
    """The debates that are hidden."""
    return _noted(conn, _HIDDEN)


# -- imports --------------------------------------------------------------------------------------------------------


def hide_arriving(conn: sqlite3.Connection, token: str, debates: list[str]) -> None:
    """What the import of this token has just written is not to be seen yet. Belongs into its transaction."""
    conn.execute("INSERT OR IGNORE INTO unclean (what) VALUES (?)", (_ARRIVING + token,))
    mark = _ARRIVING + token
    conn.executemany("UPDATE debates SET deleted_at = ? WHERE id = ?", [(mark, debate) for debate in debates])


def show_arrived(conn: sqlite3.Connection, token: str) -> None:
    """The import is whole: all of it is seen. Belongs into its last transaction."""
    conn.execute("UPDATE debates SET deleted_at = NULL WHERE deleted_at = ?", (_ARRIVING + token,))
    _strike(conn, _ARRIVING + token)


def token_of(deleted_at: str | None) -> str | None:
    """The token of the import that wrote a debate and has not shown it; None for any other debate."""
    is_one = deleted_at is not None and deleted_at.startswith(_ARRIVING)
    return deleted_at.removeprefix(_ARRIVING) if is_one and deleted_at else None


def arriving(conn: sqlite3.Connection) -> list[str]:
    """The tokens of the imports that are not whole yet, of dead processes, too."""
    return _noted(conn, _ARRIVING)


def give_up(conn: sqlite3.Connection, token: str) -> None:
    """The process of this import died: what it wrote is to be taken out."""
    with transaction(conn):
        conn.execute("INSERT OR IGNORE INTO unclean (what) VALUES (?)", (_REMAINS + token,))
        _strike(conn, _ARRIVING + token)


def take_out(conn: sqlite3.Connection, token: str, seconds: float) -> bool:
    """Remove some of what an import wrote, in a transaction; whether nothing of it is left. Raises sqlite3.Error."""
    end = time.monotonic() + seconds
    sql = "SELECT id FROM debates WHERE deleted_at = ? ORDER BY number DESC LIMIT 10"  # the last of all, mostly
    with transaction(conn):
        while found := conn.execute(sql, (_ARRIVING + token,)).fetchall():
            for (debate,) in found:
                tables.remove(conn, debate)
            if time.monotonic() > end:
                return False
        _strike(conn, _ARRIVING + token)
        _strike(conn, _REMAINS + token)
        ask(conn)
    return True


# -- the bytes ------------------------------------------------------------------------------------------------------


def ask(conn: sqlite3.Connection) -> None:
    """Have the file cleaned. Belongs into the transaction that deleted something."""
    conn.executemany("INSERT OR IGNORE INTO unclean (what) VALUES (?)", [(what,) for what in (*INDEXES, PAGES)])


def step(conn: sqlite3.Connection) -> bool:
    """Do a part of it, in a transaction of its own; whether there may be more to do.

    Raises sqlite3.Error.
    """
    for token in _noted(conn, _REMAINS):
        take_out(conn, token, STEP_SECONDS)
        return True
    unclean = {what for (what,) in conn.execute("SELECT what FROM unclean")}
    for name in INDEXES:
        if name in unclean:
            _merge(conn, name)
            return True
    if PAGES in unclean:
        if _bytes(conn) <= VACUUM_BYTES:
            conn.execute("VACUUM")
        with transaction(conn):
            _strike(conn, PAGES)
    return False


def finish(conn: sqlite3.Connection, seconds: float = CLOSING_SECONDS) -> None:
    """Do all of it, or as much as there is time for; the rest stays noted in the file.

    Raises sqlite3.Error.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and step(conn):
        pass


def _merge(conn: sqlite3.Connection, name: str) -> None:
    with transaction(conn):
        before = conn.total_changes
        # Negative: all segments, also those that came since the step before, and not only full levels of them.
        conn.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('merge', ?)", (-STEP_PAGES,))
        # https://www.sqlite.org/fts5.html#the_merge_command: fewer than two changes mean that nothing was left to do.
        if conn.total_changes - before < 2:
            _strike(conn, name)


def _noted(conn: sqlite3.Connection, kind: str) -> list[str]:
    found = conn.execute("SELECT what FROM unclean WHERE what >= ? AND what < ?", (kind, kind + "\U0010ffff"))
    return [what.removeprefix(kind) for (what,) in found]


def _strike(conn: sqlite3.Connection, what: str) -> None:
    """Nothing is left to be done of this. Belongs into the caller's transaction."""
    conn.execute("DELETE FROM unclean WHERE what = ?", (what,))


def _bytes(conn: sqlite3.Connection) -> int:
    (pages,) = conn.execute("PRAGMA page_count").fetchone()
    (size,) = conn.execute("PRAGMA page_size").fetchone()
    return int(pages) * int(size)
