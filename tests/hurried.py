"""A clock that runs faster: seconds of an event loop pass `factor` times as fast, for waits that are long for real.

What a program waits for (a limit, a retry, a silence) is then said in the words and numbers of the product, and comes
in a fraction of the time. Only what the loop waits for is hurried; work takes as long as it takes.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from typing import Any


class _Selector:
    """A selector that is told of hurried seconds and waits real ones."""

    def __init__(self, selector: Any, factor: float) -> None:
        self._selector = selector
        self._factor = factor

    def select(self, timeout: float | None = None) -> Any:
        return self._selector.select(timeout / self._factor if timeout and timeout > 0 else timeout)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)


def hurried(factor: float) -> asyncio.AbstractEventLoop:
    """A new event loop whose clock runs `factor` times as fast."""
    loop: Any = asyncio.SelectorEventLoop()
    loop.time = lambda: time.monotonic() * factor
    loop._selector = _Selector(loop._selector, factor)
    return loop  # type: ignore[no-any-return]


class _Leaping(asyncio.SelectorEventLoop):
    """Its seconds pass only while it waits, and then all at once: what is due at the same time comes so, however busy
    the machine is. For waits alone: what another thread or process does takes no time at all."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector: Any = _Leap(self, self._selector)  # type: ignore[has-type]

    def time(self) -> float:
        return self._now

    def leap(self, seconds: float) -> None:
        self._now += seconds


class _Leap:
    def __init__(self, loop: _Leaping, selector: Any) -> None:
        self._loop = loop
        self._selector = selector

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self._loop.leap(timeout)
            timeout = 0
        return self._selector.select(timeout)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)


def leaping() -> asyncio.AbstractEventLoop:
    """A new event loop whose clock leaps to whatever is waited for next."""
    return _Leaping()


def _nowhere(host: Any, *rest: Any, **more: Any) -> Any:
    if str(host).endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return _ask(host, *rest, **more)


_ask = socket.getaddrinfo


def no_such_hosts() -> None:
    """Names that end in `.invalid` are not found, without anybody being asked (RFC 2606 keeps them for that)."""
    socket.getaddrinfo = _nowhere


def main() -> None:
    """The program itself, as a person starts it, on a hurried clock: `python -m tests.hurried FACTOR ARGUMENTS`."""
    from asyncio import events

    from upverdict.tui import launch

    factor = float(sys.argv.pop(1))
    events.new_event_loop = lambda: hurried(factor)  # type: ignore[assignment]
    no_such_hosts()
    launch.main()


if __name__ == "__main__":
    main()
