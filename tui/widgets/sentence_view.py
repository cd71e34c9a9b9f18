"""A pane of statements in which one passage can be held in sight. Knows no debate and no sentence: spans of texts."""

from __future__ import annotations

from typing import NamedTuple

from textual.reactive import var

from upverdict.core.text import Span
from upverdict.tui.widgets.pane_stack import Place
from upverdict.tui.widgets.statements import StatementsView

AROUND = 1
"""Rows that stay in sight above and below a passage that is held, where there is room."""


class Passage(NamedTuple):
    """A part of a statement, by its key: the characters from `start` to `end` as written."""

    key: str
    start: int
    end: int


class SentenceView(StatementsView):
    """While a passage is held, it is highlighted, stays in sight at any width, and the tail is not followed."""

    held: var[Passage | None] = var(None, init=False)
    """What is held; set by `hold` and `let_go`, and when the words are no more what they were."""

    _height = 0
    """Rows of the pane when a passage was first held: what is written about it may have taken some since."""

    def hold(self, passage: Passage) -> None:
        """Show this passage, scrolled into sight no further than it takes. Raises KeyError for an unknown statement."""
        if self.held is None:
            self._height = self.size.height
        self.held = passage
        self.following = False
        self.highlight(*passage)

    def let_go(self) -> None:
        """Nothing is held. The tail is followed again where it is in sight, or would be had the pane lost no rows."""
        if self.held is None:
            return
        self.held = None
        self.clear_highlight()
        lost = max(0, self._height - self.size.height)
        self.following = round(self.scroll_y) >= self.max_scroll_y - lost

    def highlight(self, key: str, start: int, end: int) -> None:
        """Scroll to the characters from `start` to `end` of the statement; another passage that is held is let go."""
        if self.held is not None and self.held != (key, start, end):
            self.let_go()
        super().highlight(key, start, end)

    def validate_following(self, following: bool) -> bool:
        return following and self.held is None

    def action_follow(self) -> None:
        """Go to the last row and stay there."""
        self.let_go()
        super().action_follow()

    @property
    def shown(self) -> Passage | None:
        """What is highlighted, held or not."""
        return next((Passage(b.key, *b.highlight) for b in self._stack.blocks if b.highlight), None)

    def where(self, row: int, column: int = 0) -> tuple[str, int] | None:
        """The statement in a row of the pane, and the character there; of a heading the first, below the text one
        behind the last. None where nothing is said.
        """
        return self._stack.where(round(self.scroll_y) + row, column)

    def in_sight(self, key: str, at: int) -> bool:
        """Whether the row of a statement's character is in the pane."""
        row = self._stack.row_of(Place(key, 0, at))
        return row is not None and 0 <= row - round(self.scroll_y) < self.size.height

    def is_text(self, row: int) -> bool:
        """Whether a row of the pane holds what was said."""
        return self._stack.is_text(round(self.scroll_y) + row)

    def selected(self) -> list[Passage]:
        """What the mouse has selected of what was said, a passage for each statement."""
        selection = self.text_selection
        if selection is None:
            return []
        start = None if selection.start is None else (selection.start.y, selection.start.x)
        end = None if selection.end is None else (selection.end.y, selection.end.x)
        return [Passage(key, *span) for key, span in self._stack.spans(start, end) if span[0] < span[1]]

    # Where the words go, the passage goes, or it is let go

    def begin(self, key: str, heading: str, *, live: bool = True) -> None:
        self._gone(key)
        super().begin(key, heading, live=live)

    def rename(self, key: str, to: str) -> None:
        self._gone(key)
        super().rename(key, to)

    def drop(self, key: str) -> None:
        self._gone(key)
        super().drop(key)

    def clear(self) -> None:
        self.let_go()
        super().clear()

    def _gone(self, key: str) -> None:
        if self.held is not None and self.held.key == key:
            self.let_go()

    def on_resize(self) -> None:
        if self.held is not None:
            self._sought = Place(self.held.key, 0, self.held.start)
            self._draw()

    def _seek(self, place: Place) -> None:
        if self.held is None:
            super()._seek(place)
            return
        self._sought, self._from_top = None, False
        first, last = self._rows(self.held.key, (self.held.start, self.held.end))
        top, height = round(self.scroll_y), self.size.height
        room = AROUND if last - first + 1 + 2 * AROUND <= height else 0
        if last + room >= top + height:
            top = last + room - height + 1
        top = min(top, first - room)  # of a passage that is taller than the pane, the beginning is shown
        self._scroll_self(max(0, min(top, self.max_scroll_y)))
        self._place = self._stack.place(round(self.scroll_y))

    def _rows(self, key: str, span: Span) -> tuple[int, int]:
        """The first and the last row of a passage."""
        rows = [self._stack.row_of(Place(key, 0, at)) or 0 for at in (span[0], span[1] - 1)]
        return rows[0], rows[1]
