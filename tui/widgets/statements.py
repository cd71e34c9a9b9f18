"""All that one voice says, in one scrolling pane, drawn line by line. Knows no debate: plain arguments only.

Text comes in by `append` as fast as it likes and is drawn at most `FRAMES` times a second. A frame wraps what is
new, tells Textual which rows have changed, and asks for a layout only when the scrollbar comes or goes.
"""

from __future__ import annotations

from time import monotonic
from typing import ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from upverdict.tui.widgets import markup
from upverdict.tui.widgets.pane_rows import ERROR, NOTE, WARNING, Above
from upverdict.tui.widgets.pane_stack import NOWHERE, Place, Stack
from upverdict.tui.widgets.pane_strips import STYLES, Look, Painter
from upverdict.tui.widgets.pane_text import clean, snap

FRAMES = 30
"""Frames a second: more is not seen, and every frame is taken from the keys."""

BAR_PERIOD = 1.0
"""Seconds between two drawings of a scrollbar that nobody touches: one costs as much as a screenful of text."""

NoteStyle = Literal["note", "warning", "error"]
_NOTES: dict[NoteStyle, int] = {"note": NOTE, "warning": WARNING, "error": ERROR}


class StatementsView(ScrollView, can_focus=True):
    """The statements of one voice, stacked, oldest on top.

    It wants no border, padding or tint of its own: put them on what holds it, and it is drawn several times as fast.
    Methods that take a `key` raise `KeyError` for one that no `begin` has named.
    """

    DEFAULT_CSS = """
    StatementsView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        .statements--heading { color: $text-accent; text-style: bold; }
        .statements--meta { color: $text-muted; }
        .statements--title { text-style: bold underline; }
        .statements--bold { text-style: bold; }
        .statements--italic { text-style: italic; }
        .statements--strike { text-style: strike; }
        .statements--code { color: $text-secondary; background: $boost; }
        .statements--marker { color: $text-accent; }
        .statements--rule { color: $text-muted; }
        .statements--quote { color: $text-muted; text-style: italic; }
        .statements--note { color: $text-muted; text-style: italic; }
        .statements--warning { color: $text-warning; }
        .statements--error { color: $text-error; text-style: bold; }
        .statements--mark { color: $text-accent; text-style: bold; }
        .statements--cursor { color: $text-accent; }
        .statements--highlight { background: $warning-muted; color: auto; text-style: bold underline; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {name for _, name in STYLES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "end,G",
            "follow",
            "follow",
            show=False,
            id="statements.follow",
            tooltip="Go to the last word and follow what is being written",
        ),
    ]

    following: var[bool] = var(True, init=False)
    """Whether the last row stays in sight as text comes. Scrolling away from the end ends it, the end takes it up."""

    class FollowChanged(Message):
        """The pane began or ceased to follow its tail."""

        def __init__(self, view: StatementsView, following: bool) -> None:
            super().__init__()
            self.view = view
            self.following = following

        @property
        def control(self) -> StatementsView:
            """The pane."""
            return self.view

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._stack = Stack()
        self._painter = Painter(self)
        self._place: Place | None = None  # what is at the top while the tail is not followed
        self._sought: Place | None = None  # where a highlight waits for the first layout
        self._marked: Place | None = None  # a highlight that was gone to, until the user scrolls
        self._from_top = False  # the first row stays in sight, until the user scrolls
        self._moving = False  # the scroll position is changed by this widget, not by the user
        self._clock: Timer | None = None
        self._asleep = True
        self._bar_drawn = 0.0

    # What is said

    def begin(self, key: str, heading: str, *, live: bool = True) -> None:
        """A new statement at the end; a known `key` begins its text anew where it stands."""
        self._stack.begin(key, heading, live)
        self._wake()

    def append(self, key: str, text: str) -> None:
        """More of a statement, in pieces of any size, as often as they come."""
        block = self._stack[key]
        block.pieces.feed(text)
        block.stale = True
        if self._asleep:
            self._wake()

    def set_text(self, key: str, text: str) -> None:
        """All of a statement at once, in place of what there was."""
        self._stack[key].rewrite(text)
        self._wake()

    def cite(self, key: str, after: int, label: str) -> None:
        """A mark in a statement, behind `after` characters of what was written. It is drawn, and never copied."""
        block = self._stack[key]
        block.pieces.cite(after, label)
        block.stale = True
        if self._asleep:
            self._wake()

    def set_above(self, key: str, lines: tuple[Above, ...]) -> None:
        """What was looked up before the statement was written: a row each, between heading and text."""
        block = self._stack[key]
        if block.above != lines:
            block.above, block.stale = lines, True
            self._wake()

    def set_heading(self, key: str, left: str, right: str = "") -> None:
        """The line above the statement: `left`, and `right` at its right edge where there is room."""
        block = self._stack[key]
        if (block.left, block.right) != (left, right):
            block.left, block.right, block.stale = left, right, True
            self._wake()

    def set_note(self, key: str, note: str, style: NoteStyle = "note") -> None:
        """What stands under the statement, wrapped; an empty note takes it away."""
        block = self._stack[key]
        if (block.note, block.note_bits) != (note, _NOTES[style]):
            block.note, block.note_bits, block.stale = note, _NOTES[style], True
            self._wake()

    def set_live(self, key: str, live: bool) -> None:
        """Whether the statement is being written: it has a cursor at its end."""
        block = self._stack[key]
        if block.live != live:
            block.live, block.stale = live, True
            self._wake()

    def rename(self, key: str, to: str) -> None:
        """A statement stays where it stands, under another key: a `begin` with the old one comes after it."""
        self._stack.rename(key, to)

    def drop(self, key: str) -> None:
        """A statement is gone."""
        self._stack.remove(key)
        self._wake()

    def clear(self) -> None:
        """Nothing was said."""
        self._stack.clear()
        self._painter.forget()
        self._wake()

    def text_of(self, key: str) -> str:
        """A statement as it was written, without what must not reach a terminal."""
        return clean(self._stack[key].pieces.text)[0]

    @property
    def keys(self) -> list[str]:
        """The statements, oldest first."""
        return [block.key for block in self._stack.blocks]

    @property
    def key_in_view(self) -> str | None:
        """The statement in the middle of the pane."""
        block = self._stack.block_at(round(self.scroll_y) + self.size.height // 2)
        return block.key if block else None

    def highlight(self, key: str, start: int, end: int) -> None:
        """Scroll to the characters from `start` to `end` of the statement, as written, and show them."""
        block = self._stack[key]
        self.clear_highlight()
        block.highlight = (start, end)
        self._sought = Place(key, 0, start)
        self._draw()

    def read_from_top(self) -> None:
        """Begin with the first word, where all that was said is to be read."""
        self._from_top = True

    def clear_highlight(self) -> None:
        """No characters are shown in particular."""
        self._marked = None
        for block in self._stack.blocks:
            block.highlight = None
        self.refresh()

    # Drawing

    @property
    def _text_width(self) -> int:
        """Cells in which text is wrapped: not the scrollbar's column, so that its coming moves nothing, nor the one
        beside it.
        """
        width = self.scrollable_content_region.width
        return width - 1 if width > 1 else width

    def on_mount(self) -> None:
        """Start the clock. All panes tick together, so that one update of the screen serves them all."""
        period = 1 / FRAMES
        self.set_timer(period - monotonic() % period, self._start_clock)
        if not markup.is_warm():
            self.run_worker(markup.warm, thread=True)

    def _start_clock(self) -> None:
        self._clock = self.set_interval(1 / FRAMES, self._tick, pause=self._asleep)

    def _wake(self) -> None:
        self._asleep = False
        if self._clock is not None:
            self._clock.resume()

    def _tick(self) -> None:
        if not self._draw() and self._clock is not None:
            self._asleep = True
            self._clock.pause()
            self._update_bar()

    def on_resize(self) -> None:
        """Wrap anew before the next picture. A highlight that the user was led to stays in sight."""
        self._draw()
        if self._marked is not None and (row := self._stack.row_of(self._marked)) is not None:
            top = round(self.scroll_y)
            if not top <= row < top + self.size.height:
                self._seek(self._marked)

    def on_show(self) -> None:
        """Catch up with what came while the pane was hidden."""
        self._draw()

    def notify_style_update(self) -> None:
        """The theme, the focus or a class has changed."""
        super().notify_style_update()
        self._painter.forget()

    def _draw(self) -> bool:
        """Bring the rows up to date and have repainted what has changed. Whether anything had."""
        width = self._text_width
        if width <= 0:
            return False
        if width != self._stack.width:
            self._painter.forget()
        before = self._stack.rows
        first = self._stack.layout(width)
        if self._from_top:
            self.following = self._stack.rows <= self.container_size.height
        if first < NOWHERE:
            top = round(self.scroll_y)
            self._fit(width, self._stack.rows)
            self._keep_place(first < top)
            self._repaint(first, max(before, self._stack.rows), top)
        if self._sought is not None:
            self._seek(self._sought)
        return first < NOWHERE

    def _fit(self, width: int, rows: int) -> None:
        """Tell Textual how much there is to scroll. Its own way lays out the whole screen anew at every change, which
        is needed only when the scrollbar comes or goes."""
        old, size = self.virtual_size, Size(width, rows)
        height = self.container_size.height
        if (old.height > height) != (rows > height):
            self.virtual_size = size
        elif old != size:
            self.set_reactive(Widget.virtual_size, size)

    def _update_bar(self) -> None:
        if self.show_vertical_scrollbar:
            bar = self.vertical_scrollbar
            bar.window_virtual_size = self._stack.rows
            bar.position = self.scroll_y
            self._bar_drawn = monotonic()

    def watch_show_vertical_scrollbar(self) -> None:
        """It comes a layout later than the words that it is for; the pane may be at rest by then."""
        self._update_bar()

    def _is_bar_due(self) -> bool:
        if not self.show_vertical_scrollbar:
            return False
        bar = self.vertical_scrollbar
        return bool(bar.mouse_over or bar.grabbed or monotonic() - self._bar_drawn >= BAR_PERIOD)

    def _keep_place(self, moved: bool) -> None:
        if self.following:
            # As `scroll_to` does it, but without drawing the scrollbar each time.
            end = self.max_scroll_y
            self.set_reactive(Widget.scroll_target_y, float(end))
            self.set_scroll(None, end)
        elif self._place is not None and (moved or self.scroll_y > self.max_scroll_y):
            row = self._stack.row_of(self._place)
            self._scroll_self(self.max_scroll_y if row is None else row)
        if self._asleep or self._is_bar_due():  # asleep, no tick comes to make up for it
            self._update_bar()

    def _repaint(self, first: int, end: int, top: int) -> None:
        if self._stack.shifted and self.text_selection is not None:
            self.screen.clear_selection()  # it is counted in rows, which have moved
        height = self.size.height
        begin, end = max(first - top, 0), min(end - top, height)
        if self._stack.shifted or round(self.scroll_y) != top:
            begin, end = 0, height
        if begin < end:
            self.refresh(Region(0, begin, self._stack.width, end - begin))  # without the scrollbar beside it

    def render_line(self, y: int) -> Strip:
        """One row, with the offsets by which Textual finds what the mouse selects: (index in the row's text, row)."""
        index = round(self.scroll_y) + y
        return self._painter.strip(self._looks(index, 1)[0], self.size.width).apply_offsets(0, index)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows on the screen, the same strips as before wherever nothing has changed."""
        if self.styles.gutter != Spacing() or self.opacity != 1 or self.styles.tint.a:
            return super().render_lines(crop)
        width = self.size.width
        if self._text_width != self._stack.width:
            self._draw()  # the first picture comes before the word of the size that it is for
        self._painter.use(self.get_line_filters())
        strips = self._painter.strips(self._looks(round(self.scroll_y) + crop.y, crop.height), width)
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _looks(self, first: int, count: int) -> list[Look]:
        rows = self._stack.slice(first, count)
        selection = self.text_selection
        if selection is None:
            return [(row, found, None) for row, found in rows]
        looks: list[Look] = []
        for index, (row, found) in enumerate(rows, first):
            selected = None
            if (span := selection.get_span(index)) is not None:
                size = len(row.text)
                selected = snap(row.text, min(span[0], size), size if span[1] < 0 else min(span[1], size))
            looks.append((row, found, selected))
        return looks

    # Scrolling

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """What the user scrolls decides whether the tail is followed."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and self._text_width == self._stack.width:
            self.following = round(new_value) >= self.max_scroll_y
            self._marked, self._from_top = None, False
            self._place = self._stack.place(round(new_value))

    def watch_following(self, following: bool) -> None:
        """Say so, and go to the end."""
        if following:
            self._scroll_self(self.max_scroll_y)
        self.post_message(self.FollowChanged(self, following))

    def action_follow(self) -> None:
        """Go to the last row and stay there."""
        self._from_top = False
        self.following = True

    def _scroll_self(self, row: int) -> None:
        self._moving = True
        try:
            self.scroll_to(y=row, animate=False, force=True)
        finally:
            self._moving = False

    def _seek(self, place: Place) -> None:
        """Bring a highlighted place into the upper half of the pane."""
        self._sought = None
        row = self._stack.row_of(place)
        if row is not None:
            self._marked, self._from_top = place, False
            self.following = False
            self._scroll_self(max(0, row - self.size.height // 3))
            self._place = self._stack.place(round(self.scroll_y))

    # Selecting

    @property
    def allow_select(self) -> bool:
        """What is said can be selected and copied."""
        return True

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was written, as it was written, where the mouse has selected."""
        start = None if selection.start is None else (selection.start.y, selection.start.x)
        end = None if selection.end is None else (selection.end.y, selection.end.x)
        return self._stack.text(start, end), "\n"
