"""What a log that comes is to the file and to what came before it. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Literal, NamedTuple

from upverdict.core import events as ev
from upverdict.core.store import cleaning, live
from upverdict.core.store.errors import damaged
from upverdict.core.store.logged import logged_rows
from upverdict.core.store.packing import unpack
from upverdict.core.store.reader import Library
from upverdict.core.store.ready import compare
from upverdict.core.store.stage import Stage

Standing = Literal["new", "same", "longer", "shorter", "other", "deleted", "held"]


class Weighed(NamedTuple):
    """`here`: how many events of it the file has. `both`: with how many events the two begin the same.

    `deleted`: it is here, but hidden, to be brought back by the window that deleted it. `held`: it is longer than the
    one here, at which some window is now.
    """

    standing: Standing
    here: int = 0
    both: int = 0


def weigh(library: Library, stage: Stage, events: Sequence[ev.Event]) -> Weighed:
    """Raises StoreError when the file can't be read, or the log that is here is damaged."""
    id = events[0].debate
    with library.reading() as conn:
        found = conn and conn.execute("SELECT deleted_at FROM debates WHERE id = ?", (id,)).fetchone()
        if found and found[0] is not None:
            token = cleaning.token_of(found[0])
            if token is None or live.lives(library.path, live.importing(token)):
                return Weighed("deleted")
            found = None  # what a dead import left, and nobody sees
        rows = logged_rows(conn, id) if conn and found else []
    here = rows[-1].seq + rows[-1].size - 1 if rows else 0
    staged = stage.get(id).rows if id in stage else []
    if not rows and not staged:
        return Weighed("new")
    try:
        standing, both = compare(unpack(id, chain(rows, staged)), events)
    except ValueError as e:
        raise damaged(library.path, id, str(e)) from e
    if standing == "longer" and here and live.lives(library.path, id):
        return Weighed("held", here, both)
    return Weighed(standing, here, both)


def has(library: Library, id: str) -> bool:
    """Whether a debate of this id is here, be it deleted."""
    with library.reading() as conn:
        return bool(conn and conn.execute("SELECT 1 FROM debates WHERE id = ?", (id,)).fetchone())
