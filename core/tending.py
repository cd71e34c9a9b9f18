"""Keeps debates as their owner wants it, for the command line: tags, titles, notes, archive, decisions, what is due.

What becomes of a wish is `shelving.py`'s; this reads and writes the file and says what was done. Needs no model.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from upverdict.core import errors, jsonform
from upverdict.core.plain_shelf import condition
from upverdict.core.store.reader import Library
from upverdict.core.text import clean, table
from upverdict.core.way_on import to_type

if TYPE_CHECKING:
    from upverdict.core.debate import Debate
    from upverdict.core.events import Event
    from upverdict.core.folded import Shelf

Wish = Callable[["Debate"], Sequence["Event"]]


def tagging(db: Path, id: str, add: Iterable[str], remove: Iterable[str], as_json: bool) -> int:
    """Add and take away tags; with neither, print those that it has."""
    from upverdict.core import shelving

    add, remove = tuple(add), tuple(remove)
    if not (add or remove):
        return _told(
            db, id, lambda shelf: "\n".join(jsonform.line({"tag": tag}) if as_json else tag for tag in shelf.tags)
        )
    if as_json:
        raise errors.WrongUse("--json prints tags and changes none: give it without a tag. Nothing was changed.")
    debate = _tended(db, id, lambda debate: shelving.tagged(debate.shelf, add, remove))
    tags = debate.shelf.tags
    _say(f"{debate.id} has the tag{'s' * (len(tags) > 1)} {', '.join(tags)}." if tags else f"{debate.id} has no tag.")
    return errors.VERDICT


def listing_tags(db: Path, as_json: bool) -> int:
    """Every tag, with how many debates have it."""
    found = Library(db).tags()
    if as_json:
        for tag, count in found:
            print(jsonform.line({"tag": tag, "count": count}))
    else:
        for line in table([(clean(tag), str(count)) for tag, count in found]) if found else ():
            print(line)
        if not found:
            _say(f"No debate has a tag yet. {to_type('tag', 'ID', 'work')} gives it one.")
    return errors.VERDICT


def renaming(db: Path, id: str, title: str) -> int:
    """Call it otherwise, or by its question again."""
    from upverdict.core import shelving

    debate = _tended(db, id, lambda debate: shelving.renamed(debate.shelf, debate.question, title))
    called = f"“{debate.shelf.title}”" if debate.shelf.title else "by its question"
    _say(f"{debate.id} is called {called} now.")
    return errors.VERDICT


def noting(db: Path, id: str, text: str | None) -> int:
    """Write its note anew, or with None print it; without a word there is none any more."""
    from upverdict.core import shelving

    if text is None:
        return _told(db, id, lambda shelf: shelf.note)
    debate = _tended(db, id, lambda debate: shelving.noted(debate.shelf, text))
    _say(f"The note on {debate.id} is kept." if debate.shelf.note else f"There is no note on {debate.id} any more.")
    return errors.VERDICT


def archiving(db: Path, ids: Iterable[str], undo: bool) -> int:
    """Put debates away, or take them back. None of them where one is not there."""
    from upverdict.core import shelving

    library = Library(db)
    for id in dict.fromkeys(library.resolve(id) for id in ids):
        _tended(db, id, lambda debate: shelving.archived(debate.shelf, not undo))
        back = "" if undo else f" {to_type('archive', id, '--undo')} takes it back."
        _say(f"{id} is {'in the list again' if undo else 'archived'}.{back}")
    return errors.VERDICT


def deciding(db: Path, id: str, choice: str | None, outcome: str | None) -> int:
    """Keep what was decided in the end, or how it turned out, or both; with neither, print both."""
    from upverdict.core import plain_shelf, shelving

    if choice is None and outcome is None:
        library = Library(db)
        for line in plain_shelf.decided(library.debate(library.resolve(id))):
            print(clean(line))
        return errors.VERDICT
    shelf = _tended(db, id, lambda debate: shelving.decided(debate.shelf, choice, outcome)).shelf
    for what, given, now in (("What you decided", choice, shelf.choice), ("How it turned out", outcome, shelf.outcome)):
        if given is not None:
            _say(f"{what} is {'kept' if now else 'taken away'}.")
    return errors.VERDICT


def revisiting(db: Path, id: str, on: str, fact: str, flip: int | None, clear: bool) -> int:
    """Add a condition on which to look at the verdict again, or take all away; with nothing given, print them."""
    from upverdict.core import events as ev
    from upverdict.core import shelving

    if not (on or fact or flip or clear):
        return _told(db, id, lambda shelf: "\n".join(condition(one.when, one.fact) for one in shelf.revisit))
    when = shelving.day(on, date.today()) if on else ""

    def wish(debate: Debate) -> Sequence[Event]:
        told = _flip(debate, flip) if flip else fact
        more = [ev.Revisit(when, told)] if when or told else []
        return shelving.revisited(debate.shelf, [*([] if clear else debate.shelf.revisit), *more])

    debate = _tended(db, id, wish)
    conditions = [f"  {condition(one.when, one.fact)}" for one in debate.shelf.revisit]
    _say(f"{debate.id} is to be looked at again:" if conditions else f"{debate.id} has no day to be looked at again.")
    _say(*conditions)
    return errors.VERDICT


def _flip(debate: Debate, number: int) -> str:
    """What would flip its verdict, by its number. Raises WrongUse where there is none."""
    ruling = debate.verdict.ruling if debate.verdict else None
    flips = ruling.flips if ruling else ()
    if number > len(flips):
        raise errors.WrongUse(
            f"Of the facts that would flip the verdict of {debate.id}, {len(flips)} in all, none has the number "
            f"{number}. {to_type('show', debate.id)} lists them."
        )
    return flips[number - 1].fact


def due(db: Path, everything: bool, as_json: bool) -> int:
    """What is to be looked at again now, the oldest day first; with `everything` also what comes later, or has no day.

    Archived debates, too: they were put away until then.
    """
    today = date.today().isoformat()
    found = Library(db).to_revisit(None if everything else today)
    for row, conditions in found:
        if as_json:
            whole = {**row._asdict(), "conditions": [{"when": when, "fact": fact} for when, fact in conditions]}
            print(jsonform.line(whole))
            continue
        when = f"due since {row.due}" if row.due and row.due <= today else f"due {row.due}" if row.due else "no day"
        _print(f"{row.id}  {when}  {_one_line(row.called)}")
        if row.headline:
            _print(f"    {_one_line(row.headline)}")
        for one in conditions:
            _print(f"    {condition(*one)}")
    if not found and not as_json:
        more = "" if everything else f" {to_type('due', '--all')} shows what comes later."
        _say(f"Nothing is to be looked at again{'' if everything else ' now'}.{more}")
    return errors.VERDICT


# -- reading, writing, telling -----------------------------------------------------------------------------------------


def _tended(db: Path, id: str, wish: Wish) -> Debate:
    """Fulfil a wish. Returns the debate as it is then."""
    import asyncio

    library = Library(db)
    id = library.resolve(id)

    async def do() -> None:
        from upverdict.core.store.writer import Store

        store = await Store.open(db)
        try:
            await store.shelve(id, wish)
        finally:
            await store.close()

    asyncio.run(do())
    return library.debate(id)


def _told(db: Path, id: str, what: Callable[[Shelf], str]) -> int:
    """Print what is kept with a debate."""
    library = Library(db)
    for line in what(library.debate(library.resolve(id)).shelf).splitlines():
        _print(line)
    return errors.VERDICT


def _print(line: str) -> None:
    print(clean(line))


def _say(*lines: str) -> None:
    for line in lines:
        print(clean(line), file=sys.stderr)


def _one_line(text: str) -> str:
    return " ".join(text.split())
