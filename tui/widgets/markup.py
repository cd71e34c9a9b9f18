"""Inline Markdown of one paragraph as styled text, with the way back to what was written. Knows no width, no widget.

Bold, italics, struck text and code lose their marks and gain a style. Links, images, raw HTML and entities stay as
they were written: nothing can be clicked, nothing is interpreted. What begins a line (heading, list, quote, fence)
is recognised by `line_start`, in the words of the CommonMark specification 0.31, sections 4.1 to 5.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from upverdict.core.inline import BOLD, CODE, ITALIC, STRIKE, Run, has_marks, is_warm, walked, warm
from upverdict.tui.widgets.pane_text import clean

__all__ = ["BOLD", "CODE", "ITALIC", "STRIKE", "Run", "is_warm", "warm"]

HEADING, MARKER, QUOTE, RULE = 16, 32, 64, 128
"""What a run can be, as bits. Bits from 256 upward belong to who draws."""

_CLOSABLE = re.compile(r"\*\*|__|`+")


@dataclass(frozen=True, slots=True)
class Shown:
    """Text as it is shown; `offsets[i]` is where `text[i]` stands in what was written; `runs` don't overlap."""

    text: str
    offsets: Sequence[int]
    runs: tuple[Run, ...] = ()

    def part(self, start: int, end: int) -> Shown:
        """The shown text from `start` to `end`."""
        return Shown(self.text[start:end], self.offsets[start:end], clip(self.runs, start, end))

    def then(self, other: Shown) -> Shown:
        """This text with `other` behind it."""
        size = len(self.text)
        runs = (*self.runs, *((s + size, e + size, bits) for s, e, bits in other.runs))
        return Shown(self.text + other.text, _joined(self.offsets, other.offsets), runs)

    def moved(self, by: int) -> Shown:
        """The same text, standing `by` characters later in what was written."""
        if isinstance(self.offsets, range):
            offsets: Sequence[int] = range(self.offsets.start + by, self.offsets.stop + by)
        else:
            offsets = [o + by for o in self.offsets]
        return Shown(self.text, offsets, self.runs)

    def with_bits(self, bits: int) -> Shown:
        """The same text, all of it with `bits` added."""
        return Shown(self.text, self.offsets, add_bits(self.runs, 0, len(self.text), bits)) if bits else self


def _joined(a: Sequence[int], b: Sequence[int]) -> Sequence[int]:
    if isinstance(a, range) and isinstance(b, range) and (not a or not b or a.stop == b.start):
        return range(a.start if a else b.start, b.stop if b else a.stop)
    return [*a, *b]


def clip(runs: Sequence[Run], start: int, end: int) -> tuple[Run, ...]:
    """The runs within `start:end`, counted from `start`."""
    return tuple([(max(s, start) - start, min(e, end) - start, bits) for s, e, bits in runs if s < end and e > start])


def add_bits(runs: Sequence[Run], start: int, end: int, bits: int) -> tuple[Run, ...]:
    """The runs with `bits` added to everything from `start` to `end`."""
    if start >= end:
        return tuple(runs)
    out: list[Run] = []
    at = start
    for s, e, old in runs:
        if e <= start or s >= end:
            out.append((s, e, old))
            continue
        if s < start:
            out.append((s, start, old))
        if at < max(s, start):
            out.append((at, max(s, start), bits))
        at = min(e, end)
        out.append((max(s, start), at, old | bits))
        if e > end:
            out.append((end, e, old))
    if at < end:
        out.append((at, end, bits))
    return tuple(sorted(out))


@dataclass(frozen=True, slots=True)
class Inline:
    """A parsed paragraph. `spans` are the styled parts with their marks, as written; `opener` is where a mark stands
    that was opened and not closed, or -1."""

    shown: Shown
    spans: tuple[tuple[int, int], ...] = ()
    opener: int = -1


def inline(raw: str, closing: bool = False) -> Inline:
    """The inline marks of `raw`, one paragraph or a part of it. Offsets and spans are positions in `raw`.

    With `closing`, bold text or code that was opened and is not closed is taken to be closed at the end: so a word
    does not lose its marks before the reader's eyes.
    """
    text, offsets = clean(raw)
    if not has_marks(text):
        return Inline(Shown(text, offsets))
    walk = walked(text)
    if walk is not None and closing and walk.opener >= 0 and (mark := _CLOSABLE.match(text, walk.opener)):
        closed = walked(text.rstrip() + mark.group())
        if closed is not None and len(closed.spans) > len(walk.spans) and closed.offsets[-1] < len(text):
            walk = closed
    if walk is None:
        # The tokens say nothing of positions. Where they can't be found again, the text is shown as it was written.
        return Inline(Shown(text, offsets))
    shown = Shown("".join(walk.parts), [offsets[o] for o in walk.offsets], tuple(walk.runs))
    if closing:
        return Inline(shown)
    spans = tuple([(offsets[s], offsets[e - 1] + 1) for s, e in walk.spans])
    return Inline(shown, spans, offsets[walk.opener] if walk.opener >= 0 else -1)


@dataclass(frozen=True, slots=True)
class LineStart:
    """What begins a line: `bits` of its whole text, `size` characters of marker, what is shown for it (`shown`,
    never longer than the marker), and what stands before the lines that follow (`hang`).

    `verbatim` text has no inline marks. `fence` is the fence that this line opens.
    """

    bits: int = 0
    size: int = 0
    shown: str = ""
    hang: str = ""
    verbatim: bool = False
    fence: str = ""


PLAIN = LineStart()
_RULE = re.compile(r"\s{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r"\s{0,3}(?:(`{3,})[^`]*|(~{3,}).*)$")
_HEADING = re.compile(r"\s{0,3}#{1,6}(?:[ \t]{1,8}|$)")
_QUOTE = re.compile(r"\s{0,3}(?:> ?){1,9}")
_ITEM = re.compile(r"(\s{0,40})([-+*]|\d{1,9}[.)])(?:[ \t]{1,8}|$)")
_LONG = 400  # no line of dashes and no fence is longer: it would have to be kept open to its end
_MAYBE = re.compile(r"\s*(?:[#>+*_`~-][#>+*_`~\- \t]*|`{3,}[^`]*|\d{1,9}[.)]?)?$")


def line_start(line: str) -> LineStart | None:
    """What begins `line` (one line, no newline), or `None` for text that goes on."""
    head = line.lstrip()[:1]
    if head not in "#>-+*_`~0123456789" or not head:
        return None
    if len(line) <= _LONG:
        if _RULE.match(line):
            return LineStart(bits=RULE, verbatim=True)
        if fence := _FENCE.match(line):
            return LineStart(bits=CODE | MARKER, verbatim=True, fence=fence[1] or fence[2])
    if heading := _HEADING.match(line):
        return LineStart(bits=HEADING, size=heading.end())
    if quote := _QUOTE.match(line):
        return LineStart(bits=QUOTE, size=quote.end(), hang="▎ ")
    if item := _ITEM.match(line):
        marker = "•" if item[2] in "-+*" else item[2]
        shown = " " * min(len(item[1]), 8) + marker + " "
        return LineStart(size=item.end(), shown=shown, hang=" " * len(shown))
    return None


def is_sure(line: str) -> bool:
    """Whether more characters at the end of `line` can't change what `line_start` says of it."""
    return len(line) > _LONG or _MAYBE.match(line) is None


def closes(fence: str, line: str) -> bool:
    """Whether `line` closes the block of code that `fence` opened (CommonMark 4.5)."""
    mark = line.strip()
    return len(mark) >= len(fence) and mark.strip(fence[0]) == "" and len(line) - len(line.lstrip()) < 4
