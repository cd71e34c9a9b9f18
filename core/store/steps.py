"""The shape of the file, as an append-only list of steps. Knows nothing of events, and not what takes the steps.

A step that was released is never edited: a change is a new step. `PRAGMA user_version` counts those that were applied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from upverdict.core.store import reindexing

FIRST = """
CREATE TABLE debates (
    -- A number of its own, since the full-text index needs one that VACUUM never changes.
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    -- As of the last event that was more than a few words of an unfinished statement.
    last_seq INTEGER NOT NULL,
    council TEXT NOT NULL,
    voices INTEGER NOT NULL,
    rounds INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    question TEXT NOT NULL,
    headline TEXT NOT NULL,
    decision TEXT NOT NULL,
    background TEXT NOT NULL
);
CREATE INDEX debates_by_age ON debates (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX debates_by_state ON debates (state, created_at, id) WHERE deleted_at IS NULL;

CREATE TABLE events (
    debate TEXT NOT NULL REFERENCES debates (id),
    seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    -- Not WITHOUT ROWID: bodies of a kilobyte and more would each take an overflow page, three times the space.
    PRIMARY KEY (debate, seq)
);

CREATE TABLE statements (
    id INTEGER PRIMARY KEY,
    debate TEXT NOT NULL REFERENCES debates (id),
    statement TEXT NOT NULL,
    voice TEXT NOT NULL,
    name TEXT NOT NULL,
    round TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    words INTEGER NOT NULL,
    model TEXT NOT NULL,
    at TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (debate, statement)
);

CREATE TABLE verdicts (
    debate TEXT NOT NULL REFERENCES debates (id),
    version INTEGER NOT NULL,
    cause TEXT NOT NULL,
    headline TEXT NOT NULL,
    decision TEXT NOT NULL,
    model TEXT NOT NULL,
    at TEXT NOT NULL,
    ruling TEXT NOT NULL,
    PRIMARY KEY (debate, version)
);

CREATE TABLE quotes (
    id INTEGER PRIMARY KEY,
    debate TEXT NOT NULL REFERENCES debates (id),
    version INTEGER NOT NULL,
    voice TEXT NOT NULL,
    statement TEXT NOT NULL,
    text TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    FOREIGN KEY (debate, version) REFERENCES verdicts (debate, version)
);
CREATE INDEX quotes_by_verdict ON quotes (debate, version);

CREATE TABLE drafts (key TEXT PRIMARY KEY, text TEXT NOT NULL);

-- Counting 100,000 rows takes 10 ms and more, whatever the index: too long for the first screen.
CREATE TABLE counts (what TEXT PRIMARY KEY, count INTEGER NOT NULL);
INSERT INTO counts (what, count) VALUES ('debates', 0);
CREATE TRIGGER debates_added AFTER INSERT ON debates WHEN new.deleted_at IS NULL BEGIN
    UPDATE counts SET count = count + 1 WHERE what = 'debates';
END;
CREATE TRIGGER debates_removed AFTER DELETE ON debates WHEN old.deleted_at IS NULL BEGIN
    UPDATE counts SET count = count - 1 WHERE what = 'debates';
END;
CREATE TRIGGER debates_hidden AFTER UPDATE OF deleted_at ON debates
WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
    UPDATE counts SET count = count + iif(new.deleted_at IS NULL, 1, -1) WHERE what = 'debates';
END;

-- `prefix`: searching as one types asks for beginnings of words. Without it one letter takes 2 s among 800,000
-- statements, with it 4 ms, for a fifth more space.
CREATE VIRTUAL TABLE statements_fts USING fts5(
    text, content='statements', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
);
CREATE VIRTUAL TABLE debates_fts USING fts5(
    question, background, headline, decision,
    content='debates', content_rowid='number', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
);
"""

SECOND = """
-- Where what was deleted may still stand in the file's bytes; see cleaning.py. Nobody knows what was deleted from a
-- file of the first version.
CREATE TABLE unclean (what TEXT PRIMARY KEY);
INSERT INTO unclean (what)
    SELECT column1 FROM (VALUES ('debates_fts'), ('statements_fts'), ('pages'))
    WHERE EXISTS (SELECT 1 FROM debates);
INSERT INTO unclean (what) SELECT 'debate ' || id FROM debates WHERE deleted_at IS NOT NULL;
"""

THIRD = """
-- What statements can cite, and where they do: behind `after` characters of the statement's text.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    debate TEXT NOT NULL REFERENCES debates (id),
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (debate, source)
);
CREATE TABLE citations (
    id INTEGER PRIMARY KEY,
    debate TEXT NOT NULL REFERENCES debates (id),
    statement TEXT NOT NULL,
    source TEXT NOT NULL,
    "after" INTEGER NOT NULL,
    quote TEXT NOT NULL
);
CREATE INDEX citations_by_statement ON citations (debate, statement);
"""

FOURTH = """
-- A debate is known by its id: who follows a foreign key with another program arrives at the debate. Its number stays
-- what the full-text index knows it by. SQLite can't change a primary key, so the table is written anew.
-- New is how the user keeps a debate: what it is called, the first day on which its verdict is to be looked at again
-- (an ISO date, or empty), what was noted, decided in the end, and how that turned out.
CREATE TABLE debates_by_id (
    id TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    state TEXT NOT NULL,
    question TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    headline TEXT NOT NULL,
    decision TEXT NOT NULL,
    choice TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    background TEXT NOT NULL,
    council TEXT NOT NULL,
    voices INTEGER NOT NULL,
    rounds INTEGER NOT NULL,
    statements INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT,
    archived INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL DEFAULT '',
    last_seq INTEGER NOT NULL,
    -- What else its verdicts say, for the search. At the end: lists need not read past it.
    verdict TEXT NOT NULL DEFAULT ''
);
INSERT INTO debates_by_id (
    id, number, state, question, headline, decision, background, council, voices, rounds, statements, created_at,
    updated_at, deleted_at, last_seq
) SELECT
    id, number, state, question, headline, decision, background, council, voices, rounds, statements, created_at,
    updated_at, deleted_at, last_seq
FROM debates ORDER BY number;
DROP TABLE debates;
ALTER TABLE debates_by_id RENAME TO debates;

CREATE TABLE tags (
    debate TEXT NOT NULL REFERENCES debates (id),
    tag TEXT NOT NULL,
    -- As of the debate: the index gives those of a tag in the order of the list.
    created_at TEXT NOT NULL,
    PRIMARY KEY (debate, tag)
);
CREATE INDEX tags_by_tag ON tags (tag, created_at, debate);
CREATE TABLE revisits (
    id INTEGER PRIMARY KEY,
    debate TEXT NOT NULL REFERENCES debates (id),
    "date" TEXT NOT NULL,
    fact TEXT NOT NULL
);
CREATE INDEX revisits_by_debate ON revisits (debate);

-- A list leaves out what is archived, however much of that there is.
CREATE INDEX debates_by_age ON debates (archived, created_at, id, number) WHERE deleted_at IS NULL;
CREATE INDEX debates_by_state ON debates (archived, state, created_at, id, number) WHERE deleted_at IS NULL;
CREATE INDEX debates_due ON debates (due) WHERE due <> '' AND deleted_at IS NULL;
-- A search asks thousands of rows whether they fit: what it asks of one stands together here, so that it does not read
-- all of the row. A fiftieth of the file.
CREATE INDEX statements_by_number ON statements (id, debate, voice);
CREATE INDEX debates_by_number ON debates (number, id, created_at, state, deleted_at);
CREATE INDEX debates_by_id ON debates (id, created_at, state, deleted_at);

INSERT INTO counts (what, count) VALUES ('archived', 0);
CREATE TRIGGER debates_added AFTER INSERT ON debates WHEN new.deleted_at IS NULL BEGIN
    UPDATE counts SET count = count + 1 WHERE what = 'debates';
END;
CREATE TRIGGER debates_removed AFTER DELETE ON debates WHEN old.deleted_at IS NULL BEGIN
    UPDATE counts SET count = count - 1 WHERE what = 'debates';
END;
CREATE TRIGGER debates_hidden AFTER UPDATE OF deleted_at ON debates
WHEN (old.deleted_at IS NULL) <> (new.deleted_at IS NULL) BEGIN
    UPDATE counts SET count = count + iif(new.deleted_at IS NULL, 1, -1) WHERE what = 'debates';
END;
CREATE TRIGGER archived_added AFTER INSERT ON debates WHEN new.archived AND new.deleted_at IS NULL BEGIN
    UPDATE counts SET count = count + 1 WHERE what = 'archived';
END;
CREATE TRIGGER archived_removed AFTER DELETE ON debates WHEN old.archived AND old.deleted_at IS NULL BEGIN
    UPDATE counts SET count = count - 1 WHERE what = 'archived';
END;
CREATE TRIGGER archived_changed AFTER UPDATE OF archived, deleted_at ON debates
WHEN (old.archived AND old.deleted_at IS NULL) <> (new.archived AND new.deleted_at IS NULL) BEGIN
    UPDATE counts SET count = count + iif(new.archived AND new.deleted_at IS NULL, 1, -1) WHERE what = 'archived';
END;
"""

Step = str | Callable[[sqlite3.Connection], None]
"""A script, or a function that does what SQL alone can't, inside the transaction of the step."""

STEPS: tuple[Step, ...] = (FIRST, SECOND, THIRD, FOURTH, reindexing.step)
"""One a version, the oldest first."""


def take(conn: sqlite3.Connection, step: Step) -> None:
    """Take one step, in the caller's transaction. Raises sqlite3.Error."""
    if callable(step):
        step(conn)
        return
    for statement in _statements(step):
        conn.execute(statement)


def _statements(script: str) -> Iterable[str]:
    """The statements of a script; `executescript` would commit the transaction."""
    begun = ""
    for line in script.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            yield begun
            begun = ""
