"""Who moved, and who dissents: told by code from the ballots (protocol.md, Who moved). Pure; asks no model.

Ballots are what the voices say of themselves. They are shown as self-reported and never used as a weight: measured
confidence in debates only ever rises.
"""

from __future__ import annotations

from upverdict.core import events as ev
from upverdict.core.ballots import cited, fold_option, said_before
from upverdict.core.debate import Debate
from upverdict.core.folded import Statement
from upverdict.core.rulings import OTHER, Dissent, Moved, Stance

MOVED = 15
"""Points of confidence that count as a movement (protocol.md, Who moved)."""


def stances(debate: Debate) -> dict[str, tuple[Stance, Stance]]:
    """The first and the last ballot of each voice of the council that cast one, in the order of the council."""
    return {v: (_stance(cast[0][1]), _stance(cast[-1][1])) for v, cast in _cast(debate).items()}


def moved(debate: Debate) -> tuple[Moved, ...]:
    """The voices whose last ballot has another option than their first, or a confidence `MOVED` or more away from it.

    `moved_by` is the sentence that the last ballot names, if another voice had said it by then.
    """
    found = []
    for voice, (before, after) in stances(debate).items():
        if not _same(before.option, after.option) or abs(before.confidence - after.confidence) >= MOVED:
            statement, ballot = _cast(debate)[voice][-1]
            by = cited(said_before(debate, voice, statement.id), ballot.moved_by)
            found.append(Moved(voice, before, after, by))
    return tuple(found)


def dissent(debate: Debate, option: str) -> tuple[Dissent, ...]:
    """The voices whose last ballot is for something else than `option`, each with the crux that it named last.

    Nobody when nothing was decided for (`option` is empty), or there is no frame whose options could differ. Where the
    decision is for none of these, whoever is for one of them dissents.
    """
    if debate.frame is None or not fold_option(option):
        return ()
    framed = {fold_option(o) for o in debate.frame.options}
    found = []
    for voice, cast in _cast(debate).items():
        last = cast[-1][1].option
        if fold_option(last) in framed if option == OTHER else not _same(last, option):
            crux = next((ballot.crux for _, ballot in reversed(cast) if ballot.crux), "")
            found.append(Dissent(voice, _stance(cast[-1][1]), crux))
    return tuple(found)


def cast_with(debate: Debate, voice: str, stance: Stance) -> Statement | None:
    """The last statement with which a voice said that this is where it stands; None where there is none."""
    cast = _cast(debate).get(voice, [])
    return next((statement for statement, ballot in reversed(cast) if _stance(ballot) == stance), None)


def _cast(debate: Debate) -> dict[str, list[tuple[Statement, ev.Ballot]]]:
    """The ballots of each voice of the council that cast one, with their statements, in the order of these."""
    cast = {s.voice: [(st, st.ballot) for st in debate.of(s.voice) if st.ballot is not None] for s in debate.council}
    return {voice: ballots for voice, ballots in cast.items() if ballots}


def _stance(ballot: ev.Ballot) -> Stance:
    return Stance(ballot.option, ballot.confidence)


def _same(one: str, other: str) -> bool:
    return fold_option(one) == fold_option(other)
