"""What really stands on a screen, cell by cell: its text, its colours, the widget that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color
from textual.screen import Screen
from textual.widget import Widget

from upverdict.tui.colours import contrast


class Piece(NamedTuple):
    """Text of one style in one row of a screen."""

    text: str
    style: Style
    screen: Screen[Any]
    x: int
    y: int

    @property
    def widget(self) -> Widget:
        """To which it belongs."""
        return self.screen.get_widget_at(self.x, self.y)[0]

    @property
    def contrast(self) -> float:
        """Of the text and what it stands on, as they are sent to the terminal; infinite where a colour is its own."""
        ink, behind = self.style.color, self.style.bgcolor
        if ink is None or behind is None or not (ink.triplet and behind.triplet):
            return float("inf")
        return contrast(_colour(ink), _colour(behind))

    @property
    def is_text(self) -> bool:
        """Whether it says anything in its colour: blanks, lines and bars do not, and an emoji brings its own."""
        return any(not c.isspace() and not "\u2500" <= c <= "\u259f" and c < "\U0001f300" for c in self.text)


def _colour(colour: RichColor) -> Color:
    assert colour.triplet is not None, "it was looked at before"
    return Color(*colour.triplet)


def pieces(screen: Screen[Any]) -> Iterator[Piece]:
    """All of a screen that says something, but for what lies beneath a box."""
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for text, style, _ in strip:
            cells = cell_len(text)
            piece = Piece(text, _shown(style or Style()), screen, x, y)
            if piece.is_text and not (screen.is_modal and piece.widget is screen):
                yield piece
            x += cells


def _shown(style: Style) -> Style:
    return style if not style.reverse else Style(color=style.bgcolor, bgcolor=style.color)
