"""A real pseudo-terminal with the program in it, and the screen that a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable
from types import TracebackType

import pyte

from tests.program import COMMAND


class Terminal:
    """Runs the program on a terminal of `columns` x `rows` for as long as the `with` lasts.

    `keys` types; `wait_for` blocks until the screen, or what is asked of it, is as wished.
    """

    def __init__(self, *arguments: str, columns: int = 160, rows: int = 45) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self._arguments = arguments
        self._size = (rows, columns)

    def __enter__(self) -> Terminal:
        ours, theirs = pty.openpty()
        self._fd = ours
        self._set_size(theirs)
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.process = subprocess.Popen(
            [*COMMAND, *self._arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  one thread so far, one call
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(5)
        os.close(self._fd)

    def _set_size(self, fd: int) -> None:
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", *self._size, 0, 0))

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._fd, 65536)
            except OSError:  # the terminal's other end is gone: how Linux says end of file
                data = b""
            with self._changed:
                if data:
                    self._stream.feed(data)
                self._changed.notify_all()
            if not data:
                return

    @property
    def lines(self) -> list[str]:
        with self._changed:
            return list(self._screen.display)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def column(self, number: int, of: int) -> str:
        """The words in one of several columns of equal width, without the frames."""
        width = self._size[1] // of
        return "\n".join(line[number * width + 1 : (number + 1) * width - 1] for line in self.lines)

    def keys(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._fd, data) :]

    def resize(self, columns: int, rows: int) -> None:
        """The terminal's window takes another size."""
        with self._changed:
            self._size = (rows, columns)
            self._screen.resize(rows, columns)
        self._set_size(self._fd)

    def wait_for(self, predicate: Callable[[Terminal], object], seconds: float = 60) -> None:
        """Block until the predicate is true; TimeoutError with the screen after `seconds`."""
        deadline = time.monotonic() + seconds
        while not predicate(self):
            with self._changed:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError("the screen never came to that:\n" + "\n".join(self._screen.display))
                self._changed.wait(min(left, 0.2))

    def wait_for_text(self, words: str, seconds: float = 60) -> None:
        self.wait_for(lambda t: words in t.text, seconds)
