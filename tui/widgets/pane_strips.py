"""Rows as strips of styled cells, drawn once and kept. Knows no statement; the styles are the widget's own."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from upverdict.tui.widgets import markup
from upverdict.tui.widgets.markup import add_bits
from upverdict.tui.widgets.pane_pieces import CITED
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
    (CITED, "statements--mark"),
    (CURSOR, "statements--cursor"),
    (FOUND, "statements--highlight"),
)
"""What each bit of a run is called in a style sheet; where several meet, the later one wins."""

Look = tuple[Row, Span | None, Span | None]
"""A row, and what of its text is found and what is selected."""


class Painter:
    """Draws the rows of `widget`."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._strips: dict[Look, Strip] = {}
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

    def strips(self, looks: Sequence[Look], width: int) -> list[Strip]:
        """All rows that are on the screen, each in exactly `width` cells.

        Only these are kept: a strip with its caches is some fifteen objects, and a long statement has thousands of
        rows, which the garbage collector would stop to look at while a key waits.
        """
        known, self._strips = self._strips, {}
        for look in looks:
            if look not in self._strips:
                self._strips[look] = known.get(look) or self._paint(look, width)
        return [self._strips[look] for look in looks]

    def strip(self, look: Look, width: int) -> Strip:
        """One row in exactly `width` cells."""
        return self._strips.get(look) or self._paint(look, width)

    def _paint(self, look: Look, width: int) -> Strip:
        row, found, selected = look
        text, runs = row.text, row.runs
        if found:
            runs = add_bits(runs, *found, FOUND)
        if selected:
            runs = add_bits(runs, *selected, SELECTED)
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
