"""The terminal's window, beside the screens in it: its title, and what calls the user back to it.

All of it is written by whoever writes the screens (`write`), in one piece each, so that nothing comes between their
sequences. Knows no debate.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from textual.message import Message

from upverdict.tui import attention

_KEEP, _GIVE_BACK = "\x1b[22;0t", "\x1b[23;0t"
"""xterm: the title to its stack, and from there. A terminal without a stack is left without a title."""
_NAMELESS = ("", "dumb", "unknown", "linux", "ansi", "sun", "vt52", "vt100", "vt102", "vt220", "cons25", "wsvt25")
"""Terminals without a window to name (TERM); some of them would print the name."""


class WindowNamed(Message):
    """The screen's `window_title` is another one now."""


class Window:
    """`named`: whether the terminal has a title (`has_title`); `way` is one of `core.config.NOTIFY`."""

    def __init__(self, write: Callable[[str], None], *, named: bool, way: str, env: Mapping[str, str]) -> None:
        self._write = write
        self._named = named
        self._way = way
        self._env = env
        self._title = ""
        self._away = False
        self.focus_told = False
        """Whether the terminal has ever told who has the keys."""

    def name(self, title: str) -> None:
        """Call the window so, one line without anything that acts on a terminal; nothing is written for the same."""
        if title != self._title:
            self._title = title
            self._show()

    def suspended(self) -> None:
        """The terminal goes back to the shell: it gets its own title."""
        if self._named and not self._away:
            self._write(given_back())
        self._away = True

    def resumed(self) -> None:
        """The screens are back. (Stopped by a signal from elsewhere, the window has kept its title.)"""
        if self._named and self._away:
            self._write(_KEEP)
        self._away = False
        self._show()

    def _show(self) -> None:
        if self._named and not self._away and self._title:
            self._write(_titled(self._title))

    def call(self, words: str, *, focused: bool) -> None:
        """Have the terminal call the user, who may be looking elsewhere."""
        calling = attention.call(words, self._way, self._env, focused=focused, focus_told=self.focus_told)
        if calling:
            self._write(calling)


def has_title(env: Mapping[str, str], out: Any) -> bool:
    """Whether `out` is a terminal whose window can be named, and called by its old name again after."""
    return sys.platform != "win32" and out is not None and out.isatty() and env.get("TERM", "") not in _NAMELESS


@contextmanager
def titled(title: str, env: Mapping[str, str]) -> Iterator[None]:
    """Name the terminal's window while the screens are shown, and give it its old name back."""
    out: Any = sys.__stdout__
    if not has_title(env, out):
        yield
        return
    out.write(_KEEP + _titled(title))
    out.flush()
    try:
        yield
    finally:
        try:
            out.write(given_back())
            out.flush()
        except OSError:  # the terminal is gone, and its title with it
            pass


def _titled(title: str) -> str:
    return f"\x1b]0;{title}\x07"


def given_back() -> str:
    """What gives the window its old title back; none, where the terminal has kept none: ours would be wrong there."""
    return _titled("") + _GIVE_BACK
