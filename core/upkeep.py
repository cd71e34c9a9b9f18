"""`upverdict db …`: tells and keeps up the file of the debates. Needs no model and opens no connection.

What is done to the file is in `core/store`; here are the words.
"""

from __future__ import annotations

import sys
from pathlib import Path

from upverdict.core import jsonform
from upverdict.core.config import Config
from upverdict.core.store.reader import Library
from upverdict.core.text import clean


def placed(config: Config, as_json: bool) -> int:
    """Say where the file is, and what says so."""
    path = config.db.absolute()
    there = path.exists()
    if as_json:
        print(jsonform.line({"path": str(path), "named_by": config.named_by, "exists": there}))
        return 0
    print(clean(str(path)))
    by = (
        f"{config.named_by} names it"
        if config.named_by
        else "the default; --db, UPVERDICT_DB or config.toml changes it"
    )
    _tell(f"{by}{'' if there else '; it is made with the first debate'}.")
    return 0


def informing(db: Path, as_json: bool) -> int:
    """Say what is in the file. A file that is not there yet is said to be that."""
    from upverdict.core.store.taking_stock import stock

    library = Library(db)
    found = stock(library)
    if as_json:
        told = {"path": str(library.path)} | (jsonform.plain(found._asdict()) if found else {"debates": 0})
        print(jsonform.line(told))
        return 0
    if found is None:
        _tell(f"{library.path} is not there yet: it is made with the first debate.")
        return 0
    states = ", ".join(f"{count:,} {state}" for state, count in found.states.items() if count)
    deleted = f"{found.deleted:,} deleted, not yet removed" if found.deleted else ""
    lines = [
        ("file", str(library.path)),
        ("debates", "; ".join(filter(None, (f"{found.debates:,}" + (f": {states}" if states else ""), deleted)))),
        ("from", f"{found.oldest[:10]} to {found.newest[:10]}" if found.oldest else ""),
        ("statements", f"{found.statements:,}, with {found.verdicts:,} verdicts and {found.events:,} events"),
        ("drafts", f"{found.drafts:,}"),
        (
            "size",
            f"{size(found.size)}, {size(found.indexes)} of it full-text index, {size(found.free * found.page)} free",
        ),
        ("beside it", f"{size(found.unwritten)} not yet brought into it" if found.unwritten else ""),
        ("version", f"{found.version} (this program writes {found.newest_version})"),
        ("SQLite", f"{found.sqlite}, application id 0x{found.application_id:08x}, journal {found.journal}"),
        ("held now", ", ".join(found.held)),
    ]
    for name, words in lines:
        if words:
            print(clean(f"{name:<11}{words}"))
    return 0


def size(count: int) -> str:
    """Bytes as a person reads them: `312 kB`, `1.5 GB`."""
    if count < 1000:
        return f"{count} bytes"
    for unit, of in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < 999.5 * of or unit == "GB":
            break
    return f"{count / of:.{int(count < 9.95 * of)}f} {unit}"


def _tell(words: str) -> None:
    """A line for a person, beside the data."""
    print(clean(words), file=sys.stderr)
