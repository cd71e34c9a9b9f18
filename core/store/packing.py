"""Events as rows of the log and back, without loss. Pure; knows no connection.

One event is one row; only words that come in pieces are gathered: consecutive deltas of one kind become one row with
the body `[[statement or version, milliseconds after the row's at, text], …]`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from upverdict.core import events as ev
from upverdict.core import jsonform

MAX_PIECES = 500
"""Deltas in one row at most: a row of some kilobytes, whatever an import brings."""

WORDS = frozenset({ev.TextDelta.KIND, ev.VerdictDelta.KIND})
"""The kinds that are gathered."""

_MS = timedelta(milliseconds=1)

Place = tuple[str, ev.Round]  # who writes a statement, and in which round


class EventRow(NamedTuple):
    """One row of the table `events`: `seq` and `at` are those of the first of `size` events."""

    seq: int
    size: int  # the column `count`
    at: str
    kind: str
    body: str


class Packer:
    """Makes rows of events that come in the order of their log. `take` hands out the rows so far."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._rows: list[EventRow] = []
        self._pieces: list[list[Any]] = []
        self._first: ev.TextDelta | ev.VerdictDelta | None = None
        self._began: datetime | None = None

    def add(self, event: ev.Event) -> None:
        if isinstance(event, ev.TextDelta | ev.VerdictDelta) and self._gather(event):
            return
        self._close()
        if isinstance(event, ev.StatementStarted):
            self._places[event.statement] = (event.voice, event.round)
        self._rows.append(EventRow(event.seq, 1, event.at, event.KIND, _dump(jsonform.own(event))))

    def take(self) -> list[EventRow]:
        self._close()
        rows, self._rows = self._rows, []
        return rows

    def _gather(self, event: ev.TextDelta | ev.VerdictDelta) -> bool:
        """Whether the event could be gathered: what can't be restored from the short form keeps its long one."""
        at = _moment(event.at)
        if at is None:
            return False
        key: str | int
        if isinstance(event, ev.TextDelta):
            key = event.statement
            if self._places.get(key) != (event.voice, event.round):
                return False
        else:
            key = event.version
            if (event.part, event.voice, event.statement, event.start) != ("decision", "", "", 0):
                return False
        if self._first is not None and not self._fits(event):
            self._close()
        if self._first is None or self._began is None:
            self._first, self._began = event, at
        self._pieces.append([key, (at - self._began) // _MS, event.text])
        return True

    def _fits(self, event: ev.Event) -> bool:
        return self._first is not None and self._first.KIND == event.KIND and len(self._pieces) < MAX_PIECES

    def _close(self) -> None:
        if self._first is not None:
            first, pieces = self._first, self._pieces
            self._rows.append(EventRow(first.seq, len(pieces), first.at, first.KIND, _dump(pieces)))
            self._first, self._began, self._pieces = None, None, []


def pack(events: Iterable[ev.Event]) -> list[EventRow]:
    """The rows of a whole log."""
    packer = Packer()
    for event in events:
        packer.add(event)
    return packer.take()


def unpack(debate: str, rows: Iterable[EventRow]) -> Iterator[ev.Event]:
    """The events of a log from its first row on.

    Raises `BadEvent` for a row that is damaged or of a newer version.
    """
    places: dict[str, Place] = {}
    for row in rows:
        yield from events_of(debate, row, places)


def events_of(debate: str, row: EventRow, places: dict[str, Place], *, lax: bool = False) -> Iterator[ev.Event]:
    """The events of one row. `places`, to begin with empty, is what the rows before it tell of the statements.

    `lax` leaves out fields that a newer version added. Raises `BadEvent` as `unpack`.
    """
    if row.body.startswith("["):
        yield from _pieces(debate, row, places)
        return
    head = {"seq": row.seq, "at": row.at, "debate": debate, "kind": row.kind}
    try:
        own = json.loads(row.body)
    except ValueError as e:
        raise jsonform.BadEvent(f"event {row.seq} is not JSON: {e}") from e
    if not isinstance(own, dict):
        raise jsonform.BadEvent(f"event {row.seq} is not an object")
    event = jsonform.from_json(json.dumps(own | head), lax=lax)
    if isinstance(event, ev.StatementStarted):
        places[event.statement] = (event.voice, event.round)
    yield event


def _pieces(debate: str, row: EventRow, places: dict[str, Place]) -> Iterator[ev.Event]:
    try:
        pieces = json.loads(row.body)
        began = datetime.fromisoformat(row.at)
        if len(pieces) != row.size:
            raise jsonform.BadEvent(f"event {row.seq} has {len(pieces)} pieces, not {row.size}")
        for n, (key, late, text) in enumerate(pieces):
            at = _stamp(began + late * _MS) if late else row.at
            yield _delta(row.kind, row.seq + n, at, debate, key, text, places)
    except (ValueError, TypeError, KeyError, OverflowError) as e:
        if isinstance(e, jsonform.BadEvent):
            raise
        raise jsonform.BadEvent(f"event {row.seq} is damaged: {type(e).__name__}") from e


def _delta(kind: str, seq: int, at: str, debate: str, key: Any, text: str, places: dict[str, Place]) -> ev.Event:
    if kind == ev.TextDelta.KIND:
        voice, round = places[key]
        return ev.TextDelta(seq=seq, at=at, debate=debate, voice=voice, round=round, statement=key, text=text)
    if kind == ev.VerdictDelta.KIND:
        return ev.VerdictDelta(seq=seq, at=at, debate=debate, version=key, text=text)
    raise jsonform.BadEvent(f"event {seq}: {kind} is never gathered")


def _moment(at: str) -> datetime | None:
    """The time, if it is written just as the log writes it; None for any other spelling."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment if moment.tzinfo is UTC and _stamp(moment) == at else None


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _dump(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate can't be stored as UTF-8, its JSON escape can
        return json.dumps(value, separators=(",", ":"))
    return text
