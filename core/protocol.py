"""The order of a debate, as a pure function of what was said: which asks come next. No I/O, no clock, no prompt.

    openings (blind, in parallel) -> floor -> rebuttal 1 (in parallel) -> floor -> … -> verdict

`next_step` is asked after every event that can change the answer; the runner performs what it says.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from upverdict.core import events as ev
from upverdict.core.debate import NO_ROUND, Debate


@dataclass(frozen=True, slots=True)
class Ask:
    """One voice is to make one statement. `number` 0 is its opening, N its rebuttal N.

    `target` is the voice that it must answer first; the user's unanswered statements are answered besides.
    """

    voice: str
    statement: str
    number: int
    attempt: int
    target: str = ""

    @property
    def round(self) -> ev.Round:
        return "opening" if self.number == 0 else "rebuttal"


@dataclass(frozen=True, slots=True)
class AskVoices:
    """Ask these, all at once."""

    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """A voice or the judge is at it."""


@dataclass(frozen=True, slots=True)
class OpenFloor:
    """The round with this number is over: the user may speak."""

    number: int


@dataclass(frozen=True, slots=True)
class WaitForUser:
    """The floor is open after the round with this number."""

    number: int


@dataclass(frozen=True, slots=True)
class AskJudge:
    """The judge is to rule, as this version."""

    version: int
    attempt: int
    cause: str = "debate"


@dataclass(frozen=True, slots=True)
class Fail:
    """No way on without the user: what went wrong."""

    error: ev.Fault


@dataclass(frozen=True, slots=True)
class Finish:
    """A verdict was reached."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing more to do: the debate is over."""


Step = AskVoices | Wait | OpenFloor | WaitForUser | AskJudge | Fail | Finish | Rest


def next_step(debate: Debate) -> Step:
    """What the debate needs now. A debate that was resumed after an interruption is asked only what it lacks."""
    if debate.outcome != "running":
        return Rest()
    if debate.verdict is not None and debate.judging is None:
        return Finish()
    if debate.round == NO_ROUND:
        return AskVoices(asks(debate, 0))
    if lacking := asks(debate, debate.round):
        return AskVoices(lacking)
    if any(s.live for s in debate.statements.values()) or debate.judging:
        return Wait()
    return _after_round(debate)


def _after_round(debate: Debate) -> Step:
    statements = debate.in_round(debate.round).values()
    if not any(s.spoken for s in statements):
        return Fail(_nobody_spoke([s.error for s in statements if s.error]))
    if debate.floor is not None:
        return WaitForUser(debate.floor)
    if debate.round not in debate.floors_closed:
        return OpenFloor(debate.round)
    if debate.round < debate.rounds_wanted and not debate.verdict_called:
        return AskVoices(asks(debate, debate.round + 1))
    return _ruling(debate)


def _ruling(debate: Debate) -> Step:
    last = debate.verdicts[-1] if debate.verdicts else None
    if last is None:
        return AskJudge(version=1, attempt=1)
    if last.error:
        return Fail(last.error)
    return AskJudge(version=last.version, attempt=last.attempt + 1)


def asks(debate: Debate, number: int) -> tuple[Ask, ...]:
    """What the round still lacks: a statement of each voice that has not begun one there or is wanted again."""
    said = debate.in_round(number)
    targets = ring(debate, number) if number else {}
    found = []
    for seat in debate.council:
        statement = said.get(seat.voice)
        if statement is None or (statement.wanted and not statement.live):
            attempt = statement.attempt + 1 if statement else 1
            id = f"{seat.letter}{number + 1}"
            found.append(Ask(seat.voice, id, number, attempt, targets.get(seat.voice, "")))
    return tuple(found)


def order(debate: Debate, number: int) -> tuple[str, ...]:
    """The council's voices in the order in which round `number` reads them, shuffled from the recorded seed."""
    voices = [s.voice for s in debate.council]
    random.Random(f"{debate.seed}:order:{number}").shuffle(voices)
    return tuple(voices)


def ring(debate: Debate, number: int) -> dict[str, str]:
    """Whom each voice attacks in rebuttal `number`: a ring over those who spoke before, so everybody is attacked.

    A voice that has said nothing yet attacks somebody all the same, but nobody attacks it.
    """
    voices = order(debate, number)
    step = 1 + (number - 1) % max(1, len(voices) - 1)
    spoke = [v for v in voices if any(s.spoken and s.number < number for s in debate.of(v))]
    targets: dict[str, str] = {}
    for place, voice in enumerate(voices):
        if len(spoke) < 2:
            targets[voice] = next((v for v in spoke if v != voice), "")
        elif voice in spoke:
            shift = 1 + (step - 1) % (len(spoke) - 1)
            targets[voice] = spoke[(spoke.index(voice) + shift) % len(spoke)]
        else:
            targets[voice] = spoke[place % len(spoke)]
    return targets


def user_statement(debate: Debate, text: str, sentences: tuple[tuple[int, int], ...]) -> ev.UserSpoke:
    """The event of what the user says now: every voice answers it in the next round, which may be one more."""
    number = 1 + sum(s.voice == ev.USER for s in debate.statements.values())
    return ev.UserSpoke(
        statement=f"{ev.USER_LETTER}{number}",
        text=text,
        sentences=sentences,
        answered_in=max(debate.round, 0) + 1,
    )


def can_speak(debate: Debate) -> bool:
    """Whether what the user says now still reaches the council: until the verdict is reached."""
    return debate.outcome == "running" and debate.verdict is None


def can_retry(debate: Debate, voice: str) -> bool:
    """Whether a voice failed or was stopped in the round that is open, so that it can be asked again there."""
    statement = debate.in_round(debate.round).get(voice)
    if statement is None or statement.live or debate.verdict is not None or debate.judging:
        return False
    later = debate.round in debate.floors_closed
    return (statement.state in {"failed", "partial"}) and not later


def _nobody_spoke(errors: list[ev.Fault]) -> ev.Fault:
    if not errors:
        return ev.Fault("stopped", "Every voice of this round was stopped before it said anything.", True)
    first = errors[0]
    same = all(e.message == first.message for e in errors)
    words = first.message if same else " ".join(dict.fromkeys(e.message for e in errors))
    return ev.Fault(first.kind, f"No voice could speak: {words}", first.transient)
