"""The fold: a debate as its events tell it. No I/O, no clock, no decision about what comes next (`protocol.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from upverdict.core import events as ev
from upverdict.core.folded import (
    FRAME_ID,
    Citation,
    Comment,
    Forming,
    Framing,
    Search,
    Shelf,
    Spent,
    Statement,
    Verdict,
    verdict_id,
)

State = Literal["running", "interrupted", "finished", "failed"]

NO_ROUND = -1
"""`Debate.round` before the openings; 0 is the openings, N is rebuttal N."""


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
        self.depth: ev.Depth = "quick"
        self.framing = Framing()
        self.comments: list[Comment] = []
        self.outcome: State = "running"
        self.error: ev.Fault | None = None
        self.usage = ev.Usage()
        self.spent: list[Spent] = []
        self.sources: dict[str, ev.Source] = {}
        self.shelf = Shelf()

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

    @property
    def title(self) -> str:
        """What it is called: as the user has named it, else by its question."""
        return self.shelf.title or self.question

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
    def replies(self) -> dict[str, Statement]:
        """The council's replies, by voice."""
        return {s.voice: s for s in self.statements.values() if s.round == "reply"}

    def answers(self, comment: Comment) -> dict[str, Statement]:
        """What the council said to a comment, by voice."""
        said = (s for s in self.statements.values() if s.round == "discussion" and s.voice != ev.USER)
        return {s.voice: s for s in said if s.number == comment.number}

    @property
    def frame(self) -> ev.Frame | None:
        """The frame that the council argues in; None where the question stands as it was asked."""
        settled = self.framing.settled
        return settled.frame if settled and settled.by != "none" else None

    @property
    def comment(self) -> Comment | None:
        """The comment that the council or the judge is at, or would be: the first that has led to no verdict yet."""
        return next((c for c in self.comments if not c.settled), None)

    @property
    def latest(self) -> dict[str, Statement]:
        """The council's statements of the round in which the debate stands, by voice."""
        if self.verdict is not None:
            return self.answers(self.comment) if self.comment else {}
        replies = {voice: s for voice, s in self.replies.items() if s.number == self.round}
        return replies or self.in_round(self.round)

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

    def cited_by(self, source: str) -> list[str]:
        """The ids of the statements that cite a source."""
        return [s.id for s in self.statements.values() if any(c.source == source for c in s.citations)]

    def stand_in(self, voice: str, model: str, asked: str = "") -> str:
        """The model that answered for a voice, where it is not the one that was asked for; empty where it is.

        `asked` is that of the request, where it is another than the seat's.
        """
        asked = asked or self.seat(voice).model
        return model if asked and model and not _same_model(asked, model) else ""

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
        if isinstance(event, ev.SHELVING):
            self.shelf._apply(event)
        else:
            self._fold(event)
            self.updated_at = event.at
        self.seq = event.seq

    def _fold(self, event: ev.Event) -> None:
        match event:
            case ev.TextDelta():
                self.statements[event.statement]._write(event.text)
            case ev.StatementStarted() | ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
                self._statement(event)
            case ev.Thinking() | ev.SearchStarted() | ev.SearchFinished() | ev.SourceCited() | ev.SourceFound():
                self._reading(event)
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
                self.verdict_called = event.reason in ("verdict", "cost")
            case ev.VerdictStarted() | ev.VerdictDelta() | ev.VerdictRuled() | ev.VerdictFailed() | ev.VerdictUpheld():
                self._verdict(event)
            case ev.BallotCast():
                self.statements[event.statement].ballot = event.ballot
            case ev.FrameAsked() | ev.FrameDrawn() | ev.FrameSettled() | ev.FrameFailed():
                self._frame(event)
            case ev.CommentAdded():
                self._comment(event)
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
        self.depth = event.depth
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
            statement.target = event.target
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

    def _reading(
        self, event: ev.Thinking | ev.SearchStarted | ev.SearchFinished | ev.SourceCited | ev.SourceFound
    ) -> None:
        """What a voice does before it writes, and what it cites."""
        if isinstance(event, ev.SourceFound):
            self.sources[event.source.id] = event.source
            return
        statement = self.statements[event.statement]
        match event:
            case ev.Thinking():
                statement.state = "thinking"
            case ev.SearchStarted():
                statement.state = "searching"
                statement.searches.append(Search(event.query))
            case ev.SearchFinished():
                statement._searched(event)
            case ev.SourceCited():
                statement.citations.append(Citation(event.source, event.after, event.quote))

    def _frame(self, event: ev.FrameAsked | ev.FrameDrawn | ev.FrameSettled | ev.FrameFailed) -> None:
        framing = self.framing
        framing.live = isinstance(event, ev.FrameAsked)
        match event:
            case ev.FrameAsked():
                framing.attempt = event.attempt
                framing.error = None
            case ev.FrameDrawn():
                framing.proposal = event.frame
                framing.error = None
            case ev.FrameSettled():
                framing.settled = event
            case ev.FrameFailed():
                framing.error = event.error

    def _comment(self, event: ev.CommentAdded) -> None:
        statement = self._said(event.statement, "discussion", event.number, event.text, event.sentences)
        self.comments.append(Comment(statement, self.verdict.version if self.verdict else 0, event))
        self._reopen()

    def _said(
        self, id: str, round: ev.Round, number: int, text: str, sentences: tuple[tuple[int, int], ...]
    ) -> Statement:
        """A statement of the user's: whole as soon as it is sent."""
        statement = Statement(id, ev.USER, round, number)
        statement._write(text)
        statement._end("finished", sentences)
        self.statements[id] = statement
        return statement

    def _user(self, event: ev.UserSpoke) -> None:
        statement = self._said(event.statement, "rebuttal", event.answered_in, event.text, event.sentences)
        statement.answered_in = event.answered_in
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

    def _asked(self, id: str) -> Statement | Verdict | Framing:
        if id in self.statements:
            return self.statements[id]
        if id == FRAME_ID:
            return self.framing
        return {verdict_id(v.version): v for v in self.verdicts}[id]

    def _count(self, event: ev.UsageCounted) -> None:
        self.usage += event.usage
        self.spent.append(
            Spent(
                event.endpoint,
                event.model,
                event.usage,
                event.statement,
                event.voice,
                event.estimated,
                event.rates,
            )
        )
        target = self._asked(event.statement)
        target.usage += event.usage
        target.model = event.model
        target.asked = event.asked

    def _verdict(
        self, event: ev.VerdictStarted | ev.VerdictDelta | ev.VerdictRuled | ev.VerdictFailed | ev.VerdictUpheld
    ) -> None:
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
                verdict.look = event.look
                verdict.forming = Forming()
            case ev.VerdictDelta():
                verdict.forming.add(event)
            case ev.VerdictRuled():
                verdict.live = False
                verdict.ruling = event.ruling
                for comment in self.comments:
                    if comment.statement.id == verdict.cause:
                        comment.version = verdict.version
            case ev.VerdictFailed():
                verdict.live = False
                verdict.error = event.error
            case ev.VerdictUpheld():
                self.verdicts.remove(verdict)
                for comment in self.comments:
                    if comment.statement.id == verdict.cause:
                        comment.upheld = True

    def _resume(self) -> None:
        """What a dead process left unfinished in the latest round, and what failed there, is wanted again."""
        self._reopen()
        self.framing.live = False
        self.framing.error = None
        for statement in self.latest.values():
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


def _same_model(asked: str, answered: str) -> bool:
    """Whether two names are of one model: routers put a provider before a name, Ollama a tag behind it, and a date or
    a build behind it says more of the same.
    """
    one, other = (name.lower().rpartition("/")[2].removesuffix(":latest") for name in (asked, answered))
    return one == other or other.startswith(f"{one}-")
