"""What code can tell of how good a finished debate is: the score of protocol.md, as far as it can be computed. Pure.

It is taken over the fold, of which the document is one form (`document.py`): whatever can be folded can be scored. It
takes nobody's word: a quote is held against the text again, a quotation is looked up again, a cited sentence has to
exist and to be that voice's; tags, targets and ballots' own ids count for nothing.

(7) reasons linked to conclusions, (9) distinct voices, (11) whole splits and (12) advice that can be followed take a
reader, and are not scored. Of the eight that are, three are in part guesses from words, so that a good debate may lose
a point and a bad one gain it: (3) looks for an opponent's name, (5) takes a quotation for an answer (`answering.py`),
(8) knows a source by its form (`sourcing.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from upverdict.core import answering, ballots, movement, quoted, quotes, rulings, sourcing
from upverdict.core import events as ev
from upverdict.core.checks import POINTS, Check, beginning, idle, rated, span
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.folded import Statement
from upverdict.core.jsonform import Json
from upverdict.core.rulings import PullQuote
from upverdict.core.text import Span, clean, lead, sentences
from upverdict.core.values import Simple, replace

CONTESTED = 3
"""Sentences that have to be contested (protocol.md, last section, 4)."""


class Score(Simple):
    """The checks of a debate with the verdict of this `version`. Each of `failed` fails the whole."""

    version: int
    checks: tuple[Check, ...]
    failed: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """The points of all checks; none where the whole has failed."""
        return 0 if self.failed else sum(c.points or 0 for c in self.checks)

    @property
    def possible(self) -> int:
        """The most that the checks could have given, those without points left out."""
        return sum(POINTS for c in self.checks if c.points is not None)

    def document(self) -> dict[str, Json]:
        """The score as JSON."""
        checks: list[Json] = [c.document() for c in self.checks]
        return {
            "version": self.version,
            "points": self.points,
            "possible": self.possible,
            "checks": checks,
            "failed": list(self.failed),
        }


def score(debate: Debate) -> Score:
    """The score of the debate with its latest verdict.

    Raises ValueError where there is none.
    """
    verdict = debate.verdict
    if verdict is None or verdict.ruling is None:
        raise ValueError(f"debate {debate.id} has no verdict")
    ruling = verdict.ruling
    checks = (
        _pull_quotes(debate, verdict.version, ruling),
        _quotes_verbatim(debate),
        _opponents(debate),
        _attacked(debate),
        _fifth_voice(debate),
        _moves(debate),
        _figures(debate),
        _claims(debate, ruling),
    )
    return Score(verdict.version, checks, tuple(_failures(debate, ruling)))


def lines(score: Score) -> Iterator[str]:
    """The score for a terminal: the sum, then a line for each check."""
    yield f"Score of verdict {score.version}: {score.points} of {score.possible}"
    for words in score.failed:
        yield f"  Failed as a whole: {words}"
    for check in score.checks:
        points = " – " if check.points is None else f"{check.points}/{POINTS}"
        yield f"  {points}  {check.words}"
    yield "Reasons, distinct voices, whole splits and useful advice take a reader: they are not scored."


# -- the statements ------------------------------------------------------------------------------------------------


def _said(debate: Debate) -> list[Statement]:
    """What the council said."""
    return [s for s in debate.statements.values() if s.voice != ev.USER and s.spoken]


def _rebuttals(debate: Debate) -> list[Statement]:
    return [s for s in _said(debate) if s.round == "rebuttal"]


def _quotes_verbatim(debate: Debate) -> Check:
    """(2) What stands in quotation marks, four words or more, was said so by somebody else before."""
    key, found, wanting = "quotes_verbatim", 0, []
    for statement in _said(debate):
        for quote in quoted.inside(debate, statement):
            if quote.exact:
                found += 1
            elif not _from_elsewhere(debate, statement, quote.text):
                wanting.append(span(statement, (quote.begin, quote.end)))
    if not (of := found + len(wanting)):
        return idle(2, key, "No voice quotes another.")
    return rated(2, key, found, of, f"Quotes inside the debate verbatim: {found} of {of}.", wanting)


def _from_elsewhere(debate: Debate, statement: Statement, words: str) -> bool:
    """Whether the words are of what every voice was given, or the voice's own: no quote of another voice."""
    if quoted.in_source(debate, words):
        return True
    texts = [debate.question, debate.background]
    if frame := debate.frame:
        texts += [frame.restatement, *frame.presuppositions, *frame.options]
    texts += [f"{v.ruling.headline}\n{v.ruling.decision}" for v in debate.verdicts if v.ruling]
    texts += [s.text for s in debate.of(statement.voice) if s is not statement]
    wanted = ballots.fold_option(words)
    return any(wanted in quotes.fold(text).text for text in texts)


def _opponents(debate: Debate) -> Check:
    """(3) A rebuttal has the name of another voice of the council, or the id of a sentence of its, and a quotation of
    this same voice.
    """
    key, said = "opponents", _rebuttals(debate)
    if not said:
        return idle(3, key, "There was no round of rebuttals.")
    wanting = [s for s in said if not any(_names(debate, q.voice, s.text) for q in quoted.inside(debate, s) if q.voice)]
    found = len(said) - len(wanting)
    words = f"Rebuttals that name and quote an opponent: {found} of {len(said)}."
    return rated(3, key, found, len(said), words, map(beginning, wanting))


def _names(debate: Debate, voice: str, text: str) -> bool:
    if voice == ev.USER:
        return False
    name, letter = re.escape(debate.name(voice).removeprefix("The ")), re.escape(debate.letter(voice))
    return bool(re.search(rf"(?<![A-Za-z])(?:{name}(?![A-Za-z])|{letter}\d+\.\d+)", text))


def _attacked(debate: Debate) -> Check:
    """(4) Every voice that was heard is attacked once or more, and so are `CONTESTED` sentences or more in all."""
    key = "attacked"
    if not _rebuttals(debate):
        return idle(4, key, "Nobody could attack anybody: there was no round of rebuttals.")
    places = {place for s in _said(debate) if s.round != "opening" for place in _hits(debate, s)}
    of = len(debate.heard)
    missed = [voice for voice in debate.heard if voice not in {voice for voice, _ in places}]
    found = of - len(missed)
    enough = len(places) >= CONTESTED
    words = f"Voices attacked: {found} of {of}; sentences contested: {len(places)}."
    check = rated(4, key, found, of, words, (_opening(debate, voice) for voice in missed))
    return check if enough else replace(check, points=1 if found == of else 0)


def _opening(debate: Debate, voice: str) -> PullQuote | None:
    """Where a voice began to speak."""
    return beginning(next((s for s in debate.of(voice) if s.spoken), None))


def _hits(debate: Debate, statement: Statement) -> Iterator[tuple[str, str]]:
    """The voices of the council that a statement attacks, with the sentences that it contests.

    What its voice says that it refutes or narrows, where the quote of it is found; without such moves, what it quotes.
    """
    moves = statement.ballot.moves if statement.ballot else ()
    if not moves:
        yield from ((q.voice, q.sentence) for q in quoted.inside(debate, statement) if q.voice not in ("", ev.USER))
        return
    before = ballots.said_before(debate, statement.voice, statement.id)
    for move in moves:
        if move.act != "concede" and move.target != ev.USER:
            said = (s for s in reversed(before) if s.voice == move.target)
            found = ((s, span) for s in said if (span := quotes.find(move.quote, s)))
            yield from ((move.target, quotes.sentence_at(s, span[0])) for s, span in list(found)[:1])


def _fifth_voice(debate: Debate) -> Check:
    """(5) What the user said before the verdict is taken up by every voice of the round that had to answer it.

    Taken up is quoted: whether the answer has substance is for a reader. What is too short for that does not count.
    """
    key = "fifth_voice"
    yours = [s for s in debate.of(ev.USER) if s.answered_in is not None]
    if not yours:
        late = bool(debate.comments)
        return idle(
            5, key, "You spoke only after the verdict, when no round had to answer." if late else "You did not speak."
        )
    yours = [s for s in yours if quotes.quotable(s.text)]
    if not yours:
        return idle(5, key, "You said too little for anybody to quote it.")
    due = [s for s in yours if s.answered_in is not None and s.answered_in <= debate.round]
    if not due:
        return idle(5, key, "You spoke when there was no round left to answer you.")
    of = len(due) * len(debate.council)
    dodged = [(s, answering.no_reply(debate, s)) for s in due]
    found = of - sum(len(voices) for _, voices in dodged)
    words = f"Voices that took up your words: {found} of {of}"
    names = [f"to {s.id} from {', '.join(debate.name(v) for v in voices)}" for s, voices in dodged if voices]
    silent = [debate.in_round(s.answered_in or 0).get(voice) for s, voices in dodged for voice in voices]
    told = f"{words}; no reply {'; none '.join(names)}." if names else f"{words}."
    return rated(5, key, found, of, told, map(beginning, silent))


def _moves(debate: Debate) -> Check:
    """(6) A voice that moved names the sentence that moved it, one that held says what would change its mind."""
    key = "moves"
    if not _rebuttals(debate):
        return idle(6, key, "Nobody could move: there was no round of rebuttals.")
    later = {s.voice for s in _said(debate) if s.round != "opening" and s.ballot}
    if not later:
        return idle(6, key, "This model casts no ballots: nobody says whether it moved.")
    moved = {m.voice: m.moved_by for m in movement.moved(debate)}
    told = {v: moved[v] if v in moved else _change_if(debate, v) for v in later}
    found = sum(bool(words) for words in told.values())
    words = f"Voices that say what moved them, or what would: {found} of {len(told)}"
    silent = [debate.name(v) for v in debate.heard if v not in later]
    cast = [next(s for s in reversed(debate.of(v)) if s.ballot) for v, said in told.items() if not said]
    words += f"; no ballot from {', '.join(silent)}." if silent else "."
    return rated(6, key, found, len(told), words, map(beginning, cast))


def _change_if(debate: Debate, voice: str) -> str:
    cast = (s.ballot for s in debate.of(voice) if s.round != "opening" and s.ballot)
    return next((b.change_if for b in cast if b.change_if), "")


def _figures(debate: Debate) -> Check:
    """(8) A figure has a source or is called an estimate, as far as its words show (`sourcing.py`)."""
    key, told = "figures", sourcing.judged(debate)
    if not told:
        return idle(8, key, "No voice gives a figure of its own.")
    found = sum(told.values())
    words = f"Figures with a source, or called an estimate: {found} of {len(told)}."
    return rated(8, key, found, len(told), words, sourcing.unsourced(debate))


# -- the verdict ---------------------------------------------------------------------------------------------------


def _pull_quotes(debate: Debate, version: int, ruling: rulings.Ruling) -> Check:
    """(1) Each voice that was heard, the user among them, has a pull quote that is exact and its own.

    What the user said after this verdict is not asked of it.
    """
    spoke = any(s.answered_in is not None for s in debate.of(ev.USER))
    spoke = spoke or any(0 < c.version <= version for c in debate.comments)
    speakers = [*debate.heard, *([ev.USER] if spoke else [])]
    quoted = {q.voice for q in ruling.pull_quotes if _is_own(debate, q)}
    missed = [voice for voice in speakers if voice not in quoted]
    found = len(speakers) - len(missed)
    words = f"Pull quotes proven: {found} of {len(speakers)}."
    return rated(1, "pull_quotes", found, len(speakers), words, (_opening(debate, voice) for voice in missed))


def _is_own(debate: Debate, quote: rulings.PullQuote) -> bool:
    """Whether the words are this voice's, and not for the most part what it quotes."""
    statement = debate.statements.get(quote.statement)
    return (
        _is_said(debate, quote) and statement is not None and not quotes.borrowed(statement, (quote.start, quote.end))
    )


def _is_said(debate: Debate, quote: rulings.PullQuote) -> bool:
    """Whether the words stand at their place in a statement of this voice's, and not inside a quotation there."""
    statement = debate.statements.get(quote.statement)
    if statement is None or statement.voice != quote.voice or not 0 <= quote.start < quote.end <= len(statement.text):
        return False
    inner = quoted.inside(debate, statement)
    lent = any(q.begin <= quote.start and quote.end <= q.end for q in inner)
    return statement.text[quote.start : quote.end] == quote.text and not lent


def _claims(debate: Debate, ruling: rulings.Ruling) -> Check:
    """(10) A claim cites sentences, all of them of the voices under whom they stand. No more than one point where no
    checker has held the claims against these sentences.
    """
    key, claims = "claims", (*ruling.agreed, *ruling.split)
    if ruling.plain:
        return idle(10, key, "A plain verdict: this model makes no claims of who agreed.")
    if not claims:
        return idle(10, key, "The verdict makes no claims of who agreed.")
    wrong = [list(_misattributed(debate, c)) for c in claims]
    found = sum(bool(c.support) and not w for c, w in zip(claims, wrong, strict=True))
    how = "each held against these" if ruling.checked else "not held against these"
    words = f"Claims that cite sentences of the voices they name: {found} of {len(claims)}, {how}."
    said = {id: statement for statement, id, _ in debate.passages()}
    elsewhere = [span(said[id], _sentence(said[id], id)) for ids in wrong for id in ids if id in said]
    check = rated(10, key, found, len(claims), words, elsewhere)
    return check if ruling.checked or not check.points else replace(check, points=1)


def _sentence(statement: Statement, id: str) -> Span:
    """The span of a sentence by its id, which the statement has."""
    return (statement.spans or sentences(statement.text))[int(id.rpartition(".")[2]) - 1]


def _misattributed(debate: Debate, claim: rulings.Claim) -> Iterator[str]:
    """The cited sentences that do not exist, or are not of the voice under which they stand."""
    by = {id: statement.voice for statement, id, _ in debate.passages()}
    for cited in (claim.support, claim.against):
        for voice, ids in cited.items():
            yield from (id for id in ids if by.get(id) != voice)


def _failures(debate: Debate, ruling: rulings.Ruling) -> Iterator[str]:
    """What fails the whole, as far as code can see it: a false attribution, a control that was not cleaned away."""
    for quote in ruling.pull_quotes:
        if not _is_said(debate, quote):
            yield f"{_who(debate, quote.voice)} did not say the pull quote of {_shown(quote.statement)}."
    for claim in (*ruling.agreed, *ruling.split):
        for id in _misattributed(debate, claim):
            yield f"A claim cites {_shown(id)}, which that voice did not say."
    for glance in ruling.glance:
        if glance.lead and glance.lead not in {lead(s.text) for s in debate.of(glance.voice) if s.spoken}:
            yield f"{_who(debate, glance.voice)} did not begin with the words of the glance."
    known = {id: statement.voice for statement, id, _ in debate.passages()}
    for one in ruling.moved:
        if one.moved_by and known.get(one.moved_by, one.voice) == one.voice:
            yield f"{_who(debate, one.voice)} is said to be moved by {_shown(one.moved_by)}, which no other voice said."
    if any(clean(text) != text for text in _texts(document(debate, "finished"))):
        yield "A text holds a control character."


def _who(debate: Debate, voice: str) -> str:
    seated = voice == ev.USER or voice in {s.voice for s in debate.council}
    return clean(debate.name(voice)) if seated else "Somebody who has no seat"


def _shown(id: str) -> str:
    return clean(id)[:20] or "nothing"


_NOT_SAID = frozenset({"model", "endpoint", "error"})
"""Fields of the document that come from an endpoint and are cleaned where they are shown."""


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _NOT_SAID:
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
