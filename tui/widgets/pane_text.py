"""Plain text as cells of a terminal: cleaning, clusters that must stay whole, word wrap. Knows no markup, no widget.

Positions are indices into Python strings; widths are terminal cells as `rich.cells` counts them, because Textual
places everything by that count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size

MIN_WIDTH = 4
"""Narrower than this nothing is wrapped: two wide characters must fit beside each other."""

TAB = "    "
MAX_JOINED = 30
"""Joining marks kept after one base; the limit of Unicode's stream-safe text format (UAX 15, section 13)."""

ZWJ = "\u200d"

_ODD_CHARACTERS = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f"  # C0 without the newline, delete, C1
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, bidi marks, invisible spaces
    "\u1680\u2000-\u200a\u2028-\u202f\u205f"  # odd spaces, line separators, bidi embeddings
    "\u2060-\u206f\ufeff\ufff9-\ufffb"  # word joiner, bidi isolates, deprecated formats, byte order mark
    "\ud800-\udfff"  # halves of surrogate pairs: no terminal can be sent one
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"  # shorthand and music formats, language tag
)
_JOINED = f"[^\\s{_ODD_CHARACTERS}{ZWJ}]"
_ODD = re.compile(f"[{_ODD_CHARACTERS}]|{ZWJ}(?!{_JOINED})")  # a joiner that joins nothing is odd, too
_SHOWN_AS = {
    "\t": TAB,
    "\u2007": "\u00a0",
    "\u202f": "\u00a0",
    **dict.fromkeys("\x0b\x0c\x85\u1680\u2028\u2029\u205f", " "),
    **{chr(c): " " for c in range(0x2000, 0x200B) if c != 0x2007},
    **{chr(c): "\ufffd" for c in range(0xD800, 0xE000)},
}

# What may not begin, and what may not end, a line that is broken between wide characters (JIS X 4051, shortened).
_NO_START = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】〙〗〟’”»‼⁇⁈⁉…‥–"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%)]},.!?:;"
    "⁰¹²³⁴⁵⁶⁷⁸⁹"  # marks of sources stay with the word that they stand behind
)
_NO_END = frozenset("‘“（〔［｛〈《「『【〘〖〝«([{")


def clean(raw: str) -> tuple[str, Sequence[int]]:
    """What of `raw` may reach a terminal, and for each of its characters the position in `raw`.

    Control characters, bidirectional controls and lone surrogates never come through; tabs and odd spaces become
    spaces; newlines stay.
    """
    if _ODD.search(raw) is None:
        return _limit_joined(raw, range(len(raw)))
    parts: list[str] = []
    offsets: list[int] = []
    done = 0
    for odd in _ODD.finditer(raw):
        at = odd.start()
        shown = _SHOWN_AS.get(odd.group(), "")
        parts.append(raw[done:at] + shown)
        offsets.extend(range(done, at))
        offsets.extend([at] * len(shown))
        done = at + 1
    parts.append(raw[done:])
    offsets.extend(range(done, len(raw)))
    return _limit_joined("".join(parts), offsets)


def _limit_joined(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int]]:
    """Without marks beyond `MAX_JOINED` on one base: a line of a few cells can't hold a million characters."""
    if text.isascii() or not any(map(joins, set(text))):
        return text, offsets
    keep: list[int] = []
    joined, last = 0, ""
    for i, ch in enumerate(text):
        joined = joined + 1 if joins(ch) or last == ZWJ else 0
        if joined <= MAX_JOINED or not joins(ch):
            keep.append(i)
            last = ch
    if len(keep) == len(text):
        return text, offsets
    return "".join([text[i] for i in keep]), [offsets[i] for i in keep]


@lru_cache(maxsize=4096)
def joins(ch: str) -> bool:
    """Whether `ch` is drawn on the character before it: marks, joiners, selectors, skin tones, vowel signs."""
    return ch != "\n" and (get_character_cell_size(ch) == 0 or unicodedata.category(ch) in ("Mn", "Mc", "Me"))


@lru_cache(maxsize=4096)
def _is_simple(ch: str) -> bool:
    return get_character_cell_size(ch) == 1 and not joins(ch) and not _is_flag_half(ch)


def _is_flag_half(ch: str) -> bool:
    return "\U0001f1e6" <= ch <= "\U0001f1ff"


def is_simple(text: str) -> bool:
    """Whether every character of `text` (cleaned, without newlines) is a cluster of its own, one cell wide."""
    return text.isascii() or all(map(_is_simple, set(text)))


def clusters(text: str) -> list[tuple[int, int, int]]:
    """The parts of `text` (cleaned) that no line may cut: (start, end, cells), without gaps.

    A base with its marks, an emoji sequence joined by ZWJ, a flag of two letters.
    """
    found: list[tuple[int, int, int]] = []
    size = len(text)
    start = 0
    while start < size:
        end = start + 1
        if end < size and _is_flag_half(text[start]) and _is_flag_half(text[end]):
            end += 1
        while end < size and (joins(text[end]) or (text[end - 1] == ZWJ and text[end] not in " \n")):
            end += 1
        found.append((start, end, cell_len(text[start:end])))
        start = end
    return found


def snap(text: str, start: int, end: int) -> tuple[int, int]:
    """The span `start:end` of `text` widened to whole clusters; an empty span stays empty."""
    if start >= end or is_simple(text):
        return start, end
    touched = [c for c in clusters(text) if c[0] < end and c[1] > start]
    return (touched[0][0], touched[-1][1]) if touched else (start, end)


def wrap(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Where the lines of `text` (cleaned) begin and end: the first in `first` cells, the others in `rest`.

    Greedy and without memory: a line depends on nothing before its own start. Spaces at a break belong to no line.
    Every newline ends a line. Words longer than a line begin a line and are broken hard between clusters. Wide
    characters may be parted from any neighbour, but no line begins with closing punctuation if it can be helped.
    At least `MIN_WIDTH` cells are assumed.
    """
    first, rest = max(MIN_WIDTH, first), max(MIN_WIDTH, rest)
    lines: list[tuple[int, int]] = []
    start = 0
    while True:
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        room = rest if lines else first
        if is_simple(text[start:end]):
            _wrap_simple(text, start, end, room, rest, lines)
        else:
            _wrap_clusters(text, start, end, room, rest, lines)
        if newline < 0:
            return lines
        start = newline + 1


def _wrap_simple(text: str, start: int, end: int, room: int, rest: int, lines: list[tuple[int, int]]) -> None:
    """One cell a character: the break is found by `rfind`, at the speed of C."""
    while end - start > room:
        cut = text.rfind(" ", start, start + room + 1)
        if cut >= 0:
            stop = _rstrip(text, start, cut)
            if stop > start:
                lines.append((start, stop))
                start = _skip_spaces(text, cut, end)
                room = rest
                if start == end:
                    return
                continue
            if cut >= start + room - 1:  # a line of nothing but spaces
                start = _skip_spaces(text, cut, end)
                continue
        lines.append((start, start + room))
        start += room
        room = rest
    lines.append((start, _rstrip(text, start, end)))


def _rstrip(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] == " ":
        end -= 1
    return end


def _skip_spaces(text: str, start: int, end: int) -> int:
    while start < end and text[start] == " ":
        start += 1
    return start


def _wrap_clusters(text: str, start: int, end: int, room: int, rest: int, lines: list[tuple[int, int]]) -> None:
    parts = clusters(text[start:end])
    head = 0  # the cluster that begins this line
    cut = stop = -1  # where the next line may begin, and where this one would end
    cells = 0
    seen = gap = False  # something but spaces in this line; the last cluster was a space
    i = 0
    while i < len(parts):
        at, after, wide = parts[i]
        ch = text[start + at : start + after]
        if ch == " ":
            if seen:
                stop = stop if gap else at
                cut, gap = i + 1, True
            cells += wide
            i += 1
            continue
        if seen and not gap and _may_part(text[start + parts[i - 1][0] : start + at], parts[i - 1][2], ch, wide):
            cut, stop = i, at
        if cells + wide > room and i > head:
            if not seen:  # a line of nothing but spaces
                head, cells = i, 0
                continue
            if cut < 0:
                cut, stop = i, at
            lines.append((start + parts[head][0], start + stop))
            i = head = cut
            cut, cells, room, seen, gap = -1, 0, rest, False, False
            continue
        seen, gap = True, False
        cells += wide
        i += 1
    if head < len(parts):
        last = start + parts[head][0]
        lines.append((last, _rstrip(text, last, end)))
    elif not parts:
        lines.append((start, start))


def _may_part(before: str, before_cells: int, after: str, after_cells: int) -> bool:
    if before_cells < 2 and after_cells < 2:
        return False
    return after[0] not in _NO_START and before[0] not in _NO_END
