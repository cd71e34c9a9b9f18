"""What a page to be read is made of: parts, some of which lead somewhere. Values; knows no widget, no debate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.content import Content

from upverdict.core import rulings
from upverdict.core.text import clean

TAG = 15
"""Cells of the column for short words at the left."""


@dataclass(frozen=True, slots=True)
class Words:
    """Leads to words in their statement."""

    quote: rulings.PullQuote


@dataclass(frozen=True, slots=True)
class Fact:
    """Leads to saying what was found out about the fact with this number, from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Version:
    """Leads to the version of the verdict with this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Section:
    """Leads to the section of this name, on the same page."""

    name: str


@dataclass(frozen=True, slots=True)
class More:
    """Leads to parts that stand in its place then."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """Leads to the whole debate."""


@dataclass(frozen=True, slots=True)
class Other:
    """Leads to another debate, by its id."""

    id: str


Jump = Words | Fact | Version | Section | More | Whole | Other


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some rows of a page. `jump` is where Enter goes from it: only parts that have one can be gone to.

    `tag` stands in a column of `cells` at the left, or above where there is little room; `bar` is the colour of a bar
    along it. A `banner` is large, on a ground of its own that goes so many rows beyond it. `above` and `below` are
    empty rows. A part with `section` is the title of one; `kind` says what it is, for whoever looks for it.
    """

    body: Content
    kind: str = ""
    tag: Content | None = None
    cells: int = TAG
    jump: Jump | None = None
    bar: str = ""
    indent: int = 0
    above: int = 0
    below: int = 1
    banner: int = 0
    style: str = ""
    section: str = ""


def text(words: str | Content, kind: str = "", *, style: str = "", above: int = 0, below: int = 1) -> Part:
    """Words that stand still."""
    body = Content(clean(words)) if isinstance(words, str) else words
    return Part(body, kind, style=style, above=above, below=below)


def section(title: str, name: str, parts: Iterable[Part]) -> Iterator[Part]:
    """A title and what stands under it, `name` in the contents; nothing where nothing does."""
    found = list(parts)
    if found:
        yield Part(Content(clean(title).upper()), "section", style="bold $text-accent", above=1, section=name)
        yield from found
