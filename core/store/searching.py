"""Full-text search: newest hits at once, ranked ones when they are ready. Knows no lock and no thread."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from upverdict.core.store import query
from upverdict.core.store.reader import Hit, Where

_TOKENS = 18
"""Words of a snippet: a line or two."""
_LOOK = 40
"""Hits looked at for each debate that is shown, at most: beyond that, one long debate hides those behind it."""

Check = Callable[[], None]

# CROSS JOIN: the index must be the outer loop, since only it gives the hits in the order asked for.
# `wanted` is asked once a hit, in that order; a snippet is cut only for the first of each debate.
_STATEMENTS = """
SELECT s.debate, s.statement, s.voice, s.name, {score},
       CASE WHEN wanted(s.debate) THEN snippet(statements_fts, 0, :begin, :end, '…', {tokens}) END
FROM statements_fts CROSS JOIN statements s ON s.id = statements_fts.rowid
     CROSS JOIN debates d ON d.id = s.debate
WHERE statements_fts MATCH :match AND d.deleted_at IS NULL
ORDER BY {order} LIMIT :look
"""
_DEBATES = """
SELECT d.id, {score},
       snippet(debates_fts, 0, :begin, :end, '…', {tokens}), snippet(debates_fts, 2, :begin, :end, '…', {tokens}),
       snippet(debates_fts, 3, :begin, :end, '…', {tokens}), snippet(debates_fts, 1, :begin, :end, '…', {tokens})
FROM debates_fts CROSS JOIN debates d ON d.number = debates_fts.rowid
WHERE debates_fts MATCH :match AND d.deleted_at IS NULL
ORDER BY {order} LIMIT :look
"""
_WEIGHTS = "bm25(4.0, 1.0, 3.0, 2.0)"
"""Question, background, headline, decision: what a debate is about weighs more than what it mentions."""
_PLACES: tuple[Where, ...] = ("question", "verdict", "verdict", "background")


class _Found(NamedTuple):
    score: float
    where: Where
    statement: str
    voice: str
    name: str
    raw: str


def find(conn: sqlite3.Connection, match: str, limit: int, ranked: bool, check: Check) -> list[Hit]:
    """One hit a debate, the question's and the verdict's before the statements'. `check` may raise in between."""
    mark = os.urandom(6).hex()  # no text can hold a mark that it can't guess
    marks = (f"\ue000{mark}", f"\ue001{mark}")
    best: dict[str, _Found] = {}
    more: dict[str, int] = {}
    for look in (_in_debates, _in_statements):
        for debate, found in look(conn, match, limit, ranked, marks):
            if debate not in best:
                best[debate] = found
                continue
            more[debate] = more.get(debate, 0) + 1
            if found.score < best[debate].score:
                best[debate] = best[debate]._replace(score=found.score)
        check()
    return _hits(conn, best, more, limit, ranked, marks)


def _in_debates(
    conn: sqlite3.Connection, match: str, limit: int, ranked: bool, marks: tuple[str, str]
) -> list[tuple[str, _Found]]:
    sql = _DEBATES.format(
        tokens=_TOKENS, score="rank" if ranked else "0.0", order="rank" if ranked else "debates_fts.rowid DESC"
    )
    values = {"match": match, "begin": marks[0], "end": marks[1], "look": limit}
    if ranked:
        sql = sql.replace("MATCH :match", f"MATCH :match AND rank MATCH '{_WEIGHTS}'")
    found = []
    for debate, score, *snippets in conn.execute(sql, values):
        marked = ((p, s) for p, s in zip(_PLACES, snippets, strict=True) if marks[0] in s)
        where, raw = next(marked, ("question", snippets[0]))
        found.append((debate, _Found(score, where, "", "", "", raw)))
    return found


def _in_statements(
    conn: sqlite3.Connection, match: str, limit: int, ranked: bool, marks: tuple[str, str]
) -> list[tuple[str, _Found]]:
    seen: set[str] = set()

    def wanted(debate: str) -> bool:
        new = debate not in seen
        seen.add(debate)
        return new

    conn.create_function("wanted", 1, wanted)
    sql = _STATEMENTS.format(
        tokens=_TOKENS, score="rank" if ranked else "0.0", order="rank" if ranked else "statements_fts.rowid DESC"
    )
    values = {"match": match, "begin": marks[0], "end": marks[1], "look": limit * _LOOK}
    found: list[tuple[str, _Found]] = []
    shown: set[str] = set()  # not `seen`, which may be a row ahead
    cursor = conn.execute(sql, values)
    for debate, statement, voice, name, score, raw in cursor:
        shown.add(debate)
        if len(shown) > limit:
            cursor.close()
            break
        found.append((debate, _Found(score, "statement", statement, voice, name, raw or "")))
    return found


def _hits(
    conn: sqlite3.Connection,
    best: dict[str, _Found],
    more: dict[str, int],
    limit: int,
    ranked: bool,
    marks: tuple[str, str],
) -> list[Hit]:
    ids = list(best)
    places = ", ".join("?" * len(ids))
    sql = f"SELECT id, question, state, headline, created_at FROM debates WHERE id IN ({places})"
    hits = [_hit(row, best[row[0]], more.get(row[0], 0), marks) for row in conn.execute(sql, ids)]
    if ranked:
        hits.sort(key=lambda h: (best[h.id].score, h.created_at, h.id))
    else:
        hits.sort(key=lambda h: (h.created_at, h.id), reverse=True)
    return hits[:limit]


def _hit(row: tuple[Any, ...], found: _Found, more: int, marks: tuple[str, str]) -> Hit:
    id, question, state, headline, created_at = row
    snippet, spans = query.spans(found.raw, *marks)
    return Hit(
        id=id,
        question=question,
        state=state,
        headline=headline,
        created_at=created_at,
        where=found.where,
        statement=found.statement,
        voice=found.voice,
        name=found.name,
        snippet=snippet,
        spans=spans,
        more=more,
    )
