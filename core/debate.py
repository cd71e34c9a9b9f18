"""The fold: a debate as its events tell it. No I/O, no clock, no decision about what comes next (`protocol.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from upverdict.core import events as ev
from upverdict.core.text import Span
from upverdict.core.text import sentences as split

State = Literal["running", "interrupted", "finished", "failed"]
StatementState = Literal["asked", "writing", "retrying", "finished", "partial", "failed"]

LIVE: frozenset[StatementState] = frozenset({"asked", "writing", "retrying"})
"""The states in which a voice still has the word."""

NO_ROUND = -1
"""`Debate.round` before the openings; 0 is the openings, N is rebuttal N."""


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
        self.usage = ev.Usage()
        self.answered_in: int | None = None  # the user's only
        self.earlier: list[str] = []
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

    def _restart(self, attempt: int) -> None:
        if self.text:
            self.earlier.append(self.text)
        self._parts = []
        self.spans = ()
        self.state = "asked"
        self.error = None
        self.stop_reason = ""
        self.wanted = False
        self.attempt = attempt

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self.state = "writing"

    def _end(self, state: StatementState, spans: tuple[Span, ...], stop_reason: str = "") -> None:
        if self.kept is not self.text:
            self._parts = [self.earlier.pop()]
        self.state = state if self.text.strip() or state == "finished" else "failed"
        self.spans = spans
        self.stop_reason = stop_reason

    def document(self) -> dict[str, ev.Json]:
        """Its part of the document (design.md). A live statement is `partial`: it is what was said so far."""
        state = {"finished": "finished", "failed": "failed"}.get(self.state, "partial")
        doc: dict[str, ev.Json] = {
            "id": self.id,
            "voice": self.voice,
            "round": self.round,
            "number": self.number,
            "state": state,
            "text": self.text,
            "sentences": [{"id": i, "text": t} for i, t in self.sentences],
            "moves": [],
            "model": self.model,
            "usage": ev.plain(self.usage),
            "error": ev.plain(self.error) if self.error else None,
            "stop_reason": self.stop_reason,
            "attempt": self.attempt,
            "earlier": list(self.earlier),
        }
        if self.answered_in is not None:
            doc["answered_in"] = self.answered_in
        return doc


class Verdict:
    """One version of the ruling: `ruling` is None while the judge is at it, or failed at it."""

    def __init__(self, version: int, cause: str) -> None:
        self.version = version
        self.cause = cause
        self.attempt = 0
        self.live = False
        self.ruling: ev.Ruling | None = None
        self.error: ev.Fault | None = None
        self.retry_delay = 0.0
        self.model = ""
        self.usage = ev.Usage()
        self.draft = ""


class Debate:
    """All that a log tells. Fed by `apply`, in the order of the events; never changed otherwise."""

    def __init__(self) -> None:
        self.id = ""
        self.question = ""
        self.background = ""
        self.council: tuple[ev.Seat, ...] = ()
        self.judge: ev.Seat | None = None
        self.rounds = 1
        self.seed = 0
        self.created_at = ""
        self.updated_at = ""
        self.seq = 0
        self.round = NO_ROUND
        self.statements: dict[str, Statement] = {}
        self.verdicts: list[Verdict] = []
        self.floor: int | None = None  # the number of the round after which the floor is open now
        self.floors_closed: dict[int, str] = {}
        self.verdict_called = False
        self.ordered: list[str] = []  # what the user has ordered to be said and is not said yet
        self.discussion: list[tuple[str, str]] = []  # (text, at)
        self.outcome: State = "running"
        self.error: ev.Fault | None = None
        self.usage = ev.Usage()

    @classmethod
    def fold(cls, events: Iterable[ev.Event]) -> Debate:
        debate = cls()
        for event in events:
            debate.apply(event)
        return debate

    # -- reading ------------------------------------------------------------------------------------------------

    def seat(self, voice: str) -> ev.Seat:
        """The seat of a voice of the council, or the judge's.

        Raises KeyError for anybody else, the user too.
        """
        seats = [*self.council, self.judge] if self.judge else self.council
        for seat in seats:
            if seat.voice == voice:
                return seat
        raise KeyError(voice)

    def name(self, voice: str) -> str:
        return "You" if voice == ev.USER else self.seat(voice).name

    def letter(self, voice: str) -> str:
        return ev.USER_LETTER if voice == ev.USER else self.seat(voice).letter

    def of(self, voice: str) -> list[Statement]:
        return [s for s in self.statements.values() if s.voice == voice]

    def in_round(self, number: int) -> dict[str, Statement]:
        """The council's statements in the openings (0) or in rebuttal `number`, by voice."""
        return {
            s.voice: s
            for s in self.statements.values()
            if s.round in ("opening", "rebuttal") and s.number == number and s.voice != ev.USER
        }

    @property
    def heard(self) -> tuple[str, ...]:
        """The voices of the council that said something in any round."""
        return tuple(s.voice for s in self.council if any(st.spoken for st in self.of(s.voice)))

    @property
    def user_spoke(self) -> bool:
        return any(s.voice == ev.USER for s in self.statements.values())

    @property
    def unanswered(self) -> list[Statement]:
        """What the user said and no round has taken up yet."""
        return [s for s in self.statements.values() if s.answered_in is not None and s.answered_in > self.round]

    @property
    def rounds_wanted(self) -> int:
        """Rebuttal rounds in all: those ordered, and one more where the user spoke last."""
        return max([self.rounds, *(s.answered_in or 0 for s in self.statements.values())])

    @property
    def verdict(self) -> Verdict | None:
        """The latest verdict that was reached."""
        return next((v for v in reversed(self.verdicts) if v.ruling), None)

    @property
    def judging(self) -> Verdict | None:
        """The verdict at which the judge is now."""
        return next((v for v in self.verdicts if v.live), None)

    def passages(self, voices: Iterable[str] | None = None) -> Iterator[tuple[Statement, str, str]]:
        """Every numbered sentence that was said: the statement, the sentence's id, its words."""
        wanted = None if voices is None else set(voices)
        for statement in self.statements.values():
            if statement.spoken and (wanted is None or statement.voice in wanted):
                for id, words in statement.sentences:
                    yield statement, id, words

    # -- folding ------------------------------------------------------------------------------------------------

    def apply(self, event: ev.Event) -> None:
        """Fold one event in.

        Raises ValueError when its number does not follow the last one, so that the log has a gap, and KeyError when it
        speaks of a statement or a verdict that was never begun.
        """
        if event.seq != self.seq + 1:
            raise ValueError(f"event {event.seq} of debate {event.debate} does not follow {self.seq}")
        self._fold(event)
        self.seq = event.seq
        self.updated_at = event.at

    def _fold(self, event: ev.Event) -> None:
        match event:
            case ev.TextDelta():
                self.statements[event.statement]._write(event.text)
            case ev.StatementStarted() | ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
                self._statement(event)
            case ev.Retrying():
                self._retrying(event)
            case ev.RetryRequested():
                self.statements[event.statement].wanted = True
                self._reopen()
            case ev.UserSpoke():
                self._user(event)
            case ev.UsageCounted():
                self._count(event)
            case ev.FloorOpened():
                self.floor = event.number
            case ev.FloorClosed():
                self.floor = None
                self.floors_closed[event.number] = event.reason
                self.verdict_called = event.reason == "verdict"
            case ev.VerdictStarted() | ev.VerdictDelta() | ev.VerdictRuled() | ev.VerdictFailed():
                self._verdict(event)
            case ev.CommentAdded():
                self.discussion.append((event.text, event.at))
            case ev.DebateStarted():
                self._start(event)
            case ev.DebateResumed():
                self._resume()
            case ev.DebateFinished():
                self.outcome = "finished"
            case ev.DebateInterrupted():
                self.outcome = "interrupted"
            case ev.DebateFailed():
                self.outcome = "failed"
                self.error = event.error

    def _start(self, event: ev.DebateStarted) -> None:
        self.id = event.debate
        self.question = event.question
        self.background = event.background
        self.council = event.council
        self.judge = event.judge
        self.rounds = event.rounds
        self.seed = event.seed
        self.ordered = list(event.rebuttals)
        self.created_at = event.at

    def _statement(
        self, event: ev.StatementStarted | ev.StatementFinished | ev.StatementFailed | ev.StatementStopped
    ) -> None:
        if isinstance(event, ev.StatementStarted):
            statement = self.statements.get(event.statement)
            if statement is None:
                statement = Statement(event.statement, event.voice, event.round, event.number)
                self.statements[event.statement] = statement
            statement._restart(event.attempt)
            if event.round in ("opening", "rebuttal"):
                self.round = max(self.round, event.number)
            return
        statement = self.statements[event.statement]
        match event:
            case ev.StatementFinished():
                statement._end("partial" if event.partial else "finished", event.sentences, event.stop_reason)
            case ev.StatementFailed():
                statement._end("partial", event.sentences)
                statement.error = event.error
            case ev.StatementStopped():
                statement._end("partial", event.sentences, "stopped")

    def _user(self, event: ev.UserSpoke) -> None:
        statement = Statement(event.statement, ev.USER, "rebuttal", event.answered_in)
        statement._write(event.text)
        statement._end("finished", event.sentences)
        statement.answered_in = event.answered_in
        self.statements[event.statement] = statement
        self.verdict_called = False
        if event.text in self.ordered:
            self.ordered.remove(event.text)
        if (verdict := self.judging) is not None:  # the judge waits until the council has answered
            verdict.live = False

    def _retrying(self, event: ev.Retrying) -> None:
        target = self._asked(event.statement)
        target.error = event.error
        target.retry_delay = event.delay
        if isinstance(target, Statement):
            target.state = "retrying"

    def _asked(self, id: str) -> Statement | Verdict:
        if id in self.statements:
            return self.statements[id]
        return {verdict_id(v.version): v for v in self.verdicts}[id]

    def _count(self, event: ev.UsageCounted) -> None:
        self.usage += event.usage
        target = self._asked(event.statement)
        target.usage += event.usage
        target.model = event.model

    def _verdict(self, event: ev.VerdictStarted | ev.VerdictDelta | ev.VerdictRuled | ev.VerdictFailed) -> None:
        verdict = next((v for v in self.verdicts if v.version == event.version), None)
        if verdict is None:
            verdict = Verdict(event.version, "")
            self.verdicts.append(verdict)
        match event:
            case ev.VerdictStarted():
                verdict.cause = event.cause
                verdict.attempt = event.attempt
                verdict.live = True
                verdict.error = None
                verdict.draft = ""
            case ev.VerdictDelta():
                verdict.draft += event.text
            case ev.VerdictRuled():
                verdict.live = False
                verdict.ruling = event.ruling
            case ev.VerdictFailed():
                verdict.live = False
                verdict.error = event.error

    def _resume(self) -> None:
        """What a dead process left unfinished in the latest round, and what failed there, is wanted again."""
        self._reopen()
        for statement in self.in_round(self.round).values():
            if statement.live:
                statement._end("partial", ())
                statement.wanted = True
            elif statement.error is not None or statement.state == "failed":
                statement.wanted = True
        for verdict in self.verdicts:
            verdict.live = False
            verdict.error = None

    def _reopen(self) -> None:
        self.outcome = "running"
        self.error = None


def verdict_id(version: int) -> str:
    """How usage and retries name a verdict where a statement's id stands otherwise."""
    return f"verdict {version}"
