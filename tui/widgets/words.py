"""What the debate screen says of a debate, in words and signs. Pure: reads the fold; knows no widget and no clock.

Every state is a sign and a word, so that nothing depends on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from upverdict.core import answering, plaintext, prices
from upverdict.core import events as ev
from upverdict.core.debate import Debate, State
from upverdict.core.endpoints import BUILTIN
from upverdict.core.folded import Comment, Search, Statement
from upverdict.core.text import clean, length_label
from upverdict.tui.widgets.pane_rows import Above

Style = Literal["note", "warning", "error"]
Tone = Literal["note", "call", "warning", "error"]
"""`call`: it is the user's turn."""

WAITING, ASKED, THINKING, SEARCHING, WRITING, DONE = "○", "◌", "◔", "⌕", "◐", "●"
CUT, STOPPED, RETRYING, FAILED = "◑", "■", "↻", "✗"
"""One sign a state; all of them are one cell wide in every terminal that has them."""
REFUSED = "refused"
"""The kind of a fault where a model would not answer."""
UNSAFE = "unsafe"
"""The kind of a fault that ends a debate whose question is not argued: its message is all that is to be said."""
LIMIT = "limit"
"""The kind of a fault that ends a debate for its costs: asking again changes nothing, a higher limit does."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a statement stands: its sign, a word or two for its heading, what to say under its text.

    `looked_up` is what stands between heading and text.
    """

    sign: str
    word: str
    note: str = ""
    style: Style = "note"
    looked_up: tuple[Above, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What only the clock of a live screen knows of a statement. Whole seconds; None where nothing is counted.

    `waited`: how long it is in its state.
    """

    waited: int | None = None
    again_in: int | None = None


NO_MOMENT = Moment()


@dataclass(frozen=True, slots=True)
class Replies:
    """Who took up a statement of the user's in the round that had to, and who dodged. Voices."""

    answered: tuple[str, ...]
    dodged: tuple[str, ...]


def replies(debate: Debate, statement: Statement) -> Replies | None:
    """Who answered a statement of the user's; None while the round that has to is not over."""
    due = statement.answered_in
    if due is None or debate.round < due or any(s.live for s in debate.in_round(due).values()):
        return None
    found = answering.answers(debate, statement)
    return Replies(tuple(v for v, did in found.items() if did), answering.no_reply(debate, statement))


def heading(statement: Statement) -> str:
    """`OPENING`, `REBUTTAL 1`, `REPLY`, `DISCUSSION 1`; the user's: `BEFORE REBUTTAL 1`, `AFTER THE VERDICT 1`."""
    if statement.voice == ev.USER and statement.round == "discussion":
        return f"AFTER THE VERDICT {statement.number}"
    name = plaintext.ROUND_NAMES[statement.round].upper()
    number = f" {statement.number}" if statement.round in ("rebuttal", "discussion") else ""
    return f"BEFORE {name}{number}" if statement.voice == ev.USER else name + number


def look(
    debate: Debate,
    statement: Statement,
    *,
    live: bool,
    retryable: bool,
    elsewhere: bool = False,
    composing: bool = False,
    moment: Moment = NO_MOMENT,
    replies: Replies | None = None,
) -> Look:
    """How a statement stands. `live`: somebody is at the debate here; `elsewhere`: in another window; `retryable`: `R`
    asks it again; `composing`: the composer has the keys; `replies` is who answered one of the user's.
    """
    if statement.voice == ev.USER:
        return Look(DONE, length_label(statement.text), *_answered_note(debate, statement, live, replies))
    found = _look(debate, statement, live, retryable, elsewhere, composing, moment)
    note, style = found.note, found.style
    if other := plaintext.stood_in(debate, statement.voice, statement.model, statement.asked):
        note, style = f"{other}\n{note}".rstrip(), "error" if style == "error" else "warning"
    return Look(found.sign, found.word, note, style, looked_up(statement.own_searches, live=statement.live))


def looked_up(searches: Sequence[Search], *, live: bool = False) -> tuple[Above, ...]:
    """What a voice searched for and what came of it: `gpu utilisation 2026`, `3 results`. While it is at it, and where
    it failed, nothing of that is left out.
    """
    return tuple(
        Above(clean(s.query) or "(no words)", _came_of(s), bool(s.error), live or bool(s.error)) for s in searches
    )


def _came_of(search: Search) -> str:
    if search.error:
        return f"failed: {clean(search.error)}"
    if search.results is None:
        return ""
    found = len(search.results)
    return f"{found} result{'' if found == 1 else 's'}" if found else "no results"


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def mark(source: str) -> str:
    """What stands in a text for the source with this id: `¹²`, or `[a]` where it is no number."""
    return source.translate(_SUPERSCRIPTS) if source.isascii() and source.isdigit() else f"[{clean(source)}]"


def _look(
    debate: Debate,
    statement: Statement,
    live: bool,
    retryable: bool,
    elsewhere: bool,
    composing: bool,
    moment: Moment,
) -> Look:
    """How an advisor's statement stands."""
    if not live and statement.live:
        if elsewhere:
            return Look(WRITING, "under way", "It is being written in another window.")
        words = "Interrupted in mid-sentence." if statement.text else "Interrupted before a word was said."
        return Look(CUT, "unfinished", words)
    again = f" {_again(composing)} asks again." if retryable else ""
    since = "" if moment.waited is None else f" {moment.waited} s"
    match statement.state:
        case "asked":
            return Look(ASKED, f"waiting{since}")
        case "thinking":
            return Look(THINKING, f"thinking{since}")
        case "searching":
            return Look(SEARCHING, f"searching{since}")
        case "writing":
            return Look(WRITING, "writing")
        case "retrying":
            return Look(RETRYING, "trying again", _retry_note(statement.error, moment, composing), "warning")
        case "finished":
            return Look(DONE, length_label(statement.text), _remarks(debate, statement))
    if statement.error is not None:
        word = "refused" if statement.error.kind == REFUSED else "failed"
        return Look(FAILED, word, plaintext.ending(statement)[1:-1] + again, "error")
    if statement.stop_reason == "stopped":
        words = "You stopped it." if statement.text else "You stopped it before it said anything."
        return Look(STOPPED, "stopped", words + again)
    return Look(CUT, "cut off", _sentence(plaintext.ending(statement)[1:-1]) + again, "warning")


def _remarks(debate: Debate, statement: Statement) -> str:
    """What a reader must know of a statement that is whole."""
    return "\n".join(filter(None, (plaintext.misquoted(debate, statement), plaintext.no_ballot(debate, statement))))


def _answered_note(debate: Debate, statement: Statement, live: bool, replies: Replies | None) -> tuple[str, Style]:
    """What stands under a statement of the user's: when it is answered, then who did and who dodged."""
    comment = next((c for c in debate.comments if c.statement is statement), None)
    if comment is not None:
        return _comment_note(debate, comment), "note"
    if statement in debate.unanswered:
        return (f"The council answers in rebuttal {statement.answered_in}." if live else ""), "note"
    if replies is None or not (replies.answered or replies.dodged):
        return "", "note"
    said = f"Answered by {names(debate, replies.answered)}." if replies.answered else ""
    missed = f"No reply from {names(debate, replies.dodged)}." if replies.dodged else ""
    return " ".join(filter(None, (said, missed))), "warning" if missed else "note"


def _comment_note(debate: Debate, comment: Comment) -> str:
    if comment.about == "finding":
        return f"Found out about: {_sentence(clean(comment.fact))} The judge alone rules on it."
    spoken = [s.voice for s in debate.answers(comment).values() if s.spoken]
    return f"Answered by {names(debate, spoken)}." if spoken else ""


def names(debate: Debate, voices: Sequence[str]) -> str:
    """`the Builder`, `the Builder and the Skeptic`, `the Builder, the Skeptic and the Researcher`."""
    found = [_inner(clean(debate.name(v))) for v in voices]
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)


def _inner(name: str) -> str:
    """A name as it stands within a sentence."""
    return "the " + name[4:] if name.startswith("The ") else "you" if name == "You" else name


def _again(composing: bool) -> str:
    """What is pressed to ask somebody again."""
    return "Esc, then R" if composing else "R"


def _retry_note(error: ev.Fault | None, moment: Moment, composing: bool) -> str:
    why = error.message if error else "It failed."
    when = "Asked again soon" if moment.again_in is None else f"Again in {moment.again_in} s"
    return f"{why} {when} · {_again(composing)} now"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?", "…")) else ".")


# -- the line between the panes and the composer ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scene:
    """What the line depends on beside the debate itself.

    `state` is the debate's as a reader knows it; `held` says that this screen holds it; `composing` that the composer
    has the keys; `ordered` that the verdict was called for; `preparing` is what the program does first; `trouble` is
    why it had to stop; `judge` is the judge's clock; `visiting` says that the verdict is beneath this screen; `framing`
    that a frame waits here for the user, `framing_here` that its screen is open.
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


def standing(debate: Debate, scene: Scene) -> tuple[str, Tone]:
    """One or two sentences: what happens now and what can be pressed."""
    if scene.held and debate.outcome == "running":
        return _running(debate, scene)
    back = "Esc goes back to the verdict." if scene.visiting else "Esc goes back."
    go_on = "c"
    if scene.composing:  # where c and o are letters, and Esc gives the keys away
        back, go_on = "Esc leaves the text.", "Esc, then c"
    if debate.verdict is not None and scene.state == "finished":
        if scene.visiting:
            return "The whole debate. " + back, "note"
        upheld = bool(debate.comments) and debate.comments[-1].upheld
        news = "The judge looked again and found nothing new: the verdict stands." if upheld else ""
        if scene.composing:
            return f"{news or 'The verdict is in.'} Esc, then o opens it", "call"
        return f"{news or 'The verdict is in.'} o opens it · {back}", "call"
    if debate.error and debate.error.kind == UNSAFE and not scene.trouble:
        return f"{_sentence(clean(debate.error.message))} {back}", "warning"
    if debate.error and debate.error.kind == LIMIT and not scene.trouble:
        higher = f"`upverdict continue {debate.id} --max-cost USD` goes on"
        return f"{_sentence(clean(debate.error.message))} What was said is kept. {higher} · {back}", "warning"
    if scene.trouble:
        return f"{scene.trouble} Every word that was written is kept. {go_on} goes on with the debate · {back}", "error"
    if scene.state == "running":
        news = "" if scene.visiting else "r shows what has come since · "
        return f"This debate is being held in another window. {news}{back}", "warning"
    if scene.state == "interrupted":
        return f"Interrupted. Every word is kept. {go_on} goes on with the debate · {back}", "warning"
    why = debate.error.message if debate.error else "It ended without a verdict."
    if debate.verdicts and (fault := debate.verdicts[-1].error):
        said = why if fault.kind == "stopped" else f"The judge could not rule: {why}"
        words = f"{said} Every statement is kept. {go_on} asks for the verdict again"
        return f"{words} · {back}", "error"
    return f"No verdict. {why} What was said is kept. {go_on} tries again · {back}", "error"


def _running(debate: Debate, scene: Scene) -> tuple[str, Tone]:
    if scene.preparing:
        return _sentence(clean(scene.preparing)), "note"
    if debate.framing.live:
        return _at_work("The judge frames the question", debate.framing.error, scene)
    if scene.framing:
        if scene.framing_here:
            return "The frame of the question waits for you. Ctrl+S begins with it · Esc: later", "call"
        if scene.composing:
            return "The frame waits for you. Esc, then f, shows it · Ctrl+N begins with it", "call"
        return "The frame of the question waits for you. f shows it · n begins with it", "call"
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
        back = "Ctrl+R" if scene.composing else "v"
        return f"{words} The verdict follows this round; {back} takes that back.", "note"
    return words + ("" if scene.composing else " Speak at any time: r."), "note"


_LATER_LOOKS = {
    2: "weighs it again, in the opposite order",
    3: "looks a third time, since the two rulings differ",
}
"""What the judge does at a look that is not the first."""


def _at_work(doing: str, error: ev.Fault | None, scene: Scene) -> tuple[str, Tone]:
    if error:
        return f"The judge: {_retry_note(error, scene.judge, scene.composing)}", "warning"
    return doing + ("" if scene.judge.waited is None else f" · {scene.judge.waited} s"), "note"


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
        "none": "There is no frame: the council argues the question as it was asked.",
    }
    note = clean(settled.note).strip()
    framing = debate.framing
    other = plaintext.stood_in(debate, debate.judge.voice, framing.model, framing.asked) if debate.judge else ""
    return " ".join(filter(None, (said[settled.by], _sentence(note) if note else "", other)))


THE_VERDICT = "the verdict"


def _floor(debate: Debate, composing: bool) -> str:
    follows = after_floor(debate)
    said = debate.in_round(debate.round).values()
    if said and all(s.error is not None for s in said):
        again = f"All {len(said)} failed: {_again(composing)} on each asks again. The floor is yours"
        return f"{again} · {'Ctrl+N' if composing else 'n'} goes on to {follows}"
    say, go_on, end = ("Enter sends", "Ctrl+N", "Ctrl+R") if composing else ("r speaks", "n", "v")
    if follows == THE_VERDICT:
        return f"The floor is yours. {say} · {go_on} goes on to the verdict"
    return f"The floor is yours. {say} · {go_on}: on to {follows} · {end}: verdict"


def after_floor(debate: Debate) -> str:
    """What follows when the user passes: `rebuttal 1` or `the verdict`."""
    return f"rebuttal {debate.round + 1}" if debate.round < debate.rounds_wanted else THE_VERDICT


def answered(debate: Debate) -> str:
    """In which round the council answers what is said now: `answered in rebuttal 1`; that it costs a round where the
    judge is at work."""
    if debate.judging is not None:
        return "the judge waits: one more round"
    return f"answered in rebuttal {max(debate.round, 0) + 1}"


def unheard(debate: Debate) -> str:
    """What becomes of what is written where the council can't hear the user now."""
    if debate.verdict is not None:
        which = "this verdict: p there" if debate.outcome == "finished" else "this: p on the next verdict"
        return f"too late for {which} sends it"
    if debate.error and debate.error.kind == UNSAFE:
        return "the debate is over: this can't be sent"
    return "it can be sent after c"


def not_sent(debate: Debate) -> str:
    """The same to somebody who tried to send it, with the way there."""
    if debate.verdict is not None:
        if debate.outcome != "finished":
            return (
                "What you said before is looked at. p on the verdict that follows pushes back; this is offered there."
            )
        return "The verdict is in. p on it (Esc, then o, then p) pushes back: what you wrote is offered there."
    if debate.error and debate.error.kind == UNSAFE:
        return "The debate is over, so nobody would hear it."
    return "Nobody listens now. Esc, then c goes on with the debate: what you wrote is kept, and can be sent then."


# -- the first line --------------------------------------------------------------------------------------------------


class Costs(NamedTuple):
    """What stands of costs beside the fold: US dollars with what is under way, about, and the limit."""

    running: Decimal | None = None
    limit: Decimal | None = None


def facts(debate: Debate, *, seconds: int | None, costs: Costs = Costs()) -> list[str]:  # noqa: B008  a frozen value
    """What stands right of the question, the most dispensable first: endpoint, tokens, cost, round, time."""
    found = [endpoints(debate)]
    if used := debate.usage.input + debate.usage.output + debate.usage.cache_read + debate.usage.cache_write:
        found.append(f"{amount(used)} tok")
    found.append(cost(debate, costs))
    found.append(stage(debate))
    if seconds is None:
        found.append(debate.created_at[:10])
    else:
        found.append(f"{seconds // 60:02}:{seconds % 60:02}")
    return [f for f in found if f]


def cost(debate: Debate, costs: Costs) -> str:
    """`$0.03`, `~$0.03` while somebody writes, `$0.03 of $0.10` within a limit; nothing where no price is known."""
    spent = prices.total(debate.spent) if costs.running is None else costs.running
    if spent is None or not (spent or costs.limit):
        return ""
    about = "" if costs.running is None else "~"
    limit = "" if costs.limit is None else f" of {prices.shown(costs.limit)}"
    return f"{about}{prices.shown(spent)}{limit}"


def endpoints(debate: Debate) -> str:
    """Who answers: the endpoint's name, the host of an address; the built-in model owns up to being tiny. Where several
    do, the two, or how many they are; where it is another one for the judge alone, that one too."""
    names = list(dict.fromkeys(_place(s.endpoint) for s in debate.council))
    judge = _place(debate.judge.endpoint) if debate.judge and debate.judge.endpoint else ""
    if len(names) == 1:
        models = {s.model for s in debate.council}
        several = f", {len(models)} models" if len(models) > 1 else ""
        alone = "built-in model, for trying only" if names[0] == BUILTIN and judge in ("", BUILTIN) else names[0]
        return alone + several + (f", judge at {judge}" if judge and judge not in names else "")
    names += [judge] if judge and judge not in names else []
    return " + ".join(names) if len(names) == 2 else f"{len(names)} endpoints"


def _place(endpoint: str) -> str:
    """An endpoint in a word: its name, or the host of its address."""
    name = clean(endpoint)
    return (urlsplit(name).netloc or name) if "://" in name else name


def asked(debate: Debate) -> dict[str, str]:
    """With what each voice of the council is asked, by voice, where that is not the same for all: its model, and its
    endpoint where these differ."""
    seats = debate.council
    if len({(s.endpoint, s.model) for s in seats}) < 2:
        return {}
    several = len({s.endpoint for s in seats}) > 1
    return {
        s.voice: " ".join([clean(s.model), *([f"@ {_place(s.endpoint)}"] if several else [])]).strip() for s in seats
    }


def stage(debate: Debate) -> str:
    """`frame`, `openings`, `rebuttal 1 of 2`, `replies`, `verdict`, `discussion`."""
    if debate.verdict and debate.comment and not debate.judging and debate.outcome == "running":
        return "discussion"
    if debate.verdict or debate.judging:
        return "verdict"
    if debate.replies:
        return "replies"
    if debate.round < 0 and debate.depth != "quick" and debate.framing.settled is None:
        return "frame"
    if debate.round > 0:
        return f"rebuttal {debate.round} of {max(debate.rounds_wanted, debate.round)}"
    return "openings"


def amount(tokens: int) -> str:
    """`640`, `6.1k`, `1.2M`."""
    for limit, divisor, unit in ((1_000, 1, ""), (1_000_000, 1_000, "k"), (10**12, 1_000_000, "M")):
        if tokens < limit:
            return f"{tokens / divisor:.1f}{unit}" if unit else str(tokens)
    return f"{tokens:.0e}"
