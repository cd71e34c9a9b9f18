"""What stands in quotation marks, in a statement or in a text of the judge's, and whose words it is. Pure.

Where `quotes.py` proves what a model proposes, this traces what a voice has quoted in its prose (protocol.md, Quotes).
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from upverdict.core.debate import Debate
from upverdict.core.events import USER
from upverdict.core.folded import Statement
from upverdict.core.quotes import (
    CLOSING,
    STOPS,
    borrowed,
    clips,
    find,
    fold,
    quotable,
    quotations,
    sentence_at,
    verbatim,
)
from upverdict.core.text import Span
from upverdict.core.values import Simple


class Inner(Simple):
    """A quotation in a statement's prose: the quoted words are `statement.text[begin:end]`, without their marks.

    `voice` and `sentence` are whose words they are, and where they were said before; empty when nobody said them.
    `exact`: letter for letter, but for what folding takes away.
    """

    begin: int
    end: int
    text: str
    voice: str = ""
    sentence: str = ""
    exact: bool = False


MIN_INNER = 4
"""Words of a quotation that has to be proven (protocol.md, One call a statement); fewer are a term or irony."""


MAX_TRACED = 40
"""Quotations of one statement, or of a text of the judge's, that are looked for: what comes after is unproven."""

_Heard = tuple[str, str, str, tuple[Span, ...]]
_inside: WeakKeyDictionary[Statement, tuple[tuple[str, tuple[_Heard, ...]], tuple[Inner, ...]]] = WeakKeyDictionary()


def inside(debate: Debate, statement: Statement) -> tuple[Inner, ...]:
    """Every quotation in what a voice said, with the sentence of another voice that it was taken from.

    The voices of a round do not hear each other, and words that are quoted somewhere are not that voice's: what two
    quote of the user's was said by the user. The user may quote what he has said before.
    Beyond `MAX_TRACED` nothing is looked for: those were said by nobody.

    Kept for each statement as long as its words and those before it stay what they are: every prompt asks again.
    """
    before = list(itertools.takewhile(lambda s: s is not statement, debate.statements.values()))
    others = [s for s in reversed(before) if _is_heard(s, statement) and s.kept and not beside(s, statement)]
    key = (statement.text, tuple((s.id, s.voice, s.text, s.spans) for s in others))
    kept = _inside.get(statement)
    if kept is None or kept[0] != key:
        _inside[statement] = kept = (key, tuple(_inner(statement.text, others)))
    return kept[1]


def _is_heard(other: Statement, own: Statement) -> bool:
    """Whether it is another's words: what an advisor repeats of his own is no quotation, the user may remind of his."""
    return other.voice != own.voice or own.voice == USER


def _inner(text: str, others: list[Statement]) -> Iterator[Inner]:
    spans = [(a, b) for a, b in quotations(text) if quotable(text[a:b], MIN_INNER)]
    for n, (begin, end) in enumerate(spans):
        words = text[begin:end]
        yield _traced(begin, end, words, others) if n < MAX_TRACED else Inner(begin, end, words)


def unclosed(text: str) -> str | None:
    """The words of a quotation that is open where the text ends, within its last line; None where none is."""
    line = text.rpartition("\n")[2]
    closings = "".join(sorted(set("".join(CLOSING.values()))))
    return next((line[begin:] for begin, end in quotations(line + closings) if begin <= len(line) <= end), None)


_LEFT_OPEN = re.compile(r"[“„«「『‹＂]|(?<!\d)\"")


def left_open(text: str) -> bool:
    """Whether a quotation opens in the text that ends elsewhere, so that nobody can tell what it says. Behind a digit,
    a straight mark is an inch.
    """
    rest, at = "", 0
    for begin, end in quotations(text):
        rest, at = rest + text[at : begin - 1], end + 1
    return bool(_LEFT_OPEN.search(rest + text[at:]))


def lends(debate: Debate, statement: Statement, text: str) -> bool:
    """Whether what stands behind the text, at its end, is another voice's: a quotation is open there, and not one of a
    source's words that no other voice has said.
    """
    words = unclosed(text)
    if words is None:
        return False
    said = (s for s in debate.statements.values() if s.voice != statement.voice and s.spoken)
    return not in_source(debate, words) or any(verbatim(words, s) for s in said)


def in_source(debate: Debate, words: str) -> str:
    """`source 1`: the first source of the user's whose text has these words."""
    id = next((s.id for s in debate.sources.values() if s.text and says(s.text, words)), "")
    return f"source {id}" if id else ""


def says(source: str, words: str) -> bool:
    """Whether a source's text has these words, but for what folding takes away; nothing is said by none."""
    wanted = fold(words.strip().strip(STOPS)).text.strip()
    return bool(wanted) and wanted in _source(source)


@functools.lru_cache(maxsize=32)
def _source(text: str) -> str:
    return fold.__wrapped__(text).text  # not kept among the sentences, place by place: it is long


_SINGLE = re.compile(r"(?<!\w)[‘'‚](?=\w)(?!\d0s\b|tis\b|twas\b|em\b|til\b|cause\b)", re.IGNORECASE)
_SINGLE_END = re.compile(r"(?<=\S)[’'‘](?!\w)")
MAX_SINGLE = 400
"""Characters in single quotation marks: an apostrophe that only looks like one opens nothing longer."""
MAX_READINGS = 6
"""Marks that may close it and are looked at: a sentence has few apostrophes that end a word."""


def unproven(text: str, debate: Debate) -> list[str]:
    """The quotations in a text of the judge's own that nobody said, in order; those of the user's words are proven too.

    Said means by a voice itself, letter for letter but for what folding takes away: nothing here replaces what is only
    alike by the source's words, or shows the rest of a sentence whose turn the quotation leaves out. In single marks
    `MIN_INNER` words and more count.
    """
    said = [s for s in debate.statements.values() if s.spoken]
    doubles = [(a, b) for a, b in quotations(text) if quotable(text[a:b])]
    looked = [(begin, [text[begin:end]]) for begin, end in doubles] + list(_singles(text, doubles))
    found = []
    for n, (_, readings) in enumerate(sorted(looked)):
        if n >= MAX_TRACED or not any(_is_said(words, said) for words in readings):
            found.append(readings[0])
    return found


def _is_said(words: str, statements: list[Statement]) -> bool:
    found = ((s, span) for s in statements if (span := verbatim(words, s)))
    return any(not borrowed(s, span) and not clips(s, span) for s, span in found)


def _singles(text: str, doubles: list[Span]) -> Iterator[tuple[int, list[str]]]:
    """What may stand in single marks: its place, and the words up to each mark that closes it or is an apostrophe."""
    at = 0
    while match := _SINGLE.search(text, at):
        at = begin = match.end()
        if any(a <= begin <= b for a, b in doubles):
            continue
        ends = (m.start() for m in _SINGLE_END.finditer(text, begin, begin + MAX_SINGLE))
        long = (text[begin:end] for end in ends if quotable(text[begin:end], MIN_INNER))
        if readings := list(itertools.islice(long, MAX_READINGS)):
            yield begin, readings
            at = begin + len(readings[0])


def beside(other: Statement, own: Statement) -> bool:
    """Whether both are the council's of one round, so that neither voice had heard the other."""
    return USER not in (other.voice, own.voice) and (other.round, other.number) == (own.round, own.number)


def _traced(begin: int, end: int, words: str, others: list[Statement]) -> Inner:
    """The quotation with its source. Letter for letter counts before alike, whoever spoke last before that."""
    for sought, exact in ((verbatim, True), (find, False)):
        for source in others:
            if (span := sought(words, source)) and not borrowed(source, span):
                return Inner(begin, end, words, source.voice, sentence_at(source, span[0]), exact)
    return Inner(begin, end, words)
