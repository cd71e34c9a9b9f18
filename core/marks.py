"""The marks with which a voice cites sources, `[source 1]`, `[1]` or `[1, 2]`: taken out of its prose while it streams.

Pure; knows no debate. A mark is no part of the text: it is told apart, with the place behind which it stood. One that
names any number which no source has is no mark, and stays in the text as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

LONGEST = 80
"""Characters of a mark; what goes on longer is prose, so that little is held back."""

MAX_MARKS = 500
"""Marks of a statement that are kept; each parts its words. The others are taken out all the same."""

_ONE = r"\d{1,3}(?:\s*[-–]\s*(?:source\s*)?\d{1,3})?"
_BARE = rf"\[\s*(?:sources?\s*)?(?:{_ONE})(?:\s*(?:[,;&]|and)?\s*(?:and\s*)?(?:sources?\s*)?{_ONE})*\s*\]"
_MARK = re.compile(rf"{_BARE}|\(\s*{_BARE}\s*\)", re.IGNORECASE)
_WITH_SPACE = re.compile(rf"[^\S\n]*(?:{_MARK.pattern})", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,3})(?:\s*[-–]\s*(?:source\s*)?(\d{1,3}))?", re.IGNORECASE)
_OPEN = re.compile(r"[\s\[(]")
_SPACE = re.compile(r"\s*")
_INSIDE = frozenset("sourceand0123456789,;&-–")
_CLOSERS = frozenset(".,;:!?…)]}»”’\"'*_。，、；：！？）」』】؟،۔")


class Cited(NamedTuple):
    """The sources that a mark names, by their ids."""

    ids: tuple[str, ...]


def without(text: str) -> str:
    """The text without anything that looks like a mark, whatever its numbers."""
    return _WITH_SPACE.sub("", text)


def written(ids: Iterable[str]) -> str:
    """The mark for these sources, as voices write and read it."""
    return f"[source {', '.join(ids)}]"


class Marks:
    """Feed it words; it gives back prose and marks, in their order. `known` says whether a source has this id.

    White space before a mark goes, so that none is doubled or stands before a full stop. A mark at the beginning of a
    line belongs to what follows it there; one that has the line for itself, to what stands before.
    """

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._held = ""
        self._begun = False

    def feed(self, piece: str) -> list[str | Cited]:
        """What `piece` completes."""
        self._held += piece
        return self._run(final=False)

    def finish(self) -> list[str | Cited]:
        """What was held back, when nothing more comes."""
        return self._run(final=True)

    def _run(self, final: bool) -> list[str | Cited]:
        parts: list[str | Cited] = []
        while self._held and (found := self._step(final)) is not None:
            parts += found
        return parts

    def _step(self, final: bool) -> list[str | Cited] | None:
        """What the held words begin with: prose, or marks with the white space around them. None: not decided yet."""
        held = self._held
        opened = _OPEN.search(held)
        if opened is None or opened.start():
            return self._give(opened.start() if opened else len(held))
        space = at = end = _past_space(held, 0)
        ids: list[str] = []
        while True:
            if at == len(held):
                if not final:
                    return None
                break
            match = _MARK.match(held, at, at + LONGEST)
            # Numbers alone, right behind a word, are an index into something.
            stands = at > 0 or not self._begun or (match is not None and "source" in match[0].lower())
            named = self._named(match[0]) if match and stands else []
            if not named:
                if match is None and not final and _may_become(held[at : at + LONGEST]):
                    return None
                break
            ids += [id for id in named if id not in ids]
            end = match.end() if match else at
            at = _past_space(held, end)
        return self._settle(space, end, at, Cited(tuple(ids))) if ids else self._give(space or 1)

    def _named(self, mark: str) -> list[str]:
        """The ids in a mark; none where one of them is no source's."""
        ids: list[str] = []
        for found in _NUMBERS.finditer(mark):
            first, last = int(found[1]), int(found[2] or found[1])
            ids += [str(n) for n in range(first, last + 1)] or [""]
        return ids if all(map(self._known, ids)) else []

    def _settle(self, space: int, end: int, follows: int, cited: Cited) -> list[str | Cited]:
        """Marks that stand behind `space` characters of white space and end at `end`, before white space that ends at
        `follows`.
        """
        held = self._held
        before, behind, rest = held[:space], held[end:follows], held[follows:]
        starts_line = "\n" in before or not self._begun
        if starts_line and rest and "\n" not in behind:
            self._held, self._begun = rest, True
            return [before, cited] if before else [cited]
        self._held = behind + rest if self._begun else rest
        if before and not behind and rest and rest[0] not in _CLOSERS:
            return [cited, before]
        return [cited]

    def _give(self, count: int) -> list[str | Cited]:
        words, self._held = self._held[:count], self._held[count:]
        self._begun = True
        return [words]


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _may_become(text: str) -> bool:
    """Whether more words can make a mark of the text."""
    if len(text) >= LONGEST:
        return False
    bare = "".join(text.split()).lower()
    inner = bare.removeprefix("(")
    if not inner:
        return True
    word, closed, behind = inner[1:].partition("]")
    if inner[0] != "[" or (closed and (inner == bare or behind)):
        return False
    return _INSIDE.issuperset(word)
