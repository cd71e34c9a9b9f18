"""Quotes that are proven: only code makes one, from the words that were said. Pure; asks no model.

A model may propose a quote; it becomes one when it is found in a statement, exactly or after folding what copying
changes (case, typographic marks, white space), or when a passage is at least 0.90 like it; then the passage's own
words replace it (protocol.md, Quotes).
"""

from __future__ import annotations

import functools
import itertools
import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from upverdict.core.debate import Debate
from upverdict.core.events import USER
from upverdict.core.folded import Statement
from upverdict.core.rulings import PullQuote
from upverdict.core.text import Span, is_spaceless

SIMILAR = 0.90
"""How like its passage a proposed quote must be (protocol.md, Quotes)."""

MIN_WORDS = 3
"""A proposal with fewer words proves nothing: it would be found by chance."""

_FOLD = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'")
    | dict.fromkeys("“”„‟″«»‹›", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": ".", "\u00a0": " ", "\u202f": " ", "*": "", "_": ""}
)
_PLAIN = frozenset(string.ascii_lowercase + string.digits + " ")
"""What folding leaves as it is: most of what is said."""
_TURNS = re.compile(
    r"\W{0,3}\b(not|never|unless|only|but|without|except|however|if|nor|until|nicht|aber|nur|ohne|außer|mais|sauf|sans|"
    r"pas|pero|salvo|sin)\b",
    re.IGNORECASE,
)
_WORD = r"\w+"
_QUOTATION = re.compile(r"“([^”]*)”|\"([^\"]*)\"|«([^»]*)»|„([^“”]*)[“”]|「([^」]*)」")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it compares, with the place in the original of each of its characters."""

    text: str
    places: tuple[int, ...]


@functools.lru_cache(maxsize=4096)
def fold(text: str) -> Folded:
    """Case, marks and white space folded away. `places[i]` is where character `i` came from.

    Kept for the sentences of some debates: every prompt of a round looks for the same quotations in the same words.
    """
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        plain = char if char in _PLAIN else unicodedata.normalize("NFKC", char.translate(_FOLD)).casefold()
        for c in plain:
            if c.isspace():
                if out and out[-1] != " ":
                    out.append(" ")
                    places.append(place)
            elif not (c == "." and out and out[-1] == "."):
                out.append(c)
                places.append(place)
    return Folded("".join(out), tuple(places))


def find(proposed: str, statement: Statement) -> Span | None:
    """Where in the statement the proposed words stand, as a span of its text; None when they were not said."""
    text = statement.text
    wanted = proposed.strip().strip("\"'“”„«»‘’…").strip()
    if not _enough(wanted):
        return None
    for at in _places(text, wanted):
        if span := _whole_words(text, (at, at + len(wanted))):
            return span
    folded, said = fold(wanted).text.strip(), fold(text)
    for at in _places(said.text, folded):
        if span := _whole_words(text, (said.places[at], said.places[at + len(folded) - 1] + 1)):
            return span
    return _similar(folded, statement)


def _places(text: str, sought: str) -> Iterator[int]:
    """Everywhere that it stands: the first place may cut a word in two, a later one not."""
    at = text.find(sought)
    while sought and at >= 0:
        yield at
        at = text.find(sought, at + 1)


def _enough(words: str, least: int = MIN_WORDS) -> bool:
    return len(words.split()) >= least or sum(c.isalpha() for c in words if ord(c) > 0x2E80) >= 6


def shares_run(answer: Statement, statement: Statement, words: int, characters: int) -> bool:
    """Whether the answer repeats a run of the statement's words, or all of it where it is shorter, without marks."""
    said, heard = fold(answer.text).text, fold(statement.text).text
    if is_spaceless(statement.text):
        runs = [heard[n : n + characters] for n in range(max(1, len(heard) - characters + 1))]
        return any(run in said for run in runs)
    sought = re.findall(_WORD, heard)
    padded = f" {' '.join(re.findall(_WORD, said))} "
    runs = [" ".join(sought[n : n + words]) for n in range(max(1, len(sought) - words + 1))]
    return any(run and f" {run} " in padded for run in runs)


def _similar(folded: str, statement: Statement) -> Span | None:
    """The run of sentences, one or two, most like the proposal, if it is like enough."""
    best: tuple[float, Span] | None = None
    spans = statement.spans
    runs = [*spans, *((a, d) for (a, _), (_, d) in itertools.pairwise(spans))]
    for begin, end in runs:
        said = fold(statement.text[begin:end]).text
        if 2 * min(len(folded), len(said)) < SIMILAR * (len(folded) + len(said)):
            continue  # too unlike in length; a matcher that has to find that out is dear
        matcher = SequenceMatcher(None, folded, said, autojunk=False)
        if matcher.quick_ratio() < SIMILAR:
            continue
        ratio = matcher.ratio()
        # Two texts that differ by a "not" are alike and say opposite things.
        if ratio >= SIMILAR and _polarity(folded) == _polarity(said):
            best = max(best, (ratio, (begin, end))) if best else (ratio, (begin, end))
    return best[1] if best else None


def _polarity(folded: str) -> tuple[str, ...]:
    words = re.findall(r"[\w']+", folded)
    figures = re.findall(r"\d[\d.,]*", folded)
    turns = [w for w in words if _TURNS.fullmatch(w) or w.endswith("n't") or w in ("no", "none", "nobody", "cannot")]
    return (*sorted(turns), *figures)


def _whole_words(text: str, span: Span) -> Span | None:
    """The span if it does not cut a word in two."""
    begin, end = span
    cut_before = begin > 0 and _joined(text[begin - 1], text[begin])
    cut_after = end < len(text) and _joined(text[end - 1], text[end])
    return None if cut_before or cut_after else span


def _joined(left: str, right: str) -> bool:
    spaced = left.isalnum() and right.isalnum()
    return spaced and ord(left) < 0x2E80 and ord(right) < 0x2E80


def guard(statement: Statement, span: Span) -> Span:
    """The span, or its whole sentences where it would drop a turn that stands right before or after it."""
    begin, end = span
    text = statement.text
    around = [s for s in statement.spans if s[0] < end and s[1] > begin]
    if not around:
        return span
    first, last = around[0][0], around[-1][1]
    rest, before = text[end:last], text[first:begin]
    if _TURNS.search(rest) or _TURNS.search(before[-24:]):
        return first, last
    return span


def prove(proposed: str, voice: str, statements: Iterable[Statement]) -> PullQuote | None:
    """The proposed words as a quote of this voice, if this voice said them, and not only quoted somebody else's."""
    for statement in statements:
        if statement.voice == voice and statement.spoken and (span := find(proposed, statement)):
            span = guard(statement, span)
            if not borrowed(statement, span):
                return cut(statement, span)
    return None


def borrowed(statement: Statement, span: Span) -> bool:
    """Whether the span is mostly what the statement itself quotes: another voice's words in this voice's mouth."""
    return _quoted_within(statement, span) * 2 > span[1] - span[0]


def _quoted_within(statement: Statement, span: Span) -> int:
    """How many characters of the span stand in quotation marks, short ones (irony, a term) not counted."""
    begin, end = span
    quotations = [m for m in _QUOTATION.finditer(statement.text) if _enough(m.group(m.lastindex or 0))]
    return sum(max(0, min(end, m.end()) - max(begin, m.start())) for m in quotations)


@dataclass(frozen=True, slots=True)
class Inner:
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


def inside(debate: Debate, statement: Statement) -> list[Inner]:
    """Every quotation in what a voice said, with the sentence of another voice that it was taken from.

    The voices of a round do not hear each other, and words that are quoted somewhere are not that voice's: what two
    quote of the user's was said by the user.
    """
    before = list(itertools.takewhile(lambda s: s is not statement, debate.statements.values()))
    others = [s for s in reversed(before) if s.voice != statement.voice and s.kept and not beside(s, statement)]
    found = []
    for match in _QUOTATION.finditer(statement.text):
        begin, end = match.span(match.lastindex or 0)
        words = statement.text[begin:end]
        if _enough(words, MIN_INNER):
            found.append(_traced(begin, end, words, others))
    return found


def beside(other: Statement, own: Statement) -> bool:
    """Whether both are the council's of one round, so that neither voice had heard the other."""
    return USER not in (other.voice, own.voice) and (other.round, other.number) == (own.round, own.number)


def _traced(begin: int, end: int, words: str, others: list[Statement]) -> Inner:
    """The quotation with its source. Letter for letter counts before alike, whoever spoke last before that."""
    places = [(s, span) for s in others if (span := find(words, s)) and not borrowed(s, span)]
    exact = next(((s, span) for s, span in places if _said_exactly(words, s.text[span[0] : span[1]])), None)
    if not places:
        return Inner(begin, end, words)
    source, span = exact or places[0]
    return Inner(begin, end, words, source.voice, sentence_at(source, span[0]), exact is not None)


def _said_exactly(words: str, said: str) -> bool:
    """Whether they are alike but for what folding takes away; a stop inside the marks is the sentence's around."""
    return fold(words).text.strip(" .,;:!?'\"") == fold(said).text.strip(" .,;:!?'\"")


def sentence_at(statement: Statement, place: int) -> str:
    """The id of the sentence that has the character at `place`, or begins next after it."""
    spans = statement.spans
    number = next((n for n, (_, end) in enumerate(spans, 1) if place < end), len(spans))
    return f"{statement.id}.{number}"


def cut(statement: Statement, span: Span) -> PullQuote:
    """The quote of a span."""
    begin, end = span
    return PullQuote(statement.voice, statement.id, statement.text[begin:end], begin, end)


def pick(statements: Iterable[Statement]) -> PullQuote | None:
    """The sentence that code picks where nothing proposed was proven: the first of fair length of the latest statement.

    None when nothing was said.
    """
    said = [s for s in statements if s.spoken]
    for statement in reversed(said):
        for span in statement.spans:
            if 30 <= span[1] - span[0] <= 240 and not _quoted_within(statement, span):
                return cut(statement, span)
    return next((cut(s, s.spans[0]) for s in said if s.spans), None)
