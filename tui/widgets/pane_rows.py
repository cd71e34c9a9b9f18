"""Statements as rows of a given width, and where in them each written character stands. Knows no style, no widget."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from upverdict.tui.widgets.markup import QUOTE, Run, Shown, clip
from upverdict.tui.widgets.pane_pieces import Piece, Pieces
from upverdict.tui.widgets.pane_text import MIN_WIDTH, clean, snap, wrap

TITLE, META, NOTE, WARNING, ERROR, CURSOR, FOUND, SELECTED = (1 << bit for bit in range(8, 16))
"""What a run of a row can be beside the bits of `markup`."""

Span = tuple[int, int]
"""A part of a row's text: (start, end)."""

CURSOR_MARK = "▌"
LOOKED_UP = "⌕ "
MAX_ABOVE = 6
"""Lines above a text: of more, only the last ones are shown, and how many there were before."""
MAX_WIDTHS = 3
"""Widths whose rows are kept: a zoomed pane goes back and forth between two."""


@dataclass(slots=True, eq=False)
class Row:
    """One line of the screen. `offsets[i]` is where in the statement `text[lead + i]` was written; what stands before
    and behind was not written by anybody. `start` is the position of the row itself, also where it is empty."""

    text: str
    runs: tuple[Run, ...] = ()
    offsets: Sequence[int] = ()
    lead: int = 0
    start: int = 0

    def same(self, other: Row) -> bool:
        """Whether both look alike and mean the same."""
        return (
            self.text == other.text
            and self.runs == other.runs
            and self.lead == other.lead
            and self.start == other.start
            and self.offsets == other.offsets
        )

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of `text` that was written from `start` to `end`; empty if there is none."""
        first = bisect_left(self.offsets, start)
        return self.lead + first, self.lead + max(first, bisect_left(self.offsets, end))

    def position(self, index: int) -> int:
        """Where in the statement `text[index]` was written."""
        at = index - self.lead
        if not self.offsets or at <= 0:
            return self.start
        return self.offsets[at] if at < len(self.offsets) else self.offsets[-1] + 1

    def position_after(self, index: int) -> int:
        """Where in the statement the character before `text[index]` ends."""
        at = min(index - self.lead, len(self.offsets))
        return self.offsets[at - 1] + 1 if at > 0 else self.start


BLANK = Row("")


def wrapped(
    shown: Shown, width: int, lead: str = "", hang: str = "", bits: int = 0, start: int = 0
) -> tuple[list[Row], int]:
    """The rows of `shown` in `width` cells, and where in `shown` the last one begins.

    `lead` and `hang` (with `bits`) stand before the first and the others, unless the rows are too narrow for them.
    `start` is the position of an empty text.
    """
    room = max(MIN_WIDTH, width)
    if room - max(cell_len(lead), cell_len(hang)) < max(MIN_WIDTH, room // 2):
        lead = hang = ""
    rows: list[Row] = []
    begin = 0
    for begin, end in wrap(shown.text, room - cell_len(lead), room - cell_len(hang)):
        before = hang if rows else lead
        size = len(before)
        runs = clip(shown.runs, begin, end)
        if size:
            runs = ((0, size, bits), *((s + size, e + size, b) for s, e, b in runs))
        offsets = shown.offsets[begin:end]
        at = shown.offsets[begin] if begin < len(shown.offsets) else start
        rows.append(Row(before + shown.text[begin:end], runs, offsets, size, at))
    return rows, begin


class Body:
    """The rows of one statement at one width. Rows of closed pieces are made once."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[Row] = []
        self._firm = 0  # rows of closed pieces
        self._taken = 0  # closed pieces
        self._starts: list[tuple[int, bool]] = []  # of each: its first row, and whether that has begun before it
        self._seen = 0  # entries of `Pieces.remarked`
        self._carry: _Carry | None = None
        self._covered: Row | None = None  # the last firm row as it is without the cursor on it

    def update(self, pieces: Pieces, live: bool) -> int:
        """Take in what is new in `pieces`. The first row that has changed, or the number of rows."""
        kept = self._kept(pieces)
        base = min(kept, self._firm - (self._covered is not None))
        old = self.rows[base:]
        if self._covered is not None:
            self.rows[self._firm - 1] = self._covered
            self._covered = None
        del self.rows[kept:]
        carry = self._add(pieces.closed[self._taken :], self._carry, self._starts)
        self._firm, self._taken, self._carry = len(self.rows), len(pieces.closed), carry
        carry = self._add(_without_last_gap(pieces.tail), carry)
        if carry is not None:
            self.rows.append(carry.row)
        if live:
            self._place_cursor(pieces.size)
        changed = -1
        for i, (before, after) in enumerate(zip(old, self.rows[base:], strict=False), base):
            if after.same(before):
                self.rows[i] = before  # whoever has drawn it need not draw it again
            elif changed < 0:
                changed = i
        return changed if changed >= 0 else min(base + len(old), len(self.rows))

    def _kept(self, pieces: Pieces) -> int:
        """How many of the firm rows still hold: all before the first piece that has got a mark since they were made."""
        touched = [n for n in pieces.remarked[self._seen :] if n < self._taken]
        self._seen = len(pieces.remarked)
        if not touched:
            return self._firm
        first = min(touched)
        while self._starts[first][1]:
            first -= 1
        kept = self._starts[first][0]
        del self._starts[first:]
        self._taken, self._carry = first, None
        return kept

    def _add(
        self, pieces: Iterable[Piece], carry: _Carry | None, starts: list[tuple[int, bool]] | None = None
    ) -> _Carry | None:
        for piece in pieces:
            if starts is not None:
                starts.append((len(self.rows), carry is not None))
            if piece.gap:
                if self.rows:
                    self.rows.append(Row("", start=piece.raw_start))
                continue
            shown, lead = piece.drawn, piece.lead
            if carry is not None:
                shown, lead = carry.shown.then(shown), carry.lead
            rows, begin = wrapped(shown, self.width, lead, piece.hang, piece.bits & QUOTE, piece.raw_start)
            carry = None
            if piece.goes_on:
                # Spaces at the end belong to no row, but the next word stands behind them: a row full, not more.
                row = rows.pop()
                end = min(len(shown.text), begin + len(row.text) + self.width)
                carry = _Carry(shown.part(begin, end), piece.hang if rows else lead, row)
            self.rows += rows
        return carry

    def _place_cursor(self, at: int) -> None:
        if self.rows:
            row = self.rows[-1]
            if cell_len(row.text) < self.width:
                if len(self.rows) == self._firm:
                    self._covered = row
                end = len(row.text)
                runs = (*row.runs, (end, end + 1, CURSOR))
                self.rows[-1] = Row(row.text + CURSOR_MARK, runs, row.offsets, row.lead, row.start)
                return
        self.rows.append(Row(CURSOR_MARK, ((0, 1, CURSOR),), start=at))


@dataclass(frozen=True, slots=True)
class _Carry:
    """The last row of a piece that goes on: the next piece begins in it."""

    shown: Shown
    lead: str
    row: Row


def _without_last_gap(pieces: Sequence[Piece]) -> Sequence[Piece]:
    return pieces[:-1] if pieces and pieces[-1].gap else pieces


@dataclass(frozen=True, slots=True)
class Above:
    """A line between heading and text: what was looked up, and what came of it.

    Where there is not room for both in a row, `whole` gives each as many as it needs; else `what` is cut.
    """

    what: str
    outcome: str = ""
    failed: bool = False
    whole: bool = False


class Block:
    """One statement with its heading and what was looked up for it above, and its note below.

    `highlight` is a span of its text as written. `drawn` rows were laid out last; `top` is the first of them, from
    the top of all. Whoever changes anything sets `stale`.
    """

    def __init__(self, key: str, left: str, live: bool) -> None:
        self.key = key
        self.left = left
        self.right = ""
        self.live = live
        self.note = ""
        self.note_bits = NOTE
        self.highlight: tuple[int, int] | None = None
        self.pieces = Pieces()
        self.stale = True
        self.top = 0
        self.drawn = 0
        self.body = Body(0)
        self.above: tuple[Above, ...] = ()
        self._head = BLANK
        self._over: list[Row] = []
        self._foot: list[Row] = []
        self._bodies: dict[int, Body] = {}

    def rewrite(self, text: str) -> None:
        """All of the text at once, in place of what there was."""
        self.pieces = Pieces()
        self.pieces.feed(text)
        self.body = Body(0)
        self._bodies.clear()
        self.stale = True

    @property
    def text_top(self) -> int:
        """The first row of the text, below the block's top."""
        return 1 + len(self._over)

    def layout(self, width: int) -> int:
        """Bring the rows up to date. The first of them that has changed, or their number."""
        other_width = self.body.width != width
        if other_width:
            self.body = self._bodies.pop(width) if width in self._bodies else Body(width)
            self._bodies[width] = self.body
            while len(self._bodies) > MAX_WIDTHS:
                del self._bodies[next(iter(self._bodies))]
        self.pieces.parse(self.live)
        changed = self.body.update(self.pieces, self.live)
        over = _over(self.above, width) if self.above or self._over else []
        moved = not _alike(over, self._over)
        if moved:
            self._over = over
        first = 1 if moved else self.text_top + changed
        foot = _note(self.note, self.note_bits, width)
        if not _alike(foot, self._foot):
            first = min(first, self.text_top + len(self.body.rows))
            self._foot = foot
        head = _heading(self.left, self.right, width)
        if not head.same(self._head):
            self._head, first = head, 0
        self.drawn = self.text_top + len(self.body.rows) + len(self._foot)
        self.stale = False
        return 0 if other_width else min(first, self.drawn)

    def row(self, index: int) -> Row:
        """The row `index` below the block's top; an empty one behind its end."""
        if index == 0:
            return self._head
        if index < self.text_top:
            return self._over[index - 1]
        index -= self.text_top
        if index < len(self.body.rows):
            return self.body.rows[index]
        index -= len(self.body.rows)
        return self._foot[index] if index < len(self._foot) else BLANK

    def slice(self, begin: int, end: int) -> list[Row]:
        """The rows from `begin` to `end` below the block's top; the last of them may be the empty one behind it."""
        rows = [self._head] if begin <= 0 < end else []
        top = 1
        for part in (self._over, self.body.rows, self._foot):
            rows += part[max(0, begin - top) : max(0, end - top)]
            top += len(part)
        return rows + [BLANK] * (end - begin - len(rows))

    def found(self, index: int) -> Span | None:
        """The part of the row `index` below the block's top that is highlighted."""
        if self.highlight is None or not self.is_text(index):
            return None
        row = self.body.rows[index - self.text_top]
        start, end = snap(row.text, *row.span(*self.highlight))
        return (start, end) if start < end else None

    def is_text(self, index: int) -> bool:
        """Whether the row `index` below the block's top holds what was said."""
        return 0 <= index - self.text_top < len(self.body.rows)

    def row_of(self, offset: int) -> int:
        """The row, below the block's top, in which the character written at `offset` stands."""
        return self.text_top - 1 + max(1, bisect_right(self.body.rows, offset, key=_start))


def _start(row: Row) -> int:
    return row.start


def _heading(left: str, right: str, width: int) -> Row:
    left, right = _one_line(left), _one_line(right)
    room = width - (cell_len(right) + 1 if right else 0)
    if room < MIN_WIDTH:
        right, room = "", width
    if cell_len(left) > room:
        left = set_cell_size(left, max(0, room - 1)).rstrip() + "…"
    gap = " " * (width - cell_len(left) - cell_len(right)) if right else ""
    size = len(left) + len(gap)
    runs: tuple[Run, ...] = ((0, len(left), TITLE),) if left else ()
    if right:
        runs = (*runs, (size, size + len(right), META))
    return Row(left + gap + right, runs)


def _alike(rows: list[Row], others: list[Row]) -> bool:
    return len(rows) == len(others) and all(map(Row.same, rows, others))


def _over(lines: Sequence[Above], width: int) -> list[Row]:
    before = len(lines) - MAX_ABOVE
    rows = [_cut(f"{LOOKED_UP}{before} before these", "", width)] if before > 0 else []
    for line in lines[-MAX_ABOVE:]:
        what, outcome = LOOKED_UP + _one_line(line.what), _one_line(line.outcome)
        bits = WARNING if line.failed else META
        if not line.whole or cell_len(what) + len(_DOT) + cell_len(outcome) <= width:
            rows.append(_cut(what, outcome, width, bits))
            continue
        hang = " " * len(LOOKED_UP)
        rows += wrapped(Shown(what, ()).with_bits(META), width, "", hang)[0]
        if outcome:
            rows += wrapped(Shown(outcome, ()).with_bits(bits), width, hang, hang)[0]
    return rows


_DOT = " · "


def _cut(what: str, outcome: str, width: int, bits: int = META) -> Row:
    """One row: what there is too much of `what` is left out."""
    tail = _DOT + outcome if outcome else ""
    room = width - cell_len(tail)
    if room < MIN_WIDTH:
        what, tail, room = what + tail, "", width
    if cell_len(what) > room:
        what = set_cell_size(what, max(0, room - 1)).rstrip() + "…"
    size = len(what)
    runs: tuple[Run, ...] = ((0, size, META),)
    return Row(what + tail, (*runs, (size, size + len(tail), bits)) if tail else runs)


def _note(note: str, bits: int, width: int) -> list[Row]:
    if not note:
        return []
    return wrapped(Shown(clean(note)[0], ()).with_bits(bits), width)[0]


def _one_line(text: str) -> str:
    return clean(text)[0].replace("\n", " ")
