"""`upverdict import`: takes debates over from files, all of them or none. Needs no model and opens no connection.

Everything is read, checked and compared before anything is written (`incoming.py`, `store/ready.py`).
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from upverdict.core import errors, jsonform
from upverdict.core import events as ev
from upverdict.core.debate import Debate
from upverdict.core.document import document
from upverdict.core.incoming import STDIN, Coming, Refused, debates, listed
from upverdict.core.store.errors import StoreError, explain_os
from upverdict.core.store.ids import new_id
from upverdict.core.store.reader import Library
from upverdict.core.store.ready import ready
from upverdict.core.store.stage import Stage
from upverdict.core.store.weighing import Weighed, has, weigh
from upverdict.core.store.writer import Store
from upverdict.core.text import clean, shorten
from upverdict.core.ticker import Ticker
from upverdict.core.values import replace

Outcome = Literal["new", "grown", "here", "older", "copy", "again"]
_WRITTEN: tuple[Outcome, ...] = ("new", "grown", "copy")


class Result(NamedTuple):
    """What became of a debate, or would. `was`: the id under which it came, where that is another one.

    `again` is one that came before it, of which this has nothing more.
    """

    debate: str
    result: Outcome
    question: str
    place: str
    was: str = ""


def importing(db: Path, names: Sequence[str], *, as_copy: bool, dry_run: bool, as_json: bool) -> int:
    """Import files, folders and stdin. Raises UserError, and has imported nothing then."""
    gc.enable()  # off while the command line starts (`tui/launch.py`); this may take long
    importer = Importer(db, as_copy)
    try:
        with Ticker() as ticker, closing(importer):
            for name in names:
                importer.read(name, ticker)
            if not dry_run:
                importer.write(ticker)
    except KeyboardInterrupt:
        said = "It was too late: all was imported." if importer.done else "Nothing was imported."
        print(f"Interrupted. {said}", file=sys.stderr)
        return errors.INTERRUPTED
    except StoreError as e:
        told = str(e)
        raise StoreError(told if "Nothing was imported" in told else f"{told} Nothing was imported.", e.kind) from e
    for result in importer.results:
        if as_json:
            print(jsonform.line(result._asdict()))
        elif result.result in _WRITTEN:
            print(clean(f"{result.debate}  {result.result:<5}  {result.question}"))
    for note in importer.notes:
        print(clean(note), file=sys.stderr)
    print(summary(importer.results, dry_run=dry_run), file=sys.stderr)
    return errors.VERDICT


def summary(results: Sequence[Result], *, dry_run: bool) -> str:
    """What was imported, in a sentence."""
    count = Counter(result.result for result in results)
    words: dict[Outcome, str] = {
        "new": "new",
        "grown": "longer than before",
        "copy": "kept as a copy",
        "here": "here already",
        "older": "here in a longer version",
        "again": "given again",
    }
    parts = ", ".join(f"{count[outcome]:,} {words[outcome]}" for outcome in words if count[outcome])
    written = sum(count[outcome] for outcome in _WRITTEN)
    imported = f"{'Would import' if dry_run else 'Imported'} {written:,} debate{'' if written == 1 else 's'}"
    return f"{imported}: {parts}." if parts else f"{imported}."


class Importer:
    """Reads files one after another, then writes what they hold. `close` it."""

    def __init__(self, db: Path, as_copy: bool) -> None:
        self.results: list[Result] = []
        self.notes: list[str] = []
        self.done = False
        self._library = Library(db)
        self._stage = Stage(self._library.path.parent)
        self._as_copy = as_copy
        self._written: dict[str, int] = {}  # which result is of which debate
        self._come: set[str] = set()  # ids; what is kept as a copy is another debate

    def close(self) -> None:
        self._stage.close()
        self._library.close()

    def read(self, name: str, ticker: Ticker) -> None:
        """Make ready what a file or a folder holds, or stdin for `-`. Raises UserError."""
        for file in self._files(name):

            def tell(done: int, of: int, file: str = file) -> None:
                ticker.tell(f"Reading {os.path.basename(file)}", done, of)

            for coming in debates(file, tell):
                try:
                    self._take(coming)
                except OSError as e:
                    raise explain_os(e, self._library.path) from e

    def write(self, ticker: Ticker) -> None:
        """Write all of it. Raises UserError."""
        if len(self._stage):
            asyncio.run(self._write(ticker))

    async def _sweep(self) -> None:
        await (await Store.open(self._library.path)).close()

    async def _write(self, ticker: Ticker) -> None:
        store = await Store.open(self._library.path)
        try:
            await store.take_in(self._stage, lambda done: ticker.tell("Writing debates", done, len(self._stage)))
            self.done = True
        finally:
            await store.close()

    def _files(self, name: str) -> Iterator[str]:
        """The files that are meant. The one into which is imported is passed over."""
        if name == STDIN:
            yield name
            return
        is_folder = os.path.isdir(name)
        found, others = listed(name) if is_folder else ([name], 0)
        if is_folder and not found:
            raise Refused(name, "nothing in this folder can be imported")
        if others:
            self.notes.append(f"{name}: {others:,} other file{'s were' if others > 1 else ' was'} left out.")
        for file in found:
            if self._library.path.exists() and os.path.exists(file) and os.path.samefile(file, self._library.path):
                self.notes.append(f"{file} is the file into which is imported: there is nothing to do for it.")
            else:
                yield file

    def _take(self, coming: Coming) -> None:
        events, place = coming.events, coming.place
        try:
            made, fold = ready(events)
            told = document(fold, made.changes.debate.state)  # type: ignore[union-attr, arg-type]
        except Exception as e:  # a log of somebody else's: whatever the fold makes of it, it is no debate
            raise Refused(place, _why(e)) from e
        if coming.document is not None and (differing := _differing(coming.document, told)):
            self.notes.append(
                f"{place}: what the document says of {fold.id} is not what its log says ({', '.join(differing)}): the "
                "log counts."
            )
        weighed = weigh(self._library, self._stage, events)
        if weighed.standing == "deleted":  # perhaps by a window that is gone, so that nobody brings it back
            asyncio.run(self._sweep())
            weighed = weigh(self._library, self._stage, events)
        if weighed.standing in ("same", "shorter"):
            here: Outcome = "here" if weighed.standing == "same" else "older"
            self._result("again" if fold.id in self._come else here, fold, place)
        elif weighed.standing == "other" and self._as_copy:
            copy = _restamped(events, self._fresh_id(fold))
            self._stage.put(ready(copy)[0])
            self._result("copy", fold, place, copy[0].debate)
        elif weighed.standing in ("new", "longer"):
            if weighed.here:
                made, _ = ready(events, weighed.here)
            self._stage.put(made)
            self._result("grown" if weighed.here else "new", fold, place)
        else:
            raise _conflict(weighed, events, place)
        if weighed.standing != "other":
            self._come.add(fold.id)

    def _result(self, outcome: Outcome, fold: Debate, place: str, id: str = "") -> None:
        """A debate that comes twice, and the second time longer, is written once."""
        result = Result(id or fold.id, outcome, shorten(fold.question, 60), place, fold.id if id else "")
        if outcome in _WRITTEN and result.debate in self._written:
            self.results[self._written[result.debate]] = result
            return
        if outcome in _WRITTEN:
            self._written[result.debate] = len(self.results)
        self.results.append(result)

    def _fresh_id(self, fold: Debate) -> str:
        """An id that nothing has, here or in what comes."""
        while True:
            id = new_id(datetime.fromisoformat(fold.created_at))
            if id not in self._stage and not has(self._library, id):
                return id


def _restamped(events: Sequence[ev.Event], id: str) -> list[ev.Event]:
    return [replace(event, debate=id) for event in events]


def _why(error: Exception) -> str:
    told = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return f"its log makes no debate ({told})"


def _conflict(weighed: Weighed, events: Sequence[ev.Event], place: str) -> errors.UserError:
    id = events[0].debate
    if weighed.standing == "deleted":
        return Refused(
            place,
            f"debate {id} was deleted in a window that can still bring it back",
            "Do that there, or close that window and import again.",
        )
    if weighed.standing == "held":
        return Refused(
            place,
            f"debate {id} is longer than the one here, but that is being debated in another window",
            "Close it there and import again.",
        )
    both = f"the first {weighed.both:,} events are" if weighed.both > 1 else "the first event is"
    alike = f"{both} the same" if weighed.both else "they differ from the first event on"
    return Refused(
        place,
        f"debate {id} is another one than the one that has this id here: {alike}",
        "--as-copy keeps it beside that one, under an id of its own.",
    )


def _differing(told: dict[str, Any], folded: dict[str, Any]) -> list[str]:
    """What a document says otherwise than the fold: facts alone, since what is reckoned from them may be done anew."""
    return [name for name, pick in _FACTS.items() if _picked(pick, told.get(name)) != _picked(pick, folded[name])]


_FACTS: dict[str, tuple[str, ...]] = {
    "id": (),
    "question": (),
    "background": (),
    "created_at": (),
    "council": ("voice", "name"),
    "statements": ("id", "voice", "text"),
    "verdicts": ("version", "headline", "decision"),
    "discussion": ("voice", "text"),
}


def _picked(names: tuple[str, ...], value: Any) -> Any:
    if not names or not isinstance(value, list):
        return value
    return [[part.get(name) for name in names] if isinstance(part, dict) else part for part in value]
