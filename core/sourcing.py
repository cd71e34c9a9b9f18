"""Which figures of a debate have a source, told from the words around them. Pure; looks nothing up.

This is a heuristic: a figure counts as sourced when its sentence cites a source of the debate's, or this or the next
one names one in a few usual forms, or calls it an estimate (protocol.md: no figure without a source; without one it is
called an estimate). Whether the source says so is not known, and one that is named in another form is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from upverdict.core import events as ev
from upverdict.core import quoted
from upverdict.core.debate import Debate
from upverdict.core.figures import Figure, figures
from upverdict.core.folded import Statement
from upverdict.core.rulings import PullQuote
from upverdict.core.text import Span
from upverdict.core.text import sentences as split

_ADDRESS = re.compile(r"(?i:https?://\S+|\bwww\.\S+|\bdoi:\s?\S+|\barxiv:\s?\d\S+)")
_YEAR = r"(?:1[6-9]|20)\d\d[a-z]?"
_BRACKETS = re.compile(
    rf"[(\[（][^()\[\]（）]{{0,120}}?(?<!\d){_YEAR}(?!\d)[^()\[\]（）]{{0,60}}[)\]）]"  # (Smith and Jones, 2024, p. 3)
)
_NAME_BEFORE = re.compile(  # Smith et al. (2024)
    rf"[^\W\d_a-z]\w+(?:['’]s)?(?:\s(?:et al\.|(?:and|und|et|y|&)\s\w+))?,?\s?[(\[（]{_YEAR}[)\]）]"
)
_NAME = re.compile(r"[^\W\d_a-z]\w+")
_ACCORDING = re.compile(
    r"(?i:\baccording to|\bselon|\bd['’]après|\bsegún|\bgemäß|\blaut (?=(?-i:[A-ZÄÖÜ]|de[rmn]\s[A-ZÄÖÜ])))\s*"
    r"(?!(?i:me|us|you|them|him|her|it|my|your|our|their|this|that|these|those|some|many|most|people)\b)(?P<who>\S.*)"
    r"|\S\s?(?:によると|によれば)|根据|根據|وفق[اًا]*\s?ل|بحسب|\bzufolge\b"
)
_ESTIMATE = re.compile(
    r"(?i:\bestim\w+|\bgeschätzt\w*|\bschätzung\w*|\bschätz(?:e|en|t)\b)|推定|推計|見積|概算|估计|估計|估算|تقدير"
)


def names_source(text: str, voices: Iterable[str] = ()) -> bool:
    """Whether the words name a source: an address, `according to X`, `(Name, 2024)`, `Name (2024)`.

    `voices` are the names of those who debate: what one of them says is no source.
    """
    if _ADDRESS.search(text) or _NAME_BEFORE.search(text):
        return True
    if any(_NAME.search(m[0]) for m in _BRACKETS.finditer(text)):
        return True
    own = tuple(name.removeprefix("The ").casefold() for name in voices)
    for found in _ACCORDING.finditer(text):
        who = (found["who"] or "").casefold().removeprefix("the ")
        if not (own and who.startswith(own)):
            return True
    return False


def is_estimate(text: str) -> bool:
    """Whether the words say that something is estimated; `about` and `roughly` do not: they own up to no reckoning."""
    return bool(_ESTIMATE.search(text))


def judged(debate: Debate) -> dict[tuple[str, Figure], bool]:
    """For each figure that a voice of the council gives, by voice and value, whether it is sourced where it is given.

    Left out are figures that need no source of this voice: of the question, the background, the frame or the user's;
    of an earlier round, where they were sourced; in quotations; and years.
    """
    return {at: sourced for at, (sourced, _) in _judged(debate).items()}


def unsourced(debate: Debate) -> list[PullQuote]:
    """The sentences in which voices of the council first give the figures that are not sourced anywhere."""
    return [place for sourced, place in _judged(debate).values() if not sourced]


def _judged(debate: Debate) -> dict[tuple[str, Figure], tuple[bool, PullQuote]]:
    """By voice and value: whether it is sourced where it is given, and the first sentence that gives it."""
    known = {figure for words in _given(debate) for figure, _ in figures(words, small=True)}
    names = [seat.name for seat in debate.council]
    found: dict[tuple[str, Figure], tuple[bool, PullQuote]] = {}
    sourced: set[Figure] = set()
    step: tuple[str, int] | None = None
    for statement in debate.statements.values():
        if statement.voice == ev.USER:
            known |= {figure for figure, _ in figures(statement.text, small=True)}
        elif statement.spoken:
            if step != (statement.round, statement.number):  # the voices of a round have not read each other
                step, known, sourced = (statement.round, statement.number), known | sourced, set()
            for figure, has_source, (begin, end) in _of(debate, statement, names):
                if figure not in known:
                    at = (statement.voice, figure)
                    place = PullQuote(statement.voice, statement.id, statement.text[begin:end], begin, end)
                    before, first = found.get(at, (False, place))
                    found[at] = (before or has_source, first)
                    sourced |= {figure} if has_source else set()
    return found


def _given(debate: Debate) -> Iterator[str]:
    yield from (debate.question, debate.background)
    if frame := debate.frame:
        yield from (frame.restatement, *frame.presuppositions, *frame.options)


def _of(debate: Debate, statement: Statement, names: list[str]) -> Iterator[tuple[Figure, bool, Span]]:
    """The figures of a statement that are its own, each with whether it is sourced, and its sentence."""
    spans = statement.spans or split(statement.text)
    own = _without(statement.text, [(q.begin, q.end) for q in quoted.inside(debate, statement)])
    cited = {statement.sentence_of(c.after) for c in statement.citations}
    for n, (begin, end) in enumerate(spans):
        around = own[begin : spans[n + 1][1] if n + 1 < len(spans) else end]
        sourced = n in cited or names_source(around, names) or is_estimate(around)
        plain = _BRACKETS.sub(" ", _ADDRESS.sub(" ", own[begin:end])) if sourced else own[begin:end]
        for figure, words in figures(plain):
            if not re.fullmatch(_YEAR, words):
                yield figure, sourced, (begin, end)


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks in the place of these spans."""
    for begin, end in spans:
        text = f"{text[:begin]}{' ' * (end - begin)}{text[end:]}"
    return text
