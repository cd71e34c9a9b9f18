"""A kept debate as a text to share: which forms there are, what it is called, and how it gets into a file.

Needs no model and opens no connection. A file is there whole or not at all, and never takes another one's place
unless that is wanted. What stands in a form is `markdown_page.py`'s, `html_page.py`'s, `document.py`'s and
`jsonform.py`'s.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Literal, get_args

from upverdict.core import errors, jsonform
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.reader import Library
from upverdict.core.text import clean, escaped
from upverdict.core.ticker import Ticker

Form = Literal["md", "html", "json", "jsonl"]
FORMS: tuple[Form, ...] = get_args(Form)
STDOUT = "-"
"""What an output is called that is no file."""

MOST_OF_QUESTION = 60
"""Characters of a question in the name of a file: in bytes no file system's limit (255), whatever the script."""

_ENDINGS: dict[str, Form] = {
    "": "md",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def form_of(output: str) -> Form:
    """The form that the ending of a file's name tells; Markdown where it has none. Raises WrongUse for others."""
    ending = Path(output).suffix.lower()
    if output == STDOUT:
        return "md"
    if ending not in _ENDINGS:
        raise errors.WrongUse(
            f"{output}: {ending} does not tell the format. --format md, html, json or jsonl does; nothing was written."
        )
    return _ENDINGS[ending]


def exporting(db: Path, ids: Sequence[str], form: Form | None, output: str, *, force: bool, everything: bool) -> int:
    """Export debates, or all of them, to stdout (`output` is empty or `-`) or into a file.

    Several are written one after another, so that no more than one is in memory: events as ever, documents one a line,
    pages with a rule between them. Of all, those whose record is damaged are left out, and told.
    """
    if bool(ids) == everything:
        raise errors.WrongUse(
            "Name the debates to export, or --all of them."
            if everything
            else "Which debate? Name it by its ID, or `last`; --all is all of them."
        )
    told = form or form_of(output)
    library = Library(db)
    chosen = [library.resolve(id) for id in ids]
    if told == "html" and (everything or len(set(chosen)) > 1):
        raise errors.WrongUse(
            "A page of HTML is about one debate; `upverdict site FOLDER` makes a page for each. Nothing was written."
        )
    damaged: list[StoreError] = []
    with Ticker() as ticker:
        if everything:
            if not (count := library.count() + library.count(archived=True)):
                raise NoSuchDebate("yet")
            shown = output in ("", STDOUT) and sys.stdout.isatty()
            pieces = _all(library, told, count, ticker, damaged, shown=shown)
        else:
            pieces = _parted(told, (made(library, id, told, n) for n, id in enumerate(dict.fromkeys(chosen), 1)))
        if output in ("", STDOUT):
            for piece in pieces:
                print(piece, end="")
        else:
            path = Path(output).expanduser()
            spare(db, path)
            written = write(path, pieces, force=force)
    if output not in ("", STDOUT):
        ending = Path(output).suffix.lower()
        meant = _ENDINGS.get(ending, told) if ending else told
        other = f" It holds {told}, as --format says, though its name says {meant}." if meant != told else ""
        what = counted(count - len(damaged)) if everything else ", ".join(dict.fromkeys(chosen))
        print(f"Exported {what} to {written}.{other}", file=sys.stderr)
    for error in damaged:
        print(f"Left out: {clean(str(error))}", file=sys.stderr)
    return errors.NO_VERDICT if damaged else errors.VERDICT


def counted(debates: int) -> str:
    return "1 debate" if debates == 1 else f"{debates:,} debates"


def _all(
    library: Library, form: Form, count: int, ticker: Ticker, damaged: list[StoreError], *, shown: bool
) -> Iterator[str]:
    from upverdict.core.store.through import in_order

    def texts() -> Iterator[str]:
        for number, id in enumerate(in_order(library), 1):
            try:
                yield made(library, id, form, number)
            except NoSuchDebate:
                continue  # deleted just now
            except StoreError as e:
                if e.kind != "damaged" or id not in str(e):
                    raise
                damaged.append(e)
            if not shown:  # among the words themselves it would be in the way
                ticker.tell("Exporting debates", number, count)

    return _parted(form, texts())


def _parted(form: Form, texts: Iterator[str]) -> Iterator[str]:
    """Debates one after another; between pages is a rule."""
    for number, text in enumerate(texts):
        yield f"\n---\n\n{text}" if number and form == "md" else text


def made(library: Library, id: str, form: Form, number: int = 1) -> str:
    """The debate in this form, as it is kept; the so many-th of its file. Raises NoSuchDebate and StoreError."""
    state = library.state(id)  # first: what is over by now has all its events
    if form == "jsonl":
        return "".join(escaped(jsonform.to_json(event)) + "\n" for event in library.told(id))
    if form == "json":
        from upverdict.core.debate import Debate
        from upverdict.core.document import document

        events = library.told(id)
        told = jsonform.line(document(Debate.fold(events), state))
        log = ",".join(escaped(jsonform.to_json(event)) for event in events)
        return f'{told[:-1]}, "log": [{log}]}}\n'
    debate = library.debate(id)
    if form == "html":
        from upverdict.core import html_page, html_sheet

        return html_page.page(debate, state, html_sheet.sheet())
    from upverdict.core.markdown_page import page

    return page(debate, state, number)


def into_folder(library: Library, id: str, folder: Path, form: Form = "md") -> Path:
    """Export a debate into a folder, under a name that no file there has; returns where it is.

    Raises StoreError, and UserError where it can't be written.
    """
    name = slug(library.row(id).called)
    stem = "-".join(filter(None, (name, id)))
    text = made(library, id, form)
    for number in count(2):
        try:
            return write(folder / f"{stem}.{form}", text)
        except Taken:
            stem = "-".join(filter(None, (name, id, str(number))))
    raise AssertionError("numbers do not end")


def slug(question: str) -> str:
    """The question as a part of a file's name: small letters and digits of any script, hyphens between its words."""
    folded = unicodedata.normalize("NFC", clean(question).lower())
    kept = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in folded)
    words = "-".join(kept.split())
    if len(words) <= MOST_OF_QUESTION:
        return words
    cut = words[:MOST_OF_QUESTION]
    return cut if words[MOST_OF_QUESTION] == "-" or "-" not in cut else cut.rpartition("-")[0]


def spare(db: Path, path: Path) -> None:
    """Raise WrongUse where a text would take the place of a file that keeps debates, or of a part of it.

    `db` is one of these, whatever is in it now. Nothing that is wanted reaches them: no words were kept any more.
    """
    from upverdict.core.store import migrations

    real = Path(os.path.realpath(path))
    for ending in ("", "-wal", "-shm", "-journal"):
        if not real.name.endswith(ending) or real.name == ending:
            continue
        whose = real.with_name(real.name.removesuffix(ending))
        try:
            ours = whose.is_file() and migrations.header(whose) == migrations.APPLICATION_ID
        except (OSError, ValueError):  # what can't be read can't be told from any other file
            ours = False
        if ours or whose == Path(os.path.realpath(db)):
            raise errors.WrongUse(
                f"{path} keeps debates or belongs to a file that does. Name another one; nothing was written."
            )


class Taken(errors.WrongUse):
    """There is a file already."""


def write(path: Path, text: str | Iterable[str], *, force: bool = False) -> Path:
    """Write a text, or its pieces, as a file in UTF-8: whole or not at all, with `force` in place of one that is there.

    Returns where it is.

    What is no file, such as `/dev/stdout`, is written as it is. Raises Taken, and UserError where it can't be written.
    """
    pieces = [text] if isinstance(text, str) else text
    try:
        path = Path(os.path.abspath(path))
        if path.is_dir():
            raise errors.WrongUse(f"{path} is a folder. Name a file in it; nothing was written.")
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(piece.encode() for piece in pieces)
            return path
        if force:
            path = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
        elif os.path.lexists(path):
            raise taken(path)
        _put(path, pieces, force)
    except FileNotFoundError as e:
        raise errors.WrongUse(f"The folder of {path} is not there: nothing was written. Make it first.") from e
    except OSError as e:
        raise errors.UserError(
            f"{path} can't be written: {(e.strerror or str(e)).lower()}. The debate is kept; name another place."
        ) from e
    return path


def _put(path: Path, pieces: Iterable[str], force: bool) -> None:
    """By way of a file beside it. Raises Taken and OSError, and leaves nothing behind then."""
    beside = path.with_name(f".upverdict-{os.urandom(6).hex()}.part")
    try:
        with beside.open("xb") as file:
            if force and path.exists():
                beside.chmod(path.stat().st_mode & 0o777)  # before it holds a word: nobody else may read it if so
            file.writelines(piece.encode() for piece in pieces)
            file.flush()
            os.fsync(file.fileno())
        named(beside, path, force=force)
    finally:
        beside.unlink(missing_ok=True)


def named(beside: Path, path: Path, *, force: bool) -> None:
    """Give a whole file its name, with `force` in place of one that has it. Raises Taken and OSError."""
    if force:
        os.replace(beside, path)
        return
    try:
        os.link(beside, path)
    except FileExistsError as e:
        raise taken(path) from e
    except OSError as e:  # not every file system has links
        if os.path.lexists(path):
            raise taken(path) from e
        os.rename(beside, path)


def taken(path: Path) -> Taken:
    return Taken(f"{path} is there already and was left as it is. --force writes over it.")
