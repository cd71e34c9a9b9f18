"""The facts of a debate as frozen values. Knows no clock, no file, no fold and no JSON (`jsonform.py`).

A debate is the list of its events, numbered from 1 without gaps. Everything that is shown, saved, replayed or
exported is folded from them (`debate.py`). An event is made by its maker without number, time and debate; the
log (`log.py`) stamps these three when it appends.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal, TypeAlias

from upverdict.core.rulings import Ruling
from upverdict.core.values import Named, Simple

Round: TypeAlias = Literal["opening", "rebuttal", "reply", "discussion"]
Depth: TypeAlias = Literal["quick", "standard", "thorough"]
FrameKind: TypeAlias = Literal["settled", "contested", "values", "unsafe"]
Act: TypeAlias = Literal["refute", "narrow", "concede"]
Part: TypeAlias = Literal["headline", "decision", "quote", "claims"]
About: TypeAlias = Literal["comment", "finding"]

USER = "you"
"""The voice of the person: the fifth, with the letter `Y`."""
USER_LETTER = "Y"


class Seat(Simple):
    """One persona as it was when the debate began: an edited file never rewrites history.

    `prompt` is the persona file's body; `model` is empty where the endpoint chooses its own; `search`: it may use the
    endpoint's search, if that has one.
    """

    voice: str
    letter: str
    name: str
    tagline: str
    colour: str
    prompt: str
    endpoint: str
    model: str
    search: bool = False


class Usage(Simple):
    """Tokens of one request, as the endpoint counted them, and how often it searched."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    searches: int = 0

    @property
    def read(self) -> int:
        """Tokens of the prompt, wherever they were read from."""
        return self.input + self.cache_read + self.cache_write

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.searches + other.searches,
        )


class Fault(Simple):
    """Why something failed, in words for a person, never with a key in them.

    `kind` is one of `faults.FAULTS`; `transient` says whether asking again can help.
    """

    kind: str
    message: str
    transient: bool = False


class Source(Simple):
    """What statements can cite. `id` counts from "1" and is the mark in their text.

    `kind` says how it came in: the user named a `page`, a `file` or an earlier `debate`, whose verdict it then is; or
    an endpoint's `search` found it. `text` is what the council reads of it; empty where only the endpoint has read it.
    `status` is `cut` where the text was too long.
    """

    id: str
    url: str
    title: str
    kind: Literal["page", "file", "search", "debate"]
    status: Literal["read", "cut", "found"] = "found"
    text: str = ""


class Result(Simple):
    """One line of what a search found."""

    url: str
    title: str


class Frame(Simple):
    """How the council understands the question. `options` are two to four; something else is always open besides.

    `help` is what can be given to a person whose question is `unsafe`, and is not argued.
    """

    restatement: str
    presuppositions: tuple[str, ...]
    options: tuple[str, ...]
    kind: FrameKind
    help: str = ""


class Move(Simple):
    """What a rebuttal does to a claim, as its voice says itself. `target` is a voice.

    `sentence` is where code found the quote in the target's words; empty: nowhere.
    """

    target: str
    quote: str
    act: Act
    why: str = ""
    sentence: str = ""


class Ballot(Simple):
    """Where a voice stands after a statement, as it says itself. `confidence` is 0 to 100.

    `option` is one of the frame's, or the voice's own words; `moved_by` another voice's sentence, or empty.
    """

    option: str
    confidence: int
    crux: str = ""
    moves: tuple[Move, ...] = ()
    change_if: str = ""
    moved_by: str = ""


class Revisit(Simple):
    """When a verdict is to be looked at again: on a day (`when`, an ISO date, or empty), or if `fact` comes about, in
    the user's own words; with both, the day is when to look whether it has.
    """

    when: str = ""
    fact: str = ""


class Event(Named):
    """The header of every event. `at` is UTC, ISO 8601 with milliseconds and `Z`; `seq` 0 means: not appended."""

    KIND: ClassVar[str] = ""
    seq: int = 0
    at: str = ""
    debate: str = ""


class DebateStarted(Event):
    """The question, the council and the rules of this debate. `seed` orders what is shuffled.

    `rebuttals` are what the user ordered to be said, one at each floor. A log of before there were depths is `quick`.
    """

    KIND: ClassVar[str] = "debate_started"
    question: str
    background: str = ""
    council: tuple[Seat, ...]
    judge: Seat
    rounds: int = 1
    seed: int = 0
    rebuttals: tuple[str, ...] = ()
    depth: Depth = "quick"


class FrameAsked(Event):
    """The judge is asked how the question is to be understood."""

    KIND: ClassVar[str] = "frame_asked"
    attempt: int = 1


class FrameDrawn(Event):
    """A frame is proposed: the user may change it before the openings."""

    KIND: ClassVar[str] = "frame_drawn"
    frame: Frame


class FrameSettled(Event):
    """The frame that the council argues in. `by` says whose it is: the `judge`'s as it was drawn, the `user`'s, from a
    `file`, or nobody's (`none`): then `frame` is empty and `note` says why.
    """

    KIND: ClassVar[str] = "frame_settled"
    frame: Frame
    by: Literal["judge", "user", "file", "none"]
    note: str = ""


class FrameFailed(Event):
    """The question could not be framed, since the endpoint could not be asked."""

    KIND: ClassVar[str] = "frame_failed"
    error: Fault


class DebateResumed(Event):
    """A later process took the debate up again: what the latest step still lacks is asked anew."""

    KIND: ClassVar[str] = "debate_resumed"


class StatementStarted(Event):
    """A voice is asked. The same `statement` again, with a higher `attempt`, begins its text anew.

    `number` counts rebuttals; that of a reply is the rebuttal before it, in a discussion the user's comments count.
    `target` is the voice that it was told to answer first.
    """

    KIND: ClassVar[str] = "statement_started"
    voice: str
    round: Round
    number: int
    statement: str
    attempt: int = 1
    target: str = ""


class TextDelta(Event):
    """Words of a statement, cleaned."""

    KIND: ClassVar[str] = "text_delta"
    voice: str
    round: Round
    statement: str
    text: str


class Thinking(Event):
    """A voice has begun to think, and writes nothing for now."""

    KIND: ClassVar[str] = "thinking"
    voice: str
    round: Round
    statement: str


class SearchStarted(Event):
    """The endpoint searches for a voice."""

    KIND: ClassVar[str] = "search_started"
    voice: str
    round: Round
    statement: str
    query: str


class SearchFinished(Event):
    """What the search for `query` came to. `error` says in words why it found nothing; empty where it worked."""

    KIND: ClassVar[str] = "search_finished"
    voice: str
    round: Round
    statement: str
    query: str
    results: tuple[Result, ...] = ()
    error: str = ""


class SourceFound(Event):
    """A source has come into the record: named by the user (then `statement` is empty), or cited for the first time."""

    KIND: ClassVar[str] = "source_found"
    source: Source
    voice: str = ""
    statement: str = ""


class SourceCited(Event):
    """A statement cites a source, behind `after` characters of its text. `quote` is what the source says there, as the
    endpoint proves it; empty where only the voice says so.
    """

    KIND: ClassVar[str] = "source_cited"
    voice: str
    round: Round
    statement: str
    source: str
    after: int
    quote: str = ""


class UsageCounted(Event):
    """What one request used. `statement` is a statement's id, `verdict 1` or `frame`. `model` is the one that really
    answered, `asked` the one that was asked for, where that is not the seat's; `endpoint` was asked, by its name.

    `estimated`: the request ended before the endpoint had counted all of it, and the rest is our own guess. `rates` is
    the price (`prices.Price`, its fields in order) where it is the user's own, or of an endpoint by another name than
    Claude's; empty where list prices count.
    """

    KIND: ClassVar[str] = "usage"
    voice: str
    statement: str
    model: str
    usage: Usage
    endpoint: str = ""
    estimated: bool = False
    rates: tuple[float, ...] = ()
    asked: str = ""


class BallotCast(Event):
    """Where the voice of a statement stands, from the block behind its words. A statement without one is whole too."""

    KIND: ClassVar[str] = "ballot_cast"
    voice: str
    round: Round
    statement: str
    ballot: Ballot


class StatementFinished(Event):
    """A statement is whole, or cut off by a limit (`partial`). `sentences` are spans of its text, in characters."""

    KIND: ClassVar[str] = "statement_finished"
    voice: str
    round: Round
    statement: str
    sentences: tuple[tuple[int, int], ...]
    stop_reason: str = "end_turn"
    partial: bool = False


class StatementFailed(Event):
    """A voice could not finish; what it had said is kept, with its sentences."""

    KIND: ClassVar[str] = "statement_failed"
    voice: str
    round: Round
    statement: str
    sentences: tuple[tuple[int, int], ...] = ()
    error: Fault


class StatementStopped(Event):
    """The user stopped a voice; what it had said is kept, with its sentences."""

    KIND: ClassVar[str] = "statement_stopped"
    voice: str
    round: Round
    statement: str
    sentences: tuple[tuple[int, int], ...] = ()


class Retrying(Event):
    """An attempt failed in a way that can pass; the next one starts in `delay` seconds, or when the user says so.

    `statement` is a statement's id, `verdict 1` or `frame`.
    """

    KIND: ClassVar[str] = "retrying"
    voice: str
    statement: str
    attempt: int
    delay: float
    error: Fault


class RetryRequested(Event):
    """The user asks a voice again that failed or was stopped in the round that is open."""

    KIND: ClassVar[str] = "retry_requested"
    voice: str
    statement: str


class FloorOpened(Event):
    """The pause in which the user may speak, after the round with this `number` (0: the openings)."""

    KIND: ClassVar[str] = "floor_opened"
    number: int


class FloorClosed(Event):
    """The debate goes on: the user spoke, passed, called the verdict, or `auto` never waits.

    `cost`: closed as it was, the verdict is next all the same, since the limit of costs has no room for more rounds.
    """

    KIND: ClassVar[str] = "floor_closed"
    number: int
    reason: Literal["spoke", "passed", "verdict", "auto", "cost"]


class UserSpoke(Event):
    """The fifth voice. Every voice answers it in the round `answered_in`."""

    KIND: ClassVar[str] = "user_spoke"
    statement: str
    text: str
    sentences: tuple[tuple[int, int], ...]
    answered_in: int


class VerdictStarted(Event):
    """The judge begins version `version`. `cause` says why: `debate`, or what the user said after it (`Y3`).

    `look` counts how often the judge rules on the same debate before there is a verdict.
    """

    KIND: ClassVar[str] = "verdict_started"
    version: int
    cause: str
    attempt: int = 1
    look: int = 1


class VerdictDelta(Event):
    """A piece of the ruling as it forms, vetted by code already: a proven quote, a sentence without figures of its own.

    `part` is `headline`, `decision`, `quote` (then `voice`, `statement` and `start` place it) or `claims`: how many of
    them wait for their check.
    """

    KIND: ClassVar[str] = "verdict_delta"
    version: int
    text: str
    part: Part = "decision"
    voice: str = ""
    statement: str = ""
    start: int = 0


class VerdictRuled(Event):
    """A verdict, proven by code."""

    KIND: ClassVar[str] = "verdict_ruled"
    version: int
    ruling: Ruling


class VerdictFailed(Event):
    """The judge could not rule. No statement is lost: `continue` asks for the verdict alone."""

    KIND: ClassVar[str] = "verdict_failed"
    version: int
    error: Fault


class VerdictUpheld(Event):
    """The judge looked again, as version `version`, and found nothing new to rule on: `stands` is still the verdict."""

    KIND: ClassVar[str] = "verdict_upheld"
    version: int
    stands: int


class CommentAdded(Event):
    """What the user said after the verdict, as a statement of the fifth voice.

    A `comment` is answered by the voices that it concerns; a `finding` is what the user found out about `fact`, one of
    what would flip the verdict, and goes to the judge alone. `number` counts them from 1.
    """

    KIND: ClassVar[str] = "comment_added"
    text: str
    statement: str
    sentences: tuple[tuple[int, int], ...]
    number: int
    about: About = "comment"
    fact: str = ""


class DebateFinished(Event):
    """A verdict was reached."""

    KIND: ClassVar[str] = "debate_finished"


class DebateInterrupted(Event):
    """The user left before the verdict. What was said is kept and can be continued."""

    KIND: ClassVar[str] = "debate_interrupted"


class DebateFailed(Event):
    """The debate ended without a verdict. What was said is kept and can be continued."""

    KIND: ClassVar[str] = "debate_failed"
    error: Fault


class DebateTagged(Event):
    """The tags of the debate: all of them, sorted, as `shelving.tag` writes them."""

    KIND: ClassVar[str] = "debate_tagged"
    tags: tuple[str, ...]


class DebateRenamed(Event):
    """What the user calls the debate; empty: by its question again."""

    KIND: ClassVar[str] = "debate_renamed"
    title: str


class DebateNoted(Event):
    """The user's note about the debate, whole."""

    KIND: ClassVar[str] = "debate_noted"
    text: str


class DebateArchived(Event):
    """The debate is put away, out of the list, or taken back into it."""

    KIND: ClassVar[str] = "debate_archived"
    archived: bool


class ChoiceMade(Event):
    """What the user decided in the end."""

    KIND: ClassVar[str] = "choice_made"
    text: str


class OutcomeTold(Event):
    """How what the user decided turned out."""

    KIND: ClassVar[str] = "outcome_told"
    text: str


class RevisitSet(Event):
    """When the verdict is to be looked at again: all conditions; none: never."""

    KIND: ClassVar[str] = "revisit_set"
    conditions: tuple[Revisit, ...]


SHELVING = (DebateTagged, DebateRenamed, DebateNoted, DebateArchived, ChoiceMade, OutcomeTold, RevisitSet)
"""What is no part of the argument: the user's keeping of the debate, which may come at any time, also long after its
end. Each holds the whole new value and changes nothing but that (`folded.Shelf`)."""

KINDS: Mapping[str, type[Event]] = MappingProxyType({kind.KIND: kind for kind in Event.__subclasses__()})
"""Every kind of event by its name on the wire."""


class Unknown(Event):
    """What a newer program wrote into a file and this one does not understand: it changes nothing, but has its number.

    `name` is its kind, `body` the JSON of its own fields. Behind `KINDS`: nothing makes one but a reader of such files.
    """

    name: str
    body: str
