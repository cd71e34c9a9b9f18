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

from upverdict.core.folded import Statement
from upverdict.core.rulings import PullQuote
from upverdict.core.text import Span, is_dense, is_spaceless, joined
from upverdict.core.text import sentences as split
from upverdict.core.turns import turns
from upverdict.core.values import Simple

SIMILAR = 0.90
"""How like its passage a proposed quote must be (protocol.md, Quotes)."""

MAX_SIMILAR = 600
"""Characters of a proposal that may be only alike: comparing takes the square of them, and a sentence is shorter."""

MIN_WORDS, MIN_SPACELESS = 3, 6
"""A proposal with fewer words proves nothing: it would be found by chance. Characters, in a script without spaces."""

WHOLE = 280
"""Characters of a sentence that is never cut: a quote of a part of it shows all of it."""

_FOLD = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'")
    | dict.fromkeys("“”„‟″«»‹›", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": ".", "\u00a0": " ", "\u202f": " ", "*": "", "_": ""}
)
_PLAIN = frozenset(string.ascii_lowercase + string.digits + " ")
"""What folding leaves as it is: most of what is said."""
_WORD = r"\w+"
STOPS = " .,;:!?'\""
_TAG = re.compile(r"\s*\[(?:verified: (?:source )?[\w.]+|unverified|sources? \d[\d, ]{0,40})\]")
"""What `transcript.py` puts behind a quotation or a sentence: whoever copies it with the words has not made them up."""
CLOSING = {
    "“": "”", '"': '"', "«": "»", "»": "«", "„": "“”", "「": "」", "『": "』", "‹": "›", "›": "‹", "”": "”", "＂": "＂",
}  # fmt: skip
_OPENING = re.compile("[" + "".join(CLOSING) + "]")


class Folded(Simple):
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
    if span := verbatim(proposed, statement):
        return span
    wanted = _bare(proposed)
    return _similar(fold(wanted).text.strip(), statement) if quotable(wanted) else None


def _bare(proposed: str) -> str:
    return _TAG.sub("", proposed).strip().strip("\"'“”„«»‹›‘’「」『』…").strip()


def verbatim(proposed: str, statement: Statement) -> Span | None:
    """Where they stand letter for letter, or but for what folding takes away and a stop of their own at the end."""
    wanted = _bare(proposed)
    text, said = statement.text, fold(statement.text)
    for words in dict.fromkeys((wanted, wanted.strip(STOPS))):
        if not quotable(words):
            return None
        for at in _places(text, words):
            if span := _whole_words(text, (at, at + len(words))):
                return span
        folded = fold(words).text.strip()
        for at in _places(said.text, folded):
            if span := _whole_words(text, (said.places[at], said.places[at + len(folded) - 1] + 1)):
                return span
    return None


def _places(text: str, sought: str) -> Iterator[int]:
    """Everywhere that it stands: the first place may cut a word in two, a later one not."""
    at = text.find(sought)
    while sought and at >= 0:
        yield at
        at = text.find(sought, at + 1)


def quotable(words: str, least: int = MIN_WORDS) -> bool:
    """Whether there is enough of them that repeating them is no chance. No more is read than that takes."""
    spaced = (True for word in words.split() if any(c.isalnum() for c in word))
    dense = (True for c in words if c.isalpha() and is_dense(c))
    return _at_least(spaced, least) or _at_least(dense, MIN_SPACELESS)


def _at_least(found: Iterator[bool], count: int) -> bool:
    return sum(itertools.islice(found, count)) >= count


def shares_run(answer: Statement, text: str, words: int, characters: int) -> bool:
    """Whether the answer repeats a run of the text's words, or all of it where it is shorter, without marks."""
    if is_spaceless(text):
        return _share(fold(answer.text).text, fold(text).text, characters)
    said, heard = _words(answer.text), _words(text)
    count = min(words, len(heard))
    runs = (" ".join(said[n : n + count]) for n in range(len(said) - count + 1))
    padded = f" {' '.join(heard)} "
    return count > 0 and any(f" {run} " in padded for run in runs)


def _share(said: str, heard: str, characters: int) -> bool:
    """Whether a run of so many characters stands in both: all that was heard, where it is shorter."""
    count = min(characters, len(heard))
    return count > 0 and any(said[n : n + count] in heard for n in range(len(said) - count + 1))


@functools.lru_cache(maxsize=64)
def _words(text: str) -> tuple[str, ...]:
    """Folded. Kept, as each voice of a council is held against the same words."""
    return tuple(re.findall(_WORD, fold(text).text))


def _similar(folded: str, statement: Statement) -> Span | None:
    """The run of sentences, one or two, most like the proposal, if it is like enough and not too long to compare."""
    from difflib import SequenceMatcher  # browsing needs none of it

    if len(folded) > MAX_SIMILAR:
        return None
    best: tuple[float, Span] | None = None
    spans = _spans(statement)
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
    return (*sorted(turns(folded)), *re.findall(r"\d[\d.,]*", folded))


def _spans(statement: Statement) -> tuple[Span, ...]:
    """Its sentences; one that was cut off by the end of its process has none of its own."""
    return statement.spans or split(statement.text)


def _whole_words(text: str, span: Span) -> Span | None:
    """The span if it does not cut a word in two."""
    begin, end = span
    cut_before = begin > 0 and joined(text[begin - 1], text[begin])
    cut_after = end < len(text) and joined(text[end - 1], text[end])
    return None if cut_before or cut_after else span


def guard(statement: Statement, span: Span) -> Span:
    """The span as it may be shown: with the whole of the sentences that it begins and ends in.

    Only of sentences longer than `WHOLE` a part may stand alone, where nothing that is dropped can turn it.
    """
    begin, end = span
    first, last = _around(statement, span)
    if last - first <= WHOLE or clips(statement, span):
        return first, last
    return begin, end


def clips(statement: Statement, span: Span) -> bool:
    """Whether the span leaves out, of its own sentences, a word that turns what it says."""
    first, last = _around(statement, span)
    dropped = statement.text[first : span[0]], statement.text[span[1] : last]
    return any(turns(fold(words).text) for words in dropped)


def _around(statement: Statement, span: Span) -> Span:
    """From the begin of the first to the end of the last sentence that the span has a part of."""
    around = [s for s in _spans(statement) if s[0] < span[1] and s[1] > span[0]]
    return (min(around[0][0], span[0]), max(around[-1][1], span[1])) if around else span


def prove(proposed: str, voice: str, statements: Iterable[Statement]) -> PullQuote | None:
    """The proposed words as a quote of this voice, if this voice said them, and not only quoted somebody else's."""
    for statement in statements:
        if statement.voice == voice and statement.spoken and (span := find(proposed, statement)):
            whole = guard(statement, span)
            if not borrowed(statement, span) and not borrowed(statement, whole):
                return cut(statement, whole)
    return None


def borrowed(statement: Statement, span: Span) -> bool:
    """Whether the span is mostly what the statement itself quotes: another voice's words in this voice's mouth."""
    return _quoted_within(statement, span) * 2 > span[1] - span[0]


def _quoted_within(statement: Statement, span: Span) -> int:
    """How many characters of the span stand in quotation marks, short ones (irony, a term) not counted."""
    begin, end = span
    text = statement.text
    marked = [(a - 1, b + 1) for a, b in quotations(text) if quotable(text[a:b])]
    return sum(max(0, min(end, b) - max(begin, a)) for a, b in marked)


@functools.lru_cache(maxsize=512)
def quotations(text: str) -> tuple[Span, ...]:
    """What stands in double quotation marks of any language, without these. A mark that nothing closes counts for
    nothing, and is looked for once: the time is in proportion to the text, whatever stands in it.
    """
    found: list[Span] = []
    unclosed: set[str] = set()
    at = 0
    while match := _OPENING.search(text, at):
        at, mark = match.end(), match[0]
        if mark in unclosed:
            continue
        closings = [place for closing in CLOSING[mark] if (place := text.find(closing, at)) >= 0]
        if not closings:
            unclosed.add(mark)
        elif mark != "”" or "“" not in text[at : min(closings)]:  # ”so” in Swedish; of 19” and “so” it is an inch
            found.append((at, min(closings)))
            at = found[-1][1] + 1
    return tuple(found)


def sentence_at(statement: Statement, place: int) -> str:
    """The id of the sentence that has the character at `place`, or begins next after it."""
    spans = _spans(statement)
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
        for span in _spans(statement):
            if 30 <= span[1] - span[0] <= 240 and not _quoted_within(statement, span):
                return cut(statement, span)
    return next((cut(s, _fair(s, _spans(s)[0])) for s in said), None)


def _fair(statement: Statement, span: Span) -> Span:
    """As much of a sentence as a quote may show, up to a word's end: pasted text may have no sentence's end at all."""
    begin, end = span
    if end - begin <= WHOLE:
        return span
    space = statement.text.rfind(" ", begin, begin + WHOLE)
    return begin, space if space > begin else begin + WHOLE
