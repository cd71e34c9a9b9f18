"""A page to be read, drawn line by line, with places that lead somewhere. Knows parts only: no debate and no screen.

One widget, however long the page: with one for each paragraph it took half a second to come up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size, Spacing
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from upverdict.tui.widgets.page_parts import Fact, Jump, More, Other, Part, Section, Version, Whole, Words
from upverdict.tui.widgets.page_rows import Rows
from upverdict.tui.widgets.row_list import OTHER_BUTTON

OPENS: dict[str, type[Jump]] = {
    "to_words": Words,
    "find_out": Fact,
    "read_version": Version,
    "to_section": Section,
    "show_more": More,
    "open_whole": Whole,
    "open_other": Other,
}
"""By what Enter does, what it leads to."""


class PageView(ScrollView, can_focus=True):
    """The parts, in the middle of the widget. The keys are at one of those that lead somewhere: at `current`."""

    DEFAULT_CSS = """
    PageView {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        .page--banner { background: $panel; }
        .page--lit { background: $boost; }
        .page--mark { color: $text-accent; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"page--banner", "page--lit", "page--mark"}
    auto_links = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "to_words",
            "to the sentence",
            id="page.words",
            tooltip="On what was said: to where it stands, and back again",
        ),
        Binding(
            "enter",
            "find_out",
            "I found out",
            id="page.find",
            tooltip="On what would flip it: say what you found out, and the judge rules",
        ),
        Binding("enter", "read_version", "read it", id="page.version", tooltip="On another version: read it"),
        Binding(
            "enter",
            "to_section",
            "what changed",
            id="page.changed",
            tooltip="On what changed: to the section that says how",
        ),
        Binding("enter", "show_more", "show them", id="page.more", tooltip="On “and 2 more”: show these, too"),
        Binding("enter", "open_whole", "read it whole", id="page.whole", tooltip="On this debate: read it whole"),
        Binding("enter", "open_other", "open it", id="page.other", tooltip="On another debate: open it"),
        Binding(
            "enter",
            "to_place",
            "next place",
            id="page.place",
            tooltip="Where nothing in sight can be opened: to what can be, next",
        ),
        Binding("down,right", "step(1)", "on", show=False, id="page.on", tooltip="To what can be opened next, or on"),
        Binding("up,left", "step(-1)", "back", show=False, id="page.up", tooltip="To what can be opened before, or up"),
        Binding("tab", "leap(1)", "next place", show=False, id="page.tab", tooltip="To what can be opened next"),
        Binding(
            "shift+tab", "leap(-1)", "place before", show=False, id="page.untab", tooltip="To what can be opened before"
        ),
        Binding("home", "scroll_home", "top", show=False, id="page.home", tooltip="To the top of the page"),
        Binding("end,G", "scroll_end", "end", show=False, id="page.end", tooltip="To the end of the page"),
    ]

    class Opened(Message):
        """The user wants to go where a part leads."""

        def __init__(self, jump: Jump) -> None:
            super().__init__()
            self.jump = jump

    class Moved(Message):
        """The keys are at another part, or another section is read."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = Rows(self)
        self._at = -1  # the place of the part that the keys are at
        self._hovered = -1
        self._section = ""
        self._told: tuple[object, ...] = ()
        self._moving = False  # the page is scrolled by a key that says where the keys are, too

    # -- what is on it -------------------------------------------------------------------------------------------------

    def expect(self, width: int) -> None:
        """So many cells the page will have, before anybody has laid it out: it need not be laid out twice then."""
        self._rows.count(max(0, width - self.scrollbar_size_vertical))

    def show(self, parts: Iterable[Part]) -> None:
        """Another page, from its top; the keys are at its first place."""
        self._rows.put(list(parts))
        self._at = next((n for n, part in enumerate(self.parts) if part.jump), -1)
        self._hovered = -1
        self._scroll(0)
        self._lay_out()

    def insert(self, parts: Sequence[Part], before: str | None = None) -> None:
        """More on the page, before the section of this name, or at its end. The keys are where they were."""
        current, now = self.current, self.parts
        named = (n for n, part in enumerate(now) if before and part.section == before)
        place = next(named, len(now))
        top = self._rows.place_of(round(self.scroll_y))
        inside = round(self.scroll_y) - self._rows.tops[top]
        self._rows.put([*now[:place], *parts, *now[place:]])
        if current is not None:
            self._at = self.parts.index(current)
        else:
            self._at = next((n for n, part in enumerate(self.parts) if part.jump), -1)
        self._lay_out()
        if top >= place:
            self._scroll(self._rows.tops[top + len(parts)] + inside)

    @property
    def parts(self) -> list[Part]:
        """All that is on the page."""
        return self._rows.parts

    @property
    def stops(self) -> list[Part]:
        """The parts that lead somewhere."""
        return [part for part in self.parts if part.jump]

    @property
    def current(self) -> Part | None:
        """The part that the keys are at."""
        return self.parts[self._at] if self._at >= 0 else None

    @property
    def sections(self) -> list[str]:
        """The names of the sections, from the top."""
        return [part.section for part in self.parts if part.section]

    @property
    def section(self) -> str:
        """The section that is read."""
        return self._section

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """As wide as the widget is."""
        width = self.scrollable_content_region.width or self._rows.width
        if width <= 0:
            return
        self._rows.count(width)
        self.virtual_size = Size(width, self._rows.tops[-1])
        self._tell()
        self.refresh()

    def on_resize(self) -> None:
        """Wrap anew; what is at the top stays there."""
        rows, row = self._rows, round(self.scroll_y)
        place = rows.place_of(row)
        known, inside = bool(rows.width) and row > 0, row - rows.tops[place]
        self._lay_out()
        if known:
            self._scroll(min(rows.tops[place] + inside, rows.tops[place + 1] - 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are, where the widget is to be as high as these."""
        self._rows.count(max(1, width - self.scrollbar_size_vertical))
        return self._rows.tops[-1]

    def notify_style_update(self) -> None:
        """The theme, the focus or a class has changed."""
        super().notify_style_update()
        self._rows.forget()

    def render_line(self, y: int) -> Strip:
        """One row, its words with the offsets by which Textual finds what the mouse selects."""
        rows, row, width = self._rows, round(self.scroll_y) + y, self.size.width
        blank = self.visual_style.rich_style
        if not 0 <= row < rows.tops[-1]:
            return Strip.blank(width, blank)
        place = rows.place_of(row)
        current = place == self._at and self.has_focus
        drawn = rows.draw(place, lit=current or place == self._hovered, marked=current)
        left, words = drawn[row - rows.tops[place]]
        if (selection := self.text_selection) is not None and (span := selection.get_span(row)) is not None:
            words = self._selected(words, *span)
        margin = Strip([Segment(" " * rows.left, blank)], rows.left)
        return Strip.join([margin, left, words.apply_offsets(0, row)]).adjust_cell_length(width, blank)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows on the screen. Textual's own way styles each of them three times over, for borders that are none."""
        if self.styles.gutter != Spacing() or self.opacity != 1 or self.styles.tint.a:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        if filters := self.get_line_filters():
            ground = self.background_colors[1]
            for one in filters:
                strips = [strip.apply_filter(one, ground) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _selected(self, words: Strip, start: int, end: int) -> Strip:
        size = len(words.text.rstrip())
        style = self.screen.get_component_rich_style("screen--selection")
        text = words.text
        first = cell_len(text[:start])
        last = cell_len(text[: size if end < 0 else min(end, size)])
        if first >= last:
            return words
        return Strip.join(
            [words.crop(0, first), words.crop(first, last).apply_style(style), words.crop(last, words.cell_length)]
        )

    @property
    def allow_select(self) -> bool:
        """What is on the page can be selected and copied."""
        return True

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The words, row by row, where the mouse has selected."""
        return selection.extract("\n".join(self._rows.text())), "\n"

    # -- where the keys are --------------------------------------------------------------------------------------------

    def go_to(self, part: Part) -> None:
        """The keys go to this part, which comes in sight."""
        self._at = self.parts.index(part)
        self._into_sight(self._at)
        self._tell()
        self.refresh()

    def go_to_section(self, name: str) -> None:
        """The section of this name, at the top if there is enough below it; the keys at its first place. Where it has
        none, at the next one, if that is in sight.
        """
        titles = [n for n, part in enumerate(self.parts) if part.section]
        place = next((n for n in titles if self.parts[n].section == name), None)
        if place is None:
            return
        end = next((n for n in titles if n > place), len(self.parts))
        ahead = next((n for n in range(place, len(self.parts)) if self.parts[n].jump), self._at)
        self._scroll(self._rows.tops[place] if place != titles[0] else 0)
        if ahead < end or self._seen(ahead):
            self._at = ahead
        self._tell(name)
        self.refresh()

    def action_leap(self, by: int) -> None:
        """To the next place or the one before; from the last one to the first."""
        places = [n for n, part in enumerate(self.parts) if part.jump]
        if places:
            here = places.index(self._at)
            self.go_to(self.parts[places[(here + by) % len(places)]])

    def action_step(self, by: int) -> None:
        """To the next place that is in sight; where there is none, the page is scrolled by a row, so that nothing
        between two places is passed over.
        """
        ahead = [n for n, part in enumerate(self.parts) if part.jump and (n - self._at) * by > 0]
        nearest = ahead[0 if by > 0 else -1] if ahead else None
        here = self._seen(self._at)
        if not here:  # it was scrolled out of sight: the first one that the eye meets is next
            seen = [n for n in ahead if self._seen(n)]
            nearest = seen[0 if by > 0 else -1] if seen else None
        if nearest is not None and self._seen(nearest, whole=True):
            self._at = nearest
            self._tell()
            self.refresh()
        else:
            self._scroll(round(self.scroll_y) + by)

    def action_scroll_home(self) -> None:
        """The top, and the first place."""
        self._at = next((n for n, part in enumerate(self.parts) if part.jump), -1)
        self._scroll(0)
        self._tell()
        self.refresh()

    def action_scroll_end(self) -> None:
        """The end, and the last place."""
        self._at = next((n for n in reversed(range(len(self.parts))) if self.parts[n].jump), -1)
        self._scroll(round(self.max_scroll_y))
        self._tell(self.sections[-1] if self.sections else None)
        self.refresh()

    def _span(self, place: int) -> tuple[int, int]:
        """The rows of a part, without the empty ones around it."""
        part, tops = self.parts[place], self._rows.tops
        return tops[place] + part.above, tops[place + 1] - part.below

    def _seen(self, place: int, *, whole: bool = False) -> bool:
        """Whether a part is in sight: some of it, or all of it that there is room for."""
        if place < 0:
            return False
        (first, end), top = self._span(place), round(self.scroll_y)
        bottom = top + self.size.height
        if whole:
            return first >= top and (end <= bottom or (first == top and end - first > self.size.height))
        return first < bottom and end > top

    def _into_sight(self, place: int) -> None:
        (first, end), top, height = self._span(place), round(self.scroll_y), self.size.height
        if first < top:
            self._scroll(max(0, first - 1))
        elif end > top + height:
            self._scroll(min(first, end - height + 1))

    def _scroll(self, row: int) -> None:
        """So that this row is the first one, without moving the keys."""
        self._moving = True
        try:
            self.scroll_to(y=row, animate=False, immediate=True, force=True)
        finally:
            self._moving = False
        self._tell()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel and the keys for a page take the keys along: Enter opens nothing that is out of sight."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and not self._seen(self._at):
            seen = [n for n, part in enumerate(self.parts) if part.jump and self._seen(n)]
            if seen:
                self._at = seen[0 if new_value > old_value else -1]
        if not self._moving:
            self._tell()

    def _tell(self, section: str | None = None) -> None:
        """Say where the keys are and what is read, if that has changed."""
        self._section = self._read() if section is None else section
        told = (self.current, self._seen(self._at), self._section, len(self.parts))
        if told != self._told:
            self._told = told
            self.post_message(self.Moved())
            self.refresh_bindings()

    def _read(self) -> str:
        """The section of the place that the keys are at; where that is not in sight, that of the upper half."""
        place = self._at
        if not self._seen(place):
            place = self._rows.place_of(round(self.scroll_y) + self.size.height // 3)
        before = (part.section for part in reversed(self.parts[: place + 1]) if part.section)
        return next(before, next(iter(self.sections), ""))  # what stands above the first one belongs to it

    # -- opening -------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter does one thing at a time: what the place is for that the keys are at."""
        current, seen = self.current, self._seen(self._at)
        if action == "to_place":
            return current is not None and not seen
        kind = OPENS.get(action)
        return kind is None or (current is not None and seen and isinstance(current.jump, kind))

    def action_to_place(self) -> None:
        """To the next one, from what is in sight on; where there is none, back to the last one."""
        top = round(self.scroll_y)
        ahead = (part for n, part in enumerate(self.parts) if part.jump and self._span(n)[0] >= top)
        if (part := next(ahead, self.current)) is not None:
            self.go_to(part)

    def action_to_words(self) -> None:
        """Open it."""
        if self.current is not None and self.current.jump is not None:
            self.post_message(self.Opened(self.current.jump))

    def action_to_section(self) -> None:
        """It is on this page."""
        if self.current is not None and isinstance(self.current.jump, Section):
            self.go_to_section(self.current.jump.name)

    def action_show_more(self) -> None:
        """What was left out stands in the place of what said so; the keys are at the first of it."""
        if self.current is not None and isinstance(self.current.jump, More):
            now, at = self.parts, self._at
            self._rows.put([*now[:at], *self.current.jump.parts, *now[at + 1 :]])
            self._lay_out()
            self.go_to(self.parts[at])

    action_find_out = action_read_version = action_open_whole = action_open_other = action_to_words

    def _part_at(self, y: int) -> int:
        """The place of the part under the mouse that leads somewhere, or -1."""
        row = round(self.scroll_y) + y
        if not 0 <= row < self._rows.tops[-1]:
            return -1
        place = self._rows.place_of(row)
        first, end = self._span(place)
        return place if self.parts[place].jump and first <= row < end else -1

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show what a click would open."""
        self._hover(self._part_at(event.y))

    def on_leave(self) -> None:
        """The mouse is elsewhere."""
        self._hover(-1)

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            before, self._hovered = self._hovered, place
            for one in (before, place):
                if one >= 0:
                    first, end = self._span(one)
                    self.refresh(Region(0, first - round(self.scroll_y), self.size.width, end - first))

    def on_click(self, event: events.Click) -> None:
        """A click opens; one that ends a selection does not."""
        place = self._part_at(event.y)
        if place >= 0 and event.button != OTHER_BUTTON and self.text_selection is None:
            event.stop()
            self._at = place
            self._tell()
            self.refresh()
            match self.parts[place].jump:
                case Section():
                    self.action_to_section()
                case More():
                    self.action_show_more()
                case _:
                    self.action_to_words()
