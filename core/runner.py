"""Performs what the protocol asks for: one task a voice, every fact appended to the log. Knows no screen, no SQL.

The runner decides nothing about a debate's order: after each change it asks `protocol.next_step` and does what that
says. Front ends call its commands (`speak`, `pass_floor`, `stop`, …) and read the log.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from upverdict.core import ballots, framing, protocol, quoted, room, small, text
from upverdict.core import events as ev
from upverdict.core.answer import Unreadable
from upverdict.core.blocks import Divider
from upverdict.core.faults import WireError
from upverdict.core.folded import FRAME_ID, verdict_id
from upverdict.core.jsonform import plain
from upverdict.core.lines import Lines
from upverdict.core.log import Log
from upverdict.core.marks import Marks
from upverdict.core.pen import Pen
from upverdict.core.presiding import Presiding
from upverdict.core.retrying import Retries, Waits, given_up
from upverdict.core.taking import Taking
from upverdict.core.till import Till, need_of

LEAD_SECONDS = 15.0
"""So long the others wait for the answer to begin that fills the endpoint's cache for them."""


class Runner:
    """Runs one debate from wherever its log stands to its end."""

    def __init__(
        self,
        log: Log,
        lines: Lines,
        *,
        auto: bool = False,
        rebuttals: Iterable[str] = (),
        retries: Retries | None = None,
        till: Till | None = None,
    ) -> None:
        self.log = log
        self.auto = auto
        self.trouble: ev.Fault | None = None
        self._lines = lines
        self._rebuttals = deque([*log.debate.ordered, *rebuttals])
        self._waits = Waits(log, retries)
        self.till = till or Till(log, lines)
        self._judge = Presiding(log, lines, self._waits, self.till)
        self._changed = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by statement id, or verdict id
        self._stopped: set[str] = set()
        self._begun: dict[str, asyncio.Event] = {}  # by the statement on whose beginning others wait
        self._verdict_wanted = False
        self._leaving = False

    async def run(self) -> None:
        """Go on until there is a verdict, no way on, or an interruption; what was said is in the log in any case."""
        try:
            async with asyncio.TaskGroup() as group:
                while not self._leaving:
                    self._changed.clear()
                    if not self._advance(protocol.next_step(self.log.debate), group):
                        break
                    await self._changed.wait()
                self._cancel_all()
        finally:
            if self.log.debate.outcome == "running":
                self.log.append(ev.DebateInterrupted())

    def _advance(self, step: protocol.Step, group: asyncio.TaskGroup) -> bool:
        """Do one step; False when the debate is over."""
        match step:
            case protocol.AskVoices(asks):
                match self.till.round(asks):
                    case "verdict":
                        self._close_floor(self.log.debate.round, "cost")
                        return True
                    case ev.Fault() as fault:
                        self.log.append(ev.DebateFailed(error=fault))
                        return False
                leads = self._lines.leads(self.log.debate.seat(ask.voice) for ask in asks)
                ahead = {ask.voice: ask.statement for ask in asks if ask.voice in leads.values()}
                self._begun |= {id: asyncio.Event() for id in ahead.values()}
                for ask in asks:
                    self._begin(ask)
                    before = self._begun.get(ahead.get(leads.get(ask.voice, ""), ""))
                    self._spawn(group, ask.statement, self._voice(ask, before))
                self._changed.set()
            case protocol.AskFrame(attempt):
                self.log.append(ev.FrameAsked(attempt=attempt))
                self._spawn(group, FRAME_ID, self._judge.frame())
            case protocol.WaitForFrame():
                proposal = self.log.debate.framing.proposal
                if self.auto or (proposal and proposal.kind == "unsafe"):
                    self.settle_frame()
            case protocol.OpenFloor(number):
                self.log.append(ev.FloorOpened(number=number))
                self._changed.set()
            case protocol.WaitForUser(number):
                self._floor(number)
            case protocol.AskJudge(version, attempt, cause):
                self.log.append(ev.VerdictStarted(version=version, cause=cause, attempt=attempt))
                self._spawn(group, verdict_id(version), self._judge.rule(version))
            case protocol.Fail(error):
                self.log.append(ev.DebateFailed(error=error))
                return False
            case protocol.Finish():
                self.log.append(ev.DebateFinished())
                return False
            case protocol.Rest():
                return False
            case protocol.Wait():
                pass
        return True

    def _floor(self, number: int) -> None:
        """The floor is open: what was ordered beforehand is said now; without it, wait or pass."""
        if self._rebuttals:
            self.speak(self._rebuttals.popleft())
        elif self._verdict_wanted:
            self._close_floor(number, "verdict")
        elif self.auto:
            self._close_floor(number, "auto")

    def _close_floor(self, number: int, reason: str) -> None:
        self._verdict_wanted = False
        self.log.append(ev.FloorClosed(number=number, reason=reason))  # type: ignore[arg-type]
        self._changed.set()

    def _spawn(self, group: asyncio.TaskGroup, id: str, work: object) -> None:
        task: asyncio.Task[None] = group.create_task(work)  # type: ignore[arg-type]
        self._tasks[id] = task
        task.add_done_callback(lambda _: self._ended(id, task))

    def _ended(self, id: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(id) is task:
            del self._tasks[id]
        if begun := self._begun.pop(id, None):  # here, since a task that is cancelled early runs nothing of its own
            begun.set()
        if id in self._stopped:  # said here, since a task that is cancelled before its first step says nothing itself
            self._stopped.discard(id)
            self._say_stopped(id)
        self._changed.set()

    def _say_stopped(self, id: str) -> None:
        statement, judging = self.log.debate.statements.get(id), self.log.debate.judging
        if statement is not None and statement.live:
            self.log.append(
                ev.StatementStopped(
                    voice=statement.voice,
                    round=statement.round,
                    statement=id,
                    sentences=text.sentences(statement.kept),
                )
            )
        elif id == FRAME_ID and self.log.debate.framing.live:
            self.log.append(ev.FrameSettled(frame=framing.NONE, by="none", note=framing.STOPPED))
        elif judging is not None and verdict_id(judging.version) == id:
            fault = ev.Fault("stopped", "You stopped the judge.", True)
            self.log.append(ev.VerdictFailed(version=judging.version, error=fault))

    # -- commands -----------------------------------------------------------------------------------------------

    def settle_frame(self, frame: ev.Frame | None = None) -> None:
        """Go on with the frame that is proposed, or with `frame`, the user's own.

        Raises ValueError with a sentence when the user's is none, or when no frame is waited for.
        """
        framed = self.log.debate.framing
        if framed.settled or framed.proposal is None:
            raise ValueError("The question is not waiting for its frame.")
        if frame is None or frame == framed.proposal:
            self.log.append(ev.FrameSettled(frame=framed.proposal, by="judge"))
        else:
            try:
                own = framing.of(plain(frame))
            except Unreadable as e:
                raise ValueError(str(e)) from e
            self.log.append(ev.FrameSettled(frame=own, by="user"))
        self._changed.set()

    def speak(self, words: str) -> str:
        """The user says something: it stands in the record at once, every voice answers it in the next round.

        Returns the statement's id. Raises ValueError when nothing is said, or when the verdict is reached.
        """
        debate = self.log.debate
        said = text.clean(words).strip()
        if not said:
            raise ValueError("There is nothing to say yet.")
        if not protocol.can_speak(debate):
            raise ValueError("The verdict is in; the council has gone home.")
        event = protocol.user_statement(debate, said, text.sentences(said))
        floor, judging = debate.floor, debate.judging
        self.log.append(event)
        if judging:  # it asks for one more round; the judge will be asked after it
            self._cancel(verdict_id(judging.version))
        self._verdict_wanted = False
        if floor is not None:
            self._close_floor(floor, "spoke")
        self._changed.set()
        return event.statement

    def too_long(self, words: str) -> str:
        """Why these words can't be said: with them, the debate would not fit into the window of a model that is asked.
        Empty where they can.
        """
        return room.too_long(self.log.debate, text.clean(words), self._readers())

    def cut_short(self, words: str) -> str:
        """What a small model does not read of these words, in a sentence; empty where all is read."""
        return room.cut_short(text.clean(words), self._readers())

    def _readers(self) -> list[room.Reader]:
        debate = self.log.debate
        seats = (*debate.council, debate.judge) if debate.judge else debate.council
        return [(seat.name, self._lines.traits(seat)) for seat in seats]

    def pass_floor(self) -> None:
        """The user has nothing to say now."""
        if self.log.debate.floor is not None:
            self._close_floor(self.log.debate.floor, "passed")

    def call_verdict(self) -> None:
        """The verdict next: at once when the floor is open, else as soon as this round is over. Called again before
        that, it is taken back.
        """
        if self.log.debate.floor is not None:
            self._close_floor(self.log.debate.floor, "verdict")
        else:
            self._verdict_wanted = not self._verdict_wanted

    @property
    def verdict_wanted(self) -> bool:
        """Whether the verdict was called for, and follows the round that is under way."""
        return self._verdict_wanted

    def stop(self, voice: str | None = None) -> None:
        """Stop one voice, or all that speak, the judge among them; what they said is kept.

        A judge that is stopped while it frames the question leaves it as it was asked.
        """
        judging = self.log.debate.judging
        if self.log.debate.framing.live and voice is None:
            self._stopped.add(FRAME_ID)
            self._cancel(FRAME_ID)
        if judging is not None and voice is None:
            self._stopped.add(verdict_id(judging.version))
            self._cancel(verdict_id(judging.version))
        for statement in self.log.debate.statements.values():
            if statement.live and voice in (None, statement.voice):
                self._stopped.add(statement.id)
                self._cancel(statement.id)

    def retry(self, voice: str) -> bool:
        """Ask a voice again: at once if it waits for its next attempt, anew if it failed or was stopped.

        The judge, too, can be hurried. False when there is nothing to ask again.
        """
        judging = self.log.debate.judging
        if self._waits.hurry(FRAME_ID) or (judging and self._waits.hurry(verdict_id(judging.version))):
            return True
        statement = self.log.debate.latest.get(voice)
        if statement is None:
            return False
        if self._waits.hurry(statement.id):
            return True
        if not protocol.can_retry(self.log.debate, voice):
            return False
        self.log.append(ev.RetryRequested(voice=voice, statement=statement.id))
        self._changed.set()
        return True

    def interrupt(self, trouble: ev.Fault | None = None) -> None:
        """Leave: everything under way ends, what was said is kept, the debate can be continued.

        `trouble` is why, where it is not the user's wish: a disk that is full, say.
        """
        self._leaving = True
        self.trouble = self.trouble or trouble
        self._cancel_all()
        self._changed.set()

    def _cancel(self, id: str) -> None:
        if task := self._tasks.get(id):
            task.cancel()

    def _cancel_all(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()

    # -- voices -------------------------------------------------------------------------------------------------

    def _begin(self, ask: protocol.Ask, attempt: int = 0) -> None:
        self.log.append(
            ev.StatementStarted(
                voice=ask.voice,
                round=ask.round,
                number=ask.number,
                statement=ask.statement,
                attempt=attempt or ask.attempt,
                target=ask.target,
            )
        )

    async def _voice(self, ask: protocol.Ask, before: asyncio.Event | None) -> None:
        """One statement, with its retries, from the ask to its end.

        It waits until the one `before` it has begun to be answered, has failed or has ended.
        """
        if before is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LEAD_SECONDS):
                    await before.wait()
        if await self._waits.admitted(ask.voice, ask.statement, ask.attempt, self._where(ask.voice)):
            self._begin(ask)
        begun = self._begun.get(ask.statement)
        await self._spoken(ask, begun.set if begun else None)

    async def _spoken(self, ask: protocol.Ask, on_start: Callable[[], object] | None) -> None:
        failed = 0
        while True:
            divider = Divider()
            marks = Marks(self.log.debate.sources.__contains__)
            pen = Pen(partial(self._write, ask), divider, marks, partial(self._cite, ask))
            try:
                error = await self._tried(ask, pen, divider, on_start)
                if error is None:
                    return
                failed += 1
                if on_start is not None:
                    on_start()  # nobody waits for somebody's next attempt
                if self._waits.retries.over(failed, error):
                    self._fail(ask, given_up(failed, error.fault))
                    return
                await self._waits.before(
                    ask.voice, ask.statement, ask.attempt + failed, failed, error, self._where(ask.voice)
                )
            except asyncio.CancelledError:
                pen.close()  # the user stopped the voice, or the program leaves and the debate stays open there
                raise
            self._begin(ask, ask.attempt + failed)

    def _where(self, voice: str) -> str:
        return self._lines.where(self.log.debate.seat(voice))

    def _write(self, ask: protocol.Ask, words: str) -> None:
        self.log.append(ev.TextDelta(voice=ask.voice, round=ask.round, statement=ask.statement, text=words))

    def _cite(self, ask: protocol.Ask, ids: tuple[str, ...], after: int) -> None:
        """A voice cites sources by their marks. Inside a quotation of a voice these are the quoted voice's."""
        statement = self.log.debate.statements[ask.statement]
        if quoted.lends(self.log.debate, statement, statement.text):
            return
        known = {(c.source, c.after) for c in statement.citations}
        for id in ids:
            if (id, after) not in known:
                self.log.append(
                    ev.SourceCited(voice=ask.voice, round=ask.round, statement=ask.statement, source=id, after=after)
                )

    async def _tried(
        self, ask: protocol.Ask, pen: Pen, divider: Divider, on_start: Callable[[], object] | None
    ) -> WireError | None:
        """One attempt; what went wrong, with what was said until then in the log."""
        try:
            await self._attempt(ask, pen, divider, on_start)
        except WireError as e:
            pen.close()
            return e
        return None

    def _fail(self, ask: protocol.Ask, fault: ev.Fault) -> None:
        self.log.append(
            ev.StatementFailed(
                voice=ask.voice,
                round=ask.round,
                statement=ask.statement,
                sentences=text.sentences(self.log.debate.statements[ask.statement].kept),
                error=fault,
            )
        )

    async def _attempt(
        self, ask: protocol.Ask, pen: Pen, divider: Divider, on_start: Callable[[], object] | None
    ) -> None:
        seat = self.log.debate.seat(ask.voice)
        line = await self._lines.get(seat)
        debate = self.log.debate
        prompt = small.asked(debate, ask, line.traits)
        taking = Taking(self.log, ask, pen, on_start)
        answer = await self.till.ask(line, prompt, ask.voice, ask.statement, need_of(ask), pen.write, taking)
        pen.close()
        if not pen.text.strip():
            raise WireError(ev.Fault("empty", "The model answered without a word.", True))
        ballot = ballots.read(debate, ask.voice, ask.statement, divider.block) if divider.block else None
        if ballot is not None:
            self.log.append(ev.BallotCast(voice=ask.voice, round=ask.round, statement=ask.statement, ballot=ballot))
        self.log.append(
            ev.StatementFinished(
                voice=ask.voice,
                round=ask.round,
                statement=ask.statement,
                sentences=text.sentences(pen.text),
                stop_reason=answer.stop_reason,
                partial=answer.partial,
            )
        )
