"""The reading side: lists, finds and unfolds what is kept. Needs no network; knows no thread of its own.

Never writes, but to bring a file that an older program wrote up to date.

Cheap to import: the standard library's `sqlite3` only; events and folds are imported when a debate is unfolded.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from upverdict.core.store import listing, live
from upverdict.core.store.errors import (
    AmbiguousDebate,
    NoSuchDebate,
    Overtaken,
    StoreError,
    damaged,
)
from upverdict.core.store.hits import Found
from upverdict.core.store.hits import Hit as Hit
from upverdict.core.store.hits import State as State
from upverdict.core.store.ids import LAST, reread
from upverdict.core.store.opening import Connection

if TYPE_CHECKING:
    from upverdict.core.debate import Debate
    from upverdict.core.events import Event

STATES: tuple[State, ...] = ("running", "interrupted", "finished", "failed")
After = tuple[str, str]
"""Where a page ended: `(created_at, id)` of its last row."""


class Row(NamedTuple):
    """One debate in a list. `council` are names, `rounds` the rebuttal rounds held, `statements` those with words.

    `title` is empty where the user gave none; `due` is the first day, an ISO date, on which to look at it again.
    """

    id: str
    question: str
    state: State
    headline: str
    council: str
    voices: int
    rounds: int
    statements: int
    created_at: str
    updated_at: str
    title: str = ""
    tags: tuple[str, ...] = ()
    archived: bool = False
    due: str = ""

    @property
    def called(self) -> str:
        """As the user has named it, else its question."""
        return self.title or self.question


class Revisited(NamedTuple):
    """A debate that is to be looked at again: on which days, or if what. Each condition has a day, a fact, or both."""

    row: Row
    conditions: tuple[tuple[str, str], ...]


class Related(NamedTuple):
    """A debate that is about the same as another one: how it is listed, and the words that both have, rarest first."""

    row: Row
    shared: tuple[str, ...]


class Library:
    """The debates of one file. A file that is not there yet is an empty library; an older one is brought up to date.

    Every method may be called from any thread and raises StoreError when the file can't be read. Searches have a
    connection of their own, so that a long one never holds up the list.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._browsing = Connection(self.path)
        self._searching = Connection(self.path)
        self._overtaken = 0

    def close(self) -> None:
        self._browsing.close()
        self._searching.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The connection of the list, for the store's own longer looks; None when there is no file yet."""
        with self._browsing.use() as conn:
            yield conn

    @property
    def refusal(self) -> StoreError | None:
        """Why nothing can be written to the file, as far as that is known once it was looked at: a newer program wrote
        it.
        """
        return self._browsing.refusal

    # -- the list -----------------------------------------------------------------------------------------------

    def page(
        self,
        after: After | None = None,
        limit: int = 50,
        states: Collection[State] | None = None,
        *,
        tags: Iterable[str] = (),
        archived: bool = False,
        due: str = "",
    ) -> list[Row]:
        """The next `limit` debates, the newest first: those older than `after`, of these states only, with all these
        tags. Those that are archived are left out; with `archived` only these are listed, and with `due`, an ISO date,
        those of both whose day to be looked at again comes by then.

        Costs the same at any depth.
        """
        stored: set[str] | None = None if states is None else set(states)
        if stored and "interrupted" in stored:
            stored.add("running")  # one whose process died is still stored as running
        only = listing.Only(stored, tuple(tags), archived, due)
        rows: list[Row] = []
        with self._browsing.use() as conn:
            while conn is not None and len(rows) < limit:
                found = [self._row(values) for values in listing.older(conn, _ROW, after, limit, only)]
                rows += [r for r in found if states is None or r.state in states]
                if len(found) < limit:
                    break
                after = (found[-1].created_at, found[-1].id)
        return rows[:limit]

    def count(self, *, archived: bool = False) -> int:
        """How many debates the list has, deleted and archived ones left out; or how many are archived."""
        with self._browsing.use() as conn:
            return 0 if conn is None else listing.count(conn, archived)

    def stock(self, day: str) -> listing.Stock:
        """How many debates there are of each kind; those to be looked at again by this day, an ISO date."""
        with self._browsing.use() as conn:
            if conn is None:
                return listing.Stock()
            return listing.Stock(listing.count(conn, False), listing.count(conn, True), listing.count_due(conn, day))

    def tags(self) -> list[tuple[str, int]]:
        """Every tag with the number of debates that have it, the most used first."""
        with self._browsing.use() as conn:
            return [] if conn is None else listing.tags(conn)

    def to_revisit(self, day: str | None = None) -> list[Revisited]:
        """The debates to be looked at again by this day, the oldest day first; with None all, those without a day last.
        Archived ones, too.
        """
        with self._browsing.use() as conn:
            found = [] if conn is None else listing.to_revisit(conn, _ROW, day)
        return [Revisited(self._row(one.row), one.conditions) for one in found]

    def row(self, id: str) -> Row:
        """One debate as the list shows it. Raises NoSuchDebate."""
        with self._browsing.use() as conn:
            sql = f"SELECT {_ROW} FROM debates WHERE id = ? AND deleted_at IS NULL"
            found = conn.execute(sql, (id,)).fetchone() if conn is not None else None
        if found is None:
            raise NoSuchDebate(id)
        return self._row(found)

    def state(self, id: str) -> State:
        """How the debate stands; one that no living process is at is interrupted. Raises NoSuchDebate."""
        return self.row(id).state

    def resolve(self, wanted: str) -> str:
        """The id of a debate from its beginning, or from `last`.

        Raises NoSuchDebate with ids that look like it, AmbiguousDebate when several begin so.
        """
        if wanted.strip().lower() == LAST:
            newest = self.page(limit=1)
            if not newest:
                raise NoSuchDebate("yet")
            return newest[0].id
        given = wanted.strip().encode("utf-8", "replace").decode()
        with self._browsing.use() as conn:
            if conn is None or not given:
                raise NoSuchDebate(given or "without an id")
            for beginning in dict.fromkeys((given, reread(given))):
                found = _beginning_with(conn, beginning, 6)
                if beginning in found or len(found) == 1:
                    return beginning if beginning in found else found[0]
                if found:
                    raise AmbiguousDebate(given, tuple(found[:5]))
            raise NoSuchDebate(given, _similar(conn, reread(given)))

    # -- one debate ---------------------------------------------------------------------------------------------

    def events(self, id: str) -> Iterator[Event]:
        """The log of a debate, from its first event on. Raises NoSuchDebate, and StoreError when it is damaged."""
        from upverdict.core.store.logged import logged, logged_rows

        self.row(id)
        with self._browsing.use() as conn:
            if conn is not None and self._browsing.refusal:
                from upverdict.core.store.newer import understood

                return self._unpacked(id, understood(self.path, id, logged_rows(conn, id)))
            return self._unpacked(id, logged(conn, id) if conn is not None else iter(()))

    def debate(self, id: str) -> Debate:
        """The debate, folded. Raises NoSuchDebate, and StoreError when its log is damaged."""
        from upverdict.core.debate import Debate

        with self._sound(id):
            return Debate.fold(self.events(id))

    def told(self, id: str) -> list[Event]:
        """The whole log of a debate, one that can be folded. Raises NoSuchDebate, and StoreError when it is damaged."""
        from upverdict.core.debate import Debate

        with self._sound(id):
            events = list(self.events(id))
            Debate.fold(events)
            if not events:
                raise ValueError("it has no event")
        return events

    @contextmanager
    def _sound(self, id: str) -> Iterator[None]:
        try:
            yield
        except (ValueError, KeyError, StopIteration) as e:
            raise damaged(self.path, id, f"{type(e).__name__}: {e}") from e

    def related(self, id: str, limit: int = 5) -> list[Related]:
        """The debates that are about the same, the nearest first. Empty for one that is not kept."""
        from upverdict.core.store.relating import find

        with self._browsing.use() as conn:
            found = find(conn, id, _ROW, limit) if conn is not None else []
        return [Related(self._row(one.row), one.shared) for one in found]

    def decided(self, question: str, limit: int = 3) -> list[Related]:
        """The debates about the same as this question that have a verdict, the nearest first."""
        from upverdict.core.store.relating import decided

        with self._browsing.use() as conn:
            found = decided(conn, question, _ROW, limit) if conn is not None else []
        return [Related(self._row(one.row), one.shared) for one in found]

    def draft(self, key: str) -> str:
        """What the user had written and not sent, under a debate's id or `new`."""
        with self._browsing.use() as conn:
            found = conn and conn.execute("SELECT text FROM drafts WHERE key = ?", (key,)).fetchone()
        return str(found[0]) if found else ""

    def _unpacked(self, id: str, events: Iterator[Event]) -> Iterator[Event]:
        try:
            yield from events
        except ValueError as e:
            raise damaged(self.path, id, str(e)) from e

    # -- searching ----------------------------------------------------------------------------------------------

    def search(self, words: str, limit: int = 50, ranked: bool = False) -> list[Hit]:
        """As `find`, the hits alone."""
        return self.find(words, limit, ranked).hits

    def find(self, words: str, limit: int = 50, ranked: bool = False) -> Found:
        """The debates in whose question, verdict or statements all the words occur, one hit each, and what was
        understood: `core/store/query.py` says what can be asked for. Every text is a valid search.

        The newest first, which is fast whatever the words; or `ranked` by how well they match, which may take a second
        for common ones.

        Raises Overtaken when `interrupt` came after it was called.
        """
        from upverdict.core.store import asking

        begun = self._overtaken

        def check() -> None:
            if self._overtaken != begun:
                raise Overtaken

        with self._searching.use() as conn:
            check()
            found = asking.ask(conn, words, limit, ranked, check)
        hits = [h._replace(state=self._state(h.id, h.state)) for h in found.hits]
        states = found.meaning.states
        return found._replace(hits=[h for h in hits if states is None or h.state in states])

    def interrupt(self) -> None:
        """Stop the search that runs now on another thread, and those that wait behind it."""
        self._overtaken += 1
        self._searching.interrupt()

    # -- states -------------------------------------------------------------------------------------------------

    def _row(self, values: tuple[Any, ...]) -> Row:
        row = Row._make(values)
        state = self._state(row.id, row.state)
        return row._replace(state=state, tags=listing.parted(values[_TAGS]), archived=bool(row.archived))

    def _state(self, id: str, stored: State) -> State:
        return "interrupted" if stored == "running" and not live.lives(self.path, id) else stored


_ROW = listing.columns(Row._fields)
_TAGS = Row._fields.index("tags")


def _beginning_with(conn: sqlite3.Connection, beginning: str, limit: int) -> list[str]:
    sql = "SELECT id FROM debates WHERE id >= ? AND id < ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?"
    ids = [id for (id,) in conn.execute(sql, (beginning, beginning + "\U0010ffff", limit))]
    whole = conn.execute("SELECT id FROM debates WHERE id = ? AND deleted_at IS NULL", (beginning,)).fetchone()
    return [*whole, *ids] if whole else ids


_NEAR = 0.8
"""How alike an id must be to be meant: those of one day have more than half of their letters in common anyway."""


def _similar(conn: sqlite3.Connection, wanted: str) -> tuple[str, ...]:
    """Ids that could have been meant: by what stands behind the day, which many share, or a slip of the finger away,
    looked for where most of the beginning is right."""
    import difflib

    sql = "SELECT id FROM debates WHERE substr(id, instr(id, '-') + 1, ?) = ? AND deleted_at IS NULL ORDER BY id DESC"
    if behind := [id for (id,) in conn.execute(f"{sql} LIMIT 3", (len(wanted), wanted))]:
        return tuple(behind)
    for known in range(min(len(wanted), 9), 2, -2):
        near = difflib.get_close_matches(wanted, _beginning_with(conn, wanted[:known], 500), 3, _NEAR)
        if near:
            return tuple(near)
    return ()
