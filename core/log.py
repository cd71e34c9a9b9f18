"""The log of one debate while it lives: stamps events, folds them, hands them on. No I/O of its own.

Appending feeds the recorder first, before anybody who shows the event: a dead screen can't lose a word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.values import replace


class Recorder(Protocol):
    """Whoever keeps the events; `store.writer.Recorder` does."""

    def put(self, event: ev.Event) -> None:
        """Keep the event. Never blocks, never raises: a failure to write is reported by other ways."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """UTC, ISO 8601, milliseconds, `Z`: how every event tells its time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Log:
    """Appends events to a debate. `debate` is always the fold of all that was appended."""

    def __init__(
        self,
        id: str,
        recorder: Recorder | None = None,
        events: Iterable[ev.Event] = (),
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.id = id
        self.debate = Debate.fold(events)
        self._recorder = recorder
        self._now = now
        self._subscribers: list[asyncio.Queue[ev.Event | None]] = []
        self._fresh: list[ev.Event] | None = []

    def append(self, event: ev.Event) -> ev.Event:
        """Stamp, record, fold and publish one event; returns it as it was stamped."""
        return self._take(replace(event, seq=self.debate.seq + 1, at=stamp(self._now()), debate=self.id))

    def replay(self, event: ev.Event) -> None:
        """Fold and publish an event that was stamped when it happened. Raises ValueError and KeyError as the fold."""
        self._take(event)

    def _take(self, stamped: ev.Event) -> ev.Event:
        self.debate.apply(stamped)  # what the fold refuses is no fact, and is not kept
        if self._recorder is not None:
            self._recorder.put(stamped)
        if self._fresh is not None:
            self._fresh.append(stamped)
        for queue in self._subscribers:
            queue.put_nowait(stamped)
        return stamped

    def subscribe(self) -> asyncio.Queue[ev.Event | None]:
        """A queue that gets every event appended from now on, and None when the log is closed.

        The first subscriber gets what was appended before it came, too: the event that begins a debate is appended
        before anybody can listen.
        """
        queue: asyncio.Queue[ev.Event | None] = asyncio.Queue()
        for event in self._fresh or ():
            queue.put_nowait(event)
        self._fresh = None
        self._subscribers.append(queue)
        return queue

    def close(self) -> None:
        """Tell the subscribers that no more events come."""
        for queue in self._subscribers:
            queue.put_nowait(None)
        self._subscribers.clear()
