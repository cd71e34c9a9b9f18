"""What a file that is to be imported holds: debates, one after another, each with its place. Knows no table.

Recognised by what is in it, not by its name: events one a line, documents with their log, both as many as there are,
or another file of ours (`store/other_file.py`). Whatever it is comes from somebody else and may be anything.
"""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple, cast

from upverdict.core import errors, jsonform
from upverdict.core import events as ev
from upverdict.core.json_text import MOST, Found, NotJson, values
from upverdict.core.store.errors import StoreError
from upverdict.core.store.other_file import is_sqlite
from upverdict.core.text import clean

STDIN = "-"

Progress = Callable[[int, int], None]
"""Is told how much was read, and of how much; 0 where nobody knows that."""


class Refused(errors.WrongUse):
    """A file that can't be imported. Nothing of it was."""

    def __init__(self, place: str, why: str, what_to_do: str = "") -> None:
        then = f" {what_to_do}" if what_to_do else ""
        super().__init__(f"{clean(place)}: {clean(why)}. Nothing was imported.{then}")


class Coming(NamedTuple):
    """A debate that a file holds. `document` is what the file says of it besides, where it does."""

    events: list[ev.Event]
    place: str
    document: dict[str, Any] | None = None


def debates(name: str, progress: Progress) -> Iterator[Coming]:
    """The debates of a file, or of stdin for `-`. Raises Refused."""
    if name != STDIN and _is_sqlite(name):
        yield from _of_file(name, progress)
        return
    with _opened(name) as (called, file, size):
        if is_sqlite(file.peek(100)[:100]):
            raise Refused(called, "an SQLite file can't be read from a pipe", "Name the file.")
        text = TextIOWrapper(file, _encoding(file))
        yield from _grouped(called, text, lambda: progress(file.tell() if size else 0, size))
        text.detach()


def listed(folder: str) -> tuple[list[str], int]:
    """The files below a folder that look like something of ours, by name, and how many others there are.

    Hidden ones and SQLite's helpers are passed over, and links are not followed. Raises Refused.
    """
    found: list[str] = []
    others = 0

    def unreadable(error: OSError) -> None:
        raise Refused(str(error.filename), f"it can't be read: {(error.strerror or str(error)).lower()}") from error

    for inside, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not f.endswith(".live"))
        for file in sorted(f for f in files if not f.startswith(".") and not f.endswith(_HELPERS)):
            name = os.path.join(inside, file)
            if _looks_like_ours(name):
                found.append(name)
            else:
                others += 1
    return found, others


_HELPERS = ("-wal", "-shm", "-journal")
_BEGINS = re.compile(r'\ufeff?\s*\{\s*"(?:seq|id|at|debate|kind|background)"\s*:')


def _looks_like_ours(name: str) -> bool:
    if not stat.S_ISREG(os.lstat(name).st_mode):
        return False
    head = _head(name)
    return (
        is_sqlite(head) or _BEGINS.match(head.decode("utf-16" if _is_utf16(head) else "utf-8", "replace")) is not None
    )


def _is_sqlite(name: str) -> bool:
    """Looked at before SQLite has it open: the descriptor is closed again (see `migrations.recognise`)."""
    try:
        return stat.S_ISREG(os.stat(name).st_mode) and is_sqlite(_head(name))
    except OSError as e:
        raise _unreadable(name, e) from e
    except ValueError as e:  # what no file can be called
        raise Refused(name, f"it can't be read: {e}") from e


def _head(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            return file.read(1000)
    except OSError as e:
        raise _unreadable(name, e) from e


@contextmanager
def _opened(name: str) -> Iterator[tuple[str, BufferedReader, int]]:
    """How it is called, the file, and its size, 0 where nobody knows that."""
    if name == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            raise Refused("stdin", "it is a terminal, from which no file comes", "Name a file, or pipe one in.")
        yield "stdin", cast("BufferedReader", sys.stdin.buffer), 0
        return
    try:
        with open(name, "rb", opener=_opener) as file:
            status = os.fstat(file.fileno())
            is_pipe = stat.S_ISFIFO(status.st_mode)
            if is_pipe and not name.startswith(("/dev/fd/", "/proc/")):
                raise Refused(name, "it is a pipe, which may never end", f"To read it: upverdict import - < {name}")
            if is_pipe:
                os.set_blocking(file.fileno(), True)
            elif not stat.S_ISREG(status.st_mode):
                raise Refused(name, "it is a device, no file")
            yield name, file, 0 if is_pipe else status.st_size
    except OSError as e:
        raise _unreadable(name, e) from e


def _opener(name: str, flags: int) -> int:
    """Without waiting for whoever might write into a pipe."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(name: str, error: OSError) -> Refused:
    return Refused(name, f"it can't be read: {(error.strerror or str(error)).lower()}")


def _is_utf16(head: bytes) -> bool:
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _encoding(file: BufferedReader) -> str:
    """UTF-8, or what Windows' PowerShell makes of it in a pipe."""
    return "utf-16" if _is_utf16(file.peek(2)[:2]) else "utf-8-sig"


# -- another file of ours -------------------------------------------------------------------------------------------


def _of_file(name: str, progress: Progress) -> Iterator[Coming]:
    from upverdict.core.store.other_file import opened

    try:
        with opened(Path(name)) as other:
            for number, (id, events) in enumerate(other.debates(), 1):
                yield Coming(events, f"{name}, debate {id}")
                progress(number, other.count)
    except StoreError as e:
        raise StoreError(f"{e} Nothing was imported.", e.kind) from e


# -- text -----------------------------------------------------------------------------------------------------------


def _grouped(name: str, text: TextIOWrapper, read: Callable[[], None]) -> Iterator[Coming]:
    """The debates of a text: events are gathered until another debate begins."""
    log: list[ev.Event] = []
    began, size, empty = "", 0, True
    for found in _values(name, text):
        place = f"{name}, line {found.line}"
        empty = False
        if not isinstance(found.value, dict):
            raise _not_ours(place)
        if "kind" in found.value:
            event = _event(found.value, place)
            if log and (event.debate != log[0].debate or event.seq == 1):
                yield Coming(log, began)
                read()
                log, size = [], 0
            if not log:
                began = place
            log.append(event)
            if (size := size + found.length) > MOST:
                raise Refused(place, f"debate {event.debate} is longer than {MOST >> 20} million characters")
        else:
            if log:
                yield Coming(log, began)
                log, size = [], 0
            yield _whole(found, place)
            read()
    if empty:
        raise Refused(name, "it is empty: no debate is in it")
    if log:
        yield Coming(log, began)


def _values(name: str, text: TextIOWrapper) -> Iterator[Found]:
    begun = False
    try:
        for found in values(text):
            begun = True
            yield found
    except NotJson as e:
        if not begun and e.line == 1:
            raise _not_ours(f"{name}, line 1", f"{e}; it") from e
        raise Refused(f"{name}, line {e.line}", str(e)) from e


def _whole(found: Found, place: str) -> Coming:
    """A document with its log."""
    document = found.value
    log = document.get("log")
    if not isinstance(log, list):
        if "statements" in document and "council" in document:
            raise Refused(
                place,
                "it is a document without its log, as an older upverdict or `show --json` prints it",
                "`upverdict export ID --format json`, with this version or a later one, writes what can be imported.",
            )
        raise _not_ours(place)
    events = [_event(raw, f"{place}, log {number}") for number, raw in enumerate(log, 1)]
    return Coming(events, place, {key: value for key, value in document.items() if key != "log"})


def _event(raw: Any, place: str) -> ev.Event:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if isinstance(kind, str) and kind not in ev.KINDS:
        raise Refused(
            place,
            f"this upverdict knows no event {kind!r}: it was written by a newer one, or by another program",
            "Update upverdict and import it then.",
        )
    try:
        return jsonform.from_raw(raw)
    except jsonform.BadEvent as e:
        raise Refused(place, f"it is no event as upverdict writes them ({e})") from e


def _not_ours(place: str, why: str = "it") -> Refused:
    return Refused(
        place,
        f"{why} is nothing that can be imported",
        "What can be is what `upverdict export` writes with --format json or jsonl, and files that keep debates.",
    )
