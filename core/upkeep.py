"""`upverdict db …`: tells and keeps up the file of the debates. Needs no model and opens no connection.

What is done to the file is in `core/store`; here are the words.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from upverdict.core import errors, jsonform
from upverdict.core.config import Config
from upverdict.core.store.reader import Library
from upverdict.core.text import clean
from upverdict.core.ticker import Ticker

_DEAD_SECONDS = 3600.0
"""For so long nothing is written to a copy only when its program is gone."""


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
    from upverdict.core.store.backing import copies
    from upverdict.core.store.taking_stock import stock

    library = Library(db)
    found = stock(library)
    if as_json:
        told = {"path": str(library.path)} | (jsonform.plain(found._asdict()) if found else {"debates": 0})
        told["copies"] = [str(copy) for copy in copies(library.path)]
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
        *(
            ("before", f"{copy.name}, {size(copy.stat().st_size)}: a copy from before an update, yours to delete")
            for copy in copies(library.path)
        ),
    ]
    for name, words in lines:
        if words:
            print(clean(f"{name:<11}{words}"))
    return 0


def backing_up(db: Path, to: Path | None, *, force: bool, as_json: bool) -> int:
    """Copy the file while others may write in it, whole and checked, or not at all."""
    from upverdict.core import export
    from upverdict.core.store.copying import copy

    path = Library(db).path
    target = Path(os.path.abspath(to.expanduser())) if to else path.with_name(_dated(path))
    try:
        if target.is_dir():
            target /= _dated(path)
        _may_be(target, path, force)
        _clear(target.parent)
        part = target.with_name(f".upverdict-{os.urandom(6).hex()}.part")
        try:
            with Ticker() as ticker:
                copy(path, part, ticker.tell, target)
            export.named(part, Path(os.path.realpath(target)) if force else target, force=force)
        finally:
            for left in (part, part.with_name(part.name + "-journal")):
                left.unlink(missing_ok=True)
    except OSError as e:
        raise errors.UserError(
            f"{target} can't be written: {(e.strerror or str(e)).lower()}. Nothing was changed; name another place."
        ) from e
    bytes_ = target.stat().st_size
    if as_json:
        print(jsonform.line({"path": str(path), "backup": str(target), "size": bytes_}))
    else:
        _tell(f"Copied {path} to {target}: {size(bytes_)}, whole and checked.")
    return errors.VERDICT


def _may_be(target: Path, path: Path, force: bool) -> None:
    """Raise WrongUse where the copy of the file at `path` can't be, and OSError where that can't be known."""
    from upverdict.core import export

    if target.exists() and os.path.exists(path) and os.path.samefile(target, path):
        raise errors.WrongUse(f"{target} is the file itself. Name another one for its copy; nothing was written.")
    if os.path.lexists(target) and not force:
        raise export.taken(target)
    if target.exists() and not target.is_file():  # a device or a pipe would be gone
        raise errors.WrongUse(f"{target} is no file. Name another one for the copy; nothing was written.")
    if not target.parent.exists():
        raise errors.WrongUse(f"The folder of {target} is not there: nothing was written. Make it first.")
    for beside in (target.with_name(target.name + suffix) for suffix in ("-wal", "-journal")):
        if beside.exists() and beside.stat().st_size:  # which SQLite would take for a part of the copy
            raise errors.WrongUse(
                f"{beside} is there: {target} is open, or was when its program ended. Name another file; nothing was "
                "written."
            )


def _clear(folder: Path) -> None:
    """What a copy that was killed has left in the folder is no use to anybody."""
    for part in folder.glob(".upverdict-*.part*"):
        with suppress(OSError):  # another window has just done the same
            if time.time() - part.stat().st_mtime > _DEAD_SECONDS:
                part.unlink()


def _dated(path: Path) -> str:
    return f"{path.stem}-{datetime.now():%Y%m%d-%H%M%S}{path.suffix or '.db'}"


def vacuuming(db: Path, as_json: bool) -> int:
    """Write the file anew without its empty pages, and say what that gained."""
    import asyncio

    from upverdict.core.store.copying import Vacuumed
    from upverdict.core.store.writer import Store

    path = Library(db).path
    if not path.exists():
        raise errors.WrongUse(f"{path} is not there: there is nothing to vacuum.")

    async def do() -> Vacuumed:
        store = await Store.open(path)
        try:
            return await store.vacuum()
        finally:
            await store.close()

    with Ticker() as ticker:
        ticker.tell("Writing the file anew")
        done = asyncio.run(do())
    after = path.stat().st_size
    if as_json:
        print(jsonform.line({"path": str(path), "before": done.before, "after": after, "waits": done.waits}))
        return errors.VERDICT
    gained = done.before - after
    waits = " It shrinks when other windows have closed it." if done.waits else ""
    what = f"{size(gained)} less than before" if gained > 0 else "there was nothing to gain"
    _tell(f"{path} has {size(after)}: {what}.{waits}")
    return errors.VERDICT


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
