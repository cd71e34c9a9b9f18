"""Going to the shell and coming back: Ctrl+Z, fg. Knows no screen; on Windows there is no such thing.

Textual's own way takes up the terminal anew with each SIGCONT, whether it had been given back or not: then two threads
read the keys, and their order is lost. Here that is done in one place, and SIGCONT only says that it may be.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

POSSIBLE = sys.platform != "win32"
_STEP = 0.001
"""Seconds between two looks whether the signal that continued us has come through."""


def has_shell() -> bool:
    """Whether a shell with job control has started us: it gives each command a process group of its own. Whoever stops
    without one is never continued.
    """
    if sys.platform == "win32":
        return False
    return os.getpgrp() != os.getsid(0)


class Job:
    """The program as a job of a shell. `stop` is called when somebody asks for it to be stopped, `back` when it was
    stopped without having been asked (SIGSTOP), and goes on.
    """

    def __init__(self, stop: Callable[[], object], back: Callable[[], object]) -> None:
        self._stop = stop
        self._back = back
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting = self._continued = False

    def listen(self) -> None:
        """Take the signals, in place of whoever had them."""
        if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
            return
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGTSTP, self._stop)
        signal.signal(signal.SIGCONT, self._on_continued)

    def _on_continued(self, *_: object) -> None:
        self._continued = True
        if not self._waiting and self._loop is not None:
            self._loop.call_soon_threadsafe(self._back)

    def wait(self) -> None:
        """Stop, with all that was started with us (`uv run`, say), until we are in the foreground again. The terminal
        must have been given back. To be continued in the background (`bg`) is to be stopped again: nothing can be seen.
        """
        if sys.platform == "win32":
            return
        group = os.getpgrp()
        self._waiting = True
        try:
            while True:
                self._continued = False
                os.killpg(group, signal.SIGSTOP)
                while not self._continued:  # the signal may come through another thread, a little later
                    time.sleep(_STEP)
                if in_foreground():
                    return
        finally:
            self._waiting = False


def in_foreground() -> bool:
    """Whether the terminal is ours."""
    if sys.platform == "win32" or sys.__stdin__ is None:
        return True
    return os.tcgetpgrp(sys.__stdin__.fileno()) == os.getpgrp()


def is_cooked() -> bool:
    """Whether the terminal is as a shell has it: it echoes what is typed, instead of handing it on key by key."""
    if sys.platform == "win32" or sys.__stdin__ is None:
        return False
    import termios

    return bool(termios.tcgetattr(sys.__stdin__.fileno())[3] & termios.ECHO)
