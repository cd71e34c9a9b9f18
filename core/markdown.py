"""Text as Markdown that shows as that text, whoever wrote it: on GitHub, GitLab and wherever CommonMark is read. Pure.

What begins a block (heading, list, fence, table, quotation), links, images, raw HTML and entities show as they were
written; only bold, italics and code, which the screen knows too, keep what they do. Rules: the CommonMark
specification 0.31, sections 2.4 and 4 to 6, and GitHub's additions to it, <https://github.github.com/gfm/>.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from upverdict.core.text import clean

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_STYLED = 20_000
"""Characters of a paragraph whose bold, italics and code are looked for; a longer one shows all of its marks."""

_ACTS = re.compile(
    r"[\\`*_\[\]<~|$]"
    r"|&(?=\#?\w+;)"  # an entity
    r"|(?<!\S)\#"  # a heading, and what closes one
    r"|(?<=:)/(?=/)"  # an address that GitHub would make a link of
    r"|(?<=www)\.",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r">"
    r"|[-+](?=[\s+:|-]|$)"  # a list, a rule, the line under a heading or under a table's head
    r"|=(?==*\s*$)"
    r"|:(?=-)"
)
_NUMBERED = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_BREAK = "\\\n"
_STYLES = {"strong_open": "**", "strong_close": "**", "em_open": "*", "em_close": "*"}


def line(text: str) -> str:
    """The text in one line, with no style: for headings, cells of a table, items of a list."""
    return _begun(_escaped(" ".join(clean(text).split())))


def bold(text: str) -> str:
    """The text in one line, in bold; nothing where there is none."""
    words = line(text)
    return f"**{words}**" if words else ""


def styled(text: str) -> str:
    """The text in one line, with its bold, italics and code."""
    return _paragraph(" ".join(clean(text).split()))


def block(text: str) -> Iterator[str]:
    """The text as lines of Markdown: its paragraphs, its lines and their indentation, its bold, italics and code."""
    first = True
    for paragraph in _BLANK.split(clean(text).strip("\n")):
        if paragraph.strip():
            yield from () if first else ("",)
            yield from _paragraph(_INDENT.sub(_kept, paragraph.rstrip())).split("\n")
            first = False


def quoted(lines: Iterable[str]) -> Iterator[str]:
    """These lines of Markdown as a quotation."""
    return (f"> {one}".rstrip() for one in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are Markdown already, each in one line."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _kept(indent: re.Match[str]) -> str:
    """Four blanks would begin a block of code, fewer would be dropped: what Markdown takes for none stands for them."""
    return indent[0].replace("\t", "    ").replace(" ", "\u00a0")


def _escaped(text: str) -> str:
    return _ACTS.sub(r"\\\g<0>", text)


def _begun(line: str) -> str:
    """A line of which nothing begins a block."""
    if _BEGINS.match(line):
        return f"\\{line}"
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def _paragraph(text: str) -> str:
    written = _written(_tokens(text)) if len(text) <= MOST_STYLED else _escaped(text).replace("\n", _BREAK)
    return "\n".join(map(_begun, written.split("\n")))


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    parser = _parser()
    parser.inline.parse(text, parser, {}, tokens)
    return tokens


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # dear to load: whoever exports JSON needs none of it

    return MarkdownIt("commonmark", {"maxNesting": 20}).disable(["link", "image", "autolink", "html_inline", "entity"])


def _written(tokens: Iterable[Token]) -> str:
    """One paragraph's tokens as Markdown again. What stands between two marks is escaped as a whole: a backslash that
    went away must not let an address come together."""
    out: list[str] = []
    words: list[str] = []

    def flush() -> None:
        out.append(_escaped("".join(words)))
        words.clear()

    for token in tokens:
        if token.type in ("text", "text_special"):
            words.append(token.content)
            continue
        flush()
        match token.type:
            case "softbreak" | "hardbreak":
                out.append(_BREAK)
            case "code_inline":
                out.append(_code(token.content))
            case _:
                out.append(_STYLES[token.type])
    flush()
    return "".join(out)


def _code(text: str) -> str:
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text[:1] in "` " or text[-1:] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"
