"""A list of rows on the line API: moves a cursor, scrolls, draws what is in sight. Knows not what a row is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from upverdict.tui.colours import clear_of, plain, readable

OTHER_BUTTON = 3
"""The right one: it asks what can be done with the row."""
MARK, NO_MARK = "▌", " "
"""The first cell of a row: where the cursor is, is not told by colour alone."""


class Ink(NamedTuple):
    """A persona's colour, made readable on whatever it lies on."""

    colour: str


Look = str | Ink
"""Names of component classes without their `row--`, or a persona's colour."""


class Part(NamedTuple):
    """A piece of a line."""

    text: str
    look: Look = ""


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of `ROW_HEIGHT` lines each. A subclass gives `parts`; the cost of a frame is that of the rows in sight."""

    DEFAULT_CSS = """
    RowList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        .row--muted { color: $text-muted; }
        .row--strong { text-style: bold; }
        .row--good { color: $text-success; }
        .row--warning { color: $text-warning; }
        .row--bad { color: $text-error; }
        .row--accent { color: $text-accent; }
        .row--match { color: $text-warning; background: $warning-muted; text-style: bold; }
        .row--cursor { background: $block-cursor-blurred-background; color: $foreground; }
        .row--mark { color: $accent; }
        &:focus .row--cursor { background: $primary 45%; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row--muted",
        "row--strong",
        "row--good",
        "row--warning",
        "row--bad",
        "row--accent",
        "row--match",
        "row--cursor",
        "row--mark",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="list.up", tooltip="One row up"),
        Binding("down,j", "move(1)", "down", show=False, id="list.down", tooltip="One row down"),
        Binding("pageup,ctrl+b", "move_page(-1)", "page up", show=False, id="list.page_up", tooltip="One screen up"),
        Binding(
            "pagedown,ctrl+f", "move_page(1)", "page down", show=False, id="list.page_down", tooltip="One screen down"
        ),
        Binding("home,g", "first", "first", show=False, id="list.first", tooltip="Go to the first row"),
        Binding("end,G", "last", "last", show=False, id="list.last", tooltip="Go to the last row"),
    ]
    BINDING_GROUP_TITLE = "In a list"
    OWN_KEYS_ONLY: ClassVar[bool] = True
    """`inherit_bindings=False`, for who lists the keys."""
    ALLOW_SELECT = False
    ROW_HEIGHT: ClassVar[int] = 1

    cursor: reactive[int] = reactive(0, repaint=False, init=False)
    """The index of the row that keys are about; 0 in an empty list."""

    class Moved(Message):
        """The cursor is on another row, or on another thing in the same row."""

        def __init__(self, rows: RowList) -> None:
            super().__init__()
            self.rows = rows

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

    class Chosen(Moved):
        """Enter was pressed on the row at the cursor, or it was double-clicked."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._length = 0

    # What a subclass gives

    def parts(self, index: int, line: int, width: int) -> Sequence[Part]:
        """Line `line` of a row, in order; what goes beyond `width` cells is cut off."""
        raise NotImplementedError

    # What there is

    @property
    def length(self) -> int:
        """How many rows there are, as far as is known."""
        return self._length

    def set_length(self, length: int) -> None:
        """Say how many rows there are; the cursor stays among them."""
        self._length = length
        self.virtual_size = Size(1, length * self.ROW_HEIGHT)  # nothing scrolls sideways, so the width is nobody's
        self.cursor = self.validate_cursor(self.cursor)
        self.refresh()

    @property
    def in_sight(self) -> range:
        """The indexes of the rows that are on the screen, also in part."""
        first = round(self.scroll_y) // self.ROW_HEIGHT
        last = (round(self.scroll_y) + max(1, self.size.height) - 1) // self.ROW_HEIGHT
        return range(min(first, self._length), min(last + 1, self._length))

    @property
    def marks_cursor(self) -> bool:
        """Whether the row at the cursor looks different; a subclass may want that only where the keys go."""
        return True

    @property
    def rows_per_page(self) -> int:
        return max(1, self.size.height // self.ROW_HEIGHT)

    # The cursor

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self._length - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        for index in (old, new):
            self.refresh_lines(index * self.ROW_HEIGHT, self.ROW_HEIGHT)
        self.show_cursor()
        self.post_message(self.Moved(self))

    def show_cursor(self) -> None:
        """Scroll just so far that the row at the cursor is in sight."""
        top = self.cursor * self.ROW_HEIGHT
        height = max(self.ROW_HEIGHT, self.size.height)
        y = min(top, max(round(self.scroll_y), top + self.ROW_HEIGHT - height))
        if y != round(self.scroll_y):
            self.scroll_to(y=y, animate=False, force=True, immediate=True)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_move_page(self, by: int) -> None:
        self.cursor += by * max(1, self.rows_per_page - 1)

    def action_first(self) -> None:
        self.cursor = 0

    def action_last(self) -> None:
        self.cursor = self._length - 1

    def choose(self) -> None:
        """Do with the row at the cursor what Enter does."""
        if self._length:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        index = (round(self.scroll_y) + at.y) // self.ROW_HEIGHT
        if 0 <= index < self._length:
            self.cursor = index
            if event.button != OTHER_BUTTON:
                self.clicked(at.x, event.chain)

    def clicked(self, x: int, chain: int) -> None:
        """The row at the cursor was clicked, `chain` times in a row."""
        if chain == 2:
            self.choose()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self.show_cursor()
        self.refresh()

    # Drawing

    def style_of(self, look: Look, here: bool) -> Style:
        """A look as a style; `here` is the row at the cursor."""
        names = ["row--cursor"] if here else []
        if here and plain(self):  # there is one colour on the row at the cursor
            return self.get_visual_style("row--cursor") + Style(bold=True)
        if isinstance(look, str):
            style = self.get_visual_style(*names, *(f"row--{name}" for name in look.split()))
            if style.foreground is None or style.background is None:
                return style
            return style + Style(foreground=clear_of(style.foreground, style.background))
        base = self.get_visual_style(*names)
        behind = base.background or Color(0, 0, 0)
        return base + Style(foreground=None if plain(self) else readable(look.colour, behind), bold=True)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width  # `size` counts the column of the scrollbar in
        index, line = divmod(round(self.scroll_y) + y, self.ROW_HEIGHT)
        if not 0 <= index < self._length:
            return Strip.blank(width, self.rich_style)
        here = index == self.cursor and self.marks_cursor
        mark = Part(MARK, "mark") if here else Part(NO_MARK)
        parts = (mark, *self.parts(index, line, width - cell_len(MARK)))
        segments = [Segment(text, self.style_of(look, here).rich_style) for text, look in parts]
        return Strip(segments).adjust_cell_length(width, self.style_of("", here).rich_style)
