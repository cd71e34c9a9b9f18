"""The rows of our tables in the pages of a damaged file, known by their table or, where that is lost, by their look.

Knows no debate's log as a whole (`mending.py`) and writes nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from upverdict.core.store import steps
from upverdict.core.store.pages import Image, Row, Value

Record = Mapping[str, Value]
"""A row by the names of its columns; those that are missing in a short row are not in it."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_KIND = re.compile(r"[a-z_]{3,40}")


class Remnant(NamedTuple):
    """A row of one of our tables. `stray`: on a page that belongs to none."""

    table: str
    record: Record
    stray: bool = False


class Found(NamedTuple):
    """What is known of the pages before any row is read. `unread` are the tables of which a part can't be walked."""

    leaves: Mapping[str, list[int]]
    columns: Mapping[str, tuple[str, ...]]
    orphans: list[int]
    unread: tuple[str, ...]


def _events(r: Record) -> bool:
    numbers = isinstance(r["seq"], int) and isinstance(r["count"], int) and r["seq"] > 0 < r["count"]
    return numbers and _texts(r, "debate", "at", "kind", "body") and _is(_TIME, r["at"]) and _is(_KIND, r["kind"])


def _debates(r: Record) -> bool:
    texts = ("id", "state", "created_at", "updated_at", "question", "background")
    return _texts(r, *texts) and _is(_TIME, r["created_at"]) and isinstance(r["last_seq"], int)


def _statements(r: Record) -> bool:
    texts = ("debate", "statement", "voice", "name", "round", "state", "at", "text")
    return _texts(r, *texts) and isinstance(r["number"], int) and _is(_TIME, r["at"])


def _verdicts(r: Record) -> bool:
    return isinstance(r["version"], int) and _texts(r, "debate", "cause", "at", "ruling") and _is(_TIME, r["at"])


def _texts(r: Record, *names: str) -> bool:
    return all(isinstance(r[name], str) for name in names)


def _is(form: re.Pattern[str], value: Value) -> bool:
    return isinstance(value, str) and form.match(value) is not None


LOOKS: Mapping[str, Callable[[Record], bool]] = {
    "events": _events,
    "statements": _statements,
    "verdicts": _verdicts,
    "debates": _debates,
    "drafts": lambda r: _texts(r, "key", "text"),
    "unclean": lambda r: _texts(r, "what"),
}
"""Whether a row can be one of this table."""
_KEYS = ("id", "number")
_BY_LOOK = ("events", "statements", "verdicts", "debates")
"""The tables whose rows nothing else looks like."""


def survey(image: Image) -> Found:
    """Which pages belong to which table. Every leaf that belongs to none, and is not free, is an orphan."""
    schema = image.tables()
    leaves: dict[str, list[int]] = {}
    unread = [name for name in LOOKS if name not in schema and name != "unclean"]  # which the first version had not
    known: set[int] = set(image.tree(1)[0])
    for name, table in schema.items():
        found, whole = image.tree(table.root)
        known.update(found)
        if name in LOOKS:
            leaves[name] = found
            if not whole:
                unread.append(name)
    columns = {name: _columns(schema[name].sql) for name in leaves}
    known |= image.free() or set()
    orphans = [number for number in image.leaves() if number not in known]
    return Found(leaves, columns, orphans, tuple(unread))


def remnants(image: Image, found: Found) -> Iterator[Remnant | None]:
    """Every row that can be read; None for one that can't, or can be no row of its table."""
    for name, numbers in found.leaves.items():
        layouts = [found.columns[name]] if found.columns[name] else layouts_of(name)
        for number in numbers:
            for row in image.rows(number):
                yield None if row is None else _placed(row, name, layouts)
    for number in found.orphans:
        for row in image.rows(number):
            placed = None if row is None else (_placed(row, name, layouts_of(name)) for name in _BY_LOOK)
            if placed and (fit := next(filter(None, placed), None)):
                yield fit._replace(stray=True)


def _placed(row: Row, name: str, layouts: list[tuple[str, ...]]) -> Remnant | None:
    for columns in layouts:
        if len(row.values) <= len(columns):
            record = dict(zip(columns, row.values, strict=False))
            for key in _KEYS:  # which stands in the row as its rowid
                if key in record and record[key] is None:
                    record[key] = row.rowid
            try:
                if LOOKS[name](record):
                    return Remnant(name, record)
            except KeyError:
                continue
    return None


@cache
def _layouts() -> Mapping[str, list[tuple[str, ...]]]:
    """The columns of our tables as they were in each version, the newest first."""
    found: dict[str, list[tuple[str, ...]]] = {name: [] for name in LOOKS}
    conn = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in steps.STEPS:
            steps.take(conn, step)
            for name, layouts in found.items():
                columns = tuple(row[1] for row in conn.execute(f"PRAGMA table_info({name})"))
                if columns and columns not in layouts:
                    layouts.insert(0, columns)
    finally:
        conn.close()
    return found


def layouts_of(name: str) -> list[tuple[str, ...]]:
    return _layouts()[name]


def _columns(sql: str) -> tuple[str, ...]:
    """The columns that a CREATE TABLE names; none where it can't be read."""
    conn = sqlite3.connect(":memory:")
    try:
        conn.execute(sql)
        (name,) = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()
        return tuple(row[1] for row in conn.execute(f'PRAGMA table_info("{name}")'))
    except sqlite3.Error:
        return ()
    finally:
        conn.close()
