"""A whole library as a static site: a page for each debate, lists of them, and a search that needs no server.

It can be opened as files, or be put on any web server. What has not changed since the last time is not written again,
and pages of debates that are gone are taken away. Needs no model and opens no connection.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from upverdict.core import errors, html_library, html_page, html_sheet, shelving, site_index
from upverdict.core.debate import Debate
from upverdict.core.store.errors import NoSuchDebate, StoreError
from upverdict.core.store.ids import is_id
from upverdict.core.store.reader import Library, Row
from upverdict.core.text import clean
from upverdict.core.ticker import Ticker

MANIFEST = "upverdict-site.json"
"""What tells a folder of ours from any other: which debates have a page, and of which state of theirs."""
_VERSION = 1
_ROWS = 200
_HEAD = 4096
"""Bytes of a page in which it says whose it is."""
_NAMED = 12
"""Tags that are named where there is none such; the most used come first."""


def publishing(db: Path, folder: Path, *, title: str, tags: tuple[str, ...], archived: bool) -> int:
    """Write the site of a library, of the debates with these tags, or bring it up to date; returns the exit code.

    Raises UserError where no debate has these tags, or the folder is another one's or can't be written, and StoreError.
    """
    wanted = tuple(dict.fromkeys(one for words in tags for one in shelving.tags([words]) or (shelving.tag(words),)))
    library = Library(db)
    folder = Path(os.path.abspath(folder.expanduser()))
    if not db.exists() and (folder / MANIFEST).exists():
        raise errors.WrongUse(
            f"There is no file {db}, so no debates: all pages in {folder} would go. Nothing was changed; name the file "
            "whose site it is with --db."
        )
    try:
        if wanted and not library.page(limit=1, tags=wanted) and not (archived and _archived(library, wanted)):
            raise _no_such(library, wanted)  # else a slip of the finger would take all pages away
        with Ticker() as ticker:
            site = _Site(library, folder, clean(title).strip() or "Debates")
            site.write(
                _rows(library, wanted, archived), ticker, library.count() + archived * library.count(archived=True)
            )
    except OSError as e:
        raise errors.UserError(
            f"The site can't be written to {folder}: {(e.strerror or str(e)).lower()}. The debates are as they were; "
            "make room, or name another folder, and give the command again: it goes on where it stopped."
        ) from e
    finally:
        library.close()
    for words in site.unreadable:
        print(words, file=sys.stderr)
    gone = f", {site.removed:,} removed" if site.removed else ""
    old = site.count - site.written
    print(
        f"{site.count:,} {'debate' if site.count == 1 else 'debates'} in {folder / html_library.name_of(1)}: "
        f"{site.written:,} {'page' if site.written == 1 else 'pages'} written, "
        f"{old:,} {'was' if old == 1 else 'were'} up to date{gone}.",
        file=sys.stderr,
    )
    return errors.NO_VERDICT if site.unreadable else errors.VERDICT


def _archived(library: Library, tags: tuple[str, ...]) -> bool:
    return bool(library.page(limit=1, tags=tags, archived=True))


def _no_such(library: Library, tags: tuple[str, ...]) -> errors.WrongUse:
    """No debate has all these tags: which there are."""
    named = f"the tag{'s' * (len(tags) > 1)} {' and '.join(tags)}"
    if _archived(library, tags):
        return errors.WrongUse(
            f"All debates with {named} are archived. Nothing was changed: --archived takes those, too."
        )
    known = [clean(tag) for tag, _ in library.tags()]
    there = (
        f"{', '.join(known[:_NAMED])}{', …' * (len(known) > _NAMED)}" if known else "none; without --tag, all debates"
    )
    return errors.WrongUse(f"No debate has {named}. Nothing was changed. The tags that there are: {there}.")


def _rows(library: Library, tags: tuple[str, ...], archived: bool) -> Iterator[Row]:
    """The newest first; with `archived` those, too, behind the others."""
    for put_away in (False, True)[: 1 + archived]:
        after = None
        while rows := library.page(after, _ROWS, tags=tags, archived=put_away):
            yield from rows
            after = (rows[-1].created_at, rows[-1].id)


class _Site:
    def __init__(self, library: Library, folder: Path, title: str) -> None:
        self._library = library
        self._folder = folder
        self._title = title
        self.count = self.written = self.removed = 0
        self.unreadable: list[str] = []
        self._before = self._taken_over()
        # A page looks as its style and its program make it look.
        made = "".join((html_sheet.sheet(), *_sources()))
        self._look = hashlib.sha256(made.encode()).hexdigest()[:16]

    def _taken_over(self) -> dict[str, str]:
        """The pages that are there: by id what state each is of. Raises WrongUse where the folder is another one's."""
        if self._folder.exists() and not self._folder.is_dir():
            raise errors.WrongUse(f"{self._folder} is a file. Name a folder; nothing was written.")
        manifest = self._folder / MANIFEST
        if not manifest.exists():
            if self._folder.exists() and any(self._folder.iterdir()):
                raise errors.WrongUse(
                    f"{self._folder} holds other files. Name a folder that is empty or not there yet; nothing was "
                    "written."
                )
            return {}
        try:
            told: Any = json.loads(manifest.read_text("utf-8"))
            # a page that goes is one of ours, whatever is written there
            if told["version"] == _VERSION:
                return {id: str(of) for id, of in told["pages"].items() if is_id(id)}
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return {page.stem: "" for page in (self._folder / "debates").glob("*.html") if _is_ours(page)}

    def write(self, rows: Iterable[Row], ticker: Ticker, of: int) -> None:
        (self._folder / "debates").mkdir(parents=True, exist_ok=True)
        (self._folder / "search").mkdir(exist_ok=True)
        pages: dict[str, str] = dict(self._before)
        self._note(pages)  # from now on it is a folder of ours, whatever happens
        index = site_index.Index()
        listed: list[html_library.Listed] = []
        for row in rows:
            ticker.tell("Debates", len(listed), of)
            if not is_id(row.id):  # a file that somebody else made: an id is the name of a file here
                self.unreadable.append(f"{row.id!r} can't be the id of a debate: it has no page.")
                continue
            try:
                debate = self._library.debate(row.id)
            except NoSuchDebate:  # deleted since the list was read
                continue
            except StoreError as e:
                self.unreadable.append(str(e))
                continue
            state = f"{debate.seq} {row.state} {self._look}"
            if pages.get(row.id) != state or not self._page(row.id).exists():
                self._put(self._page(row.id), _page(debate, row))
                self.written += 1
            pages[row.id] = state
            index.add(_texts(debate, row))
            listed.append(_listed(row))
            if self.written % 1_000 == 999:
                self._note(pages)
        self.count = len(listed)
        kept = {one.id for one in listed}
        for id in pages.keys() - kept:
            self._page(id).unlink(missing_ok=True)
            self.removed += id in self._before
        self._lists(listed)
        self._search(index, listed)
        self._note({id: state for id, state in pages.items() if id in kept})

    def _lists(self, listed: list[html_library.Listed]) -> None:
        shown = html_library.SHOWN
        pages = max(1, -(-len(listed) // shown))
        names = set()
        for number in range(1, pages + 1):
            some = listed[(number - 1) * shown : number * shown]
            text = html_library.page(self._title, number, pages, len(listed), some, html_sheet.library_sheet())
            names.add(html_library.name_of(number))
            self._put(self._folder / html_library.name_of(number), text)
        _remove(self._folder.glob("page-*.html"), names)
        self._put(self._folder / "search.js", html_sheet.search())

    def _search(self, index: site_index.Index, listed: list[html_library.Listed]) -> None:
        names = set()
        for start in range(0, len(listed), site_index.LISTED):
            some = [
                (o.id, o.title, o.headline, html_page.day_of(o.day), o.state)
                for o in listed[start : start + site_index.LISTED]
            ]
            chunk = start // site_index.LISTED
            names.add(f"t-{chunk}.js")
            self._put(self._folder / "search" / f"t-{chunk}.js", site_index.script("titles", chunk, some))
        for name, text in index.files():
            names.add(name)
            self._put(self._folder / "search" / name, text)
        _remove((self._folder / "search").glob("*.js"), names)

    def _page(self, id: str) -> Path:
        return self._folder / "debates" / f"{id}.html"

    def _note(self, pages: dict[str, str]) -> None:
        told = {"made_by": "upverdict", "version": _VERSION, "pages": pages}
        self._put(self._folder / MANIFEST, json.dumps(told, indent=0))

    def _put(self, path: Path, text: str) -> None:
        """Whole or not at all. Nothing waits for the disk: what a power cut takes is written the next time."""
        beside = path.with_name(f".{path.name}.part")
        beside.write_text(text, "utf-8", errors="replace", newline="\n")
        os.replace(beside, path)


def _is_ours(page: Path) -> bool:
    """Whether a page is of our making: that of a debate that was deleted has to go, also where no list has it."""
    with page.open("rb") as file:
        return is_id(page.stem) and html_page.MADE_BY.encode() in file.read(_HEAD)


def _remove(there: Iterable[Path], kept: set[str]) -> None:
    for path in there:
        if path.name not in kept:
            path.unlink()


def _page(debate: Debate, row: Row) -> str:
    return html_page.page(debate, row.state, html_sheet.sheet(), home="../index.html")


def _texts(debate: Debate, row: Row) -> Iterator[str]:
    """What a debate is found by: what was asked and decided, what was quoted of it, and how the user calls it."""
    yield from (debate.question, row.title, row.id, *row.tags)
    if debate.verdict and (ruling := debate.verdict.ruling):
        yield from (ruling.headline, ruling.decision, *(quote.text for quote in ruling.pull_quotes))
        yield from (claim.claim for claim in (*ruling.agreed, *ruling.split))


def _listed(row: Row) -> html_library.Listed:
    title, headline = (" ".join(clean(text).split()) for text in (row.called, row.headline))
    return html_library.Listed(row.id, title, headline, row.created_at[:10], row.state, row.tags)


def _sources() -> Iterator[str]:
    """The text of all that makes a page."""
    return (path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py")))
