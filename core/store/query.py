"""What a person types as a search, taken apart, and what comes back as text with spans. Pure; knows no connection.

Every text is a search: what is no whole filter is words, or is left aside while it is still being typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from upverdict.core.store.hits import Spans
from upverdict.core.store.spacing import grows, joined, sought

ELLIPSIS = "…"
FILTERS = ("voice", "tag", "state", "before", "after")


class Term(NamedTuple):
    """A word, or several that stand side by side. `unfinished`: its last word may go on."""

    text: str
    unfinished: bool = False
    left_out: bool = False


class Filter(NamedTuple):
    """`name:value`. `unfinished`: more of the value may come. `typed` is the whole of it."""

    name: str
    value: str
    left_out: bool
    unfinished: bool
    typed: str


class Query(NamedTuple):
    """`begun` is the name of a filter without a value yet, at the end of what was typed."""

    terms: tuple[Term, ...]
    filters: tuple[Filter, ...]
    begun: str = ""


_QUOTE = '"“”„‟＂'  # keyboards put others where one was typed
_PIECE = re.compile(
    rf"(?P<minus>[-－](?=[^\s-]))?"
    rf"(?:(?P<name>{'|'.join(FILTERS)})[:：](?:[{_QUOTE}](?P<quoted>[^{_QUOTE}]*)(?P<shut>[{_QUOTE}]?)|(?P<value>[^\s{_QUOTE}]*))"
    rf"|[{_QUOTE}](?P<phrase>[^{_QUOTE}]*)(?P<closed>[{_QUOTE}]?)"
    rf"|(?P<word>[^\s{_QUOTE}]+))",
    re.IGNORECASE,
)


def parse(text: str) -> Query:
    """Words, "phrases", what is -left out, and filters. Only the last word may be unfinished; white space ends it."""
    text = _encodable(text).replace("\0", "")
    terms: dict[Term, None] = {}
    filters: dict[Filter, None] = {}
    begun = ""
    for piece in _PIECE.finditer(text):
        last = piece.end() == len(text)
        left_out = piece["minus"] is not None
        if piece["name"] is not None:
            value = " ".join((piece["quoted"] or piece["value"] or "").split())
            unfinished = last and not piece["shut"]
            if value:
                name = piece["name"].lower()
                filters[Filter(name, value, left_out, unfinished, piece[0])] = None
            elif unfinished:
                begun = piece["name"].lower()
            else:
                terms |= dict.fromkeys(words(piece[0], left_out=left_out))
            continue
        said = piece["word"] or piece["phrase"] or ""
        terms |= dict.fromkeys(words(said, last and not piece["closed"], left_out))
    return Query(tuple(terms), tuple(filters), begun)


def words(text: str, unfinished: bool = False, left_out: bool = False) -> tuple[Term, ...]:
    """The text as something to look for: one term, or none where there is no word in it."""
    if not any(map(str.isalnum, text)):
        return ()
    return (Term(text.strip(), unfinished and _is_word(text[-1]), left_out),)


def expression(terms: tuple[Term, ...]) -> str:
    """The MATCH expression for which all of them must occur, less what has those that are left out.

    Empty when there is nothing to look for. Nothing in the text is an operator: each term becomes a quoted string.
    """
    found = " AND ".join(_either(term) for term in terms if not term.left_out)
    without = " OR ".join(_either(term) for term in terms if term.left_out)
    if not found or not without:
        return found
    return f"({found}) NOT ({without})"


def without(terms: tuple[Term, ...]) -> str:
    """The MATCH expression of what has one of those that are left out; empty when there are none."""
    return " OR ".join(_either(term) for term in terms if term.left_out)


def _either(term: Term) -> str:
    """The term in every way in which it may be written: as it is typed, in the usual letters, in halfwidth ones."""
    usual = unicodedata.normalize("NFKC", term.text)
    ways = dict.fromkeys(filter(_has_word, (term.text, usual, usual.translate(_HALFWIDTH))))
    found = " OR ".join(_quoted(text, term.unfinished) for text in ways)
    return f"({found})" if len(ways) > 1 else found


def _quoted(text: str, unfinished: bool) -> str:
    star = "*" if unfinished and grows(text) else ""
    return '"' + sought(text).replace('"', '""') + '"' + star


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def _halfwidth() -> dict[int, str]:
    """Katakana as they are in old text; two for one with a mark (U+FF9E, U+FF9F)."""
    found: dict[int, str] = {}
    for code in range(0xFF66, 0xFF9E):
        for narrow in (chr(code) + "\uff9e", chr(code) + "\uff9f", chr(code)):
            wide = unicodedata.normalize("NFKC", narrow)
            if len(wide) == 1:
                found[ord(wide)] = narrow
    return found


_HALFWIDTH = _halfwidth()


def spans(raw: str, begin: str, end: str) -> tuple[str, Spans]:
    """A snippet with marks as one line of text and the spans that stood between the marks."""
    text = ""
    found: list[tuple[int, int]] = []
    for n, piece in enumerate(joined(raw).split(begin)):
        inside, mark, after = piece.partition(end)
        if n and mark:
            found.append((len(text), len(text) + len(inside)))
        text += inside + after
    return text.replace("\n", " ").replace("\t", " "), tuple(found)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
