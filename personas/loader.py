"""Reads, checks and seats personas. Imports nothing of core or tui, and at module level only what is cheap.

A persona is a Markdown file: front matter that says who it is, and a body that is its prompt. The packaged ones lie
beside this module; the user's own add to them or replace them. Files are hostile: nothing of one reaches a screen or
a prompt before all of it was checked, and every message about it is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from upverdict.personas import frontmatter
from upverdict.personas.frontmatter import Document, Problem, printable, shown

DEFAULT_COUNCIL = ("builder", "skeptic", "researcher", "contrarian")
"""The slugs of the council that sits where nobody asks for another, in their order on the screen."""

JUDGE = "judge"
"""The slug of the persona-free voice that rules. It is never seated."""

COUNCIL_MIN = 2
COUNCIL_MAX = 8
"""Fewer than two cannot argue; with more than eight a screen shows too little of each (design.md, "Words")."""

NAME_MAX = 22
"""Characters. A pane is never narrower than 28 cells (ui.md); its corners, the letter and the gaps take six."""

TAGLINE_MAX = 80
"""Characters: one line of the narrowest terminal that is usual."""

MODEL_MAX = 200
"""Characters; the longest names of models are paths of files."""

FILE_MAX = 64 * 1024
"""Bytes. The prompt goes out with every ask of its voice; this much is already some 16,000 tokens each time."""

_PACKAGED = Path(__file__).parent
_USER = "you"  # the voice of the person, with the letter Y
_USER_LETTER, _JUDGE_LETTER = "Y", "J"
_LETTERS = "ABCDEFGHIKLMNOPQRSTUVWXZ"  # those that a seat can have

_NO_NAME = re.compile("[<>]")
"""What a name has not: it stands outside the fences of a prompt (protocol.md, Containment)."""
_REQUIRED = ("name", "letter", "tagline", "colour")
_KEYS = (*_REQUIRED, "model", "endpoint", "search")
# A slug is a file's name, a word of the command line and a key in JSON; letters beyond ASCII are spelt in two ways by
# file systems. It is no longer than a name may be.
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Windows opens the console or a port under these names, with any extension.
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
# A file from elsewhere must not send a debate to an address that its reader has never seen.
_ENDPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_NO_ADDRESS = "endpoint must be a name such as claude or ollama; an address gets one in config.toml, under [endpoints]"
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


class PersonaError(ValueError):
    """A persona file that cannot be used: `path`, `line` (from 1; 0 is the file as a whole) and why, in a sentence."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        place = printable(str(path)) + (f":{line}" if line else "")
        super().__init__(_sentence(f"{place}: {message}"))
        self.path = path
        self.line = line
        self.message = message


class CouncilError(ValueError):
    """A council that cannot sit, and why, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """Who an advisor is. `slug` is the file's stem and, once seated, the voice.

    `colour` is `#rrggbb`, to be lightened or darkened until it reads on the theme; `model` and `endpoint` are empty
    where the debate chooses; `search` asks for the endpoint's search, if it has one; `prompt` is the body without its
    comments.
    """

    slug: str
    name: str
    letter: str
    tagline: str
    colour: str
    model: str = ""
    endpoint: str = ""
    search: bool = False
    prompt: str
    path: Path


def load(path: Path) -> Persona:
    """The persona in `path`. Raises `PersonaError` for the first problem in it, by line."""
    persona, problems = _read(path)
    if persona is None:
        raise PersonaError(path, problems[0].line, problems[0].message)
    return persona


def check(path: Path) -> list[str]:
    """Every problem of the file, by line, each in a sentence that names file and line; empty when it can be used."""
    return [str(PersonaError(path, problem.line, problem.message)) for problem in _read(path)[1]]


def files(user_folder: Path | None = None) -> dict[str, Path]:
    """The file of each slug: the packaged ones, replaced and added to by the user's own.

    Those of the default council come first, then the others by slug. A user's folder that does not exist holds none;
    hidden files and a README are no personas. Raises `PersonaError` for a folder that cannot be read.
    """
    found = {path.stem: path for path in (*_markdown(_PACKAGED), *(_markdown(user_folder) if user_folder else []))}
    first = [slug for slug in DEFAULT_COUNCIL if slug in found]
    return {slug: found[slug] for slug in (*first, *sorted(found.keys() - set(first)))}


def load_all(user_folder: Path | None = None) -> dict[str, Persona]:
    """Every persona by its slug, in the order of `files`, the judge among them. Raises `PersonaError`."""
    return {slug: load(path) for slug, path in files(user_folder).items()}


def council(personas: Mapping[str, Persona], slugs: Sequence[str]) -> tuple[Persona, ...]:
    """The personas that sit, in the order of `slugs`, each with a letter of its own.

    Whoever comes first keeps a letter that two claim; the other gets the first free letter of its name, then of the
    alphabet. Raises `CouncilError` for an unknown slug, the judge, one that sits twice, two of the same name (a
    rebuttal names whom it answers), and a number outside `COUNCIL_MIN` to `COUNCIL_MAX`.
    """
    seats = [_seat(personas, slug) for slug in slugs]
    for i, seat in enumerate(seats):
        for other in seats[:i]:
            if other.slug == seat.slug:
                raise CouncilError(f"“{seat.slug}” is named twice; a persona sits once.")
            if other.name.casefold() == seat.name.casefold():
                raise CouncilError(
                    f"“{other.slug}” and “{seat.slug}” are both called {seat.name}; in one council names must differ."
                )
    if not COUNCIL_MIN <= len(seats) <= COUNCIL_MAX:
        raise CouncilError(f"A council has two to eight voices; {len(seats)} are named.")
    return _with_letters(seats)


def render(persona: Persona) -> str:
    """The text of a file that loads as this persona again."""
    return frontmatter.render(_entries(persona), persona.prompt)


def template(slug: str) -> str:
    """The text of a file to start a persona from, which passes `check` as it is. Raises `PersonaError` for a bad slug.

    For the slug of a packaged persona it is that persona, to be changed and put in its place.
    """
    if wrong := _wrong_slug(slug):
        raise PersonaError(Path(f"{slug}.md"), 0, wrong)
    packaged = _PACKAGED / f"{slug}.md"
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    words = slug.replace("-", " ").title()
    name = f"The {words}" if len(words) + 4 <= NAME_MAX and not words.startswith("The ") else words
    letter = _free_letter(words.removeprefix("The "), taken=())
    head = (("name", name), ("letter", letter), ("tagline", _TAGLINE), ("colour", _TEMPLATE_COLOUR))
    return frontmatter.render(head, _TEMPLATE.replace("NAME", name))


def _markdown(folder: Path) -> list[Path]:
    try:
        if not folder.exists():
            return []
        found = [p for p in folder.iterdir() if p.suffix.lower() == ".md" and not p.is_dir()]
    except OSError as e:
        raise PersonaError(folder, 0, f"the folder of personas cannot be read: {e.strerror or e}") from e
    return sorted(p for p in found if not p.name.startswith(".") and p.stem.lower() != "readme")


def _read(path: Path) -> tuple[Persona | None, list[Problem]]:
    """The persona, or None and what is wrong, by line."""
    text, unreadable = _text(path)
    wrong = _wrong_slug(path.stem)
    problems = [Problem(0, wrong)] if wrong else []
    if unreadable:
        return None, [unreadable, *problems]
    document = frontmatter.parse(text)
    problems += document.problems
    if document.fenced:
        problems += _wrong_keys(document, path.stem)
    if problems:
        return None, sorted(problems, key=lambda p: p.line)
    return _built(document, path), []


def _text(path: Path) -> tuple[str, Problem | None]:
    try:
        if not path.is_file():  # a pipe or a device would never end
            return "", Problem(0, "is not a file" if path.exists() else "there is no such file")
        with path.open("rb") as f:
            raw = f.read(FILE_MAX + 1)
    except OSError as e:
        return "", Problem(0, f"cannot be read: {e.strerror or e}")
    if len(raw) > FILE_MAX:
        return "", Problem(0, f"is larger than {FILE_MAX // 1024} kB, and its prompt would go out with every ask")
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")  # some editors begin UTF-8 with a mark
    except UnicodeDecodeError as e:
        line = raw.count(b"\n", 0, e.start) + 1
        return "", Problem(line, f"is not UTF-8: byte 0x{e.object[e.start]:02X} does not belong there")
    return text.replace("\r\n", "\n"), None


def _wrong_slug(slug: str) -> str:
    """Why a file's stem can't be a voice, or nothing."""
    if slug == _USER:
        return f"“{_USER}” is the voice of the person; the file needs another name"
    if _DEVICES.fullmatch(slug):
        return f"“{slug}” is a device on Windows; the file needs another name"
    if len(slug) > NAME_MAX or not _SLUG.fullmatch(slug):
        return (
            f"“{shown(slug)}” cannot name a voice: a file's name is made of a to z, digits and single hyphens,"
            f" at most {NAME_MAX}"
        )
    return ""


def _wrong_keys(document: Document, slug: str) -> Iterator[Problem]:
    for key, entry in document.entries.items():
        if key not in _KEYS:
            yield Problem(entry.line, f"unknown key {shown(key)}; {_instead(key, _KEYS)}")
        elif entry.value != "":
            wrong = _wrong_value(key, entry.value, slug)
            if wrong:
                yield Problem(entry.line, wrong)
        elif not any(problem.line == entry.line for problem in document.problems):
            yield Problem(entry.line, f"{key} is empty" + ("" if key in _REQUIRED else "; leave the line out"))
    for key in _REQUIRED:
        if key not in document.entries:
            yield Problem(document.body_line - 1, f"the key {key} is missing")
    told = any(problem.line >= document.body_line for problem in document.problems)
    if not told and not any(c.isalnum() for c in document.body):
        yield Problem(document.body_line, "there is no prompt: nothing but comments follows the front matter")


def _wrong_value(key: str, value: str | bool, slug: str) -> str:
    """Why this value of a known key can't be, or nothing."""
    if key == "search":
        return "" if isinstance(value, bool) else f"search must be true or false, found “{shown(value)}”"
    if isinstance(value, bool):
        return f"{key} must be text; in quotes, true and false are"
    match key:
        case "letter":
            return _wrong_letter(value, slug)
        case "colour":
            return "" if _COLOUR.fullmatch(value) else f'colour must look like "#d0742a", found “{shown(value)}”'
        case "model":
            fits = len(value) <= MODEL_MAX and not any(c.isspace() for c in value)
            return "" if fits else f"model must be one word of at most {MODEL_MAX} characters"
        case "endpoint":
            return "" if _ENDPOINT.fullmatch(value) else _NO_ADDRESS
        case _:
            return _wrong_line(key, value.strip())


def _wrong_letter(value: str, slug: str) -> str:
    if value == _USER_LETTER:
        return "the letter Y is that of the person; take another"
    if slug == JUDGE:
        return "" if value == _JUDGE_LETTER else f"the judge's letter is J, found “{shown(value)}”"
    if value == _JUDGE_LETTER:
        return "the letter J is the judge's; take another"
    if len(value) != 1 or value not in _LETTERS:
        return f"letter must be one capital from A to Z, found “{shown(value)}”"
    return ""


def _wrong_line(key: str, value: str) -> str:
    limit, reason = (NAME_MAX, "the head of a narrow pane") if key == "name" else (TAGLINE_MAX, "one line")
    if not any(c.isalnum() for c in value):
        return f"{key} has no letter or digit that could be read"
    if key == "name" and (wrong := _NO_NAME.search(value)):
        return f"a name can have no “{wrong[0]}”: it stands outside the marks that keep texts apart in a prompt"
    if len(value) > limit:
        return f"{key} has {len(value)} characters; it must fit {reason}, so at most {limit}"
    return ""


def _built(document: Document, path: Path) -> Persona:
    """The persona of a document without problems."""
    values = {key: entry.value for key, entry in document.entries.items()}
    name, letter, tagline, colour = (str(values[key]).strip() for key in _REQUIRED)
    return Persona(
        slug=path.stem,
        name=name,
        letter=letter,
        tagline=tagline,
        colour=colour.lower(),
        model=str(values.get("model", "")),
        endpoint=str(values.get("endpoint", "")),
        search=values.get("search") is True,
        prompt=document.body,
        path=path,
    )


def _entries(persona: Persona) -> Iterator[tuple[str, str | bool]]:
    yield "name", persona.name
    yield "letter", persona.letter
    yield "tagline", persona.tagline
    yield "colour", persona.colour
    if persona.model:
        yield "model", persona.model
    if persona.endpoint:
        yield "endpoint", persona.endpoint
    if persona.search:
        yield "search", True


def _seat(personas: Mapping[str, Persona], slug: str) -> Persona:
    if slug == JUDGE:
        raise CouncilError("The judge rules and never argues, so it cannot sit in the council.")
    if slug not in personas:
        known = [known for known in personas if known != JUDGE]
        raise CouncilError(_sentence(f"There is no persona “{shown(slug)}”; {_instead(slug, known)}"))
    return personas[slug]


def _with_letters(seats: Sequence[Persona]) -> tuple[Persona, ...]:
    """Every seat with a letter of its own. All first claims are kept before any other letter is given out."""
    owners: dict[str, str] = {}
    for seat in seats:
        owners.setdefault(seat.letter, seat.slug)
    given = []
    for seat in seats:
        letter = seat.letter if owners[seat.letter] == seat.slug else _free_letter(seat.name, taken=owners)
        owners[letter] = seat.slug
        given.append(replace(seat, letter=letter))
    return tuple(given)


def _free_letter(name: str, taken: Iterable[str]) -> str:
    """The first letter of the name, then of the alphabet, that nobody has. Eight voices never use up 24."""
    free = set(_LETTERS) - set(taken)
    return next(letter for letter in name.upper() + _LETTERS if letter in free)


def _sentence(words: str) -> str:
    return words if words.endswith("?") else f"{words}."


def _instead(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches  # only a mistake pays for it

    near = get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"


_TAGLINE = "Says in one line what only this voice adds"
_TEMPLATE_COLOUR = "#7a7fd0"
_TEMPLATE = """\
<!-- Everything between such marks is for people and never reaches a model. The rest is the prompt: change all of it.
     Lengths, paragraphs and the shape of a rebuttal are the council's common rules and do not belong here. -->

You are NAME in a council that argues a question. You see it from one place, and you say what is seen from there and
from nowhere else.
<!-- why: say in a sentence or two where this voice stands. A place to look from makes a voice; a costume does not. -->

Your job in the council, which nobody else does, is to bring in what matters most from that place and is missing from
the usual answers.
<!-- why: two voices with one job make a debate worse. Name what would go unsaid if this voice were absent. -->

The first sentence of your opening gives the conclusion that your place leads to, in plain words.
<!-- why: the first sentence stands alone beside those of the others when the debate is shown at a glance. -->

Reason from causes: say what leads to what, what you take for granted, and what would show that you are wrong.
<!-- why: the manner of reasoning is what the reader should recognise this voice by, with its name covered. -->

Invent no biography, no anecdote and no source. A figure has a source that you can name, or you call it an estimate
and say what it rests on. Do not seek agreement, and do not oppose for the sake of opposing.
<!-- why: invented experience persuades and cannot be checked; agreement and dissent count where they are meant. -->

In a rebuttal, choose the claim that your place lets you judge better than the others can, and say what follows for
the reader's decision.
<!-- why: an answer that any other voice could have given adds nothing. -->
"""
