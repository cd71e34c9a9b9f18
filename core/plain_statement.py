"""What was said, as plain text: statements, comments with their answers, the frame of the question. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from upverdict.core import citing
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.folded import Comment, Statement
from upverdict.core.text import clean

ROUND_NAMES = {"opening": "Opening", "rebuttal": "Rebuttal", "reply": "Reply", "discussion": "Discussion"}

ASKED_AGAIN = "asked again from the start"
"""What stands under the words of an attempt that was not the last."""


def heading(debate: Debate, statement: Statement) -> str:
    """`The Builder · Opening`, `You, the fifth voice · answered in rebuttal 1`, or for a comment `… · on verdict 1`."""
    if comment := next((c for c in debate.comments if c.statement is statement), None):
        return f"You, the fifth voice · on verdict {comment.stood}"
    if statement.voice == ev.USER:
        if "cost" in debate.floors_closed.values() and (statement.answered_in or 0) > debate.round:
            return "You, the fifth voice · answered by nobody, for the limit of costs"
        return f"You, the fifth voice · answered in rebuttal {statement.answered_in}"
    number = f" {statement.number}" if statement.round == "rebuttal" else ""
    return f"{clean(debate.name(statement.voice))} · {ROUND_NAMES[statement.round]}{number}"


def ending(statement: Statement) -> str:
    """`end` as it stands in a text, in brackets; nothing when the statement is whole."""
    words = end(statement)
    return f"[{words}]" if words else ""


def end(statement: Statement) -> str:
    """What a reader must know of how a statement ended; nothing when it is whole."""
    if statement.error and not statement.live:
        kept = " What it had said is kept." if statement.text else ""
        return f"{statement.error.message}{kept}"
    if statement.state == "partial":
        why = {"stopped": "stopped by you", "max_tokens": "cut off at the limit of length"}
        return why.get(statement.stop_reason, "cut off")
    if statement.state == "failed":
        return "said nothing"
    return "unfinished" if statement.live else ""


def stood_in(debate: Debate, voice: str, model: str, asked: str) -> str:
    """`Answered by claude-haiku-5-5, not claude-sonnet-5-5.`; nothing where the model that was asked for answered."""
    other = debate.stand_in(voice, model, asked)
    return f"Answered by {clean(other)}, not {clean(asked or debate.seat(voice).model)}." if other else ""


def frame_lines(debate: Debate) -> Iterator[str]:
    """How the question is understood, or why it stands as it was asked; nothing where no frame was settled on."""
    settled = debate.framing.settled
    if settled is None:
        return
    if settled.by == "none":
        yield from (f"[{settled.note}]", "")
        return
    frame = settled.frame
    yield f"## The frame · {frame.kind}"
    yield ""
    yield frame.restatement
    if frame.presuppositions:
        yield "It takes for granted:"
        yield from (f"  - {line}" for line in frame.presuppositions)
    if frame.options:
        yield "The options, besides something else:"
        yield from (f"  {n}. {option}" for n, option in enumerate(frame.options, 1))
    yield ""


def statement_lines(debate: Debate, statement: Statement) -> Iterator[str]:
    yield f"## {heading(debate, statement)}"
    yield ""
    for broken_off in statement.earlier:
        yield from (broken_off.strip(), f"[{ASKED_AGAIN}]", "")
    if statement.text:
        yield citing.marked(statement).strip()
    yield from remarks(debate, statement)
    yield ""


def remarks(debate: Debate, statement: Statement) -> Iterator[str]:
    """What stands under its words: how it ended, which model answered, what code has found wrong with it."""
    if ended := ending(statement):
        yield ended
    if statement.voice != ev.USER and (other := stood_in(debate, statement.voice, statement.model, statement.asked)):
        yield f"[{other}]"
    if invented := citing.misquoted(debate, statement):
        yield f"[{invented}]"
    if lacking := no_ballot(debate, statement):
        yield f"[{lacking}]"
    if dodged := no_reply(debate, statement):
        yield f"[{dodged}]"


def no_ballot(debate: Debate, statement: Statement) -> str:
    """What is told of a statement that does not say where its voice stands, in a debate in which others do."""
    if statement.ballot or statement.voice == ev.USER or statement.state != "finished":
        return ""
    others = any(s.ballot for s in debate.statements.values())
    return "No ballot: it does not say where it stands after this." if others else ""


def no_reply(debate: Debate, statement: Statement) -> str:
    """`No reply to Y1 from The Contrarian.`: who dodged the user, once the round that had to answer is over."""
    if statement.answered_in is None:
        return ""
    from upverdict.core import answering  # it compares texts: browsing where nobody spoke needs none of that

    names = [debate.name(voice) for voice in answering.no_reply(debate, statement)]
    return f"No reply to {statement.id} from {', '.join(names)}." if names else ""


def comment_lines(debate: Debate, comment: Comment) -> Iterator[str]:
    """What the user said after a verdict, what the council answered, and what came of it."""
    said = comment.statement
    yield f"## {heading(debate, said)}"
    yield ""
    if comment.fact:
        yield f"[What you found out about “{' '.join(clean(comment.fact).split())}”]"
    yield from (said.text.strip(), "")
    for answer in debate.answers(comment).values():
        yield from statement_lines(debate, answer)
    yield from (f"[{outcome(comment)}]", "")


def outcome(comment: Comment) -> str:
    """What the judge made of a comment or a finding, as a sentence."""
    what = "You told what you found out" if comment.about == "finding" else "You pushed back"
    what += f" ({comment.statement.id})"
    if comment.upheld:
        return f"{what}; the judge found nothing new in it, and version {comment.stood} stands."
    if comment.version:
        return f"{what}; the judge ruled again, as version {comment.version}."
    return f"{what}; the judge has not looked at it yet, and version {comment.stood} stands."
