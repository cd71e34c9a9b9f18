"""Takes words from the wire into the log: cleaned, and gathered into one event every few hundredths of a second.
Knows no wire, no log and no screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from upverdict.core.blocks import Divider
from upverdict.core.marks import MAX_MARKS, Cited, Marks
from upverdict.core.text import Cleaner

GATHER = 0.05
"""Seconds of text in one event: a screen's eye sees no steps, and a fast model makes no event for each token."""


class Pen:
    """Writes one answer by `append`. The first words at once, the next ones gathered for `GATHER` seconds.

    A `divider` keeps the machine block of a statement from being written; `marks` take those of sources out of it, and
    `cite` gets the ids that each names, with the number of characters behind which it stands.
    """

    def __init__(
        self,
        append: Callable[[str], object],
        divider: Divider | None = None,
        marks: Marks | None = None,
        cite: Callable[[tuple[str, ...], int], object] = lambda _ids, _after: None,
    ) -> None:
        self._put = append
        self._divider = divider
        self._marks = marks
        self._cite = cite
        self._cleaner = Cleaner()
        self._pending: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._written: list[str] = []
        self._closed = False
        self._marked = 0
        self._block_at = -1  # where the machine block was taken out

    @property
    def text(self) -> str:
        """All that was appended."""
        return "".join(self._written)

    def write(self, piece: str) -> None:
        self._pending.append(piece)
        if self._timer is None:
            self._flush()
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._tick)

    def place(self) -> int:
        """How many characters have been written, with what came until now, as far as it can be: where a mark goes."""
        self._flush()
        return len(self.text.rstrip())

    @property
    def in_block(self) -> bool:
        """Whether the last words that came were those of the machine block, which nobody is shown."""
        return self._block_at == len(self.text) or (self._divider is not None and self._divider.holds)

    def close(self) -> None:
        """Append what is still held back. Safe to call twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._flush()
        self._append(self._divided(self._cleaner.finish()))
        if not self._closed:
            self._append(self._divider.finish() if self._divider is not None else "")
            self._take(self._marks.finish() if self._marks is not None else [])
        self._closed = True

    def _tick(self) -> None:
        self._timer = None
        if self._pending:
            self._flush()
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._tick)

    def _flush(self) -> None:
        if self._pending:
            piece = "".join(self._pending)
            self._pending.clear()
            self._append(self._divided(self._cleaner.feed(piece)))

    def _divided(self, words: str) -> str:
        if self._divider is None:
            return words
        before = self._divider.block
        prose = self._divider.feed(words)
        if self._divider.block is not before:
            self._block_at = len(self.text)
        return prose

    def _append(self, words: str) -> None:
        if words:
            self._take([words] if self._marks is None else self._marks.feed(words))

    def _take(self, parts: list[str | Cited]) -> None:
        """Put the prose between two marks as one piece, and each mark in its place."""
        words = ""
        for part in parts:
            if isinstance(part, str):
                words += part
                continue
            self._marked += 1
            if self._marked > MAX_MARKS:
                continue
            self._put_down(words)
            words = ""
            self._cite(part.ids, len(self.text))
        self._put_down(words)

    def _put_down(self, words: str) -> None:
        if words:
            self._written.append(words)
            self._put(words)
