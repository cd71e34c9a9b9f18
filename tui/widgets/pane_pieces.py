"""A statement as it grows, cut into pieces that are parsed once. Knows no width, no style and no widget.

A piece is a paragraph, a list item, a heading, a line of code or a gap between paragraphs. All pieces but the last
are closed: their text and their marks never change again. What is cut where depends only on what was written,
never on how it arrived.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from upverdict.tui.widgets.markup import (
    CODE,
    MARKER,
    PLAIN,
    LineStart,
    Shown,
    closes,
    inline,
    is_sure,
    line_start,
)
from upverdict.tui.widgets.pane_text import clean, snap

WINDOW = 800
"""Characters after which a paragraph that goes on is closed at the end of a sentence: work per frame stays small."""
_LEAST = WINDOW // 4

_SENTENCE = re.compile(r"[.!?\u2026][\"'\u201d\u2019\xbb)\]*_`]*\s+|[\u3002\uff01\uff1f]|\n")
_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\s*\n")
_CODE_LINE = LineStart(bits=CODE, verbatim=True)
_FENCE_LINE = LineStart(bits=CODE | MARKER, verbatim=True)


CITED = 1 << 16
"""The bit of a run that is a mark: it was not written, and stands behind what was."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands behind `after` characters of what was written, and names a source. It `leads` where a line begins
    there."""

    after: int
    label: str
    leads: bool = False


@dataclass(frozen=True)
class Piece:
    """`raw_start:raw_end` of what was written; `shown` has its offsets counted from the start of the statement.

    `lead` stands before its first line and `hang` before the others. A piece that `goes_on` is continued by the next
    one in the same line. A `gap` is one empty line. `marks` are in the order of their places.
    """

    raw_start: int
    raw_end: int
    shown: Shown
    lead: str = ""
    hang: str = ""
    bits: int = 0
    goes_on: bool = False
    gap: bool = False
    marks: tuple[Mark, ...] = ()

    @cached_property
    def drawn(self) -> Shown:
        """What is shown with its marks. Each has the offset of the character that it stands behind."""
        return _marked(self.shown, self.marks, self.raw_start) if self.marks else self.shown

    def with_mark(self, mark: Mark) -> Piece:
        marks = list(self.marks)
        insort(marks, mark, key=_after)
        return replace(self, marks=tuple(marks))


@dataclass(frozen=True, slots=True)
class _Span:
    """Where the piece that begins at `start` ends, and up to where that is certain whatever comes."""

    end: int
    sure: int


class Pieces:
    """What one statement says. `text` is all of it, as written, without marks.

    `remarked` tells by their place which closed pieces have got a mark, in the order in which they got it.
    """

    def __init__(self) -> None:
        self.closed: list[Piece] = []
        self.tail: list[Piece] = []
        self.remarked: list[int] = []
        self._loose: list[Mark] = []  # of no closed piece yet
        self._fresh = False  # a mark has come since the last `parse`
        self._done: list[str] = []
        self._rest = ""
        self._rest_at = 0
        self._fed: list[str] = []
        self._fence = ""
        self._going: LineStart | None = None
        self._live = False

    def feed(self, text: str) -> None:
        """More text; nothing is parsed before `parse`."""
        self._fed.append(text)

    def cite(self, after: int, label: str) -> None:
        """A mark behind `after` characters of the text: behind the last of them in its line that is no space; where
        there is none, before the first word of the line.
        """
        after = max(0, min(after, self.size))
        self._loose.append(Mark(after, label, leads=not after or self._written(after - 1) == "\n"))
        self._fresh = True

    def _written(self, at: int) -> str:
        """One character of the text; those that came last are found at once."""
        if at < self._rest_at:
            return self.text[at]
        return "".join([self._rest, *self._fed])[at - self._rest_at]

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join([*self._done, self._rest, *self._fed])

    @property
    def size(self) -> int:
        """Characters written."""
        return self._rest_at + len(self._rest) + sum(map(len, self._fed))

    def parse(self, live: bool = False) -> None:
        """Close what can be closed and parse the rest anew. While it is `live`, a mark that was opened and not yet
        closed already styles what follows it."""
        if not self._fed and live == self._live:
            if self._fresh:
                self._set_marks()
            return
        self._live = live
        raw = self._rest + "".join(self._fed)
        self._fed.clear()
        at = 0
        open_pieces: list[Piece] = []
        state = (self._fence, self._going)
        while at < len(raw):
            piece, sure = self._next(raw, at)
            at = piece.raw_end - self._rest_at
            if sure and not open_pieces:
                self.closed.append(piece)
                state = (self._fence, self._going)
            else:
                open_pieces.append(piece)
        # What was parsed for the screen only is parsed again when more has come.
        self._fence, self._going = state
        self.tail = open_pieces
        start = open_pieces[0].raw_start - self._rest_at if open_pieces else len(raw)
        if start:
            self._done.append(raw[:start])
        self._rest = raw[start:]
        self._rest_at += start
        if self._loose:
            self._set_marks()

    def _set_marks(self) -> None:
        """Give each mark to the piece that it stands in. One of a piece that is still open is given anew each time; one
        that waits for a line to begin has a line of its own until then.
        """
        closed = len(self.closed)
        self.tail = [replace(piece, marks=()) for piece in self.tail if piece.raw_start < piece.raw_end]
        loose, self._loose, self._fresh = self._loose, [], False
        for mark in loose:
            place = self._place(mark)
            if place is not None and place < closed:
                self.closed[place] = self.closed[place].with_mark(mark)
                self.remarked.append(place)
                continue
            self._loose.append(mark)
            if place is None:
                place = closed + len(self.tail)
                self.tail.append(Piece(self.size, self.size, Shown("", ())))
            self.tail[place - closed] = self.tail[place - closed].with_mark(mark)

    def _place(self, mark: Mark) -> int | None:
        """The place of the piece in which a mark stands; None where there is none yet."""
        at = mark.after if mark.leads else mark.after - 1
        closed, size = len(self.closed), len(self.closed) + len(self.tail)
        place = bisect_right(self.closed, at, key=_raw_start) - 1
        if place == closed - 1:
            place += bisect_right(self.tail, at, key=_raw_start)
        if place >= 0 and at >= self._at(place).raw_end:
            place += 1
        return next((n for n in range(max(0, place), size) if not self._at(n).gap), None)

    def _at(self, place: int) -> Piece:
        closed = len(self.closed)
        return self.closed[place] if place < closed else self.tail[place - closed]

    def _next(self, raw: str, at: int) -> tuple[Piece, bool]:
        line_end = raw.find("\n", at)
        line = raw[at:] if line_end < 0 else raw[at:line_end]
        going = self._going
        if going is None and not self._fence and not line.strip():
            return self._gap(raw, at)
        start = going or self._start(line)
        if start.verbatim:
            return self._verbatim(at, line, start, line_end >= 0)
        span = _paragraph(raw, at)
        body = at if going else at + start.size
        if span.sure - body > WINDOW:
            cut = _cut(raw[body : body + WINDOW])
            self._going = start
            return self._piece(raw, at, body, body + cut, start, going, goes_on=True), True
        self._going = None
        sure = span.sure == span.end and span.end < len(raw)
        return self._piece(raw, at, body, span.end, start, going, closing=self._live and not sure), sure

    def _piece(
        self,
        raw: str,
        at: int,
        body: int,
        end: int,
        start: LineStart,
        going: LineStart | None,
        goes_on: bool = False,
        closing: bool = False,
    ) -> Piece:
        base = self._rest_at
        text = raw[body:end] if goes_on else raw[body:end].rstrip("\n")
        shown = inline(text, closing).shown.moved(base + body).with_bits(start.bits)
        if start.shown and going is None:
            size = len(start.shown)  # a tab may stand for the marker's spaces: more can be shown than was written
            marker = [min(base + at + i, base + body - 1) for i in range(size)]
            shown = Shown(start.shown, marker, ((0, size, MARKER),)).then(shown)
        lead = start.hang if not start.shown and going is None else ""
        return Piece(base + at, base + end, shown, lead, start.hang, start.bits, goes_on)

    def _start(self, line: str) -> LineStart:
        if not self._fence:
            start = line_start(line) or PLAIN
            self._fence = start.fence
            return start
        if closes(self._fence, line):
            self._fence = ""
            return _FENCE_LINE
        return _CODE_LINE

    def _gap(self, raw: str, at: int) -> tuple[Piece, bool]:
        blank = _BLANK_LINES.match(raw, at)
        end = blank.end() if blank else at
        if _SPACE.fullmatch(raw, end) or end == len(raw):
            end = len(raw)
        return Piece(self._rest_at + at, self._rest_at + end, Shown("", ()), gap=True), end < len(raw)

    def _verbatim(self, at: int, line: str, start: LineStart, complete: bool) -> tuple[Piece, bool]:
        cut = len(line) > WINDOW
        self._going = start if cut else None
        line = line[:WINDOW]
        text, offsets = clean(line)
        begin = self._rest_at + at
        end = begin + len(line) + int(complete and not cut)
        shown = Shown(text, offsets).moved(begin).with_bits(start.bits)
        return Piece(begin, end, shown, bits=start.bits, goes_on=cut), cut or complete


def _raw_start(piece: Piece) -> int:
    return piece.raw_start


def _after(mark: Mark) -> int:
    return mark.after


def _behind(shown: Shown, after: int) -> int:
    """Where in the shown text a mark stands that was set behind `after` written characters: behind the last of them
    that is no space; in a line in which there is none before it, before the first that is none.
    """
    text = shown.text
    first = bisect_left(shown.offsets, after)
    begin = shown.runs[0][1] if shown.runs and shown.runs[0][0] == 0 and shown.runs[0][2] & MARKER else 0
    at = first
    while at > begin and text[at - 1].isspace() and text[at - 1] != "\n":
        at -= 1
    if at > begin and text[at - 1] != "\n":
        return snap(text, at - 1, at)[1]
    at = max(first, begin)
    while at < len(text) and text[at] == " ":
        at += 1
    return at


def _marked(shown: Shown, marks: Sequence[Mark], start: int) -> Shown:
    """The text with its marks in it; several in one place are parted by commas."""
    out, done = Shown("", range(0)), 0
    here: list[str] = []  # the labels in the place `done`
    for mark in marks:
        at = _behind(shown, mark.after)
        if at > done:
            out, here, done = out.then(shown.part(done, at)), [], at
        if mark.label in here:
            continue
        label = f",{mark.label}" if here else mark.label
        here.append(mark.label)
        behind = shown.offsets[max(0, at - 1)] if shown.offsets else start
        out = out.then(Shown(label, [behind] * len(label), ((0, len(label), CITED),)))
    return out.then(shown.part(done, len(shown.text)))


def _paragraph(raw: str, at: int) -> _Span:
    """The lines from `at` up to an empty one or one that begins something else."""
    end = raw.find("\n", at)
    while 0 <= end < len(raw) - 1:
        begin = end + 1
        end = raw.find("\n", begin)
        line = raw[begin:] if end < 0 else raw[begin:end]
        if not line.strip() or line_start(line) is not None:
            sure = end >= 0 or is_sure(line)
            return _Span(begin, begin if sure else begin - 1)
        if end < 0 and not is_sure(line):
            return _Span(len(raw), begin - 1)
        if begin - at > 4 * WINDOW:  # certain enough for a cut; the rest is looked at when its turn has come
            return _Span(begin, begin - 1)
    return _Span(len(raw), len(raw))


def _cut(window: str) -> int:
    """Where a paragraph that begins with `window` and goes on is best closed: outside of all marks, after a sentence,
    else after a space, else anywhere."""
    parsed = inline(window)
    limit = parsed.opener if parsed.opener >= _LEAST else len(window)
    for pattern in (_SENTENCE, _SPACE):
        ends = [m.end() for m in pattern.finditer(window) if _LEAST <= m.end() <= limit]
        for end in reversed(ends):
            if not any(s < end < e for s, e in parsed.spans):
                return end
    for end in range(limit, _LEAST, -1):
        if not any(s < end < e for s, e in parsed.spans):
            return end
    return len(window)
