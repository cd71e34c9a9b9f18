"""Which debates a search is about: its filters as SQL, and the debates that fit, the newest first. Knows no lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from upverdict.core.store.understanding import Meaning, Voice

_MOST_NAMES = 2_000
"""Voices or tags that are known by name: more of them are in no file of ours."""

_AT_ONCE = 500
"""Debates of one look for statements: SQLite before 3.32 takes no more than 999 values."""

# From one value of an index to the next, whatever number of rows has it.
_DISTINCT = """
WITH RECURSIVE known (one) AS (
    SELECT min({column}) FROM {table}
    UNION ALL
    SELECT (SELECT min({column}) FROM {table} WHERE {column} > known.one) FROM known WHERE known.one IS NOT NULL
)
SELECT one FROM known WHERE one IS NOT NULL LIMIT ?
"""


# Looked up once for a search, in an index: to ask each row of `debates` would be to read the whole of it.
_DUE = "SELECT number FROM debates WHERE due <> '' AND due <= :{} AND deleted_at IS NULL"
_ARCHIVED = "SELECT number FROM debates WHERE archived = 1 AND deleted_at IS NULL"


class Fit(NamedTuple):
    """A debate that fits."""

    created_at: str
    id: str
    number: int


class Conditions(NamedTuple):
    """SQL on `debates d`, and its values by name."""

    sql: str
    values: dict[str, Any]


def voices(conn: sqlite3.Connection) -> list[Voice]:
    """Who has spoken, each as in one of the newest debates."""
    sql = "SELECT name, statement FROM statements WHERE voice = ? ORDER BY debate DESC LIMIT 1"
    found = []
    for (voice,) in conn.execute(_DISTINCT.format(column="voice", table="statements"), (_MOST_NAMES,)).fetchall():
        for name, statement in conn.execute(sql, (voice,)):
            found.append(Voice(voice, name, statement.rstrip("0123456789")))
    return found


def tags(conn: sqlite3.Connection) -> list[str]:
    """Every tag."""
    return [tag for (tag,) in conn.execute(_DISTINCT.format(column="tag", table="tags"), (_MOST_NAMES,))]


def conditions(meaning: Meaning) -> Conditions:
    """What a debate must be like; one that is deleted never fits."""
    values: dict[str, Any] = {}
    parts = ["d.deleted_at IS NULL"]
    if meaning.since is not None:
        values["since"] = _stamp(meaning.since)
        parts.append("d.created_at >= :since")
    if meaning.before is not None:
        values["before"] = _stamp(meaning.before)
        parts.append("d.created_at < :before")
    if meaning.states is not None:
        parts.append(f"d.state IN ({_listed(values, 'state', stored(meaning.states))})")
    if meaning.due is not None:
        values["due"] = meaning.due.isoformat()
        parts.append(f"d.number IN ({_DUE.format('due')})")
    if meaning.not_due is not None:
        values["not_due"] = meaning.not_due.isoformat()
        parts.append(f"d.number NOT IN ({_DUE.format('not_due')})")
    if True not in meaning.archived:
        parts.append(f"d.number NOT IN ({_ARCHIVED})")
    if False not in meaning.archived:
        parts.append(f"d.number IN ({_ARCHIVED})")
    has = "EXISTS (SELECT 1 FROM tags t WHERE t.debate = d.id AND t.tag IN ({}))"
    for place, some in enumerate(meaning.tags):
        parts.append(has.format(_listed(values, f"tag{place}_", some)))
    if meaning.no_tags:
        parts.append("NOT " + has.format(_listed(values, "untag", meaning.no_tags)))
    return Conditions(" AND ".join(parts), values)


def by_voice(meaning: Meaning, values: dict[str, Any]) -> str:
    """What the voice of a statement must be, as SQL on `statements s`; empty where any will do."""
    if meaning.voices is None:
        return ""
    return f"s.voice IN ({_listed(values, 'voice', meaning.voices)})"


def stored(states: Iterable[str]) -> list[str]:
    """The states as they may stand in the file: a debate whose process died is still stored as running."""
    return list(dict.fromkeys([*states, *(["running"] if "interrupted" in states else [])]))


def fitting(conn: sqlite3.Connection, meaning: Meaning, sizes: Iterable[int]) -> Iterator[list[Fit]]:
    """The debates that fit, the newest first, in batches of these sizes; the last may be smaller. Those in which one of
    the voices spoke, where it is about some."""
    after: Fit | None = None
    for size in sizes:
        found = _older(conn, meaning, after, size)
        if found:
            yield found
        if len(found) < size:
            return
        after = found[-1]


def _older(conn: sqlite3.Connection, meaning: Meaning, after: Fit | None, limit: int) -> list[Fit]:
    where, values = conditions(meaning)
    values["limit"] = limit
    if voice := by_voice(meaning, values):
        where += f" AND EXISTS (SELECT 1 FROM statements s WHERE s.debate = d.id AND {voice})"
    one_tag = next((some[0] for some in meaning.tags if len(some) == 1), None)
    begun, of = ("t.created_at", "t.debate") if one_tag is not None else ("d.created_at", "d.id")
    if after:
        values |= {"after": after.created_at, "after_id": after.id}
        where += f" AND ({begun}, {of}) < (:after, :after_id)"
    sql = "SELECT d.created_at, d.id, d.number FROM {source} WHERE {more} AND " + where
    sql += f" ORDER BY {begun} DESC, {of} DESC LIMIT :limit"
    if one_tag is not None:
        values["one_tag"] = one_tag
        return _fits(
            conn, sql.format(source="tags t CROSS JOIN debates d ON d.id = t.debate", more="t.tag = :one_tag"), values
        )
    # One look each, since only then an index gives them in order.
    states = stored(meaning.states) if meaning.states is not None else [""]
    found: list[Fit] = []
    for archived in map(int, meaning.archived):
        for state in states:
            by = "debates_by_state" if state else "debates_by_age"
            more = f"d.archived = {archived}" + " AND d.state = :state" * bool(state)
            source = f"debates d INDEXED BY {by}"
            found += _fits(conn, sql.format(source=source, more=more), {**values, "state": state})
    return sorted(found, reverse=True)[:limit]


def _fits(conn: sqlite3.Connection, sql: str, values: dict[str, Any]) -> list[Fit]:
    return [Fit(*row) for row in conn.execute(sql, values)]


def statements(conn: sqlite3.Connection, meaning: Meaning, debates: Sequence[Fit]) -> dict[int, Fit]:
    """The numbers of the statements of these debates, of the voices that are meant, and whose they are."""
    found: dict[int, Fit] = {}
    for begin in range(0, len(debates), _AT_ONCE):
        fits = {fit.id: fit for fit in debates[begin : begin + _AT_ONCE]}
        values: dict[str, Any] = {}
        sql = f"SELECT s.id, s.debate FROM statements s WHERE s.debate IN ({_listed(values, 'debate', fits)})"
        if voice := by_voice(meaning, values):
            sql += f" AND {voice}"
        for number, id in conn.execute(sql, values):
            found[number] = fits[id]
    return found


def _listed(values: dict[str, Any], name: str, some: Iterable[str]) -> str:
    """Placeholders; their values are put among `values`."""
    new = {f"{name}{place}": one for place, one in enumerate(some)}
    values |= new
    return ", ".join(f":{key}" for key in new)


def _stamp(day: date) -> str:
    """When the day begins where the user is, as the file has times. The calendar's ends are without a zone."""
    begin = datetime.combine(day, time())
    with suppress(OverflowError, ValueError, OSError):
        begin = begin.astimezone(UTC)
    return begin.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
