"""The list of debates as SQL: by age, by state, by tag, what is archived, what is to be looked at again.

Every look costs the same at any depth. Knows no connection but the one it is given, no lock and no thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

_APART = "\x1f"
"""Between the tags of a row: no tag of ours has it."""


class Only(NamedTuple):
    """Which debates are listed. `states` as they are stored; `tags`: all of them. What is archived is left out, or with
    `archived` the rest is; with `due` those are listed whose day comes by that one, archived or not.
    """

    states: Collection[str] | None = None
    tags: tuple[str, ...] = ()
    archived: bool = False
    due: str = ""


class Stock(NamedTuple):
    """How many debates the list has, how many are archived, and how many of both are to be looked at again by a day."""

    listed: int = 0
    archived: int = 0
    due: int = 0


class Due(NamedTuple):
    """A debate that is to be looked at again: the columns of its row, and on which day (or `""`) why."""

    row: tuple[Any, ...]
    conditions: tuple[tuple[str, str], ...]


def columns(fields: Sequence[str]) -> str:
    """What to select of `debates` for a row with these fields: `tags` come as one text, see `parted`."""
    tags = f"(SELECT group_concat(tag, '{_APART}') FROM tags WHERE tags.debate = debates.id) AS tags"
    return ", ".join(tags if field == "tags" else f"debates.{field}" for field in fields)


def parted(tags: str | None) -> tuple[str, ...]:
    """The tags of a row, sorted."""
    return tuple(sorted((tags or "").split(_APART))) if tags else ()


def older(
    conn: sqlite3.Connection, wanted: str, after: tuple[str, str] | None, limit: int, only: Only
) -> list[tuple[Any, ...]]:
    """The columns `wanted` of the next debates, the newest first; `after` is the time and id of the last one before."""
    states: list[str | None] = [None]
    if only.states is not None and not (only.tags or only.due):
        states = list(dict.fromkeys(only.states))  # one look each, since only then the index gives them in order
    found: list[tuple[Any, ...]] = []
    for state in states:
        source, where, values = _which(only, state)
        begun, of = ("tags.created_at", "tags.debate") if only.tags else ("debates.created_at", "debates.id")
        if after:
            where.append(f"({begun}, {of}) < (?, ?)")
            values += after
        sql = (
            f"SELECT debates.created_at, debates.id, {wanted} FROM {source} WHERE {' AND '.join(where)} "
            f"ORDER BY {begun} DESC, {of} DESC LIMIT ?"
        )
        found += conn.execute(sql, (*values, limit))
    if len(states) > 1:
        found = sorted(found, key=lambda row: row[:2], reverse=True)[:limit]
    return [row[2:] for row in found]


def _which(only: Only, state: str | None) -> tuple[str, list[str], list[Any]]:
    """Tables, conditions and their values."""
    source, where, values = "debates", ["debates.deleted_at IS NULL"], []
    if only.tags:
        # The tag is the outer loop: its index alone gives its debates in order.
        source = "tags CROSS JOIN debates ON debates.id = tags.debate"
        where.append("tags.tag = ?")
        values.append(only.tags[0])
        for tag in only.tags[1:]:
            where.append("EXISTS (SELECT 1 FROM tags AS other WHERE other.debate = tags.debate AND other.tag = ?)")
            values.append(tag)
    if only.due:
        where.append("debates.due <> '' AND debates.due <= ?")
        values.append(only.due)
    else:
        where.append(f"debates.archived = {int(only.archived)}")
    if state is not None:
        where.append("debates.state = ?")
        values.append(state)
    elif only.states is not None:
        where.append(f"debates.state IN ({', '.join('?' * len(only.states))})")
        values += only.states
    return source, where, values


def count(conn: sqlite3.Connection, archived: bool) -> int:
    """How many debates the list has, or how many are archived."""
    known = dict(conn.execute("SELECT what, count FROM counts"))
    return int(known["archived"] if archived else known["debates"] - known["archived"])


def count_due(conn: sqlite3.Connection, day: str) -> int:
    """How many debates are to be looked at again by this day."""
    sql = "SELECT count(*) FROM debates WHERE due <> '' AND due <= ? AND deleted_at IS NULL"
    return int(conn.execute(sql, (day,)).fetchone()[0])


def tags(conn: sqlite3.Connection) -> list[tuple[str, int]]:
    """Every tag with the number of debates that have it, the most used first."""
    # What is deleted and not gone yet is noted in `unclean` (cleaning.py): no look at every debate for it.
    sql = """
    SELECT tag, count(*) FROM tags WHERE debate NOT IN (SELECT substr(what, 8) FROM unclean WHERE what GLOB 'debate *')
    GROUP BY tag ORDER BY 2 DESC, 1
    """
    return list(conn.execute(sql))


def to_revisit(conn: sqlite3.Connection, wanted: str, day: str | None) -> list[Due]:
    """What is to be looked at again by this day, the oldest day first; with None all of it, what has no day last."""
    where, values = "id IN (SELECT debate FROM revisits)", ()
    if day is not None:
        where, values = "due <> '' AND due <= ?", (day,)  # type: ignore[assignment]
    sql = (
        f"SELECT id, {wanted} FROM debates WHERE {where} AND deleted_at IS NULL ORDER BY due = '', due, created_at, id"
    )
    why = "SELECT date, fact FROM revisits WHERE debate = ? ORDER BY date = '', date, id"
    return [Due(row[1:], tuple(conn.execute(why, (row[0],)))) for row in conn.execute(sql, values).fetchall()]
