"""A door that scripts wait at and tests open, so that no test has to sleep. Knows no request and no socket."""

from __future__ import annotations

import asyncio
import threading


class Gate:
    """Holds replies until it is opened. Every method may be called from any thread, `wait` from any event loop.

    `open` lets everybody through, now and later, until `close`. `let_through(n)` opens it for the next `n` only.
    """

    def __init__(self, *, is_open: bool = False) -> None:
        self._open = is_open
        self._permits = 0
        self._lock = threading.Lock()
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def waiting(self) -> int:
        """How many replies stand at the gate just now."""
        return len(self._waiters)

    def open(self) -> None:
        with self._lock:
            self._open = True
            self._wake(len(self._waiters))

    def close(self) -> None:
        with self._lock:
            self._open = False

    def let_through(self, count: int = 1) -> None:
        """Lets `count` replies pass: those that stand here first, then the next to come."""
        with self._lock:
            self._permits += count - self._wake(count)

    async def wait(self) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._open:
                return
            if self._permits:
                self._permits -= 1
                return
            waiter = (loop, loop.create_future())
            self._waiters.append(waiter)
        try:
            await waiter[1]
        finally:
            with self._lock:
                if waiter in self._waiters:
                    self._waiters.remove(waiter)

    def _wake(self, count: int) -> int:
        woken, self._waiters = self._waiters[:count], self._waiters[count:]
        for loop, future in woken:
            loop.call_soon_threadsafe(_settle, future)
        return len(woken)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
