"""Full-text search: newest hits at once, ranked ones when they are ready. Knows no lock and no thread.

FTS5 gives numbers of rows at some 30 ns each, but a look at the row costs a hundred times as much. So a filter that
lets little through must not be asked of every row that has a common word: then the debates that fit are found first,
and the words are looked for among the numbers of their statements. For words that few rows have it is the other way
round.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from upverdict.core.store import filtering, query
from upverdict.core.store.hits import Hit, Where
from upverdict.core.store.reindexing import SOUGHT
from upverdict.core.store.understanding import Meaning

_TOKENS, _LETTERS = 18, 56
"""Words of a snippet: a line or two; and letters of one in a script without spaces (at most 64)."""
_LOOK = 40
"""Hits looked at for each debate that is shown, at most: beyond that, one long debate hides those behind it."""
_FEW = 5_000
"""Rows that have the words and may each be asked whether they fit: some 30 ms."""
_BATCHES = (200, 800, 3_200, 12_800, 51_200, 204_800, 1 << 62)
"""Debates that fit among which the words are looked for, step by step: common ones are in the first already."""
_RANKED_AMONG = 5_000
"""If no more debates than these fit, the best hits are looked for among them alone."""

Check = Callable[[], None]

# CROSS JOIN: the index must be the outer loop, since only it gives the hits in the order asked for.
# `wanted` is asked once a hit, in that order; a snippet is cut only for the first of each debate.
_STATEMENTS = """
SELECT s.debate, s.statement, s.voice, s.name, {score}, CASE WHEN wanted(s.debate) THEN snippet(
    statements_fts, 0, :begin, :end, '…',
    CASE WHEN (SELECT length(p.text) * 5 > length(s.text) * 6 FROM spaced_statements p WHERE p.id = s.id)
        THEN {letters} ELSE {tokens} END
) END
FROM statements_fts CROSS JOIN statements s ON s.id = statements_fts.rowid
     CROSS JOIN debates d ON d.id = s.debate
WHERE statements_fts MATCH :match AND {where}
ORDER BY {order} LIMIT :look
"""
_DEBATES = """
SELECT d.id, {score}, {snippets}
FROM debates_fts CROSS JOIN debates d ON d.number = debates_fts.rowid
     LEFT JOIN spaced_debates p ON p.number = d.number
WHERE debates_fts MATCH :match AND {where}
ORDER BY {order} LIMIT :look
"""
_COLUMNS: dict[str, tuple[float, Where]] = {
    "question": (4.0, "question"),
    "title": (4.0, "title"),
    "headline": (3.0, "verdict"),
    "decision": (2.0, "verdict"),
    "choice": (2.0, "choice"),
    "outcome": (2.0, "outcome"),
    "note": (2.0, "note"),
    "background": (1.0, "background"),
}
"""What a debate is about weighs more than what it mentions. Of several that match, the first is shown."""
_WEIGHTS = f"bm25({', '.join(str(_COLUMNS[column][0]) for column in SOUGHT)})"
_SNIPPETS = ", ".join(
    f"snippet(debates_fts, {SOUGHT.index(column)}, :begin, :end, '…', iif(p.number IS NULL, {_TOKENS}, {_LETTERS}))"
    for column in _COLUMNS
)
_PLACES = tuple(where for _, where in _COLUMNS.values())


class _Found(NamedTuple):
    score: float
    where: Where
    statement: str
    voice: str
    name: str
    raw: str


class _Among(NamedTuple):
    """What is looked among: a condition on `d` and `s`, its values, and numbers of rows if only these are meant."""

    debate: str
    statement: str
    values: dict[str, Any]
    debates: list[int] | None = None
    statements: list[int] | None = None


class _Search:
    """One search. `check` may raise in between."""

    def __init__(self, conn: sqlite3.Connection, meaning: Meaning, limit: int, ranked: bool, check: Check) -> None:
        self._conn = conn
        self._meaning = meaning
        self._limit = limit
        self._ranked = ranked
        self._check = check
        mark = os.urandom(6).hex()  # no text can hold a mark that it can't guess
        self._marks = (f"\ue000{mark}", f"\ue001{mark}")
        self._best: dict[str, _Found] = {}
        self._more: dict[str, int] = {}

    def hits(self) -> list[Hit]:
        for among in self._ways():
            if self._meaning.voices is None:  # a question and a verdict are nobody's
                self._gather(self._in_debates(among))
                self._check()
            self._gather(self._in_statements(among))
            self._check()
            if len(self._best) >= self._limit:
                break
        return self._read()

    def _ways(self) -> Iterator[_Among]:
        """Where to look, one after the other, until enough is found."""
        meaning = self._meaning
        where, values = filtering.conditions(meaning)
        if voice := filtering.by_voice(meaning, values):
            voice = f" AND {voice}"
        everywhere = _Among(where, where + voice, values)
        if not (meaning.filtered or voice) or (self._few("statements_fts") and self._few("debates_fts")):
            yield everywhere
        elif self._ranked:
            some = next(filtering.fitting(self._conn, meaning, (_RANKED_AMONG + 1,)), [])
            yield everywhere if len(some) > _RANKED_AMONG else self._only(everywhere, some)
        else:
            for some in filtering.fitting(self._conn, meaning, _BATCHES):
                yield self._only(everywhere, some)

    def _few(self, index: str) -> bool:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {index} WHERE {index} MATCH ? LIMIT ?)"
        return bool(self._conn.execute(sql, (self._meaning.match, _FEW + 1)).fetchone()[0] <= _FEW)

    def _only(self, everywhere: _Among, some: list[filtering.Fit]) -> _Among:
        statements = filtering.statements(self._conn, self._meaning, some)
        self._check()
        return everywhere._replace(debates=[fit.number for fit in some], statements=statements)

    def _gather(self, found: Iterator[tuple[str, _Found]]) -> None:
        for debate, one in found:
            if debate not in self._best:
                self._best[debate] = one
                continue
            self._more[debate] = self._more.get(debate, 0) + 1
            if one.score < self._best[debate].score:
                self._best[debate] = self._best[debate]._replace(score=one.score)

    def _in_debates(self, among: _Among) -> Iterator[tuple[str, _Found]]:
        sql = _DEBATES.replace("{snippets}", _SNIPPETS)
        if self._ranked:
            sql = sql.replace("MATCH :match", f"MATCH :match AND rank MATCH '{_WEIGHTS}'")
        for debate, score, *snippets in self._rows("debates_fts", sql, among.debate, among.debates, among, self._limit):
            marked = ((p, s) for p, s in zip(_PLACES, snippets, strict=True) if self._marks[0] in s)
            where, raw = next(marked, ("question", snippets[0]))
            yield debate, _Found(score, where, "", "", "", raw)

    def _in_statements(self, among: _Among) -> Iterator[tuple[str, _Found]]:
        seen: set[str] = set()

        def wanted(debate: str) -> bool:
            new = debate not in seen
            seen.add(debate)
            return new

        self._conn.create_function("wanted", 1, wanted)
        shown: set[str] = set()  # not `seen`, which may be a row ahead
        rows = self._rows("statements_fts", _STATEMENTS, among.statement, among.statements, among, self._limit * _LOOK)
        for debate, statement, voice, name, score, raw in rows:
            shown.add(debate)
            if len(shown) > self._limit:
                break
            yield debate, _Found(score, "statement", statement, voice, name, raw or "")

    def _rows(
        self, index: str, sql: str, where: str, numbers: list[int] | None, among: _Among, look: int
    ) -> Iterator[tuple[Any, ...]]:
        values = {**among.values, "match": self._meaning.match, "begin": self._marks[0], "end": self._marks[1]}
        values["look"] = look
        if numbers is not None:
            if not numbers:
                return
            # `+`: the numbers are looked up among the hits, not a hit for each number.
            where += f" AND {index}.rowid BETWEEN :least AND :most"
            where += f" AND +{index}.rowid IN (SELECT value FROM json_each(:numbers))"
            values |= {"least": min(numbers), "most": max(numbers), "numbers": filtering.array(numbers)}
        order = "rank" if self._ranked else f"{index}.rowid DESC"
        sql = sql.format(
            score="rank" if self._ranked else "0.0", where=where, order=order, tokens=_TOKENS, letters=_LETTERS
        )
        cursor = self._conn.execute(sql, values)
        try:
            yield from cursor
        finally:
            cursor.close()

    def _read(self) -> list[Hit]:
        best = self._best
        rows = (self._conn.execute(f"{_ROW} WHERE id = ?", (id,)).fetchone() for id in best)
        hits = [self._hit(row, best[row[0]]) for row in rows if row]
        if self._ranked:
            hits.sort(key=lambda h: (best[h.id].score, h.created_at, h.id))
        else:
            hits.sort(key=lambda h: (h.created_at, h.id), reverse=True)
        return hits[: self._limit]

    def _hit(self, row: tuple[Any, ...], found: _Found) -> Hit:
        snippet, spans = query.spans(found.raw, *self._marks)
        return _hit(row, found, snippet, spans, self._more.get(row[0], 0))


_ROW = "SELECT id, question, state, headline, created_at, title FROM debates"


def _hit(row: tuple[Any, ...], found: _Found, snippet: str, spans: query.Spans, more: int = 0) -> Hit:
    id, question, state, headline, created_at, title = row
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
        title=title,
    )


def find(conn: sqlite3.Connection, meaning: Meaning, limit: int, ranked: bool, check: Check) -> list[Hit]:
    """One hit a debate, the question's and the verdict's before the statements'; `check` may raise in between. Where
    there are no words, the newest debates that fit.
    """
    if meaning.match:
        return _Search(conn, meaning, limit, ranked, check).hits()
    return [] if meaning.empty else _listed(conn, meaning, limit, check)


_LISTED = 240
"""Characters of what stands for a debate that was not found by words."""
_HAS = "SELECT 1 FROM debates_fts WHERE debates_fts MATCH ? AND rowid = ?"


def _listed(conn: sqlite3.Connection, meaning: Meaning, limit: int, check: Check) -> list[Hit]:
    hits: list[Hit] = []
    for some in filtering.fitting(conn, meaning, (limit, *_BATCHES)):
        for fit in some:
            if not (meaning.without and conn.execute(_HAS, (meaning.without, fit.number)).fetchone()):
                hits += _shown(conn, meaning, fit)
                if len(hits) == limit:
                    return hits
        check()
    return hits


def _shown(conn: sqlite3.Connection, meaning: Meaning, fit: filtering.Fit) -> list[Hit]:
    """A debate with what its verdict says, or the last that one of the voices said in it; none if it has just gone."""
    row = conn.execute(f"{_ROW} WHERE number = ?", (fit.number,)).fetchone()
    values: dict[str, Any] = {"debate": fit.id, "letters": _LISTED}
    if voice := filtering.by_voice(meaning, values):
        sql = f"""
        SELECT s.statement, s.voice, s.name, substr(s.text, 1, :letters) FROM statements s
        WHERE s.debate = :debate AND {voice} ORDER BY s.id DESC LIMIT 1
        """
        said = conn.execute(sql, values).fetchone()
    else:
        said = ("", "", "", row[3] or row[1]) if row else None
    if row is None or said is None:
        return []
    where: Where = "statement" if voice else "verdict" if row[3] else "question"
    snippet, _ = query.spans(said[3], "\0", "\0")
    snippet += query.ELLIPSIS * (len(snippet) == _LISTED)
    return [_hit(row, _Found(0.0, where, *said), snippet, ())]
