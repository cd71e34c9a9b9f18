"""The statements of one voice as one tall column of rows: layout, places, selection. Knows no style and no widget."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from upverdict.tui.widgets.pane_rows import BLANK, Block, Row, Span
from upverdict.tui.widgets.pane_text import clean

NOWHERE = 1 << 60
"""A row below all others."""

Point = tuple[int, int]
"""A character on the screen: (row, index in the row's text)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row by what stands in it, so that it is found again at any width: `at` is a position in the statement, or the
    number of rows below the heading (`part` -1) or from the end of the text (`part` 1)."""

    key: str
    part: int
    at: int


class Stack:
    """Blocks from the oldest to the newest, an empty row between them. `shifted`: the last layout moved rows."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.width = 0
        self.rows = 0
        self.shifted = False
        self._by_key: dict[str, Block] = {}

    def __getitem__(self, key: str) -> Block:
        return self._by_key[key]

    def begin(self, key: str, left: str, live: bool) -> None:
        """A new block at the end, or an old one emptied where it stands."""
        block = Block(key, left, live)
        if old := self._by_key.get(key):
            block.top, block.drawn = old.top, old.drawn
            self.blocks[self.blocks.index(old)] = block
        else:
            self.blocks.append(block)
        self._by_key[key] = block

    def rename(self, key: str, to: str) -> None:
        """The block stays where it is, under another key. Raises KeyError for one that there is not."""
        block = self._by_key.pop(key)
        block.key = to
        self._by_key[to] = block

    def remove(self, key: str) -> None:
        """The block is gone. Raises KeyError for one that there is not."""
        self.blocks.remove(self._by_key.pop(key))

    def clear(self) -> None:
        """No blocks."""
        self.blocks.clear()
        self._by_key.clear()

    def layout(self, width: int) -> int:
        """Bring all rows up to date. The first row that is not what it was; `NOWHERE` if all are."""
        rewrapped, self.width = width != self.width, width
        self.shifted = rewrapped
        first, top = NOWHERE, 0
        for block in self.blocks:
            if block.top != top:
                first = min(first, block.top, top)
                self.shifted = True
                block.top = top
            if block.stale or rewrapped:
                before, text_top = block.drawn, block.text_top
                changed = block.layout(width)
                self.shifted |= block.text_top != text_top
                if changed < max(before, block.drawn):
                    first = min(first, top + changed)
            top += block.drawn + 1
        rows = max(0, top - 1)
        if rows < self.rows:
            first = min(first, rows)
        self.rows = rows
        return 0 if rewrapped and rows else first

    def block_at(self, index: int) -> Block | None:
        """The block in which row `index` stands; the empty row below a block is its own."""
        found = bisect_right(self.blocks, index, key=_top) - 1
        return self.blocks[max(0, found)] if self.blocks else None

    def row(self, index: int) -> Row:
        """Row `index` from the top; an empty one where there is none."""
        block = self.block_at(index)
        return block.row(index - block.top) if block else BLANK

    def slice(self, first: int, count: int) -> list[tuple[Row, Span | None]]:
        """The rows from `first` on, each with the part of it that is highlighted."""
        rows: list[tuple[Row, Span | None]] = []
        for block in self.blocks:
            end = block.top + block.drawn + 1
            if end <= first or block.top >= first + count:
                continue
            begin = max(first, block.top) - block.top
            part = block.slice(begin, min(end, first + count) - block.top)
            if block.highlight is None:
                rows += [(row, None) for row in part]
            else:
                rows += [(row, block.found(begin + i)) for i, row in enumerate(part)]
        rows += [(BLANK, None)] * (count - len(rows))
        return rows

    def place(self, index: int) -> Place | None:
        """What stands in row `index`."""
        block = self.block_at(index)
        if block is None:
            return None
        below = index - block.top
        if below < block.text_top:
            return Place(block.key, -1, below)
        if block.is_text(below):
            return Place(block.key, 0, block.row(below).start)
        return Place(block.key, 1, below - block.text_top - len(block.body.rows))

    def row_of(self, place: Place) -> int | None:
        """The row in which it stands now; `None` if the statement is gone."""
        block = self._by_key.get(place.key)
        if block is None:
            return None
        if place.part < 0:
            return block.top + min(place.at, block.text_top - 1)
        if place.part > 0:
            return block.top + min(block.text_top + len(block.body.rows) + place.at, block.drawn)
        return block.top + block.row_of(place.at)

    def is_text(self, index: int) -> bool:
        """Whether row `index` holds what was said."""
        block = self.block_at(index)
        return block is not None and block.is_text(index - block.top)

    def where(self, index: int, column: int) -> tuple[str, int] | None:
        """The statement in row `index`, and where in it the character at `column` was written; of a heading the first
        place, below the text the one behind the last.
        """
        block = self.block_at(index)
        if block is None:
            return None
        below = index - block.top
        if below < block.text_top:
            return block.key, 0
        return block.key, block.row(below).position(column) if block.is_text(below) else block.pieces.size

    def spans(self, start: Point | None, end: Point | None) -> list[tuple[str, Span]]:
        """What was written from `start` to before `end`, as spans of the statements; `None` is the first, the last."""
        first = start or (0, 0)
        last = end or (self.rows, 0)
        return [(block.key, span) for block in self.blocks if (span := _span(block, first, last))]

    def text(self, start: Point | None, end: Point | None) -> str:
        """What was written from `start` to before `end`; `None` is the first and the last. Headings and notes are in
        it only where nothing else is."""
        first = start or (0, 0)
        last = end or (self.rows, 0)
        parts = [part for block in self.blocks if (part := _written(block, first, last))]
        if not parts:
            rows = range(max(0, first[0]), min(self.rows - 1, last[0]) + 1)
            parts = [_cut(self.row(i).text, i, first, last) for i in rows]
            return "\n".join(parts)
        return "\n\n".join(parts)


def _top(block: Block) -> int:
    return block.top


def _cut(text: str, index: int, first: Point, last: Point) -> str:
    return text[first[1] if index == first[0] else 0 : last[1] if index == last[0] else len(text)]


def _written(block: Block, first: Point, last: Point) -> str:
    span = _span(block, first, last)
    return clean(block.pieces.text[slice(*span)])[0] if span else ""


def _span(block: Block, first: Point, last: Point) -> Span | None:
    rows = block.body.rows
    top = block.top + block.text_top
    begin, end = first[0] - top, last[0] - top
    if begin >= len(rows) or end < 0 or not rows:
        return None
    start = rows[begin].position(first[1]) if begin >= 0 else 0
    return start, rows[end].position_after(last[1]) if end < len(rows) else block.pieces.size
