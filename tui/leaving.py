"""How the program ends: signals, a debate's last words, the file, what the terminal is told. Knows no screen."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.text import Text

from upverdict.core.errors import UserError
from upverdict.core.store.errors import StoreError
from upverdict.core.way_on import to_type

if TYPE_CHECKING:
    from upverdict.core.session import Session
    from upverdict.core.store.writer import Store

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""What asks a program to end; each system has some of them. SIGHUP: the terminal was closed or the line is lost."""
_INTERRUPT_SECONDS = 3.0
"""How long the voices of a debate may take to fall silent when the program ends."""
_INSIST_SECONDS = 6.0
"""How long the screen may take to be left after a signal: on a terminal that is gone, writing may block for ever."""


class Unexpected(Exception):
    """A mistake of ours, as a person is told of it.

    `traced`: with the lines of code that led to it. Textual's own traceback would show the values of all variables,
    and a key may be among them.
    """

    def __init__(self, error: Exception, *, traced: bool) -> None:
        where = "Run it again with --debug to see where."
        if traced:
            where = "\n" + "".join(traceback.format_exception(error))
        super().__init__(
            f"upverdict: something unexpected happened ({type(error).__name__}). What was said is kept. {where}"
        )

    def __rich__(self) -> Text:
        return Text(str(self))


def on_signals(leave: Callable[[bool], Awaitable[None]]) -> None:
    """Have `leave(True)` called on this loop when the program is told to end."""
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Future[None]] = set()

    def begin() -> None:
        tasks.add(asyncio.ensure_future(leave(True)))

    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread may take signals
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, begin)
        except NotImplementedError:  # Windows has no such handlers in its event loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(begin))


def insist(code: int) -> threading.Timer:
    """End the process in any case after some seconds, unless the timer is cancelled; what was said is on the disk by
    then."""
    timer = threading.Timer(_INSIST_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()
    return timer


def terminal_gone() -> bool:
    """Whether the terminal that the screens were on was closed."""
    return sys.__stdin__ is None or not sys.__stdin__.isatty()


def end(code: int) -> NoReturn:
    """End the process at once: everything is on the disk, and there is no terminal to be left in order."""
    os._exit(code)


async def interrupt(session: Session, path: Path, parting: list[str]) -> bool:
    """Interrupt a debate that is still held, and see its words on the disk, in the file at `path`. Whether it was.

    What a person must know of it goes to `parting`.
    """
    debate = session.log.debate
    if debate.outcome != "running":
        return False
    queue = session.log.subscribe()
    session.runner.interrupt()
    try:
        async with asyncio.timeout(_INTERRUPT_SECONDS):
            while debate.outcome == "running" and await queue.get() is not None:
                pass
            await session.recorder.flush()
    except TimeoutError:
        pass  # closing the file writes what waits, and marks the debate as interrupted
    except StoreError as e:
        from upverdict.core import remains

        with suppress(StoreError):
            await session.recorder.close()  # which puts aside what can't be written
        why = session.recorder.failure or e
        parting.append(f"upverdict: {await asyncio.to_thread(remains.told, path, debate, why)}")
        return True
    parting.append(f"Interrupted. What was said is kept as {debate.id}; {to_type('continue', debate.id)} goes on.")
    return True


async def shut(store: Store, deleted: Collection[str], parting: list[str]) -> None:
    """Close the file; what was deleted in this window goes for good."""
    try:
        if deleted:
            await store.purge(deleted)
    except UserError as e:
        parting.append(f"upverdict: {e}")
    try:
        await store.close()
    except UserError as e:
        from upverdict.core import remains

        words = f"upverdict: {remains.reason(str(e))}"
        if not any(known.startswith(words) for known in parting):  # told with what is left of the debate
            parting.append(words)
