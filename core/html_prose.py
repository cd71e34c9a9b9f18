"""A text with its Markdown as HTML: every sentence with its own anchor, every source behind the words it stands behind.

Paragraphs, lists, quotations, tables, code, bold and italics become what they are; headings become bold lines, so that
the page's own outline stays its own. Links, images, raw HTML and entities stay as they were written. What can't be told
with certainty, and what is too long, is shown as it was written, marks and all: no character is ever left out. Pure.

The parser (CommonMark 0.31, with GitHub's tables) tells of a block only the lines in which it stands, so the words are
found in these again; a block of which any letter is not accounted for is such a doubt.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from upverdict.core.html_parts import Html, escaped, literal
from upverdict.core.inline import BOLD, CODE, ITALIC, STRIKE, has_marks, walked
from upverdict.core.text import Span, traced

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_STYLED = 20_000
"""Characters of a paragraph whose bold, italics and code are looked for; a longer one shows all of its marks."""

_TAGS = ((BOLD, "strong"), (ITALIC, "em"), (STRIKE, "s"), (CODE, "code"))
_MARKS = re.compile(r"(?:[\s>#+*_|:~`\\-]|[0-9]{1,9}[.)])*")
"""What may stand between the words of a block and is not shown: what begins its lines, and the frame of a table."""
_DIGITS = re.compile("[0-9]+")
_OPEN = {
    "bullet_list_open": "<ul>",
    "bullet_list_close": "</ul>",
    "ordered_list_open": "<ol>",
    "ordered_list_close": "</ol>",
    "list_item_close": "</li>",
    "blockquote_open": '<blockquote dir="auto">',
    "blockquote_close": "</blockquote>",
    "table_open": '<div class="wide" role="group" aria-label="Table" tabindex="0"><table>',
    "table_close": "</table></div>",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_open": "<tr>",
    "tr_close": "</tr>",
    "th_close": "</th>",
    "td_close": "</td>",
    "heading_close": "</p>",
    "hr": "<hr/>",
}


class Sentence(NamedTuple):
    """A numbered sentence of a text: `start` and `end` in characters. `id` must be one that needs no escaping."""

    id: str
    start: int
    end: int


class Cite(NamedTuple):
    """What stands behind `after` characters of a text."""

    after: int
    mark: Html


def prose(text: str, sentences: Iterable[Sentence] = (), cites: Iterable[Cite] = ()) -> Html:
    """The whole text, block by block, in time that grows with its length."""
    words, places = traced(text)
    writer = _Writer(_moved(sentences, places, len(text)), _set(cites, places))
    for part in _parts(words):
        if isinstance(part, str):
            writer.out.append(part)
        else:
            writer.leaf(part)
    return Html("".join(writer.finish()))


def styled(text: str) -> Html:
    """The text in one line, with its bold, italics and code; no block."""
    words = " ".join(traced(text)[0].split())
    writer = _Writer([], [])
    writer.leaf(_Leaf(tuple(_styled([(words, 0)])), len(words)))
    return Html("".join(writer.finish()))


def _moved(sentences: Iterable[Sentence], places: Sequence[int], size: int) -> list[Sentence]:
    """The sentences in the cleaned text, in order. What a file holds may lie outside of the text, or overlap."""
    found = sorted(sentences, key=lambda s: s.start)
    if not isinstance(places, range):
        found = [s._replace(start=_place(places, s.start), end=_place(places, s.end)) for s in found]
    return [s._replace(start=max(0, min(s.start, size)), end=max(0, min(s.end, size))) for s in found]


def _set(cites: Iterable[Cite], places: Sequence[int]) -> list[Cite]:
    found = sorted(cites, key=lambda c: c.after)
    return found if isinstance(places, range) else [c._replace(after=_place(places, c.after)) for c in found]


def _place(places: Sequence[int], at: int) -> int:
    """Where a position of the text as it was written is in the cleaned one."""
    return bisect_right(places, at - 1)


# -- the words of a block ----------------------------------------------------------------------------------------------


class _Run(NamedTuple):
    """Words in one style: they stand at `at` in the text, one character behind the other."""

    words: str
    at: int
    bits: int = 0


class _Leaf(NamedTuple):
    """The words of one block, which ends at `end`. Of `code`, lines stay lines."""

    runs: Sequence[_Run]
    end: int
    code: bool = False


_Line = tuple[str, int]
"""Words of one line, and where they stand in the text."""


class _Doubt(Exception):
    """The words of a block can't be found again."""


def _parts(text: str) -> Iterator[str | _Leaf]:
    """The tags and the words of the text, in order."""
    starts = [0, *(m.end() for m in re.finditer("\n", text)), len(text) + 1]
    tokens: list[Token] = []
    parser = _parser()
    parser.block.parse(text, parser, {}, tokens)
    done = 0
    for block in _outermost(tokens):
        first, last = block[0].map or (done, done)
        yield from _plain(text, starts, done, first)
        try:
            yield from _Block(text, starts).parts(block, first, last)
        except _Doubt:
            yield from _plain(text, starts, first, last)
        done = last
    yield from _plain(text, starts, done, len(starts) - 1)


def _outermost(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The tokens of each block that stands in no other."""
    begin = 0
    for n, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            yield tokens[begin : n + 1]
            begin = n + 1


def _plain(text: str, starts: Sequence[int], first: int, last: int) -> Iterator[str | _Leaf]:
    """Lines as they were written; nothing where they are empty."""
    lines = [line for n in range(first, last) if (line := _stripped(text[starts[n] : starts[n + 1] - 1], starts[n]))[0]]
    if lines:
        yield '<p dir="auto">'
        yield _Leaf(tuple(_lined(lines)), starts[last] - 1)
        yield "</p>"


def _stripped(line: str, at: int) -> _Line:
    bare = line.lstrip()
    return bare.rstrip(), at + len(line) - len(bare)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # dear to load: whoever exports JSON needs none of it

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    return parser.disable(["html_block", "reference", "lheading", "code"])


class _Block:
    """One outermost block: its parts, found line by line."""

    def __init__(self, text: str, starts: Sequence[int]) -> None:
        self.text = text
        self.starts = starts
        self.at = 0  # everything before is accounted for
        self._cell = False
        self._numbers: list[str] = []  # of list items that are begun

    def parts(self, tokens: Sequence[Token], first: int, last: int) -> list[str | _Leaf]:
        """Raises _Doubt."""
        self.at = self.starts[first]
        found: list[str | _Leaf] = []
        for token in tokens:
            found += self._part(token)
        self._pass(self.starts[last] - 1)
        return found

    def _part(self, token: Token) -> Iterator[str | _Leaf]:
        kind = token.type
        if kind in _OPEN:
            self._cell = False
            yield _OPEN[kind]
        elif kind == "inline":
            yield self._inline(token)
        elif kind == "fence":
            yield from self._fence(token)
        elif kind in ("paragraph_open", "paragraph_close"):
            if not token.hidden:
                yield '<p dir="auto">' if token.nesting > 0 else "</p>"
        elif kind == "heading_open":
            yield f'<p class="h {token.tag}" dir="auto">'
        elif kind == "list_item_open":
            yield self._item(token.info)
        elif kind in ("th_open", "td_open"):
            self._cell = True
            side = "".join(side for side in ("right", "center") if str(token.attrs.get("style", "")).endswith(side))
            yield f'<{token.tag} dir="auto" class="{side}">' if side else f'<{token.tag} dir="auto">'
        else:
            raise _Doubt

    def _item(self, number: str) -> str:
        """An item of a list, with its number as it was written. Raises _Doubt where it would be another: `007`."""
        if not number:
            return '<li dir="auto">'
        if str(int(number)) != number:
            raise _Doubt
        self._numbers.append(number)
        return f'<li value="{number}" dir="auto">'

    def _inline(self, token: Token) -> _Leaf:
        first, _ = token.map or (0, 0)
        pieces = (line.strip() for line in token.content.split("\n"))
        lines = [self._find(piece, first + n) for n, piece in enumerate(pieces)]
        end = lines[-1][1] + len(lines[-1][0])
        return _Leaf(tuple(_styled(lines)), max(end, self._line_end(lines)))

    def _line_end(self, lines: Sequence[_Line]) -> int:
        """Up to where a mark belongs to these words: only white space follows them in their line."""
        end = self.text.find("\n", lines[-1][1])
        end = len(self.text) if end < 0 else end
        return end if not self.text[self.at : end].strip() else self.at

    def _find(self, words: str, line: int) -> _Line:
        """These words in a line, behind all that was found before. Only marks may lie between. Raises _Doubt."""
        end = self.starts[line + 1] - 1
        begin = max(self.at, self.starts[line])
        if not words:
            return "", begin
        shape = words
        if self._cell:  # its content has lost the backslashes before its bars
            shape = words.replace("|", "\\|")
            at = self.text.find(shape, begin, end)
        else:
            at = self.text.rfind(shape, begin, end)
        if at >= 0:
            self._pass(at)
            self.at = at + len(shape)
            return shape, at
        raise _Doubt

    def _pass(self, to: int) -> None:
        """Nothing but marks stands before this place, and the numbers of list items. Raises _Doubt."""
        if to <= self.at:
            return
        marks = self.text[self.at : to]
        if _MARKS.fullmatch(marks) is None or _DIGITS.findall(marks) != self._numbers:
            raise _Doubt
        self.at, self._numbers = to, []

    def _fence(self, token: Token) -> Iterator[str | _Leaf]:
        first, last = token.map or (0, 0)
        yield '<div class="code">'
        if info := token.info.strip():
            yield '<p class="info" dir="auto">'
            words, at = self._find(info, first)
            yield _Leaf((_Run(words, at),), self.at)
            yield "</p>"
        runs = []
        for n, line in enumerate(token.content.removesuffix("\n").split("\n") if token.content else (), first + 1):
            if n >= last:
                raise _Doubt
            self._pass(self.starts[n])
            bare = line.lstrip(" ")
            source = self.text[self.starts[n] : self.starts[n + 1] - 1]
            if not source.endswith(bare):
                raise _Doubt
            at = self.starts[n + 1] - 1 - len(bare)
            self._pass(at)
            indent = line[: len(line) - len(bare)]
            runs += [_Run(char, at) for char in indent] + [_Run(bare, at), _Run("\n", at + len(bare))]
            self.at = at + len(bare)
        yield '<pre dir="auto"><code>'
        yield _Leaf(runs, self.at, code=True)
        yield "</code></pre></div>"


def _lined(lines: Sequence[_Line]) -> Iterator[_Run]:
    """The lines without any style."""
    for n, (words, at) in enumerate(lines):
        if n:
            before, began = lines[n - 1]
            yield _Run("\n", began + len(before))
        yield _Run(words, at)


def _styled(lines: Sequence[_Line]) -> Iterator[_Run]:
    """The lines of a paragraph with its bold, italics and code; without, where it is too long or has none."""
    text = "\n".join([words for words, _ in lines])
    walk = walked(text) if has_marks(text) and len(text) <= MOST_STYLED else None
    if walk is None:
        yield from _lined(lines)
        return
    begins = [0]
    for words, _ in lines:
        begins.append(begins[-1] + len(words) + 1)
    styles = {start: bits for start, _, bits in walk.runs}
    size = 0
    for part in walk.parts:
        begin = walk.offsets[size] if part else 0
        yield from _parted(part, begin, styles.get(size, 0), begins, lines)
        size += len(part)


def _parted(part: str, begin: int, bits: int, begins: Sequence[int], lines: Sequence[_Line]) -> Iterator[_Run]:
    """A part of a paragraph, which code may be that goes over several lines, as runs of one line each."""
    done = 0
    while done < len(part):
        n = bisect_right(begins, begin + done) - 1
        size = min(len(part) - done, begins[n + 1] - begin - done)
        yield _Run(part[done : done + size], lines[n][1] + begin + done - begins[n], bits)
        done += size


# -- writing -----------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the words of one block after the other, with sentences and marks in their places."""

    def __init__(self, sentences: Sequence[Sentence], cites: Sequence[Cite]) -> None:
        self.out: list[str] = []
        self._sentences = sentences
        self._next = 0
        self._cites = cites
        self._cited = 0
        self._last: tuple[int, str] = (-1, "")  # the mark that was set last: none stands twice in one place
        self._in: Sentence | None = None
        self._open = False
        self._linked = True
        self._bits = 0

    def leaf(self, leaf: _Leaf) -> None:
        """The words of one block."""
        for run in leaf.runs:
            self._run(run, "\n" if leaf.code else "<br/>")
        self._cite(leaf.end)
        self._close()

    def finish(self) -> list[str]:
        """What is left: marks behind the last words, and sentences of which nothing is shown."""
        self._close()
        self._anchors(len(self._sentences))
        if self._cited < len(self._cites):
            self.out.append("<p>")
            self._cite(self._cites[-1].after)
            self.out.append("</p>")
        return self.out

    def _run(self, run: _Run, newline: str) -> None:
        words, at, bits = run
        done = 0
        while done < len(words):
            place = at + done
            self._arrive(place)
            size = min(len(words) - done, self._boundary(place) - place)
            self._style(bits)
            self.out.append(literal(words[done : done + size]).replace("\n", newline))
            done += size

    def _boundary(self, place: int) -> int:
        """Up to where nothing begins or ends behind this place."""
        ends = [place + (1 << 40)]
        if self._in is not None:
            ends.append(self._in.end)
        if self._next < len(self._sentences):
            ends.append(self._sentences[self._next].start)
        if self._cited < len(self._cites):
            ends.append(self._cites[self._cited].after)
        return min(end for end in ends if end > place)

    def _arrive(self, place: int) -> None:
        """Everything that ends before this place, and what begins there."""
        if self._open:
            self._cite(place)
        if self._in is not None and place >= self._in.end:
            self._close()
            self._in = None
        ahead = self._next
        while ahead < len(self._sentences) and self._sentences[ahead].start <= place:
            ahead += 1
        if ahead > self._next:
            self._close()
            last = self._sentences[ahead - 1]
            self._anchors(ahead - 1 if last.end > place else ahead)
            if last.end > place:
                self._next, self._in, self._open, self._linked = ahead, last, True, False
                self.out.append(f'<span class="s" id="{last.id}">')
        elif self._in is not None and not self._open:
            self._style(0)
            self._open = True
            self.out.append('<span class="s">')
        self._cite(place)

    def _anchors(self, up_to: int) -> None:
        """Places to go to for sentences of which nothing is shown, such as a rule or a fence."""
        self._style(0)
        self.out += [f'<span id="{one.id}"></span>' for one in self._sentences[self._next : up_to]]
        self._next = max(self._next, up_to)

    def _cite(self, place: int) -> None:
        while self._cited < len(self._cites) and self._cites[self._cited].after <= place:
            cite = self._cites[self._cited]
            self._cited += 1
            if (cite.after, cite.mark) != self._last:
                self._style(0)
                self.out.append(cite.mark)
            self._last = (cite.after, cite.mark)

    def _close(self) -> None:
        self._style(0)
        if self._open and self._in is not None:
            if not self._linked:
                self.out.append(f'<a class="a" href="#{self._in.id}" aria-label="{self._in.id}"></a>')
                self._linked = True
            self.out.append("</span>")
        self._open = False

    def _style(self, bits: int) -> None:
        if bits != self._bits:
            self.out += [f"</{tag}>" for bit, tag in reversed(_TAGS) if self._bits & bit]
            self.out += [f"<{tag}>" for bit, tag in _TAGS if bits & bit]
            self._bits = bits


def spans(id: str, found: Iterable[Span]) -> Iterator[Sentence]:
    """The sentences of a statement under the id that its anchors begin with."""
    return (Sentence(escaped(f"{id}.{n}"), start, end) for n, (start, end) in enumerate(found, 1))
