"""Tells on stderr how far something is that takes long, to a person who watches. Knows nothing of what it is."""

from __future__ import annotations

import sys
import time
from types import TracebackType

AFTER = 1.0
"""Seconds for which nothing is told: most things are done by then."""
EVERY = 0.1


class Ticker:
    """One line that is written over and over, and gone in the end. Silent where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = 0
        self._next = time.monotonic() + AFTER
        self._watched = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Ticker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.clear()

    def tell(self, what: str, done: int = 0, of: int = 0) -> None:
        """`what` is being done, `done` of so many are; neither is told where it is 0, since nobody knows it."""
        if not self._watched or (now := time.monotonic()) < self._next:
            return
        self._next = now + EVERY
        part = f" of {of:,} ({min(100, 100 * done // of)} %)" if of else ""
        line = f"{what}: {done:,}{part}" if done else f"{what} …"
        print(f"\r{line:<{self._shown}}", end="", file=sys.stderr, flush=True)
        self._shown = len(line)

    def clear(self) -> None:
        """Take the line away, for words that come now."""
        if self._shown:
            print(f"\r{' ' * self._shown}\r", end="", file=sys.stderr, flush=True)
            self._shown = 0
