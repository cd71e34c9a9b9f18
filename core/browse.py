"""Lists, searches, shows and deletes kept debates for the command line. Needs no model and opens no connection."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from upverdict.core import errors, jsonform
from upverdict.core.store.reader import Library
from upverdict.core.text import clean
from upverdict.core.way_on import to_type

if TYPE_CHECKING:
    from upverdict.core.debate import Debate


def listing(
    db: Path,
    limit: int | None,
    as_json: bool,
    tags: Sequence[str] = (),
    *,
    archived: bool = False,
    named_by: str = "",
) -> int:
    """The list, or of it what has all these tags, or what is archived. `named_by` says what named the file, if anything
    did."""
    wanted: tuple[str, ...] = ()
    if tags:
        from upverdict.core import shelving

        wanted = shelving.tags(tags)
    library = Library(db)
    after: tuple[str, str] | None = None
    shown = 0
    while limit is None or shown < limit:
        rows = library.page(after, min(200, limit - shown) if limit else 200, tags=wanted, archived=archived)
        if not rows:
            break
        for row in rows:
            if as_json:
                print(jsonform.line(row._asdict()))
            else:
                tagged = f"  [{', '.join(row.tags)}]" if row.tags else ""
                _print(f"{row.id}  {row.state:<11}  {row.created_at[:10]}  {_one_line(row.called)}{tagged}")
        shown += len(rows)
        after = (rows[-1].created_at, rows[-1].id)
    if not shown and not as_json:
        missing = named_by and not library.path.exists()  # a slip of the finger, perhaps
        print(clean(_no_file(db, named_by)) if missing else _none(wanted, archived), file=sys.stderr)
    return 0


def _no_file(db: Path, named_by: str) -> str:
    way = to_type("ask", '"QUESTION"')
    return f"There is no file {db} yet, which {named_by} names: so no debates. {way} holds the first one."


def _none(tags: Sequence[str], archived: bool) -> str:
    if tags or archived:
        return f"No {'archived ' * archived}debate{' has the tag ' * bool(tags)}{' and '.join(tags)}."
    return 'No debates yet. upverdict ask "QUESTION" holds one.'


def searching(db: Path, words: str, limit: int, newest: bool, as_json: bool) -> int:
    hits, meaning = Library(db).find(words, limit, ranked=not newest)
    for hit in hits:
        if as_json:
            print(jsonform.line(hit._asdict()))
        else:
            _print(f"{hit.id}  {_one_line(hit.called)}")
            whose = f"{_one_line(hit.name)} ({hit.statement})" if hit.where == "statement" else hit.where
            _print(f"    {whose}: {_one_line(hit.snippet)}")
    for unclear in meaning.unclear:
        print(f"{unclear[:1].upper()}{clean(unclear[1:])}.", file=sys.stderr)
    if not hits and not as_json:
        told = f" ({' · '.join(map(clean, meaning.told))})" if meaning.told else ""
        print(f"Nothing found for {words!r}{told}.", file=sys.stderr)
    return 0


def showing(db: Path, id: str, as_json: bool, version: int | None = None) -> int:
    """The whole debate, or with `version` that version of its verdict alone."""
    library = Library(db)
    id = library.resolve(id)
    state = library.state(id)
    debate = library.debate(id)
    if version is not None:
        _know(debate, version)
    if as_json:
        from upverdict.core.document import document, verdict

        shown = document(debate, state) if version is None else verdict(debate, version)
        print(jsonform.line(shown))
    else:
        from upverdict.core import plaintext

        lines = plaintext.whole(debate, state) if version is None else plaintext.version(debate, state, version)
        for line in lines:
            _print(line)
    return 0


def _know(debate: Debate, version: int) -> None:
    """Raises UserError where the debate has no verdict, or none with this number."""
    reached = [v.version for v in debate.verdicts if v.ruling]
    if not reached:
        raise errors.UserError(f"{debate.id} has no verdict yet.")
    if version not in reached:
        has = "version 1 alone" if reached == [1] else f"versions 1 to {reached[-1]}"
        raise errors.WrongUse(f"The verdict of {debate.id} has no version {version}: it has {has}.")


def scoring(db: Path, id: str, as_json: bool) -> int:
    """What code can tell of how good a debate is. A bad score is no error; a debate without a verdict has none."""
    from upverdict.core import score

    library = Library(db)
    id = library.resolve(id)
    debate = library.debate(id)
    if debate.verdict is None:
        raise errors.UserError(
            f"{id} has no verdict yet: there is nothing to score. {to_type('continue', id)} finishes it."
        )
    scored = score.score(debate)
    if as_json:
        print(jsonform.line({"id": id, **scored.document()}))
    else:
        for line in score.lines(scored):
            _print(line)
    return 0


def costing(db: Path, id: str, as_json: bool) -> int:
    """What one debate has cost, part by part."""
    from upverdict.core import document, prices, spending

    library = Library(db)
    id = library.resolve(id)
    debate = library.debate(id)
    if as_json:
        costs = {
            "id": id,
            "parts": [spending.document(part) for part in spending.parts(debate)],
            "usage": jsonform.plain(debate.usage),
            "cost_usd": document.cost(debate),
            "prices": prices.date(),
        }
        print(jsonform.line(costs))
    else:
        for line in spending.lines(debate):
            _print(line)
    return 0


def deleting(db: Path, id: str, yes: bool) -> int:
    library = Library(db)
    id = library.resolve(id)
    row = library.row(id)
    if library.refusal is not None:
        raise library.refusal
    if library.state(id) == "running":
        raise errors.WrongUse(f"{id} is being debated in another window. Nothing was deleted; end it there first.")
    if not (yes or _agreed(f"Delete {id} “{_one_line(row.question)}” for good?")):
        print("Nothing was deleted.", file=sys.stderr)
        return errors.NO_VERDICT
    import asyncio

    from upverdict.core.store.writer import Store

    async def do() -> None:
        store = await Store.open(db)
        try:
            await store.delete(id)
            await store.purge([id])
        finally:
            await store.close()

    asyncio.run(do())
    print(f"Deleted {id}.", file=sys.stderr)
    return 0


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question, err=True)
    except click.Abort:  # no answer is no
        return False


def _print(line: str) -> None:
    """A line for a terminal. The file may be somebody else's: what it holds is cleaned again."""
    print(clean(line))


def _one_line(text: str) -> str:
    return " ".join(text.split())
