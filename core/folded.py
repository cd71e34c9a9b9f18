"""The pieces of a folded debate: statements, verdicts, the frame, comments, the shelf. Only the fold (`debate.py`)
changes them.
"""

from __future__ import annotations

from typing import Literal

from upverdict.core import events as ev
from upverdict.core import jsonform, rulings
from upverdict.core.text import Span
from upverdict.core.text import sentences as split
from upverdict.core.values import Simple

StatementState = Literal["asked", "thinking", "searching", "writing", "retrying", "finished", "partial", "failed"]

LIVE: frozenset[StatementState] = frozenset({"asked", "thinking", "searching", "writing", "retrying"})
"""The states in which a voice still has the word."""


class Spent(Simple):
    """What one request used, where, and for which `statement` of which voice. `endpoint` is empty in a log of before it
    was noted; the other fields are those of `UsageCounted`.
    """

    endpoint: str
    model: str
    usage: ev.Usage
    statement: str = ""
    voice: str = ""
    estimated: bool = False
    rates: tuple[float, ...] = ()


class Citation(Simple):
    """A mark in a statement: behind `after` characters, for the source with this id. `quote`: see `SourceCited`."""

    source: str
    after: int
    quote: str = ""


class Search(Simple):
    """One search of a voice's: `results` is None while it runs. `error` says in words why it found nothing."""

    query: str
    results: tuple[ev.Result, ...] | None = None
    error: str = ""


class Attempt(Simple):
    """What was said, cited and looked up in an attempt that was not the last."""

    text: str
    citations: tuple[Citation, ...] = ()
    searches: tuple[Search, ...] = ()


class Statement:
    """What one voice said in one round. `text` grows as deltas come; `earlier` keeps what attempts before had said.

    An attempt that ends without a word takes up the last one that had some.
    """

    def __init__(self, id: str, voice: str, round: ev.Round, number: int) -> None:
        self.id = id
        self.voice = voice
        self.round = round
        self.number = number
        self.state: StatementState = "asked"
        self.attempt = 0
        self.spans: tuple[Span, ...] = ()
        self.stop_reason = ""
        self.error: ev.Fault | None = None
        self.retry_delay = 0.0
        self.wanted = False  # asked for again, by the user or by a resume
        self.model = ""
        self.asked = ""
        self.usage = ev.Usage()
        self.answered_in: int | None = None  # the user's only
        self.target = ""  # whom it was told to answer first
        self.ballot: ev.Ballot | None = None
        self.earlier: list[str] = []
        self.citations: list[Citation] = []
        self.searches: list[Search] = []
        self._cited_earlier: list[list[Citation]] = []  # beside `earlier`
        self._searched_earlier: list[int] = []  # how many of the searches there were when each of `earlier` was over
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def kept(self) -> str:
        """Its words, or those of the last attempt that had any: what was shown stays said."""
        return self.text if self.text.strip() or not self.earlier else self.earlier[-1]

    @property
    def cited(self) -> list[Citation]:
        """The marks in `kept`."""
        return self.citations if self.kept is self.text or not self._cited_earlier else self._cited_earlier[-1]

    @property
    def attempts_before(self) -> list[Attempt]:
        """Beside `earlier`: what each of these attempts had said, with what belongs to it."""
        begins = [0, *self._searched_earlier]
        return [
            Attempt(text, tuple(self._cited_earlier[n]), tuple(self.searches[begins[n] : begins[n + 1]]))
            for n, text in enumerate(self.earlier)
        ]

    @property
    def own_searches(self) -> list[Search]:
        """The searches of the attempt whose words these are."""
        return self.searches[self._searched_earlier[-1] :] if self._searched_earlier else self.searches

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def spoken(self) -> bool:
        """Whether it has words that others may read: a whole or partial statement that is over."""
        return self.state in ("finished", "partial") and bool(self.text.strip())

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """The numbered sentences: `("B1.3", words)`. Those of a statement that never ended are split here."""
        text = self.text
        return [(f"{self.id}.{n}", text[a:b]) for n, (a, b) in enumerate(self.spans or split(text), 1)]

    def sentence_of(self, after: int) -> int:
        """The index of the sentence to which a mark behind `after` characters of the text belongs: the one that it
        stands in or ends; at the beginning of a line, the one that begins there. -1 where there is none.
        """
        spans = self.spans or split(self.text)
        inside = (n for n, (begin, end) in enumerate(spans) if begin < after <= end)
        behind = (n for n, (begin, _) in enumerate(spans) if begin >= after)
        return next(inside, next(behind, len(spans) - 1))

    def _restart(self, attempt: int) -> None:
        if self.text:
            self.earlier.append(self.text)
            self._cited_earlier.append(self.citations)
            self._searched_earlier.append(len(self.searches))
        self._parts = []
        self.citations = []
        self._close_searches()
        self.spans = ()
        self.state = "asked"
        self.error = None
        self.stop_reason = ""
        self.wanted = False
        self.ballot = None
        self.attempt = attempt

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self.state = "writing"

    def _searched(self, event: ev.SearchFinished) -> None:
        """The oldest search of this query that still runs is over; the model reads what it found."""
        running = (n for n, s in enumerate(self.searches) if s.results is None and s.query == event.query)
        done = Search(event.query, event.results, event.error)
        if (n := next(running, None)) is None:
            self.searches.append(done)
        else:
            self.searches[n] = done
        self.state = "thinking"

    def _close_searches(self) -> None:
        for n, search in enumerate(self.searches):
            if search.results is None:
                self.searches[n] = Search(search.query, (), "it was broken off")

    def _end(self, state: StatementState, spans: tuple[Span, ...], stop_reason: str = "") -> None:
        if self.kept is not self.text:
            self._parts = [self.earlier.pop()]
            self.citations = self._cited_earlier.pop()
            self._searched_earlier.pop()
        self._close_searches()
        self.state = state if self.text.strip() or state == "finished" else "failed"
        self.spans = spans
        self.stop_reason = stop_reason

    def document(self) -> dict[str, jsonform.Json]:
        """Its part of the document (design.md). A live statement is `partial`: it is what was said so far."""
        state = {"finished": "finished", "failed": "failed"}.get(self.state, "partial")
        doc: dict[str, jsonform.Json] = {
            "id": self.id,
            "voice": self.voice,
            "round": self.round,
            "number": self.number,
            "state": state,
            "text": self.text,
            "sentences": [{"id": i, "text": t} for i, t in self.sentences],
            "target": self.target,
            "moves": jsonform.plain(self.ballot.moves) if self.ballot else [],
            "ballot": _ballot(self.ballot),
            "model": self.model,
            "usage": jsonform.plain(self.usage),
            "error": jsonform.plain(self.error) if self.error else None,
            "stop_reason": self.stop_reason,
            "attempt": self.attempt,
            "earlier": list(self.earlier),
            "citations": jsonform.plain(tuple(self.citations)),
            "searches": jsonform.plain(tuple(self.searches)),
        }
        if self.answered_in is not None:
            doc["answered_in"] = self.answered_in
        return doc


class Forming:
    """What is known already of a ruling that the judge is at."""

    def __init__(self) -> None:
        self.headline = ""
        self.decision = ""
        self.quotes: list[rulings.PullQuote] = []
        self.claims = ""

    def add(self, delta: ev.VerdictDelta) -> None:
        match delta.part:
            case "headline":
                self.headline = delta.text
            case "decision":
                self.decision = f"{self.decision} {delta.text}".strip()
            case "quote":
                end = delta.start + len(delta.text)
                self.quotes.append(rulings.PullQuote(delta.voice, delta.statement, delta.text, delta.start, end))
            case "claims":
                self.claims = delta.text


class Verdict:
    """One version of the ruling: `ruling` is None while the judge is at it, or failed at it."""

    def __init__(self, version: int, cause: str) -> None:
        self.version = version
        self.cause = cause
        self.attempt = 0
        self.live = False
        self.ruling: rulings.Ruling | None = None
        self.error: ev.Fault | None = None
        self.retry_delay = 0.0
        self.model = ""
        self.asked = ""
        self.usage = ev.Usage()
        self.look = 1
        self.forming = Forming()


class Framing:
    """How the question came to be framed. `proposal` waits for the user until it is `settled`."""

    def __init__(self) -> None:
        self.attempt = 0
        self.live = False
        self.proposal: ev.Frame | None = None
        self.settled: ev.FrameSettled | None = None
        self.error: ev.Fault | None = None
        self.retry_delay = 0.0
        self.model = ""
        self.asked = ""
        self.usage = ev.Usage()


class Comment:
    """What the user said after a verdict: `statement` holds the words. `fact` is what a finding is about.

    It is about the verdict with the version `stood`, and led to `version`, or the judge found nothing new in it: then
    the verdict before is `upheld`.
    """

    def __init__(self, statement: Statement, stood: int, event: ev.CommentAdded) -> None:
        self.statement = statement
        self.stood = stood
        self.number = event.number
        self.about = event.about
        self.fact = event.fact
        self.at = event.at
        self.version = 0
        self.upheld = False

    @property
    def settled(self) -> bool:
        return bool(self.version) or self.upheld


class Shelf:
    """How the user keeps the debate, beside what was argued: the latest value of each event of `events.SHELVING`."""

    def __init__(self) -> None:
        self.title = ""
        self.tags: tuple[str, ...] = ()
        self.note = ""
        self.archived = False
        self.choice = ""
        self.choice_at = ""
        self.outcome = ""
        self.outcome_at = ""
        self.revisit: tuple[ev.Revisit, ...] = ()

    @property
    def due(self) -> str:
        """The first day on which the verdict is to be looked at again, as an ISO date; empty where there is none."""
        return min((one.when for one in self.revisit if one.when), default="")

    def _apply(self, event: ev.Event) -> None:
        match event:
            case ev.DebateTagged():
                self.tags = event.tags
            case ev.DebateRenamed():
                self.title = event.title
            case ev.DebateNoted():
                self.note = event.text
            case ev.DebateArchived():
                self.archived = event.archived
            case ev.ChoiceMade():
                self.choice, self.choice_at = event.text, event.at if event.text else ""
            case ev.OutcomeTold():
                self.outcome, self.outcome_at = event.text, event.at if event.text else ""
            case ev.RevisitSet():
                self.revisit = event.conditions


def verdict_id(version: int) -> str:
    """How usage and retries name a verdict where a statement's id stands otherwise."""
    return f"verdict {version}"


FRAME_ID = "frame"
"""How usage and retries name the frame where a statement's id stands otherwise."""


def _ballot(ballot: ev.Ballot | None) -> jsonform.Json:
    """The ballot in the document; its moves stand beside it."""
    if ballot is None:
        return None
    return {name: getattr(ballot, name) for name in ballot.FIELDS if name != "moves"}
