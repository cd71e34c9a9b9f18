"""Inline Markdown of one paragraph as styled text, with the way back to what was written. Knows no width, no widget.

Bold, italics, struck text and code lose their marks and gain a style. Links, images, raw HTML and entities stay as
they were written: nothing can be clicked, nothing is interpreted. What begins a line (heading, list, quote, fence)
is recognised by `line_start`, in the words of the CommonMark specification 0.31, sections 4.1 to 5.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from upverdict.tui.widgets.pane_text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Run = tuple[int, int, int]
"""A span of shown text and its marks: (start, end, bits)."""

BOLD, ITALIC, STRIKE, CODE = 1, 2, 4, 8
HEADING, MARKER, QUOTE, RULE = 16, 32, 64, 128
"""What a run can be, as bits. Bits from 256 upward belong to who draws."""

_OPEN = {"strong_open": BOLD, "em_open": ITALIC, "s_open": STRIKE}
_CLOSE = {"strong_close": BOLD, "em_close": ITALIC, "s_close": STRIKE}
_MARKED = re.compile(r"[*_`~\\\n]")
_OPENER = re.compile(r"(?<![\w\\])(\*{1,2}|_{1,2}|~~)(?=[^\s*_~])|(`+)(?=[^`])")
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
    if _MARKED.search(text) is None:
        return Inline(Shown(text, offsets))
    walk = _walk(text)
    if walk is not None and closing and walk.opener >= 0 and (mark := _CLOSABLE.match(text, walk.opener)):
        closed = _walk(text.rstrip() + mark.group())
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


def _walk(text: str) -> _Walk | None:
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(text, parser, {}, tokens)
    walk = _Walk(text)
    return walk if all(map(walk.take, tokens)) and walk.at == len(text) else None


def warm() -> None:
    """Load the parser. It costs some 70 ms, which no first frame and no first word should have to pay."""
    _parser()


def is_warm() -> bool:
    """Whether the parser is loaded."""
    return _parser.cache_info().currsize > 0


@cache
def _parser() -> MarkdownIt:
    # Imported here because `markdown_it` takes a third as long to load as a whole empty Textual app.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("strikethrough")
    return parser.disable(["link", "image", "autolink", "html_inline", "entity"])


class _Walk:
    """Finds the tokens of one paragraph again in its text, one after the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.size = 0
        self.bits = 0
        self.depth: list[int] = []
        self.parts: list[str] = []
        self.offsets: list[int] = []
        self.runs: list[Run] = []
        self.spans: list[tuple[int, int]] = []
        self.opener = -1

    def take(self, token: Token) -> bool:
        """Whether the text goes on with this token."""
        kind = token.type
        if kind == "text":
            return self._text(token.content)
        if kind in _OPEN:
            self.depth.append(self.at)
            self.bits |= _OPEN[kind]
            return self._mark(token.markup)
        if kind in _CLOSE:
            return self._close(token)
        if kind == "code_inline":
            return self._code(token)
        if kind == "text_special":
            skip = len(token.markup) - len(token.content)
            return self._mark(token.markup[:skip]) and self._show(token.content, token.content)
        if kind in ("softbreak", "hardbreak"):
            return self._newline()
        return False

    def _text(self, content: str) -> bool:
        if self.opener < 0 and (mark := _OPENER.search(content)):
            self.opener = self.at + mark.start()
        return self._show(content, content)

    def _show(self, written: str, shown: str) -> bool:
        """Pass over `written`; `shown`, of the same length, takes its place."""
        if not self.text.startswith(written, self.at):
            return False
        if self.bits and shown:
            self.runs.append((self.size, self.size + len(shown), self.bits))
        self.parts.append(shown)
        self.offsets.extend(range(self.at, self.at + len(shown)))
        self.at += len(written)
        self.size += len(shown)
        return True

    def _mark(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _close(self, token: Token) -> bool:
        found = self._mark(token.markup)
        self.bits &= ~_CLOSE[token.type]
        start = self.depth.pop()
        if not self.depth:
            self.spans.append((start, self.at))
        return found

    def _code(self, token: Token) -> bool:
        start = self.at
        if not self._mark(token.markup):
            return False
        end = _run_of(self.text, token.markup, self.at)
        if end < 0:
            return False
        written = self.text[self.at : end].replace("\n", " ")
        padded = int(written != token.content)  # one space on each side belongs to the marks
        if written[padded : len(written) - padded] != token.content:
            return False
        self.at += padded
        self.bits |= CODE
        self._show(self.text[self.at : self.at + len(token.content)], token.content)
        self.bits &= ~CODE
        self.at = end + len(token.markup)
        if not self.depth:
            self.spans.append((start, self.at))
        return True

    def _newline(self) -> bool:
        at = self.text.find("\n", self.at)
        if at < 0 or self.text[self.at : at].strip(" ") not in ("", "\\"):
            return False
        self.at = at
        self._show("\n", "\n")
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
        return True


def _run_of(text: str, mark: str, at: int) -> int:
    """Where a run of exactly `mark` begins at or after `at`, or -1."""
    size = len(mark)
    while (at := text.find(mark, at)) >= 0:
        end = at + size
        while text[end : end + 1] == "`":
            end += 1
        if end - at == size:
            return at
        at = end
    return -1


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
