"""The JSON values of a text that may be anything, with the lines where they begin. Knows no event.

Strict where Python's own reading is not: what stands twice in an object, or is no number, is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple, TextIO

MOST = 64 << 20
"""Characters of one value: a thousand times a long debate. What is longer is not read into memory."""


class Found(NamedTuple):
    """A value, the line where it begins, and its length in characters."""

    line: int
    value: Any
    length: int


class NotJson(ValueError):
    """What is wrong, in words, and in which line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class _Odd(ValueError):
    """JSON that no program of ours writes."""


def values(file: TextIO) -> Iterator[Found]:
    """Every value, one after another. Raises NotJson.

    Where the first line is whole, each of the others must be, so that what is wrong is told by its own line; else a
    value may go over many lines.
    """
    lines = _Lines(file)
    first = True
    while text := lines.next():
        if not text.strip():
            continue
        try:
            found = list(_decoded(text.rstrip(), lines.number))
        except (ValueError, RecursionError) as e:
            if first and _unfinished(text, e):
                yield from _spread(lines, text)
                return
            raise _told(e, text.rstrip(), lines.number) from e
        first = False
        yield from found


def _decoded(text: str, line: int) -> Iterator[Found]:
    """The values of a line, mostly one."""
    value, end = _DECODER.raw_decode(text, len(text) - len(text.lstrip()))
    yield Found(line, value, end)
    while end < len(text) and (begin := end + len(text[end:]) - len(text[end:].lstrip())) < len(text):
        value, end = _DECODER.raw_decode(text, begin)
        yield Found(line, value, end - begin)


def _spread(lines: _Lines, text: str) -> Iterator[Found]:
    """Values that go over many lines. Tried again whenever the text has doubled, so that long ones stay quick."""
    line, tried, ended = lines.number, len(text), False
    while not ended or text.strip():
        pieces, size = [text], len(text)
        while not ended and (size < 2 * tried or size == len(text)):
            more = lines.next()
            ended = not more
            pieces.append(more)
            size += len(more)
        if size > MOST:
            raise _too_long(line)
        text = "".join(pieces)
        while begins := text.lstrip():
            line += text.count("\n", 0, len(text) - len(begins))
            text = begins
            try:
                value, end = _DECODER.raw_decode(text)
            except (ValueError, RecursionError) as e:
                if ended or not _unfinished(text, e):
                    raise _told(e, text, line) from e
                break
            yield Found(line, value, end)
            line += text.count("\n", 0, end)
            text = text[end:]
        tried = len(text)


def _unfinished(text: str, error: Exception) -> bool:
    """Whether the text may only be the beginning of a value."""
    return isinstance(error, json.JSONDecodeError) and len(text[error.pos :].strip()) <= 1


class _Lines:
    def __init__(self, file: TextIO) -> None:
        self.number = 0
        self._file = file

    def next(self) -> str:
        """The next line with its end; nothing after the last one."""
        try:
            text = self._file.readline(MOST + 1)
        except UnicodeDecodeError as e:
            raise NotJson(self.number + 1, "here or behind it is what is no text in UTF-8") from e
        self.number += 1
        if len(text) > MOST:
            raise _too_long(self.number)
        return text


def _too_long(line: int) -> NotJson:
    return NotJson(line, f"one value is longer than {MOST >> 20} million characters")


def _told(error: Exception, text: str, line: int) -> NotJson:
    if isinstance(error, RecursionError):
        return NotJson(line, "it is nested too deeply")
    if isinstance(error, json.JSONDecodeError):
        line += error.lineno - 1
        cut = ": it is cut off there" if not text[error.pos :].strip() else ""
        return NotJson(line, f"it is not JSON ({error.msg.lower()}, column {error.colno}){cut}")
    if isinstance(error, _Odd):
        return NotJson(line, str(error))
    return NotJson(line, "a number in it is too long")  # what Python refuses to read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Odd(f"{next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return found


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Odd(f"{digits} is no number")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite)
