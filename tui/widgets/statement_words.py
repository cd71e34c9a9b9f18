"""How a statement stands on the debate screen, in words and signs. Pure: reads the fold; knows no widget and no clock.

Every state is a sign and a word, so that nothing depends on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from upverdict.core import citing, plain_statement
from upverdict.core import events as ev
from upverdict.core.answering import Replies
from upverdict.core.debate import Debate
from upverdict.core.folded import Comment, Search, Statement
from upverdict.core.text import clean, length_label
from upverdict.tui.keyboard import from_text, key_of
from upverdict.tui.widgets.pane_rows import Above
from upverdict.tui.widgets.plain import count

Style = Literal["note", "warning", "error"]

WAITING, ASKED, THINKING, SEARCHING, WRITING, DONE = "○", "◌", "◔", "⌕", "◐", "●"
CUT, STOPPED, RETRYING, FAILED = "◑", "■", "↻", "✗"
"""One sign a state; all of them are one cell wide in every terminal that has them."""
REFUSED = "refused"
"""The kind of a fault where a model would not answer."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a statement stands: its sign, a word or two for its heading, what to say under its text.

    `looked_up` is what stands between heading and text; `brief` what is counted, where the word has no room (`8 s`).
    """

    sign: str
    word: str
    note: str = ""
    style: Style = "note"
    looked_up: tuple[Above, ...] = ()
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """What only the clock of a live screen knows of a statement. Whole seconds; None where nothing is counted.

    `waited`: how long it is in its state.
    """

    waited: int | None = None
    again_in: int | None = None


NO_MOMENT = Moment()


def heading(statement: Statement) -> str:
    """`OPENING`, `REBUTTAL 1`, `REPLY`, `DISCUSSION 1`; the user's: `BEFORE REBUTTAL 1`, `AFTER THE VERDICT 1`."""
    if statement.voice == ev.USER and statement.round == "discussion":
        return f"AFTER THE VERDICT {statement.number}"
    name = plain_statement.ROUND_NAMES[statement.round].upper()
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
    replayed: bool = False,
) -> Look:
    """How a statement stands. `live`: somebody is at the debate here; `elsewhere`: in another window; `retryable`: `R`
    asks it again; `composing`: the composer has the keys; `replies` is who answered one of the user's; `replayed`: it
    is said once more, and nobody can be asked anything.
    """
    if statement.voice == ev.USER:
        return Look(DONE, length_label(statement.text), *_answered_note(debate, statement, live, replies))
    found = _look(debate, statement, live, retryable, elsewhere, composing, moment, replayed)
    note, style = found.note, found.style
    if other := plain_statement.stood_in(debate, statement.voice, statement.model, statement.asked):
        note, style = f"{other}\n{note}".rstrip(), "error" if style == "error" else "warning"
    above = looked_up(statement.own_searches, live=statement.live)
    return Look(found.sign, found.word, note, style, above, found.brief)


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
    return count(len(search.results), "result") if search.results else "no results"


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
    replayed: bool,
) -> Look:
    """How an advisor's statement stands."""
    if not live and statement.live:
        if elsewhere:
            return Look(WRITING, "under way", "It is being written in another window.")
        words = "Interrupted in mid-sentence." if statement.text else "Interrupted before a word was said."
        return Look(CUT, "unfinished", words)
    again = f" {again_key(composing)} asks again." if retryable else ""
    since = "" if moment.waited is None else f"{moment.waited} s"
    match statement.state:
        case "asked":
            return Look(ASKED, f"waiting {since}".rstrip(), brief=since)
        case "thinking":
            return Look(THINKING, f"thinking {since}".rstrip(), brief=since)
        case "searching":
            return Look(SEARCHING, f"searching {since}".rstrip(), brief=since)
        case "writing":
            return Look(WRITING, "writing")
        case "retrying":
            left = "" if moment.again_in is None else f"{moment.again_in} s"
            note = retry_note(statement.error, moment, composing, replayed)
            return Look(RETRYING, "retrying", note, "warning", brief=left)
        case "finished":
            return Look(DONE, length_label(statement.text), _remarks(debate, statement))
    if statement.error is not None:
        word = "refused" if statement.error.kind == REFUSED else "failed"
        return Look(FAILED, word, plain_statement.end(statement) + again, "error")
    if statement.stop_reason == "stopped":
        words = "You stopped it." if statement.text else "You stopped it before it said anything."
        return Look(STOPPED, "stopped", words + again)
    return Look(CUT, "cut off", sentence(plain_statement.end(statement)) + again, "warning")


def _remarks(debate: Debate, statement: Statement) -> str:
    """What a reader must know of a statement that is whole."""
    return "\n".join(filter(None, (citing.misquoted(debate, statement), plain_statement.no_ballot(debate, statement))))


def _answered_note(debate: Debate, statement: Statement, live: bool, replies: Replies | None) -> tuple[str, Style]:
    """What stands under a statement of the user's: when it is answered, then who did and who dodged."""
    comment = next((c for c in debate.comments if c.statement is statement), None)
    if comment is not None:
        return _comment_note(debate, comment), "note"
    if replies is None:
        due = live and not debate.verdict_called
        return (f"The council answers in rebuttal {statement.answered_in}." if due else ""), "note"
    if not (replies.answered or replies.dodged):
        return "", "note"
    said = f"Answered by {names(debate, replies.answered)}." if replies.answered else ""
    missed = f"No reply from {names(debate, replies.dodged)}." if replies.dodged else ""
    return " ".join(filter(None, (said, missed))), "warning" if missed else "note"


def _comment_note(debate: Debate, comment: Comment) -> str:
    if comment.about == "finding":
        return f"Found out about: {sentence(clean(comment.fact))} The judge alone rules on it."
    spoken = [s.voice for s in debate.answers(comment).values() if s.spoken]
    return f"Answered by {names(debate, spoken)}." if spoken else ""


def names(debate: Debate, voices: Sequence[str]) -> str:
    """`the Builder`, `the Builder and the Skeptic`, `the Builder, the Skeptic and the Researcher`."""
    found = [_inner(clean(debate.name(v))) for v in voices]
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)


def _inner(name: str) -> str:
    """A name as it stands within a sentence."""
    return "the " + name[4:] if name.startswith("The ") else "you" if name == "You" else name


def again_key(composing: bool) -> str:
    """What is pressed to ask somebody again."""
    return from_text("debate.retry") if composing else key_of("debate.retry")


def retry_note(error: ev.Fault | None, moment: Moment, composing: bool, replayed: bool = False) -> str:
    why = error.message if error else "It failed."
    when = "Asked again soon" if moment.again_in is None else f"Again in {seconds(moment.again_in)}"
    return f"{why} {when}" + ("" if replayed else f" · {again_key(composing)}\u00a0now")


def seconds(number: int) -> str:
    """`18 s` for a text that is wrapped: no line ends in it."""
    return f"{number}\u00a0s"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?", "…")) else ".")
