"""Says a debate as it happens, as text or as JSON: the same for one that is held and for one that is replayed.

Reads events off a log and hands text to the output. Knows no session and no file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Protocol

from upverdict.core import citing, jsonform, plain_statement, plain_verdict
from upverdict.core import events as ev
from upverdict.core.log import Log
from upverdict.core.output import Output
from upverdict.core.text import clean, escaped


class Follower(Protocol):
    """Whoever says what a log tells."""

    async def follow(self, run: asyncio.Task[Any]) -> None:
        """Say it until the run is over and all of it is said. What was printed may still have to be taken."""


def follower(log: Log, output: Output, *, as_json: bool) -> Follower:
    return JsonLines(log, output) if as_json else Transcript(log, output)


class JsonLines:
    """Every event as a line of JSON."""

    def __init__(self, log: Log, output: Output) -> None:
        self._queue = log.subscribe()
        self._output = output

    async def follow(self, run: asyncio.Task[Any]) -> None:
        async for event in _until(run, self._queue):
            self._output.say(escaped(jsonform.to_json(event)) + "\n")


class Transcript:
    """The debate as text. One statement streams at a time; what others say meanwhile follows when it has ended."""

    def __init__(self, log: Log, output: Output) -> None:
        self._log = log
        self._output = output
        self._queue = log.subscribe()
        self._streaming = ""  # the statement whose words go out as they come
        self._waiting: list[str] = []  # statements begun, not yet printed
        self._before: set[str] = set()  # what was said before anybody followed, and is printed
        self._told: set[tuple[str, str]] = set()  # of which stand-ins
        self._printed = 0  # characters of the streaming statement that are out
        self._marked = 0  # marks of sources in it that are out

    async def follow(self, run: asyncio.Task[Any]) -> None:
        debate = self._log.debate
        self._say(f"# {debate.question}", "", *plain_statement.frame_lines(debate))
        said = list(debate.statements.values())
        if debate.verdict and (comment := debate.comment):  # what was said before its verdict is known
            self._say(f"# Verdict: {debate.verdict.ruling.headline if debate.verdict.ruling else ''}", "")
            said = [comment.statement, *debate.answers(comment).values()]
        for statement in said:
            if not statement.live and not statement.wanted:
                self._before.add(statement.id)
                self._say(*plain_statement.statement_lines(debate, statement))
        async for event in _until(run, self._queue):
            self._take(event)
        self._break_off()

    def _take(self, event: ev.Event) -> None:
        debate = self._log.debate
        match event:
            case ev.StatementStarted():
                if event.statement not in (self._streaming, *self._waiting):
                    self._waiting.append(event.statement)
                elif event.statement == self._streaming:
                    self._printed = self._marked = 0
                    self._say("", "[again from the start]", "")
            case ev.TextDelta():
                # The fold is ahead of its events: what has ended meanwhile may be printed already.
                if not self._streaming and event.statement in self._waiting:
                    self._stream(event.statement)
                elif event.statement == self._streaming:
                    self._go_on()
            case ev.SourceCited() if event.statement == self._streaming:
                self._go_on()
            case ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
                self._end(event.statement)
            case ev.UserSpoke() | ev.CommentAdded() if event.statement not in self._before:
                self._waiting.append(event.statement)
                self._end(event.statement)
            case ev.Retrying():
                who = debate.name(event.voice)
                when = f"in {event.delay:.0f} s" if event.delay >= 0.5 else "at once"
                self._output.note(f"{who}: {event.error.message} Asked again {when}.")
            case ev.UsageCounted():
                other = plain_statement.stood_in(debate, event.voice, event.model, event.asked)
                if other and (event.voice, other) not in self._told:
                    self._told.add((event.voice, other))
                    self._output.note(f"{debate.name(event.voice)}: {other}")
            case ev.FloorOpened():
                due = [s for s in debate.statements.values() if s.answered_in == event.number]
                self._say(*(f"[{dodged}]\n" for s in due if (dodged := plain_statement.no_reply(debate, s))))
            case ev.FloorClosed() if event.reason == "cost":
                self._output.note("The limit of costs leaves no room for another round: the judge rules now.")
            case ev.FrameAsked():
                self._output.note("The judge frames the question …")
            case ev.FrameSettled() if event.by != "file":  # that of a file stands above already
                self._say(*plain_statement.frame_lines(debate))
            case ev.VerdictStarted():
                looks = {3: "The judge looks once more: its first two passes differed …"}
                if event.attempt == 1 or event.look in looks:
                    self._output.note(looks.get(event.look, "The judge weighs what was said …"))
            case ev.VerdictUpheld():
                self._say(f"[{plain_statement.outcome(debate.comments[-1])}]", "")
            case ev.VerdictRuled():
                if verdict := debate.verdict:
                    self._say(*plain_verdict.verdict_lines(debate, verdict), *citing.source_lines(debate))
            case _:
                pass

    def _stream(self, id: str) -> None:
        self._streaming, self._printed, self._marked = id, 0, 0
        self._waiting.remove(id)
        self._say(f"## {plain_statement.heading(self._log.debate, self._log.debate.statements[id])}", "")
        self._go_on()

    def _go_on(self) -> None:
        """Its words that are not out yet, with the marks among them; one that comes late stands where it comes."""
        statement = self._log.debate.statements[self._streaming]
        said = statement.text
        for citation in statement.citations[self._marked :]:
            self._output.say(clean(said[self._printed : citation.after]) + citing.mark(said, citation))
            self._printed = max(self._printed, citation.after)
        self._marked = len(statement.citations)
        self._output.say(clean(said[self._printed :]))
        self._printed = len(said)

    def _end(self, id: str) -> None:
        """A statement is over: finish it if it streams, then print what waited and is over too."""
        debate = self._log.debate
        if id == self._streaming:
            self._go_on()
            self._say("", *filter(None, [plain_statement.ending(debate.statements[id])]), "")
            self._streaming = ""
        if self._streaming:
            return
        for waiting in [w for w in self._waiting if not debate.statements[w].live]:
            self._waiting.remove(waiting)
            self._say(*plain_statement.statement_lines(debate, debate.statements[waiting]))
        talking = [w for w in self._waiting if debate.statements[w].text]
        if talking:
            self._stream(talking[0])

    def _break_off(self) -> None:
        """No more comes: what is unfinished stands as it is."""
        debate = self._log.debate
        if self._streaming:
            self._say("", *filter(None, [plain_statement.ending(debate.statements[self._streaming])]), "")
            self._streaming = ""
        for waiting in [w for w in self._waiting if debate.statements[w].text]:
            self._waiting.remove(waiting)
            self._say(*plain_statement.statement_lines(debate, debate.statements[waiting]))

    def _say(self, *lines: str) -> None:
        self._output.say("".join(clean(line) + "\n" for line in lines))


async def _until(run: asyncio.Task[Any], queue: asyncio.Queue[ev.Event | None]) -> AsyncIterator[ev.Event]:
    """The events of a queue until the run is over and the queue is empty."""
    run.add_done_callback(lambda _: queue.put_nowait(None))
    while (event := await queue.get()) is not None:
        yield event
