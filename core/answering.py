"""Who answered the fifth voice, and who dodged: told by code from the words that were said. Pure; asks no model."""

from __future__ import annotations

from upverdict.core import events as ev
from upverdict.core import quoted, quotes
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.core.text import is_spaceless, length
from upverdict.core.values import Simple


class Replies(Simple):
    """Who took up a statement of the user's in the round that had to, and who dodged: those that said nothing are among
    them. Voices."""

    answered: tuple[str, ...] = ()
    dodged: tuple[str, ...] = ()


RUN = 5
"""Words of the user's in a row that count as a quote where a voice has left out the marks."""
RUN_SPACELESS = 12
"""Characters of such a run in a script without spaces."""


def answers(debate: Debate, statement: Statement) -> dict[str, bool]:
    """For each voice of the council that spoke in the round that had to answer `statement`, whether it did.

    Answered means quoted: a voice that takes up nothing of the very words has not shown that it heard them
    (protocol.md, The fifth voice). Empty for what is too short to be quoted ("Why?"): nobody can tell who heard that.
    """
    if statement.answered_in is None or not quotes.quotable(statement.text):
        return {}
    said = debate.in_round(statement.answered_in)
    return {voice: _takes_up(debate, one, statement) for voice, one in said.items() if one.spoken}


def over(debate: Debate, number: int) -> bool:
    """Whether all that rebuttal `number` has to say is said: nobody is at it, nobody is to be asked, or again.

    After a resume nobody is at it for a moment, though all are wanted.
    """
    said = debate.in_round(number)
    if debate.round < number or any(s.live or s.wanted for s in said.values()):
        return False
    left = debate.round > number or debate.floor == number or number in debate.floors_closed or bool(debate.verdicts)
    return left or all(seat.voice in said for seat in debate.council)


def replies(debate: Debate, statement: Statement) -> Replies | None:
    """None while the round that has to answer is not over. Nobody dodged what is too short to be quoted."""
    due = statement.answered_in
    if due is None or not over(debate, due):
        return None
    if not quotes.quotable(statement.text):
        return Replies()
    found = answers(debate, statement)
    voices = [speaker.voice for speaker in debate.council]
    return Replies(
        answered=tuple(v for v, did in found.items() if did), dodged=tuple(v for v in voices if not found.get(v))
    )


def no_reply(debate: Debate, statement: Statement) -> tuple[str, ...]:
    """The voices that dodged; none while the round that has to answer is not over."""
    told = replies(debate, statement)
    return told.dodged if told else ()


def _takes_up(debate: Debate, answer: Statement, statement: Statement) -> bool:
    moves = answer.ballot.moves if answer.ballot else ()
    if any(m.target == ev.USER and m.sentence.partition(".")[0] == statement.id for m in moves):
        return True
    if any(q.sentence.partition(".")[0] == statement.id for q in quoted.inside(debate, answer)):
        return True
    return any(quotes.shares_run(answer, words, RUN, RUN_SPACELESS) for words in _own(debate, statement))


def _own(debate: Debate, statement: Statement) -> list[str]:
    """What the user said in words of his own, in the pieces between what he quoted: who repeats only that has not shown
    that he heard him. All of it where no piece is long enough to be repeated.
    """
    pieces, at = [], 0
    for quote in (q for q in quoted.inside(debate, statement) if q.voice):
        pieces.append(statement.text[at : quote.begin])
        at = quote.end
    pieces.append(statement.text[at:])
    long = [p for p in pieces if (length(p) >= RUN_SPACELESS if is_spaceless(p) else length(p) >= RUN)]
    return long or [statement.text]
