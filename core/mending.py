"""`upverdict db check` and `db rebuild`: says what is wrong with the file, and fills its tables anew from the log.

Needs no model and opens no connection. What is looked at and done is in `core/store`; here are the words.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

from upverdict.core import errors, jsonform
from upverdict.core.store.reader import Library
from upverdict.core.store.rebuilding import Rebuilding, Rebuilt
from upverdict.core.store.soundness import Finding, findings
from upverdict.core.store.writer import Store
from upverdict.core.text import clean
from upverdict.core.ticker import Ticker
from upverdict.core.way_on import to_type


def checking(db: Path, as_json: bool) -> int:
    """Say everything that is wrong with the file, each with what mends it; 1 if anything is. Changes nothing."""
    gc.enable()
    path = Library(db).path
    if not path.exists():
        raise errors.WrongUse(f"{path} is not there: there is nothing to check.")
    count = 0
    with Ticker() as ticker:
        for finding in findings(path, ticker.tell):
            count += 1
            mend = mends(finding)
            ticker.clear()
            if as_json:
                told = {"what": finding.what, "debate": finding.debate, "finding": finding.words, "mend": mend}
                print(jsonform.line(told), flush=True)
            else:
                place = f"{finding.debate}: " if finding.debate else ""
                print(clean(f"{place}{finding.words}. {mend}"), flush=True)
    if count:
        faults = "1 thing is" if count == 1 else f"{count:,} things are"
        print(clean(f"{faults} wrong with {path}. Nothing was changed."), file=sys.stderr)
        return errors.NO_VERDICT
    print(
        clean(f"{path} is sound: its pages, every log, and the tables and indexes that follow from them."),
        file=sys.stderr,
    )
    return errors.VERDICT


def mends(finding: Finding) -> str:
    """What to type to mend it, in a sentence."""
    if finding.what == "file":
        return f"{to_type('db rescue', '')} saves what can be read in a new file."
    if finding.what == "log":
        return f"A backup may have it whole; {to_type('db rescue', '')} saves what can be read in a new file."
    return f"{to_type('db rebuild', finding.debate)} mends it."


def rebuilding(db: Path, id: str, as_json: bool) -> int:
    """Fill the tables and indexes anew where they are not what the log says, and say where that was."""
    gc.enable()
    library = Library(db)
    if not library.path.exists():
        raise errors.WrongUse(f"{library.path} is not there: there is nothing to rebuild.")
    debate = _resolved(library, id) if id else None
    library.close()
    with Ticker() as ticker:
        done = asyncio.run(_rebuild(library.path, debate, ticker))
    for one in done.results:
        if as_json:
            print(jsonform.line(one._asdict()))
        else:
            print(clean(_told(one)))
    failed = sum(bool(one.error) for one in done.results)
    changed = len(done.results) - failed
    went_on = f" Went on behind {done.after}, where it was broken off." if done.after else ""
    what = (
        f"{changed:,} thing{' was' if changed == 1 else 's were'} filled anew"
        if changed
        else "Nothing had to be changed"
    )
    lost = f" {failed:,} could not be." if failed else ""
    print(clean(f"{what} in {library.path}.{lost}{went_on}"), file=sys.stderr)
    return errors.NO_VERDICT if failed else errors.VERDICT


def _resolved(library: Library, id: str) -> str:
    """The debate that is meant; one of which nothing but the log is left is named in full."""
    try:
        return library.resolve(id)
    except errors.NoSuchDebate:
        return id


async def _rebuild(path: Path, debate: str | None, ticker: Ticker) -> Rebuilding:
    store = await Store.open(path)
    try:
        return await store.rebuild(debate, lambda at: ticker.tell("Comparing debates", at.done, max(at.of, at.done)))
    finally:
        await store.close()


def _told(one: Rebuilt) -> str:
    what = one.error or ", ".join(one.changed)
    return f"{one.debate}  {what}" if one.debate else what
