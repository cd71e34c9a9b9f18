"""The parts of a page as rows of cells, wrapped once for each width, drawn when they are in sight. Knows no key."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from upverdict.tui.widgets.page_parts import Part

MEASURE = 100
"""Cells of the longest line: more is hard to read."""
NARROW = 64
"""Cells of the measure under which a wide column at the left is put above what stands beside it."""
GUTTER = 2
"""Cells at the left, where the place that the keys are at has its mark."""
_WIDE_TAG = 12

Row = tuple[Strip, Strip]
"""What stands at the left, and the words, which can be selected."""
Columns = tuple[int, int, int, bool]
"""Cells of the indent, the tag and the body; whether the tag stands over the body."""


class Rows:
    """The rows of `parts` at a width, in cells, in the styles of `widget`."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.parts: list[Part] = []
        self.tops = [0]
        """The first row of each part, and the row after the last one."""
        self.width = 0
        self._heights: dict[Part, int] = {}
        self._drawn: dict[tuple[Part, bool, bool], list[Row]] = {}

    @property
    def measure(self) -> int:
        """Cells of a row."""
        return min(MEASURE, max(0, self.width - 1))

    @property
    def left(self) -> int:
        """Cells beside the rows, at their left."""
        return (self.width - self.measure) // 2

    def forget(self) -> None:
        """The styles have changed."""
        self._drawn.clear()

    def put(self, parts: Sequence[Part]) -> None:
        """Other parts, of which those that were there before need not be wrapped again."""
        self.parts = list(parts)
        kept = set(self.parts)
        self._heights = {part: rows for part, rows in self._heights.items() if part in kept}
        self.count(self.width)

    def count(self, width: int) -> None:
        """The first row of each part at this width; 0 for one that is not known yet."""
        if width != self.width:
            self.width = width
            self._heights.clear()
            self._drawn.clear()
        self.tops = [0, *accumulate(map(self._height, self.parts))] if width > 0 else [0] * (len(self.parts) + 1)

    def place_of(self, row: int) -> int:
        """The place of the part that has this row; the nearest one where none has."""
        return max(0, min(bisect_right(self.tops, row) - 1, len(self.parts) - 1))

    def _height(self, part: Part) -> int:
        known = self._heights.get(part)
        if known is None:
            _, tag, body, over = self.columns(part)
            rows = _height(part.body, body)
            if part.tag is not None:
                rows = rows + _height(part.tag, tag) if over else max(rows, _height(part.tag, tag))
            known = self._heights[part] = part.above + rows + 2 * part.banner + part.below
        return known

    def columns(self, part: Part) -> Columns:
        """How a part divides a row."""
        narrow = self.measure < NARROW
        indent = min(part.indent, 2) if narrow else part.indent
        room = max(1, self.measure - GUTTER - 2 * bool(part.bar) - indent)
        if part.tag is None:
            return indent, 0, room, False
        if narrow and part.cells >= _WIDE_TAG:
            return indent, room, room, True
        tag = max(1, min(part.cells, room // 2))
        return indent, tag, max(1, room - tag), False

    def draw(self, place: int, *, lit: bool, marked: bool) -> list[Row]:
        """The rows of a part, with the empty ones above and below it."""
        part = self.parts[place]
        key = (part, lit, marked)
        if key not in self._drawn:
            self._drawn[key] = list(self._rows(part, lit, marked))
        return self._drawn[key]

    def _rows(self, part: Part, lit: bool, marked: bool) -> list[Row]:
        widget = self._widget
        ground = widget.visual_style
        names = [name for name, has in (("page--banner", part.banner), ("page--lit", lit)) if has]
        base = widget.get_visual_style(*names) if names else ground
        indent, tag_cells, body_cells, over = self.columns(part)
        body = self._strips(part.body, body_cells, part.style, base)
        tag = self._strips(part.tag, tag_cells, part.style, base) if part.tag else []
        if over:
            body, tag, tag_cells = tag + body, [], 0
        if part.banner:
            edge = Strip.blank(body_cells, base.rich_style)
            body = [edge] * part.banner + body + [edge] * part.banner
        empty: Row = (Strip.blank(self.measure, ground.rich_style), Strip([]))
        rows = [empty] * part.above
        for n in range(max(len(body), len(tag))):
            left = [self._mark(base, marked and n == 0)]
            if part.bar:
                left.append(Segment("▌ ", (base + Style.parse(part.bar)).rich_style))
            left.append(Segment(" " * indent, base.rich_style))
            beside = tag[n] if n < len(tag) else Strip.blank(tag_cells, base.rich_style)
            words = body[n] if n < len(body) else Strip.blank(body_cells, base.rich_style)
            rows.append((Strip.join([Strip(left), beside]), words))
        return rows + [empty] * part.below

    def _mark(self, base: Style, marked: bool) -> Segment:
        if not marked:
            return Segment("  ", base.rich_style)
        return Segment("▸ ", (base + self._widget.get_visual_style("page--mark", partial=True)).rich_style)

    def _strips(self, words: Content, cells: int, style: str, base: Style) -> list[Strip]:
        if not words.plain:
            return []
        words = words.stylize_before(style) if style else words
        return Visual.to_strips(self._widget, words, cells, None, base, apply_selection=False, pad=True)

    def text(self) -> list[str]:
        """The words of each row as they stand there, without what stands beside them."""
        found = []
        for place in range(len(self.parts)):
            found += [words.text.rstrip() for _, words in self.draw(place, lit=False, marked=False)]
        return found


def _height(words: Content, cells: int) -> int:
    return words.get_height({}, cells) if words.plain else 0
