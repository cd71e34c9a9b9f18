"""Holds a debate without a screen: events or text to stdout, words for people to stderr, an exit code at the end."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

from upverdict.core import errors, plaintext
from upverdict.core import events as ev
from upverdict.core.config import Config
from upverdict.core.log import Log
from upverdict.core.session import Choice, Order, Session, resume, start
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store

Begin = Callable[[Store], Awaitable[Session]]


def hold(config: Config, order: Order, *, as_json: bool) -> int:
    """Run a new debate; returns the exit code."""

    async def begin(store: Store) -> Session:
        return await start(store, _unattended(order), config, on_note=_note)

    return asyncio.run(_run(config, begin, as_json))


def take_up(config: Config, id: str, choice: Choice, *, rebuttals: tuple[str, ...], as_json: bool) -> int:
    """Finish a kept debate; returns the exit code."""
    library = Library(config.db)
    found = library.resolve(id)

    async def begin(store: Store) -> Session:
        return await resume(store, library, found, config, choice, auto=True, rebuttals=rebuttals, on_note=_note)

    return asyncio.run(_run(config, begin, as_json))


def _unattended(order: Order) -> Order:
    from dataclasses import replace

    return replace(order, auto=True)  # nobody is here to speak at the floor


def _note(words: str) -> None:
    if words:
        print(words, file=sys.stderr)


async def _run(config: Config, begin: Begin, as_json: bool) -> int:
    store = await Store.open(config.db)
    try:
        session = await begin(store)
        try:
            return await _follow(store, session, as_json)
        finally:
            await session.close()
    finally:
        await store.close()


async def _follow(store: Store, session: Session, as_json: bool) -> int:
    """Print the debate while it runs, and say at the end how it went."""
    gc.freeze()  # what was made so far lives to the end, and `launch.main` had switched the collector off
    gc.enable()
    log = session.log
    printer = JsonLines(log) if as_json else Transcript(log)
    store.on_error = lambda e: session.runner.interrupt(ev.Fault("storage", str(e), False))
    run = asyncio.create_task(session.run())
    signalled = _on_signals(session)
    try:
        await printer.follow(run)
    except BaseException as e:  # nobody reads any more, say: the debate ends in order before the error goes on
        session.runner.interrupt()
        await asyncio.wait([run])
        if isinstance(e, BrokenPipeError):
            _note(f"Nobody reads the output any more. {_kept(log.debate.id)}")
        raise
    await run
    return _outcome(session, bool(signalled))


def _on_signals(session: Session) -> list[int]:
    """Leave in order when told to; the list fills with the signals that came."""
    came: list[int] = []
    loop = asyncio.get_running_loop()

    def leave(number: int) -> None:
        came.append(number)
        session.runner.interrupt()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            try:
                loop.add_signal_handler(number, leave, number)
            except NotImplementedError:  # Windows has no such handlers in its event loop
                signal.signal(number, lambda n, _: loop.call_soon_threadsafe(leave, n))
    return came


def _outcome(session: Session, signalled: bool) -> int:
    debate = session.log.debate
    if debate.outcome == "finished":
        _note(f"Kept as {debate.id}.")
        return errors.VERDICT
    if session.runner.trouble:
        _note(f"upverdict: {session.runner.trouble.message} {_kept(debate.id)}")
        return errors.NO_VERDICT
    if signalled:
        _note(f"Interrupted. {_kept(debate.id)}")
        return errors.INTERRUPTED
    why = debate.error.message if debate.error else "The debate ended without a verdict."
    _note(f"upverdict: {why} {_kept(debate.id)}")
    return errors.NO_VERDICT


def _kept(id: str) -> str:
    return f"What was said is kept as {id}; `upverdict continue {id}` goes on."


class JsonLines:
    """Every event of this run as a line of JSON."""

    def __init__(self, log: Log) -> None:
        self._queue = log.subscribe()

    async def follow(self, run: asyncio.Task[None]) -> None:
        async for event in _until(run, self._queue):
            self._print(event)

    @staticmethod
    def _print(event: ev.Event) -> None:
        sys.stdout.write(ev.to_json(event) + "\n")
        sys.stdout.flush()


class Transcript:
    """The debate as text. One statement streams at a time; what others say meanwhile follows when it has ended."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._queue = log.subscribe()
        self._streaming = ""  # the statement whose words go out as they come
        self._waiting: list[str] = []  # statements begun, not yet printed
        self._printed = 0  # characters of the streaming statement that are out

    async def follow(self, run: asyncio.Task[None]) -> None:
        debate = self._log.debate
        self._say(f"# {debate.question}", "")
        for statement in debate.statements.values():
            if not statement.live and not statement.wanted:
                self._say(*plaintext.statement_lines(debate, statement))
        async for event in _until(run, self._queue):
            self._take(event)

    def _take(self, event: ev.Event) -> None:
        debate = self._log.debate
        match event:
            case ev.StatementStarted():
                if event.statement not in (self._streaming, *self._waiting):
                    self._waiting.append(event.statement)
                elif event.statement == self._streaming:
                    self._printed = 0
                    self._say("", "[again from the start]", "")
            case ev.TextDelta():
                # The fold is ahead of its events: what has ended meanwhile may be printed already.
                if not self._streaming and event.statement in self._waiting:
                    self._stream(event.statement)
                elif event.statement == self._streaming:
                    self._go_on()
            case ev.StatementFinished() | ev.StatementFailed() | ev.StatementStopped():
                self._end(event.statement)
            case ev.UserSpoke():
                self._waiting.append(event.statement)
                self._end(event.statement)
            case ev.Retrying():
                who = debate.name(event.voice)
                _note(f"{who}: {event.error.message} Asked again in {event.delay:.0f} s.")
            case ev.VerdictStarted():
                _note("The judge weighs what was said …")
            case ev.VerdictRuled():
                if verdict := debate.verdict:
                    self._say(*plaintext.verdict_lines(debate, verdict))
            case _:
                pass

    def _stream(self, id: str) -> None:
        self._streaming, self._printed = id, 0
        self._waiting.remove(id)
        self._say(f"## {plaintext.heading(self._log.debate, self._log.debate.statements[id])}", "")
        self._go_on()

    def _go_on(self) -> None:
        said = self._log.debate.statements[self._streaming].text
        sys.stdout.write(said[self._printed :])
        sys.stdout.flush()
        self._printed = len(said)

    def _end(self, id: str) -> None:
        """A statement is over: finish it if it streams, then print what waited and is over too."""
        debate = self._log.debate
        if id == self._streaming:
            self._go_on()
            self._say("", *filter(None, [plaintext.ending(debate.statements[id])]), "")
            self._streaming = ""
        if self._streaming:
            return
        for waiting in [w for w in self._waiting if not debate.statements[w].live]:
            self._waiting.remove(waiting)
            self._say(*plaintext.statement_lines(debate, debate.statements[waiting]))
        talking = [w for w in self._waiting if debate.statements[w].text]
        if talking:
            self._stream(talking[0])

    @staticmethod
    def _say(*lines: str) -> None:
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()


async def _until(run: asyncio.Task[None], queue: asyncio.Queue[ev.Event | None]) -> AsyncIterator[ev.Event]:
    """The events of a queue until the run is over and the queue is empty."""
    run.add_done_callback(lambda _: queue.put_nowait(None))
    while (event := await queue.get()) is not None:
        yield event
