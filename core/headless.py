"""Holds a debate without a screen: events or text to stdout, words for people to stderr, an exit code at the end."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from upverdict.core import (
    citing,
    errors,
    estimate,
    jsonform,
    plain_statement,
    plain_verdict,
    plaintext,
    prices,
    remains,
)
from upverdict.core import events as ev
from upverdict.core.config import Config
from upverdict.core.debate import Debate
from upverdict.core.log import Log
from upverdict.core.output import Output
from upverdict.core.session import Choice, Order, Session, estimated, push_back, resume, start
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.text import clean, escaped

Begin = Callable[[Store, Output], Awaitable[Session]]

_REST_SECONDS = 2.0
"""How long a reader may take for the rest of the output after the debate was told to end."""


def hold(config: Config, order: Order, *, as_json: bool) -> int:
    """Run a new debate; returns the exit code."""

    async def begin(store: Store, output: Output) -> Session:
        # Nobody is here to speak at the floor.
        session = await start(store, replace(order, auto=True), config, on_note=output.note)
        output.note(session.said)
        output.note(session.estimate)
        return session

    return asyncio.run(_run(config, begin, as_json))


def estimating(config: Config, order: Order, *, as_json: bool) -> int:
    """Print what a new debate would take; nobody is asked."""
    plan = asyncio.run(estimated(order, config))
    if as_json:
        print(jsonform.line(estimate.document(plan)))
    else:
        for line in estimate.lines(plan):
            print(clean(line))
    return 0


def take_up(config: Config, id: str, choice: Choice, *, rebuttals: tuple[str, ...], as_json: bool) -> int:
    """Finish a kept debate; returns the exit code."""
    library = Library(config.db)
    found = library.resolve(id)

    async def begin(store: Store, output: Output) -> Session:
        with _held_elsewhere():
            return await resume(
                store, library, found, config, choice, auto=True, rebuttals=rebuttals, on_note=output.note
            )

    return asyncio.run(_run(config, begin, as_json))


def object_to(config: Config, id: str, choice: Choice, text: str, *, flip: int | None, as_json: bool) -> int:
    """Say something of a verdict, have it answered and ruled on again; returns the exit code."""
    library = Library(config.db)
    found = library.resolve(id)

    async def begin(store: Store, output: Output) -> Session:
        with _held_elsewhere():
            return await push_back(store, library, found, config, choice, text, flip=flip, on_note=output.note)

    return asyncio.run(_run(config, begin, as_json))


@contextmanager
def _held_elsewhere() -> Iterator[None]:
    """Another process that holds the debate is the user's own doing, not a fault of the file's."""
    try:
        yield
    except StoreError as e:
        if e.kind == "live":
            raise errors.WrongUse(f"{e} Nothing was changed.") from e
        raise


class Signals:
    """What tells the program to end, from now on; `leave` is what has to be done about it now."""

    def __init__(self) -> None:
        self.came = False
        self.leave: Callable[[], object] = lambda: None
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
            number = getattr(signal, name, None)
            if number and signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` means it
                try:
                    loop.add_signal_handler(number, self._take)
                except NotImplementedError:  # Windows has no such handlers in its event loop
                    signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._take))

    def _take(self) -> None:
        self.came = True
        self.leave()


async def _run(config: Config, begin: Begin, as_json: bool) -> int:
    """Hold the debate, close its file, see the output taken, and only then say how it went."""
    signals, output = Signals(), Output()
    opening = asyncio.create_task(_open(config, begin, output))
    signals.leave = opening.cancel
    try:
        store, session = await opening
    except asyncio.CancelledError:
        output.insist("Interrupted.")  # before anything was begun
        return errors.INTERRUPTED
    unkept: StoreError | None = None
    try:
        try:
            await _follow(store, session, signals, output, as_json)
        finally:
            unkept = await _closed(session.close)
    finally:
        untidy = await _closed(store.close)
        taken = await _taken(output, signals)
    code, words = _outcome(session, config, signals, unkept, output.failure, taken)
    if untidy and not unkept:
        words = f"upverdict: {untidy}\n{words}"
    if taken:
        output.note(words)
        await _taken(output, signals)
    else:
        output.insist(words)
    return code


async def _open(config: Config, begin: Begin, output: Output) -> tuple[Store, Session]:
    store = await Store.open(config.db)
    try:
        return store, await begin(store, output)
    except BaseException:
        await store.close()
        raise


async def _closed(close: Callable[[], Awaitable[None]]) -> StoreError | None:
    """Close it; what could not be written is the answer, since there is more to be closed."""
    try:
        await close()
    except StoreError as e:
        return e
    return None


async def _follow(store: Store, session: Session, signals: Signals, output: Output, as_json: bool) -> None:
    """Print the debate while it runs."""
    gc.freeze()  # what was made so far lives to the end, and `launch.main` had switched the collector off
    gc.enable()
    printer = JsonLines(session.log, output) if as_json else Transcript(session.log, output)
    store.on_error = lambda e: session.runner.interrupt(ev.Fault("storage", str(e), False))
    run = asyncio.create_task(session.run())
    output.on_failure = signals.leave = session.runner.interrupt
    if signals.came or output.failure:
        session.runner.interrupt()
    try:
        await printer.follow(run)
    except BaseException:  # the debate ends in order before the error goes on
        session.runner.interrupt()
        await asyncio.wait([run])
        raise
    await _closed(lambda: run)  # whether all is kept shows when the debate is closed, which tries it once more


async def _taken(output: Output, signals: Signals) -> bool:
    """Wait for the readers, as long as they take, until a signal comes; whether they have taken everything.

    After a signal that came before, who reads gets the rest, who has stopped reading does not hold the program.
    """
    waiting = asyncio.create_task(output.taken())
    signals.leave = waiting.cancel
    await asyncio.wait([waiting], timeout=_REST_SECONDS if signals.came else None)
    return not waiting.cancel() and not waiting.cancelled()


def _outcome(
    session: Session,
    config: Config,
    signals: Signals,
    unkept: StoreError | None,
    failure: OSError | None,
    taken: bool,
) -> tuple[int, str]:
    """The exit code, and what a person is told at the end."""
    debate = session.log.debate
    kept = _kept(debate)
    if unkept:
        return errors.NO_VERDICT, f"upverdict: {remains.told(config.db, debate, unkept)}"
    if not taken:
        return errors.INTERRUPTED, f"Interrupted. Not all of the output was read. {kept}"
    gone = failure is not None and errors.nobody_reads(failure)
    if failure and not gone:
        return errors.NO_VERDICT, f"upverdict: The output can't be written: {failure.strerror or failure}. {kept}"
    if debate.outcome == "finished":
        return errors.VERDICT, "\n".join([*plaintext.unspoken(debate), f"Kept as {debate.id}. {_used(debate)}"])
    if session.runner.trouble:
        return errors.NO_VERDICT, f"upverdict: {remains.reason(session.runner.trouble.message)} {kept}"
    if signals.came:
        return errors.INTERRUPTED, f"Interrupted. {kept}"
    if gone:
        return errors.NO_VERDICT, f"Nobody reads the output any more. {kept}"
    return errors.NO_VERDICT, f"upverdict: {plaintext.why_not(debate)} {kept}"


def _used(debate: Debate) -> str:
    """What it took, in tokens and in dollars where the prices are known."""
    used, cost = debate.usage, prices.total(debate.spent)
    listed = f", {prices.shown(cost)} {prices.source(debate.spent)}" if cost else ""
    return f"{len(debate.spent)} requests, {used.read:,} tokens read, {used.output:,} written{listed}."


ELSEWHERE = ("auth", "denied", "not_found", "not_messages", "unreachable", "untrusted")
"""Faults of an endpoint that another one would not have."""


def _kept(debate: Debate) -> str:
    if debate.outcome == "finished":
        return f"The debate is kept as {debate.id}; `upverdict show {debate.id}` shows it."
    kind = debate.error.kind if debate.error else ""
    more = " --max-cost USD" if kind == "limit" else " --endpoint NAME" if kind in ELSEWHERE else ""
    what = "What was said" if any(s.text for s in debate.statements.values()) else "The question"
    return f"{what} is kept as {debate.id}; `upverdict continue {debate.id}{more}` goes on."


class JsonLines:
    """Every event of this run as a line of JSON."""

    def __init__(self, log: Log, output: Output) -> None:
        self._queue = log.subscribe()
        self._output = output

    async def follow(self, run: asyncio.Task[None]) -> None:
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
        self._told: set[tuple[str, str]] = set()  # of which stand-ins
        self._printed = 0  # characters of the streaming statement that are out
        self._marked = 0  # marks of sources in it that are out

    async def follow(self, run: asyncio.Task[None]) -> None:
        debate = self._log.debate
        self._say(f"# {debate.question}", "", *plain_statement.frame_lines(debate))
        said = list(debate.statements.values())
        if debate.verdict and (comment := debate.comment):  # what was said before its verdict is known
            self._say(f"# Verdict: {debate.verdict.ruling.headline if debate.verdict.ruling else ''}", "")
            said = [comment.statement, *debate.answers(comment).values()]
        for statement in said:
            if not statement.live and not statement.wanted:
                self._say(*plain_statement.statement_lines(debate, statement))
        async for event in _until(run, self._queue):
            self._take(event)

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
            case ev.UserSpoke():
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

    def _say(self, *lines: str) -> None:
        self._output.say("".join(clean(line) + "\n" for line in lines))


async def _until(run: asyncio.Task[None], queue: asyncio.Queue[ev.Event | None]) -> AsyncIterator[ev.Event]:
    """The events of a queue until the run is over and the queue is empty."""
    run.add_done_callback(lambda _: queue.put_nowait(None))
    while (event := await queue.get()) is not None:
        yield event
