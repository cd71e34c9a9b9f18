"""How a program without a screen is told to end, and how long it then waits for those who read its output.

Knows no debate.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from upverdict.core.output import Output

_REST_SECONDS = 2.0
"""How long a reader may take for the rest of the output after the program was told to end."""


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


async def all_taken(output: Output, signals: Signals) -> bool:
    """Wait for the readers, as long as they take, until a signal comes; whether they have taken everything.

    After a signal that came before, who reads gets the rest, who has stopped reading does not hold the program.
    """
    waiting = asyncio.create_task(output.taken())
    signals.leave = waiting.cancel
    await asyncio.wait([waiting], timeout=_REST_SECONDS if signals.came else None)
    return not waiting.cancel() and not waiting.cancelled()
