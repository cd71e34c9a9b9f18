"""Words of a voice as the user takes them into a text of his own: who said them, where, and the words. Pure.

The form is one that `quoted.py` traces: the words stand letter for letter between marks that do not occur in them, so
that a quotation within them closes nothing; the id of the sentence stands before them, so that it stays in the sentence
of the quotation, however that ends.
"""

from __future__ import annotations

import re
import unicodedata

from upverdict.core.debate import Debate
from upverdict.core.events import USER
from upverdict.core.folded import Statement
from upverdict.core.text import Span, clean, is_spaceless, joined, sentences

MARKS = ("“”", "«»", "「」", "『』", "‹›")
"""Pairs of quotation marks, as `quotes.CLOSING` knows them, by preference."""
_SPACELESS = ("「」", "『』", "“”", "«»", "‹›")
"""The same where the words are of a script that puts no spaces between words."""
_LINE_MARK = re.compile(r"\s*(?:[-+*•]|#{1,6}|>|\d{1,3}[.)])\s+")
"""What makes a line an item of a list, a heading or a quotation; nobody says it."""
_ZWJ = "\u200d"


def ready(statement: Statement) -> tuple[Span, ...]:
    """The sentences that can be quoted, as spans of its text: of one that is being written all but the last, which may
    not be whole.
    """
    found = statement.spans or sentences(statement.text)
    return found[:-1] if statement.live else found


def nearest(spans: tuple[Span, ...], at: int) -> int:
    """The index of the sentence that has the character at `at`, or begins next after it; else the last. -1: none."""
    return next((n for n, (_, end) in enumerate(spans) if at < end), len(spans) - 1)


def id_at(statement: Statement, at: int) -> str:
    """`B1.3`: the sentence that has the character at `at`, or begins next after it."""
    return f"{statement.id}.{nearest(statement.spans or sentences(statement.text), at) + 1}"


def attributed(debate: Debate, statement: Statement, span: Span) -> str:
    """`The Builder (B1.3): “…”`, with the id of the sentence in which the span begins; the user's own: `I said (Y1.2)`.

    The span is cut to whole words. Empty where no word is left.
    """
    begin, end = whole_words(statement.text, span)
    words = " ".join(clean(_LINE_MARK.sub("", statement.text[begin:end], count=1)).split())
    if not words:
        return ""
    who = "I said" if statement.voice == USER else " ".join(clean(debate.name(statement.voice)).split())
    return f"{who} ({id_at(statement, begin)}): {words.join(_marks(words))}"


def _marks(words: str) -> str:
    """The first pair of which neither mark occurs in the words; where all do, the first."""
    pairs = _SPACELESS if is_spaceless(words) else MARKS
    return next((pair for pair in pairs if not set(pair) & set(words)), pairs[0])


def whole_words(text: str, span: Span) -> Span:
    """The span without the words that it has only a part of, and without white space around it; of a part of one word,
    that word. No letter loses its marks.
    """
    begin, end = _trimmed(text, span)
    if begin >= end:
        return begin, begin
    first, last = begin, end
    while first < last and _cuts(text, first):
        first += 1
    while last > first and _cuts(text, last):
        last -= 1
    first, last = _trimmed(text, (first, last))
    if any(c.isalnum() for c in text[first:last]):
        return first, last
    while _cuts(text, begin):
        begin -= 1
    while _cuts(text, end):
        end += 1
    return begin, end


def _trimmed(text: str, span: Span) -> Span:
    end = min(len(text), span[1])
    begin = min(max(0, span[0]), end)
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end


def _cuts(text: str, at: int) -> bool:
    """Whether a cut before the character at `at` parts a word, or a letter or an emoji from what belongs to it."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    return before == _ZWJ or _joins(after) or joined(_base(text, at), after)


def _joins(char: str) -> bool:
    """Marks, joiners and selectors, skin tones."""
    return unicodedata.category(char) in ("Mn", "Mc", "Me") or char == _ZWJ or "\U0001f3fb" <= char <= "\U0001f3ff"


def _base(text: str, at: int) -> str:
    """The character before `at` that the marks there stand on."""
    at -= 1
    while at > 0 and _joins(text[at]):
        at -= 1
    return text[at]
