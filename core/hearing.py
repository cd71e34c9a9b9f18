"""Hears out the judge: one answer, cleaned, and one repair turn where it can't be used. Knows no log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from upverdict.core.answer import Unreadable
from upverdict.core.faults import WireError
from upverdict.core.lines import Line
from upverdict.core.pen import Pen
from upverdict.core.prompts import Prompt
from upverdict.core.stream import Answer

Ask = Callable[[Line, Prompt, Callable[[str], None]], Awaitable[Answer]]
"""Makes one request, which it counts however it ends (`till.py`); the words go to the third as they come."""

_T = TypeVar("_T")


async def answered(line: Line, prompt: Prompt, request: Ask, feed: Callable[[str], object] = lambda _: None) -> str:
    """The whole answer; `feed` gets its pieces as they come. Raises WireError."""
    pen = Pen(feed)
    try:
        await request(line, prompt, pen.write)
    finally:
        pen.close()
    return pen.text.strip()


async def formed(line: Line, prompt: Prompt, request: Ask, feed: Callable[[str], object] = lambda _: None) -> str:
    """An answer that is to have a form. Raises `Unreadable` when it had no end, WireError for every other fault."""
    try:
        return await answered(line, prompt, request, feed)
    except WireError as e:
        if e.fault.kind == "too_long":
            raise Unreadable("it had no end.") from e
        raise


async def repaired(ask: Callable[[str], Awaitable[_T]]) -> _T | None:
    """What `ask` gives, asked once more with what was wrong where it raises `Unreadable`; None when both times it did.

    The first time it is given an empty complaint.
    """
    complaint = ""
    for _ in range(2):
        try:
            return await ask(complaint)
        except Unreadable as e:
            complaint = str(e)
    return None
