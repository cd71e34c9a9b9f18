"""What a person is told to type to go on with a debate: it must find the file that this run keeps the debates in.

A file named on the command line is in no environment and in no `config.toml`: the next command has to name it, too.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from pathlib import Path

from upverdict.core.text import clean

_FILE: ContextVar[Path | None] = ContextVar("file", default=None)


def on_file(named: Path | None) -> None:
    """The file that the command line of this run named, if it did."""
    _FILE.set(named)


def to_type(command: str, id: str, more: str = "") -> str:
    """`upverdict COMMAND ID` in backticks, with the options that it needs, quoted as this system's shell wants it."""
    return f"`{bare(command, id, more)}`"


def bare(command: str, id: str, more: str = "") -> str:
    """The same without backticks."""
    words = ["upverdict", command, id, more]
    if (file := _FILE.get()) is not None:
        words.append(f"--db {_quoted(clean(str(file)))}")
    return " ".join(filter(None, words))


def _quoted(path: str) -> str:
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline([path])
    from shlex import quote

    return quote(path)
