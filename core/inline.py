"""The inline marks of one paragraph, with the way back to what was written. Pure.

Bold, italics, struck text and code lose their marks and gain a style. Links, images, raw HTML and entities stay as
they were written: nothing can be clicked, nothing is interpreted.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Run = tuple[int, int, int]
"""A span of shown text and its marks: (start, end, bits)."""

BOLD, ITALIC, STRIKE, CODE = 1, 2, 4, 8

_OPEN = {"strong_open": BOLD, "em_open": ITALIC, "s_open": STRIKE}
_CLOSE = {"strong_close": BOLD, "em_close": ITALIC, "s_close": STRIKE}
_MARKED = re.compile(r"[*_`~\\\n]")
_OPENER = re.compile(r"(?<![\w\\])(\*{1,2}|_{1,2}|~~)(?=[^\s*_~])|(`+)(?=[^`])")


def has_marks(text: str) -> bool:
    """Whether the text, one paragraph, can have marks or has several lines."""
    return _MARKED.search(text) is not None


def walked(text: str) -> Walk | None:
    """The text, one paragraph, with its marks found; None where they can't be found again: the tokens of the parser
    say nothing of positions. Such a text is shown as it was written.
    """
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(text, parser, {}, tokens)
    walk = Walk(text)
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


class Walk:
    """Finds the tokens of one paragraph again in its text, one after the other.

    `parts` are what is shown, `offsets` where each of its characters stands in the text, `runs` its styles. `spans` are
    the styled parts with their marks, as written; `opener` is where a mark was opened and not closed, or -1.
    """

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
