"""A debate made ready to be written: its rows of the log and of the readable tables. Knows no connection of its own.

All that can be wrong with a log is found here, before anything is written.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.store import tables
from upverdict.core.store.ids import is_id
from upverdict.core.store.packing import EventRow, Packer
from upverdict.core.store.readable import Changes, Readable

Compared = Literal["same", "longer", "shorter", "other"]

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_LARGEST = 1 << 63
"""What SQLite can't hold as a number."""
_SHOWN = 64
"""Characters that are shown of what can't be an id."""


class Ready(NamedTuple):
    """`rows` are those behind the first `here` events, which the file has already; `changes` are of the whole log."""

    debate: str
    here: int
    rows: list[EventRow]
    changes: Changes

    def write(self, conn: sqlite3.Connection) -> None:
        """Write it, in the caller's transaction. Raises sqlite3.Error."""
        if self.here:
            tables.prune(conn, self.debate, self.changes)
        tables.write(conn, self.debate, self.rows, self.changes)


def compare(here: Iterable[ev.Event], coming: Sequence[ev.Event]) -> tuple[Compared, int]:
    """What the log that comes is to the one that is here, and how many events both begin with."""
    both = 0
    for event in here:
        if both == len(coming):
            return "shorter", both
        if coming[both] != event:
            return "other", both
        both += 1
    return ("same" if both == len(coming) else "longer"), both


def ready(events: Sequence[ev.Event], here: int = 0) -> tuple[Ready, Debate]:
    """A whole log made ready, and its fold, for a file that has its first `here` events already.

    A debate that still runs becomes an interrupted one. Raises ValueError with what is wrong, in words.
    """
    if not events:
        raise ValueError("it has no event")
    id = events[0].debate
    if not is_id(id):
        raise ValueError(f"{id if len(id) <= _SHOWN else id[:_SHOWN] + '…'!r} can't be the id of a debate")
    if not isinstance(events[0], ev.DebateStarted):
        raise ValueError(f"it begins with {events[0].KIND}, not with debate_started")
    packer, readable = Packer(), Readable()
    for event in events:
        _check(event, id)
        if isinstance(event, ev.DebateStarted) and event.seq > 1:
            raise ValueError(f"event {event.seq} begins the debate a second time")
        readable.apply(event)
        packer.add(event)
        if event.seq == here:
            packer.take()
    readable.interrupt()
    made = Ready(id, here, packer.take(), readable.take())
    _check_values(made)
    return made, readable.debate


def _check(event: ev.Event, id: str) -> None:
    if event.debate != id:
        raise ValueError(f"event {event.seq} belongs to debate {event.debate!r}, not to {id}")
    try:
        timed = _TIME.fullmatch(event.at) and datetime.fromisoformat(event.at)
    except ValueError:
        timed = None
    if not timed:
        raise ValueError(f"event {event.seq} has no time, but {event.at!r}")


def _check_values(made: Ready) -> None:
    """Raises ValueError for what no table can hold."""
    for value in _values((made.rows, made.changes)):
        if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            raise ValueError(f"the number {str(value)[:12]}… is too large")
    for name in made.changes.statements:
        if not name.isprintable():  # it is what other events and the user call it by
            raise ValueError(f"{name!r} can't be the id of a statement")


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from _values(tuple(value))
        yield from _values(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _values(one)
    else:
        yield value
