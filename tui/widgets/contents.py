"""The sections of a page by their names, the one that is read marked: a row above the page, or a column beside it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from upverdict.tui.colours import MUTED
from upverdict.tui.widgets.plain import fit

COLUMN = 28
"""Cells of the column."""
_NAME = 24  # cells of a name in it
_GAP = "   "


class Contents(Widget):
    """A click on a name goes there. As a row, it shows the names around the one that is read."""

    DEFAULT_CSS = """
    Contents {
        dock: top;
        height: 1;
        padding: 0 2;
        background: $surface;
        &.-column { dock: left; width: 28; height: 1fr; padding: 2 1 0 3; background: $background; }
    }
    """
    ALLOW_SELECT = False

    class Wanted(Message):
        """The user wants to read a section."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._here = ""
        self._places: list[tuple[int, int, int, str]] = []  # row, first cell, the cell after the last one, name

    def show(self, names: Sequence[str], here: str) -> None:
        """These sections, of which one is read."""
        if (list(names), here) != (self._names, self._here):
            self._names, self._here = list(names), here
            self.refresh()

    @property
    def column(self) -> bool:
        """Whether it stands beside the page."""
        return self.has_class("-column")

    def render(self) -> Content:
        return self._column() if self.column else self._row(self.content_size.width)

    def _column(self) -> Content:
        lines, self._places = [], []
        for row, name in enumerate(self._names):
            here = name == self._here
            words = f"{'▸' if here else ' '} {fit(name, _NAME - 2)}"
            lines.append(Content.styled(words, "bold $text-accent" if here else MUTED))
            self._places.append((row, 0, _NAME, name))
        return Content("\n").join(lines)

    def _row(self, width: int) -> Content:
        """The one that is read with its number, then as many of those behind and before it as there is room for."""
        self._places = []
        if not self._names:
            return Content("")
        here = self._names.index(self._here)
        count = f"{here + 1} of {len(self._names)}"
        room = width - cell_len(count) - len(_GAP) * 2
        first = last = here
        used = cell_len(self._here) + 2
        while True:
            grown = False
            for to in (last + 1, first - 1):
                cells = cell_len(self._names[to]) + len(_GAP) if 0 <= to < len(self._names) else room
                if used + cells <= room:
                    first, last, used, grown = min(first, to), max(last, to), used + cells, True
            if not grown:
                break
        at, pieces = 0, []
        for n in range(first, last + 1):
            name = self._names[n]
            words = f"▸ {name}" if n == here else name
            pieces.append(Content.styled(words, "bold $text-accent" if n == here else MUTED))
            self._places.append((0, at, at + cell_len(words), name))
            at += cell_len(words) + len(_GAP)
        more = " …" if last + 1 < len(self._names) else ""
        line = Content(_GAP).join(pieces)
        gap = width - line.cell_length - len(more) - cell_len(count)
        return Content.assemble(line, (more, MUTED), " " * max(1, gap), (count, MUTED))

    def on_click(self, event: events.Click) -> None:
        """Go there."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for row, begin, end, name in self._places:
            if row == offset.y and begin <= offset.x < end:
                self.post_message(self.Wanted(name))
