"""Where the panes of a council go on a screen of a given size (ui.md, Wide and Narrower). Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

WIDE = 120
"""Cells from which the voices stand side by side."""
NARROW, LOW = 80, 24
"""Fewer cells or rows: one pane at a time."""
COLUMN = 28
"""Cells that a column has at least."""
AROUND = 8
"""Rows of the screen that are no pane's: two lines above, tabs, one line and the composer below, the keys."""
BENEATH = 6
"""Rows of the user's pane where it lies under all others: a frame, a heading, a few words and who answered them."""
ABOVE = 12
"""Rows that the panes above it have at least; else it waits out of sight like any other for which there is no room."""
TAGLINE = 13
"""Rows of a pane under which it has none to spare for the tagline."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`visible` are the places of the panes that are shown, in order; `columns` and `rows` of the grid.

    `spread` says that the last one takes what is left of its row, `beneath` that it has a low one of its own under
    those of the grid. `pages` is whether others wait at the sides.
    """

    visible: range
    columns: int
    rows: int
    spread: bool = False
    beneath: bool = False

    def low(self, height: int) -> bool:
        """Whether panes on a screen of so many rows leave out what is no statement."""
        return (height - AROUND - (BENEATH if self.beneath else 0)) // self.rows < TAGLINE

    def pages(self, count: int) -> bool:
        return len(self.visible) < count


def capacity(width: int, height: int) -> tuple[int, int]:
    """(columns, rows) of panes that a screen of this size can show at once."""
    if width < NARROW or height < LOW:
        return 1, 1
    if width < WIDE:
        return 2, 2
    return max(1, width // COLUMN), 1


def plan(width: int, height: int, count: int, first: int, zoomed: int | None = None, *, yours: bool = False) -> Plan:
    """Lay out `count` panes in `width` x `height` cells, with the pane at `first` in sight; `yours`: the last is the
    user's, which goes under the others where it is the only one that has no room beside them.

    A page is always full: near the end it begins earlier than `first`.
    """
    if zoomed is not None:
        return Plan(range(zoomed, zoomed + 1), 1, 1)
    columns, rows = capacity(width, height)
    if yours and count - 1 == columns * rows > 1 and (height - AROUND - BENEATH) // rows >= ABOVE:
        return Plan(range(count), columns, rows, beneath=True)
    shown = min(count, columns * rows)
    start = max(0, min(first, count - shown))
    visible = range(start, start + shown)
    columns = min(columns, shown)
    rows = -(-shown // columns)
    return Plan(visible, columns, rows, spread=shown % columns != 0)


def reveal(place: int, current: Plan) -> int:
    """Where the page must begin so that the pane at `place` is seen: not moved if it is already."""
    if place in current.visible:
        return current.visible.start
    return place if place < current.visible.start else place - len(current.visible) + 1


def turn(direction: int, current: Plan, count: int) -> int:
    """Where the next page (`direction` 1) or the one before (-1) begins; it stops at the ends."""
    size = len(current.visible)
    return max(0, min(current.visible.start + direction * size, count - size))
