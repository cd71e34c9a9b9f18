"""What is drawn, without any colour (https://no-color.org): what is marked by a background is reversed instead."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from upverdict.tui.colours import BLACK, WHITE, contrast

_MARKED = 3.0
"""From this contrast with the screen's background on, a background is one that marks something."""
_UNSEEN = 1.15
"""Up to this contrast with its own background, nothing is meant to be seen: the edges of some borders are so."""
_FAINT = 5.0
"""Up to this contrast text is less important."""
_DIM, _REVERSED = Style(dim=True), Style(reverse=True)


class WithoutColour(LineFilter):
    """For every line of every widget. Bold, underlined and reversed stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        made = []
        for text, style, control in segments:
            if style is None or control:
                made.append(Segment(text, style, control))
                continue
            plain, unseen = _plain(style)
            made.append(Segment(" " * cell_len(text) if unseen else text, plain))
        return made


@lru_cache(2048)
def _plain(style: Style) -> tuple[Style, bool]:
    """A style without its colours, and whether its text was not to be seen."""
    plain = style.without_color
    behind = _colour(style, behind=True)
    if behind is None:
        return plain, False
    dark = contrast(behind, BLACK) < contrast(behind, WHITE)
    marked = not dark
    front = _colour(style, behind=False) or (WHITE if dark else BLACK)
    seen = contrast(front, behind)
    if marked:
        plain += Style(reverse=not style.reverse)
    elif seen < _FAINT:
        plain += _DIM
    return plain, seen < _UNSEEN and not style.reverse


def _colour(style: Style, *, behind: bool) -> Color | None:
    found = style.bgcolor if behind else style.color
    return None if found is None or found.is_default else Color.from_rich_color(found)
