"""Words as data: cleaning, sentences, counting, cutting. Pure; knows no event and no debate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

Span = tuple[int, int]
"""A half-open range of characters, `text[start:end]`."""

# Everything that steers a terminal or hides text: C0 but tab and newline, DEL, C1, bidirectional controls, zero
# widths, line and paragraph separators, the soft hyphen, interlinear and tag characters, lone surrogates.
# ZWNJ and ZWJ (U+200C, U+200D) stay: Persian, the Indic scripts and emoji need them (protocol.md, Containment).
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"
)
# A whole escape sequence goes, not only its ESC, so that no "[31m" is left standing.
_ESCAPES = re.compile(
    "\x1b\\][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"  # OSC, to its end, or the line's where it has none
    "|\x1b[P^_X][^\x1b\x9c\n]*(?:\x1b\\\\|\x9c)?"  # DCS, PM, APC, SOS
    "|(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI
    "|\x1b[ -/]*[0-~]?"
)
_NEWLINES = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")


def clean(text: str) -> str:
    """Text without anything that acts on a terminal or hides; newlines become `\\n`. Idempotent."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("", _NEWLINES.sub("\n", _ESCAPES.sub("", text)))


def traced(text: str) -> tuple[str, Sequence[int]]:
    """`clean(text)`, and for each of its characters where that stands in `text`."""
    if clean(text) == text:
        return text, range(len(text))
    places: Sequence[int] = range(len(text))
    for pattern, instead in ((_ESCAPES, ""), (_NEWLINES, "\n"), (_UNSAFE, "")):
        text, places = _replaced(pattern, instead, text, places)
    return text, places


def _replaced(pattern: re.Pattern[str], instead: str, text: str, places: Sequence[int]) -> tuple[str, Sequence[int]]:
    words: list[str] = []
    found: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        words += [text[done : match.start()], instead]
        found += places[done : match.start()]
        found += places[match.start() : match.start() + len(instead)]
        done = match.end()
    return "".join([*words, text[done:]]), [*found, *places[done:]]


def escaped(json: str) -> str:
    """JSON with everything that `clean` would take away written as an escape: it says the same and acts on nothing."""
    return _UNSAFE.sub(_escape, json)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class Cleaner:
    """`clean` for text that comes in pieces: an escape sequence cut between two pieces is still one.

    Leading white space of the whole is dropped; what stands after an unfinished escape is held back until it is
    decided, at most `LIMIT` characters.
    """

    LIMIT = 256

    def __init__(self) -> None:
        self._held = ""
        self._begun = False

    def feed(self, piece: str) -> str:
        """The clean text that `piece` completes."""
        text = self._held + piece
        self._held = ""
        cut = max(text.rfind("\x1b"), text.rfind("\x9b"), text.rfind("\r"))
        if cut >= 0 and len(text) - cut < self.LIMIT and not self._decided(text[cut:]):
            text, self._held = text[:cut], text[cut:]
        return self._begin(clean(text))

    def finish(self) -> str:
        """What was held back, when nothing more comes."""
        text, self._held = self._held, ""
        return self._begin(clean(text))

    @staticmethod
    def _decided(tail: str) -> bool:
        match = _ESCAPES.match(tail)
        return len(tail) > 1 if match is None else match.end() < len(tail)

    def _begin(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text


_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof st vs etc e.g i.e cf al approx no vol fig inc ltd co jr sr dept est min max resp incl
    z.b d.h u.a bzw usw ca nr abb vgl p.ex env av apr n.b""".split()  # noqa: SIM905  a list would be a page long
)
_CLOSERS = "\"'”’»›)]}」』）】*_`"
_ENDS = ".!?…。！？｡؟۔।॥։።"
_WIDE_ENDS = "。！？｡"
_END = re.compile(f"[{re.escape(_ENDS)}]+[{re.escape(_CLOSERS)}]*|\n+")


def sentences(text: str) -> tuple[Span, ...]:
    """The spans of the sentences of `text`, in order, without the white space around them.

    A newline always ends a sentence. A full stop does where white space follows that is not followed by a small
    letter, and it closes neither an abbreviation, an initial nor a list's number. Scripts without spaces end at
    their own marks. Every character that is not white space belongs to exactly one sentence.
    """
    spans: list[Span] = []
    begin = 0
    for end in (m for m in _END.finditer(text) if _ends(text, begin, m)):
        _add(spans, text, begin, end.end())
        begin = end.end()
    _add(spans, text, begin, len(text))
    return tuple(spans)


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] in "\n" + _WIDE_ENDS:
        return True
    after = text[match.end() : match.end() + 1]
    if after and not after.isspace():
        return False
    follows = text[match.end() : match.end() + 40].lstrip()
    if follows[:1].islower():
        return False
    if mark[0] != "." or mark[:2] == "..":
        return True
    word = re.split(r"[\s(\[“\"']", text[max(begin, match.start() - 24) : match.start()])[-1]
    if word.lower() in _ABBREVIATIONS:
        # "etc." may close a sentence, "Dr." never: decided by what no sentence could begin with.
        return word.lower() in {"etc", "al", "usw"} and follows[:1].isupper()
    is_initial = len(word) == 1 and word.isupper() and word != "I" and bool(follows[:1].isupper())
    is_item = word.isdigit() and len(word) < 3 and not text[begin : match.start() - len(word)].strip()
    return not (is_initial or is_item)


def _add(spans: list[Span], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        if spans and not any(c.isalnum() for c in text[begin:end]) and "\n" not in text[spans[-1][1] : begin]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))


def lead(text: str, limit: int = 200) -> str:
    """The first sentence, whole up to `limit` characters, else cut at a word with `…` (protocol.md, Glance)."""
    spans = sentences(text)
    if not spans:
        return ""
    return shorten(text[spans[0][0] : spans[0][1]], limit)


def shorten(text: str, limit: int) -> str:
    """`text` on one line, at most `limit` characters, cut at a word with `…`."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return (at_word or cut).rstrip(" ,;:–—-") + "…"


def bounded(text: str, limit: int) -> str:
    """`text` with its lines, of some `limit` characters, cut at a word with `…`."""
    return text if len(text) <= limit else text[:limit].rsplit(None, 1)[0] + " …"


_SAMPLE = 10_000
"""Characters by which a text's script is told: a statement of 100 kB may not hold up a key."""


def is_spaceless(text: str) -> bool:
    """Whether the text is mostly in a script that puts no spaces between words (Chinese, Japanese, Thai …)."""
    if text.isascii():
        return False
    letters = [c for c in text[:_SAMPLE] if c.isalpha()]
    dense = sum(unicodedata.east_asian_width(c) in "WF" or "\u0e00" <= c <= "\u0fdf" for c in letters)
    return bool(letters) and dense * 2 > len(letters)


def is_dense(char: str) -> bool:
    """Whether it is of a script that puts no spaces between words."""
    return ord(char) > 0x2E80 or "\u0e00" <= char <= "\u0fdf"


def joined(left: str, right: str) -> bool:
    """Whether two characters beside each other are of one word."""
    spaced = left.isalnum() and right.isalnum()
    return spaced and not is_dense(left) and not is_dense(right)


def length(text: str) -> int:
    """Words, or characters where a script has no spaces (protocol.md, Style)."""
    return sum(not c.isspace() for c in text) if is_spaceless(text) else len(text.split())


def length_label(text: str) -> str:
    """`142w`, or `310c` where characters are counted."""
    return f"{length(text)}{'c' if is_spaceless(text) else 'w'}"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines: the first column to the left, the others to the right. All rows are of one length."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        yield "  ".join(cells).rstrip()
