"""The list of kept debates: any number of them, of which only a window is in memory. Knows no store, only how to ask.

Rows come in pages, read off the event loop as the user moves; until they are there, their lines are dots. The list is
read anew without losing the place: the rows that were shown stay until the new ones are in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from textual.message import Message
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from upverdict.core.errors import UserError
from upverdict.core.store.reader import After, Row
from upverdict.tui.widgets.library_pages import PAGE, Pages, Span
from upverdict.tui.widgets.plain import age, fit, one_line
from upverdict.tui.widgets.row_list import Part, RowList
from upverdict.tui.workers import later

Fetch = Callable[[After | None, int], Awaitable[list[Row]]]
"""Reads the rows older than a key, the newest first. Raises UserError when the file can't be read."""

STATE_LOOKS = {"running": "accent", "interrupted": "warning", "finished": "good", "failed": "bad"}
_GAP = 2
_STATE_CELLS, _AGE_CELLS = 11, 5  # `interrupted`, `09:41`
DUE = "due"
_LEAST = 20
"""Cells that a question keeps before the age and the state may stand beside it."""


def standing(state: str, created_at: str, now: datetime, room: int) -> tuple[str, str]:
    """State and age as they stand at the right of a question, in columns of their own: `(   finished,  · 09:41    )`.

    What has no room is left out.
    """
    word = one_line(state).rjust(_STATE_CELLS)
    since = age(created_at, now, clock=True)
    old = f"{' · ' if since else '   '}{since.ljust(_AGE_CELLS)}"
    if cell_len(word + old) + _GAP + _LEAST > room:
        return (word, "") if cell_len(word) + _GAP + _LEAST <= room else ("", "")
    return word, old


class LibraryList(RowList):
    """Debates, one a line: the question, its state, its age. `show` gives it something to read from."""

    class Read(Message):
        """Rows have come: how many there are may be known better now."""

    class Failed(Message):
        """The file can't be read."""

        def __init__(self, error: UserError) -> None:
            super().__init__()
            self.error = error

    DEFAULT_CSS: ClassVar[str] = """
    LibraryList { height: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pages = Pages()
        self._fresh: Pages | None = None
        self._fetch: Fetch | None = None
        self._filling: Worker[None] | None = None
        self._kept_id = ""
        self._now = datetime.now().astimezone()

    # What is shown

    def show(self, fetch: Fetch, expected: int = 0, first: Sequence[Row] | None = None) -> None:
        """Read from `fetch`, from the first row on; about `expected` rows are there. `first` is the first page."""
        self._fetch = fetch
        self._fresh = None
        self._pages = Pages(expected)
        if first is not None:
            self._pages.take(Span(0, None, PAGE), first)
        self._kept_id = ""
        self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self.set_length(self._pages.length)
        self.cursor = 0
        if first is not None:
            self._came()
        self._fill()

    def reread(self, expected: int = 0, now_at: str = "", *, newest: bool = False) -> None:
        """Read the same list anew and keep the place; with an id, go to that debate if it is near, or among the first
        rows if it is of the `newest`."""
        if newest:
            self.cursor = 0
            self.scroll_to(y=0, animate=False, force=True, immediate=True)
        self._kept_id = now_at or self._kept_id
        self._fresh = Pages(expected)
        self._fill()

    @property
    def current(self) -> Row | None:
        """The debate at the cursor; None while it is being read, and in an empty list."""
        return self._pages.row(self.cursor) if self._length else None

    @property
    def complete(self) -> bool:
        """Whether `length` is exact."""
        return self._pages.complete

    @property
    def held(self) -> int:
        """Rows in memory."""
        return self._pages.held + (self._fresh.held if self._fresh else 0)

    # Reading

    def _fill(self) -> None:
        """Have the rows in sight read, if they are not in memory and nobody is at it."""
        if self._fetch is not None and (self._filling is None or self._filling.is_finished):
            self._filling = self.run_worker(later(self._read_on), group="pages", exit_on_error=True)

    async def settle(self) -> None:
        """Wait until the rows in sight are in memory."""
        while self._filling is not None and not self._filling.is_finished:
            try:
                await self._filling.wait()
            except (WorkerCancelled, WorkerFailed):
                return

    async def _read_on(self) -> None:
        """Read page after page, and look after each one what is in sight by then."""
        while (fetch := self._fetch) is not None:
            pages = self._fresh or self._pages
            sight = self.in_sight
            read = pages.lacking(range(sight.start, max(sight.stop, sight.start + self.rows_per_page)))
            if read is None:
                if self._fresh is None:
                    return
                self._swap(self._fresh)
                continue
            try:
                rows = await fetch(read.after, read.limit)
            except UserError as e:
                self._fresh = None
                self.post_message(self.Failed(e))
                return
            if fetch is self._fetch and pages is (self._fresh or self._pages):
                pages.take(read, rows)
                if pages is self._pages:
                    self._came()

    def _swap(self, fresh: Pages) -> None:
        """The list was read anew: go to where the debate is now that was at the cursor."""
        self._pages, self._fresh = fresh, None
        place = fresh.find(self._kept_id, self.cursor)
        below = self.cursor - round(self.scroll_y)
        self._came()
        if place is not None and place != self.cursor:
            self.cursor = place
            self.scroll_to(y=place - below, animate=False, force=True, immediate=True)
        self.post_message(self.Moved(self))

    def _came(self) -> None:
        """Rows are in memory that were not before."""
        self._now = datetime.now().astimezone()
        shown = self.current
        if self._pages.length != self._length:
            self.set_length(self._pages.length)
        self.refresh()
        self.post_message(self.Read())
        if shown is not None and shown.id != self._kept_id:
            self._kept_id = shown.id
            self.post_message(self.Moved(self))

    def watch_cursor(self, old: int, new: int) -> None:
        super().watch_cursor(old, new)
        self._kept_id = row.id if (row := self.current) else ""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._fill()

    def on_resize(self, event: object) -> None:
        self._fill()

    # Drawing

    def parts(self, index: int, line: int, width: int) -> Sequence[Part]:
        row = self._pages.row(index)
        if row is None:
            return (Part("…", "muted"),)
        word, old = standing(row.state, row.created_at, self._now, width - 1)
        room = width - 1 - (cell_len(word + old) + _GAP if word else 0)
        day = self._now.date().isoformat()
        due = cell_len(DUE) + _GAP if row.due and row.due <= day else 0  # which is told before all of a long question
        called = fit(one_line(row.called), room - due)
        marks = marked(row, day, room - cell_len(called))
        gap = " " * max(0, width - 1 - sum(cell_len(p.text) for p in (*marks,)) - cell_len(called + word + old))
        return (
            Part(called),
            *marks,
            Part(gap),
            Part(word, STATE_LOOKS.get(row.state, "")),
            Part(f"{old} ", "muted"),
        )


def marked(row: Row, day: str, room: int) -> tuple[Part, ...]:
    """What stands behind the name of a debate, as far as there is room: that it is due, or archived, and its tags."""
    found: list[Part] = []
    due = bool(row.due) and row.due <= day
    for words, look in (
        (DUE * due, "warning"),
        ("archived" * row.archived, "muted"),
        *((f"#{one_line(tag)}", "accent") for tag in row.tags),
    ):
        if words and cell_len(words) + _GAP <= room:
            found.append(Part(f"{' ' * _GAP}{words}", look))
            room -= cell_len(words) + _GAP
    return tuple(found)
