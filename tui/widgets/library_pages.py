"""The window of a long list that is in memory: pages of rows by their place, and how to read on from them.

Pure; knows no file, no thread and no widget. The list is read by keyset, newest first, so a page can be read only from
the end of another one. What is kept is bounded, however long the list is: some pages of rows, and the ends of some
pages in between (every `stride`-th) to read on from.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from upverdict.core.store.reader import After, Row

PAGE = 100
"""Rows of one page."""
KEPT_PAGES = 12
"""Pages of rows in memory: several screens around the user, and where the user was."""
ANCHORS = 512
"""Ends of pages that are remembered; when they are too many, every other one is forgotten."""
STRIDES = 20
"""Pages read in one go on the way to a far place."""


class Span(NamedTuple):
    """What to ask of the library: `limit` rows older than `after`, which will be those from `page` on."""

    page: int
    after: After | None
    limit: int


class Pages:
    """Rows by their index in the list. Ask `lacking` what to read for some rows, give the answer to `take`."""

    def __init__(self, expected: int = 0) -> None:
        self._rows: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._anchors: dict[int, After | None] = {0: None}
        self._stride = 1
        self._length = expected
        self.complete = False
        """Whether the end of the list was seen, so that `length` is exact."""

    @property
    def length(self) -> int:
        """Rows of the whole list: as expected, or more if more were found, until the end was seen."""
        return self._length

    @property
    def held(self) -> int:
        """Rows in memory."""
        return sum(map(len, self._rows.values()))

    def row(self, index: int) -> Row | None:
        """The row, if it is in memory."""
        page, place = divmod(index, PAGE)
        rows = self._rows.get(page, ())
        return rows[place] if place < len(rows) else None

    def find(self, id: str, near: int) -> int | None:
        """Where the debate is, if it is in memory; `near` is where it was."""
        found = [n * PAGE + i for n, rows in self._rows.items() for i, row in enumerate(rows) if row.id == id]
        return min(found, key=lambda index: abs(index - near), default=None)

    def lacking(self, wanted: range) -> Span | None:
        """What to read next so that the rows `wanted` come into memory; None when they are, or are beyond the end."""
        stop = min(wanted.stop, self._length) if self.complete else wanted.stop
        for page in range(wanted.start // PAGE, -(-stop // PAGE)):
            if page in self._rows:
                self._rows.move_to_end(page)
            elif not self.complete or page * PAGE < self._length:
                start = max(anchor for anchor in self._anchors if anchor <= page)
                pages = min(page - start + 1, STRIDES)
                return Span(start, self._anchors[start], pages * PAGE)
        return None

    def take(self, read: Span, rows: Sequence[Row]) -> None:
        """The answer to `read`. Fewer rows than were asked for are the end of the list."""
        for at in range(0, len(rows), PAGE):
            self._keep(read.page + at // PAGE, tuple(rows[at : at + PAGE]))
        seen = read.page * PAGE + len(rows)
        if len(rows) < read.limit:
            self.complete, self._length = True, seen
            for page in [p for p in self._rows if p * PAGE >= seen]:
                del self._rows[page]
        elif seen > self._length:
            self.complete, self._length = False, seen

    def _keep(self, page: int, rows: tuple[Row, ...]) -> None:
        self._rows[page] = rows
        self._rows.move_to_end(page)
        if len(self._rows) > KEPT_PAGES:
            self._rows.popitem(last=False)
        if len(rows) == PAGE:
            self._anchor(page + 1, (rows[-1].created_at, rows[-1].id))

    def _anchor(self, page: int, after: After) -> None:
        # The latest one is kept in any case: it is what the way to a far place goes on from.
        passing = [p for p in self._anchors if p % self._stride]
        for p in passing:
            del self._anchors[p]
        self._anchors[page] = after
        if len(self._anchors) > ANCHORS:
            self._stride *= 2
