"""A real pseudo-terminal with the program in it, and the screen that a person would see."""

from __future__ import annotations

import os
import re
import shlex
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from types import TracebackType

import pyte

from tests.program import COMMAND
from tests.pseudo_terminal import PseudoTerminal

SHELL = {"PS1": "shell> ", "ENV": ""}
"""How a shell is to greet, and that it reads no file of the user's."""


class OldScreen(pyte.Screen):
    """As an old terminal has it: what joins and selects is not known, so that every character counts for itself.

    (pyte itself forgets what comes behind it in one piece.)
    """

    def draw(self, data: str) -> None:
        super().draw("".join(c for c in data if unicodedata.category(c) != "Cf" and not "\ufe00" <= c <= "\ufe0f"))


class Terminal:
    """Runs the program on a terminal of `columns` x `rows` for as long as the `with` lasts.

    `keys` types; `wait_for` blocks until the screen, or what is asked of it, is as wished. `shell`: it is a job of a
    shell, in which the command is typed; `process` is the shell then. `environment` is in place of this process's,
    `term` what the terminal calls itself.
    """

    def __init__(
        self,
        *arguments: str,
        columns: int = 160,
        rows: int = 45,
        shell: bool = False,
        environment: Mapping[str, str] | None = None,
        term: str = "xterm-256color",
    ) -> None:
        self._shell = shell
        self._screen = OldScreen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self._arguments = arguments
        self._size = (rows, columns)
        self._environment = environment
        self._term = term
        self._written = bytearray()

    def __enter__(self) -> Terminal:
        rows, columns = self._size
        command = [*COMMAND, *self._arguments]
        environment = dict(os.environ if self._environment is None else self._environment) | SHELL
        self._terminal = PseudoTerminal(
            ["sh", "-i"] if self._shell else command, columns, rows, environment, term=self._term
        )
        self.process = self._terminal.process
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if self._shell:
            self.wait_for_text(SHELL["PS1"].strip())
            self.keys(shlex.join(command) + "\n")
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self._terminal.kill()
        self._reader.join(5)
        self._terminal.close()

    def _read(self) -> None:
        while data := self._terminal.read():
            with self._changed:
                self._stream.feed(data)
                self._written += data
                self._changed.notify_all()

    @property
    def lines(self) -> list[str]:
        with self._changed:
            return ["".join(row) for row in self.cells]  # pyte's own `display` fails on half a wide character

    @property
    def cells(self) -> list[list[str]]:
        """What stands in each cell of each row; nothing in the second one of a wide character."""
        with self._changed:
            rows, columns = self._size
            return [[self._screen.buffer[y][x].data for x in range(columns)] for y in range(rows)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def written(self) -> str:
        """All that the program has written, with what acts on the terminal."""
        with self._changed:
            return self._written.decode("utf-8", "replace")

    @property
    def title(self) -> str:
        """What the window is called. (pyte takes the shape of the mouse's pointer for a title, too.)"""
        return next(reversed(re.findall(r"\x1b\]0;([^\x07]*)\x07", self.written)), "")

    def column(self, number: int, of: int) -> str:
        """The words in one of several columns of equal width, without the frames."""
        width = self._size[1] // of
        return "\n".join(line[number * width + 1 : (number + 1) * width - 1] for line in self.lines)

    def keys(self, text: str) -> None:
        self._terminal.write(text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """The terminal's window takes another size."""
        with self._changed:
            self._size = (rows, columns)
            self._screen.resize(rows, columns)
        self._terminal.resize(columns, rows)

    def wait_for(self, predicate: Callable[[Terminal], object], seconds: float = 60) -> None:
        """Block until the predicate is true; TimeoutError with the screen after `seconds`."""
        deadline = time.monotonic() + seconds
        while not predicate(self):
            with self._changed:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError("the screen never came to that:\n" + self.text)
                self._changed.wait(min(left, 0.2))

    def wait_for_text(self, words: str, seconds: float = 60) -> None:
        self.wait_for(lambda t: words in t.text, seconds)
