"""Holds one session for a screen: runs it, hands on what its log tells, closes it. Knows no widget.

The session is closed as soon as its run is over, so that another window can take the debate up. What is in the log is
in the file whether anybody follows or not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from upverdict.core import events as ev
from upverdict.core.errors import UserError
from upverdict.core.session import Session

GATHER = 1 / 60
"""Seconds between two looks at the log: panes draw 30 times a second, and keys come first."""
PATIENCE = 5.0
"""Seconds that leaving waits for the last words to be written and the connections to end."""


class Holding:
    """`follow` hands on events in batches until the session is closed; `leave` ends it early.

    `trouble` says in a sentence why the debate had to stop, `fault` is what broke in the program itself.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.trouble = ""
        self.fault: Exception | None = None
        self._queue = session.log.subscribe()
        self._known = session.log.debate.seq
        self._run: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether the debate goes on and takes commands."""
        return self._run is not None and not self._run.done()

    def begin(self) -> None:
        """Start the debate. Call it once, when what the log holds already has been read off its fold."""
        self._run = asyncio.get_running_loop().create_task(self._hold())

    async def _hold(self) -> None:
        try:
            await self.session.run()
        except UserError as e:
            self.trouble = str(e)
        except Exception as e:  # a fault of ours: said where the user looks, since the screen stays
            self.fault = e
            self.trouble = f"upverdict itself failed ({_reason(e)})."
        finally:
            await self._close()
        if not self.trouble and self.session.runner.trouble is not None:
            self.trouble = self.session.runner.trouble.message

    async def _close(self) -> None:
        try:
            await self.session.close()
        except UserError as e:
            self.trouble = self.trouble or str(e)

    async def follow(self, take: Callable[[Sequence[ev.Event]], None]) -> None:
        """Call `take` with what was appended since the fold was read, in batches, until nothing more comes."""
        open = True
        while open:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            open = batch[-1] is not None
            fresh = [event for event in batch if event is not None and event.seq > self._known]
            if fresh:
                take(fresh)
            await asyncio.sleep(GATHER)

    async def ended(self) -> None:
        """Return when the run is over and the session closed."""
        if self._run is not None:
            await asyncio.wait({self._run})

    async def leave(self) -> None:
        """Interrupt the debate if it runs; return when what was said is written, or after `PATIENCE` seconds."""
        if self._run is None:
            await self._close()
            return
        if not self._run.done():
            self.session.runner.interrupt()
            _, late = await asyncio.wait({self._run}, timeout=PATIENCE)
            if late:
                self._run.cancel()
                await asyncio.wait(late, timeout=1.0)


def _reason(error: BaseException) -> str:
    """The first cause, in a word or two; a group of errors tells only that it is one."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
