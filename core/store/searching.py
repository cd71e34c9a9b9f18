"""Full-text search: newest hits at once, ranked ones when they are ready. Knows no lock and no thread.

FTS5 gives numbers of rows at some 30 ns each, but a look at the row costs a hundred times as much. So of words that
many rows have only the numbers are asked for: among those of the newest debates, step by step, until there are enough.
That is exact in whatever order debates were kept or imported, and a filter costs nothing: it says which debates these
are. Words that few rows have are looked up the other way round: each row is asked whether it fits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from upverdict.core.store import filtering, places
from upverdict.core.store.hits import Hit
from upverdict.core.store.places import Place
from upverdict.core.store.understanding import Meaning

_LOOK = 40
"""Ranked hits looked at for each debate that is shown, at most: beyond that, one long debate hides those behind it."""
_FEW = 3_000
"""Rows that have the words and may each be asked whether they fit: some 20 ms."""
_BATCHES = (200, 600, 1_800, 5_400, 16_200, 48_600, 1 << 62)
"""Debates among which the words are looked for, step by step: common ones are in the first already."""
_RANKED_AMONG = 5_000
"""If no more debates than these fit, the best hits are looked for among them alone."""

Check = Callable[[], None]

# CROSS JOIN: the index must be the outer loop, since only it gives the hits in the order asked for. INDEXED BY: what is
# asked of a row stands in these, a fiftieth of what the rows are.
_ROWS = {
    "debates_fts": "debates d INDEXED BY debates_by_number ON d.number =",
    "statements_fts": "statements s INDEXED BY statements_by_number ON s.id =",
}
_DEBATE = {"debates_fts": "", "statements_fts": "CROSS JOIN debates d INDEXED BY debates_by_id ON d.id = s.debate"}


def find(conn: sqlite3.Connection, meaning: Meaning, limit: int, ranked: bool, check: Check) -> list[Hit]:
    """One hit a debate, the question's and the verdict's before the statements'; `check` may raise in between. Where
    there are no words, the newest debates that fit.
    """
    if not meaning.match:
        return [] if meaning.empty else _listed(conn, meaning, limit, check)
    search = _Search(conn, meaning, limit, check)
    return search.best() if ranked else search.newest()


class _Matches:
    """The debates that match, each with the first place where it does, and how many there are besides."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.more: dict[str, int] = {}
        self.created: dict[str, str] = {}

    def add(self, debate: str, created_at: str, place: Place) -> None:
        known = self.places.setdefault(debate, place)
        if known is place:
            self.created[debate] = created_at
            return
        self.more[debate] = self.more.get(debate, 0) + 1
        if place.score < known.score:  # a question and a verdict are shown before what was said
            better = place if place.said == known.said else known._replace(score=place.score)
            self.places[debate] = better


class _Search:
    """One search for words."""

    def __init__(self, conn: sqlite3.Connection, meaning: Meaning, limit: int, check: Check) -> None:
        self._conn = conn
        self._meaning = meaning
        self._limit = limit
        self._check = check
        self._found = _Matches()
        # A question and a verdict are nobody's: where it is about voices, only statements are.
        self._indexes = ("debates_fts", "statements_fts") if meaning.voices is None else ("statements_fts",)

    def newest(self) -> list[Hit]:
        few = self._few()
        if few is not None:
            self._look_up(few)
        else:
            for fits in filtering.fitting(self._conn, self._meaning, _BATCHES):
                self._look_among(fits)
                if len(self._found.places) >= self._limit:
                    break
        created = self._found.created
        return self._hits(sorted(self._found.places, key=lambda id: (created[id], id), reverse=True))

    def best(self) -> list[Hit]:
        some: list[filtering.Fit] | None = None
        if self._meaning.filtered or self._meaning.voices is not None:
            some = next(filtering.fitting(self._conn, self._meaning, (_RANKED_AMONG + 1,)), [])
        if some is None or len(some) > _RANKED_AMONG or self._few() is not None:
            for index in self._indexes:
                self._rank(index)
        else:
            self._rank_among(some)
        found = self._found
        return self._hits(sorted(found.places, key=lambda id: (found.places[id].score, found.created[id], id)))

    def _few(self) -> dict[str, list[int]] | None:
        """By index the numbers of the rows that have the words, the latest first; None where these are many."""
        found: dict[str, list[int]] = {}
        for index in reversed(self._indexes):  # many are those of statements first
            sql = f"SELECT rowid FROM {index} WHERE {index} MATCH ? ORDER BY rowid DESC LIMIT ?"
            rows = self._conn.execute(sql, (self._meaning.match, _FEW + 1))
            found[index] = [number for (number,) in rows]
            if len(found[index]) > _FEW:
                return None
        return found

    def _look_up(self, few: dict[str, list[int]]) -> None:
        """Ask each of these rows whether it fits."""
        for index in self._indexes:
            where, values = self._conditions(index)
            sql = f"""
            SELECT one.value, d.id, d.created_at FROM json_each(:numbers) one CROSS JOIN {_ROWS[index]} one.value
            {_DEBATE[index]} WHERE {where} ORDER BY one.key
            """
            for number, debate, created_at in self._rows(sql, {**values, "numbers": _array(few[index])}):
                self._found.add(debate, created_at, Place(number, index == "statements_fts"))
            self._check()

    def _look_among(self, fits: list[filtering.Fit]) -> None:
        """Ask for the numbers of rows alone: these debates are those that fit."""
        for index, owners in self._owners(fits):
            for number, _ in self._within(index, owners, "0.0"):
                fit = owners[number]
                self._found.add(fit.id, fit.created_at, Place(number, index == "statements_fts"))
            self._check()

    def _rank(self, index: str) -> None:
        """The best of all; of a question's as many as are shown, of the statements' some for each."""
        look = self._limit if index == "debates_fts" else self._limit * _LOOK
        shown: set[str] = set()
        where, values = self._conditions(index)
        sql = f"""
        SELECT {index}.rowid, rank, d.id, d.created_at
        FROM {index} CROSS JOIN {_ROWS[index]} {index}.rowid {_DEBATE[index]}
        WHERE {self._matching(index, "rank")} AND {where} ORDER BY rank LIMIT :look
        """
        values |= {"match": self._meaning.match, "look": look}
        for number, score, debate, created_at in self._rows(sql, values):
            shown.add(debate)
            if len(shown) > self._limit:
                break
            self._found.add(debate, created_at, Place(number, index == "statements_fts", score))
        self._check()

    def _rank_among(self, fits: list[filtering.Fit]) -> None:
        for index, owners in self._owners(fits):
            for number, score in self._within(index, owners, "rank"):
                fit = owners[number]
                self._found.add(fit.id, fit.created_at, Place(number, index == "statements_fts", score))
            self._check()

    def _owners(self, fits: list[filtering.Fit]) -> Iterator[tuple[str, dict[int, filtering.Fit]]]:
        """The rows of each index that belong to these debates."""
        for index in self._indexes:
            if index == "debates_fts":
                yield index, {fit.number: fit for fit in fits}
            else:
                yield index, filtering.statements(self._conn, self._meaning, fits)

    def _conditions(self, index: str) -> tuple[str, dict[str, Any]]:
        where, values = filtering.conditions(self._meaning)
        if index == "statements_fts" and (voice := filtering.by_voice(self._meaning, values)):
            where += f" AND {voice}"
        return where, values

    def _within(self, index: str, numbers: dict[int, Any], score: str) -> Iterator[tuple[int, float]]:
        """The rows with the words among these numbers, the latest first. Scores cost only for these."""
        if not numbers:
            return iter(())
        # `+`: the numbers are looked up among the hits, not a hit for each number.
        sql = f"""
        SELECT {index}.rowid, {score} FROM {index}
        WHERE {self._matching(index, score)} AND {index}.rowid BETWEEN :least AND :most
            AND +{index}.rowid IN (SELECT value FROM json_each(:numbers)) ORDER BY {index}.rowid DESC
        """
        values = {"match": self._meaning.match, "least": min(numbers), "most": max(numbers)}
        return self._rows(sql, {**values, "numbers": _array(numbers)})

    def _matching(self, index: str, score: str) -> str:
        weighed = f" AND rank MATCH '{places.WEIGHTS}'" if index == "debates_fts" and score == "rank" else ""
        return f"{index} MATCH :match{weighed}"

    def _rows(self, sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
        cursor = self._conn.execute(sql, values)
        try:
            yield from cursor
        finally:
            cursor.close()

    def _hits(self, debates: list[str]) -> list[Hit]:
        found = self._found
        some = (
            places.hit(self._conn, self._meaning, id, found.places[id], found.more.get(id, 0))
            for id in debates[: self._limit]
        )
        return [hit for hit in some if hit is not None]


def _array(numbers: Iterable[int]) -> str:
    """The numbers as JSON, which is dear to import."""
    return f"[{','.join(map(str, numbers))}]"


_HAS = "SELECT 1 FROM debates_fts WHERE debates_fts MATCH ? AND rowid = ?"


def _listed(conn: sqlite3.Connection, meaning: Meaning, limit: int, check: Check) -> list[Hit]:
    hits: list[Hit] = []
    for fit in chain.from_iterable(filtering.fitting(conn, meaning, (limit, *_BATCHES))):
        check()
        if meaning.without and conn.execute(_HAS, (meaning.without, fit.number)).fetchone():
            continue
        if (hit := places.listed(conn, meaning, fit.id)) is not None:
            hits.append(hit)
            if len(hits) == limit:
                break
    return hits
