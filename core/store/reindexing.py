"""The step that makes both full-text indexes anew, so that they find words in scripts without spaces, too.

Beside a row that has such a script stands its text with the letters parted (`spacing.py`); the indexes read a view that
gives that one, or else the row's own text. An index of FTS5 can't be given another content, so all of it is written:
about a tenth of a millisecond of processor time for each statement, once.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from itertools import groupby
from operator import itemgetter

# `M*`: vowel signs and tone marks are parts of words, not ends of them (Thai, Burmese, Hindi, …).
_HOW = """tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'", prefix='1 2 3'"""

STATEMENTS = (
    "CREATE TABLE spaced_statements (id INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    """CREATE VIEW statements_sought AS
    SELECT s.id, coalesce(spaced.text, s.text) AS text
    FROM statements s LEFT JOIN spaced_statements spaced ON spaced.id = s.id""",
    f"CREATE VIRTUAL TABLE statements_fts USING fts5(text, content='statements_sought', content_rowid='id', {_HOW})",
)
"""The index of what was said, and what it is made from, beside a table `statements` that has `id` and `text`."""

SOUGHT = ("question", "background", "headline", "decision", "title", "note", "choice", "outcome", "verdict")
"""The columns of `debates` that are in its index, in the index's order."""

_COALESCED = ", ".join(f"coalesce(spaced.{c}, d.{c}) AS {c}" for c in SOUGHT)
_DEBATES = (
    f"CREATE TABLE spaced_debates (number INTEGER PRIMARY KEY, {', '.join(f'{c} TEXT NOT NULL' for c in SOUGHT)})",
    f"""CREATE VIEW debates_sought AS
    SELECT d.number, {_COALESCED}
    FROM debates d LEFT JOIN spaced_debates spaced ON spaced.number = d.number""",
    f"""CREATE VIRTUAL TABLE debates_fts USING fts5(
    {", ".join(SOUGHT)}, content='debates_sought', content_rowid='number', {_HOW})""",
)
# By voice and debate: the words of one voice, whose voices are here, and in which debates one spoke.
_BY_VOICE = "CREATE INDEX statements_by_voice ON statements (voice, debate)"


INDEXES = ("statements_fts", "debates_fts")


def step(conn: sqlite3.Connection) -> None:
    """Runs in the caller's transaction. Raises sqlite3.Error."""
    for name in INDEXES:
        conn.execute(f"DROP TABLE {name}")
    for statement in (*STATEMENTS, *_DEBATES, _BY_VOICE):
        conn.execute(statement)
    _tell_verdicts(conn)
    fill(conn)


def _tell_verdicts(conn: sqlite3.Connection) -> None:
    import json  # whoever lists has no need of it

    from upverdict.core.store.readable import verdict_words

    rows = conn.execute("SELECT debate, ruling FROM verdicts ORDER BY debate, version")
    for debate, own in groupby(rows, key=itemgetter(0)):
        words = verdict_words([json.loads(ruling) for _, ruling in own])
        conn.execute("UPDATE debates SET verdict = ? WHERE id = ?", (words, debate))


def fill(conn: sqlite3.Connection) -> None:
    """Both indexes anew from the tables. Runs in the caller's transaction, raises sqlite3.Error."""
    from upverdict.core.store import spacing

    conn.create_function("sought", 1, spacing.sought, deterministic=True)
    conn.create_function("spaced", 1, spacing.spaced, deterministic=True)
    conn.execute("DELETE FROM spaced_statements")
    conn.execute("DELETE FROM spaced_debates")
    # LIMIT keeps the subquery one: a text is parted once, not once to be chosen and once to be kept.
    conn.execute(
        "INSERT INTO spaced_statements (id, text) SELECT id, parted"
        " FROM (SELECT id, spaced(text) AS parted FROM statements LIMIT -1) WHERE parted IS NOT NULL"
    )
    conn.execute(
        f"INSERT INTO spaced_debates (number, {', '.join(SOUGHT)})"
        f" SELECT number, {', '.join(f'sought({c})' for c in SOUGHT)}"
        f" FROM debates WHERE coalesce({', '.join(f'spaced({c})' for c in SOUGHT)}) IS NOT NULL"
    )
    for name in INDEXES:
        _gather(conn, name, _AT_ONCE)
        conn.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")
        _gather(conn, name, _USUAL)


_USUAL, _AT_ONCE = 1 << 20, 16 << 20
"""Bytes of words that FTS5 gathers before it writes them; with more it merges less, which saves 40 % of a rebuild."""


def _gather(conn: sqlite3.Connection, name: str, size: int) -> None:
    with suppress(sqlite3.OperationalError):  # known to every FTS5 so far, but not in its manual: it must not matter
        conn.execute(f"INSERT INTO {name} ({name}, rank) VALUES ('hashsize', ?)", (size,))
