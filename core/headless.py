"""Holds a debate without a screen: events or text to stdout, words for people to stderr, an exit code at the end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from upverdict.core import (
    errors,
    estimate,
    jsonform,
    past,
    plaintext,
    prices,
    remains,
)
from upverdict.core import events as ev
from upverdict.core.config import Config
from upverdict.core.debate import Debate
from upverdict.core.follower import follower
from upverdict.core.output import Output
from upverdict.core.session import Choice, Order, Session, estimated, push_back, resume, start
from upverdict.core.stopping import Signals, all_taken
from upverdict.core.store.errors import StoreError
from upverdict.core.store.reader import Library
from upverdict.core.store.writer import Store
from upverdict.core.text import clean, shorten
from upverdict.core.way_on import to_type

Begin = Callable[[Store, Output], Awaitable[Session]]


def hold(config: Config, order: Order, *, as_json: bool) -> int:
    """Run a new debate; returns the exit code."""

    async def begin(store: Store, output: Output) -> Session:
        decided = await asyncio.to_thread(_decided, order, config)  # nothing is begun that Ctrl+C would leave open
        # Nobody is here to speak at the floor.
        session = await start(store, replace(order, auto=True), config, on_note=output.note)
        output.note(session.said)
        output.note(session.estimate)
        output.note(decided)
        return session

    return asyncio.run(_run(config, begin, as_json))


def _decided(order: Order, config: Config) -> str:
    """What was decided before on something alike, in one line; nothing where that is a source already."""
    if any(one.startswith(past.PREFIX) for one in order.sources):
        return ""
    library = Library(config.db)
    try:
        found = library.decided(order.question, 1)
    finally:
        library.close()
    if not found:
        return ""
    row = found[0].row
    called, headline = (shorten(" ".join(clean(text).split()), 160) for text in (row.called, row.headline))
    return (
        f"On {row.created_at[:10]} you had a verdict on something alike, “{called}”: “{headline}” "
        f"With --source {past.named(row.id)} the council says whether it still holds."
    )


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
        taken = await all_taken(output, signals)
    code, words = _outcome(session, config, signals, unkept, output.failure, taken)
    if untidy and not unkept:
        words = f"upverdict: {untidy}\n{words}"
    if taken:
        output.note(words)
        await all_taken(output, signals)
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
    printer = follower(session.log, output, as_json=as_json)
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
        return f"The debate is kept as {debate.id}; {to_type('show', debate.id)} shows it."
    kind = debate.error.kind if debate.error else ""
    more = "--max-cost USD" if kind == "limit" else "--endpoint NAME" if kind in ELSEWHERE else ""
    what = "What was said" if any(s.text for s in debate.statements.values()) else "The question"
    return f"{what} is kept as {debate.id}; {to_type('continue', debate.id, more)} goes on."
