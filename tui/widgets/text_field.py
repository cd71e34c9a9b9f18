"""A field of text that stays quick, and whole, whatever is pasted into it. Knows no debate.

Textual's own draws each row of a line by cutting all of that line anew, and goes through all of it for each move of the
cursor: a paragraph of 100 kB then costs half a second a key. Its undo of what had taken many rows fails with an error.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from rich.cells import cell_len
from rich.text import Text
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

LONG = 2_000
"""Characters of a line from which on its rows are drawn one by one."""


class TextField(TextArea):
    """Plain text that wraps."""

    def __init__(self, text: str = "", **how: Any) -> None:
        super().__init__(text, **how)
        self.match_cursor_bracket = False  # this is prose, and looking for the other one goes through all of it

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document = _Wrapped(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()

    def undo(self) -> None:
        """Undo the edits since the last checkpoint."""
        self._to_the_top(self.history.undo_stack)
        super().undo()

    def redo(self) -> None:
        """Redo what was undone last."""
        self._to_the_top(self.history.redo_stack)
        super().redo()

    def _to_the_top(self, stack: list[Any]) -> None:
        """Before the text is changed under the cursor: that must never be beyond its end, and the edits themselves say
        where it goes.
        """
        if stack:
            self.selection = Selection.cursor((0, 0))

    def render_line(self, y: int) -> Strip:
        """One row."""
        return self._long_row(y + round(self.scroll_y)) or super().render_line(y)

    def _long_row(self, row: int) -> Strip | None:
        """A row of a long line; None for all others, and where tabs have to be reckoned with."""
        rows = self.wrapped_document._offset_to_line_info
        if row >= len(rows):
            return None
        number, section = rows[row]
        line = self.document.get_line(number)
        if len(line) < LONG or "\t" in line:
            return None
        cuts = [0, *self.wrapped_document.get_offsets(number), len(line)]
        begin, end = cuts[section], cuts[section + 1]
        text = Text(line[begin:end] + " ", end="", no_wrap=True)  # a cell for the cursor behind the last word
        first, last = sorted(self.selection)
        if first != last and first[0] <= number <= last[0]:
            style = self.get_component_rich_style("text-area--selection")
            start = first[1] if first[0] == number else 0
            stop = last[1] if last[0] == number else len(line)
            text.stylize(style, max(0, start - begin), max(0, min(stop, end) - begin))
        row_of_cursor, column = self.selection.end
        is_here = begin <= column < end or column == end == len(line)
        if row_of_cursor == number and is_here and self._draw_cursor:
            text.stylize(self.get_component_rich_style("text-area--cursor"), column - begin, column - begin + 1)
        width = self.scrollable_content_region.width
        strip = Strip(text.render(self.app.console), cell_len(text.plain))
        theme = self._theme
        base = theme.base_style if theme is not None and theme.base_style is not None else self.rich_style
        return strip.adjust_cell_length(width, base).apply_style(base)


class _Wrapped(WrappedDocument):
    """Cuts a line by slicing it."""

    def get_sections(self, line_index: int) -> list[str]:
        line = self.document[line_index]
        return [line[a:b] for a, b in pairwise([0, *self._wrap_offsets[line_index], len(line)])]
