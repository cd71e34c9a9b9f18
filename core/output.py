"""Writes what a debate says from a thread of its own: a reader who is slow holds up nobody. Knows no debate.

The standard streams are written beneath their buffers. A thread that is stuck in one of those would hold a lock that
Python wants when it ends, and the program could not be ended.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

_LAST_SECONDS = 1.0
"""How long the last words may take to be taken from stderr when the output before them was not."""


class _Sink:
    """One standard stream. What it can't spell is written as `?`: no debate ends for that."""

    def __init__(self, stream: TextIO | None) -> None:
        buffer: Any = stream and stream.buffer
        self._raw = getattr(buffer, "raw", buffer)  # None where the program was started without the stream
        self._encoding = (stream and stream.encoding) or "utf-8"
        errors = (stream and stream.errors) or "strict"
        self._errors = "replace" if errors == "strict" else errors

    def write(self, text: str) -> None:
        """Return when all of it is taken. Raises OSError, and then drops all that comes later."""
        rest = memoryview(text.replace("\n", os.linesep).encode(self._encoding, self._errors))
        try:
            while rest and self._raw is not None:
                taken = self._raw.write(rest)
                if taken is None:  # somebody who shares it has made it non-blocking
                    select.select([], [self._raw], [])
                else:
                    rest = rest[taken:]
        except OSError:
            self._raw = None
            raise


class Output:
    """Text for stdout and words for stderr, written in the order in which they were given.

    To be made on the event loop. `failure` is why stdout can't be written any more; `on_failure` is called on the loop
    when that happens, once.
    """

    def __init__(self) -> None:
        self.failure: OSError | None = None
        self.on_failure: Callable[[], object] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._out, self._err = _Sink(sys.stdout), _Sink(sys.stderr)
        self._queue: SimpleQueue[tuple[_Sink, str] | asyncio.Event] = SimpleQueue()
        # A daemon: it may never come back from a reader that has stopped reading.
        Thread(target=self._write, name="upverdict-output", daemon=True).start()

    def say(self, text: str) -> None:
        """Text for stdout, as it is. Never blocks, never raises."""
        self._queue.put((self._out, text))

    def note(self, words: str) -> None:
        """A line for a person, on stderr, after all that was said before. Never blocks, never raises."""
        if words:
            self._queue.put((self._err, words + "\n"))

    async def taken(self) -> None:
        """Return when the readers have taken all that was said so far, or will never."""
        over = asyncio.Event()
        self._queue.put(over)
        await over.wait()

    def insist(self, words: str) -> None:
        """A line on stderr although the output before it is not taken. Blocks for a second at the most."""
        last = Thread(target=self._told, args=(self._err, words + "\n"), daemon=True)
        last.start()
        last.join(_LAST_SECONDS)

    # -- on the thread ------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while True:
            item = self._queue.get()
            if isinstance(item, asyncio.Event):
                self._tell(item.set)
            else:
                self._told(*item)

    def _told(self, sink: _Sink, text: str) -> None:
        try:
            sink.write(text)
        except OSError as e:
            if sink is self._out:  # of a stderr that is gone nobody can be told
                self.failure = e
                self._tell(self.on_failure)

    def _tell(self, do: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(do)
