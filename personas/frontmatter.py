"""The text of a file with front matter: keys, body, and every line that is wrong. Knows no persona and no disk.

Why not a library: python-frontmatter needs PyYAML, whose import takes 40 ms where a whole headless `list` may take
half as long again as Python's own start; and both are too lax for a file that people edit by hand. They read a
duplicate key as the last one, `colour: #d0742a` as nothing, and a file without its closing line as one without
any keys, and say no word of it. Pydantic comes too late to name a line. So this is a small strict subset of YAML:
one `key: value` a line, `"…"` or `'…'` where a value needs quotes, `true` and `false`, and `#` comments. What is
accepted is YAML too, so that editors and other tools understand the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

FENCE = "---"
_GAP = "\0"  # where a comment was; a NUL of the file's own is a problem anyway


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in `line` (from 1; 0 is the file as a whole), as a sentence without its full stop."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One value and the line that it stands in."""

    value: str | bool
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file taken apart. `fenced` says whether there was front matter at all; `body` is without comments."""

    entries: dict[str, Entry]
    body: str
    body_line: int
    fenced: bool
    problems: tuple[Problem, ...]


class _BadValue(ValueError):
    """A value outside the subset; the text goes on from “the value …”."""


# What must never reach a screen or a prompt, by the name that the message gives it (protocol.md, "Containment").
# ZWNJ and ZWJ (U+200C, U+200D) are left alone: Persian, the Indic scripts and emoji are spelt with them.
_HIDDEN = re.compile(
    "(?P<control>[\x00-\x08\x0b-\x1f\x7f-\x9f])"
    "|(?P<direction>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    "|(?P<break>[\u2028\u2029])"
    "|(?P<invisible>[\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f])"
)
_HIDDEN_NAMES = {
    "control": "a control character",
    "direction": "a control of the writing direction",
    "break": "a line break that editors do not count",
    "invisible": "an invisible character",
}

_LINE = re.compile(r"([A-Za-z][\w-]*):(?: +(.*))?")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\["\\])*)"(?: +#.*)?')
_SINGLE = re.compile(r"'((?:[^']|'')*)'(?: +#.*)?")
_COMMENT = re.compile(r"(?:^| )#.*")  # with ` +` it would take quadratic time on many spaces
# A plain value that YAML would take for something other than text.
_NOT_PLAIN = re.compile(r"[\[\]{},&*!|>%@`\"']|[-?](?: |$)|.*:(?: |$)")


def parse(text: str) -> Document:
    """The front matter and body of `text`, whose lines end in a line feed. Never raises: problems are listed."""
    problems = list(_hidden(text))
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        problems.insert(0, Problem(1, f"there is no front matter: the first line must be {FENCE}"))
        return Document({}, "", 1, False, tuple(problems))
    end = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), 0)
    if not end:
        problems.insert(0, Problem(1, f"the front matter never ends: a second line {FENCE} is missing"))
        return Document({}, "", 1, False, tuple(problems))
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines[1:end], start=2):
        if problem := _read_line(line.rstrip(), number, entries):
            problems.append(problem)
    body, wrong = _without_comments("\n".join(lines[end + 1 :]), first_line=end + 2)
    problems += wrong
    return Document(entries, body, end + 2, True, tuple(problems))


def render(entries: Iterable[tuple[str, str | bool]], body: str) -> str:
    """The text that `parse` reads back as these entries and this body. Values are single lines."""
    head = "".join(f"{key}: {_written(value)}\n" for key, value in entries)
    return f"{FENCE}\n{head}{FENCE}\n\n{body}\n"


def shown(text: str) -> str:
    """Foreign text, fit to stand in a message: printable, and cut at 60 characters."""
    return printable(text if len(text) <= 60 else text[:59] + "…")


def printable(text: str) -> str:
    """The text with a code point for every character that a terminal would obey, or not show."""
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)


def _hidden(text: str) -> Iterable[Problem]:
    for number, line in enumerate(text.split("\n"), start=1):
        found = {m[0]: _HIDDEN_NAMES[m.lastgroup or ""] for m in _HIDDEN.finditer(line)}
        for char, name in found.items():
            yield Problem(number, f"U+{ord(char):04X} is {name}, which must not stand in a persona")


def _read_line(line: str, number: int, entries: dict[str, Entry]) -> Problem | None:
    if not line or line.lstrip().startswith("#"):
        return None
    match = _LINE.fullmatch(line)
    if not match:
        why = "lines of the front matter are not indented" if line[0].isspace() else "expected “key: value”"
        return Problem(number, f"{why}, found “{shown(line.strip())}”")
    key = match[1]
    if key in entries:
        return Problem(number, f"{shown(key)} stands here a second time, first in line {entries[key].line}")
    try:
        entries[key] = Entry(_read(match[2] or ""), number)
    except _BadValue as e:
        entries[key] = Entry("", number)
        return Problem(number, f"the value of {shown(key)} {e}")
    return None


def _read(raw: str) -> str | bool:
    """The value that `raw` writes. Raises `_BadValue`."""
    if "\t" in raw:
        raise _BadValue("has a tab in it; write a space")
    if raw.startswith('"'):
        if match := _DOUBLE.fullmatch(raw):
            return re.sub(r"\\(.)", r"\1", match[1])
        raise _BadValue('must end at its second quote; inside, write \\" for " and \\\\ for \\')
    if raw.startswith("'"):
        if match := _SINGLE.fullmatch(raw):
            return match[1].replace("''", "'")
        raise _BadValue("must end at its second quote; inside, write '' for '")
    plain = _COMMENT.sub("", raw).rstrip()
    if not plain:
        cut = "; a # begins a comment, so a value that starts with one needs quotes" if raw else ""
        raise _BadValue(f"is missing{cut}")
    if _NOT_PLAIN.match(plain):
        raise _BadValue("needs quotes: it has a colon or a first character that means something else to YAML")
    return {"true": True, "false": False}.get(plain, plain)


def _written(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        if _read(value) == value:
            return value
    except _BadValue:
        pass  # not a plain value: it is quoted below
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _without_comments(text: str, first_line: int) -> tuple[str, list[Problem]]:
    """`text` without `<!-- … -->`, or the first comment that is not well formed.

    Searched by hand: a lazy pattern takes quadratic time, ten seconds on 64 kB of `<!--`.
    """
    pieces: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        line = first_line + text.count("\n", 0, start)
        if end < 0:
            return "", [Problem(line, "the comment that begins here never ends: --> is missing")]
        if "<!--" in text[start + 4 : end]:
            return "", [Problem(line, "the comment that begins here has another <!-- inside")]
        pieces.append(text[at:start])
        at = end + 3
    pieces.append(text[at:])
    lines = [_join(line.split(_GAP)) for line in _GAP.join(pieces).split("\n")]
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in lines if line is not None)).strip()
    if "<!--" in body:
        return "", [Problem(first_line, "comments must not be written inside one another")]
    return body, []


def _join(pieces: list[str]) -> str | None:
    """One line without the comments between its pieces; None where it held nothing else.

    A line that is dropped whole lets a comment stand inside a paragraph without splitting it in two.
    """
    if len(pieces) > 1 and not any(piece.strip() for piece in pieces):
        return None
    line = pieces[0]
    for piece in pieces[1:]:
        line = line.rstrip() + piece if piece.startswith(" ") else line + piece
    return line.rstrip()
