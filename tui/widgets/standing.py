"""The line between the panes and the composer: what happens now, what can be pressed, what becomes of what is written.

Pure: reads the fold; knows no widget and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from upverdict.core import events as ev
from upverdict.core import plain_statement
from upverdict.core.debate import Debate, State
from upverdict.core.text import clean
from upverdict.core.way_on import to_type
from upverdict.tui.keyboard import from_text, key_of
from upverdict.tui.widgets.statement_words import NO_MOMENT, Moment, again_key, retry_note, seconds, sentence

Tone = Literal["note", "call", "warning", "error"]
"""`call`: it is the user's turn."""

UNSAFE = "unsafe"
"""The kind of a fault that ends a debate whose question is not argued: its message is all that is to be said."""
LIMIT = "limit"
"""The kind of a fault that ends a debate for its costs: asking again changes nothing, a higher limit does."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the line depends on beside the debate itself.

    `state` is the debate's as a reader knows it; `held` says that this screen holds it; `composing` that the composer
    has the keys; `ordered` that the verdict was called for; `preparing` is what the program does first; `trouble` is
    why it had to stop; `judge` is the judge's clock; `visiting` says that the verdict is beneath this screen; `framing`
    that a frame waits here for the user, `framing_here` that its screen is open; `replayed` that the debate is said
    once more, as far as it has come, and takes no command.
    """

    state: State
    held: bool
    composing: bool = False
    ordered: bool = False
    preparing: str = ""
    trouble: str = ""
    judge: Moment = NO_MOMENT
    visiting: bool = False
    framing: bool = False
    framing_here: bool = False
    replayed: bool = False


def standing(debate: Debate, scene: Scene) -> tuple[str, Tone]:
    """One or two sentences: what happens now and what can be pressed."""
    if scene.replayed:
        return _replayed(debate, scene)
    if scene.held and debate.outcome == "running":
        return _running(debate, scene)
    back = f"{key_of('debate.back')} goes back" + (" to the verdict." if scene.visiting else ".")
    go_on, opens = key_of("debate.continue"), key_of("debate.open")
    if scene.composing:  # where letters are written, and the key that goes back gives the keys away
        back = f"{key_of('composer.leave')} leaves the text."
        go_on, opens = from_text("debate.continue"), from_text("debate.open")
    if debate.verdict is not None and scene.state == "finished":
        if scene.visiting:
            return "The whole debate. " + back, "note"
        upheld = bool(debate.comments) and debate.comments[-1].upheld
        news = "The judge looked again and found nothing new: the verdict stands." if upheld else ""
        if scene.composing:
            push = f"{key_of('composer.push')} pushes back with what you wrote"
            return f"{news or 'The verdict is in.'} {push} · {opens} opens it", "call"
        return f"{news or 'The verdict is in.'} {opens} opens it · {back}", "call"
    if debate.error and debate.error.kind == UNSAFE and not scene.trouble:
        return f"{sentence(clean(debate.error.message))} {back}", "warning"
    if debate.error and debate.error.kind == LIMIT and not scene.trouble:
        higher = f"{to_type('continue', debate.id, '--max-cost USD')} goes on"
        return f"{sentence(clean(debate.error.message))} What was said is kept. {higher} · {back}", "warning"
    if scene.trouble:
        return f"{scene.trouble} Every word that was written is kept. {go_on} goes on with the debate · {back}", "error"
    if scene.state == "running":
        news = "" if scene.visiting else f"{key_of('debate.news')} shows what has come since · "
        return f"This debate is being held in another window. {news}{back}", "warning"
    if scene.state == "interrupted":
        return f"Interrupted. Every word is kept. {go_on} goes on with the debate · {back}", "warning"
    why = debate.error.message if debate.error else "It ended without a verdict."
    if debate.verdicts and (fault := debate.verdicts[-1].error):
        said = why if fault.kind == "stopped" else f"The judge could not rule: {why}"
        words = f"{said} Every statement is kept. {_elsewhere(debate)}{go_on} asks for the verdict again"
        return f"{words} · {back}", "error"
    kept = "What was said is kept." if any(s.text for s in debate.statements.values()) else "The question is kept."
    return f"No verdict. {why} {kept} {_elsewhere(debate)}{go_on} tries again · {back}", "error"


def _elsewhere(debate: Debate) -> str:
    """Where another endpoint would not have the fault: how to go on with one. `c` asks the same one again."""
    from upverdict.core.headless import ELSEWHERE  # of no use before something fails

    if debate.error is None or debate.error.kind not in ELSEWHERE:
        return ""
    return f"{to_type('continue', debate.id, '--endpoint NAME')} asks another one · "


def _replayed(debate: Debate, scene: Scene) -> tuple[str, Tone]:
    """Where a replay stands: what happened then. `held` says that there is more of it to come."""
    if debate.verdict is not None and debate.outcome == "finished":
        upheld = bool(debate.comments) and debate.comments[-1].upheld
        news = "The judge looked again and found nothing new: the verdict stands." if upheld else "The verdict is in."
        return f"{news} {key_of('debate.open')} opens it", "call"
    if scene.state == "running" and not scene.held:
        return "This debate is being held in another window: it is replayed as far as it had come.", "warning"
    if debate.outcome == "failed":
        return sentence(clean(debate.error.message if debate.error else "It ended without a verdict.")), "error"
    if scene.state == "interrupted" or debate.outcome == "interrupted":
        return "Here the debate was interrupted.", "warning"
    if debate.framing.proposal is not None and debate.framing.settled is None and not debate.framing.live:
        return "The frame of the question waited for you.", "note"
    if debate.floor is not None:
        return "The floor was yours.", "note"
    return _running(debate, scene)


def _running(debate: Debate, scene: Scene) -> tuple[str, Tone]:
    if scene.preparing:
        return sentence(clean(scene.preparing)), "note"
    if debate.framing.live:
        return _at_work("The judge frames the question", debate.framing.error, scene)
    if scene.framing:
        if scene.framing_here:
            enter, take, later = key_of("frame.enter"), key_of("frame.take"), key_of("frame.close")
            begins = f"{enter} begins with it, {take} from any field"
            return f"The frame waits for you. {begins} · {later}: later", "call"
        if scene.composing:
            show, begin = from_text("debate.frame"), key_of("composer.begin")
            return f"The frame waits for you. {show} shows it · {begin} begins with it", "call"
        show, begin = key_of("debate.frame"), key_of("debate.frame.take")
        return f"The frame of the question waits for you. {show} shows it · {begin} begins with it", "call"
    if debate.floor is not None:
        return _floor(debate, scene.composing), "call"
    if (verdict := debate.judging) is not None:
        doing = "weighs what you said" if verdict.cause != "debate" else "weighs what was said"
        doing = _LATER_LOOKS.get(verdict.look, doing)
        if verdict.cause == "debate" and "cost" in debate.floors_closed.values():
            doing += ", since the limit of costs has no room for another round"
        return _at_work(f"The judge {doing}", verdict.error, scene)
    if debate.verdict is not None:
        return _discussing(debate), "note"
    if (replied := debate.replies.values()) and any(s.live for s in replied):
        return f"The council replies: {sum(not s.live for s in replied)} of {len(replied)} done.", "note"
    said = debate.in_round(debate.round).values()
    if not said:
        return "The council takes its seats.", "note"
    over = sum(not s.live for s in said)
    words = f"The council speaks: {over} of {len(debate.council)} done."
    if scene.ordered:
        back = key_of("composer.verdict" if scene.composing else "debate.verdict")
        return f"{words} The verdict follows this round; {back} takes that back.", "note"
    if scene.composing or scene.replayed:
        return words, "note"
    return f"{words} Speak at any time: {key_of('debate.speak')}.", "note"


_LATER_LOOKS = {
    2: "weighs it again, in the opposite order",
    3: "looks a third time, since the two rulings differ",
}
"""What the judge does at a look that is not the first."""


def _at_work(doing: str, error: ev.Fault | None, scene: Scene) -> tuple[str, Tone]:
    if error:
        return f"The judge: {retry_note(error, scene.judge, scene.composing, scene.replayed)}", "warning"
    return doing + ("" if scene.judge.waited is None else f" · {seconds(scene.judge.waited)}"), "note"


def _discussing(debate: Debate) -> str:
    """What happens after a verdict that the user has said something about."""
    said = debate.answers(debate.comment).values() if debate.comment else ()
    if not said:
        return "What you said is read by those whom it concerns."
    return f"The council answers you: {sum(not s.live for s in said)} of {len(said)} done."


def frame_note(debate: Debate) -> str:
    """Whose frame it is that the council argues in, or why there is none."""
    settled = debate.framing.settled
    if settled is None:
        return ""
    said = {
        "judge": "As the judge drew it, and nobody changed it.",
        "user": "As you wrote it.",
        "file": "From a file of yours.",
        "none": "There is no frame.",
    }
    note = clean(settled.note).strip() or ("The question stands as it was asked." if settled.by == "none" else "")
    framing = debate.framing
    other = plain_statement.stood_in(debate, debate.judge.voice, framing.model, framing.asked) if debate.judge else ""
    return " ".join(filter(None, (said[settled.by], sentence(note) if note else "", other)))


THE_VERDICT = "the verdict"


def _floor(debate: Debate, composing: bool) -> str:
    follows = after_floor(debate)
    if all_failed(debate):
        said = debate.in_round(debate.round)
        again = f"All {len(said)} failed: {again_key(composing)} on each asks again. The floor is yours"
        return f"{again} · {key_of('composer.pass' if composing else 'debate.pass')} goes on to {follows}"
    if composing:  # to send ends the floor, too
        send, go_on, end = key_of("composer.send"), key_of("composer.pass"), key_of("composer.verdict")
        if follows == THE_VERDICT:
            return f"The floor is yours. {send}: send, one more round · {go_on}: on to the verdict"
        return f"The floor is yours. {send}: send and go on · {go_on}: go on · {end}: verdict"
    say, go_on, end = f"{key_of('debate.speak')} speaks", key_of("debate.pass"), key_of("debate.verdict")
    if follows == THE_VERDICT:
        return f"The floor is yours. {say} · {go_on} goes on to the verdict"
    return f"The floor is yours. {say} · {go_on}: on to {follows} · {end}: verdict"


def all_failed(debate: Debate) -> bool:
    """Whether nobody could be asked in the round that is over: there is nothing to answer, and nobody goes on alone."""
    said = debate.in_round(debate.round).values()
    return bool(said) and all(s.error is not None for s in said)


def after_floor(debate: Debate) -> str:
    """What follows when the user passes: `rebuttal 1` or `the verdict`."""
    return f"rebuttal {debate.round + 1}" if debate.round < debate.rounds_wanted else THE_VERDICT


ADDED = ", added for it"
"""Behind the name of a round that is held only because the user spoke."""
QUEUED = 3
"""Statements that are named while they wait; of more, their number is told."""


def answered(debate: Debate) -> str:
    """What waits for the council, and for which round: `queued for rebuttal 1: Y1, Y2`; where nothing does, in which
    round it answers what is said now: `answered in rebuttal 1`; that it costs a round where none is left, or where the
    judge is at work.
    """
    if debate.judging is not None:
        return f"answered in rebuttal {max(debate.round, 0) + 1}: the judge waits for it"
    if waiting := debate.unanswered:
        which = ", ".join(s.id for s in waiting) if len(waiting) <= QUEUED else f"{len(waiting)} statements"
        return f"queued for rebuttal {waiting[-1].answered_in}: {which}"
    follows = max(debate.round, 0) + 1
    return f"answered in rebuttal {follows}{ADDED if follows > debate.rounds_wanted else ''}"


def unheard(debate: Debate) -> str:
    """What becomes of what is written where the council can't hear the user now."""
    if debate.verdict is not None:
        if debate.outcome == "finished":
            return f"too late for this verdict: {key_of('composer.push')} pushes back with it"
        return f"too late for this: {key_of('verdict.push')} on the next verdict sends it"
    if debate.error and debate.error.kind == UNSAFE:
        return "the debate is over: this can't be sent"
    return f"it can be sent after {key_of('debate.continue')}"


def not_sent(debate: Debate) -> str:
    """The same to somebody who tried to send it, with the way there. (A verdict that is in is pushed back at once.)"""
    if debate.verdict is not None:
        there = f"{key_of('verdict.push')} on the verdict that follows pushes back; this is offered there."
        return f"What you said before is looked at. {there}"
    if debate.error and debate.error.kind == UNSAFE:
        return "The debate is over, so nobody would hear it."
    go_on = f"{from_text('debate.continue')} goes on with the debate"
    return f"Nobody listens now. {go_on}: what you wrote is kept, and can be sent then."
