"""Rows as strips of styled cells, drawn once and kept. Knows no statement; the styles are the widget's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from upverdict.tui.widgets import markup
from upverdict.tui.widgets.markup import Run, add_bits
from upverdict.tui.widgets.pane_rows import CURSOR, ERROR, FOUND, META, NOTE, SELECTED, TITLE, WARNING, Row, Span

STYLES: tuple[tuple[int, str], ...] = (
    (markup.QUOTE, "statements--quote"),
    (markup.HEADING, "statements--title"),
    (markup.BOLD, "statements--bold"),
    (markup.ITALIC, "statements--italic"),
    (markup.STRIKE, "statements--strike"),
    (markup.CODE, "statements--code"),
    (markup.MARKER, "statements--marker"),
    (markup.RULE, "statements--rule"),
    (TITLE, "statements--heading"),
    (META, "statements--meta"),
    (NOTE, "statements--note"),
    (WARNING, "statements--warning"),
    (ERROR, "statements--error"),
    (CURSOR, "statements--cursor"),
    (FOUND, "statements--highlight"),
)
"""What each bit of a run is called in a style sheet; where several meet, the later one wins."""

_MAX_STRIPS = 256  # some screens full: a strip is some 3 kB in 15 objects, a long statement has thousands of rows


class Painter:
    """Draws the rows of `widget`."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._strips: dict[object, Strip] = {}
        self._styles: dict[int, Style] = {}
        self._filters: Sequence[LineFilter] = ()
        self._background: Color | None = None

    def forget(self) -> None:
        """The styles have changed, or the width."""
        self._strips.clear()
        self._styles.clear()
        self._background = None

    def use(self, filters: Sequence[LineFilter]) -> None:
        """Put all strips through `filters`: Textual's for terminals without colour, among others."""
        if filters != self._filters:
            self._filters = filters
            self._strips.clear()

    def strips(self, rows: Iterable[tuple[Row, Span | None]], width: int) -> list[Strip]:
        """Each row in exactly `width` cells, with what is found in it."""
        known = self._strips
        return [
            known.get(row) or self.strip(row, width) if found is None else self.strip(row, width, found)
            for row, found in rows
        ]

    def strip(self, row: Row, width: int, found: Span | None = None, selected: Span | None = None) -> Strip:
        """`row` in exactly `width` cells, with what is found and what is selected in it."""
        key = (row, found, selected) if found or selected else row
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _MAX_STRIPS:
                for old in list(islice(self._strips, _MAX_STRIPS // 2)):
                    del self._strips[old]
            runs = row.runs
            if found:
                runs = add_bits(runs, *found, FOUND)
            if selected:
                runs = add_bits(runs, *selected, SELECTED)
            strip = self._strips[key] = self._paint(row.text, runs, width)
        return strip

    def _paint(self, text: str, runs: Sequence[Run], width: int) -> Strip:
        base = self._style(0)
        segments: list[Segment] = []
        at = 0
        for start, end, bits in runs:
            if at < start:
                segments.append(Segment(text[at:start], base))
            segments.append(Segment(text[start:end], self._style(bits)))
            at = end
        if at < len(text):
            segments.append(Segment(text[at:], base))
        cells = sum([cell_len(segment.text) for segment in segments])
        if cells < width:
            segments.append(Segment(" " * (width - cells), base))
        if self._background is None:
            self._background = self._widget.background_colors[1]
        for line_filter in self._filters:
            segments = line_filter.apply(segments, self._background)
        if cells > width:  # narrower than anything can be wrapped to
            return Strip(segments, cells).crop(0, width)
        return Strip(segments, width)

    def _style(self, bits: int) -> Style:
        style = self._styles.get(bits)
        if style is None:
            names = [name for bit, name in STYLES if bits & bit]
            style = self._widget.get_visual_style(*names).rich_style
            if bits & SELECTED:
                style += self._widget.screen.get_component_rich_style("screen--selection")
            self._styles[bits] = style
        return style
