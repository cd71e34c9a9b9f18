"""The order of a debate, as a pure function of what was said: which asks come next. No I/O, no clock, no prompt.

    frame -> openings (blind, in parallel) -> floor -> rebuttal 1 (in parallel) -> floor -> … -> replies -> verdict
    a comment after it -> those whom it concerns answer -> the judge looks again; a finding -> the judge looks again

`quick` has no frame, only `thorough` has replies (protocol.md, The order of a debate).

`next_step` is asked after every event that can change the answer; the runner performs what it says.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from upverdict.core import events as ev
from upverdict.core import quoted
from upverdict.core.debate import NO_ROUND, Debate
from upverdict.core.folded import Comment, Statement
from upverdict.core.neutral import all_named
from upverdict.core.text import Span


@dataclass(frozen=True, slots=True)
class Ask:
    """One voice is to make one statement. `number` is the rebuttal's, the one before a reply, or the comment's.

    `target` is the voice that it must answer first; the user's unanswered statements are answered besides.
    """

    voice: str
    statement: str
    round: ev.Round
    number: int
    attempt: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class AskFrame:
    """The judge is to say how the question is to be understood."""

    attempt: int


@dataclass(frozen=True, slots=True)
class WaitForFrame:
    """A frame is proposed; the user may change it."""


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


Step = AskFrame | WaitForFrame | AskVoices | Wait | OpenFloor | WaitForUser | AskJudge | Fail | Finish | Rest


def next_step(debate: Debate) -> Step:
    """What the debate needs now. A debate that was resumed after an interruption is asked only what it lacks."""
    if debate.outcome != "running":
        return Rest()
    if debate.verdict is not None:
        return _afterwards(debate)
    if debate.round == NO_ROUND:
        return _before(debate)
    if lacking := asks(debate, debate.round):
        return AskVoices(lacking)
    if _busy(debate):
        return Wait()
    return _after_round(debate)


def _busy(debate: Debate) -> bool:
    return bool(debate.judging) or any(s.live for s in debate.statements.values())


def _before(debate: Debate) -> Step:
    """The frame, then the openings; a question that is unsafe is not argued (protocol.md)."""
    framing = debate.framing
    if framing.settled is None and debate.depth != "quick":
        if framing.live:
            return Wait()
        if framing.error:
            return Fail(framing.error)
        return WaitForFrame() if framing.proposal else AskFrame(framing.attempt + 1)
    if debate.frame and debate.frame.kind == "unsafe":
        return Fail(ev.Fault("unsafe", f"The council does not argue this question. {debate.frame.help}".strip()))
    return AskVoices(asks(debate, 0))


def _afterwards(debate: Debate) -> Step:
    """After a verdict: what the user said since is answered, then the judge looks again."""
    comment = debate.comment
    if comment is None:
        return Finish()
    if lacking := answers_lacking(debate, comment):
        return AskVoices(lacking)
    if _busy(debate):
        return Wait()
    # Where none of them could speak, there is still what the user said.
    return _ruling(debate, comment.statement.id)


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
    if lacking := replies_lacking(debate):
        return AskVoices(lacking)
    return _ruling(debate, "debate")


def _ruling(debate: Debate, cause: str) -> Step:
    last = debate.verdicts[-1] if debate.verdicts else None
    if last is None or last.ruling:
        return AskJudge(last.version + 1 if last else 1, 1, cause)
    if last.error:
        return Fail(last.error)
    return AskJudge(last.version, last.attempt + 1, last.cause)


def asks(debate: Debate, number: int) -> tuple[Ask, ...]:
    """What an opening or rebuttal round still lacks."""
    round: ev.Round = "rebuttal" if number else "opening"
    targets = ring(debate, number) if number else {}
    wanted = {seat.voice: targets.get(seat.voice, "") for seat in debate.council}
    return _lacking(debate, wanted, round, number, debate.in_round(number))


def replies_lacking(debate: Debate) -> tuple[Ask, ...]:
    """The replies that a thorough debate still lacks: one of each voice that the last rebuttals refuted."""
    said = debate.replies
    if debate.depth != "thorough" or debate.verdict_called or any(s.number < debate.round for s in said.values()):
        return ()
    return _lacking(debate, refuted(debate), "reply", debate.round, said)


def answers_lacking(debate: Debate, comment: Comment) -> tuple[Ask, ...]:
    """The answers that a comment still lacks. A finding is the judge's alone."""
    if comment.about == "finding":
        return ()
    wanted = dict.fromkeys(concerned(debate, comment.statement.text), "")
    return _lacking(debate, wanted, "discussion", comment.number, debate.answers(comment))


def _lacking(
    debate: Debate, targets: Mapping[str, str], round: ev.Round, number: int, said: Mapping[str, Statement]
) -> tuple[Ask, ...]:
    """A statement of each of these voices, with whom it answers, that has not begun one or is wanted again."""
    found = []
    for voice, target in targets.items():
        statement = said.get(voice)
        if statement is None:
            id = f"{debate.letter(voice)}{len(debate.of(voice)) + 1}"
            found.append(Ask(voice, id, round, number, 1, target))
        elif statement.wanted and not statement.live:
            found.append(Ask(voice, statement.id, round, number, statement.attempt + 1, target))
    return tuple(found)


def refuted(debate: Debate) -> dict[str, str]:
    """The voices that the last rebuttals refuted, each with the first one that did so.

    A voice says of itself what it refutes; where the model casts no ballots, whose words were quoted counts.
    """
    found: dict[str, str] = {}
    for statement in debate.in_round(debate.round).values():
        if statement.ballot:
            hit = [m.target for m in statement.ballot.moves if m.act == "refute" and m.sentence]
        else:
            hit = [q.voice for q in quoted.inside(debate, statement) if q.voice]
        for voice in hit:
            if voice != ev.USER:
                found.setdefault(voice, statement.voice)
    return {s.voice: found[s.voice] for s in debate.council if s.voice in found}


def concerned(debate: Debate, text: str) -> tuple[str, ...]:
    """The voices that a comment names, or cites by a sentence's id; all that were heard where it names none."""
    ids = {id: statement.voice for statement, id, _ in debate.passages()}
    cited = {ids[id] for id in re.findall(r"\b\w+\.\d+\b", text) if id in ids}
    named = all_named(debate, text)
    return tuple(s.voice for s in debate.council if s.voice in cited or s.voice in named) or debate.heard


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


def user_statement(debate: Debate, text: str, sentences: tuple[Span, ...]) -> ev.UserSpoke:
    """The event of what the user says now: every voice answers it in the next round, which may be one more."""
    due = max(debate.round, 0) + 1
    return ev.UserSpoke(statement=_next_of_user(debate), text=text, sentences=sentences, answered_in=due)


def user_comment(debate: Debate, text: str, sentences: tuple[Span, ...], fact: str | None = None) -> ev.CommentAdded:
    """The event of what the user says after a verdict; with `fact`, what was found out about it."""
    return ev.CommentAdded(
        text=text,
        statement=_next_of_user(debate),
        sentences=sentences,
        number=len(debate.comments) + 1,
        about="comment" if fact is None else "finding",
        fact=fact or "",
    )


def _next_of_user(debate: Debate) -> str:
    return f"{ev.USER_LETTER}{len(debate.of(ev.USER)) + 1}"


def can_speak(debate: Debate) -> bool:
    """Whether what the user says now still reaches the council: until the verdict is reached."""
    return debate.outcome == "running" and debate.verdict is None


def can_retry(debate: Debate, voice: str) -> bool:
    """Whether a voice failed or was stopped in the round that is open, so that it can be asked again there."""
    statement = debate.latest.get(voice)
    if statement is None or statement.live or debate.judging:
        return False
    later = statement.round in ("opening", "rebuttal") and debate.round in debate.floors_closed
    return (statement.state in {"failed", "partial"}) and not later


def _nobody_spoke(errors: list[ev.Fault]) -> ev.Fault:
    if not errors:
        return ev.Fault("stopped", "Every voice of this round was stopped before it said anything.", True)
    first = errors[0]
    same = all(e.message == first.message for e in errors)
    words = first.message if same else " ".join(dict.fromkeys(e.message for e in errors))
    return ev.Fault(first.kind, f"No voice could speak: {words}", first.transient)
