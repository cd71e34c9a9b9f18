"""What Ctrl+C does before a command is at work, and after. Knows no command; cheap to import.

A debate and the screens take the signals themselves while they run. Outside of that a KeyboardInterrupt would come up
anywhere, in the midst of an import or in a callback that can't pass it on, and be seen as a traceback or not at all.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

from upverdict.core import errors


def end_at_once() -> None:
    """Ctrl+C ends the process there and then. For as long as nothing is begun that would have to be ended in order."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # who starts us may want it ignored
        signal.signal(signal.SIGINT, _end)


def raise_again() -> None:
    """Ctrl+C raises KeyboardInterrupt again: something begins that has to be ended in order."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def let_die() -> None:
    """All is done and said: from here on Ctrl+C ends the process without a word."""
    if signal.getsignal(signal.SIGINT) in (_end, signal.default_int_handler):
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _end(_number: int, _frame: FrameType | None) -> None:
    try:
        os.write(2, b"Interrupted.\n")  # not by `print`, which may be what was interrupted
    finally:
        os._exit(errors.INTERRUPTED)
