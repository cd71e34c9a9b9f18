"""Where a debate has the words of a search: a snippet of that place, as a hit. Knows no lock and no thread."""

from __future__ import annotations

import os
import sqlite3
from typing import Any, NamedTuple

from upverdict.core.store import filtering, query
from upverdict.core.store.hits import Hit, Spans, Where
from upverdict.core.store.reindexing import SOUGHT
from upverdict.core.store.understanding import Meaning

_TOKENS, _LETTERS = 18, 56
"""Words of a snippet: a line or two; and letters of one in a script without spaces (at most 64)."""
_LISTED = 240
"""Characters of what stands for a debate that was not found by words."""


class Place(NamedTuple):
    """A row of an index: of `statements_fts`, or of `debates_fts`. The lower the `score`, the better it matches."""

    number: int
    said: bool
    score: float = 0.0


_NOBODY = ("", "", "")
_ROW = "SELECT id, question, state, headline, created_at, title, archived FROM debates WHERE id = ?"

_STATEMENT = f"""
SELECT s.statement, s.voice, s.name, snippet(
    statements_fts, 0, :begin, :end, '…',
    CASE WHEN (SELECT length(p.text) * 5 > length(s.text) * 6 FROM spaced_statements p WHERE p.id = s.id)
        THEN {_LETTERS} ELSE {_TOKENS} END
)
FROM statements_fts CROSS JOIN statements s ON s.id = statements_fts.rowid
WHERE statements_fts MATCH :match AND statements_fts.rowid = :number
"""

_COLUMNS: dict[str, tuple[float, Where]] = {
    "question": (4.0, "question"),
    "title": (4.0, "title"),
    "headline": (3.0, "verdict"),
    "decision": (2.0, "verdict"),
    "verdict": (2.0, "verdict"),
    "choice": (2.0, "choice"),
    "outcome": (2.0, "outcome"),
    "note": (2.0, "note"),
    "background": (1.0, "background"),
}
"""What a debate is about weighs more than what it mentions. Of several that match, the first is shown."""
WEIGHTS = f"bm25({', '.join(str(_COLUMNS[column][0]) for column in SOUGHT)})"
_PLACES = tuple(where for _, where in _COLUMNS.values())
_SNIPPETS = ", ".join(
    f"snippet(debates_fts, {SOUGHT.index(column)}, :begin, :end, '…', iif(p.number IS NULL, {_TOKENS}, {_LETTERS}))"
    for column in _COLUMNS
)
_DEBATE = f"""
SELECT {_SNIPPETS} FROM debates_fts LEFT JOIN spaced_debates p ON p.number = debates_fts.rowid
WHERE debates_fts MATCH :match AND debates_fts.rowid = :number
"""


def hit(conn: sqlite3.Connection, meaning: Meaning, debate: str, place: Place, more: int) -> Hit | None:
    """The debate, with the words at that place; None when it has gone in the meantime."""
    mark = os.urandom(6).hex()  # no text can hold a mark that it can't guess
    begin, end = f"\ue000{mark}", f"\ue001{mark}"
    row = conn.execute(_ROW, (debate,)).fetchone()
    values = {"match": meaning.match, "number": place.number, "begin": begin, "end": end}
    found = conn.execute(_STATEMENT if place.said else _DEBATE, values).fetchone()
    if row is None or found is None:
        return None
    if place.said:
        return _hit(row, "statement", found[:3], query.spans(found[3], begin, end), more)
    marked = ((where, raw) for where, raw in zip(_PLACES, found, strict=True) if begin in raw)
    where, raw = next(marked, (_PLACES[0], found[0]))
    return _hit(row, where, _NOBODY, query.spans(raw, begin, end), more)


def listed(conn: sqlite3.Connection, meaning: Meaning, debate: str) -> Hit | None:
    """The debate with what its verdict says, or the last that one of the voices said in it; None when it has gone."""
    row = conn.execute(_ROW, (debate,)).fetchone()
    if row is None:
        return None
    values: dict[str, Any] = {"debate": debate, "letters": _LISTED}
    where: Where = "verdict" if row[3] else "question"
    whose, text = _NOBODY, row[3] or row[1]
    if voice := filtering.by_voice(meaning, values):
        sql = f"""
        SELECT s.statement, s.voice, s.name, substr(s.text, 1, :letters) FROM statements s
        WHERE s.debate = :debate AND {voice} ORDER BY s.id DESC LIMIT 1
        """
        said = conn.execute(sql, values).fetchone()
        if said is None:
            return None
        where, whose, text = "statement", said[:3], said[3]
    shown, _ = query.spans(text, "\0", "\0")
    return _hit(row, where, whose, (shown + query.ELLIPSIS * (len(text) == _LISTED), ()))


def _hit(
    row: tuple[Any, ...], where: Where, whose: tuple[str, str, str], shown: tuple[str, Spans], more: int = 0
) -> Hit:
    """`whose` is the statement, the voice and its name."""
    id, question, state, headline, created_at, title, archived = row
    return Hit(id, question, state, headline, created_at, where, *whose, *shown, more, title, bool(archived))
